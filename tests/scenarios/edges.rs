//! Edges of the stories: who may end what, what halts and what goes on.

use crate::stage::{Agent, Company, Desk, Grant, Server, Terms, at, call, only, root_expires};
use mandatum::claims::{End, Ending, NoticeHeader, ReplacedError, TaskEnd, TaskEnding};
use mandatum::limits::MaxAge;
use mandatum::mission::{
    Applied, LivenessError, NoticeError, RebindError, Watches, rebind_leaf, rebind_root,
};
use mandatum::powers::ToolPattern;
use mandatum::{
    Action, Controller, DecisionContext, Delegation, DenialCode, Effect, Life, Limit, Limits,
    LivesBy, Mission, Notice, Powers, PublicKey, Register, Seconds, ServerContext, SigningKey,
    Timestamp,
};

pub(crate) const MISSION: &str = "spring-cleaning";

/// A lead with two helpers, at a server that receives every notice.
pub(crate) struct World {
    company: Company,
    pub(crate) desk: Desk,
    lead: Agent,
    pub(crate) helpers: [Agent; 2],
    server: Server,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_limits(|_| [Limits::none(), Limits::none()])
    }

    /// The helpers' limits, for a controller that is the lead's key.
    fn with_limits(limits: impl FnOnce(PublicKey) -> [Limits; 2]) -> Self {
        let mut desk = Desk::new(90);
        let company = Company::new("https://northwind.example", powers()).expect("a company");
        let mission = desk.mission(MISSION).expect("a mission");
        let life = LivesBy::new(mission.clone(), MaxAge::uniform(Seconds::minutes(5)));
        let life = life.with_enders([ender().public()]).expect("an ender");
        let grant = Grant {
            person: "ada",
            purpose: ["cleaning", "attic", "Clean up the attic."],
            task: "cleaning",
            life: Life::Mission(life),
        };
        let lead = company
            .grants(grant, terms("lead", 1, Limits::none(), 1))
            .expect("a root");
        let [first, second] = limits(lead.key.public());
        let first = lead
            .delegates(terms("first", 2, first, 0))
            .expect("a child");
        let second = lead
            .delegates(terms("second", 3, second, 0))
            .expect("a child");
        let server = Server::new("https://files.example", &company).expect("a server");
        let mut server = server
            .watches([&first, &second])
            .expect("the chains verify");
        server.receives(
            [&desk.begins(&mission, at(9, 0, 0)).expect("a status")],
            at(9, 0, 0),
        );
        Self {
            company,
            desk,
            lead,
            helpers: [first, second],
            server,
        }
    }

    /// The mission that all of it lives by.
    pub(crate) fn mission(&self) -> Mission {
        self.desk.mission(MISSION).expect("a mission")
    }

    pub(crate) fn code(&mut self, helper: usize, tool: &str, now: Timestamp) -> Option<DenialCode> {
        let helper = self.helpers.get(helper).expect("one of two");
        self.server
            .code_for(helper, &action(tool), now)
            .expect("the call can be made")
    }

    fn receive(&mut self, notice: &Notice, now: Timestamp) -> Result<Applied, NoticeError> {
        self.server
            .register
            .apply(notice, &self.server.watches, now)
    }

    pub(crate) fn beat(&mut self, now: Timestamp) {
        let notices = self.desk.heartbeat(now).expect("a heartbeat");
        self.server.receives(&notices, now);
    }
}

fn powers() -> Powers {
    let capability = |tool, effect| only(tool, effect, "room", "attic").expect("a capability");
    Powers::new([
        capability("file.read", Effect::Read),
        capability("file.write", Effect::Write),
    ])
    .expect("powers")
}

fn terms(agent: &'static str, seed: u8, limits: Limits, hops: u8) -> Terms {
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

fn action(tool: &str) -> Action {
    let effect = if tool == "file.read" {
        Effect::Read
    } else {
        Effect::Write
    };
    Action::new(tool, [("room", "attic")], effect).expect("an action")
}

fn ender() -> SigningKey {
    SigningKey::from_seed(&[91; 32])
}

pub(crate) fn label<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well written")
}

pub(crate) fn task_end(signer: &SigningKey, agent: &Agent, when: Timestamp) -> Notice {
    let unsigned = TaskEnd::by_holder(
        NoticeHeader::new([7; 16], signer.public(), when),
        agent.chain.leaf_id(),
        TaskEnding::Abandoned,
        root_expires(&agent.chain),
    );
    unsigned.sign(signer).expect("its own word").into()
}

#[test]
fn what_is_suspended_goes_on_when_resumed() {
    let mut world = World::new();
    let mission = world.mission();
    let [one, two, three] = [1, 2, 3].map(|minute| at(9, minute, 0));
    assert_eq!(world.code(0, "file.read", one), None);
    let suspended = world
        .desk
        .signs(|desk, id| desk.suspend(&mission, id, two))
        .expect("signed")
        .expect("said");
    assert_eq!(world.receive(&suspended, two), Ok(Applied::New));
    assert_eq!(
        world.code(0, "file.read", two),
        Some(DenialCode::MissionSuspended)
    );
    let resumed = world
        .desk
        .signs(|desk, id| desk.resume(&mission, id, three))
        .expect("signed")
        .expect("said");
    assert_eq!(world.receive(&resumed, three), Ok(Applied::New));
    assert_eq!(world.code(0, "file.read", three), None);
    assert_eq!(
        world.receive(&suspended, three),
        Ok(Applied::Known),
        "the older status is outdone"
    );
    assert_eq!(world.code(0, "file.read", three), None);
}

/// The lead gives one helper a mission of its own, with a bound of ten seconds, and ends it; the
/// other goes on.
#[test]
fn a_subtree_with_its_own_mission_ends_alone_and_within_its_own_bound() {
    // The lead's own key controls it.
    let mut desk = Desk::new(1);
    let mission = desk.mission("first-shelf").expect("a mission");
    let mut world = World::with_limits(|_| {
        let lives_by = LivesBy::new(mission.clone(), MaxAge::uniform(Seconds::new(10)));
        [
            Limits::new([Limit::lives_by(lives_by)]).expect("limits"),
            Limits::none(),
        ]
    });
    assert_eq!(
        world.code(0, "file.read", at(9, 0, 30)),
        Some(DenialCode::StatusMissing),
        "its own status is missing"
    );
    assert_eq!(world.code(1, "file.read", at(9, 0, 30)), None);

    let status = desk.begins(&mission, at(9, 1, 0)).expect("a status");
    assert_eq!(world.receive(&status, at(9, 1, 0)), Ok(Applied::New));
    assert_eq!(world.code(0, "file.read", at(9, 1, 10)), None);
    assert_eq!(
        world.code(0, "file.read", at(9, 1, 11)),
        Some(DenialCode::StatusStale),
        "its own bound, not the root's"
    );
    assert_eq!(world.code(1, "file.read", at(9, 1, 11)), None);

    let end = desk
        .signs(|desk, id| desk.end(&mission, Ending::Superseded, id, at(9, 2, 0)))
        .expect("signed")
        .expect("said");
    assert_eq!(world.receive(&end, at(9, 2, 0)), Ok(Applied::New));
    assert_eq!(
        world.code(0, "file.read", at(9, 2, 0)),
        Some(DenialCode::MissionEnded)
    );
    assert_eq!(world.code(1, "file.read", at(9, 2, 0)), None);
}

/// The holder, whoever stands above it, and the controller may end a task; nobody else's word is
/// even taken in.
#[test]
fn who_may_end_a_task() {
    let now = at(9, 1, 0);
    let [holder, sibling, lead] = [2, 3, 1].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let (anchor, controller) = (
        SigningKey::from_seed(&[200; 32]),
        SigningKey::from_seed(&[90; 32]),
    );
    for signer in [&holder, &lead, &anchor, &controller] {
        let mut world = World::new();
        let notice = task_end(signer, &world.helpers[0], now);
        assert_eq!(world.receive(&notice, now), Ok(Applied::New));
        assert_eq!(world.code(0, "file.read", now), Some(DenialCode::TaskEnded));
        assert_eq!(world.code(1, "file.read", now), None, "the sibling goes on");
    }
    for signer in [&sibling, &ender(), &SigningKey::from_seed(&[99; 32])] {
        let mut world = World::new();
        let notice = task_end(signer, &world.helpers[0], now);
        let entries = world.server.register.len();
        assert_eq!(world.receive(&notice, now), Err(NoticeError::NotWatched));
        assert_eq!(world.server.register.len(), entries);
        assert_eq!(world.code(0, "file.read", now), None);
    }
}

/// A helper may end its own mandate, not the one above it.
#[test]
fn a_holder_does_not_end_what_is_above_it() {
    let mut world = World::new();
    let now = at(9, 1, 0);
    let helper = SigningKey::from_seed(&[2; 32]);
    let notice = task_end(&helper, &world.lead, now);
    assert_eq!(world.receive(&notice, now), Err(NoticeError::NotWatched));
    assert_eq!(world.code(1, "file.read", now), None);
    let above = task_end(&world.lead.key, &world.lead, now);
    assert_eq!(world.receive(&above, now), Ok(Applied::New));
    assert_eq!(
        [0, 1].map(|helper| world.code(helper, "file.read", now)),
        [Some(DenialCode::TaskEnded); 2]
    );
}

/// An ender may end the mission and nothing else: no status, no event, no withdrawal of its counts.
#[test]
fn killing_is_shared_and_heart_beating_is_not() {
    let mut world = World::new();
    let (now, mission) = (at(9, 1, 0), world.mission());
    let mut imposter = Desk::new(91);
    let status = imposter
        .begins(&imposter.mission(MISSION).expect("a mission"), now)
        .expect("a status");
    assert_eq!(world.receive(&status, now), Err(NoticeError::NotWatched));
    let end = End::by_ender(
        NoticeHeader::new([8; 16], ender().public(), now),
        &mission,
        Ending::Revoked,
    )
    .sign(&ender())
    .expect("signed");
    assert_eq!(world.receive(&end.into(), now), Ok(Applied::New));
    assert_eq!(
        world.code(0, "file.read", now),
        Some(DenialCode::MissionEnded)
    );
    world.beat(at(9, 2, 0));
    assert_eq!(
        world.code(0, "file.read", at(9, 2, 0)),
        Some(DenialCode::MissionEnded),
        "no heartbeat undoes it"
    );
}

#[test]
fn a_withdrawn_tool_is_denied_and_others_stay() {
    let mut world = World::new();
    let (mission, now) = (world.mission(), at(9, 1, 0));
    let tool = ToolPattern::new("file.write").expect("a tool");
    let notice = world
        .desk
        .signs(|desk, id| desk.withdraw(&mission, tool, id, now))
        .expect("signed")
        .expect("said");
    // One server receives the notice, another only the status that follows.
    let mut second = world.server.clone();
    assert_eq!(world.receive(&notice, now), Ok(Applied::New));
    let status = world.desk.heartbeat(now).expect("a heartbeat");
    second.receives(&status, now);
    for server in [&mut world.server, &mut second] {
        let mut code = |tool| {
            server
                .code_for(&world.helpers[0], &action(tool), now)
                .expect("a call")
        };
        assert_eq!(code("file.write"), Some(DenialCode::ToolWithdrawn));
        assert_eq!(code("file.read"), None);
    }
}

/// A server that has received nothing permits on a stapled status, as long as it is fresh, and
/// keeps none of it.
#[test]
fn a_stapled_status_is_enough() {
    let mut world = World::new();
    world.server.register = Register::new(*world.server.register.retention());
    let (now, late) = (at(9, 5, 0), at(9, 5, 1));
    let prove = |world: &World, id, now, notices: &[Notice]| {
        let call = call(id, &action("file.read"));
        let proof = world.helpers[0]
            .proof(&call, &world.server, now)
            .expect("a proof");
        proof.with_stapled(notices.to_vec()).expect("few notices")
    };
    let stored = world.desk.stored.clone();
    let proof = prove(&world, 1, now, &stored);
    let permit = world
        .server
        .decides(&proof, &action("file.read"), now)
        .expect("permitted");
    assert_eq!(permit.valid_until(), late);
    assert!(world.server.register.is_empty());
    let proof = prove(&world, 2, late, &stored);
    let denial = world
        .server
        .decides(&proof, &action("file.read"), late)
        .expect_err("stale");
    assert_eq!(denial.code(), DenialCode::StatusStale);

    // The notices that the server itself received still count: a status stapled from before the end
    // is no way around it.
    let mission = world.mission();
    let end = world
        .desk
        .signs(|desk, id| desk.end(&mission, Ending::Completed, id, now))
        .expect("signed")
        .expect("said");
    world.server.receives([&end], now);
    let proof = prove(&world, 3, now, &stored);
    let denial = world
        .server
        .decides(&proof, &action("file.read"), now)
        .expect_err("ended");
    assert_eq!(denial.code(), DenialCode::MissionEnded);
}

/// A permit that waited is asked again when its turn comes: with today's notices it lives on, or is
/// gone.
#[test]
fn a_queued_permit_is_asked_again() {
    let mut world = World::new();
    let permit = world
        .server
        .asked(&world.helpers[0], &action("file.write"), at(9, 1, 0))
        .expect("a call");
    let permit = permit.expect("permitted");
    assert_eq!(permit.valid_until(), at(9, 5, 1));
    world.beat(at(9, 6, 0));
    let recheck = |world: &World, permit, now| {
        let context = DecisionContext::new(
            ServerContext::new(now, world.server.name.clone()),
            &world.server.register,
        );
        world
            .server
            .verifier
            .recheck(permit, &context)
            .map_err(|refused| refused.denial)
    };
    let permit = recheck(&world, permit, at(9, 6, 0)).expect("it goes on");
    assert_eq!(permit.valid_until(), at(9, 11, 1));
    let mission = world.mission();
    let suspended = world
        .desk
        .signs(|desk, id| desk.suspend(&mission, id, at(9, 7, 0)))
        .expect("signed")
        .expect("said");
    world.receive(&suspended, at(9, 7, 0)).expect("taken");
    let denial = recheck(&world, permit, at(9, 7, 0)).expect_err("suspended");
    assert_eq!(denial.code(), DenialCode::MissionSuspended);
}

/// A helper's mandate on a fresh key works on, and ends with the one it replaces.
#[test]
fn a_re_bound_helper_takes_the_same_place() {
    let mut world = World::new();
    let (now, fresh) = (at(9, 1, 0), SigningKey::from_seed(&[5; 32]));
    world.beat(now);
    let verified = world
        .server
        .verifier
        .verify(&world.helpers[0].chain)
        .expect("verified");
    let rebound = rebind_leaf(
        &verified,
        fresh.public(),
        [5; 16],
        &world.server.register,
        now,
    )
    .expect("re-bound");
    let chain = world
        .lead
        .chain
        .extend(rebound.sign(&world.lead.key).expect("signed"))
        .expect("a chain");
    let renewed = Agent {
        name: "first",
        key: fresh,
        chain,
    };
    world.server = world.server.clone().watches([&renewed]).expect("verified");
    assert_eq!(
        world
            .server
            .code_for(&renewed, &action("file.read"), now)
            .expect("a call"),
        None
    );

    // What the controller ends is the mandate that was replaced; its status says so to the new one
    // too.
    let (mission, old) = (world.mission(), world.helpers[0].chain.leaf_id());
    let expires = root_expires(&world.lead.chain);
    let mut ended = Desk::new(90);
    ended.controller = world.desk.controller.clone();
    let end = |desk: &mut Controller, id| {
        desk.end_task(&mission, old, TaskEnding::Revoked, expires, id, now)
    };
    ended
        .signs(|desk, id| end(desk, id).map(|end| end.notice))
        .expect("signed")
        .expect("said");
    let mut server = world.server.clone();
    server.receives(&ended.heartbeat(now).expect("a heartbeat"), now);
    assert_eq!(
        server
            .code_for(&renewed, &action("file.read"), now)
            .expect("a call"),
        Some(DenialCode::TaskEnded)
    );

    // To the lead's own key, or the controller's, it is not re-bound.
    for key in [world.lead.key.public(), world.desk.key.public()] {
        let refused = rebind_leaf(&verified, key, [6; 16], &world.server.register, now);
        assert!(matches!(refused, Err(RebindError::Chain(_))), "{refused:?}");
    }
    let root = world
        .server
        .verifier
        .verify(&world.lead.chain)
        .expect("verified");
    let wrong_door = rebind_leaf(&root, seed([7; 32]), [6; 16], &world.server.register, now);
    assert!(matches!(wrong_door, Err(RebindError::WrongDoor)));
    let root =
        rebind_root(&root, seed([7; 32]), [6; 16], &world.server.register, now).expect("re-bound");
    assert!(root.sign(&world.company.key).is_ok());
}

/// A mandate on its parent's own key, which narrows and does not contain, moves to a key of its
/// own.
#[test]
fn a_mandate_on_an_ancestors_key_moves_to_a_fresh_one() {
    let world = World::new();
    let (now, lead) = (at(9, 1, 0), &world.lead);
    let terms = Delegation::new([6; 16], lead.key.public(), powers(), at(17, 0, 0)).with_same_key();
    let child = lead
        .chain
        .delegate(terms, now)
        .expect("minted")
        .sign(&lead.key)
        .expect("signed");
    let chain = lead.chain.extend(child).expect("a chain");
    let verified = world.server.verifier.verify(&chain).expect("verified");
    let mut register = Register::new(*world.server.register.retention());
    register
        .apply(&world.desk.stored[0], &Watches::new(&verified), now)
        .expect("taken");
    let rebound =
        rebind_leaf(&verified, seed([5; 32]), [5; 16], &register, at(9, 2, 0)).expect("re-bound");
    assert!(!rebound.claims().same_key);
    let rebound = lead
        .chain
        .extend(rebound.sign(&lead.key).expect("signed"))
        .expect("a chain");
    assert!(world.server.verifier.verify(&rebound).is_ok());
}

/// An event that ends a mandate for good ends it for the vault too.
#[test]
fn what_an_event_has_ended_gets_no_new_key() {
    let ends_on = || Limits::new([Limit::ends_on(label("attic.clean"))]).expect("limits");
    let mut world = World::with_limits(|_| [ends_on(), Limits::none()]);
    let (mission, event, now) = (world.mission(), label("attic.clean"), at(9, 1, 0));
    let fired = world
        .desk
        .signs(|desk, id| desk.fire(&mission, event, id, now))
        .expect("signed")
        .expect("said");
    world.receive(&fired, now).expect("taken");
    world.beat(now);
    assert_eq!(
        [0, 1].map(|helper| world.code(helper, "file.read", now)),
        [Some(DenialCode::EventFired), None]
    );
    let rebind = |helper: usize| {
        let verified = world
            .server
            .verifier
            .verify(&world.helpers[helper].chain)
            .expect("verified");
        rebind_leaf(
            &verified,
            seed([5; 32]),
            [5; 16],
            &world.server.register,
            now,
        )
        .map(|_| ())
    };
    assert_eq!(
        rebind(0),
        Err(RebindError::NotAlive(LivenessError::EventFired {
            event: label("attic.clean")
        }))
    );
    assert_eq!(rebind(1), Ok(()));
}

/// A mandate carries all that it replaces, so that an end of any ends it; the 33rd change of keys
/// takes a new grant. What ends the very first ends the last.
#[test]
fn the_33rd_change_of_keys_takes_a_new_grant() {
    let mut world = World::new();
    let now = at(9, 1, 0);
    world.beat(now);
    let lead = world.lead.chain.clone();
    let mut chain = world.helpers[0].chain.clone();
    let first = chain.leaf_id();
    for number in 0..32 {
        let verified = world.server.verifier.verify(&chain).expect("verified");
        let register = &world.server.register;
        let rebound = rebind_leaf(
            &verified,
            seed([100 + number; 32]),
            [number; 16],
            register,
            now,
        )
        .expect("re-bound");
        chain = lead
            .extend(rebound.sign(&world.lead.key).expect("signed"))
            .expect("a chain");
    }
    let verified = world.server.verifier.verify(&chain).expect("verified");
    assert_eq!(chain.leaf().replaces.iter().len(), 32);
    let beyond = rebind_leaf(
        &verified,
        seed([99; 32]),
        [99; 16],
        &world.server.register,
        now,
    )
    .err();
    assert_eq!(
        beyond,
        Some(RebindError::TooOften(ReplacedError { found: 33 }))
    );
    let end = TaskEnd::by_holder(
        NoticeHeader::new([9; 16], world.lead.key.public(), now),
        first,
        TaskEnding::Revoked,
        root_expires(&world.lead.chain),
    );
    let end = Notice::from(end.sign(&world.lead.key).expect("signed"));
    assert_eq!(
        world
            .server
            .register
            .apply(&end, &Watches::new(&verified), now),
        Ok(Applied::New)
    );
    let ended = rebind_leaf(
        &verified,
        seed([99; 32]),
        [99; 16],
        &world.server.register,
        now,
    )
    .err();
    let ending = Some(TaskEnding::Revoked);
    assert_eq!(
        ended,
        Some(RebindError::NotAlive(LivenessError::TaskEnded {
            mandate: first,
            ending
        }))
    );
}

pub(crate) fn seed(seed: [u8; 32]) -> PublicKey {
    SigningKey::from_seed(&seed).public()
}
