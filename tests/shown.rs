//! Nothing that is shown hides or reorders anything: whatever texts a value holds, `Display` and
//! `Debug` write no character that is invisible or reorders text.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../src/primitives/unicode.rs"]
#[allow(dead_code, reason = "one table of several is asked")]
mod unicode;

use mandatum::chain::{AcceptedGrants, Ceiling};
use mandatum::charge::LedgerOutcome;
use mandatum::claims::{Child, Holder};
use mandatum::decide::{Presentation, Presenter};
use mandatum::denial::ChargeError;
#[cfg(feature = "json")]
use mandatum::json::JsonForm;
use mandatum::limits::{ApprovalGate, ArgumentPath, Condition, PerValue, Source, Unit};
use mandatum::powers::{ArgumentRules, ConstraintError, Path, Pattern, Presence};
use mandatum::primitives::{Arguments, ForeignText, Value};
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, Audience, Budget, Call, Capability, Chain, Constraint, DecisionContext, Digest,
    Effect, Label, Life, Lifetime, Limit, Limits, Link, Powers, Purpose, Register, Root,
    RootAudience, Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
};
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::path::Path as FilePath;

/// Some that are known to be among them.
const SAMPLES: [char; 11] = [
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{202e}',
    '\u{2066}',
    '\u{34f}',
    '\u{3164}',
    '\u{2800}',
    '\u{fe0f}',
    '\u{e0041}',
    '\u{e0100}',
];

/// The first and the last character of every range that is unseen, and some within.
fn unseen() -> Vec<char> {
    let ranges = unicode::UNSEEN.chunks(2);
    let ends = ranges.flat_map(|range| [range[0], range[1] - 1]);
    ends.filter_map(char::from_u32).chain(SAMPLES).collect()
}

/// Texts that hold all of them, each short enough for a name of an argument; and that end what they
/// stand in.
fn hostile() -> Vec<String> {
    unseen()
        .chunks(20)
        .map(|hidden| format!("\u{301}a`\"\\{}\u{301}", hidden.iter().collect::<String>()))
        .collect()
}

/// A path in which they may stand: without control characters and backslashes.
fn path(text: &str) -> String {
    format!(
        "/{}",
        text.chars()
            .filter(|char| !char.is_control() && *char != '\\')
            .collect::<String>()
    )
}

fn assert_seen(what: &str, text: &str) {
    // The long forms have lines of their own.
    let hidden = text.chars().find(|char| {
        *char != '\n' && unicode::UNSEEN.partition_point(|edge| *edge <= u32::from(*char)) % 2 == 1
    });
    assert_eq!(
        hidden
            .map(char::escape_unicode)
            .map(|char| char.to_string()),
        None,
        "{what}: {}",
        text.escape_debug()
    );
}

fn debugged(value: &impl Debug) {
    let what = std::any::type_name_of_val(value);
    assert_seen(what, &format!("{value:?}"));
    assert_seen(what, &format!("{value:#?}"));
}

fn shown(value: &(impl Display + Debug)) {
    let what = std::any::type_name_of_val(value);
    let line = value.to_string();
    assert_seen(what, &line);
    assert_seen(what, &format!("{value:#}"));
    debugged(value);
}

/// As `shown`, and on one line.
fn shown_in_line(value: &(impl Display + Debug)) {
    shown(value);
    assert!(!value.to_string().contains('\n'), "{value}");
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn constraints(text: &str) -> Vec<Constraint> {
    let value = || Value::from(text);
    let record = ArgumentRules::closed()
        .require(text, Constraint::one_of([text]).unwrap())
        .unwrap();
    let of = |constraint: Result<Constraint, ConstraintError>| constraint.unwrap();
    vec![
        of(Constraint::one_of([text])),
        of(Constraint::one_of([value(), "b".into()])),
        of(Constraint::none_of([text])),
        of(Constraint::pattern(text)),
        of(Constraint::path_under(&path(text))),
        of(Constraint::contains([text])),
        of(Constraint::each(of(Constraint::one_of([text])))),
        of(Constraint::record(record)),
        of(Constraint::all_of([
            of(Constraint::pattern(text)),
            of(Constraint::one_of([text])),
        ])),
        of(Constraint::any_of([
            of(Constraint::pattern(text)),
            of(Constraint::one_of([text])),
        ])),
        of(Constraint::one_of([Value::Map(BTreeMap::from([(
            text.to_owned(),
            Value::List(vec![value()]),
        )]))])),
    ]
}

fn powers(text: &str) -> Powers {
    let mut rules = ArgumentRules::closed()
        .require(text, Constraint::one_of([text]).unwrap())
        .unwrap();
    for (index, constraint) in (0..).zip(constraints(text)) {
        rules = rules.allow(&format!("{index}{text}"), constraint).unwrap();
    }
    Powers::new([
        Capability::for_tool("crm.read".parse().unwrap(), Effect::Read)
            .with_arguments(rules)
            .allow_delegation(),
    ])
    .unwrap()
}

fn limits(text: &str) -> Limits {
    let path = || ArgumentPath::new([text]).unwrap();
    let nested = Source::new(ArgumentPath::new([text, text]).unwrap());
    let sum = |source| Budget::sum(label("travel"), label("eu-1"), [source], 500.into()).unwrap();
    let per_value = PerValue::new(path(), Seconds::new(60)).unwrap();
    let gate = ApprovalGate::new(
        1,
        [SigningKey::from_seed(&[1; 32]).public()],
        Seconds::new(60),
    )
    .unwrap();
    let condition = Condition {
        fact: label("ticket"),
        holds: Constraint::one_of([text]).unwrap(),
        max_age: Seconds::new(60),
    };
    Limits::new([
        Limit::budget(sum(nested.with_unit(Unit::new(path(), text).unwrap()))),
        Limit::budget(sum(Source::new(path()))),
        Limit::budget(Budget::calls(label("orders"), label("eu-1"), 1).with_per_value(per_value)),
        Limit::approval_gate(
            gate.with_exemption(text, Constraint::one_of([text]).unwrap())
                .unwrap(),
        ),
        Limit::condition(condition),
    ])
    .unwrap()
}

#[test]
fn there_is_something_to_hide() {
    let hidden: String = hostile().concat();
    for sample in SAMPLES {
        let edges = unicode::UNSEEN.partition_point(|edge| *edge <= u32::from(sample));
        assert!(
            edges % 2 == 1 && hidden.contains(sample),
            "{}",
            sample.escape_unicode()
        );
    }
}

#[test]
fn in_values_and_arguments() {
    for text in hostile() {
        let nested = Value::Map(BTreeMap::from([(
            text.clone(),
            Value::List(vec![text.as_str().into()]),
        )]));
        shown_in_line(&Value::from(text.as_str()));
        shown_in_line(&nested);
        shown_in_line(&Arguments::from_pairs([(text.as_str(), nested.clone())]).unwrap());
        shown_in_line(&Action::new("crm.read", [(text.as_str(), nested)], Effect::Read).unwrap());
        shown_in_line(&ForeignText::from(text.as_str()));
    }
}

#[test]
fn in_names_that_are_refused() {
    for character in unseen() {
        shown_in_line(&Label::new(&format!("ana{character}")).unwrap_err());
    }
}

#[test]
fn in_powers() {
    for text in hostile() {
        constraints(&text).iter().for_each(shown_in_line);
        debugged(&Pattern::new(&text).unwrap());
        shown_in_line(&Path::new(&path(&text)).unwrap());
        shown_in_line(&powers(&text));
        shown_in_line(&powers(&text).capabilities()[0]);
        let other = Action::new("crm.read", [(text.as_str(), "other")], Effect::Read).unwrap();
        let unknown = Action::new(
            "crm.read",
            [(text.as_str(), text.as_str()), ("b", "c")],
            Effect::Read,
        )
        .unwrap();
        let missing = Action::new("crm.read", [("b", "c")], Effect::Read).unwrap();
        for action in [other, unknown, missing] {
            shown_in_line(&powers(&text).permits(&action).unwrap_err());
        }
        let lesser = |presence| {
            let rules = ArgumentRules::closed()
                .with_rule(&text, presence, Constraint::any())
                .unwrap();
            Powers::new([
                Capability::for_tool("crm.read".parse().unwrap(), Effect::Read)
                    .with_arguments(rules),
            ])
            .unwrap()
        };
        for (parent, child) in [
            (powers(&text), lesser(Presence::Required)),
            (powers(&text), lesser(Presence::Optional)),
            (lesser(Presence::Optional), powers(&text)),
        ] {
            shown_in_line(&parent.covers(&child).unwrap_err());
        }
    }
}

#[test]
fn in_limits_and_charges() {
    for text in hostile() {
        limits(&text).iter().for_each(shown_in_line);
        debugged(&limits(&text));
        let argument = || ArgumentPath::new([&*text, "a.b"]).unwrap();
        for not_charged in [
            ChargeError::AmountMissing {
                argument: argument(),
            },
            ChargeError::AmountNotANumber {
                argument: argument(),
            },
            ChargeError::AmountNegative {
                argument: argument(),
            },
            ChargeError::AmountOutOfRange {
                argument: argument(),
            },
            ChargeError::WrongUnit {
                argument: argument(),
                unit: text.as_str().into(),
            },
            ChargeError::ValueMissing {
                argument: argument(),
            },
            ChargeError::ValueNotScalar {
                argument: argument(),
            },
        ] {
            shown_in_line(&not_charged);
        }
    }
}

#[test]
fn in_what_was_decided() {
    let now = Timestamp::from_unix(1_767_225_600).unwrap();
    let (company, agent) = (
        SigningKey::from_seed(&[1; 32]),
        SigningKey::from_seed(&[2; 32]),
    );
    let here: Audience = "https://crm.example".parse().unwrap();
    let anchor = Anchor::new(
        "https://acme.example".parse().unwrap(),
        company.public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    );
    let anchor = anchor.unwrap();
    let verifier = Verifier::new([anchor.clone()])
        .unwrap()
        .dangerous_accept_asserted_up_to(Effect::Read);
    let verifier = verifier
        .dangerous_effects_as_stated()
        .with_grants(AcceptedGrants::dangerous_any_or_none());
    for text in hostile() {
        let lifetime = Lifetime::new(now, now.plus(Seconds::hours(1))).unwrap();
        let holder = Holder::new(agent.public()).with_name(label("ශ්\u{200d}රී").clone());
        let root = |limits| Root {
            link: Link::new([1; 16], holder.clone(), powers(&text), lifetime).with_limits(limits),
            issuer: anchor.issuer().clone(),
            signed_by: company.public(),
            principal: label("alice").into(),
            purpose: Purpose {
                code: label("qbr"),
                subject: label("acme"),
                text: Digest::hash(&text),
            },
            grant: None,
            task: "acme".parse().unwrap(),
            audience: RootAudience::Anywhere,
            life: Life::ExpiryOnly,
        };
        let chain = |limits| {
            Chain::from(
                issue(&anchor, root(limits), now)
                    .unwrap()
                    .sign(&company)
                    .unwrap(),
            )
        };
        let context = DecisionContext::new(ServerContext::new(now, here.clone()), Register::none());
        for (value, limits, permitted) in [
            (text.as_str(), Limits::none(), true),
            ("other", Limits::none(), false),
            (text.as_str(), limits(&text), false),
        ] {
            let chain = chain(limits);
            let action = Action::new("crm.read", [(text.as_str(), value)], Effect::Read).unwrap();
            let call = Call::new([1; 16], action);
            let presenter = Presenter::Asserted {
                holder: agent.public(),
                leaf: chain.leaf_id(),
            };
            let presentation = Presentation {
                call: &call,
                presenter,
            };
            let verified = verifier.verify(&chain).unwrap();
            shown(&verifier.explain(&verified, &presentation, &context));
            debugged(&call);
            debugged(&chain.root().claims());
            // A name may hold what shapes its letters, which is shown as it is.
            match verifier.decide(&verified, &presentation, &context) {
                Ok(unsettled) => {
                    let answer = unsettled.charges().answer(LedgerOutcome::Reserved);
                    let trace = unsettled.settle(answer).unwrap().trace();
                    let shaped = format!("{trace:#}").replace("ශ්\u{200d}රී", "");
                    assert_seen("trace", &shaped);
                    debugged(&trace);
                    assert!(permitted);
                }
                Err(denial) => {
                    shown_in_line(&denial);
                    debugged(&denial.missing());
                    assert!(!permitted, "{denial}");
                }
            }
        }
    }
}

#[test]
fn in_bytes_that_are_no_token() {
    for text in hostile() {
        // 18([ << { 1: -8, 16: text } >>, {}, h'', 64 bytes of zero ])
        let typ = text.as_bytes();
        let length = u8::try_from(typ.len()).unwrap();
        let head: [&[u8]; 4] = [
            &[
                0xd2,
                0x84,
                0x58,
                length + 6,
                0xa2,
                0x01,
                0x27,
                0x10,
                0x78,
                length,
            ],
            typ,
            &[0xa0, 0x40, 0x58, 64],
            &[0; 64],
        ];
        shown_in_line(&Token::<Child>::from_bytes(&head.concat()).unwrap_err());
    }
}

#[test]
#[cfg(feature = "json")]
fn in_json_that_is_refused() {
    for text in hostile() {
        let key = Value::from(text.as_str()).to_json();
        for json in [
            format!("{{{key}: {{{key}: 1, {key}: 2}}}}"),
            format!("{{{key}: 1e999}}"),
        ] {
            shown_in_line(&Value::from_json(&json).unwrap_err());
        }
        shown_in_line(&Constraint::from_json(&format!("{{{key}: 1}}")).unwrap_err());
        shown_in_line(
            &Capability::from_json(&format!("{{\"tool\": \"a\", {key}: 1}}")).unwrap_err(),
        );
    }
}

/// A derived `Debug` writes a field's text as `str` does, which shows some invisible characters
/// (U+3164, U+2800). So no type that derives it holds a bare text, but for these.
#[test]
fn no_derived_debug_shows_a_bare_text() {
    const BARE: &[(&str, &str)] = &[
        (
            "DenialCode",
            "a macro's, of which each variant's name is known when it is compiled",
        ),
        ("Url", "a parsed URL, in the characters of RFC 3986"),
        ("UrlRule", "schemes, in lower-case ASCII"),
        ("PublicDenial", "a message, of which the texts are escaped"),
        ("ToolTable", "names of tools, in the ASCII of `ToolName`"),
    ];
    let mut found = Vec::new();
    each_file(
        FilePath::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut |source| {
            found.extend(bare_texts(source));
        },
    );
    found.sort_unstable();
    found.dedup();
    let mut expected: Vec<String> = BARE.iter().map(|(name, _)| (*name).to_owned()).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let example = "#[derive(Clone, Debug)]\npub struct Bare {\n    name: Box<str>,\n}\n";
    assert_eq!(bare_texts(example), ["Bare"]);
}

fn each_file(directory: &FilePath, read: &mut impl FnMut(&str)) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, read);
        } else {
            read(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The code without comments and attributes, of one line or of several.
fn without_attributes(code: &str) -> String {
    let mut kept = Vec::new();
    let mut in_attribute = false;
    for line in code.lines().map(str::trim_end) {
        let text = line.trim_start();
        in_attribute |= text.starts_with('#');
        if !in_attribute && !text.starts_with('/') {
            kept.push(line);
        }
        in_attribute &= !text.ends_with(']');
    }
    kept.join("\n")
}

/// The types of a file that derive `Debug` and hold a `str` or `String`.
fn bare_texts(source: &str) -> Vec<String> {
    let derived = source
        .split("#[derive(")
        .skip(1)
        .filter_map(|rest| rest.split_once(")]"));
    let items = derived
        .filter(|(traits, _)| traits.split(", ").any(|derived| derived == "Debug"))
        .map(|(_, item)| item);
    items
        .filter_map(|item| {
            let code = without_attributes(item);
            let end = if code.lines().find(|line| !line.is_empty())?.ends_with(';') {
                ";"
            } else {
                "\n}"
            };
            let (body, _) = code.split_once(end)?;
            let words = body.replace("&'static str", "");
            let mut words = words.split(|char: char| !char.is_alphanumeric());
            let name = words
                .by_ref()
                .skip_while(|word| !matches!(*word, "struct" | "enum"))
                .nth(1)?;
            words
                .any(|word| matches!(word, "str" | "String"))
                .then(|| name.to_owned())
        })
        .collect()
}
