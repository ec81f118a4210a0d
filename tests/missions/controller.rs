//! What a controller says, to the last byte and second.

use crate::support::*;
use mandatum::claims::{Ending, Snapshot, Snapshots, Status, StatusError, TaskEnding};
use mandatum::mission::{ControllerError, Listing};
use mandatum::powers::ToolPattern;
use mandatum::primitives::{MandateId, MissionId};
use mandatum::sign::Token;
use mandatum::{Controller, Mission, Notice, Seconds, bounds};

fn begun() -> Controller {
    let mut office = Controller::new(public(OFFICE), LEEWAY);
    let _ = office.begin(&qbr(), [1; 16], at(0)).unwrap();
    office
}

fn qbr() -> Mission {
    mission(OFFICE, "qbr")
}

fn task(byte: u8) -> MandateId {
    MandateId::from_bytes([byte; 32])
}

#[test]
fn a_clock_that_steps_back_behind_a_heartbeat_says_nothing() {
    let mut office = begun();
    office.heartbeat(|| [2; 16].into(), at(100)).unwrap();
    let refused = office
        .suspend(&qbr(), [3; 16], at(50))
        .map(drop)
        .unwrap_err();
    assert_eq!(
        refused,
        ControllerError::ClockSteppedBack {
            last: at(100),
            now: at(50)
        }
    );
}

#[test]
fn a_clock_that_steps_back_behind_an_end_says_nothing() {
    let mut office = begun();
    let _ = office
        .end(&qbr(), Ending::Completed, [2; 16], at(100))
        .unwrap();
    let refused = office
        .begin(&mission(OFFICE, "next"), [3; 16], at(50))
        .map(drop)
        .unwrap_err();
    assert_eq!(
        refused,
        ControllerError::ClockSteppedBack {
            last: at(100),
            now: at(50)
        }
    );
}

#[test]
fn a_status_is_read_as_it_was_written() {
    let mut office = begun();
    let _ = office.fire(&qbr(), label("over"), [2; 16], at(1)).unwrap();
    let _ = office
        .withdraw(&qbr(), ToolPattern::new("crm.*").unwrap(), [3; 16], at(2))
        .unwrap();
    let _ = office
        .end_task(
            &qbr(),
            task(5),
            TaskEnding::Failed,
            at(LIFETIME),
            [4; 16],
            at(3),
        )
        .unwrap();
    let _ = office
        .revoke_key(&qbr(), task(6), at(LIFETIME), [4; 16], at(3))
        .unwrap();
    let status = office
        .heartbeat(|| [5; 16].into(), at(4))
        .unwrap()
        .remove(0);
    let said = status.claims().clone();
    let token = status.sign(&key(OFFICE)).unwrap();
    assert_eq!(
        Token::<Status>::from_bytes(token.as_bytes()).map(|token| token.claims().clone()),
        Ok(said)
    );
}

/// How many mandates a status lists, of all its missions.
fn listed(status: &Status) -> usize {
    status
        .missions
        .iter()
        .map(|snapshot| snapshot.ended.len() + snapshot.keys_revoked.len())
        .sum()
}

/// Also by the clock of a verifier that is behind by all of the leeway.
#[test]
fn a_mandate_is_listed_until_its_root_has_expired_by_every_clock() {
    let mut office = begun();
    let _ = office
        .end_task(&qbr(), task(5), TaskEnding::Failed, at(60), [2; 16], at(0))
        .unwrap();
    let _ = office
        .revoke_key(&qbr(), task(6), at(60), [2; 16], at(0))
        .unwrap();
    for (now, expected) in [(59, 2), (60, 2), (89, 2), (90, 0)] {
        let mut office = office.clone();
        assert_eq!(
            listed(
                office
                    .clone()
                    .suspend(&qbr(), [3; 16], at(now))
                    .unwrap()
                    .claims()
            ),
            expected,
            "{now}"
        );
        assert_eq!(
            listed(office.status(&qbr(), [3; 16], at(now)).unwrap().claims()),
            expected,
            "{now}"
        );
        assert_eq!(
            listed(office.heartbeat(|| [3; 16].into(), at(now)).unwrap()[0].claims()),
            expected,
            "{now}"
        );
    }
}

/// A barrier under another root may wait for the task, and the ending may turn out worse.
#[test]
fn an_end_is_stated_again_with_a_later_expiry_or_a_later_kind_and_else_not() {
    let mut office = begun();
    let end = |office: &mut Controller, ending, expires| {
        office
            .end_task(&qbr(), task(5), ending, at(expires), [2; 16], at(0))
            .map(|end| end.listing)
    };
    assert_eq!(
        end(&mut office, TaskEnding::Completed, 60),
        Ok(Listing::Listed)
    );
    assert_eq!(
        end(&mut office, TaskEnding::Completed, 60),
        Err(ControllerError::AlreadySo)
    );
    assert_eq!(
        end(&mut office, TaskEnding::Completed, 59),
        Err(ControllerError::AlreadySo)
    );
    assert_eq!(
        end(&mut office, TaskEnding::Revoked, 60),
        Ok(Listing::Listed)
    );
    assert_eq!(
        end(&mut office, TaskEnding::Failed, 60),
        Err(ControllerError::AlreadySo)
    );
    assert_eq!(
        end(&mut office, TaskEnding::Revoked, 200),
        Ok(Listing::Listed)
    );
    // Revoking the key is something else than ending the task.
    assert!(
        office
            .revoke_key(&qbr(), task(5), at(60), [2; 16], at(0))
            .is_ok()
    );
    assert_eq!(
        listed(office.heartbeat(|| [3; 16].into(), at(100)).unwrap()[0].claims()),
        1,
        "until the later expiry"
    );
}

fn mandate(number: u16) -> MandateId {
    MandateId::from_bytes(std::array::from_fn(|at| number.to_be_bytes()[at % 2]))
}

/// The 4,097th end still has its notice, and says that no status will repeat it.
#[test]
fn four_thousand_and_ninety_six_mandates_are_listed_and_the_next_still_has_its_notice() {
    let mut office = begun();
    let most = u16::try_from(bounds::MAX_ENDED).unwrap();
    for number in 0..most {
        let expires = at(if number == 0 { 60 } else { LIFETIME });
        let end = if number % 2 == 0 {
            office.end_task(
                &qbr(),
                mandate(number),
                TaskEnding::Failed,
                expires,
                [2; 16],
                at(0),
            )
        } else {
            office.revoke_key(&qbr(), mandate(number), expires, [2; 16], at(0))
        };
        assert_eq!(end.unwrap().listing, Listing::Listed);
    }
    let full = office.clone();
    for _ in 0..2 {
        let end = office
            .end_task(
                &qbr(),
                mandate(most),
                TaskEnding::Failed,
                at(LIFETIME),
                [2; 16],
                at(0),
            )
            .unwrap();
        assert_eq!(end.listing, Listing::Full);
        let claims = end.notice.claims();
        assert_eq!(
            (claims.mandate, claims.ending),
            (mandate(most), TaskEnding::Failed.into())
        );
    }
    assert_eq!(office, full, "no status changes");
    // A listed one can still be stated again, and when another has expired there is room.
    assert!(
        office
            .end_task(
                &qbr(),
                mandate(2),
                TaskEnding::Revoked,
                at(LIFETIME),
                [2; 16],
                at(1)
            )
            .is_ok()
    );
    let end = office
        .end_task(
            &qbr(),
            mandate(most),
            TaskEnding::Failed,
            at(LIFETIME),
            [2; 16],
            at(90),
        )
        .unwrap();
    assert_eq!(end.listing, Listing::Listed);
}

/// Every list and name at its bound: a status of one mission fits, and its bytes are read again.
#[test]
fn the_largest_state_of_a_mission_fits_a_status() {
    let mut office = begun();
    let long = |number: usize, length: usize| format!("{number:02}{}", "x".repeat(length - 2));
    for number in 0..bounds::MAX_EVENTS {
        let _ = office
            .fire(&qbr(), label(&long(number, 96)), [2; 16], at(0))
            .unwrap();
        let tool = ToolPattern::new(&long(number, 96)).unwrap();
        let _ = office.withdraw(&qbr(), tool, [2; 16], at(0)).unwrap();
    }
    for number in 0..u16::try_from(bounds::MAX_ENDED).unwrap() {
        let _ = office
            .revoke_key(&qbr(), mandate(number), at(LIFETIME), [2; 16], at(0))
            .unwrap();
    }
    let status = office.status(&qbr(), [3; 16], at(1)).unwrap();
    let claims = status.claims().clone();
    let token = status.sign(&key(OFFICE)).unwrap();
    assert!(
        token.as_bytes().len() <= bounds::MAX_STATUS_BYTES,
        "{}",
        token.as_bytes().len()
    );
    assert!(
        token.as_bytes().len() > bounds::MAX_STATUS_BYTES * 9 / 10,
        "the bound has a use"
    );
    assert_eq!(
        Token::<Status>::from_bytes(token.as_bytes())
            .unwrap()
            .claims(),
        &claims
    );

    let mut snapshot = claims.missions.iter().next().unwrap().clone();
    snapshot.events = snapshot
        .events
        .iter()
        .skip(1)
        .cloned()
        .chain([label(&"z".repeat(97))])
        .collect();
    let refused = Snapshots::new([snapshot.clone()]).unwrap_err();
    assert_eq!(
        refused,
        StatusError::NameBytes {
            found: bounds::MAX_STATUS_NAME_BYTES + 1
        }
    );
    snapshot.events.clear();
    snapshot.ended.insert(task(1));
    let refused = Snapshots::new([snapshot]).unwrap_err();
    assert_eq!(
        refused,
        StatusError::Ended {
            found: bounds::MAX_ENDED + 1
        }
    );
}

/// As many missions as statuses must be: each status fits, each mission is in one.
#[test]
fn a_heartbeat_of_large_missions_is_split_into_statuses_that_fit() {
    let mut office = Controller::new(public(OFFICE), LEEWAY);
    let missions = ["a", "b", "c", "d", "e"].map(|name| mission(OFFICE, name));
    for mission in &missions {
        let _ = office.begin(mission, [1; 16], at(0)).unwrap();
        for number in 0..2_000 {
            let _ = office
                .revoke_key(mission, mandate(number), at(LIFETIME), [2; 16], at(0))
                .unwrap();
        }
    }
    let statuses = office.heartbeat(|| [3; 16].into(), at(1)).unwrap();
    let mut stated: Vec<MissionId> = Vec::new();
    for status in &statuses {
        stated.extend(
            status
                .claims()
                .missions
                .iter()
                .map(|snapshot| snapshot.mission),
        );
        let bytes = status.clone().sign(&key(OFFICE)).unwrap().as_bytes().len();
        assert!(bytes <= bounds::MAX_STATUS_BYTES, "{bytes}");
    }
    stated.sort_unstable();
    let mut all = missions.map(|mission| mission.id());
    all.sort_unstable();
    assert_eq!(stated, all);
    assert!(
        statuses.len() < all.len(),
        "several missions share a status"
    );
}

#[test]
fn a_mission_of_another_controller_is_not_begun_and_one_of_another_nonce_is_another() {
    let mut office = begun();
    let other = mission(DESK, "qbr");
    assert_eq!(
        office.begin(&other, [2; 16], at(1)).map(drop),
        Err(ControllerError::OtherController)
    );
    assert_eq!(
        office.begin(&qbr(), [2; 16], at(1)).map(drop),
        Err(ControllerError::AlreadyBegun)
    );
    let _ = office
        .begin(&office.mission(label("qbr"), [8; 16]), [2; 16], at(1))
        .unwrap();
}

/// The store keeps every notice that was signed; statuses alone would do, for as long as the
/// mission goes on.
#[test]
fn a_rebuilt_controller_lists_what_it_listed_until_it_expires() {
    let mut office = begun();
    let end = office
        .end_task(&qbr(), task(5), TaskEnding::Failed, at(60), [2; 16], at(1))
        .unwrap()
        .notice;
    let revoked = office
        .revoke_key(&qbr(), task(6), at(60), [2; 16], at(1))
        .unwrap()
        .notice;
    let status = heartbeat(&mut office, &key(OFFICE), [3; 16], at(2));
    let all = [
        signed(end, &key(OFFICE)),
        signed(revoked, &key(OFFICE)),
        status.clone(),
    ];
    let lists = |stored: &[Notice], now| {
        let mut rebuilt = Controller::rebuild(public(OFFICE), LEEWAY, stored);
        listed(rebuilt.heartbeat(|| [4; 16].into(), at(now)).unwrap()[0].claims())
    };
    assert_eq!((lists(&all, 89), lists(&all, 90)), (2, 0));
    assert_eq!(
        (
            lists(std::slice::from_ref(&status), 89),
            lists(&[status], LIFETIME)
        ),
        (2, 2),
        "nobody knows until when"
    );
}

/// Two writers of one controller contradict each other. Made again of all that both said, it states
/// all of it for good.
#[test]
fn a_rebuilt_controller_leaves_nothing_out_that_was_said_for_good() {
    let mut one = begun();
    let mut other = one.clone();
    let _ = one.fire(&qbr(), label("over"), [2; 16], at(1)).unwrap();
    let _ = one
        .withdraw(&qbr(), ToolPattern::new("crm.*").unwrap(), [3; 16], at(1))
        .unwrap();
    for _ in 0..3 {
        let _ = other.suspend(&qbr(), [4; 16], at(2)).unwrap();
        let _ = other.resume(&qbr(), [5; 16], at(2)).unwrap();
    }
    // The notices that travelled ahead were not stored.
    let stored =
        [&mut one, &mut other].map(|writer| heartbeat(writer, &key(OFFICE), [6; 16], at(3)));
    let mut rebuilt = Controller::rebuild(public(OFFICE), Seconds::new(30), &stored);
    let status = rebuilt
        .heartbeat(|| [7; 16].into(), at(4))
        .unwrap()
        .remove(0);
    let snapshot = status.claims().missions.iter().next().unwrap();
    assert!(
        snapshot.events.contains(&label("over")) && snapshot.withdrawn.len() == 1,
        "{snapshot:?}"
    );
    assert!(
        snapshot.sequence > 6,
        "it differs from what was said under the highest sequence"
    );
}

/// Whatever was said, and whatever is to be said after it.
#[test]
fn a_clock_that_steps_back_behind_anything_says_nothing() {
    type Say = fn(&mut Controller, u64) -> Result<(), ControllerError>;
    let all: [(&str, Say); 11] = [
        ("begin", |it, now| {
            it.begin(&mission(OFFICE, "next"), [3; 16], at(now))
                .map(drop)
        }),
        ("suspend", |it, now| {
            it.suspend(&qbr(), [3; 16], at(now)).map(drop)
        }),
        ("resume", |it, now| {
            it.resume(&mission(OFFICE, "halted"), [3; 16], at(now))
                .map(drop)
        }),
        ("advance_wave", |it, now| {
            it.advance_wave(&qbr(), [3; 16], at(now)).map(drop)
        }),
        ("fire", |it, now| {
            it.fire(&qbr(), label("over"), [3; 16], at(now)).map(drop)
        }),
        ("withdraw", |it, now| {
            it.withdraw(&qbr(), "crm.*".parse().unwrap(), [3; 16], at(now))
                .map(drop)
        }),
        ("end_task", |it, now| {
            let mandate = MandateId::from_bytes([5; 32]);
            it.end_task(
                &qbr(),
                mandate,
                TaskEnding::Failed,
                at(LIFETIME),
                [3; 16],
                at(now),
            )
            .map(drop)
        }),
        ("revoke_key", |it, now| {
            let mandate = MandateId::from_bytes([6; 32]);
            it.revoke_key(&qbr(), mandate, at(LIFETIME), [3; 16], at(now))
                .map(drop)
        }),
        ("status", |it, now| {
            it.status(&mission(OFFICE, "halted"), [3; 16], at(now))
                .map(drop)
        }),
        ("end", |it, now| {
            it.end(&qbr(), Ending::Completed, [3; 16], at(now))
                .map(drop)
        }),
        ("heartbeat", |it, now| {
            it.heartbeat(|| [3; 16].into(), at(now)).map(drop)
        }),
    ];
    let mut begun = begun();
    let _ = begun
        .begin(&mission(OFFICE, "halted"), [1; 16], at(0))
        .unwrap();
    let _ = begun
        .suspend(&mission(OFFICE, "halted"), [2; 16], at(0))
        .unwrap();
    for (said, say) in all {
        let mut controller = begun.clone();
        say(&mut controller, 100).unwrap();
        for (next, say) in all {
            let refused = say(&mut controller.clone(), 99);
            assert_eq!(
                refused,
                Err(ControllerError::ClockSteppedBack {
                    last: at(100),
                    now: at(99)
                }),
                "{next} after {said}"
            );
        }
    }
}

/// Made again and again of the same notices, it is the same: the sequence rises with what statuses
/// state, and only then.
#[test]
fn a_rebuilt_controller_raises_no_sequence_for_what_it_stated() {
    let mut office = begun();
    let end = office
        .end_task(
            &qbr(),
            task(5),
            TaskEnding::Failed,
            at(LIFETIME),
            [2; 16],
            at(1),
        )
        .unwrap()
        .notice;
    let fired = office.fire(&qbr(), label("over"), [2; 16], at(1)).unwrap();
    let status = heartbeat(&mut office, &key(OFFICE), [3; 16], at(2));
    let mut stored = vec![
        signed(end, &key(OFFICE)),
        signed(fired, &key(OFFICE)),
        status.clone(),
    ];
    for seconds in 3..6 {
        let mut rebuilt = Controller::rebuild(public(OFFICE), LEEWAY, &stored);
        stored.push(heartbeat(&mut rebuilt, &key(OFFICE), [3; 16], at(seconds)));
    }
    let sequences = stored.iter().filter_map(|notice| match notice {
        Notice::Status(token) => token
            .claims()
            .missions
            .iter()
            .next()
            .map(|snapshot| snapshot.sequence),
        _ => None,
    });
    assert!(
        sequences
            .clone()
            .all(|sequence| Some(sequence) == sequences.clone().next()),
        "{:?}",
        sequences.collect::<Vec<_>>()
    );
}

/// A full list in which one mandate expires makes room for another. The controller that is made
/// again lists both as this one does: what it said its statuses list, they list, and nothing that
/// it said they don't.
#[test]
fn what_was_listed_in_the_place_of_an_expired_mandate_is_listed_after_a_crash() {
    let name = mission(OFFICE, "qbr");
    let id = |number: u16| {
        let mut bytes = [9; 32];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        MandateId::from_bytes(bytes)
    };
    let mut office = Controller::new(public(OFFICE), LEEWAY);
    let mut stored = vec![signed(
        office.begin(&name, [1; 16], at(0)).unwrap(),
        &key(OFFICE),
    )];
    let mut ends = |office: &mut Controller, number: u16, expires: u64, now: u64| {
        let ended = office
            .end_task(
                &name,
                id(number),
                TaskEnding::Revoked,
                at(expires),
                [2; 16],
                at(now),
            )
            .unwrap();
        stored.push(signed(ended.notice, &key(OFFICE)));
        if number == 4_095 {
            stored.push(heartbeat(office, &key(OFFICE), [3; 16], at(now)));
        }
        ended.listing
    };
    for number in 0..4_096 {
        // The first root expires early.
        assert_eq!(
            ends(
                &mut office,
                number,
                if number == 0 { 1_000 } else { LIFETIME },
                10
            ),
            Listing::Listed
        );
    }
    assert_eq!(ends(&mut office, 5_000, LIFETIME, 20), Listing::Full);
    assert_eq!(
        ends(&mut office, 5_001, LIFETIME, 2_000),
        Listing::Listed,
        "in the place of the first"
    );
    // In any order: stores keep none.
    let rebuilt = Controller::rebuild(public(OFFICE), LEEWAY, &stored);
    stored.reverse();
    let backwards = Controller::rebuild(public(OFFICE), LEEWAY, &stored);
    for mut office in [office, rebuilt, backwards] {
        let Notice::Status(token) = heartbeat(&mut office, &key(OFFICE), [5; 16], at(2_010)) else {
            panic!()
        };
        let ended = token.claims().missions.iter().next().unwrap().ended.clone();
        assert_eq!(ended.len(), 4_096);
        assert_eq!(
            [0, 1, 5_000, 5_001].map(|number| ended.contains(id(number))),
            [false, true, false, true]
        );
    }
}

/// Nine missions with as many names as one may have don't fit one status; a controller says them in
/// several.
#[test]
fn a_status_has_a_thousand_names_of_all_its_missions() {
    let snapshot = |number: u8, names: usize| {
        let mission = Mission::new(public(OFFICE), label("qbr"), [number; 16]).id();
        let events = (0..names.min(64))
            .map(|name| label(&name.to_string()))
            .collect();
        let withdrawn = (64..names.max(64))
            .map(|name| name.to_string().parse().unwrap())
            .collect();
        Snapshot {
            events,
            withdrawn,
            ..Snapshot::beginning(mission, at(0))
        }
    };
    let full = (0..8).map(|number| snapshot(number, 128));
    assert!(Snapshots::new(full.clone()).is_ok());
    let refused = Snapshots::new(full.chain([snapshot(8, 1)])).unwrap_err();
    assert_eq!(refused, StatusError::Names { found: 1_025 });

    let mut office = Controller::new(public(OFFICE), LEEWAY);
    for number in 0..9 {
        let mission = Mission::new(public(OFFICE), label("qbr"), [number; 16]);
        let _ = office.begin(&mission, [1; 16], at(0)).unwrap();
        for name in 0..64 {
            let _ = office
                .fire(&mission, label(&name.to_string()), [2; 16], at(0))
                .unwrap();
            let _ = office
                .withdraw(&mission, name.to_string().parse().unwrap(), [3; 16], at(0))
                .unwrap();
        }
    }
    let statuses = office.heartbeat(|| [4; 16].into(), at(1)).unwrap();
    let missions: Vec<usize> = statuses
        .iter()
        .map(|status| status.claims().missions.iter().len())
        .collect();
    assert_eq!(missions, [4, 5]);
    for status in statuses {
        let token = status.sign(&key(OFFICE)).unwrap();
        assert!(Token::<Status>::from_bytes(token.as_bytes()).is_ok());
    }
}
