//! What was said for good stays said: no further notice turns a denial into a permit, but for those
//! that are named here.

use crate::laws::news;
use crate::support::*;
use mandatum::claims::{Ending, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::decide::{Check, Presentation, Verdict};
use mandatum::denial::DenialKind;
use mandatum::limits::{Barrier, MaxAge, Waves};
use mandatum::mission::{Applied, Listing, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Call, Controller, DecisionContext, Denial, DenialCode, Effect, Limit, LivesBy, Notice,
    Register, Seconds, ServerContext, Timestamp, VerifiedChain, Verifier, bounds,
};
use std::collections::{BTreeMap, BTreeSet};

const AWAITED: [u8; 32] = [0xaa; 32];
const REPORTER: u8 = 30;

/// The root lives by the office's mission. The child lives by the desk's for paying alone, and all
/// of it ends on an event, which either may fire; it is in the first two waves, and waits for a
/// task.
fn chain() -> VerifiedChain {
    let age = MaxAge::uniform(Seconds::new(60));
    let life = LivesBy::new(mission(OFFICE, "qbr"), age)
        .with_enders([public(ENDER)])
        .unwrap();
    let slides = Limit::lives_by(LivesBy::new(mission(DESK, "slides"), age))
        .with_tools(["pay.*"])
        .unwrap();
    let waves = Waves::new(mission(OFFICE, "qbr"), 0, 1)
        .unwrap()
        .with_drain(Seconds::new(5))
        .unwrap();
    let barrier = Barrier::new([(MandateId::from_bytes(AWAITED), public(REPORTER))]).unwrap();
    let limits = [
        slides,
        Limit::ends_on(label("over")),
        Limit::waves(waves),
        Limit::barrier(barrier),
    ];
    verifier()
        .verify(&child(
            &root(life, [1; 16]),
            ORCHESTRATOR,
            HELPER,
            limits,
            [2; 16],
        ))
        .unwrap()
}

/// Whether a notice may turn a denial into a permit: a status of a mission that is fresher or of a
/// higher sequence than what was said of it before, or a completion that a barrier waits for.
fn may_help(code: DenialCode, notice: &Notice, before: &[Notice]) -> bool {
    match (code, notice) {
        (DenialCode::BarrierClosed, Notice::TaskEnd(end)) => {
            end.claims().ending == TaskEnding::Completed.into()
        }
        (DenialCode::BarrierClosed, _) => false,
        (_, Notice::Status(status)) => status.claims().missions.iter().any(|snapshot| {
            let same_signer = before
                .iter()
                .filter(|known| known.signer() == notice.signer());
            let known = same_signer.filter_map(|known| match known {
                Notice::Status(known) => Some(known.claims().missions.iter()),
                _ => None,
            });
            // Nothing of a later sequence, and nothing that it contradicts.
            let mut known = known
                .flatten()
                .filter(|known| known.mission == snapshot.mission);
            known.all(|known| known.sequence < snapshot.sequence || known == snapshot)
        }),
        _ => false,
    }
}

/// News in any order, or as it was said. Controllers' notices of mandates are often lost, so that a
/// status alone says it.
fn said(random: &mut Random, chain: &VerifiedChain) -> Vec<Notice> {
    let mut notices = news(random, chain);
    // The more is said, the more has ended.
    notices.truncate(4 + random.below(30));
    for how in [TaskEnding::Completed, TaskEnding::Failed]
        .into_iter()
        .take(1 + random.below(2))
    {
        let task = MandateId::from_bytes(AWAITED);
        let end = TaskEnd::by_holder(
            NoticeHeader::new(random.id(), public(REPORTER), at(50)),
            task,
            how,
            at(LIFETIME),
        );
        if how == TaskEnding::Completed || random.chance(30) {
            notices.push(signed(end, &key(REPORTER)));
        }
    }
    // One writer that halts and goes on, after more than others have said.
    if random.chance(30) {
        let mut office = Controller::new(public(OFFICE), LEEWAY);
        let name = mission(OFFICE, "qbr");
        let _ = office.begin(&name, random.id(), at(0)).unwrap();
        notices.truncate(8);
        for second in 1..=20 {
            notices.push(signed(
                office.suspend(&name, random.id(), at(second)).unwrap(),
                &key(OFFICE),
            ));
            notices.push(signed(
                office.resume(&name, random.id(), at(second)).unwrap(),
                &key(OFFICE),
            ));
        }
    }
    if random.chance(60) {
        random.shuffle(&mut notices);
    }
    let by_controller = |notice: &Notice| [OFFICE, DESK].map(public).contains(&notice.signer());
    notices
        .retain(|it| !(matches!(it, Notice::TaskEnd(_)) && by_controller(it)) || random.chance(40));
    notices
}

/// The checks that fail for good: of an explanation, which shows each, whatever else fails. A
/// barrier is none of them: who reported that a task failed may turn out to hold a revoked key.
fn failed_for_good(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &Call,
    register: &Register,
    now: Timestamp,
) -> BTreeSet<String> {
    let (holder, leaf) = (chain.chain().leaf().holder.key, chain.chain().leaf_id());
    let presentation = Presentation::asserted(call, holder, leaf);
    let explanation = verifier.explain(
        chain,
        &presentation,
        &DecisionContext::new(ServerContext::new(now, here()), register),
    );
    let for_good = |check: &Check| match &check.verdict {
        Verdict::Failed(denial) => {
            let code = denial.code();
            (code.kind() == DenialKind::Ended && code != DenialCode::BarrierBroken)
                || code == DenialCode::TooMuchNews
        }
        Verdict::Held | Verdict::OutOfScope => false,
    };
    let failed = explanation.checks().iter().filter(|check| for_good(check));
    failed
        .map(|check| format!("{:?} {:?}", check.step, check.place))
        .collect()
}

/// Each check by itself: what ended a call once ends it at that check from then on, whatever else
/// is wrong with it by then.
#[test]
fn no_check_that_failed_for_good_holds_again() {
    let (chain, verifier) = (chain(), verifier());
    let watches = Watches::new(&chain);
    let mut seen = BTreeSet::new();
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let notices = said(&mut random, &chain);
        let mut register = empty();
        let call = call(
            random.id(),
            random.name(&["crm.read", "pay.send"]),
            Effect::Read,
        );
        let mut before = BTreeSet::new();
        for notice in &notices {
            let _ = register.apply(notice, &watches, at(50));
            let after = failed_for_good(&verifier, &chain, &call, &register, at(50));
            assert!(
                before.is_subset(&after),
                "seed {seed}: {before:?}, {after:?}, by {notice:?}"
            );
            before = after;
        }
        seen.extend(before);
    }
    // The root's mission, the child's, the event, the waves, and that both tasks have not ended.
    assert_eq!(seen.len(), 6, "{seen:?}");
}

/// Controllers here have several writers that know nothing of each other: they contradict
/// themselves, and leave out under higher sequence numbers what they said before.
#[test]
fn no_notice_revives_what_ended_and_few_help_at_all() {
    let (chain, verifier) = (chain(), verifier());
    let watches = Watches::new(&chain);
    let mut helped: BTreeMap<DenialCode, usize> = BTreeMap::new();
    let mut ended: BTreeMap<DenialCode, usize> = BTreeMap::new();
    for seed in 0..600 {
        let mut random = Random::new(seed);
        let notices = said(&mut random, &chain);
        let mut register = empty();
        let asked = [("crm.read", Effect::Read), ("pay.send", Effect::Write)];
        let calls = asked.map(|(tool, effect)| call(random.id(), tool, effect));
        let now = at(40 + u64::try_from(random.below(60)).unwrap());
        let ask = |register: &Register, call| {
            verdict(&verifier, &chain, call, register, now).map_err(|it: Denial| it.code())
        };
        let mut before = [ask(&register, &calls[0]), ask(&register, &calls[1])];
        for (index, notice) in notices.iter().enumerate() {
            let _ = register.apply(notice, &watches, now);
            for (call, before) in calls.iter().zip(&mut before) {
                let after = ask(&register, call);
                if let Err(code) = *before {
                    if code.kind() == DenialKind::Ended || code == DenialCode::TooMuchNews {
                        *ended.entry(code).or_default() += 1;
                        assert!(
                            after.is_err(),
                            "seed {seed}: {code} is undone by {notice:?}"
                        );
                    } else if after.is_ok() {
                        *helped.entry(code).or_default() += 1;
                        assert!(
                            may_help(code, notice, &notices[..index]),
                            "seed {seed}: {code} is undone by {notice:?}"
                        );
                    }
                }
                *before = after;
            }
        }
    }
    println!("ended: {ended:?}; helped: {helped:?}");
    for code in [
        DenialCode::MissionEnded,
        DenialCode::TaskEnded,
        DenialCode::EventFired,
        DenialCode::ToolWithdrawn,
        DenialCode::WaveClosed,
    ] {
        assert!(
            ended.get(&code).is_some_and(|times| *times > 50),
            "{code}: {ended:?}"
        );
    }
    assert!(ended.contains_key(&DenialCode::BarrierBroken), "{ended:?}");
    for code in [
        DenialCode::StatusMissing,
        DenialCode::MissionSuspended,
        DenialCode::BarrierClosed,
    ] {
        assert!(helped.contains_key(&code), "{code}: {helped:?}");
    }
}

/// Two registers, as a decision reads them, say what one register says that received all of both.
#[test]
fn what_is_stapled_is_read_beside_the_register_as_if_both_were_joined() {
    let (chain, verifier) = (chain(), verifier());
    let watches = Watches::new(&chain);
    let (mut permits, mut denials) = (0, 0);
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let mut notices = news(&mut random, &chain);
        notices.truncate(4 + random.below(12));
        let done = TaskEnd::by_holder(
            NoticeHeader::new([7; 16], public(REPORTER), at(9)),
            MandateId::from_bytes(AWAITED),
            TaskEnding::Completed,
            at(LIFETIME),
        );
        notices.push(signed(done, &key(REPORTER)));
        let (mut own, mut both) = (empty(), empty());
        let (mut stapled, now) = (Vec::new(), at(50));
        for notice in &notices {
            let _ = both.apply(notice, &watches, now);
            if random.chance(60) || stapled.len() == bounds::MAX_STAPLED {
                let _ = own.apply(notice, &watches, now);
            } else {
                stapled.push(notice.clone());
            }
        }
        for tool in ["crm.read", "pay.send"] {
            let call = call(random.id(), tool, Effect::Read);
            let by_both = verdict(&verifier, &chain, &call, &both, now);
            let by_sides = proven(&verifier, &chain, &call, &own, &stapled, now);
            *if by_both.is_ok() {
                &mut permits
            } else {
                &mut denials
            } += 1;
            // With all that it says: of two ends, the later kind.
            assert_eq!(by_sides.map(drop), by_both.map(drop), "seed {seed}");
        }
    }
    assert!(permits > 50 && denials > 50, "{permits} {denials}");
}

/// Of several ends the latest kind in their order is reported, by one register or two.
#[test]
fn of_two_ends_the_later_kind_is_kept() {
    let (chain, verifier) = (chain(), verifier());
    let watches = Watches::new(&chain);
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let _ = controller
        .begin(&mission(OFFICE, "qbr"), [1; 16], at(0))
        .unwrap();
    let end = |ending| {
        signed(
            controller
                .clone()
                .end(&mission(OFFICE, "qbr"), ending, [2; 16], at(1))
                .unwrap(),
            &key(OFFICE),
        )
    };
    let ends = [end(Ending::Completed), end(Ending::Revoked)];
    for order in [[0, 1], [1, 0]] {
        let mut register = empty();
        for which in order {
            register.apply(&ends[which], &watches, at(2)).unwrap();
        }
        assert_eq!(
            register.ending(&mission(OFFICE, "qbr"), public(OFFICE)),
            Some(Ending::Revoked)
        );

        let mut register = empty();
        register.apply(&ends[order[0]], &watches, at(2)).unwrap();
        let call = call([1; 16], "crm.read", Effect::Read);
        let stapled = [ends[order[1]].clone()];
        let denial = proven(&verifier, &chain, &call, &register, &stapled, at(2)).unwrap_err();
        assert!(
            denial.reason().to_string().contains("revoked"),
            "{:?}",
            denial.reason()
        );
    }
}

#[test]
fn registers_that_know_other_task_ends_are_not_equal() {
    let chain = chain();
    let end = TaskEnd::by_holder(
        NoticeHeader::new([2; 16], public(COMPANY), at(0)),
        chain.chain().leaf_id(),
        TaskEnding::Failed,
        at(LIFETIME),
    );
    let mut register = empty();
    register
        .apply(&signed(end, &key(COMPANY)), &Watches::new(&chain), at(2))
        .unwrap();
    assert_ne!(register, empty());
}

/// Says so much of the desk's mission, by two writers, that it can't be kept.
fn too_much(register: &mut Register, chain: &VerifiedChain) -> Vec<Applied> {
    let (name, watches) = (mission(DESK, "slides"), Watches::new(chain));
    let mut taken = Vec::new();
    for fork in 0..2 {
        let mut desk = Controller::new(public(DESK), Seconds::new(30));
        let _ = desk.begin(&name, [1; 16], at(0)).unwrap();
        for tool in 0..40 {
            let tool = ToolPattern::new(&format!("t{fork}x{tool}")).unwrap();
            let withdrawn = desk.withdraw(&name, tool, [2; 16], at(0)).unwrap();
            taken.push(
                register
                    .apply(&signed(withdrawn, &key(DESK)), &watches, at(1))
                    .unwrap(),
            );
        }
    }
    taken
}

/// A register of an active mission, with the task done.
fn active(chain: &VerifiedChain) -> Register {
    let mut office = Controller::new(public(OFFICE), Seconds::new(30));
    let begun = signed(
        office
            .begin(&mission(OFFICE, "qbr"), [1; 16], at(0))
            .unwrap(),
        &key(OFFICE),
    );
    let task = MandateId::from_bytes(AWAITED);
    let done = TaskEnd::by_holder(
        NoticeHeader::new([7; 16], public(REPORTER), at(20)),
        task,
        TaskEnding::Completed,
        at(LIFETIME),
    );
    let mut register = empty();
    for notice in [begun, signed(done, &key(REPORTER))] {
        register
            .apply(&notice, &Watches::new(chain), at(1))
            .unwrap();
    }
    register
}

#[test]
fn withdrawals_beyond_the_bound_are_not_kept() {
    let chain = chain();
    let taken = too_much(&mut empty(), &chain);
    assert_eq!(taken[..65], [Applied::New; 65]);
    assert_eq!(
        taken[65..],
        [Applied::Known; 15],
        "more than is kept says nothing new"
    );
}

#[test]
fn where_too_much_was_said_any_event_may_have_fired() {
    let (chain, verifier) = (chain(), verifier());
    let mut register = active(&chain);
    let call = call([1; 16], "crm.read", Effect::Read);
    assert!(verdict(&verifier, &chain, &call, &register, at(1)).is_ok());
    too_much(&mut register, &chain);
    let refused = verdict(&verifier, &chain, &call, &register, at(1)).unwrap_err();
    assert_eq!(refused.code(), DenialCode::EventFired);
}

/// Ended mandates are remembered over statuses; a mission of which more were named than are kept is
/// denied, and so is every link that lives by it, for any tool.
#[test]
fn where_too_many_mandates_ended_any_may_have() {
    let age = MaxAge::uniform(Seconds::new(60));
    let slides = Limit::lives_by(LivesBy::new(mission(DESK, "slides"), age))
        .with_tools(["pay.*"])
        .unwrap();
    let chain = root(LivesBy::new(mission(OFFICE, "qbr"), age), [1; 16]);
    let chain = verifier()
        .verify(&child(&chain, ORCHESTRATOR, HELPER, [slides], [2; 16]))
        .unwrap();
    let mut register = empty();
    let mut office = Controller::new(public(OFFICE), Seconds::new(30));
    let begun = signed(
        office
            .begin(&mission(OFFICE, "qbr"), [1; 16], at(0))
            .unwrap(),
        &key(OFFICE),
    );
    register
        .apply(&begun, &Watches::new(&chain), at(1))
        .unwrap();
    let call = call([1; 16], "crm.read", Effect::Read);

    // Each status lists 4,096 mandates of roots that expire soon, and leaves out those of the one
    // before.
    let (mut desk, name) = (
        Controller::new(public(DESK), Seconds::new(0)),
        mission(DESK, "slides"),
    );
    let _ = desk.begin(&name, [1; 16], at(0)).unwrap();
    let mut number = 0_u32;
    let mut next_status = |register: &mut Register, statuses: usize| {
        for _ in 0..statuses {
            let now = u64::from(number) / 4096;
            for _ in 0..bounds::MAX_ENDED {
                number += 1;
                let mandate =
                    MandateId::from_bytes(std::array::from_fn(|at| number.to_be_bytes()[at % 4]));
                let how = TaskEnding::Completed;
                let end = desk
                    .end_task(&name, mandate, how, at(now + 1), [2; 16], at(now))
                    .unwrap();
                assert_eq!(end.listing, Listing::Listed);
            }
            let status = heartbeat(&mut desk, &key(DESK), [3; 16], at(now));
            register
                .apply(&status, &Watches::new(&chain), at(60))
                .unwrap();
        }
    };
    next_status(&mut register, bounds::MAX_ENDED_KEPT / bounds::MAX_ENDED);
    assert!(verdict(&verifier(), &chain, &call, &register, at(60)).is_ok());
    next_status(&mut register, 1);
    let refused = verdict(&verifier(), &chain, &call, &register, at(60)).unwrap_err();
    assert_eq!(refused.code(), DenialCode::TooMuchNews);
}
