//! Messages show what they were given, and what they were given can't forge them: no line is
//! broken, no text reordered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mandatum::chain::ChainErrorKind;
use mandatum::claims::Child;
use mandatum::denial::{ChargeError, DenialReason};
#[cfg(feature = "json")]
use mandatum::json::JsonForm;
use mandatum::limits::{
    ApprovalGate, ArgumentPath, LimitError, MaxAge, SeparationOfDuty, Source, ToolSet, Unit,
};
use mandatum::powers::{ArgumentRules, Presence};
#[cfg(feature = "json")]
use mandatum::primitives::Value;
use mandatum::sign::Token;
use mandatum::{
    Action, Audience, Budget, Capability, Constraint, Effect, Label, Limit, LivesBy, Mission,
    Powers, Seconds, SigningKey,
};

/// A name that would end the line and write another.
const FORGED: &str = "a`\nlink 0 is permitted\u{202e}";
const QUOTED: &str = r#""a`\u{a}link 0 is permitted\u{202e}""#;
const SHOWN: &str = r"`a\`\u{a}link 0 is permitted\u{202e}`";

fn tool(named: Option<Presence>) -> Powers {
    let rules = named.map_or(ArgumentRules::closed(), |presence| {
        ArgumentRules::closed()
            .with_rule(FORGED, presence, Constraint::one_of([1]).unwrap())
            .unwrap()
    });
    Powers::new([
        Capability::for_tool("crm.read".parse().unwrap(), Effect::Read).with_arguments(rules),
    ])
    .unwrap()
}

fn call(named: Option<i64>) -> Action {
    Action::new("crm.read", named.map(|value| (FORGED, value)), Effect::Read).unwrap()
}

#[test]
fn of_an_argument_that_is_refused() {
    let refusal = |powers: Powers, action: Action| powers.permits(&action).unwrap_err().to_string();
    let required = || tool(Some(Presence::Required));
    assert_eq!(
        refusal(required(), call(None)),
        format!("argument {SHOWN} is missing")
    );
    assert_eq!(
        refusal(tool(None), call(Some(1))),
        format!("argument {SHOWN} is not named by the capability")
    );
    assert_eq!(
        refusal(required(), call(Some(2))),
        format!("argument {SHOWN} has a value that is not permitted")
    );
}

#[test]
fn of_an_argument_beyond_the_parents() {
    let gap = |parent: Powers, child: Powers| parent.covers(&child).unwrap_err().gap.to_string();
    let (required, optional) = (
        tool(Some(Presence::Required)),
        tool(Some(Presence::Optional)),
    );
    assert_eq!(
        gap(tool(None), required.clone()),
        format!("argument {SHOWN} is not named by the parent")
    );
    assert_eq!(
        gap(required, optional),
        format!("argument {SHOWN} is required by the parent")
    );
}

#[test]
fn of_an_argument_that_is_counted() {
    let argument = || ArgumentPath::new([FORGED]).unwrap();
    let said = |not_charged: ChargeError| not_charged.to_string();
    assert_eq!(
        said(ChargeError::AmountMissing {
            argument: argument()
        }),
        format!("argument {SHOWN} is counted, and is missing")
    );
    assert_eq!(
        said(ChargeError::AmountNotANumber {
            argument: argument()
        }),
        format!("argument {SHOWN} is counted, and is no number")
    );
    assert_eq!(
        said(ChargeError::AmountNegative {
            argument: argument()
        }),
        format!("argument {SHOWN} is counted, and is negative")
    );
    let unit = said(ChargeError::WrongUnit {
        argument: argument(),
        unit: FORGED.into(),
    });
    assert_eq!(
        unit,
        format!("argument {SHOWN} must be {QUOTED}, which is what is counted")
    );
}

#[test]
fn of_a_limit_on_an_argument() {
    let label = |text: &str| text.parse::<Label>().unwrap();
    let path = || ArgumentPath::new([FORGED]).unwrap();
    let budget = |source| {
        Budget::sum(label("travel"), label("eu-1"), [source], 500.into())
            .unwrap()
            .to_string()
    };
    assert_eq!(
        budget(Source::new(path())),
        format!("at most 500 of {SHOWN} in all, on account travel")
    );
    let in_unit = budget(Source::new(path()).with_unit(Unit::new(path(), FORGED).unwrap()));
    assert!(
        one_line(&in_unit) && in_unit.starts_with("at most 500 "),
        "{in_unit}"
    );
    let approver = SigningKey::from_seed(&[1; 32]).public();
    let gate = ApprovalGate::new(1, [approver], Seconds::new(60))
        .unwrap()
        .with_exemption(FORGED, Constraint::one_of([9]).unwrap())
        .unwrap();
    assert_eq!(
        gate.to_string(),
        format!("1 of 1 must approve, at most 60 s before, unless {SHOWN} is 9")
    );
}

/// A trailing slash is seen when both names stand side by side.
#[test]
fn of_a_server_that_is_not_named() {
    let [here, named] =
        ["https://crm.example/", "https://crm.example"].map(|name| Audience::new(name).unwrap());
    let reason = DenialReason::WrongAudience {
        here,
        named: named.into(),
    };
    assert_eq!(
        reason.to_string(),
        "valid at `https://crm.example`, not at `https://crm.example/`"
    );
}

#[test]
fn of_a_limit_on_news_or_tools() {
    let label = |text: &str| text.parse::<Label>().unwrap();
    let office = SigningKey::from_seed(&[10; 32]).public();
    for ages in [(3, 3, 3), (3, 2, 1)] {
        let ages = MaxAge::new(
            Seconds::new(ages.0),
            Seconds::new(ages.1),
            Seconds::new(ages.2),
        )
        .unwrap();
        let text = Limit::lives_by(LivesBy::new(
            Mission::new(office, label("qbr"), [7; 16]),
            ages,
        ))
        .to_string();
        assert!(text.contains(&format!("controlled by {office}")), "{text}");
    }
    let group =
        |tools: &[&str]| ToolSet::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap();
    let groups = [group(&["crm.*"]), group(&["mail.send", "pay.*"])];
    let apart = Limit::separation_of_duty(
        SeparationOfDuty::new(label("duty"), label("eu-1"), groups).unwrap(),
    );
    assert_eq!(
        apart.to_string(),
        "tools of one group only: {crm.*} or {mail.send, pay.*}, on account duty"
    );
}

#[test]
fn of_a_limit_that_is_none() {
    let said = |error: LimitError| error.to_string();
    let ends = "a gate's exemption on a number has both ends, and this one has";
    assert_eq!(
        said(LimitError::ExemptionWithoutLow),
        format!("{ends} no lower end")
    );
    assert_eq!(
        said(LimitError::ExemptionWithoutHigh),
        format!("{ends} no upper end")
    );
    assert_eq!(
        said(LimitError::GroupOutOfScope { group: 1 }),
        "group 1 has tools outside the limit's scope, where nothing would be excluded"
    );
    assert_eq!(
        ChainErrorKind::ScopeMeetsNothing { limit: 2 }.to_string(),
        "limit 2 is for tools that no capability of its link is for"
    );
}

fn one_line(text: &str) -> bool {
    !text.contains(|character: char| character.is_control() || character == '\u{202e}')
}

#[test]
fn of_a_token_of_another_type() {
    // 18([ << { 1: -8, 16: FORGED } >>, {}, h'', 64 bytes of zero ])
    let typ = FORGED.as_bytes();
    let length = u8::try_from(typ.len()).unwrap();
    let bytes: [&[u8]; 4] = [
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
    let bytes = bytes.concat();
    let error = Token::<Child>::from_bytes(&bytes).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("byte 8: the token's type is {SHOWN}, expected `mandate2+cwt`")
    );
}

#[test]
#[cfg(feature = "json")]
fn of_a_key_in_json() {
    let key = Value::from(FORGED).to_json();
    let twice = Value::from_json(&format!("{{{key}: {{{key}: 1, {key}: 2}}}}")).unwrap_err();
    let pointer = SHOWN.replacen('`', "`/", 1);
    assert_eq!(
        twice.to_string(),
        format!("at {pointer}: key {SHOWN} appears twice")
    );
}
