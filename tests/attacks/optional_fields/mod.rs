//! No field of a child can be added, dropped or changed so that the child permits what its parent's
//! holder could not have granted.
//!
//! It is asked of every field there is, without naming any: the child's claims are taken as generic
//! CBOR, every map and array at every depth is changed in every entry, with everything that any
//! link says anywhere, and signed by the parent's true holder. Whatever then verifies is asked to
//! permit a universe of calls. What it permits, the parent's holder must be permitted under its own
//! chain, in the same second at the same server, through capabilities that it may pass on.

mod mutants;
mod universe;

use crate::support::cbor;
use crate::support::forge::{Forge, chain_of};
use crate::support::order::register as empty;
use crate::support::spending::LEDGER;
use crate::support::story::{
    CRM, FILES, HELPER, INTERN, NOW, THIEF, after, anchor_with, audience, child_of, confirmation,
    encoded_limits, encoded_powers, grandchild_of, key, powers, read_crm, root, verifier_of,
};
use mandatum::chain::Ceiling;
use mandatum::charge::Charge;
use mandatum::claims::{Child, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::limits::{
    ApprovalGate, AudienceSet, Barrier, Condition, LimitRule, MaxAge, Meter, PerValue, RateLimit,
    SeparationOfDuty, Source, ToolSet, Unit, Waves, Window,
};
use mandatum::mission::Watches;
use mandatum::powers::{ArgumentRules, UrlRule};
use mandatum::primitives::{MandateId, Period};
use mandatum::sign::Token;
use mandatum::{
    Budget, Capability, Constraint, Controller, Effect, Label, Limit, LivesBy, Mission, Powers,
    PublicKey, Register, Seconds, Verifier,
};
use mutants::Mutants;
use universe::{Question, Setting, Universe};

fn verifier() -> Verifier {
    verifier_of(anchor_with(Ceiling::Unlimited))
        .dangerous_accept_asserted_up_to(Effect::Irreversible)
}

fn files(base: &str) -> Capability {
    let path = Constraint::path_under(base).unwrap();
    Capability::new("files.read", Effect::Read)
        .unwrap()
        .require("path", path)
        .unwrap()
}

fn mail(to: &[&str]) -> Capability {
    let to = Constraint::one_of(to.iter().copied()).unwrap();
    let rules = ArgumentRules::closed()
        .require("to", to)
        .unwrap()
        .allow("cc", Constraint::any())
        .unwrap();
    let message = Constraint::record(rules).unwrap();
    Capability::new("mail.send", Effect::Irreversible)
        .unwrap()
        .require("message", message)
        .unwrap()
}

fn fetch(path: &str) -> Capability {
    let url = Constraint::url(
        UrlRule::https("example.com")
            .unwrap()
            .with_path(path)
            .unwrap(),
    );
    let size = Constraint::between(0.into(), 9.into()).unwrap();
    Capability::new("http.get", Effect::Read)
        .unwrap()
        .require("url", url)
        .unwrap()
        .allow("size", size)
        .unwrap()
}

/// What the top link has: all of it, some not to be passed on.
fn wide() -> Powers {
    let notes = Capability::new("notes.*", Effect::Write)
        .unwrap()
        .allow_others();
    powers([
        read_crm(&["acme", "globex"]),
        files("/decks").allow_delegation(),
        mail(&["alice", "bob"]).allow_delegation(),
        fetch("/").allow_delegation(),
        notes,
    ])
}

/// What the link below has.
fn narrow() -> Powers {
    powers([
        read_crm(&["acme"]),
        files("/decks/acme").allow_delegation(),
        mail(&["alice"]),
        fetch("/v1").allow_delegation(),
    ])
}

/// What the last link has.
fn narrowest() -> Powers {
    powers([read_crm(&["acme"]), files("/decks/acme/q3"), fetch("/v1/x")])
}

fn until(seconds: i64) -> Limit {
    Limit::window(Window::closing(after(seconds)))
}

fn at(servers: &[&str]) -> Limit {
    Limit::audience(AudienceSet::new(servers.iter().map(|name| audience(name))).unwrap())
}

fn upper_limits() -> Vec<u8> {
    encoded_limits([
        until(2000),
        at(&[CRM, FILES]),
        Limit::window(Window::new(after(-50), after(1000)).unwrap())
            .with_tools(["files.*"])
            .unwrap(),
        Limit::signed_calls().with_tools(["http.get"]).unwrap(),
        Limit::delegates([HELPER, INTERN, THIEF].map(|seed| key(seed).public())).unwrap(),
    ])
}

fn lower_limits() -> Vec<u8> {
    encoded_limits([
        until(500),
        at(&[CRM]),
        Limit::signed_calls().with_tools(["files.*"]).unwrap(),
        Limit::delegates([key(INTERN).public()]).unwrap(),
    ])
}

/// The controller and an ender of a mission, which hold nothing.
const CONTROLLER: u8 = 50;
const ENDER: u8 = 51;

fn alive() -> LivesBy {
    let mission = Mission::new(key(CONTROLLER).public(), "qbr".parse().unwrap(), [7; 16]);
    let ages = MaxAge::new(Seconds::new(600), Seconds::new(60), Seconds::new(10)).unwrap();
    LivesBy::new(mission, ages)
        .with_enders([key(ENDER).public()])
        .unwrap()
}

fn open(max_age: u64) -> Limit {
    let holds = Constraint::one_of(["open"]).unwrap();
    Limit::condition(Condition {
        fact: "ticket".parse().unwrap(),
        holds,
        max_age: Seconds::new(max_age),
    })
}

/// What was heard: that the mission is active, and, where asked for, that the event has fired.
fn heard(event: bool) -> Register {
    let (parents, _) = below_what_lives();
    let watches = Watches::new(&verifier().verify(&chain_of(&parents)).unwrap());
    let mut controller = Controller::new(key(CONTROLLER).public(), Seconds::new(30));
    let mut register = empty();
    let begun = controller
        .begin(alive().mission(), [1; 16], after(0))
        .unwrap();
    register
        .apply(
            &begun.sign(&key(CONTROLLER)).unwrap().into(),
            &watches,
            after(0),
        )
        .unwrap();
    if event {
        let fired = controller
            .fire(
                alive().mission(),
                "done".parse().unwrap(),
                [2; 16],
                after(0),
            )
            .unwrap();
        register
            .apply(
                &fired.sign(&key(CONTROLLER)).unwrap().into(),
                &watches,
                after(0),
            )
            .unwrap();
    }
    register
}

/// Seed of the key that reports the tasks that are waited for.
const REPORTER: u8 = 52;

fn task(byte: u8) -> (MandateId, PublicKey) {
    (MandateId::from_bytes([byte; 32]), key(REPORTER).public())
}

/// Two links that have their waves and wait for other tasks, and a third to be changed.
fn below_what_takes_turns() -> (Vec<Vec<u8>>, Forge) {
    let mission = || alive().mission().clone();
    let waves = Waves::new(mission(), 0, 1)
        .unwrap()
        .with_drain(Seconds::new(60))
        .unwrap();
    let first = Barrier::new([task(1), task(2)])
        .unwrap()
        .with_quorum(1)
        .unwrap()
        .with_deadline(after(500));
    let upper = [Limit::waves(waves), Limit::barrier(first), until(2000)];
    let second = Barrier::new([task(3)]).unwrap();
    let lower = [
        Limit::waves(Waves::starting_at(mission(), 1))
            .with_tools(["files.*"])
            .unwrap(),
        Limit::barrier(second).with_tools(["http.get"]).unwrap(),
        until(1500),
    ];
    let root = root()
        .term(0, encoded_powers(wide()))
        .term(1, encoded_living(upper))
        .token();
    let parent = child_of(&root).term(0, encoded_powers(narrow())).token();
    let child = grandchild_of(&parent)
        .term(0, encoded_powers(narrowest()))
        .term(1, encoded_living(lower));
    (vec![root, parent], child.claim(4, cbor::int(NOW + 1800)))
}

/// What was heard: this wave of the mission and when it began, and that these tasks are done.
fn heard_of_turns(wave: Option<(u64, i64)>, done: &[u8]) -> Register {
    let (parents, child) = below_what_takes_turns();
    let watches = Watches::new(
        &verifier()
            .verify(&chain_of(&[parents, vec![child.token()]].concat()))
            .unwrap(),
    );
    let mut register = empty();
    let mut controller = Controller::new(key(CONTROLLER).public(), Seconds::new(30));
    if let Some((number, since)) = wave {
        let (qbr, since) = (alive().mission().clone(), after(since));
        let mut status = controller.begin(&qbr, [0; 16], since).unwrap();
        for _ in 0..number {
            status = controller.advance_wave(&qbr, [0; 16], since).unwrap();
        }
        register
            .apply(
                &status.sign(&key(CONTROLLER)).unwrap().into(),
                &watches,
                since,
            )
            .unwrap();
    }
    for byte in done {
        let (task, reporter) = task(*byte);
        let done = TaskEnd::by_holder(
            NoticeHeader::new([*byte; 16], reporter, after(0)),
            task,
            TaskEnding::Completed,
            after(3600),
        );
        register
            .apply(
                &done.sign(&key(REPORTER)).unwrap().into(),
                &watches,
                after(0),
            )
            .unwrap();
    }
    register
}

/// Two links that are charged and wait for approvals, and a third to be changed.
fn below_what_is_counted() -> (Vec<Vec<u8>>, Forge) {
    let label = |text: &str| text.parse::<Label>().unwrap();
    let gate = |needed, seeds: &[u8]| {
        let approvers = seeds.iter().map(|seed| key(*seed).public());
        Limit::approval_gate(ApprovalGate::new(needed, approvers, Seconds::new(300)).unwrap())
    };
    let tools = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
    let calls = |max: u64| Limit::budget(Budget::calls(label("calls"), label(LEDGER), max));
    let upper = [
        calls(9),
        Limit::rate_limit(
            RateLimit::new(label("pace"), label(LEDGER), 2, Seconds::new(60)).unwrap(),
        )
        .with_tools(["crm.*"])
        .unwrap(),
        gate(1, &[60, 61]).with_tools(["files.*"]).unwrap(),
    ];
    let split = [(label(LEDGER), 3.into()), (label("us-1"), 2.into())];
    let middle = [
        Limit::budget(Budget::new(label("calls"), Meter::Calls, split).unwrap()),
        Limit::separation_of_duty(
            SeparationOfDuty::new(
                label("duty"),
                label(LEDGER),
                [tools("crm.*"), tools("http.get")],
            )
            .unwrap(),
        ),
        gate(2, &[60, 61, 62]).with_tools(["http.get"]).unwrap(),
    ];
    let path = |path: &str| path.parse().unwrap();
    // Of calls that state none of it, so that what is counted is denied until the part that counts
    // it is gone.
    let source = Source::new(path("a.b"))
        .with_tool("http.get".parse().unwrap())
        .with_decimal_texts();
    let source = source.with_unit(Unit::new(path("unit"), "EUR").unwrap());
    let sum = Budget::sum(label("sum"), label(LEDGER), [source], 9.into())
        .unwrap()
        .with_period(Period::Day)
        .with_askable();
    let per_value = PerValue::new(path("path"), Seconds::new(60))
        .unwrap()
        .with_any_case();
    let each = Budget::calls(label("each"), label(LEDGER), 1)
        .with_per_value(per_value)
        .with_period(Period::Month);
    let lower = [
        calls(2),
        Limit::budget(sum),
        Limit::budget(each.with_askable())
            .with_tools(["files.*"])
            .unwrap(),
        Limit::rate_limit(
            RateLimit::new(label("pace"), label(LEDGER), 1, Seconds::new(60)).unwrap(),
        ),
        gate(1, &[61]).with_tools(["crm.*"]).unwrap(),
        until(500),
    ];
    let root = root()
        .term(0, encoded_powers(wide()))
        .term(1, encoded_limits(upper))
        .token();
    let parent = child_of(&root)
        .term(0, encoded_powers(narrow()))
        .term(1, encoded_limits(middle))
        .token();
    let child = grandchild_of(&parent)
        .term(0, encoded_powers(narrowest()))
        .term(1, encoded_limits(lower));
    (vec![root, parent], child.claim(4, cbor::int(NOW + 1800)))
}

fn replaced() -> Vec<u8> {
    cbor::array([cbor::bytes([0x0d; 32])])
}

/// Two links that live by a mission, a fact and an event, and a third to be changed.
fn below_what_lives() -> (Vec<Vec<u8>>, Forge) {
    let ends_on = Limit::ends_on("done".parse().unwrap());
    let upper = [open(700), ends_on.clone(), until(2000)];
    let scoped = [
        open(60).with_tools(["files.*"]).unwrap(),
        ends_on,
        until(500),
    ];
    let root = root()
        .term(0, encoded_powers(wide()))
        .term(1, encoded_living(upper))
        .token();
    let parent = child_of(&root)
        .term(0, encoded_powers(narrow()))
        .term(12, replaced())
        .token();
    let child = grandchild_of(&parent)
        .term(0, encoded_powers(narrowest()))
        .term(1, encoded_living(scoped));
    (
        vec![root, parent],
        child.term(12, replaced()).claim(4, cbor::int(NOW + 1800)),
    )
}

/// These limits, encoded one by one: a root with just one that ends on an event is not issued.
fn encoded_living(limits: impl IntoIterator<Item = Limit>) -> Vec<u8> {
    let limits = [Limit::lives_by(alive())].into_iter().chain(limits);
    encoded_limits(limits)
}

fn named(forge: Forge) -> Forge {
    forge.term(3, cbor::text("agent"))
}

/// Two links, and a third to be changed.
fn below_a_child() -> (Vec<Vec<u8>>, Forge) {
    let root = root().term(0, encoded_powers(wide())).token();
    let parent = child_of(&root)
        .term(0, encoded_powers(narrow()))
        .term(1, upper_limits())
        .token();
    let child = named(grandchild_of(&parent))
        .term(0, encoded_powers(narrowest()))
        .term(1, lower_limits());
    (vec![root, parent], child.claim(4, cbor::int(NOW + 1800)))
}

/// A root, and a child to be changed.
fn below_a_root() -> (Vec<Vec<u8>>, Forge) {
    let root = root()
        .term(0, encoded_powers(narrow()))
        .term(1, upper_limits())
        .token();
    let child = named(child_of(&root))
        .term(0, encoded_powers(narrowest()))
        .term(1, lower_limits());
    (vec![root], child.claim(4, cbor::int(NOW + 1800)))
}

/// A child that holds the same key as its parent and says so.
fn by_the_same_key() -> (Vec<Vec<u8>>, Forge) {
    let (parents, child) = below_a_child();
    (
        parents,
        child
            .claim(8, confirmation(HELPER))
            .term(5, cbor::bool(true)),
    )
}

/// How much of an attack got how far.
#[derive(Debug, Default)]
struct Tally {
    tried: usize,
    decoded: usize,
    verified: usize,
    /// Permits of calls, over all that verified.
    permitted: usize,
    /// Permits of calls that the child as it was refuses.
    beyond_the_child: usize,
    /// Charges of all these permits.
    charged: usize,
    /// Permits of calls that the child as it was charges to more accounts.
    charged_less: usize,
}

/// The charges of a call that is permitted.
type Answer = Option<Vec<Charge>>;

struct Attack {
    verifier: Verifier,
    parents: Vec<Vec<u8>>,
    child: Forge,
    universe: Universe,
    /// What the child as it was is charged for the questions that it permits.
    before: Vec<Answer>,
    tally: Tally,
}

impl Attack {
    fn new(links: (Vec<Vec<u8>>, Forge)) -> Self {
        Self::among(links, &universe::contexts())
    }

    fn among((parents, child): (Vec<Vec<u8>>, Forge), settings: &[Setting]) -> Self {
        let verifier = verifier();
        let universe = Universe::over(&verifier, &parents, settings);
        let mut attack = Self {
            verifier,
            parents,
            child,
            universe,
            before: Vec::new(),
            tally: Tally::default(),
        };
        attack.before = attack.answers(attack.child.token()).unwrap();
        attack
    }

    /// The child with this payload, if it decodes. Most do not, so that is asked before it is
    /// signed.
    fn decoded(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let protected = cbor::bytes(&self.child.protected);
        let parts = [
            protected,
            self.child.unprotected.clone(),
            cbor::bytes(payload),
            cbor::bytes([0; 64]),
        ];
        Token::<Child>::from_bytes(&cbor::tag(18, cbor::array(parts))).ok()?;
        Some(self.child.token_of(payload))
    }

    /// The answers to all questions with this child; none where it does not verify.
    fn answers(&self, child: Vec<u8>) -> Option<Vec<Answer>> {
        let tokens = [self.parents.as_slice(), &[child]].concat();
        let chain = self.verifier.verify(&chain_of(&tokens)).ok()?;
        let holder = chain.chain().leaf().holder.key;
        let mut above = chain
            .chain()
            .links()
            .take(self.parents.len())
            .flat_map(|link| link.limits.iter());
        let lets = |limit: &Limit| !matches!(limit.rule(), LimitRule::Delegates(keys) if !keys.contains(&holder));
        assert!(above.all(lets), "{holder} is none of the delegates");
        Some(
            self.universe
                .questions()
                .map(|question| question.permitted(&self.verifier, &chain))
                .collect(),
        )
    }

    /// Whether it verifies. What it then permits, its parent could have granted, and is charged as
    /// for the parent.
    fn attempt(&mut self, payload: &[u8]) -> bool {
        self.tally.tried += 1;
        let Some(child) = self.decoded(payload) else {
            return false;
        };
        self.tally.decoded += 1;
        let Some(answers) = self.answers(child) else {
            return false;
        };
        self.tally.verified += 1;
        for ((permitted, question), before) in answers
            .into_iter()
            .zip(self.universe.questions())
            .zip(&self.before)
        {
            if let Some(charges) = permitted {
                assert!(
                    question.parent_could_grant(),
                    "{question:?} is permitted by {:?}",
                    cbor::decode(payload)
                );
                let charged = question.is_charged_as_the_parent(&charges);
                assert!(
                    charged,
                    "{question:?} is charged {charges:?} by {:?}",
                    cbor::decode(payload)
                );
                self.tally.permitted += 1;
                self.tally.beyond_the_child += usize::from(before.is_none());
                self.tally.charged += charges.len();
                self.tally.charged_less += usize::from(
                    before
                        .as_ref()
                        .is_some_and(|before| charges.len() < before.len()),
                );
            }
        }
        true
    }

    fn run(mut self) -> Tally {
        let original = cbor::decode(&self.child.payload());
        let above = self.parents.iter().map(|token| universe::payload_of(token));
        let mutants = Mutants::from_links(&above.chain([original.clone()]).collect::<Vec<_>>());
        let mut verified = Vec::new();
        mutants.each(&original, &mut |payload| {
            if self.attempt(&payload) {
                verified.push(payload);
            }
        });
        // And a second change on top of some that went through.
        for payload in verified.iter().step_by(verified.len() / 12) {
            mutants.some(&cbor::decode(payload), 400, &mut |payload| {
                self.attempt(&payload);
            });
        }
        self.tally
    }
}

/// Nothing was permitted that should not be, or the attack would have ended before; and it was
/// worth something.
fn was_worth_something(tally: &Tally) {
    println!("{tally:?}");
    assert!(tally.tried > 30_000, "{tally:?}");
    assert!(
        tally.verified > 350 && tally.decoded > tally.verified + 500,
        "{tally:?}"
    );
    assert!(tally.permitted > 1_200, "{tally:?}");
    // Without its own limits and with all of its parent's powers the child permits more than it
    // did.
    assert!(tally.beyond_the_child > 150, "{tally:?}");
}

#[test]
fn below_a_child_nothing_widens() {
    was_worth_something(&Attack::new(below_a_child()).run());
}

/// With news and facts, which change what the links permit over time.
#[test]
fn below_what_lives_nothing_widens() {
    let tally = Attack::new(below_what_lives()).run();
    println!("{tally:?}");
    assert!(
        tally.tried > 30_000 && tally.verified > 350 && tally.permitted > 1_200,
        "{tally:?}"
    );
    assert!(tally.beyond_the_child > 100, "{tally:?}");
}

/// With waves that come and go, and other tasks that are done.
#[test]
fn below_what_takes_turns_nothing_widens() {
    let tally = Attack::among(below_what_takes_turns(), &universe::turns()).run();
    println!("{tally:?}");
    assert!(
        tally.tried > 30_000 && tally.verified > 350 && tally.permitted > 1_200,
        "{tally:?}"
    );
    assert!(tally.beyond_the_child > 100, "{tally:?}");
}

/// With budgets, rates and groups that are charged, and people who approve.
#[test]
fn below_what_is_counted_nothing_widens() {
    let tally = Attack::among(below_what_is_counted(), &universe::purses()).run();
    println!("{tally:?}");
    assert!(
        tally.tried > 30_000 && tally.verified > 350 && tally.permitted > 1_200,
        "{tally:?}"
    );
    assert!(
        tally.beyond_the_child > 100 && tally.charged > 2_000 && tally.charged_less > 50,
        "{tally:?}"
    );
}

#[test]
fn below_a_root_nothing_widens() {
    was_worth_something(&Attack::new(below_a_root()).run());
}

#[test]
fn by_the_same_key_nothing_widens() {
    was_worth_something(&Attack::new(by_the_same_key()).run());
}

#[test]
fn the_universe_has_calls_that_only_the_parent_permits_and_calls_that_neither_does() {
    let attack = Attack::new(below_a_child());
    let could: Vec<bool> = attack
        .universe
        .questions()
        .map(Question::parent_could_grant)
        .collect();
    let count = |wanted: [bool; 2]| {
        could
            .iter()
            .zip(&attack.before)
            .filter(|(parent, child)| [**parent, child.is_some()] == wanted)
            .count()
    };
    let found = [
        count([true, true]),
        count([true, false]),
        count([false, false]),
        count([false, true]),
    ];
    assert!(
        found[0] >= 3 && found[1] >= 10 && found[2] >= 80,
        "{found:?}"
    );
    assert_eq!(found[3], 0);
}
