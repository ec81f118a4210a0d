//! What a register keeps, and for how long, to the second.

use crate::support::*;
use mandatum::chain::Ceiling;
use mandatum::claims::{End, Ending, MandateEnding, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::limits::MaxAge;
use mandatum::mission::{Applied, NoticeError, Retention, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Anchor, Chain, Controller, Delegation, DenialCode, Effect, Life, Lifetime, Limit, LivesBy,
    Notice, Register, Seconds, VerifiedChain, issue,
};

/// The greatest age of a status, the longest lifetime of a root, and the leeway.
const A: u64 = 1_000;
const L: u64 = 20_000;
const D: u64 = 30;

fn retention() -> Retention {
    Retention::new(Seconds::new(A), Seconds::new(L), Seconds::new(D))
}

fn chain() -> VerifiedChain {
    let life = LivesBy::new(qbr(), MaxAge::uniform(Seconds::hours(24)));
    verifier()
        .verify(&root(life.with_enders([public(ENDER)]).unwrap(), [1; 16]))
        .unwrap()
}

fn qbr() -> mandatum::Mission {
    mission(OFFICE, "qbr")
}

/// The mission's controller, and its first status.
fn office() -> (Controller, Notice) {
    let mut office = Controller::new(public(OFFICE), Seconds::new(D));
    let begun = signed(office.begin(&qbr(), [1; 16], at(0)).unwrap(), &key(OFFICE));
    (office, begun)
}

fn received(notices: &[(&Notice, u64)]) -> Register {
    let mut register = Register::new(retention());
    for (notice, now) in notices {
        register
            .apply(notice, &Watches::new(&chain()), at(*now))
            .unwrap();
    }
    register
}

fn pruned(register: &Register, seconds: u64) -> Register {
    let mut pruned = register.clone();
    pruned.prune(at(seconds));
    pruned
}

/// The last second in which pruning leaves the register as it is: searched, and nothing is
/// forgotten earlier.
fn kept_until(register: &Register) -> u64 {
    let (mut low, mut high) = (0_u64, 1 << 30);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if pruned(register, middle).len() == register.len() {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// Each kind of notice, said at 100 and received at 100, at 500, and by a clock that is 20 s
/// behind.
#[test]
fn each_kind_is_kept_until_the_second_that_the_table_says() {
    let (mut office, begun) = office();
    let o = key(OFFICE);
    let status = heartbeat(&mut office, &o, [2; 16], at(100));
    let fired = signed(
        office
            .clone()
            .fire(&qbr(), label("over"), [2; 16], at(100))
            .unwrap(),
        &o,
    );
    let tool = ToolPattern::new("crm.*").unwrap();
    let withdrawn = signed(
        office
            .clone()
            .withdraw(&qbr(), tool, [2; 16], at(100))
            .unwrap(),
        &o,
    );
    let ended = signed(
        office
            .end(&qbr(), Ending::Revoked, [2; 16], at(100))
            .unwrap(),
        &o,
    );
    let by_ender = signed(
        End::by_ender(
            NoticeHeader::new([3; 16], public(ENDER), at(100)),
            &qbr(),
            Ending::Revoked,
        ),
        &key(ENDER),
    );
    for (name, notice, keeps) in [
        ("a status", &status, A),
        ("an event", &fired, L + D),
        ("a withdrawal", &withdrawn, L + D),
        ("the controller's end", &ended, A),
        ("an ender's end", &by_ender, L + A),
    ] {
        for (receipt, latest) in [(100, 100), (500, 500), (80, 100)] {
            assert_eq!(
                kept_until(&received(&[(notice, receipt)])),
                latest + keeps + D,
                "{name} received at {receipt}"
            );
        }
        // The state is kept as one, from the latest time or receipt in it.
        if keeps == A {
            let all = received(&[(&begun, 0), (notice, 500)]);
            assert!(pruned(&all, 500 + A + D + 1).is_empty());
            assert_eq!(pruned(&all, 500 + A + D), all, "{name}");
        }
    }
}

/// The chain of a helper that expires then.
fn expiring(expires: u64) -> VerifiedChain {
    let root = chain();
    let terms = Delegation::new([2; 16], public(HELPER), powers(), at(expires));
    let child = root
        .chain()
        .delegate(terms, at(0))
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    verifier()
        .verify(&root.chain().extend(child).unwrap())
        .unwrap()
}

/// The root's expiry counts as the notice states it: but no longer than a root may live, and no
/// shorter than a chain that is watched.
#[test]
fn the_end_of_a_mandate_is_kept_until_its_root_has_expired() {
    let mandate = chain().chain().leaf_id();
    // The chain that is watched, the expiry that is stated, the receipt, and until when the end
    // counts.
    for (watched, stated, receipt, until) in [
        (300, 5_000, 100, 5_000),
        (300, 5_000, 4_000, 5_000),
        (300, 200, 100, 300),
        (300, 90_000, 100, 100 + L + D),
        (300, 90_000, 4_000, 4_000 + L + D),
        (LIFETIME, 90_000, 100, LIFETIME),
        (LIFETIME, 200, 100, LIFETIME),
    ] {
        let watches = Watches::new(&expiring(watched));
        for how in [TaskEnding::Failed.into(), MandateEnding::KeyRevoked] {
            let end = TaskEnd::by_holder(
                NoticeHeader::new([2; 16], public(COMPANY), at(100)),
                mandate,
                how,
                at(stated),
            );
            let mut register = Register::new(retention());
            register
                .apply(&signed(end, &key(COMPANY)), &watches, at(receipt))
                .unwrap();
            assert_eq!(
                kept_until(&register),
                until + D - 1,
                "{watched} {stated} {receipt}"
            );
        }
    }
}

/// An end that an issuer calls a revocation is not forgotten before a completion of the same task:
/// a barrier would open.
#[test]
fn all_that_was_said_of_one_mandate_is_forgotten_together() {
    let mandate = chain().chain().leaf_id();
    let mut register = Register::new(retention());
    for (by, how, expires) in [
        (ORCHESTRATOR, TaskEnding::Completed, 5_000),
        (COMPANY, TaskEnding::Revoked, 400),
    ] {
        let end = TaskEnd::by_holder(
            NoticeHeader::new([2; 16], public(by), at(0)),
            mandate,
            how,
            at(expires),
        );
        register
            .apply(
                &signed(end, &key(by)),
                &Watches::new(&expiring(300)),
                at(10),
            )
            .unwrap();
    }
    let later = pruned(&register, 5_000 + D - 1);
    assert_eq!(
        later.task_ending(mandate, public(COMPANY)),
        Some(TaskEnding::Revoked)
    );
    assert!(pruned(&register, 5_000 + D).is_empty());
}

/// An event that only a mission scoped to other tools fired: nothing asks that its status be fresh.
#[test]
fn an_event_of_a_mission_for_other_tools_is_not_forgotten_while_mandates_live() {
    let age = MaxAge::uniform(Seconds::new(A));
    let slides = Limit::lives_by(LivesBy::new(mission(DESK, "slides"), age))
        .with_tools(["pay.*"])
        .unwrap();
    let root = root_with(
        Life::Mission(LivesBy::new(qbr(), age)),
        [slides, Limit::ends_on(label("over"))],
        [1; 16],
    );
    let chain = verifier().verify(&root.unwrap()).unwrap();
    let mut desk = Controller::new(public(DESK), Seconds::new(D));
    let begun = signed(
        desk.begin(&mission(DESK, "slides"), [1; 16], at(0))
            .unwrap(),
        &key(DESK),
    );
    let fired = signed(
        desk.fire(&mission(DESK, "slides"), label("over"), [2; 16], at(10))
            .unwrap(),
        &key(DESK),
    );
    let mut register = Register::new(retention());
    for notice in [&begun, &fired] {
        register
            .apply(notice, &Watches::new(&chain), at(10))
            .unwrap();
    }
    let (mut office, _) = office();
    let call = call([1; 16], "crm.read", Effect::Read);
    for seconds in [10, 10 + A + D, 10 + A + D + 1, 2 * A + D, L - 1] {
        let alive = heartbeat(&mut office, &key(OFFICE), [3; 16], at(seconds));
        register
            .apply(&alive, &Watches::new(&chain), at(seconds))
            .unwrap();
        register.prune(at(seconds));
        let refused = verdict(&verifier(), &chain, &call, &register, at(seconds)).unwrap_err();
        assert_eq!(refused.code(), DenialCode::EventFired, "{seconds}");
    }
}

/// While the controller, which does not know of the ender's end, goes on to say that the mission is
/// active.
#[test]
fn an_enders_end_is_kept_while_statuses_arrive_and_for_a_lifetime_after() {
    let (mut office, begun) = office();
    let end = signed(
        End::by_ender(
            NoticeHeader::new([3; 16], public(ENDER), at(50)),
            &qbr(),
            Ending::Revoked,
        ),
        &key(ENDER),
    );
    let status = heartbeat(&mut office, &key(OFFICE), [2; 16], at(9_000));
    let register = received(&[(&begun, 0), (&end, 50), (&status, 9_010)]);
    let ending = |seconds| pruned(&register, seconds).ending(&qbr(), public(ENDER));
    assert_eq!(ending(9_010 + L + A + D), Some(Ending::Revoked));
    assert_eq!(ending(9_010 + L + A + D + 1), None);
    // The state itself is long forgotten; pruned over and over, the end is kept just as long.
    let mut often = register.clone();
    for seconds in (9_000..=9_010 + L + A + D).step_by(100) {
        often.prune(at(seconds));
        assert_eq!(
            often.ending(&qbr(), public(ENDER)),
            Some(Ending::Revoked),
            "{seconds}"
        );
    }
}

/// A mandate that a status listed once, and which later statuses leave out.
#[test]
fn a_listed_mandate_is_kept_for_a_lifetime_after_it_was_last_listed() {
    let chain = chain();
    let (mut office, _) = office();
    let mut forgetful = office.clone();
    let o = key(OFFICE);
    drop(
        office
            .end_task(
                &qbr(),
                chain.chain().leaf_id(),
                TaskEnding::Revoked,
                at(90_000),
                [2; 16],
                at(10),
            )
            .unwrap(),
    );
    let listing = heartbeat(&mut office, &o, [3; 16], at(10));
    let again = heartbeat(&mut office, &o, [3; 16], at(400));
    for _ in 0..3 {
        let _ = forgetful.suspend(&qbr(), [4; 16], at(20)).unwrap();
        let _ = forgetful.resume(&qbr(), [5; 16], at(20)).unwrap();
    }
    let call = call([1; 16], "crm.read", Effect::Read);
    for (listed_at, listings) in [
        (10, vec![(&listing, 10)]),
        (400, vec![(&listing, 10), (&again, 400)]),
    ] {
        let mut register = received(&listings);
        let last = listed_at + L + 2 * D;
        for seconds in [500, last, last + 1] {
            let left_out = heartbeat(&mut forgetful.clone(), &o, [6; 16], at(seconds));
            register
                .apply(&left_out, &Watches::new(&chain), at(seconds))
                .unwrap();
            register.prune(at(seconds));
            let code = verdict(&verifier(), &chain, &call, &register, at(seconds))
                .map(drop)
                .map_err(|it| it.code());
            assert_eq!(
                code,
                if seconds <= last {
                    Err(DenialCode::TaskEnded)
                } else {
                    Ok(())
                },
                "{seconds}"
            );
        }
    }
}

/// Its root is dated ahead by the leeway, by a clock that is ahead by the leeway: so the mandate
/// lives for longer after it was listed than a root lives.
#[test]
fn a_listed_mandate_is_kept_while_a_root_lives_that_is_dated_ahead() {
    let age = MaxAge::uniform(Seconds::new(A));
    let slides = Limit::lives_by(LivesBy::new(mission(DESK, "slides"), age))
        .with_tools(["pay.*"])
        .unwrap();
    let mut claims = root_with(Life::Mission(LivesBy::new(qbr(), age)), [slides], [1; 16])
        .unwrap()
        .root()
        .claims()
        .clone();
    claims.link.lifetime = Lifetime::new(at(2 * D), at(2 * D + L)).unwrap();
    let issuer = "https://acme.example".parse().unwrap();
    let anchor = Anchor::new(issuer, public(COMPANY), Ceiling::Unlimited, Seconds::new(L)).unwrap();
    let chain = Chain::from(
        issue(&anchor, claims, at(D))
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap(),
    );
    let chain = verifier().verify(&chain).unwrap();
    // A mission for other tools, whose status is heard once.
    let slides = mission(DESK, "slides");
    let mut desk = Controller::new(public(DESK), Seconds::new(D));
    drop(desk.begin(&slides, [1; 16], at(0)).unwrap());
    drop(
        desk.end_task(
            &slides,
            chain.chain().leaf_id(),
            TaskEnding::Revoked,
            at(2 * D + L),
            [2; 16],
            at(0),
        )
        .unwrap(),
    );
    let (mut office, _) = office();
    let mut register = Register::new(retention());
    register
        .apply(
            &heartbeat(&mut desk, &key(DESK), [3; 16], at(0)),
            &Watches::new(&chain),
            at(0),
        )
        .unwrap();
    let call = call([1; 16], "crm.read", Effect::Read);
    for (seconds, expected) in [
        (L + D, DenialCode::TaskEnded),
        (L + 2 * D - 1, DenialCode::TaskEnded),
        (L + 2 * D, DenialCode::Expired),
    ] {
        let alive = heartbeat(&mut office, &key(OFFICE), [4; 16], at(seconds));
        register
            .apply(&alive, &Watches::new(&chain), at(seconds))
            .unwrap();
        register.prune(at(seconds));
        let refused = verdict(&verifier(), &chain, &call, &register, at(seconds)).unwrap_err();
        assert_eq!(refused.code(), expected, "{seconds}");
    }
}

/// Statuses that agents staple are not received. A host that hears of a mission only so applies
/// them, or forgets the end.
#[test]
fn an_enders_end_is_kept_while_stapled_statuses_are_applied() {
    let (mut office, begun) = office();
    let end = signed(
        End::by_ender(
            NoticeHeader::new([3; 16], public(ENDER), at(50)),
            &qbr(),
            Ending::Revoked,
        ),
        &key(ENDER),
    );
    for (applies, kept) in [(true, Some(Ending::Revoked)), (false, None)] {
        let mut register = received(&[(&begun, 0), (&end, 50)]);
        for hour in 1..12 {
            register.prune(at(hour * 3600));
            let stapled = heartbeat(&mut office.clone(), &key(OFFICE), [2; 16], at(hour * 3600));
            if applies {
                register
                    .apply(&stapled, &Watches::new(&chain()), at(hour * 3600))
                    .unwrap();
            }
        }
        assert_eq!(register.ending(&qbr(), public(ENDER)), kept);
    }
    drop(
        office
            .end(&qbr(), Ending::Revoked, [4; 16], at(60))
            .unwrap(),
    );
}

/// Once forgotten, a state does not come back: whatever was said before it is stale.
#[test]
fn an_old_status_revives_nothing_after_pruning() {
    let chain = chain();
    let (mut office, begun) = office();
    let last = heartbeat(&mut office, &key(OFFICE), [2; 16], at(60));
    let ended = signed(
        office
            .end(&qbr(), Ending::Revoked, [2; 16], at(60))
            .unwrap(),
        &key(OFFICE),
    );
    let call = call([1; 16], "crm.read", Effect::Read);
    let mut register = received(&[(&begun, 0), (&last, 60), (&ended, 60)]);
    // Every second of the way, a thief sends all that the controller ever said, but the end.
    for seconds in 60..60 + 2 * (A + D) {
        register.prune(at(seconds));
        for notice in [&begun, &last] {
            register
                .apply(notice, &Watches::new(&chain), at(seconds))
                .unwrap();
        }
        let refused = verdict(&verifier(), &chain, &call, &register, at(seconds))
            .unwrap_err()
            .code();
        assert!(
            matches!(refused, DenialCode::MissionEnded | DenialCode::StatusStale),
            "{seconds}: {refused}"
        );
        let stapled = [begun.clone(), last.clone()];
        let refused = proven(&verifier(), &chain, &call, &register, &stapled, at(seconds))
            .unwrap_err()
            .code();
        assert!(
            matches!(refused, DenialCode::MissionEnded | DenialCode::StatusStale),
            "{seconds}: {refused}"
        );
    }
}

/// The mandate allows a day; the register allows what it keeps.
#[test]
fn a_status_older_than_the_register_keeps_is_stale_whatever_the_mandate_allows() {
    let (_, begun) = office();
    let call = call([1; 16], "crm.read", Effect::Read);
    let register = received(&[(&begun, 0)]);
    assert_eq!(
        verdict(&verifier(), &chain(), &call, &register, at(A)),
        Ok(at(A + 1))
    );
    let refused = verdict(&verifier(), &chain(), &call, &register, at(A + 1)).unwrap_err();
    assert_eq!(refused.code(), DenialCode::StatusStale);
    // Stapled alone it is no younger.
    let nothing = Register::new(retention());
    let refused = proven(
        &verifier(),
        &chain(),
        &call,
        &nothing,
        std::slice::from_ref(&begun),
        at(A + 1),
    )
    .unwrap_err();
    assert_eq!(refused.code(), DenialCode::StatusStale);
    assert!(
        proven(
            &verifier(),
            &chain(),
            &call,
            Register::none(),
            &[begun],
            at(A + 1)
        )
        .is_ok(),
        "it keeps nothing"
    );
}

/// Raised from A to 10·A at 5,000: what was forgotten by then could hide behind statuses from
/// before 4,000.
#[test]
fn after_the_age_is_raised_statuses_from_before_stay_stale() {
    let (mut office, _) = office();
    let raised = retention().with_raised_age(Seconds::new(10 * A), at(5_000));
    assert_eq!(
        (raised.max_status_age(), raised.not_before()),
        (Seconds::new(10 * A), at(4_000))
    );
    let call = call([1; 16], "crm.read", Effect::Read);
    for (said_at, expected) in [(3_999, Err(DenialCode::StatusStale)), (4_000, Ok(()))] {
        let status = heartbeat(&mut office, &key(OFFICE), [2; 16], at(said_at));
        let mut register = Register::new(raised);
        register
            .apply(&status, &Watches::new(&chain()), at(said_at))
            .unwrap();
        let asked = verdict(&verifier(), &chain(), &call, &register, at(6_000));
        assert_eq!(
            asked.map(drop).map_err(|denial| denial.code()),
            expected,
            "{said_at}"
        );
    }
    let again = raised.with_raised_age(Seconds::new(20 * A), at(6_000));
    assert_eq!(
        again.not_before(),
        at(4_000),
        "the second change excludes nothing that the first did not"
    );
}

/// Registers that know the same are equal, whenever they received it, and receiving it again is no
/// news.
#[test]
fn the_time_of_receipt_is_no_part_of_what_is_known() {
    let (mut office, begun) = office();
    let end = signed(
        End::by_ender(
            NoticeHeader::new([3; 16], public(ENDER), at(50)),
            &qbr(),
            Ending::Revoked,
        ),
        &key(ENDER),
    );
    let fired = signed(
        office.fire(&qbr(), label("over"), [2; 16], at(50)).unwrap(),
        &key(OFFICE),
    );
    drop(
        office
            .revoke_key(
                &qbr(),
                MandateId::from_bytes([5; 32]),
                at(90_000),
                [2; 16],
                at(50),
            )
            .unwrap(),
    );
    let status = heartbeat(&mut office, &key(OFFICE), [2; 16], at(60));
    let all = [&begun, &end, &fired, &status];
    let early = received(&all.map(|notice| (notice, 60)));
    let late = received(&all.map(|notice| (notice, 600)));
    assert_eq!(early, late);
    assert_ne!(kept_until(&early), kept_until(&late));
    let mut merged = early.clone();
    merged.merge(&late);
    assert_eq!(
        kept_until(&merged),
        kept_until(&late),
        "the later receipt counts over replicas"
    );
    for notice in all {
        assert_eq!(
            merged.apply(notice, &Watches::new(&chain()), at(700)),
            Ok(Applied::Known)
        );
    }
    assert_eq!(
        early
            .clone()
            .apply(&status, &Watches::new(&chain()), at(29)),
        Err(NoticeError::FutureDated {
            at: at(60),
            now: at(29)
        })
    );
}

#[test]
fn a_verifier_knows_the_longest_lifetime_and_the_leeway() {
    let retention = verifier().retention(Seconds::new(A));
    let expected = Retention::new(Seconds::new(A), Seconds::new(LIFETIME), verifier().leeway());
    assert_eq!(retention, expected);
}
