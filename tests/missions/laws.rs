//! The laws of the register: what is known does not depend on the order, the number, or the ways in
//! which news arrives, an end absorbs everything, and nobody else's news counts or takes memory.

use crate::support::*;
use mandatum::claims::{End, Ending, MandateEnding, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::limits::MaxAge;
use mandatum::mission::{Applied, NoticeError, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Chain, Controller, DecisionContext, DenialCode, Effect, Limit, LivesBy, MemoryLedger, Notice,
    Register, Seconds, ServerContext, SigningKey, VerifiedChain,
};

/// A chain of two links: the root lives by the office's mission, the child by the desk's, too, and
/// it ends on an event.
fn chain() -> VerifiedChain {
    let age = MaxAge::uniform(Seconds::new(600));
    let life = LivesBy::new(mission(OFFICE, "qbr"), age)
        .with_enders([public(ENDER)])
        .unwrap();
    let slides = LivesBy::new(mission(DESK, "slides"), age)
        .with_enders([public(ENDER)])
        .unwrap();
    let chain: Chain = root(life, [1; 16]);
    let limits = [Limit::lives_by(slides), Limit::ends_on(label("over"))];
    verifier()
        .verify(&child(&chain, ORCHESTRATOR, HELPER, limits, [2; 16]))
        .unwrap()
}

/// One of several writers of one controller, which is what a controller should not have.
#[derive(Clone)]
struct Writer {
    controller: Controller,
    seed: u8,
    name: &'static str,
    now: u64,
}

impl Writer {
    fn begin(seed: u8, name: &'static str) -> (Self, Notice) {
        let mut controller = Controller::new(public(seed), Seconds::new(30));
        let begun = controller
            .begin(&mission(seed, name), [9; 16], at(0))
            .unwrap();
        (
            Self {
                controller,
                seed,
                name,
                now: 0,
            },
            signed(begun, &key(seed)),
        )
    }

    /// The next thing it happens to say, if that says anything new.
    fn next(&mut self, random: &mut Random, mandates: &[MandateId]) -> Option<Notice> {
        self.now += u64::try_from(random.below(3)).unwrap();
        let (it, name, id, now, key) = (
            &mut self.controller,
            mission(self.seed, self.name),
            random.id(),
            at(self.now),
            key(self.seed),
        );
        let said = match random.below(11) {
            0 => it.suspend(&name, id, now).map(|said| signed(said, &key)),
            1 => it.resume(&name, id, now).map(|said| signed(said, &key)),
            2 | 3 => it
                .advance_wave(&name, id, now)
                .map(|said| signed(said, &key)),
            4 => it
                .fire(&name, label(random.name(&["over", "late", "won"])), id, now)
                .map(|said| signed(said, &key)),
            5 => {
                let tool = ToolPattern::new(random.name(&["crm.*", "pay.send"])).unwrap();
                it.withdraw(&name, tool, id, now)
                    .map(|said| signed(said, &key))
            }
            6 => {
                let mandate = *random.pick(mandates);
                it.end_task(
                    &name,
                    mandate,
                    ending_of_task(random),
                    at(LIFETIME),
                    id,
                    now,
                )
                .map(|end| signed(end.notice, &key))
            }
            7 => {
                let mandate = *random.pick(mandates);
                it.revoke_key(&name, mandate, at(LIFETIME), id, now)
                    .map(|end| signed(end.notice, &key))
            }
            8 if random.chance(15) => it
                .end(&name, ending(random), id, now)
                .map(|said| signed(said, &key)),
            _ => {
                let mut statuses = it.heartbeat(|| id.into(), now).unwrap();
                return statuses.pop().map(|status| signed(status, &key));
            }
        };
        said.ok()
    }
}

fn ending(random: &mut Random) -> Ending {
    *random.pick(&[Ending::Completed, Ending::Revoked, Ending::Superseded])
}

fn ending_of_task(random: &mut Random) -> TaskEnding {
    *random.pick(&[
        TaskEnding::Completed,
        TaskEnding::Abandoned,
        TaskEnding::Failed,
        TaskEnding::Revoked,
    ])
}

/// News of all kinds by everybody, and by controllers that contradict themselves.
pub(crate) fn news(random: &mut Random, chain: &VerifiedChain) -> Vec<Notice> {
    let mandates = mandates(chain);
    let mut notices = Vec::new();
    let mut writers = Vec::new();
    for (seed, name) in [
        (OFFICE, "qbr"),
        (DESK, "slides"),
        (OFFICE, "another"),
        (STRANGER, "qbr"),
    ] {
        let (writer, begun) = Writer::begin(seed, name);
        notices.push(begun);
        writers.push(writer);
    }
    for _ in 0..random.below(60) {
        if random.chance(8) {
            writers.push(random.pick(&writers).clone());
        }
        let writer = random.below(writers.len());
        notices.extend(writers[writer].next(random, &mandates));
    }
    for _ in 0..random.below(4) {
        let subject = *random.pick(&[mission_of(OFFICE), mission_of(DESK)]);
        let (seed, id, now) = (
            *random.pick(&[ENDER, STRANGER, HELPER]),
            random.id(),
            at(random.next() % 90),
        );
        let end = End::by_ender(
            NoticeHeader::new(id, public(seed), now),
            &mission(subject.0, subject.1),
            ending(random),
        );
        notices.push(signed(end, &key(seed)));
    }
    for _ in 0..random.below(6) {
        let seed = *random.pick(&[COMPANY, ORCHESTRATOR, HELPER, STRANGER, ENDER]);
        let mandate = *random.pick(&mandates);
        let how = if random.chance(20) {
            MandateEnding::KeyRevoked
        } else {
            ending_of_task(random).into()
        };
        let end = TaskEnd::by_holder(
            NoticeHeader::new(random.id(), public(seed), at(random.next() % 90)),
            mandate,
            how,
            at(LIFETIME),
        );
        notices.push(signed(end, &key(seed)));
    }
    notices
}

const fn mission_of(seed: u8) -> (u8, &'static str) {
    if seed == OFFICE {
        (OFFICE, "qbr")
    } else {
        (DESK, "slides")
    }
}

/// What is known when these are heard in this order.
fn heard<'n>(notices: impl IntoIterator<Item = &'n Notice>, watches: &Watches) -> Register {
    let mut register = empty();
    for notice in notices {
        let _ = register.apply(notice, watches, at(100));
    }
    register
}

fn merged(mut register: Register, other: &Register) -> Register {
    register.merge(other);
    register
}

#[test]
fn what_is_known_depends_on_nothing_but_what_was_said() {
    let chain = chain();
    let watches = Watches::new(&chain);
    let mut entries = 0;
    for seed in 0..250 {
        let mut random = Random::new(seed);
        let mut notices = news(&mut random, &chain);
        let known = heard(&notices, &watches);
        entries += known.len();

        // In any order, some of it twice.
        notices.extend(notices.clone().into_iter().filter(|_| random.chance(30)));
        random.shuffle(&mut notices);
        assert_eq!(
            heard(&notices, &watches),
            known,
            "seed {seed}: order and duplicates"
        );

        // By three replicas, each of which heard a part, merged in any order and grouping.
        let mut parts: [Vec<&Notice>; 3] = Default::default();
        for notice in &notices {
            parts[random.below(3)].push(notice);
            parts[random.below(3)].push(notice);
        }
        let [a, b, c] = parts.map(|part| heard(part, &watches));
        let left = merged(merged(a.clone(), &b), &c);
        let right = merged(a.clone(), &merged(b.clone(), &c));
        assert_eq!(left, known, "seed {seed}: replicas");
        assert_eq!(right, known, "seed {seed}: associative");
        assert_eq!(
            merged(a.clone(), &b),
            merged(b.clone(), &a),
            "seed {seed}: commutative"
        );
        assert_eq!(merged(a.clone(), &a), a, "seed {seed}: idempotent");
        assert_eq!(
            merged(known.clone(), &b),
            known,
            "seed {seed}: absorbs its parts"
        );

        // Heard again, nothing of it is new.
        let mut again = known.clone();
        for notice in &notices {
            let taken = again.apply(notice, &watches, at(100));
            assert!(
                matches!(taken, Ok(Applied::Known) | Err(NoticeError::NotWatched)),
                "seed {seed}: {taken:?}"
            );
        }
        assert_eq!(again, known, "seed {seed}: idempotent");
    }
    assert!(entries > 1000, "{entries} entries are few");
}

/// Once ended, whatever is heard before or after.
#[test]
fn ends_absorb_everything() {
    let chain = chain();
    let (watches, verifier) = (Watches::new(&chain), verifier());
    let call = call([1; 16], "crm.read", Effect::Read);
    let leaf = chain.chain().leaf_id();
    let ends = [
        (
            signed(
                End::by_ender(
                    NoticeHeader::new([7; 16], public(ENDER), at(0)),
                    &mission(OFFICE, "qbr"),
                    Ending::Completed,
                ),
                &key(ENDER),
            ),
            DenialCode::MissionEnded,
        ),
        (
            signed(
                TaskEnd::by_holder(
                    NoticeHeader::new([8; 16], public(HELPER), at(0)),
                    leaf,
                    TaskEnding::Completed,
                    at(LIFETIME),
                ),
                &key(HELPER),
            ),
            DenialCode::TaskEnded,
        ),
    ];
    for seed in 0..60 {
        let mut random = Random::new(seed);
        for (end, code) in &ends {
            let mut register = empty();
            let notices = news(&mut random, &chain);
            let ended_at = random.below(notices.len());
            for (index, notice) in notices.iter().enumerate() {
                if index == ended_at {
                    register.apply(end, &watches, at(100)).unwrap();
                }
                let _ = register.apply(notice, &watches, at(100));
                if index >= ended_at {
                    let denial = verdict(&verifier, &chain, &call, &register, at(100)).unwrap_err();
                    let worse = [
                        DenialCode::MissionEnded,
                        DenialCode::StatusMissing,
                        DenialCode::MissionSuspended,
                        DenialCode::EventFired,
                    ];
                    let worse = worse.into_iter().chain([
                        DenialCode::ControllerEquivocated,
                        DenialCode::ToolWithdrawn,
                        DenialCode::KeyRevoked,
                    ]);
                    assert!(
                        denial.code() == *code
                            || worse.into_iter().any(|code| denial.code() == code),
                        "{denial}"
                    );
                }
            }
            let kept = match code {
                DenialCode::MissionEnded => register
                    .ending(&mission(OFFICE, "qbr"), public(ENDER))
                    .is_some(),
                _ => register.task_ending(leaf, public(HELPER)).is_some(),
            };
            assert!(kept, "seed {seed}");
        }
    }
}

/// Of two words of one signer on one end, the later kind in their order is kept.
#[test]
fn conflicting_ends_join_in_their_order() {
    let chain = chain();
    let (watches, leaf) = (Watches::new(&chain), chain.chain().leaf_id());
    let kinds = [
        TaskEnding::Completed,
        TaskEnding::Abandoned,
        TaskEnding::Failed,
        TaskEnding::Revoked,
    ];
    for (weaker, first) in kinds.iter().enumerate() {
        for second in &kinds[weaker..] {
            let said = |how: TaskEnding| {
                signed(
                    TaskEnd::by_holder(
                        NoticeHeader::new([7; 16], public(HELPER), at(1)),
                        leaf,
                        how,
                        at(LIFETIME),
                    ),
                    &key(HELPER),
                )
            };
            let (first, second_said) = (said(*first), said(*second));
            for order in [[&first, &second_said], [&second_said, &first]] {
                assert_eq!(
                    heard(order, &watches).task_ending(leaf, public(HELPER)),
                    Some(*second)
                );
            }
        }
    }
}

/// A change of the office's mission.
#[derive(Clone, Copy)]
enum Change {
    Suspend,
    Resume,
    Wave,
    Fire(&'static str),
}

use Change::{Fire, Resume, Suspend, Wave};

/// The office's status after these changes, each of which raises the sequence by one, said as of
/// `seconds`.
fn status(changes: &[Change], seconds: u64) -> Notice {
    let (it, name) = (mission(OFFICE, "qbr"), OFFICE);
    let mut controller = Controller::new(public(name), Seconds::new(30));
    let _ = controller.begin(&it, [0; 16], at(0)).unwrap();
    for change in changes {
        match change {
            Suspend => drop(controller.suspend(&it, [0; 16], at(0)).unwrap()),
            Resume => drop(controller.resume(&it, [0; 16], at(0)).unwrap()),
            Wave => drop(controller.advance_wave(&it, [0; 16], at(0)).unwrap()),
            Fire(event) => drop(controller.fire(&it, label(event), [0; 16], at(0)).unwrap()),
        }
    }
    heartbeat(&mut controller, &key(name), [1; 16], at(seconds))
}

/// The winner rule: each row is heard in every order, and the mission is then as fresh, and as far,
/// and as good as it says.
#[test]
fn the_transition_table() {
    let qbr = LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(60)));
    let verifier = verifier();
    let chain = verifier.verify(&root(qbr, [1; 16])).unwrap();
    let (watches, subject) = (Watches::new(&chain), mission(OFFICE, "qbr"));
    let call = call([1; 16], "crm.read", Effect::Read);
    // What is said: changes, and as of when. What is known then: as of when, wave, and why a call
    // at second 60 is refused.
    type Row<'a> = (
        &'a str,
        &'a [(&'a [Change], u64)],
        u64,
        u64,
        Option<DenialCode>,
    );
    let rows: &[Row<'_>] = &[
        ("one word", &[(&[], 5)], 5, 0, None),
        ("the same state later", &[(&[], 5), (&[], 20)], 20, 0, None),
        (
            "a higher one wins, older as it is",
            &[(&[], 20), (&[Wave], 5)],
            5,
            1,
            None,
        ),
        (
            "a lower one does not refresh",
            &[(&[Wave], 1), (&[], 50), (&[], 59)],
            1,
            1,
            None,
        ),
        (
            "a higher one may be suspended",
            &[(&[], 20), (&[Suspend], 5)],
            5,
            0,
            Some(DenialCode::MissionSuspended),
        ),
        (
            "and resumed",
            &[(&[Suspend], 20), (&[Suspend, Resume], 21)],
            21,
            0,
            None,
        ),
        (
            "suspended, then a lower active one",
            &[(&[Suspend], 5), (&[], 50)],
            5,
            0,
            Some(DenialCode::MissionSuspended),
        ),
        (
            "two states of one number",
            &[(&[Wave], 5), (&[Fire("late")], 7)],
            7,
            1,
            Some(DenialCode::ControllerEquivocated),
        ),
        (
            "one of them suspended",
            &[(&[Wave], 9), (&[Suspend], 7)],
            9,
            1,
            Some(DenialCode::ControllerEquivocated),
        ),
        (
            "three states of one number",
            &[(&[Wave], 5), (&[Suspend], 7), (&[Fire("late")], 6)],
            7,
            1,
            Some(DenialCode::ControllerEquivocated),
        ),
        (
            "a lower one does not heal it",
            &[(&[Wave], 5), (&[Suspend], 7), (&[], 50)],
            7,
            1,
            Some(DenialCode::ControllerEquivocated),
        ),
        (
            "nor does one of the two again",
            &[(&[Wave], 5), (&[Suspend], 7), (&[Wave], 50)],
            50,
            1,
            Some(DenialCode::ControllerEquivocated),
        ),
        (
            "a higher one does",
            &[(&[Wave], 5), (&[Suspend], 7), (&[Wave, Wave], 6)],
            6,
            2,
            None,
        ),
        (
            "the wave never goes back",
            &[(&[Wave, Wave], 5), (&[Suspend, Resume, Fire("late")], 6)],
            6,
            2,
            None,
        ),
    ];
    for (what, said, as_of, wave, code) in rows {
        let said: Vec<Notice> = said
            .iter()
            .map(|(changes, at)| status(changes, *at))
            .collect();
        for seed in 0..12 {
            let mut said = said.clone();
            Random::new(seed).shuffle(&mut said);
            let register = heard(&said, &watches);
            assert_eq!(register.as_of(&subject), Some(at(*as_of)), "{what}");
            assert_eq!(
                register.wave(&subject).map(|wave| wave.number),
                Some(*wave),
                "{what}"
            );
            let verdict = verdict(&verifier, &chain, &call, &register, at(60));
            assert_eq!(
                verdict.as_ref().err().map(mandatum::Denial::code),
                *code,
                "{what}"
            );
            if code.is_none() {
                assert_eq!(
                    verdict.unwrap(),
                    at(as_of + 61),
                    "{what}: valid until it is too old"
                );
            }
        }
    }
}

/// The exact second in which news grows too old, for each effect.
#[test]
fn news_grows_too_old_by_effect() {
    let life = LivesBy::new(mission(OFFICE, "qbr"), ages(60, 20, 0));
    let verifier = verifier();
    let chain = verifier.verify(&root(life, [1; 16])).unwrap();
    let register = heard(&[status(&[], 10)], &Watches::new(&chain));
    for (effect, age) in [
        (Effect::Read, 60),
        (Effect::Write, 20),
        (Effect::Irreversible, 0),
    ] {
        let call = call([1; 16], "crm.read", effect);
        let verdict = |seconds| verdict(&verifier, &chain, &call, &register, at(seconds));
        assert_eq!(verdict(10 + age).unwrap(), at(11 + age));
        assert_eq!(
            verdict(11 + age).unwrap_err().code(),
            DenialCode::StatusStale
        );
    }
    let nothing = empty();
    let call = call([1; 16], "crm.read", Effect::Read);
    assert_eq!(
        verdict(&verifier, &chain, &call, &nothing, at(10))
            .unwrap_err()
            .code(),
        DenialCode::StatusMissing
    );
}

/// A call that was decided stays decided, also when what it rested on grew too old and is fresh
/// again.
#[test]
fn fresher_news_permits_no_call_twice() {
    let life = LivesBy::new(mission(OFFICE, "qbr"), ages(60, 20, 5));
    let verifier = verifier();
    let chain = verifier.verify(&root(life, [1; 16])).unwrap();
    let call = call([1; 16], "crm.read", Effect::Irreversible);
    let ledger = MemoryLedger::new(10);
    let ask = |heard_at: u64, now: u64| {
        let register = heard(&[status(&[], heard_at)], &Watches::new(&chain));
        let context = DecisionContext::new(ServerContext::new(at(now), here()), &register);
        ledger
            .settle(decide(&verifier, &chain, &call, &context)?, at(now))
            .map(|permit| permit.valid_until())
    };
    assert_eq!(ask(10, 10), Ok(at(16)));
    assert_eq!(ask(10, 11).unwrap_err().code(), DenialCode::AlreadyDecided);
    assert_eq!(ask(20, 20).unwrap_err().code(), DenialCode::AlreadyDecided);
}

#[test]
fn what_is_said_of_the_future_is_not_taken_in() {
    let watches = Watches::new(&chain());
    let notice = status(&[], 100);
    let mut register = empty();
    let refused = register.apply(&notice, &watches, at(69));
    assert_eq!(
        refused,
        Err(NoticeError::FutureDated {
            at: at(100),
            now: at(69)
        })
    );
    assert_eq!(register, empty());
    assert_eq!(register.apply(&notice, &watches, at(70)), Ok(Applied::New));
    // What was taken in is not refused by replicas whose clock is behind.
    let mut other = empty();
    other.merge(&register);
    assert_eq!(other, register);
}

/// The notice with its last bit turned.
fn broken(notice: &Notice) -> Notice {
    let mut bytes = notice.as_bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    Notice::from_bytes(&bytes).unwrap()
}

#[test]
fn what_nobody_entitled_says_is_not_taken_in() {
    let chain = chain();
    let (watches, [root, leaf]) = (Watches::new(&chain), mandates(&chain).try_into().unwrap());
    let mut register = empty();
    let end = |by: u8, of| {
        signed(
            End::by_ender(
                NoticeHeader::new([7; 16], public(by), at(1)),
                &of,
                Ending::Completed,
            ),
            &key(by),
        )
    };
    let task_end = |by: u8, mandate| {
        signed(
            TaskEnd::by_holder(
                NoticeHeader::new([7; 16], public(by), at(1)),
                mandate,
                TaskEnding::Completed,
                at(LIFETIME),
            ),
            &key(by),
        )
    };
    let status_of = |by: u8, name: &'static str| Writer::begin(by, name).1;
    let not_theirs = [
        status_of(STRANGER, "qbr"),
        status_of(ENDER, "qbr"),
        status_of(DESK, "qbr"),
        status_of(OFFICE, "slides"),
        end(STRANGER, mission(OFFICE, "qbr")),
        end(DESK, mission(OFFICE, "qbr")),
        end(OFFICE, mission(DESK, "slides")),
        end(HELPER, mission(OFFICE, "qbr")),
        end(COMPANY, mission(OFFICE, "qbr")),
        end(ENDER, mission(ENDER, "qbr")),
        task_end(STRANGER, leaf),
        task_end(ENDER, leaf),
        task_end(INTERN, leaf),
        task_end(HELPER, root),
        task_end(DESK, root),
        task_end(OFFICE, MandateId::from_bytes([3; 32])),
    ];
    for notice in &not_theirs {
        assert_eq!(
            register.apply(notice, &watches, at(10)),
            Err(NoticeError::NotWatched),
            "{notice:?}"
        );
    }
    let theirs = [
        status_of(OFFICE, "qbr"),
        status_of(DESK, "slides"),
        end(OFFICE, mission(OFFICE, "qbr")),
        end(ENDER, mission(OFFICE, "qbr")),
        end(ENDER, mission(DESK, "slides")),
        task_end(COMPANY, root),
        task_end(ORCHESTRATOR, root),
        task_end(OFFICE, root),
        task_end(COMPANY, leaf),
        task_end(ORCHESTRATOR, leaf),
        task_end(HELPER, leaf),
        task_end(OFFICE, leaf),
        task_end(DESK, leaf),
    ];
    for notice in &theirs {
        assert!(
            matches!(
                register.apply(&broken(notice), &watches, at(10)),
                Err(NoticeError::Signature(_))
            ),
            "{notice:?}"
        );
    }
    assert!(register.is_empty());
    for (count, notice) in theirs.iter().enumerate() {
        assert_eq!(
            register.apply(notice, &watches, at(10)),
            Ok(Applied::New),
            "{notice:?}"
        );
        assert_eq!(register.len(), count + 1);
    }
}

/// A million words of strangers, on their own missions, on ours, and on our mandates: none counts,
/// none takes room, and true news is taken in all the same.
#[test]
fn a_million_strangers_crowd_nobody_out() {
    let chain = chain();
    let (watches, leaf) = (Watches::new(&chain), chain.chain().leaf_id());
    let said = |seed: u8| {
        let (stranger, key) = (public(seed), key(seed));
        let end = End::by_ender(
            NoticeHeader::new([7; 16], stranger, at(1)),
            &mission(OFFICE, "qbr"),
            Ending::Revoked,
        );
        let task_end = TaskEnd::by_holder(
            NoticeHeader::new([7; 16], stranger, at(1)),
            leaf,
            TaskEnding::Revoked,
            at(LIFETIME),
        );
        [
            signed(end, &key),
            signed(task_end, &key),
            Writer::begin(seed, "qbr").1,
        ]
    };
    let strangers: Vec<Notice> = (100..130).flat_map(said).collect();
    let mut register = heard(&[status(&[], 5)], &watches);
    let before = register.clone();
    for notice in strangers.iter().cycle().take(1_000_000) {
        assert!(register.apply(notice, &watches, at(10)).is_err());
    }
    assert_eq!(register, before);
    assert_eq!(register.len(), 1);
    let end = signed(
        End::by_ender(
            NoticeHeader::new([7; 16], public(ENDER), at(1)),
            &mission(OFFICE, "qbr"),
            Ending::Revoked,
        ),
        &key(ENDER),
    );
    assert_eq!(register.apply(&end, &watches, at(10)), Ok(Applied::New));
    assert_eq!(register.len(), 2);
}

/// An entitled signer that says too much denies its mission, whatever the order, and takes bounded
/// room.
#[test]
fn too_much_news_denies_its_mission() {
    let chain = chain();
    let (watches, verifier) = (Watches::new(&chain), verifier());
    let key: SigningKey = key(OFFICE);
    // A controller says no more than it may; two writers that take turns do.
    let fired = |from: usize, to: usize| {
        let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
        let _ = controller
            .begin(&mission(OFFICE, "qbr"), [0; 16], at(0))
            .unwrap();
        let mut fire = |event: usize| {
            let event = label(&format!("event-{event}"));
            signed(
                controller
                    .fire(&mission(OFFICE, "qbr"), event, [0; 16], at(1))
                    .unwrap(),
                &key,
            )
        };
        (from..to).map(&mut fire).collect::<Vec<Notice>>()
    };
    let alive = [status(&[], 5), Writer::begin(DESK, "slides").1];
    let call = call([1; 16], "crm.read", Effect::Read);
    let all: Vec<Notice> = [fired(0, 40), fired(40, 65)].concat();
    let most = heard(all.iter().take(64).chain(&alive), &watches);
    assert!(verdict(&verifier, &chain, &call, &most, at(10)).is_ok());
    let mut known = None;
    for seed in 0..5 {
        let mut all: Vec<&Notice> = all.iter().chain(&alive).collect();
        Random::new(seed).shuffle(&mut all);
        let register = heard(all, &watches);
        assert_eq!(
            verdict(&verifier, &chain, &call, &register, at(10))
                .unwrap_err()
                .code(),
            DenialCode::TooMuchNews
        );
        assert_eq!(*known.get_or_insert(register.clone()), register);
    }
}
