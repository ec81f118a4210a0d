//! What a controller says, to the last byte and second.

use crate::support::*;
use mandatum::{
    Controller, ControllerError, Ending, MandateId, Seconds, Status, TaskEnding, Token, ToolPattern, bounds,
};

fn begun(keep: u64) -> Controller {
    let mut office = Controller::new(public(OFFICE), Seconds::new(keep));
    let _ = office.begin(&label("qbr"), [1; 16], at(0)).unwrap();
    office
}

fn task(byte: u8) -> MandateId {
    MandateId::from_bytes([byte; 32])
}

#[test]
fn a_clock_that_steps_back_behind_a_heartbeat_says_nothing() {
    let mut office = begun(LIFETIME);
    office.heartbeat(|| [2; 16].into(), at(100)).unwrap();
    let refused = office.suspend(&label("qbr"), [3; 16], at(50)).map(drop).unwrap_err();
    assert_eq!(refused, ControllerError::ClockSteppedBack { last: at(100), now: at(50) });
}

#[test]
fn a_clock_that_steps_back_behind_an_end_says_nothing() {
    let mut office = begun(LIFETIME);
    let _ = office.end(&label("qbr"), Ending::Completed, [2; 16], at(100)).unwrap();
    let refused = office.begin(&label("next"), [3; 16], at(50)).map(drop).unwrap_err();
    assert_eq!(refused, ControllerError::ClockSteppedBack { last: at(100), now: at(50) });
}

#[test]
fn a_status_is_read_as_it_was_written() {
    let (mut office, name) = (begun(LIFETIME), label("qbr"));
    let _ = office.fire(&name, label("over"), [2; 16], at(1)).unwrap();
    let _ = office.withdraw(&name, ToolPattern::new("crm.*").unwrap(), [3; 16], at(2)).unwrap();
    let _ = office.end_task(&name, task(5), TaskEnding::Failed, [4; 16], at(3)).unwrap();
    let status = office.heartbeat(|| [5; 16].into(), at(4)).unwrap().remove(0);
    let said = status.claims().clone();
    let token = status.sign(&key(OFFICE)).unwrap();
    assert_eq!(Token::<Status>::from_bytes(token.as_bytes()).map(|token| token.claims().clone()), Ok(said));
}

#[test]
fn what_expired_is_named_no_more_by_the_next_status_of_any_kind() {
    let (mut office, name) = (begun(60), label("qbr"));
    let _ = office.end_task(&name, task(5), TaskEnding::Failed, [2; 16], at(0)).unwrap();
    let named = |status: &Status| status.missions.iter().map(|snapshot| snapshot.ended.len()).sum::<usize>();
    assert_eq!(named(office.clone().suspend(&name, [3; 16], at(59)).unwrap().claims()), 1);
    assert_eq!(named(office.suspend(&name, [3; 16], at(61)).unwrap().claims()), 0);
}

/// The largest state that a controller accepts fills a token to the last byte.
#[test]
fn a_state_may_take_all_of_a_token() {
    let (mut office, name) = (begun(LIFETIME), label("qbr"));
    let long = |number: u8, length: usize| format!("t{number:03}{}", "x".repeat(length));
    let mut number = 0;
    while office.fire(&name, label(&long(number, 112)), [2; 16], at(0)).is_ok() {
        number += 1;
    }
    for byte in 0..=u8::MAX {
        if office.end_task(&name, task(byte), TaskEnding::Failed, [2; 16], at(0)).is_err() {
            break;
        }
    }
    let tool = |number| ToolPattern::new(&long(number, 100)).unwrap();
    let mut number = 0;
    while office.withdraw(&name, tool(number), [2; 16], at(0)).is_ok() {
        number += 1;
    }
    let fits = |length: usize| {
        let mut office = office.clone();
        let _ = office.withdraw(&name, ToolPattern::new(&"z".repeat(length)).unwrap(), [2; 16], at(0)).ok()?;
        let status = office.heartbeat(|| [3; 16].into(), at(0)).unwrap().remove(0);
        Some(status.sign(&key(OFFICE)).unwrap().as_bytes().len())
    };
    assert_eq!((1..=120).filter_map(fits).max(), Some(bounds::MAX_TOKEN_BYTES));
}

/// Two writers of one controller contradict each other. Made again of all that both said, it states all of it for good.
#[test]
fn a_rebuilt_controller_leaves_nothing_out_that_was_said_for_good() {
    let (mut one, name) = (begun(LIFETIME), label("qbr"));
    let mut other = one.clone();
    let _ = one.fire(&name, label("over"), [2; 16], at(1)).unwrap();
    let _ = one.withdraw(&name, ToolPattern::new("crm.*").unwrap(), [3; 16], at(1)).unwrap();
    for _ in 0..3 {
        let _ = other.suspend(&name, [4; 16], at(2)).unwrap();
        let _ = other.resume(&name, [5; 16], at(2)).unwrap();
    }
    // The notices that travelled ahead were not stored.
    let stored = [&mut one, &mut other].map(|writer| heartbeat(writer, &key(OFFICE), [6; 16], at(3)));
    let mut rebuilt = Controller::rebuild(public(OFFICE), Seconds::new(LIFETIME), &stored);
    let status = rebuilt.heartbeat(|| [7; 16].into(), at(4)).unwrap().remove(0);
    let snapshot = status.claims().missions.iter().next().unwrap();
    assert!(snapshot.events.contains(&label("over")) && snapshot.withdrawn.len() == 1, "{snapshot:?}");
    assert!(snapshot.sequence > 6, "it differs from what was said under the highest sequence");
}

/// Whatever was said, and whatever is to be said after it.
#[test]
fn a_clock_that_steps_back_behind_anything_says_nothing() {
    type Say = fn(&mut Controller, u64) -> Result<(), ControllerError>;
    let all: [(&str, Say); 9] = [
        ("begin", |it, now| it.begin(&label("next"), [3; 16], at(now)).map(drop)),
        ("suspend", |it, now| it.suspend(&label("qbr"), [3; 16], at(now)).map(drop)),
        ("resume", |it, now| it.resume(&label("halted"), [3; 16], at(now)).map(drop)),
        ("advance_wave", |it, now| it.advance_wave(&label("qbr"), [3; 16], at(now)).map(drop)),
        ("fire", |it, now| it.fire(&label("qbr"), label("over"), [3; 16], at(now)).map(drop)),
        ("withdraw", |it, now| it.withdraw(&label("qbr"), "crm.*".parse().unwrap(), [3; 16], at(now)).map(drop)),
        ("end_task", |it, now| {
            let mandate = MandateId::from_bytes([5; 32]);
            it.end_task(&label("qbr"), mandate, TaskEnding::Failed, [3; 16], at(now)).map(drop)
        }),
        ("end", |it, now| it.end(&label("qbr"), Ending::Completed, [3; 16], at(now)).map(drop)),
        ("heartbeat", |it, now| it.heartbeat(|| [3; 16].into(), at(now)).map(drop)),
    ];
    let mut begun = begun(LIFETIME);
    let _ = begun.begin(&label("halted"), [1; 16], at(0)).unwrap();
    let _ = begun.suspend(&label("halted"), [2; 16], at(0)).unwrap();
    for (said, say) in all {
        let mut controller = begun.clone();
        say(&mut controller, 100).unwrap();
        for (next, say) in all {
            let refused = say(&mut controller.clone(), 99);
            assert_eq!(
                refused,
                Err(ControllerError::ClockSteppedBack { last: at(100), now: at(99) }),
                "{next} after {said}"
            );
        }
    }
}
