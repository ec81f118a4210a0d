//! S13: discovery at run time. The story is the example's own; here its verdicts are asserted.

#[path = "../../examples/discovery/story.rs"]
mod story;

use crate::stage::{Attempt, Event, Refusal, Story, at};
use crate::told::{attempt, facts, verdicts};
use mandatum::DenialCode;
use mandatum::denial::AccessRequest;
use mandatum::json::JsonForm;

fn story() -> Story {
    story::tell().expect("the story can be told")
}

#[test]
fn it_starts_with_nothing() {
    assert_eq!(
        attempt(&story(), "explorer looks for a chain").refusal(),
        Some(Refusal::NoChain)
    );
}

/// Every step is permitted with just what was planned, and no person is asked.
#[test]
fn it_never_stalls_inside() {
    let story = story();
    let scene = story.scene("Each step").expect("the scene is played");
    let inside = scene
        .events
        .iter()
        .take_while(|event| !matches!(event, Event::Fact(fact) if fact.starts_with("in all")));
    let inside: Vec<&Attempt> = inside
        .filter_map(|event| match event {
            Event::Attempt(attempt) => Some(attempt),
            Event::Fact(_) => None,
        })
        .collect();
    assert_eq!(inside.len(), 7, "three plans and four calls");
    assert!(inside.iter().all(|attempt| attempt.is_permitted()));
    let expected = [
        "until 10:05:00: tickets.read(ticket = \"acme/T-17\") up to read",
        "until 10:06:00: orders.read(order = \"acme/O-4\") up to read",
        "until 10:06:00: parcels.track(parcel = \"acme/P-9\") up to read",
        "until 10:07:00: orders.read(order = \"acme/O-4\") up to read",
        "in all these steps ines@northwind.example was asked 0 times",
    ];
    assert_eq!(facts(&story, "Each step"), expected);
}

#[test]
fn a_step_is_good_for_itself_alone() {
    let story = story();
    let expected = [
        (
            "explorer: parcels.track on acme/P-9, of the step before",
            DenialCode::ToolNotPermitted,
            at(10, 2, 30),
        ),
        (
            "explorer passes its step on",
            DenialCode::TooManyHops,
            at(10, 2, 30),
        ),
        (
            "explorer: orders.read on acme/O-4, five minutes",
            DenialCode::Expired,
            at(10, 7, 0),
        ),
    ];
    for (what, code, when) in expected {
        let attempt = attempt(&story, what);
        assert_eq!((attempt.code(), attempt.when), (Some(code), when), "{what}");
    }
}

/// Outside the step it is told no, and what to ask for; the answer is a further mandate for just
/// that.
#[test]
fn what_a_parent_has_it_answers_with_a_child() {
    let story = story();
    let scene = "Beyond the step";
    let expected = [
        (
            "explorer: orders.read on acme/O-5",
            Some(DenialCode::ArgumentRefused),
        ),
        ("explorer: orders.read on acme/O-5, under the answer", None),
        (
            "explorer: orders.read on acme/O-4, under the answer",
            Some(DenialCode::ArgumentRefused),
        ),
        (
            "explorer plans to compare the order with one of globex",
            None,
        ),
    ];
    assert_eq!(verdicts(&story, scene), expected);
    assert_eq!(
        attempt(&story, "explorer plans to compare").refusal(),
        Some(Refusal::NotPlanned)
    );

    let sent = facts(&story, scene)
        .into_iter()
        .find_map(|fact| fact.strip_prefix("explorer sends the lead: "));
    let request = AccessRequest::from_json(sent.expect("it is sent")).expect("a request");
    assert_eq!(
        request.powers.to_string(),
        "orders.read(order = \"acme/O-5\") up to read"
    );
    assert_eq!(request.task.as_str(), "complaint-17/compare-orders");
    assert_eq!(
        request.holder.name.as_ref().map(mandatum::Label::as_str),
        Some("explorer")
    );
}

#[test]
fn what_no_parent_has_the_person_answers_with_a_new_root() {
    let expected = [
        (
            "explorer: orders.refund on acme/O-4",
            Some(DenialCode::ToolNotPermitted),
        ),
        (
            "the lead answers with a child that refunds",
            Some(DenialCode::BeyondParent),
        ),
        (
            "explorer: orders.refund on acme/O-4, under the new root",
            None,
        ),
        (
            "explorer: orders.refund on acme/O-5, under the new root",
            Some(DenialCode::ArgumentRefused),
        ),
        (
            "explorer: orders.read on acme/O-4, under the new root",
            Some(DenialCode::ToolNotPermitted),
        ),
    ];
    assert_eq!(verdicts(&story(), "Beyond the lead"), expected);
}

/// After the yes the step's mandate is the one that asked before it, and as good as it was.
#[test]
fn nothing_is_widened() {
    let story = story();
    let scene = "The old mandates";
    let denied = Some(DenialCode::ToolNotPermitted);
    let expected = [
        ("explorer: orders.refund on acme/O-4", denied),
        ("lead: orders.refund on acme/O-4", denied),
        (
            "explorer: orders.read on acme/O-4, five minutes after its step began",
            Some(DenialCode::Expired),
        ),
    ];
    assert_eq!(verdicts(&story, scene), expected);
    let facts = facts(&story, scene);
    let [old, new] = [
        "the same mandate is denied as before the yes: ",
        "the new one is ",
    ]
    .map(|said| {
        facts
            .iter()
            .find_map(|fact| fact.strip_prefix(said))
            .expect("it is told")
    });
    assert_ne!(old, new);
    assert!(
        facts.contains(
            &"the step has no refund, it has orders.read(order = \"acme/O-4\") up to read"
        )
    );
    assert!(
        facts
            .iter()
            .any(|fact| fact.starts_with("the lead has no refund"))
    );
}

#[test]
fn beyond_the_ceiling_no_request_helps() {
    let story = story();
    let scene = "Beyond the ceiling";
    let beyond = Some(DenialCode::BeyondCeiling);
    let expected = [
        (
            "explorer: orders.delete on acme/O-4",
            Some(DenialCode::ToolNotPermitted),
        ),
        ("ines@northwind.example says yes to that, too", beyond),
        (
            "explorer: orders.delete, under a root issued without regard to the ceiling",
            beyond,
        ),
    ];
    assert_eq!(verdicts(&story, scene), expected);
    assert_eq!(
        facts(&story, scene),
        ["the server offers nothing to ask for"]
    );
}

/// The control: a token with the scopes that support has all day.
#[test]
fn a_token_would_have_let_all_of_it_through() {
    let story = story();
    let denied: Vec<&Attempt> = story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert_eq!(denied.len(), 16);
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
