//! S4: rotation at three. The story is the example's own; here its verdicts are asserted.

#[path = "../../examples/rotation/story.rs"]
mod story;

use crate::stage::{Attempt, Refusal, Story};
use crate::told::attempt;
use mandatum::DenialCode;

fn story() -> Story {
    story::tell().expect("the story can be told")
}

/// Whoever is asked for a new key asks its register first, and no register knows that the mission
/// goes on.
#[test]
fn no_new_key_for_a_cancelled_mission() {
    let story = story();
    let expected = [
        (
            "the vault asks, where the end was received",
            "mission nightly-reconciliation was revoked",
        ),
        (
            "the vault asks, where 13:59 was received last",
            "the status of mission nightly-reconciliation is as of",
        ),
        (
            "the vault asks, where nothing was received",
            "no status of mission nightly-reconciliation",
        ),
        (
            "to the one who re-binds",
            "the status of mission nightly-reconciliation is as of",
        ),
    ];
    for (what, sentence) in expected {
        let attempt = attempt(&story, what);
        assert_eq!(attempt.refusal(), Some(Refusal::NotRebound), "{what}");
        assert!(attempt.why().starts_with(sentence), "{}", attempt.why());
    }
}

#[test]
fn mandate_made_by_hand_is_refused_for_what_it_is() {
    let story = story();
    let expected = [
        (
            "the new key is written over the old",
            DenialCode::BadSignature,
        ),
        (
            "the same, signed again with the new key",
            DenialCode::BadSignature,
        ),
        (
            "the new key signs a call under the old mandate",
            DenialCode::NotTheHolder,
        ),
        (
            "a scheduler that asks nobody mints a true mandate",
            DenialCode::MissionEnded,
        ),
    ];
    for (what, code) in expected {
        assert_eq!(attempt(&story, what).code(), Some(code), "{what}");
    }
}

#[test]
fn replaying_yesterdays_status_changes_nothing() {
    let story = story();
    let expected = [
        (
            "to a server that received the end",
            DenialCode::MissionEnded,
        ),
        (
            "to a server that received nothing else",
            DenialCode::StatusStale,
        ),
        ("stapled to the call itself", DenialCode::StatusStale),
    ];
    for (what, code) in expected {
        assert_eq!(attempt(&story, what).code(), Some(code), "{what}");
    }
}

#[test]
fn an_active_missions_mandate_moves_to_the_new_key_and_gains_nothing() {
    let story = story();
    assert!(attempt(&story, "the vault asks for a mandate on the new key").is_permitted());
    assert!(attempt(&story, "the reconciler works on with the new key").is_permitted());
    let facts: Vec<&str> = story
        .scene("Had the mission been")
        .expect("the scene is played")
        .facts()
        .collect();
    let same = "its expiry is the same, its limits are the same, its powers are the same, its task is the same";
    assert!(facts.contains(&same), "{facts:?}");
}

/// An end of the mandate that was replaced ends the one that replaces it.
#[test]
fn what_ends_the_replaced_ends_the_replacement() {
    let story = story();
    for what in [
        "the reconciler, with the new key",
        "the reconciler, with the old key",
    ] {
        assert_eq!(
            attempt(&story, what).code(),
            Some(DenialCode::TaskEnded),
            "{what}"
        );
    }
}

/// The control: a token is refreshed for whoever shows the credentials, at three as at any hour.
#[test]
fn a_token_would_have_been_refreshed() {
    let story = story();
    let denied: Vec<&Attempt> = story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert_eq!(denied.len(), 14);
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
