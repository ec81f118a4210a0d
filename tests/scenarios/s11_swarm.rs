//! S11: thousands of ephemeral agents. The story is the example's own, with fewer agents; here its
//! numbers and verdicts are asserted.

#[path = "../../examples/swarm/story.rs"]
mod story;

use crate::stage::Attempt;
use mandatum::DenialCode;
use mandatum::ledger::Balance;
use mandatum::primitives::Number;
use std::sync::OnceLock;
use std::time::Duration;
use story::Told;

const AGENTS: usize = 400;

fn told() -> &'static Told {
    static TOLD: OnceLock<Told> = OnceLock::new();
    TOLD.get_or_init(|| with_threads(4))
}

/// The story without a stopwatch.
fn with_threads(threads: usize) -> Told {
    story::tell(AGENTS, threads, &|| Duration::ZERO).expect("the story can be told")
}

/// Of a round, what was tried and how often it met which verdict.
type Counted = (&'static str, Vec<(Option<DenialCode>, usize)>);

fn counts(told: &Told) -> Vec<Counted> {
    let verdicts = |round: &story::Round| {
        round
            .verdicts
            .iter()
            .map(|(code, calls)| (*code, *calls))
            .collect()
    };
    told.rounds
        .iter()
        .map(|round| (round.what, verdicts(round)))
        .collect()
}

/// 400 agents have 300 dollars for records of half a dollar; 40 of the first 400 purchases are
/// given back, so 240 more fit.
#[test]
fn every_call_has_its_verdict() {
    let expected = [
        ("buys a record", vec![(None, 400)]),
        (
            "sends that call again",
            vec![(Some(DenialCode::AlreadyDecided), 400)],
        ),
        ("buys one in EUR", vec![(Some(DenialCode::WrongUnit), 400)]),
        (
            "buys a second one",
            vec![(None, 240), (Some(DenialCode::BudgetExhausted), 160)],
        ),
        (
            "buys one after the end",
            vec![(Some(DenialCode::MissionEnded), 400)],
        ),
        (
            "buys one after a minute",
            vec![(Some(DenialCode::Expired), 400)],
        ),
    ];
    assert_eq!(counts(told()), expected);
}

#[test]
fn the_budget_is_spent_to_the_last_cent_and_not_one_more() {
    for threads in [1, 2, 4, 8] {
        let told = with_threads(threads);
        let most = Number::from(300);
        assert_eq!(
            (told.most, told.balance),
            (
                most,
                Balance {
                    spent: most,
                    held: Number::ZERO
                }
            ),
            "{threads} threads"
        );
        assert_eq!(told.permitted, most, "{threads} threads");
    }
}

#[test]
fn whoever_comes_later_gets_nothing_and_the_end_is_the_leads_too() {
    let codes: Vec<Option<DenialCode>> = told().story.attempts().map(Attempt::code).collect();
    let expected = [
        DenialCode::BudgetExhausted,
        DenialCode::AlreadyDecided,
        DenialCode::WrongUnit,
        DenialCode::ToolNotPermitted,
        DenialCode::Expired,
        DenialCode::MissionEnded,
    ];
    assert_eq!(codes, expected.map(Some));
}

/// The control: tokens with the same scope and the same minute, each good for itself, spend every
/// time they are shown.
#[test]
fn tokens_would_have_spent_more_than_three_times_as_much() {
    assert_eq!(told().token, Number::from(1000));
    let through = told()
        .story
        .attempts()
        .filter(|attempt| attempt.token_permits)
        .count();
    assert_eq!(
        through, 4,
        "all but another tool, and what comes after the minute"
    );
}

#[test]
fn the_example_agrees_with_itself() {
    assert!(told().as_expected());
    assert!(
        told()
            .story
            .attempts()
            .all(|attempt| attempt.as_expected() && !attempt.why().is_empty())
    );
    assert!(
        !told()
            .story
            .scenes
            .iter()
            .flat_map(|scene| scene.facts())
            .any(|fact| fact.contains("a second, here"))
    );
}
