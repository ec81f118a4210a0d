//! Keys are not tasks: revoking a holder's key ends the mandate that it holds, and not what
//! replaces it.

use crate::support::*;
use mandatum::claims::{MandateEnding, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::graph::merge;
use mandatum::limits::{Barrier, MaxAge};
use mandatum::mission::{LivenessError, RebindError, Watches, rebind_leaf};
use mandatum::primitives::MandateId;
use mandatum::{
    Chain, Controller, Delegation, DenialCode, Effect, Limit, LivesBy, Notice, Register, Seconds,
    Timestamp, VerifiedChain,
};

const THIEF: u8 = HELPER;
const FRESH: u8 = 40;

fn life() -> LivesBy {
    LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(600)))
}

/// The lead, the helper below it, and an intern below that.
fn chains() -> [VerifiedChain; 3] {
    let lead = root(life(), [1; 16]);
    let helper = child(&lead, ORCHESTRATOR, HELPER, [], [2; 16]);
    let intern = child(&helper, HELPER, INTERN, [], [3; 16]);
    [lead, helper, intern].map(|chain| verifier().verify(&chain).unwrap())
}

fn end(by: u8, mandate: MandateId, how: impl Into<MandateEnding>, seconds: u64) -> Notice {
    signed(
        TaskEnd::by_holder(
            NoticeHeader::new([7; 16], public(by), at(seconds)),
            mandate,
            how,
            at(LIFETIME),
        ),
        &key(by),
    )
}

/// A register in which the mission is active, and these were received.
fn with<'n>(notices: impl IntoIterator<Item = &'n Notice>, watches: &Watches) -> Register {
    let mut register = empty();
    let mut office = Controller::new(public(OFFICE), LEEWAY);
    let begun = signed(
        office
            .begin(&mission(OFFICE, "qbr"), [1; 16], at(0))
            .unwrap(),
        &key(OFFICE),
    );
    register.apply(&begun, watches, at(100)).unwrap();
    for notice in notices {
        register.apply(notice, watches, at(100)).unwrap();
    }
    register
}

fn asked(chain: &VerifiedChain, register: &Register) -> Result<(), DenialCode> {
    let call = call([1; 16], "crm.read", Effect::Irreversible);
    verdict(&verifier(), chain, &call, register, at(100))
        .map(drop)
        .map_err(|denial| denial.code())
}

fn rebound(
    helper: &VerifiedChain,
    to: u8,
    register: &Register,
) -> Result<VerifiedChain, RebindError> {
    let leaf = rebind_leaf(helper, public(to), [to; 16], register, at(100))?
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    Ok(verifier()
        .verify(&helper.chain().parent().unwrap().extend(leaf).unwrap())
        .unwrap())
}

fn both(one: &VerifiedChain, other: &VerifiedChain) -> Watches {
    let mut watches = Watches::new(one);
    watches.extend(&Watches::new(other));
    watches
}

/// By anybody who may end the mandate, before or after it is re-bound.
#[test]
fn a_revoked_key_ends_its_mandate_and_what_is_below_and_not_its_replacement() {
    let [lead, helper, intern] = chains();
    let stolen = helper.chain().leaf_id();
    for by in [HELPER, ORCHESTRATOR, COMPANY, OFFICE] {
        let revoked = end(by, stolen, MandateEnding::KeyRevoked, 50);
        let register = with([&revoked], &Watches::new(&intern));
        assert!(register.is_key_revoked(stolen, public(by)));
        let fresh = rebound(&helper, FRESH, &register).unwrap();
        let register = with([&revoked], &both(&intern, &fresh));
        assert_eq!(
            asked(&helper, &register),
            Err(DenialCode::KeyRevoked),
            "by {by}"
        );
        assert_eq!(
            asked(&intern, &register),
            Err(DenialCode::KeyRevoked),
            "below"
        );
        assert_eq!(asked(&lead, &register), Ok(()), "above");
        assert_eq!(asked(&fresh, &register), Ok(()), "the replacement");
        // The lead then ends the task: the replacement ends, too.
        for named in [stolen, fresh.chain().leaf_id()] {
            let ended = end(ORCHESTRATOR, named, TaskEnding::Revoked, 60);
            let register = with([&revoked, &ended], &both(&intern, &fresh));
            assert_eq!(asked(&fresh, &register), Err(DenialCode::TaskEnded));
        }
    }
}

/// By the status of a controller whose notice was lost: its two lists say the same as the notices.
#[test]
fn a_status_lists_ended_tasks_and_revoked_keys_apart() {
    let [_, helper, intern] = chains();
    let stolen = helper.chain().leaf_id();
    for is_task in [false, true] {
        let mut office = Controller::new(public(OFFICE), LEEWAY);
        let name = mission(OFFICE, "qbr");
        let _ = office.begin(&name, [1; 16], at(0)).unwrap();
        let lost = match is_task {
            true => office.end_task(
                &name,
                stolen,
                TaskEnding::Revoked,
                at(LIFETIME),
                [2; 16],
                at(50),
            ),
            false => office.revoke_key(&name, stolen, at(LIFETIME), [2; 16], at(50)),
        };
        drop(lost.unwrap());
        let status = heartbeat(&mut office, &key(OFFICE), [3; 16], at(60));
        let fresh = rebound(&helper, FRESH, &with([], &Watches::new(&intern))).unwrap();
        let mut register = empty();
        register
            .apply(&status, &both(&intern, &fresh), at(100))
            .unwrap();
        let [old, below, new] = [&helper, &intern, &fresh].map(|chain| asked(chain, &register));
        let (ended, spared) = if is_task {
            (Err(DenialCode::TaskEnded), Err(DenialCode::TaskEnded))
        } else {
            (Err(DenialCode::KeyRevoked), Ok(()))
        };
        assert_eq!((old, below, new), (ended, ended, spared));
        let again = rebound(&helper, FRESH + 1, &register);
        assert_eq!(again.is_ok(), !is_task, "{:?}", again.err());
    }
}

/// Neither statement replaces the other, in any order, over replicas, and received again.
#[test]
fn a_revocation_is_kept_beside_an_ending() {
    let [_, helper, _] = chains();
    let (mandate, watches) = (helper.chain().leaf_id(), Watches::new(&helper));
    let revoked = end(ORCHESTRATOR, mandate, MandateEnding::KeyRevoked, 50);
    let ended = end(ORCHESTRATOR, mandate, TaskEnding::Completed, 60);
    let orders = [[&revoked, &ended], [&ended, &revoked]].map(|order| with(order, &watches));
    let mut merged = with([&revoked], &watches);
    merged.merge(&with([&ended], &watches));
    for register in [&orders[0], &orders[1], &merged] {
        assert_eq!(register, &orders[0]);
        assert!(register.is_key_revoked(mandate, public(ORCHESTRATOR)));
        assert_eq!(
            register.task_ending(mandate, public(ORCHESTRATOR)),
            Some(TaskEnding::Completed)
        );
    }
}

/// Re-binding asks whether the task has ended, by everybody but the key that was revoked.
#[test]
fn the_thief_of_a_key_does_not_keep_its_mandate_from_being_re_bound() {
    let [_, helper, _] = chains();
    let (stolen, watches) = (helper.chain().leaf_id(), Watches::new(&helper));
    let by_thief = end(THIEF, stolen, TaskEnding::Revoked, 40);
    let by_lead = end(ORCHESTRATOR, stolen, TaskEnding::Revoked, 40);
    let revoked = end(ORCHESTRATOR, stolen, MandateEnding::KeyRevoked, 50);
    let refused = rebound(&helper, FRESH, &with([&by_thief], &watches)).unwrap_err();
    assert!(
        matches!(
            refused,
            RebindError::NotAlive(LivenessError::TaskEnded { .. })
        ),
        "{refused}"
    );
    let fresh = rebound(&helper, FRESH, &with([&by_thief, &revoked], &watches)).unwrap();
    let register = with([&by_thief, &revoked], &both(&helper, &fresh));
    assert_eq!(
        asked(&fresh, &register),
        Ok(()),
        "what the old key said of the old mandate does not count here"
    );
    let refused = rebound(&helper, FRESH, &with([&by_lead, &revoked], &watches)).unwrap_err();
    assert!(
        matches!(
            refused,
            RebindError::NotAlive(LivenessError::TaskEnded { .. })
        ),
        "{refused}"
    );
}

/// The key of a link above was revoked: what is below is not re-bound, because it is below a
/// mandate that ended.
#[test]
fn below_a_revoked_key_nothing_is_re_bound() {
    let [_, helper, intern] = chains();
    let revoked = end(
        ORCHESTRATOR,
        helper.chain().leaf_id(),
        MandateEnding::KeyRevoked,
        50,
    );
    let register = with([&revoked], &Watches::new(&intern));
    let refused = rebind_leaf(&intern, public(FRESH), [9; 16], &register, at(100))
        .map(drop)
        .unwrap_err();
    assert!(
        matches!(
            refused,
            RebindError::NotAlive(LivenessError::KeyRevoked { .. })
        ),
        "{refused}"
    );
}

/// A root that waits for the helper's task, by the word of the helper or the tester, or of its
/// issuer or controller.
fn waiting(task: MandateId) -> VerifiedChain {
    let named = mandatum::limits::Reporters::new([public(HELPER), public(TESTER)]).unwrap();
    let barrier = Limit::barrier(Barrier::new([(task, named)]).unwrap());
    let chain = root(life(), [1; 16]);
    verifier()
        .verify(&child(&chain, ORCHESTRATOR, INTERN, [barrier], [5; 16]))
        .unwrap()
}

const TESTER: u8 = 41;

/// In a table: who said what of the task, and what becomes of the barrier.
#[test]
fn a_revoked_key_opens_no_barrier_and_its_issuer_or_controller_reports_instead() {
    let [_, helper, _] = chains();
    let task = helper.chain().leaf_id();
    let chain = waiting(task);
    let done = |by| end(by, task, TaskEnding::Completed, 50);
    let revoked = |by| end(by, task, MandateEnding::KeyRevoked, 60);
    let failed = |by| end(by, task, TaskEnding::Failed, 50);
    let open = Ok(());
    let (closed, broken) = (
        Err(DenialCode::BarrierClosed),
        Err(DenialCode::BarrierBroken),
    );
    let rows: [(&str, Vec<Notice>, Result<(), DenialCode>); 15] = [
        ("nothing", vec![], closed),
        ("the holder", vec![done(HELPER)], open),
        (
            "the holder, then revoked by the lead",
            vec![done(HELPER), revoked(ORCHESTRATOR)],
            closed,
        ),
        (
            "revoked by the company",
            vec![done(HELPER), revoked(COMPANY)],
            closed,
        ),
        (
            "revoked by the controller",
            vec![done(HELPER), revoked(OFFICE)],
            closed,
        ),
        (
            "revoked by itself",
            vec![done(HELPER), revoked(HELPER)],
            closed,
        ),
        (
            "the tester, whom the barrier names too",
            vec![done(TESTER), revoked(ORCHESTRATOR)],
            closed,
        ),
        (
            "revoked by another named key",
            vec![done(HELPER), revoked(TESTER)],
            closed,
        ),
        (
            "which hides no failure",
            vec![failed(HELPER), done(ORCHESTRATOR), revoked(TESTER)],
            broken,
        ),
        (
            "nor its own",
            vec![done(HELPER), failed(TESTER), revoked(TESTER)],
            broken,
        ),
        (
            "and the lead reports instead",
            vec![done(HELPER), revoked(TESTER), done(ORCHESTRATOR)],
            open,
        ),
        (
            "the lead reports before it revokes",
            vec![done(ORCHESTRATOR), revoked(ORCHESTRATOR)],
            open,
        ),
        (
            "the lead instead",
            vec![done(HELPER), revoked(ORCHESTRATOR), done(ORCHESTRATOR)],
            open,
        ),
        (
            "the controller instead",
            vec![revoked(ORCHESTRATOR), done(OFFICE)],
            open,
        ),
        (
            "the thief said that it failed",
            vec![failed(HELPER), revoked(ORCHESTRATOR), done(ORCHESTRATOR)],
            open,
        ),
    ];
    for (what, notices, expected) in &rows {
        assert_eq!(
            asked(&chain, &with(notices, &Watches::new(&chain))),
            *expected,
            "{what}"
        );
    }
    let lost = [failed(ORCHESTRATOR), revoked(ORCHESTRATOR)];
    assert_eq!(
        asked(&chain, &with(&lost, &Watches::new(&chain))),
        broken,
        "what the lead said counts"
    );
}

/// A merge point hears whoever may revoke the key of a branch's holder.
#[test]
fn a_merge_point_takes_no_completion_of_a_key_that_an_issuer_between_revoked() {
    let [lead, _, intern] = chains();
    let task = intern.chain().leaf_id();
    let terms = mandatum::graph::Merge::new([6; 16], public(FRESH), at(LIFETIME));
    let merged = merge(&lead, std::slice::from_ref(&intern), terms, at(0))
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    let merged = verifier()
        .verify(&lead.chain().extend(merged).unwrap())
        .unwrap();
    let done = |by| end(by, task, TaskEnding::Completed, 60);
    let revoked = |by| end(by, task, MandateEnding::KeyRevoked, 50);
    let (open, closed) = (Ok(()), Err(DenialCode::BarrierClosed));
    for (notices, expected) in [
        (vec![done(INTERN)], open),
        (vec![done(HELPER)], open),
        (vec![revoked(HELPER), done(INTERN)], closed),
        (vec![revoked(COMPANY), done(INTERN)], closed),
        (
            vec![revoked(HELPER), done(INTERN), done(ORCHESTRATOR)],
            open,
        ),
        (
            vec![
                end(HELPER, task, TaskEnding::Failed, 60),
                revoked(HELPER),
                done(INTERN),
            ],
            Err(DenialCode::BarrierBroken),
        ),
    ] {
        assert_eq!(
            asked(&merged, &with(&notices, &Watches::new(&merged))),
            expected,
            "{notices:?}"
        );
    }
}

/// The lead runs a branch under its own key, and mints what waits for it: its key is both named and
/// the issuer's.
#[test]
fn a_revoked_key_completes_nothing_as_the_barriers_issuer_either() {
    let lead = root(life(), [1; 16]);
    let terms =
        Delegation::new([2; 16], public(ORCHESTRATOR), powers(), at(LIFETIME)).with_same_key();
    let branch = lead
        .extend(
            lead.delegate(terms, at(0))
                .unwrap()
                .sign(&key(ORCHESTRATOR))
                .unwrap(),
        )
        .unwrap();
    let task = branch.leaf_id();
    let barrier = Limit::barrier(Barrier::new([(task, public(ORCHESTRATOR))]).unwrap());
    let waiting = verifier()
        .verify(&child(&lead, ORCHESTRATOR, INTERN, [barrier], [5; 16]))
        .unwrap();
    let done = |by| end(by, task, TaskEnding::Completed, 60);
    let revoked = end(OFFICE, task, MandateEnding::KeyRevoked, 50);
    for (notices, expected) in [
        (vec![done(ORCHESTRATOR)], Ok(())),
        (
            vec![done(ORCHESTRATOR), revoked.clone()],
            Err(DenialCode::BarrierClosed),
        ),
        (vec![done(ORCHESTRATOR), revoked, done(OFFICE)], Ok(())),
    ] {
        assert_eq!(
            asked(&waiting, &with(&notices, &Watches::new(&waiting))),
            expected,
            "{notices:?}"
        );
    }
}

/// The holder's own word on its mandate ends what replaces it only where the key is in the new
/// chain, too: whoever re-binds asks its register.
#[test]
fn a_replacement_ends_by_the_word_of_those_who_may_end_it() {
    let [_, helper, _] = chains();
    let fresh = rebound(&helper, FRESH, &with([], &Watches::new(&helper))).unwrap();
    let old = helper.chain().leaf_id();
    let watches = both(&helper, &fresh);
    for (by, expected) in [
        (HELPER, Ok(())),
        (ORCHESTRATOR, Err(DenialCode::TaskEnded)),
        (OFFICE, Err(DenialCode::TaskEnded)),
    ] {
        let register = with([&end(by, old, TaskEnding::Abandoned, 50)], &watches);
        assert_eq!(asked(&helper, &register), Err(DenialCode::TaskEnded));
        assert_eq!(asked(&fresh, &register), expected, "{by}");
        assert!(rebound(&helper, FRESH, &register).is_err());
    }
}

/// A status lists the task: for its key, nobody named counts; as ended, it is not completed until
/// the controller says so.
#[test]
fn barriers_ask_both_lists_of_a_status() {
    let [_, helper, _] = chains();
    let task = helper.chain().leaf_id();
    let chain = waiting(task);
    let name = mission(OFFICE, "qbr");
    let done = end(HELPER, task, TaskEnding::Completed, 50);
    let status = |change: &dyn Fn(&mut Controller) -> Option<Notice>| {
        let mut office = Controller::new(public(OFFICE), LEEWAY);
        let _ = office.begin(&name, [1; 16], at(0)).unwrap();
        let notice = change(&mut office);
        (
            heartbeat(&mut office, &key(OFFICE), [3; 16], at(60)),
            notice,
        )
    };
    let asked_with = |notices: &[&Notice]| {
        let mut register = empty();
        for notice in notices {
            register
                .apply(notice, &Watches::new(&chain), at(100))
                .unwrap();
        }
        asked(&chain, &register)
    };
    let by_office = |office: &mut Controller, how: MandateEnding| {
        let end = match how {
            MandateEnding::Task(how) => {
                office.end_task(&name, task, how, at(LIFETIME), [2; 16], at(55))
            }
            MandateEnding::KeyRevoked => {
                office.revoke_key(&name, task, at(LIFETIME), [2; 16], at(55))
            }
        };
        Some(signed(end.unwrap().notice, &key(OFFICE)))
    };
    let (plain, _) = status(&|_| None);
    assert_eq!(asked_with(&[&plain, &done]), Ok(()));
    let (listed, _) = status(&|office| by_office(office, MandateEnding::KeyRevoked));
    assert_eq!(
        asked_with(&[&listed, &done]),
        Err(DenialCode::BarrierClosed)
    );
    let (listed, notice) = status(&|office| by_office(office, TaskEnding::Revoked.into()));
    assert_eq!(
        asked_with(&[&listed, &done]),
        Err(DenialCode::BarrierClosed),
        "how it ended is not yet known"
    );
    assert_eq!(
        asked_with(&[&listed, &done, &notice.unwrap()]),
        Err(DenialCode::BarrierBroken)
    );
    let (listed, notice) = status(&|office| by_office(office, TaskEnding::Completed.into()));
    assert_eq!(
        asked_with(&[&listed, &done]),
        Err(DenialCode::BarrierClosed)
    );
    assert_eq!(
        asked_with(&[&listed, &notice.unwrap()]),
        Ok(()),
        "the controller reports it"
    );
}

/// The names of a mission's controller and nonce are in mandates alone: what a store holds is a
/// digest.
#[test]
fn notices_name_a_mission_by_its_digest() {
    let name = "a name that nobody else shall read";
    let subject = mission(OFFICE, name);
    let mut office = Controller::new(public(OFFICE), LEEWAY);
    let begun = signed(
        office.begin(&subject, [1; 16], at(0)).unwrap(),
        &key(OFFICE),
    );
    let fired = signed(
        office
            .fire(&subject, label("over"), [2; 16], at(0))
            .unwrap(),
        &key(OFFICE),
    );
    let withdrawn = signed(
        office
            .withdraw(&subject, "crm.*".parse().unwrap(), [2; 16], at(0))
            .unwrap(),
        &key(OFFICE),
    );
    let leaf = MandateId::from_bytes([3; 32]);
    let ended = office
        .end_task(
            &subject,
            leaf,
            TaskEnding::Failed,
            Timestamp::MAX,
            [2; 16],
            at(0),
        )
        .unwrap();
    let ended = signed(ended.notice, &key(OFFICE));
    let end = signed(
        office
            .end(&subject, mandatum::claims::Ending::Revoked, [4; 16], at(1))
            .unwrap(),
        &key(OFFICE),
    );
    for notice in [begun, fired, withdrawn, ended, end] {
        let holds = |part: &[u8]| {
            notice
                .as_bytes()
                .windows(part.len())
                .any(|window| window == part)
        };
        assert!(holds(subject.id().as_bytes()));
        assert!(
            !holds(name.as_bytes()) && !holds(subject.nonce.as_bytes()),
            "{notice:?}"
        );
    }
    assert!(
        !format!("{subject:?}").contains("07"),
        "nor do logs: {subject:?}"
    );
}

/// Whoever does not know the nonce reads nothing of the mission: neither its state, nor whether
/// there is one.
#[test]
fn a_mission_whose_nonce_is_guessed_is_not_known() {
    let guessed = mandatum::Mission::new(public(OFFICE), label("qbr"), [8; 16]);
    let chain: Chain = root(
        LivesBy::new(guessed, MaxAge::uniform(Seconds::new(600))),
        [1; 16],
    );
    let chain = verifier().verify(&chain).unwrap();
    let [known, ..] = chains();
    let register = with([], &both(&known, &chain));
    assert_eq!(asked(&known, &register), Ok(()));
    assert_eq!(asked(&chain, &register), Err(DenialCode::StatusMissing));
}
