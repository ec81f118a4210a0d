//! S8: stragglers, as the story of the merge point ends.

use crate::s7_merge_point::story;
use crate::stage::{Scene, Story, at};
use crate::told::attempt;
use mandatum::{DenialCode, Seconds};

fn story() -> Story {
    story::tell().expect("the story can be told")
}

#[test]
fn a_straggler_is_refused_from_the_second_in_which_its_wave_closes() {
    let story = story();
    let (before, close) = (
        attempt(&story, "asia: report.write, a second before"),
        attempt(&story, "asia: report.write, as it closes"),
    );
    assert_eq!((before.when, before.code()), (at(11, 4, 59), None));
    assert_eq!(
        (close.when, close.code()),
        (at(11, 5, 0), Some(DenialCode::WaveClosed))
    );
}

/// A permit in the drain says that it ends with it, and one that waited in a queue is refused then.
#[test]
fn a_straggler_that_drains_is_permitted_until_it_is_drained() {
    let story = story();
    let last = attempt(&story, "archive: report.write, in the last second");
    assert_eq!(
        (last.when, last.until()),
        (at(11, 6, 59), Some(at(11, 7, 0)))
    );
    for what in [
        "archive: report.write, drained",
        "a queue runs archive's second report.write",
    ] {
        let drained = attempt(&story, what);
        assert_eq!(
            (drained.when, drained.code()),
            (at(11, 7, 0), Some(DenialCode::WaveClosed)),
            "{what}"
        );
    }
}

/// The end of a wave is stated as all else is: a server without it goes by the last status until
/// that is too old.
#[test]
fn the_end_of_a_wave_is_bounded_by_the_age_of_news() {
    let story = story();
    assert!(attempt(&story, "asia: report.write, there, the wave being over").is_permitted());
    let silent = attempt(&story, "asia: report.write, there, on a status too old");
    assert_eq!(silent.code(), Some(DenialCode::StatusStale));
    assert!(silent.when <= at(11, 5, 0).plus(Seconds::minutes(5)).plus(Seconds::new(1)));
}

#[test]
fn a_call_that_was_queued_for_hours_is_too_old() {
    let story = story();
    let late = attempt(&story, "coordinator: report.write, signed at 09:15:00");
    assert_eq!(
        (late.when, late.code()),
        (at(13, 15, 0), Some(DenialCode::CallTooOld))
    );
    assert!(
        attempt(&story, "coordinator: report.write, signed now").is_permitted(),
        "the same call, signed now"
    );
}

/// The control: a token knows of no wave and is not bound to the time of a call.
#[test]
fn a_token_would_have_let_the_stragglers_through() {
    let story = story();
    let scenes = ["The wave closes", "A server that never", "A call queued"];
    let scenes: Vec<&Scene> = scenes
        .map(|title| story.scene(title).expect("the scene is played"))
        .into();
    let denied = |scene: &&Scene| {
        let attempts = scene.attempts().filter(|attempt| !attempt.is_permitted());
        attempts
            .map(|attempt| attempt.token_permits)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        scenes.iter().flat_map(denied).collect::<Vec<_>>(),
        [true; 5]
    );
}
