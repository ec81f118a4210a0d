//! S5: an officer's due diligence on a vendor goes from agent to agent through a broker. B strays
//! and is refused; it ends for all of them with one notice, or with one fact; trace and receipts
//! show who stands behind what was done.

use crate::stage::{Agent, Company, Desk, Grant, Server, Terms, at, call, exchange, resign};
use mandatum::claims::{Child, Ending, Outcome, Receipt, ReceiptEvent};
use mandatum::decide::Facts;
use mandatum::limits::{Condition, MaxAge};
use mandatum::receipts::{ReceiptLog, verify_receipts};
use mandatum::sign::Token;
use mandatum::{
    Action, Capability, Chain, Constraint, Delegation, Denial, DenialCode, Effect, ExecutionProof,
    Life, Limit, Limits, LivesBy, Permit, Powers, Seconds, SigningKey, Timestamp,
};

const MISSION: &str = "vendor-acme-p9";
const CONFLICT: &str = "conflict-of-interest/acme";

struct World {
    company: Company,
    desk: Desk,
    /// A, the broker, B.
    agents: [Agent; 3],
    server: Server,
}

impl World {
    fn new() -> Self {
        let mut desk = Desk::new(90);
        let company = Company::new("https://procurement.example", powers()).expect("a company");
        let while_conflict = |holds, max_age| {
            let condition = Condition {
                fact: CONFLICT.parse().expect("a label"),
                holds,
                max_age,
            };
            Limits::new([Limit::condition(condition)]).expect("limits")
        };
        // The root names the fact, or nobody below could put a condition on it; A itself works
        // whatever its value.
        let named = while_conflict(Constraint::any(), Seconds::hours(1));
        let a = company.grants(grant(&desk), terms("agent-a", 1, 3, named));
        let a = a.expect("a root");
        let limits = while_conflict(
            Constraint::one_of([false]).expect("a constraint"),
            Seconds::minutes(1),
        );
        let broker = a.delegates(terms("broker", 2, 2, limits)).expect("a child");
        let b = broker
            .delegates(terms("agent-b", 3, 1, Limits::none()))
            .expect("a child");
        let server = Server::new("https://registry.example", &company).expect("a server");
        let mut server = server
            .watches([&a, &broker, &b])
            .expect("the chains verify");
        server.receives(
            [&desk
                .begins(&desk.mission(MISSION).expect("a mission"), at(9, 0, 0))
                .expect("a status")],
            at(9, 0, 0),
        );
        Self {
            company,
            desk,
            agents: [a, broker, b],
            server,
        }
    }

    /// What the host observes about conflicts of interest.
    fn observe(&mut self, conflict: bool, when: Timestamp) {
        self.server.facts = Facts::none();
        self.server
            .observes(CONFLICT, conflict, when)
            .expect("a fact");
    }

    fn ask(&mut self, agent: usize, now: Timestamp) -> Result<Permit, Denial> {
        let agent = self.agents.get(agent).expect("one of three");
        self.server
            .asked(agent, &read("acme"), now)
            .expect("the call can be made")
    }

    fn agent(&self, agent: usize) -> &Agent {
        self.agents.get(agent).expect("one of three")
    }

    fn codes(&mut self, now: Timestamp) -> [Option<DenialCode>; 3] {
        [0, 1, 2].map(|agent| self.ask(agent, now).err().map(|denial| denial.code()))
    }
}

fn grant(desk: &Desk) -> Grant {
    let mission = desk.mission(MISSION).expect("a mission");
    Grant {
        person: "officer",
        purpose: [
            "due-diligence",
            "acme",
            "Is Acme fit to be our vendor in cycle P-9?",
        ],
        task: "vendor-acme",
        life: Life::Mission(LivesBy::new(mission, MaxAge::uniform(Seconds::minutes(5)))),
    }
}

/// Root, middle, leaf: the tokens of a chain of three.
fn split(chain: &Chain) -> [Vec<u8>; 3] {
    let children: Vec<_> = chain
        .children()
        .map(|child| child.as_bytes().to_vec())
        .collect();
    let [middle, leaf] = children.try_into().expect("two children");
    [chain.root().as_bytes().to_vec(), middle, leaf]
}

fn powers() -> Powers {
    of("acme")
}

fn of(vendor: &str) -> Powers {
    on_vendors(one(vendor))
}

fn on_vendors(which: Constraint) -> Powers {
    let read = Capability::new("registry.read", Effect::Read)
        .and_then(|read| read.require("vendor", which));
    let read = read
        .and_then(|read| read.require("cycle", one("P-9")))
        .expect("a capability");
    Powers::new([read.allow_delegation()]).expect("powers")
}

fn one(value: &str) -> Constraint {
    Constraint::one_of([value]).expect("a constraint")
}

/// To the key of this seed, until ten.
fn to(seed: u8, powers: Powers) -> Delegation {
    Delegation::new(
        [seed; 16],
        SigningKey::from_seed(&[seed; 32]).public(),
        powers,
        at(10, 0, 0),
    )
}

fn terms(agent: &'static str, seed: u8, hops: u8, limits: Limits) -> Terms {
    Terms {
        agent,
        seed,
        powers: powers(),
        limits,
        hops,
        from: at(9, 0, 0),
        until: at(17, 0, 0),
    }
}

fn read(vendor: &str) -> Action {
    Action::new(
        "registry.read",
        [("vendor", vendor), ("cycle", "P-9")],
        Effect::Read,
    )
    .expect("an action")
}

/// The control: an access token with the registry's scope, valid until five.
fn token_permits(action: &Action, now: Timestamp) -> bool {
    action.tool.as_str().starts_with("registry.") && now < at(17, 0, 0)
}

#[test]
fn the_trace_names_everyone_from_the_officer_to_the_tool() {
    let mut world = World::new();
    world.observe(false, at(9, 1, 0));
    let permit = world.ask(2, at(9, 1, 0)).expect("permitted");
    let keys: Vec<String> = permit
        .trace()
        .hops
        .iter()
        .map(|hop| hop.holder.key.to_string())
        .collect();
    let [first, second, third] = keys.as_slice() else {
        panic!("three holders: {keys:?}")
    };
    let expected = format!(
        "officer → agent-a (key {first}) → broker (key {second}) → agent-b (key {third}) → registry.read"
    );
    assert_eq!(permit.trace().to_string(), expected);
    let tasks: Vec<String> = permit
        .trace()
        .hops
        .iter()
        .map(|hop| hop.task.to_string())
        .collect();
    assert_eq!(
        tasks,
        [
            "vendor-acme",
            "vendor-acme/broker",
            "vendor-acme/broker/agent-b"
        ]
    );
}

#[test]
fn procurement_closes_and_one_notice_ends_all_three() {
    let mut world = World::new();
    let (before, close) = (at(9, 1, 0), at(9, 2, 0));
    world.observe(false, before);
    assert_eq!(world.codes(before), [None; 3]);
    let mission = world.desk.mission(MISSION).expect("a mission");
    let end = world
        .desk
        .signs(|controller, id| controller.end(&mission, Ending::Completed, id, close));
    world
        .server
        .receives([&end.expect("signed").expect("said")], close);
    assert_eq!(world.codes(close), [Some(DenialCode::MissionEnded); 3]);
    assert!(token_permits(&read("acme"), close), "a token would go on");
}

/// The condition stands at the broker's link, so it binds the broker and everyone below, and A not.
#[test]
fn a_conflict_of_interest_that_turns_up_stops_the_broker_and_all_below() {
    let mut world = World::new();
    let (before, after) = (at(9, 1, 0), at(9, 1, 30));
    world.observe(false, before);
    assert_eq!(world.codes(before), [None; 3]);
    world.observe(true, after);
    let denial = world.ask(2, after).expect_err("denied");
    assert_eq!(
        (denial.code(), denial.place().link()),
        (DenialCode::ConditionFails, Some(1))
    );
    assert_eq!(
        world.codes(after),
        [
            None,
            Some(DenialCode::ConditionFails),
            Some(DenialCode::ConditionFails)
        ]
    );
    assert!(token_permits(&read("acme"), after), "a token would go on");
}

/// A permit rests on the fact: it can't outlive the observation.
#[test]
fn a_permit_ends_with_the_observation_it_rests_on() {
    let mut world = World::new();
    world.observe(false, at(9, 1, 0));
    assert_eq!(
        world.ask(2, at(9, 1, 0)).expect("permitted").valid_until(),
        at(9, 2, 1)
    );
    assert_eq!(
        world.ask(0, at(9, 1, 0)).expect("permitted").valid_until(),
        at(9, 5, 1)
    );
    let queued = world.ask(2, at(9, 1, 30)).expect("permitted");
    assert_eq!(
        queued
            .start(at(9, 2, 1))
            .expect_err("too late")
            .denial
            .code(),
        DenialCode::PermitExpired
    );
}

/// B asks the server, mints, and forges: for another vendor, for every vendor.
#[test]
fn b_gets_no_other_vendor() {
    let mut world = World::new();
    let now = at(9, 1, 0);
    world.observe(false, now);
    let (b, b_key) = (
        world.agent(2).chain.clone(),
        SigningKey::from_seed(&[3; 32]),
    );
    let every = Constraint::pattern("*").expect("a pattern");
    for (vendor, wider) in [("globex", of("globex")), ("*", on_vendors(every))] {
        let code = world
            .server
            .code_for(world.agents.get(2).expect("B"), &read(vendor), now)
            .expect("it can be made");
        assert_eq!(code, Some(DenialCode::ArgumentRefused), "{vendor}");
        let refused = b
            .delegate(to(9, wider), now)
            .expect_err("beyond the parent");
        assert_eq!(
            Denial::from(refused).code(),
            DenialCode::BeyondParent,
            "{vendor}"
        );
        assert!(
            token_permits(&read(vendor), now),
            "a token knows no vendors"
        );
    }
    // By hand: a child that is covered, its vendor exchanged for another and signed by B again.
    let child = b
        .delegate(to(9, of("acme")), now)
        .expect("covered")
        .sign(&b_key)
        .expect("signed");
    let forged = resign(&exchange(child.as_bytes(), b"acme", b"glob"), &b_key);
    let chain = b
        .extend(Token::<Child>::from_bytes(&forged).expect("a token"))
        .expect("a chain");
    let agent = Agent {
        name: "forger",
        key: SigningKey::from_seed(&[9; 32]),
        chain,
    };
    let code = world
        .server
        .code_for(&agent, &read("glob"), now)
        .expect("it can be made");
    assert_eq!(code, Some(DenialCode::BeyondParent));
}

/// B goes to the server with the broker's signature, with a root by the broker, with paper that
/// leaves the broker out, and with what was not to be passed on.
#[test]
fn b_gets_nowhere_without_the_links_above_it() {
    let mut world = World::new();
    let now = at(9, 1, 0);
    world.observe(false, now);
    let [a, broker, b] = [0, 1, 2].map(|agent| world.agent(agent).chain.clone());
    let broker_key = SigningKey::from_seed(&[2; 32]);

    let proof = world
        .agent(2)
        .proof(&call(0, &read("acme")), &world.server, now)
        .expect("signed");
    let signed = Token::from_bytes(&resign(proof.call().as_bytes(), &broker_key)).expect("a token");
    let denial = world
        .server
        .decides(&ExecutionProof::new(b.clone(), signed), &read("acme"), now);
    assert_eq!(
        denial.expect_err("the broker's signature").code(),
        DenialCode::NotTheHolder
    );

    let root = world
        .company
        .root(grant(&world.desk), terms("agent-b", 3, 0, Limits::none()))
        .expect("a root");
    let root = mandatum::issue(&world.company.anchor, root, at(9, 0, 0))
        .expect("covered")
        .sign(&world.company.key)
        .expect("signed");
    let by_broker = Token::from_bytes(&resign(root.as_bytes(), &broker_key)).expect("a token");
    let [root, _, last] = split(&b);
    let without_broker =
        Chain::from_bytes(&[&[0x82], root.as_slice(), last.as_slice()].concat()).expect("a chain");
    for (chain, expected) in [
        (by_broker.into(), DenialCode::BadSignature),
        (without_broker, DenialCode::ParentMismatch),
    ] {
        let b = Agent {
            name: "agent-b",
            key: SigningKey::from_seed(&[3; 32]),
            chain,
        };
        assert_eq!(
            world
                .server
                .code_for(&b, &read("acme"), now)
                .expect("it can be made"),
            Some(expected)
        );
    }

    let kept = Capability::new("registry.read", Effect::Read)
        .and_then(|read| read.require("vendor", one("acme")));
    let kept = kept
        .and_then(|read| read.require("cycle", one("P-9")))
        .expect("a capability");
    let terms = to(8, Powers::new([kept]).expect("powers")).with_hops(1);
    let kept = a
        .delegate(terms, now)
        .expect("covered")
        .sign(&world.agent(0).key)
        .expect("signed");
    let kept = a.extend(kept).expect("a chain");
    let refused = kept
        .delegate(to(7, of("acme")), now)
        .expect_err("not to be passed on");
    assert_eq!(Denial::from(refused).code(), DenialCode::BeyondParent);
    assert!(
        broker.delegate(to(7, of("acme")), now).is_ok(),
        "what the broker has may be passed on"
    );
    assert!(
        token_permits(&read("acme"), now),
        "a token is good for whoever has it"
    );
}

/// The server's receipts name the mandate of each call, so that with the chains at hand everyone
/// behind it is known; and what was read before procurement closed stays read.
#[test]
fn receipts_show_what_was_done_for_whom_until_procurement_closed() {
    let mut world = World::new();
    let key = SigningKey::from_seed(&[70; 32]);
    let mut log = ReceiptLog::new(key.public());
    let mut receipts: Vec<Token<Receipt>> = Vec::new();
    let (before, close) = (at(9, 1, 0), at(9, 2, 0));
    world.observe(false, before);
    let mission = world.desk.mission(MISSION).expect("a mission");
    let mut traces = Vec::new();
    for (now, ends) in [(before, true), (close, false)] {
        for (agent, id) in (0..3).zip(0_u8..) {
            match world.ask(agent, now) {
                Ok(permit) => {
                    traces.push((permit.key(), permit.trace().to_string()));
                    let running = permit.start(now).expect("in time");
                    let started = log
                        .started(running.permit(), [id; 16], now, &key)
                        .expect("signed");
                    let finished =
                        log.finished(&running.finish(Outcome::Done), [id + 8; 16], now, &key);
                    receipts.extend([started, finished.expect("signed")]);
                }
                Err(_) => log.count_denial(),
            }
        }
        if ends {
            let end = world
                .desk
                .signs(|controller, id| controller.end(&mission, Ending::Completed, id, close));
            world
                .server
                .receives([&end.expect("signed").expect("said")], close);
        }
    }
    receipts.push(log.counted([16; 16], close, &key).expect("signed"));

    let summary = verify_receipts(key.public(), &receipts, Some(log.head())).expect("sound");
    assert_eq!(
        (summary.started, summary.denied, summary.open.len()),
        (3, 3, 0)
    );
    let leaves: Vec<_> = [0, 1, 2]
        .iter()
        .map(|agent| world.agent(*agent).chain.leaf_id())
        .collect();
    let started = receipts
        .iter()
        .filter_map(|receipt| match &receipt.claims().event {
            ReceiptEvent::Started(started) => Some((started.leaf, started.call)),
            _ => None,
        });
    let (shown, calls): (Vec<_>, Vec<_>) = started.unzip();
    assert_eq!(shown, leaves);
    let holders: Vec<String> = world
        .agent(2)
        .chain
        .links()
        .map(|link| link.holder.to_string())
        .collect();
    let expected: Vec<String> = (1..=3)
        .map(|last| format!("officer → {} → registry.read", holders[..last].join(" → ")))
        .collect();
    assert_eq!(
        traces,
        calls.into_iter().zip(expected.clone()).collect::<Vec<_>>()
    );
    // The control: a log that is only written lets its last page go missing unseen; this one is
    // found out.
    receipts.pop();
    assert!(
        verify_receipts(key.public(), &receipts, None).is_ok(),
        "without a head the end can be cut off"
    );
    assert!(verify_receipts(key.public(), &receipts, Some(log.head())).is_err());
}
