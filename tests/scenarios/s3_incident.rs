//! S3: the incident agent. The story is the example's own; here its verdicts are asserted.

#[path = "../../examples/incident/story.rs"]
mod story;

use crate::stage::{Attempt, Story, at};
use crate::told::attempt;
use mandatum::DenialCode;

fn story() -> Story {
    story::tell().expect("the story can be told")
}

#[test]
fn the_same_call_is_permitted_before_and_ended_after() {
    let story = story();
    assert_eq!(
        attempt(&story, "incident-agent: db.read, before").code(),
        None
    );
    assert_eq!(
        attempt(&story, "incident-agent: db.read, after").code(),
        Some(DenialCode::EventFired)
    );
}

#[test]
fn other_powers_of_the_mission_stay() {
    let story = story();
    for what in [
        "incident-agent: logs.read, after",
        "incident-agent: service.restart, after",
    ] {
        assert!(attempt(&story, what).is_permitted(), "{what}");
    }
}

#[test]
fn a_fact_that_is_not_known_does_not_hold() {
    let story = story();
    let expected = [
        (
            "incident-agent: db.read, the ticket was last seen",
            DenialCode::FactTooOld,
        ),
        (
            "incident-agent: db.read, nobody looked",
            DenialCode::FactUnknown,
        ),
        (
            "incident-agent: db.read, seen at 10:09",
            DenialCode::FactUnknown,
        ),
        (
            "incident-agent: db.read, seen pending",
            DenialCode::ConditionFails,
        ),
    ];
    for (what, code) in expected {
        assert_eq!(attempt(&story, what).code(), Some(code), "{what}");
    }
    assert!(attempt(&story, "incident-agent: db.read, seen open again").is_permitted());
    assert!(attempt(&story, "incident-agent: logs.read, which needs no ticket").is_permitted());
}

/// A permit rests on the fact as on everything else: its age ends it before the status would.
#[test]
fn the_permit_lives_as_long_as_the_fact_is_young() {
    let story = story();
    let scene = story
        .scene("The ticket is open")
        .expect("the scene is played");
    let until: Vec<_> = scene.attempts().filter_map(Attempt::until).collect();
    assert_eq!(until, [at(10, 6, 41), at(10, 10, 1), at(10, 10, 1)]);
}

#[test]
fn the_event_counts_by_notice_and_by_status_and_silence_ends_the_rest() {
    let story = story();
    let received = |what: &str| attempt(&story, &format!("incident-agent: db.read, {what}"));
    assert_eq!(
        received("at a replica that received only the next status").code(),
        Some(DenialCode::EventFired)
    );
    assert_eq!(received("at a replica cut off since 10:19").code(), None);
    let silent = received("at that replica, whose status is too old");
    assert_eq!(
        (silent.code(), silent.when),
        (Some(DenialCode::StatusStale), at(10, 24, 1))
    );
    assert!(
        silent.when <= at(10, 25, 1),
        "the bound: the event's time, five minutes, a second"
    );
}

/// The control: a database role knows of no ticket.
#[test]
fn a_role_would_have_read_on() {
    let story = story();
    let denied: Vec<&Attempt> = story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert_eq!(denied.len(), 7);
    assert!(denied.iter().all(|attempt| attempt.token_permits));
}

#[test]
fn the_example_agrees_with_itself() {
    let story = story();
    assert!(
        story
            .attempts()
            .all(|attempt| attempt.as_expected() && !attempt.why().is_empty())
    );
}
