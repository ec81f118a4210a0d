//! S1: the quarterly business review. The story is the example's own; here its verdicts are
//! asserted.

#[path = "../../examples/qbr/story.rs"]
mod story;

use crate::stage::Attempt;
use mandatum::DenialCode;

fn attempts() -> Vec<(String, Option<DenialCode>, bool)> {
    let story = story::tell().expect("the story can be told");
    let told = |attempt: &Attempt| (attempt.what.clone(), attempt.code(), attempt.token_permits);
    story.attempts().map(told).collect()
}

fn code_of(attempts: &[(String, Option<DenialCode>, bool)], what: &str) -> Option<DenialCode> {
    let mut found = attempts
        .iter()
        .filter(|(tried, ..)| tried.starts_with(what));
    let (_, code, _) = found
        .next()
        .unwrap_or_else(|| panic!("nobody tried `{what}`"));
    assert!(found.next().is_none(), "`{what}` was tried more than once");
    *code
}

#[test]
fn every_abuse_is_refused_for_its_own_reason() {
    let attempts = attempts();
    let expected = [
        (
            "presentation-agent: crm.export",
            DenialCode::ToolNotPermitted,
        ),
        ("presentation-agent: crm.read", DenialCode::ToolNotPermitted),
        (
            "presentation-agent: http.post(url=\"https://collect.example",
            DenialCode::ArgumentRefused,
        ),
        (
            "presentation-agent: http.post(url=\"https://slides.example@",
            DenialCode::ArgumentNotCanonical,
        ),
        (
            "presentation-agent: slides.put(path=\"/decks/acme-qbr/../",
            DenialCode::ArgumentNotCanonical,
        ),
        (
            "orchestrator: crm.read(account=\"globex\")",
            DenialCode::ArgumentRefused,
        ),
        (
            "orchestrator mints a child with crm.export",
            DenialCode::BeyondParent,
        ),
        (
            "presentation-agent shows a child forged with crm.export",
            DenialCode::BeyondParent,
        ),
        (
            "presentation-agent shows its parent's mandate",
            DenialCode::NotTheHolder,
        ),
        ("someone repeats that very call", DenialCode::AlreadyDecided),
    ];
    for (what, code) in expected {
        assert_eq!(code_of(&attempts, what), Some(code), "{what}");
    }
}

#[test]
fn honest_work_is_permitted_until_its_own_window_closes() {
    let attempts = attempts();
    let permitted = attempts
        .iter()
        .filter(|(_, code, _)| code.is_none())
        .count();
    assert_eq!(permitted, 9);
    let closed = attempts
        .iter()
        .filter(|(_, code, _)| *code == Some(DenialCode::WindowClosed));
    let closed: Vec<&str> = closed.map(|(what, ..)| what.as_str()).collect();
    assert!(
        matches!(closed.as_slice(), [revenue, tickets] if revenue.contains("revenue") && tickets.contains("tickets"))
    );
}

/// With a status a minute old at every server, the end counts, and for both agents.
#[test]
fn with_the_review_delivered_nobody_may_go_on() {
    let attempts = attempts();
    let ended = attempts
        .iter()
        .filter(|(_, code, _)| *code == Some(DenialCode::MissionEnded));
    let ended: Vec<&str> = ended
        .filter_map(|(what, ..)| what.split('(').next())
        .collect();
    let expected = [
        "orchestrator: crm.read",
        "presentation-agent: slides.put",
        "presentation-agent: http.post",
    ];
    assert_eq!(ended, expected);
    let story = story::tell().expect("the story can be told");
    let facts: Vec<&str> = story
        .scene("The review is delivered")
        .expect("the scene is played")
        .facts()
        .collect();
    assert!(
        facts
            .iter()
            .any(|fact| fact.starts_with("the servers' last status is 60 s old")),
        "{facts:?}"
    );
}

/// The control: whatever is denied here, an ordinary scope check would have let through.
#[test]
fn a_bearer_scope_check_would_have_let_every_abuse_through() {
    let denied = attempts().into_iter().filter(|(_, code, _)| code.is_some());
    let (through, stopped): (Vec<_>, Vec<_>) = denied.partition(|(.., bearer)| *bearer);
    assert!(stopped.is_empty(), "{stopped:?}");
    assert!(through.len() >= 10);
}

/// The sub-agent's two refusals for a tool it lacks differ in who up the chain has it, and that is
/// computed.
#[test]
fn the_story_tells_who_could_have() {
    let story = story::tell().expect("the story can be told");
    let facts = |title: &str| -> Vec<String> {
        story
            .scene(title)
            .expect("the scene is played")
            .facts()
            .map(str::to_owned)
            .collect()
    };
    let powers = facts("A ticket carries an order");
    assert_eq!(
        powers,
        [
            "links whose powers permit it: none",
            "links whose powers permit it: the orchestrator's"
        ]
    );
    let missing = facts("The orchestrator strays");
    assert_eq!(
        missing,
        [
            "asking for crm.export, it learns what is missing: crm.export(account = \"acme\") up to read"
        ]
    );
}

#[test]
fn the_example_agrees_with_itself() {
    let story = story::tell().expect("the story can be told");
    let surprised = |attempt: &&Attempt| !attempt.as_expected() || attempt.why().is_empty();
    assert_eq!(story.attempts().filter(surprised).count(), 0);
    assert_eq!(
        story
            .attempts()
            .filter(|attempt| attempt.is_permitted())
            .count(),
        9
    );
}
