//! S7: the merge point. The story is the example's own; here its verdicts are asserted.

#[path = "../../examples/merge_point/story.rs"]
pub(crate) mod story;

use crate::stage::{Agent, Attempt, Company, Grant, Refusal, Story, Terms, at};
use crate::told::attempt;
use mandatum::graph::{Merge, MergeError, merge};
use mandatum::powers::CoverageGap;
use mandatum::{
    Capability, DenialCode, Effect, Life, Limits, Powers, SigningKey, VerifiedChain, Verifier,
};

fn story() -> Story {
    story::tell().expect("the story can be told")
}

/// Each with what was tried and the code that it met; `None` where it was permitted.
fn assert_codes(story: &Story, expected: &[(&str, Option<DenialCode>)]) {
    for (what, code) in expected {
        let attempt = attempt(story, what);
        assert_eq!(
            (attempt.code(), attempt.is_permitted()),
            (*code, code.is_none()),
            "{what}"
        );
    }
}

/// Branches hold {a, b} and {b, c}; the merge point by default holds {b}, and the limits that they
/// brought.
#[test]
fn the_merge_point_holds_what_both_branches_have() {
    let story = story();
    let facts: Vec<&str> = story
        .scene("One branch reads")
        .expect("the scene is played")
        .facts()
        .collect();
    let merged = facts
        .split(|fact| fact.starts_with("Where they merge"))
        .next_back()
        .expect("it is told");
    let expected = [
        "report.write(report = \"market\") up to write, delegable",
        "limit: signed calls only",
        "limit: after 2 other tasks",
    ];
    assert_eq!(merged, expected);
}

#[test]
fn asking_for_what_one_branch_lacks_is_refused_with_a_witness() {
    let story = story();
    for what in [
        "the coordinator merges them with customers.read and",
        "the coordinator merges them with press.publish",
    ] {
        let attempt = attempt(&story, what);
        assert_eq!(attempt.refusal(), Some(Refusal::NotMerged), "{what}");
        assert!(
            attempt
                .why()
                .contains("press.publish(channel=\"newswire\")"),
            "{}",
            attempt.why()
        );
    }
    assert_codes(
        &story,
        &[(
            "the coordinator delegates customers.export",
            Some(DenialCode::BeyondParent),
        )],
    );
}

#[test]
fn it_is_dormant_until_both_report_and_nobody_else_can_open_it() {
    let story = story();
    let closed = Some(DenialCode::BarrierClosed);
    assert_codes(
        &story,
        &[
            ("editor: report.write, nothing is done", closed),
            ("editor: report.write, 1000 strangers", closed),
            ("editor: report.write, the editor itself", closed),
            (
                "editor: report.write, research reports that publicity",
                closed,
            ),
            (
                "editor: report.write, research reports that research",
                closed,
            ),
            (
                "editor: report.write, publicity reports that publicity",
                None,
            ),
            ("editor: customers.read", Some(DenialCode::ToolNotPermitted)),
            ("editor: press.publish", Some(DenialCode::ToolNotPermitted)),
            (
                "research: customers.read, being done",
                Some(DenialCode::TaskEnded),
            ),
        ],
    );
    let scene = story.scene("Dormant").expect("the scene is played");
    assert!(
        scene
            .facts()
            .any(|fact| fact == "after the strangers' reports the register is as it was before")
    );
}

#[test]
fn the_one_who_minted_it_and_the_controller_speak_for_branches() {
    assert_codes(
        &story(),
        &[
            (
                "results: report.write, survey, re-bound",
                Some(DenialCode::BarrierClosed),
            ),
            (
                "results: report.write, the coordinator reports",
                Some(DenialCode::BarrierClosed),
            ),
            ("results: report.write, the controller reports", None),
            (
                "results: report.write, the coordinator takes survey back",
                Some(DenialCode::BarrierBroken),
            ),
        ],
    );
}

#[test]
fn a_failed_branch_breaks_what_needs_it_and_nothing_else() {
    assert_codes(
        &story(),
        &[
            (
                "signer: report.write, which needs both: tax reports that it failed",
                Some(DenialCode::BarrierBroken),
            ),
            (
                "signer: report.write, which needs both: legal is done",
                Some(DenialCode::BarrierBroken),
            ),
            (
                "signer: report.write, which needs both: tax reports that it is done",
                Some(DenialCode::BarrierBroken),
            ),
            (
                "summary: report.write, which needs one: tax",
                Some(DenialCode::BarrierClosed),
            ),
            ("summary: report.write, which needs one: legal", None),
        ],
    );
}

/// One of two is done at 10:56 already, and the deadline is eleven.
#[test]
fn a_quorum_opens_at_the_deadline_and_not_a_second_earlier() {
    let story = story();
    let [done, before, deadline] = ["europe is done", "a second before", "at the deadline"]
        .map(|when| attempt(&story, &format!("digest: report.write, {when}")));
    assert_eq!(
        [done.when, before.when, deadline.when],
        [at(10, 56, 0), at(10, 59, 59), at(11, 0, 0)]
    );
    assert_eq!(
        [done.code(), before.code()],
        [Some(DenialCode::BarrierClosed); 2]
    );
    assert!(deadline.is_permitted());
    assert!(
        attempt(&story, "asia: report.write, given up").is_permitted(),
        "a deadline ends no branch"
    );
}

/// A branch that may not pass something on keeps the merge point from passing it on, whatever is
/// asked for.
#[test]
fn what_a_branch_may_not_pass_on_stops_at_the_merge_point() {
    let write = |delegable: bool| {
        let capability = Capability::new("report.write", Effect::Write).expect("a capability");
        Powers::new([if delegable {
            capability.allow_delegation()
        } else {
            capability
        }])
        .expect("powers")
    };
    let terms = |agent, seed, powers, hops| Terms {
        agent,
        seed,
        powers,
        limits: Limits::none(),
        hops,
        from: at(9, 0, 0),
        until: at(17, 0, 0),
    };
    let company = Company::new("https://northwind.example", write(true)).expect("a company");
    let grant = Grant {
        person: "dana@northwind.example",
        purpose: ["report", "market", "Write the market report."],
        task: "market-report",
        life: Life::ExpiryOnly,
    };
    let coordinator = company
        .grants(grant, terms("coordinator", 1, write(true), 3))
        .expect("a root");
    let verifier = Verifier::new([company.anchor])
        .expect("a verifier")
        .dangerous_effects_as_stated();
    let verified = |agent: &Agent| verifier.verify(&agent.chain).expect("the chain verifies");
    let [free, bound] = [(2, true), (3, false)].map(|(seed, delegable)| {
        verified(
            &coordinator
                .delegates(terms("writer", seed, write(delegable), 0))
                .expect("a child"),
        )
    });
    let editor = SigningKey::from_seed(&[4; 32]).public();
    let merged = |branches: &[VerifiedChain], powers: Option<Powers>| {
        let terms = Merge::new([4; 16], editor, at(17, 0, 0)).with_hops(1);
        let terms = powers.into_iter().fold(terms, Merge::with_powers);
        merge(&verified(&coordinator), branches, terms, at(9, 0, 0))
            .map(|child| child.claims().link.powers.clone())
    };
    let both = [free.clone(), bound];
    assert_eq!(
        merged(&both, None),
        Ok(write(false)),
        "the default is what both may do with it"
    );
    assert_eq!(merged(&both, Some(write(false))), Ok(write(false)));
    let beyond = merged(&both, Some(write(true))).map_err(|error| match error {
        MergeError::BeyondBranch {
            branch,
            not_covered,
        } => (branch, not_covered.gap),
        other => panic!("{other}"),
    });
    assert_eq!(beyond, Err((1, CoverageGap::NotDelegable)));
    assert_eq!(
        merged(&[free], Some(write(true))),
        Ok(write(true)),
        "the control: the other branch alone"
    );
}

/// Each owner's chain permits a copy within its own files, and half of a copy across.
#[test]
fn two_halves_are_no_whole() {
    let story = story();
    assert!(attempt(&story, "courier: files.copy(from=\"northwind/figures\"").is_permitted());
    assert!(attempt(&story, "courier: files.copy(from=\"contoso/figures\"").is_permitted());
    let choice = attempt(&story, "courier looks for a chain");
    assert_eq!(choice.refusal(), Some(Refusal::NoChain));
    for reason in [
        ": the root: argument `to` has",
        ": the root: argument `from` has",
    ] {
        assert!(choice.why().contains(reason), "{}", choice.why());
    }
    let refused = Some(DenialCode::ArgumentRefused);
    assert_codes(
        &story,
        &[
            (
                "courier tries it with that of https://northwind.example",
                refused,
            ),
            (
                "courier tries it with that of https://contoso.example",
                refused,
            ),
        ],
    );
}

/// The control: a token with the scopes of the whole team, valid until five.
#[test]
fn a_token_would_have_let_all_of_it_through() {
    let story = story();
    let denied: Vec<&Attempt> = story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert_eq!(denied.len(), 30);
    assert!(
        denied
            .iter()
            .all(|attempt| attempt.token_permits && attempt.when < at(17, 0, 0))
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
