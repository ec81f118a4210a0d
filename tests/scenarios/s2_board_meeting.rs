//! S2: the CFO's research agent. The story is the example's own; here its verdicts are asserted.

#[path = "../../examples/board_meeting/story.rs"]
mod story;

use crate::stage::{Attempt, Refusal, Story, at};
use crate::told::attempt;
use mandatum::{DenialCode, Seconds, Timestamp};

fn story() -> Story {
    story::tell().expect("the story can be told")
}

fn permitted_in(story: &Story, scene: &str) -> Vec<(String, Option<Timestamp>)> {
    let scene = story.scene(scene).expect("the scene is played");
    scene
        .attempts()
        .map(|attempt| {
            (
                attempt
                    .what
                    .split('(')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                attempt.until(),
            )
        })
        .collect()
}

/// 13:59: everything is permitted, each until the status it rests on is too old for it: one second
/// past its age.
#[test]
fn before_the_end_a_permit_says_until_when() {
    let until = |minute, second| Some(at(14, minute, second));
    assert_eq!(
        permitted_in(&story(), "Before two o'clock"),
        [
            ("research-agent: filings.read".into(), until(9, 1)),
            ("research-agent: notes.write".into(), until(2, 1)),
            ("research-agent: briefing.send".into(), until(0, 1)),
            ("filings-reader: filings.read".into(), until(9, 1)),
            ("chart-reader: filings.read".into(), until(9, 1)),
        ]
    );
}

#[test]
fn after_the_end_each_server_refuses_for_what_it_knows() {
    let story = story();
    let expected = [
        (
            "the queue runs the second briefing.send",
            DenialCode::MissionEnded,
        ),
        (
            "research-agent, at a server that received the end",
            DenialCode::MissionEnded,
        ),
        (
            "research-agent, at a server whose status is of 13:50",
            DenialCode::StatusStale,
        ),
        (
            "research-agent, at a server without any status",
            DenialCode::StatusMissing,
        ),
        ("filings-reader, spawned at 13:58", DenialCode::MissionEnded),
        ("chart-reader, spawned at 13:58", DenialCode::MissionEnded),
        (
            "research-agent, with that heartbeat",
            DenialCode::StatusStale,
        ),
    ];
    for (what, code) in expected {
        assert_eq!(attempt(&story, what).code(), Some(code), "{what}");
    }
}

#[test]
fn the_controller_says_nothing_more_of_an_ended_mission() {
    let story = story();
    for what in [
        "someone asks the controller to keep",
        "someone asks it to begin",
    ] {
        assert_eq!(
            attempt(&story, what).refusal(),
            Some(Refusal::NotSigned),
            "{what}"
        );
    }
    let facts: Vec<&str> = story
        .scene("Refreshing")
        .expect("the scene is played")
        .facts()
        .collect();
    assert_eq!(
        facts,
        ["a heartbeat at 14:05:30 speaks of: quarterly-audit"]
    );
}

/// The ages of its last status run out: what can't be taken back first, reads last, each before the
/// bound.
#[test]
fn a_server_that_is_cut_off_falls_silent_by_itself() {
    let story = story();
    let ages = [
        ("briefing.send", 60),
        ("notes.write", 180),
        ("filings.read", 600),
    ];
    let silent = ages.map(|(tool, age)| {
        let silent = attempt(&story, &format!("research-agent: {tool}, a second later"));
        assert_eq!(silent.code(), Some(DenialCode::StatusStale));
        let bound = at(14, 0, 0).plus(Seconds::new(age)).plus(Seconds::new(1));
        assert!(
            silent.when <= bound,
            "{tool} is still permitted at the bound"
        );
        silent.when
    });
    assert_eq!(silent, [at(14, 0, 1), at(14, 2, 1), at(14, 9, 1)]);
}

/// The control: a token that expires at 18:00 would have let every one of those calls through.
#[test]
fn a_token_would_have_let_all_of_it_through() {
    let story = story();
    let denied: Vec<&Attempt> = story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert!(denied.len() >= 12);
    assert!(
        denied
            .iter()
            .all(|attempt| attempt.token_permits && attempt.when < at(18, 0, 0))
    );
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
