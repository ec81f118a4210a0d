//! S10: $5K, $50K, no limit. The story is the example's own; here its verdicts are asserted.

#[path = "../../examples/spending/story.rs"]
mod story;

use crate::stage::{Attempt, Story, at};
use mandatum::DenialCode;
use std::sync::OnceLock;

fn told() -> &'static Story {
    static TOLD: OnceLock<Story> = OnceLock::new();
    TOLD.get_or_init(|| story::tell().expect("the story can be told"))
}

/// What was tried in a scene, and what came of it.
fn tried(scene: &str) -> Vec<(&'static str, Option<DenialCode>)> {
    let scene = told()
        .scene(scene)
        .unwrap_or_else(|| panic!("`{scene}` is played"));
    scene
        .attempts()
        .map(|attempt| (attempt.what.as_str(), attempt.code()))
        .collect()
}

/// By whoever would issue it, and by whoever is shown it, however little is paid; and the call that
/// shows it is one that the grant permits and the ceiling does not.
#[test]
fn a_grant_beyond_the_ceiling_is_refused_at_issue_and_when_forged() {
    let scene = "A grant of 10 000.00 for the system";
    let expected = [
        (
            "the issuer grants 10 000.00",
            Some(DenialCode::BeyondCeiling),
        ),
        (
            "buyer shows a forged grant of 10 000.00 and pays 10000.00",
            Some(DenialCode::BeyondCeiling),
        ),
        (
            "buyer shows a forged grant of 10 000.00 and pays 1.00",
            Some(DenialCode::BeyondCeiling),
        ),
    ];
    assert_eq!(tried(scene), expected);
    let facts: Vec<&str> = told()
        .scene(scene)
        .expect("the scene is played")
        .facts()
        .collect();
    assert_eq!(
        facts,
        ["the grant permits amount=7500, currency=\"USD\", the ceiling refuses it"; 3]
    );
}

#[test]
fn the_system_without_a_limit_is_capped_by_the_grant_and_a_euro_is_no_dollar() {
    let expected = [
        ("vendors: buyer pays 10000.00 USD", None),
        (
            "vendors: buyer pays 10000.01 USD",
            Some(DenialCode::ArgumentRefused),
        ),
        (
            "vendors: buyer pays 10.00 EUR",
            Some(DenialCode::ArgumentRefused),
        ),
        ("treasury: buyer pays 10000.00 USD", None),
        (
            "treasury: buyer pays 10000.01 USD",
            Some(DenialCode::ArgumentRefused),
        ),
        (
            "treasury: buyer pays 10.00 EUR",
            Some(DenialCode::ArgumentRefused),
        ),
        (
            "petty-cash: buyer shows the treasury's grant",
            Some(DenialCode::UnknownIssuer),
        ),
    ];
    assert_eq!(tried("The same grant for the others"), expected);
}

#[test]
fn twice_2600_passes_by_the_call_and_fails_in_all() {
    let by_the_call = [
        ("buyer pays 2600.00", None),
        ("buyer pays 2600.00", None),
        ("buyer pays 5000.01", Some(DenialCode::ArgumentRefused)),
    ];
    assert_eq!(
        tried("At most 5 000.00 a call").first_chunk(),
        Some(&by_the_call)
    );
    let exhausted = Some(DenialCode::BudgetExhausted);
    let in_all = [
        ("buyer pays 2600.00", None),
        ("buyer pays 2600.00", exhausted),
        ("buyer pays 2400.00", None),
        ("buyer pays 0.01", exhausted),
        ("buyer pays 0.02", exhausted),
    ];
    assert_eq!(tried("At most 5 000.00 a call, and"), in_all);
}

#[test]
fn two_of_three_sign_this_very_call() {
    let expected = [
        ("buyer pays 1000.00, and nobody signed", None),
        (
            "buyer pays 2600.00, and nobody signed",
            Some(DenialCode::ApprovalsMissing),
        ),
        (
            "buyer pays 2600.00, and ada signed",
            Some(DenialCode::ApprovalsMissing),
        ),
        (
            "buyer pays 2600.00, and ada signed twice",
            Some(DenialCode::ApprovedTwice),
        ),
        (
            "buyer pays 2600.00, and ada and a stranger signed",
            Some(DenialCode::ApprovalByStranger),
        ),
        (
            "buyer pays 2600.01 with what both signed",
            Some(DenialCode::ApprovalForAnotherCall),
        ),
        ("buyer pays 2600.00 with what both signed", None),
        (
            "buyer pays 2600.00 once more, with the same",
            Some(DenialCode::AlreadyDecided),
        ),
        (
            "buyer pays 2600.00 a second time, with the same",
            Some(DenialCode::ApprovalForAnotherCall),
        ),
        (
            "buyer pays 2600.00 with what both signed, too late",
            Some(DenialCode::ApprovalExpired),
        ),
    ];
    assert_eq!(tried("Above 1 000.00"), expected);
    let signed = told()
        .attempts()
        .find(|attempt| attempt.what == "buyer pays 2600.00 with what both signed");
    assert_eq!(
        signed.and_then(Attempt::until),
        Some(at(10, 5, 0)),
        "no longer than the approvals"
    );
}

/// The control: a token with the scope of paying knows no amount, no currency, no sum and no
/// approver.
#[test]
fn a_token_would_have_let_all_through_but_another_systems() {
    let denied: Vec<&Attempt> = told()
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    let (through, stopped): (Vec<&Attempt>, Vec<_>) = denied
        .into_iter()
        .partition(|attempt| attempt.token_permits);
    assert_eq!(
        stopped
            .iter()
            .map(|attempt| attempt.code())
            .collect::<Vec<_>>(),
        [Some(DenialCode::UnknownIssuer)]
    );
    assert_eq!(through.len(), 19);
}

#[test]
fn the_example_agrees_with_itself() {
    assert!(
        told()
            .attempts()
            .all(|attempt| attempt.as_expected() && !attempt.why().is_empty())
    );
}
