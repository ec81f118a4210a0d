//! The vectors: decisions as files, which any other implementation can check itself against. Each
//! is run through the very code of the `decide` example.
//!
//! The files are what `generate` makes: `MANDATUM_BLESS=1 cargo test --test vectors the_files`
//! writes them anew.

#![cfg(feature = "json")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../examples/decide/case.rs"]
#[allow(dead_code, reason = "a test explains nothing")]
mod case;

#[path = "vectors/generate/mod.rs"]
mod generate;

use case::{Case, Decision};
use mandatum::DenialCode;
use mandatum::denial::DenialKind;
use mandatum::json::JsonForm;
use mandatum::primitives::Value;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The codes that no case reaches.
const UNREACHED: &[(DenialCode, &str)] = &[
    (
        DenialCode::TooManyLinks,
        "a reader refuses a chain of 17 links before the rule is asked; only minting meets it",
    ),
    (
        DenialCode::TooLarge,
        "a reader refuses the bytes before the rule is asked; only minting meets it",
    ),
    (
        DenialCode::OtherConfiguration,
        "a case has one verifier, which verifies and decides",
    ),
    (
        DenialCode::CeilingRefuses,
        "the second lock: what the root permits is covered by the ceiling, or the chain is refused",
    ),
    (
        DenialCode::LedgerFull,
        "the ledger of a case has room for what the case says",
    ),
    (
        DenialCode::BeyondLedgerTerms,
        "the ledger of a case is on the terms of its verifier",
    ),
    (
        DenialCode::AnswerForAnotherCall,
        "the ledger of a case answers about the call it was asked about",
    ),
    (
        DenialCode::PermitExpired,
        "a case ends with a permit and starts nothing",
    ),
];

/// What a vector expects, and nothing else of it.
#[derive(Clone, Debug, Deserialize)]
struct Vector {
    expect: Expect,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Expect {
    decision: String,
    code: Option<String>,
    link: Option<i64>,
    outcome: Option<String>,
    valid_until: Option<u64>,
    #[serde(default, deserialize_with = "to_the_last_digit")]
    charges: Vec<Value>,
}

fn to_the_last_digit<'de, D: Deserializer<'de>>(read: D) -> Result<Vec<Value>, D::Error> {
    let charges = Vec::<Box<RawValue>>::deserialize(read)?;
    charges
        .iter()
        .map(|charge| Value::from_json(charge.get()).map_err(D::Error::custom))
        .collect()
}

impl Expect {
    /// What became of a case.
    fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Permit(permit) => Self {
                decision: "permit".to_owned(),
                code: None,
                link: None,
                outcome: None,
                valid_until: Some(permit.valid_until().as_unix()),
                charges: permit.charges().iter().map(JsonForm::to_value).collect(),
            },
            Decision::Deny(denial) => Self {
                decision: "deny".to_owned(),
                code: Some(denial.code().to_string()),
                link: denial.place().link(),
                outcome: denial.recorded().map(|recorded| recorded.to_string()),
                valid_until: None,
                charges: Vec::new(),
            },
        }
    }

    fn flipped(&self) -> Self {
        let decision = if self.decision == "permit" {
            "deny"
        } else {
            "permit"
        };
        Self {
            decision: decision.to_owned(),
            ..self.clone()
        }
    }
}

/// Decides a case and compares with what is expected of it.
fn run(text: &str, expected: &Expect) -> Result<(), String> {
    let case = Case::read(text).map_err(|error| format!("can't be read: {error}"))?;
    let found = Expect::of(&case.decide());
    if found == *expected {
        Ok(())
    } else {
        Err(format!("expected {expected:?}, found {found:?}"))
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Every file by its name.
fn files() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let json = paths.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    json.map(|path| {
        let name = path
            .file_name()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned();
        (
            name,
            std::fs::read_to_string(path).expect("the file can be read"),
        )
    })
    .collect()
}

fn expectation(text: &str) -> Expect {
    serde_json::from_str::<Vector>(text)
        .expect("a vector says what it expects")
        .expect
}

#[test]
fn every_vector_is_decided_as_it_says() {
    let wrong = |(name, text): (String, String)| {
        run(&text, &expectation(&text))
            .err()
            .map(|why| format!("{name}: {why}"))
    };
    let wrong: Vec<String> = files().into_iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Whether a caller receives a code, by the list in the docs of [`DenialCode`]; `None` where that
/// depends on what the code is about.
fn caller_receives(code: DenialCode) -> Option<bool> {
    use DenialCode as Code;
    match code.kind() {
        DenialKind::Malformed
        | DenialKind::WrongAudience
        | DenialKind::NotApproved
        | DenialKind::Replayed => Some(true),
        DenialKind::BrokenChain => Some(code != Code::AnchorKeyHeld),
        DenialKind::Untrusted => Some(matches!(code, Code::UnknownIssuer | Code::BadSignature)),
        DenialKind::OutOfTime if code == Code::NotYet => None,
        DenialKind::OutOfTime => Some(matches!(
            code,
            Code::IssuedInFuture | Code::Expired | Code::WindowClosed
        )),
        DenialKind::NotPermitted => {
            Some(!matches!(code, Code::CeilingRefuses | Code::AliasMissing))
        }
        DenialKind::NotPresented => Some(code != Code::AssertionNotAccepted),
        DenialKind::Undecidable if code == Code::OutOfWork => None,
        DenialKind::Undecidable
        | DenialKind::Ended
        | DenialKind::Suspended
        | DenialKind::Unconfirmed
        | DenialKind::Condition
        | DenialKind::Exhausted => Some(false),
    }
}

#[test]
fn a_caller_receives_the_codes_that_the_docs_list() {
    let (mut wrong, mut counted) = (BTreeSet::new(), [0; 2]);
    for text in files().into_values() {
        let Ok(case) = Case::read(&text) else {
            continue;
        };
        let Decision::Deny(denial) = case.decide() else {
            continue;
        };
        let (code, public) = (denial.code(), denial.public());
        let received = public.code != "Refused";
        counted[usize::from(received)] += 1;
        if received {
            assert_eq!(public.code, code.as_str());
        }
        if caller_receives(code).is_some_and(|listed| listed != received) {
            wrong.insert((code.as_str(), received));
        }
    }
    assert!(counted.iter().all(|count| *count > 100), "{counted:?}");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_vector_whose_expectation_is_turned_round_fails() {
    for (name, text) in files() {
        let expected = expectation(&text);
        assert!(run(&text, &expected.flipped()).is_err(), "{name}");
        let other_link = Expect {
            link: Some(expected.link.unwrap_or(-2) + 1),
            ..expected.clone()
        };
        assert!(run(&text, &other_link).is_err(), "{name}");
        let later = Expect {
            valid_until: Some(expected.valid_until.unwrap_or(0) + 1),
            ..expected.clone()
        };
        assert!(run(&text, &later).is_err(), "{name}");
        let outcome = if expected.outcome.is_none() {
            Some("done".to_owned())
        } else {
            None
        };
        assert!(
            run(
                &text,
                &Expect {
                    outcome,
                    ..expected.clone()
                }
            )
            .is_err(),
            "{name}"
        );
        let charged = [expected.charges.as_slice(), &[Value::Null]].concat();
        assert!(
            run(
                &text,
                &Expect {
                    charges: charged,
                    ..expected
                }
            )
            .is_err(),
            "{name}"
        );
    }
}

#[test]
fn a_vector_begins_with_what_it_expects_and_is_named_by_it() {
    for (name, text) in files() {
        let expected = expectation(&text);
        assert!(
            text.starts_with("{\n  \"expect\": {\n    \"decision\": "),
            "{name}"
        );
        assert!(
            name.starts_with(&format!("{}-", expected.decision)),
            "{name}"
        );
        let kebab = name.replace('-', "");
        let code = expected.code.unwrap_or_default().to_lowercase();
        assert!(
            kebab.starts_with(&format!("{}{code}", expected.decision)),
            "{name}"
        );
    }
}

#[test]
fn every_code_that_a_case_can_reach_is_reached() {
    let expected: Vec<Expect> = files().values().map(|text| expectation(text)).collect();
    let permits = expected
        .iter()
        .filter(|expect| expect.decision == "permit")
        .count();
    assert!(expected.len() >= 600, "{} vectors", expected.len());
    assert!(
        permits * 3 >= expected.len(),
        "{permits} of {} permit",
        expected.len()
    );

    let reached: BTreeSet<&str> = expected
        .iter()
        .filter_map(|expect| expect.code.as_deref())
        .collect();
    let unreached: BTreeSet<&str> = UNREACHED.iter().map(|(code, _)| code.as_str()).collect();
    let reachable: BTreeSet<&str> = DenialCode::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !unreached.contains(code))
        .collect();
    assert_eq!(reached, reachable);
    assert!(UNREACHED.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn the_files_are_what_the_generator_makes() {
    let made = generate::all();
    let by_name: BTreeMap<String, String> = made.iter().cloned().collect();
    assert_eq!(by_name.len(), made.len(), "two vectors have one name");
    if std::env::var_os("MANDATUM_BLESS").is_some() {
        for stale in files()
            .into_keys()
            .filter(|name| !by_name.contains_key(name))
        {
            std::fs::remove_file(folder().join(stale)).expect("the file can be removed");
        }
        for (name, text) in &by_name {
            std::fs::write(folder().join(name), text).expect("the file can be written");
        }
        return;
    }
    let files = files();
    let names = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&files), names(&by_name));
    for (name, text) in &by_name {
        assert!(
            files.get(name) == Some(text),
            "{name} is not what the generator makes"
        );
    }
}
