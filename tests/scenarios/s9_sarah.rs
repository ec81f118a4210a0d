//! S9: one person, five systems, three owners. The story is the example's own; here its verdicts
//! are asserted. And the small case: one owner, one system, one agent.

#[path = "../../examples/sarah/story.rs"]
mod story;

use crate::stage::{Attempt, Company, Grant, Refusal, Server, Story, Terms, at, call, only};
use crate::told::{facts, verdicts};
use mandatum::guard::{GuardError, ReceivedCall, StoreError};
use mandatum::{Action, DenialCode, Effect, Guard, Life, Limits, MemoryLedger, Powers, SigningKey};

fn story() -> Story {
    story::tell().expect("the story can be told")
}

/// Four systems get the name that is theirs; the fifth is not in the root of its owner.
#[test]
fn each_system_sees_its_own_name_of_her() {
    let story = story();
    let scene = "Each system sees";
    assert_eq!(
        verdicts(&story, scene)
            .iter()
            .filter(|(_, code)| code.is_none())
            .count(),
        4
    );
    let expected = [
        "salesforce acts for 0055g-SLIND",
        "hubspot acts for contact-88213",
        "github acts for sarah-codes",
        "jira acts for slind2",
        "whoever sees the bytes of the root from Sales reads 0055g-SLIND",
        "whoever sees the bytes of the root from Marketing reads contact-88213",
        "whoever sees the bytes of the root from IT reads sarah-codes, slind2",
    ];
    assert_eq!(facts(&story, scene), expected);
    let names = "sarah@northwind.example is 0055g-SLIND in salesforce, contact-88213 in hubspot, sarah-codes in github, \
                 slind2 in jira, nw-prod/sarah.l in aws";
    assert_eq!(facts(&story, "One person").first(), Some(&names));
}

#[test]
fn a_name_is_neither_guessed_nor_given_by_another_owner() {
    let expected = [
        (
            "assistant at aws: s3.get on acme-quotes",
            Some(DenialCode::AliasMissing),
        ),
        (
            "IT issues a root with her name in salesforce",
            Some(DenialCode::AliasOfAnother),
        ),
        (
            "assistant: shows github such a root, issued all the same",
            Some(DenialCode::AliasOfAnother),
        ),
    ];
    assert_eq!(verdicts(&story(), "Where she has no name"), expected);
}

#[test]
fn sales_does_not_control_hubspot() {
    let expected = [
        (
            "Sales issues a root for hubspot",
            Some(DenialCode::BeyondCeiling),
        ),
        (
            "assistant: shows hubspot such a root, issued all the same",
            Some(DenialCode::UnknownIssuer),
        ),
        (
            "assistant: shows it to a server that trusts all three owners",
            Some(DenialCode::BeyondCeiling),
        ),
        (
            "assistant: shows hubspot what Sales did grant",
            Some(DenialCode::UnknownIssuer),
        ),
    ];
    assert_eq!(verdicts(&story(), "Sales grants"), expected);
}

/// The assistant finds a chain for what was granted, and none for what was not; of each it learns
/// why not.
#[test]
fn the_forgotten_bucket_is_in_no_chain() {
    let story = story();
    let scene = "An old bucket";
    assert_eq!(facts(&story, scene), ["the one of Sales", "the one of IT"]);
    let bucket = story
        .attempt("assistant looks for a chain for s3.get on crm-dump-2019")
        .expect("it is looked for");
    assert_eq!(bucket.refusal(), Some(Refusal::NoChain));
    let expected = [
        "not chain 1: the root: valid at `https://salesforce.example`, not at `https://aws.example`",
        "not chain 2: the root: valid at `https://hubspot.example`, not at `https://aws.example`",
        "not chain 3: the root: argument `bucket` has a value that is not permitted",
    ];
    assert_eq!(bucket.why(), expected.join("; "));
}

/// One after the other: whom it is for, every holder with its task and what it received, the tool.
#[test]
fn the_trace_shows_what_everyone_received() {
    let story = story();
    let told = facts(&story, "Who stands behind").join("\n");
    let expected = [
        "sarah@northwind.example",
        "→ assistant",
        "acme-renewal",
        "salesforce.read(account = \"acme\") up to read, delegable",
        "→ crm-reader",
        "acme-renewal/crm-reader",
        "salesforce.read(account = \"acme\") up to read",
        "→ salesforce.read",
    ];
    let mut rest = told.as_str();
    for part in expected {
        (_, rest) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("`{part}` is not there, or not in its place:\n{told}"));
    }
    assert_eq!(rest, "", "nothing comes after the tool");
}

#[test]
fn one_notice_ends_it_at_every_owners() {
    let story = story();
    let verdicts = verdicts(&story, "The renewal is signed");
    assert_eq!(
        verdicts.iter().map(|(_, code)| *code).collect::<Vec<_>>(),
        [Some(DenialCode::MissionEnded); 3]
    );
}

/// The control: the session that Sarah is signed in with is good for all five, and so are the
/// agents that have it.
#[test]
fn her_own_session_would_have_let_all_of_it_through() {
    let story = story();
    let denied: Vec<&Attempt> = story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert_eq!(denied.len(), 11);
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

/// The small case of the guide is compiled and run as it stands there; here its statements are
/// counted.
#[test]
fn the_small_case_takes_less_than_15_statements() {
    let guide = include_str!("../../src/guide/integration.md");
    let (_, small) = guide
        .split_once("# The small case")
        .expect("the guide has a small case");
    let (_, code) = small.split_once("```rust\n").expect("in Rust");
    let (code, _) = code.split_once("```").expect("the code ends");
    for step in ["issue(", "CallClaims::new(", "guard.run("] {
        assert!(code.contains(step), "{step}");
    }
    let statements: Vec<&str> = code
        .lines()
        .skip_while(|line| !line.starts_with("fn main"))
        .filter(|line| line.ends_with(';'))
        .collect();
    let found = statements.len();
    assert!(found < 15, "{found} statements: {statements:#?}");
    assert!(
        code.lines().all(|line| line.len() <= 100),
        "and no line of it is long"
    );
}

/// The tool of the small case runs for what was granted, once; not for another folder, another
/// tool, again, or too late.
#[test]
fn the_small_case_is_safe() {
    let work = only("notes.read", Effect::Read, "folder", "work").expect("a capability");
    let powers = Powers::new([work]).expect("powers");
    let company = Company::new("https://sarah.example", powers.clone()).expect("a company");
    let grant = Grant {
        person: "sarah",
        purpose: ["summary", "work", "Sum up my notes on work."],
        task: "notes",
        life: Life::ExpiryOnly,
    };
    let (agent, seed, limits, hops) = ("agent", 1, Limits::none(), 0);
    let (from, until) = (at(9, 0, 0), at(9, 10, 0));
    let agent = company
        .grants(
            grant,
            Terms {
                agent,
                seed,
                powers,
                limits,
                hops,
                from,
                until,
            },
        )
        .expect("a root");
    let notes = Server::new("https://notes.example", &company).expect("a server");
    let (ledger, key) = (MemoryLedger::new(10), SigningKey::from_seed(&[9; 32]));
    let guard = Guard::new(
        notes.verifier.clone(),
        notes.name.clone(),
        notes.register.clone(),
        ledger,
        key,
        |_| Ok(()),
    );
    let table = [
        (1, "notes.read", "work", from, None),
        (
            1,
            "notes.read",
            "work",
            from,
            Some(DenialCode::AlreadyDecided),
        ),
        (
            2,
            "notes.read",
            "private",
            from,
            Some(DenialCode::ArgumentRefused),
        ),
        (
            3,
            "notes.delete",
            "work",
            from,
            Some(DenialCode::ToolNotPermitted),
        ),
        (4, "notes.read", "work", until, Some(DenialCode::Expired)),
    ];
    let mut read = Vec::new();
    for (number, tool, folder, now, code) in table {
        let action = Action::new(tool, [("folder", folder)], Effect::Read).expect("an action");
        let proof = agent
            .proof(&call(number, &action), &notes, now)
            .expect("it can be signed")
            .to_bytes();
        let outcome = guard.run(
            &ReceivedCall::new(&proof, &action),
            || now,
            |_| {
                read.push((tool, folder));
                Ok::<_, StoreError>(())
            },
        );
        let met = match outcome {
            Err(GuardError::Denied(denial)) => Some(denial.code()),
            _ => None,
        };
        assert_eq!(met, code, "{tool} on {folder} at {now}");
        assert!(
            tool.starts_with("notes."),
            "a token with the scope `notes` permits each of them"
        );
    }
    assert_eq!(read, [("notes.read", "work")]);
}
