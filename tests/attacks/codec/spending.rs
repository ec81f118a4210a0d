//! Budgets, rates, exclusive groups and gates that are wrong, each in one part.

use super::claims::second_spelling;
use super::{Row, constraint, row, with_limits};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::order::{limit, ordered, public};
use crate::support::spending::{
    LEDGER, budget, calls, exclusive, gate, group, lines, needing, path, per_order, rate,
    rate_parts, source, sum,
};
use crate::support::story::{encoded_limits, key};
use mandatum::codec::{CodecErrorKind, Expected, InvalidValue};
use mandatum::limits::{
    ApprovalGate, ArgumentPath, LimitError, Meter, PerValue, RateLimit, SeparationOfDuty, Source,
    ToolSet, Unit,
};
use mandatum::powers::ToolError;
use mandatum::primitives::{KeyError, NameError, Number, Period};
use mandatum::{Budget, Constraint, Effect, Label, Limit, Seconds};

pub(super) fn rows() -> Vec<Row> {
    [
        budgets(),
        shares(),
        sums(),
        paths(),
        terms(),
        rates(),
        groups(),
        gates(),
        exceptions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const fn expected(wanted: Expected) -> CodecErrorKind {
    CodecErrorKind::Expected(wanted)
}

fn refused(error: LimitError) -> CodecErrorKind {
    InvalidValue::Limit(error).into()
}

fn empty() -> CodecErrorKind {
    InvalidValue::Name(NameError::Empty).into()
}

fn with_budget(map: &Map) -> Vec<u8> {
    with_limits(&[budget(map)])
}

fn budgets() -> Vec<Row> {
    let with = |key: i64, value: Vec<u8>| with_budget(&calls(3).set(key, value));
    let account = || cbor::text("calls");
    vec![
        row(
            "a budget by number",
            with_limits(&[limit(8, cbor::int(3))]),
            expected(Expected::Map),
        ),
        row(
            "a budget by null",
            with_limits(&[limit(8, cbor::null())]),
            expected(Expected::Map),
        ),
        row(
            "a budget as a list",
            with_limits(&[limit(8, cbor::array([account()]))]),
            expected(Expected::Map),
        ),
        row(
            "a budget of no account",
            with_budget(&calls(3).without(0)),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "a budget without lines",
            with_budget(&calls(3).without(1)),
            CodecErrorKind::MissingKey { key: 1 },
        ),
        row(
            "a budget with more",
            with(6, cbor::int(1)),
            CodecErrorKind::UnknownKey { key: 6 },
        ),
        row(
            "a budget with a key below zero",
            with(-1, cbor::int(1)),
            CodecErrorKind::UnknownKey { key: -1 },
        ),
        row(
            "an account by bytes",
            with(0, cbor::bytes("calls")),
            expected(Expected::Text),
        ),
        row(
            "an account by null",
            with(0, cbor::null()),
            expected(Expected::Text),
        ),
        row(
            "an account without a name",
            with(0, cbor::text("")),
            empty(),
        ),
        row(
            "an account of a long name",
            with(0, cbor::text(&"a".repeat(257))),
            CodecErrorKind::TooLarge { max: 256 },
        ),
        row(
            "two accounts",
            with_budget(&calls(3).push(cbor::int(1), account())),
            CodecErrorKind::Duplicate,
        ),
        row(
            "an account after its lines",
            with_budget(&calls(3).push(cbor::int(0), account())),
            CodecErrorKind::Unsorted,
        ),
        row(
            "an account in a budget of calls that is spelled as a sum's",
            with(2, cbor::null()),
            expected(Expected::Array),
        ),
    ]
}

fn shares() -> Vec<Row> {
    let with = |of: &[(&str, Vec<u8>)]| with_budget(&calls(3).set(1, lines(of)));
    let many: Vec<String> = (10..27).map(|number| format!("l{number}")).collect();
    let many: Vec<(&str, Vec<u8>)> = many
        .iter()
        .map(|name| (name.as_str(), cbor::int(1)))
        .collect();
    let half = cbor::tag(4, cbor::array([cbor::int(-1), cbor::int(5)]));
    let keyed =
        |key: Vec<u8>| with_budget(&calls(3).set(1, Map(vec![(key, cbor::int(1))]).bytes()));
    vec![
        row(
            "no line at all",
            with(&[]),
            refused(LimitError::Shares { found: 0 }),
        ),
        row(
            "lines by null",
            with_budget(&calls(3).set(1, cbor::null())),
            expected(Expected::Map),
        ),
        row(
            "lines as a list",
            with_budget(&calls(3).set(1, cbor::array([cbor::int(1)]))),
            expected(Expected::Map),
        ),
        row(
            "more lines than there may be",
            with(&many),
            CodecErrorKind::TooMany { max: 16 },
        ),
        row(
            "lines out of order",
            with(&[("us-1", cbor::int(1)), ("eu-1", cbor::int(1))]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a longer ledger first",
            with(&[("aa", cbor::int(1)), ("b", cbor::int(1))]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a ledger twice",
            with(&[("a", cbor::int(1)), ("a", cbor::int(2))]),
            CodecErrorKind::Duplicate,
        ),
        row(
            "a ledger without a name",
            with(&[("", cbor::int(1))]),
            empty(),
        ),
        row(
            "a ledger by number",
            keyed(cbor::int(1)),
            expected(Expected::Text),
        ),
        row(
            "a ledger by bytes",
            keyed(cbor::bytes("eu-1")),
            expected(Expected::Text),
        ),
        row(
            "a line below zero",
            with(&[("a", cbor::int(-1))]),
            refused(LimitError::NegativeBudget),
        ),
        row(
            "half a call",
            with(&[("a", half.clone())]),
            refused(LimitError::PartsOfCalls),
        ),
        row(
            "a line of half a call",
            with(&[("a", cbor::int(1)), ("b", half)]),
            refused(LimitError::PartsOfCalls),
        ),
        row(
            "a line by text",
            with(&[("a", cbor::text("3"))]),
            expected(Expected::Integer),
        ),
        row(
            "a line by null",
            with(&[("a", cbor::null())]),
            expected(Expected::Integer),
        ),
        row(
            "a line by a float",
            with(&[("a", vec![0xf9, 0x3c, 0x00])]),
            CodecErrorKind::Float,
        ),
        row(
            "a line in a second spelling",
            with(&[("a", cbor::tag(2, cbor::bytes([3])))]),
            CodecErrorKind::NotShortest,
        ),
    ]
}

fn sums() -> Vec<Row> {
    let with = |sources: &[Vec<u8>]| with_budget(&sum(3).set(2, cbor::array(sources)));
    let one = |source: Map| with(&[source.bytes()]);
    let amount = || source(&["amount"]);
    let nine: Vec<Vec<u8>> = ('a'..='i')
        .map(|name| source(&[&name.to_string()]).bytes())
        .collect();
    vec![
        row(
            "a sum by text",
            with_budget(&sum(3).set(2, cbor::text("amount"))),
            expected(Expected::Array),
        ),
        row(
            "a sum of nothing",
            with(&[]),
            refused(LimitError::Sources { found: 0 }),
        ),
        row(
            "more sources than there may be",
            with(&nine),
            CodecErrorKind::TooMany { max: 8 },
        ),
        row(
            "a source by its path",
            with(&[path(&["amount"])]),
            expected(Expected::Map),
        ),
        row(
            "a source twice",
            with(&[amount().bytes(), amount().bytes()]),
            CodecErrorKind::Duplicate,
        ),
        row(
            "sources out of order",
            with(&[source(&["b"]).bytes(), source(&["a"]).bytes()]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a source with more",
            one(amount().set(4, cbor::int(1))),
            CodecErrorKind::UnknownKey { key: 4 },
        ),
        row(
            "a source without a path",
            one(amount().without(0).set(3, cbor::bool(true))),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "a source of a tool by number",
            one(amount().set(1, cbor::int(1))),
            expected(Expected::Text),
        ),
        row(
            "a source of all tools, spelled out",
            one(amount().set(1, cbor::text("*"))),
            InvalidValue::from(ToolError::EveryTool),
        ),
        row(
            "texts that are not accepted, spelled out",
            one(amount().set(3, cbor::bool(false))),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "texts that are accepted by null",
            one(amount().set(3, cbor::null())),
            expected(Expected::True),
        ),
        row(
            "a sum below zero",
            with_budget(&sum(-1)),
            refused(LimitError::NegativeBudget),
        ),
        row(
            "a source of one tool in a budget for all",
            one(amount().set(1, cbor::text("pay"))),
            refused(LimitError::ToolWithoutSource),
        ),
    ]
}

fn paths() -> Vec<Row> {
    let at =
        |path: Vec<u8>| with_budget(&sum(3).set(2, cbor::array([Map::of([(0, path)]).bytes()])));
    let unit = |parts: &[Vec<u8>]| {
        let source = source(&["amount"]).set(2, cbor::array(parts));
        with_budget(&sum(3).set(2, cbor::array([source.bytes()])))
    };
    let (long, currency) = ("a".repeat(129), || path(&["currency"]));
    vec![
        row(
            "a path by its name",
            at(cbor::text("amount")),
            expected(Expected::Array),
        ),
        row(
            "a path of no name",
            at(path(&[])),
            refused(LimitError::PathNames { found: 0 }),
        ),
        row(
            "a path of too many names",
            at(path(&["a"; 9])),
            CodecErrorKind::TooMany { max: 8 },
        ),
        row(
            "a path of bytes",
            at(cbor::array([cbor::bytes("amount")])),
            expected(Expected::Text),
        ),
        row(
            "a path by number",
            at(cbor::array([cbor::int(0)])),
            expected(Expected::Text),
        ),
        row(
            "a path of a long name",
            at(path(&["a", &long])),
            CodecErrorKind::TooLarge { max: 128 },
        ),
        row(
            "a unit by its name",
            unit(&[cbor::text("currency"), cbor::text("EUR")]),
            expected(Expected::Array),
        ),
        row(
            "half a unit",
            unit(&[currency()]),
            expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "a unit with more",
            unit(&[currency(), cbor::text("EUR"), cbor::null()]),
            CodecErrorKind::TooMany { max: 2 },
        ),
        row(
            "a unit by null",
            unit(&[currency(), cbor::null()]),
            expected(Expected::Text),
        ),
        row(
            "a unit of a long name",
            unit(&[currency(), cbor::text(&long)]),
            CodecErrorKind::TooLarge { max: 128 },
        ),
        row(
            "a unit in a long name",
            unit(&[path(&[&long]), cbor::text("EUR")]),
            CodecErrorKind::TooLarge { max: 128 },
        ),
    ]
}

/// Budgets that renew, are per value, or may be asked about.
fn terms() -> Vec<Row> {
    let with = |key: i64, value: Vec<u8>| with_budget(&calls(3).set(key, value));
    let per_value = |map: Map| with(4, map.bytes());
    let of_rate = |mark: Vec<u8>| {
        with_limits(&[limit(
            9,
            cbor::array([&rate_parts(2, 60)[..], &[mark]].concat()),
        )])
    };
    let groups = || cbor::array([group(&["a"]), group(&["b"])]);
    let of_groups = |mark: Vec<u8>| {
        with_limits(&[limit(
            10,
            cbor::array([cbor::text("duty"), cbor::text(LEDGER), groups(), mark]),
        )])
    };
    let mut rows = vec![
        row(
            "another period",
            with(3, cbor::int(3)),
            CodecErrorKind::UnknownKind { kind: 3 },
        ),
        row(
            "a period by name",
            with(3, cbor::text("day")),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "a period by null",
            with(3, cbor::null()),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "per value by its path",
            with(4, path(&["order"])),
            expected(Expected::Map),
        ),
        row(
            "per value of nothing",
            per_value(per_order(60).without(0)),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "per value for no time",
            per_value(per_order(60).without(1)),
            CodecErrorKind::MissingKey { key: 1 },
        ),
        row(
            "per value with more",
            per_value(per_order(60).set(3, cbor::int(1))),
            CodecErrorKind::UnknownKey { key: 3 },
        ),
        row(
            "remembered for no second",
            per_value(per_order(0)),
            refused(LimitError::Remember),
        ),
        row(
            "remembered for more than ten years",
            per_value(per_order(316_224_001)),
            refused(LimitError::Remember),
        ),
        row(
            "remembered for ever",
            per_value(per_order(60).set(1, cbor::head(0, u64::MAX))),
            refused(LimitError::Remember),
        ),
        row(
            "remembered by null",
            per_value(per_order(60).set(1, cbor::null())),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "as spelled, spelled out",
            per_value(per_order(60).set(2, cbor::bool(false))),
            CodecErrorKind::DefaultSpelled,
        ),
    ];
    rows.extend([
        row(
            "a budget that nobody may ask about, spelled out",
            with(5, cbor::bool(false)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "a budget that may be asked about by number",
            with(5, cbor::int(1)),
            expected(Expected::True),
        ),
        row(
            "a rate that nobody may ask about, spelled out",
            of_rate(cbor::bool(false)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "a rate that may be asked about by number",
            of_rate(cbor::int(1)),
            expected(Expected::True),
        ),
        row(
            "groups that nobody may ask about, spelled out",
            of_groups(cbor::bool(false)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "groups that may be asked about by number",
            of_groups(cbor::int(1)),
            expected(Expected::True),
        ),
    ]);
    rows
}

fn rates() -> Vec<Row> {
    let of = |parts: &[Vec<u8>]| with_limits(&[limit(9, cbor::array(parts))]);
    let with = |place: usize, part: Vec<u8>| {
        let mut parts = rate_parts(2, 60);
        parts[place] = part;
        of(&parts)
    };
    let wrong = || refused(LimitError::Rate);
    let unsigned = || expected(Expected::UnsignedInteger);
    vec![
        row(
            "a rate by number",
            with_limits(&[limit(9, cbor::int(2))]),
            expected(Expected::Array),
        ),
        row(
            "a rate as a map",
            with_limits(&[limit(9, calls(2).bytes())]),
            expected(Expected::Array),
        ),
        row(
            "a rate without a period",
            of(&rate_parts(2, 60)[..3]),
            expected(Expected::ArrayOfLength(4)),
        ),
        row(
            "a rate with more",
            of(&[&rate_parts(2, 60)[..], &[cbor::bool(true), cbor::null()]].concat()),
            CodecErrorKind::TooMany { max: 5 },
        ),
        row("a rate of no account", with(0, cbor::text("")), empty()),
        row(
            "a rate that nobody counts",
            with(1, cbor::text("")),
            empty(),
        ),
        row(
            "a rate that null counts",
            with(1, cbor::null()),
            expected(Expected::Text),
        ),
        row("a rate of no call", with(2, cbor::int(0)), wrong()),
        row(
            "a rate of less than no call",
            with(2, cbor::int(-1)),
            unsigned(),
        ),
        row(
            "a rate of too many calls",
            with(2, cbor::int(1_000_001)),
            wrong(),
        ),
        row(
            "a rate of calls beyond 32 bits",
            with(2, cbor::int((1 << 32) + 1)),
            wrong(),
        ),
        row(
            "a rate of calls beyond all numbers",
            with(2, cbor::head(0, u64::MAX)),
            wrong(),
        ),
        row("a rate in no time", with(3, cbor::int(0)), wrong()),
        row(
            "a rate in less than no time",
            with(3, cbor::int(-1)),
            unsigned(),
        ),
        row(
            "a rate in more than a year",
            with(3, cbor::int(31_622_401)),
            wrong(),
        ),
        row(
            "a rate in all time",
            with(3, cbor::head(0, u64::MAX)),
            wrong(),
        ),
        row("a rate in a text", with(3, cbor::text("60")), unsigned()),
    ]
}

fn groups() -> Vec<Row> {
    let of = |groups: &[Vec<u8>]| with_limits(&[exclusive(groups)]);
    let parts = |parts: &[Vec<u8>]| with_limits(&[limit(10, cbor::array(parts))]);
    let (duty, ledger) = (|| cbor::text("duty"), || cbor::text(LEDGER));
    let overlap = || refused(LimitError::GroupsOverlap);
    let many: Vec<Vec<u8>> = ('a'..='i')
        .map(|tool| group(&[&tool.to_string()]))
        .collect();
    let tools: Vec<String> = (10..43).map(|number| format!("t{number}")).collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    let and = |one: Vec<u8>| of(&[one, group(&["z"])]);
    let mut rows = vec![
        row(
            "groups by null",
            with_limits(&[limit(10, cbor::null())]),
            expected(Expected::Array),
        ),
        row(
            "groups without a ledger",
            parts(&[duty(), ledger()]),
            expected(Expected::ArrayOfLength(3)),
        ),
        row(
            "groups with more",
            parts(&[duty(), ledger(), cbor::null(), cbor::null(), cbor::null()]),
            CodecErrorKind::TooMany { max: 4 },
        ),
        row(
            "groups of no account",
            parts(&[cbor::text(""), ledger(), cbor::null()]),
            empty(),
        ),
        row(
            "groups that nobody keeps apart",
            parts(&[duty(), cbor::text(""), cbor::null()]),
            empty(),
        ),
        row(
            "groups as nothing",
            parts(&[duty(), ledger(), cbor::null()]),
            expected(Expected::Array),
        ),
        row(
            "no group",
            of(&[]),
            refused(LimitError::Groups { found: 0 }),
        ),
        row(
            "one group",
            of(&[group(&["a"])]),
            refused(LimitError::Groups { found: 1 }),
        ),
        row(
            "more groups than there may be",
            of(&many),
            CodecErrorKind::TooMany { max: 8 },
        ),
        row(
            "a group by its tool",
            and(cbor::text("a")),
            expected(Expected::Array),
        ),
        row(
            "a group of no tool",
            and(group(&[])),
            expected(Expected::ArrayOfLength(1)),
        ),
        row(
            "a group of too many tools",
            and(group(&tools)),
            CodecErrorKind::TooMany { max: 32 },
        ),
        row(
            "a group by number",
            and(cbor::array([cbor::int(1)])),
            expected(Expected::Text),
        ),
        row(
            "a group out of order",
            and(group(&["b", "a"])),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a tool twice in a group",
            and(group(&["a", "a"])),
            CodecErrorKind::Duplicate,
        ),
    ];
    // The scope stands after the content, in the array of the limit.
    let scoped = |tools: &[&str]| {
        let limit = exclusive(&[group(&["b"]), group(&["a", "c.*"])]);
        with_limits(&[[&cbor::head(4, 3)[..], &limit[1..], &group(tools)].concat()])
    };
    for (name, tools, group) in [
        ("groups in a scope of the first", &["b"][..], 1),
        ("groups in a scope of the second", &["a", "c.*"], 0),
        ("groups in a scope of one tool each", &["a", "b"], 1),
        (
            "groups in a scope of part of a family",
            &["a", "b", "c.d"],
            1,
        ),
        ("groups in a scope of neither", &["d"], 0),
    ] {
        rows.push(row(
            name,
            scoped(tools),
            refused(LimitError::GroupOutOfScope { group }),
        ));
    }
    for (one, other) in [
        ("a", "a"),
        ("a.*", "a.b"),
        ("a.b", "a.*"),
        ("a.*", "a.b.*"),
        ("a.*", "a.*"),
    ] {
        rows.push(row(
            "groups with a tool in common",
            of(&[group(&[one]), group(&[other])]),
            overlap(),
        ));
        let third = of(&[group(&[one]), group(&["z"]), group(&[other])]);
        rows.push(row(
            "the last group and the first with a tool in common",
            third,
            overlap(),
        ));
    }
    rows
}

fn with_gate(map: &Map) -> Vec<u8> {
    with_limits(&[gate(map)])
}

fn gates() -> Vec<Row> {
    let with = |key: i64, value: Vec<u8>| with_gate(&needing(1, &[51, 52]).set(key, value));
    let approvers = |keys: &[Vec<u8>]| with(0, cbor::array(keys));
    let unsigned = || expected(Expected::UnsignedInteger);
    let wrong = |needed, found| refused(LimitError::Approvers { needed, found });
    let many: Vec<u8> = (51..68).collect();
    let reversed: Vec<Vec<u8>> = ordered([51, 52]).into_iter().rev().collect();
    let mut rows = vec![
        row(
            "a gate by number",
            with_limits(&[limit(11, cbor::int(1))]),
            expected(Expected::Map),
        ),
        row(
            "a gate by its approvers",
            with_limits(&[limit(11, cbor::array([public(51)]))]),
            expected(Expected::Map),
        ),
        row(
            "a gate with more",
            with(5, cbor::int(1)),
            CodecErrorKind::UnknownKey { key: 5 },
        ),
        row(
            "a gate with a key below zero",
            with(-1, cbor::int(1)),
            CodecErrorKind::UnknownKey { key: -1 },
        ),
        row("nobody approves", approvers(&[]), wrong(1, 0)),
        row(
            "approvers by null",
            with(0, cbor::null()),
            expected(Expected::Array),
        ),
        row(
            "an approver by itself",
            with(0, public(51)),
            expected(Expected::Array),
        ),
        row(
            "an approver by name",
            approvers(&[cbor::text("anna")]),
            expected(Expected::Bytes),
        ),
        row(
            "half an approver",
            approvers(&[cbor::bytes([7; 16])]),
            expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a weak approver",
            approvers(&[cbor::bytes([0; 32])]),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "an approver in a second spelling",
            approvers(&[cbor::bytes(second_spelling())]),
            InvalidValue::Key(KeyError::NotCanonical),
        ),
        row(
            "approvers out of order",
            approvers(&reversed),
            CodecErrorKind::Unsorted,
        ),
        row(
            "an approver twice",
            approvers(&[public(51), public(51)]),
            CodecErrorKind::Duplicate,
        ),
        row(
            "more approvers than there may be",
            with_gate(&needing(1, &many)),
            CodecErrorKind::TooMany { max: 16 },
        ),
        row("none must approve", with(1, cbor::int(0)), wrong(0, 2)),
        row(
            "more must approve than may",
            with(1, cbor::int(3)),
            wrong(3, 2),
        ),
        row(
            "more must approve than there are people",
            with(1, cbor::head(0, u64::MAX)),
            wrong(usize::MAX, 2),
        ),
        row(
            "all effects, spelled out",
            with(3, cbor::int(0)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "another effect",
            with(3, cbor::int(3)),
            CodecErrorKind::UnknownKind { kind: 3 },
        ),
        row(
            "an effect by name",
            with(3, cbor::text("write")),
            unsigned(),
        ),
    ];
    for key in [0, 1, 2] {
        rows.push(row(
            "a gate without a part",
            with_gate(&needing(1, &[51]).without(key)),
            CodecErrorKind::MissingKey { key },
        ));
    }
    for key in [1, 2] {
        rows.extend([
            row("a number below zero", with(key, cbor::int(-1)), unsigned()),
            row("a number by null", with(key, cbor::null()), unsigned()),
        ]);
    }
    rows
}

/// The calls that a gate lets by.
fn exceptions() -> Vec<Row> {
    let with = |parts: &[Vec<u8>]| with_gate(&needing(1, &[51]).set(4, cbor::array(parts)));
    let (amount, any) = (|| cbor::text("amount"), || cbor::array([cbor::int(0)]));
    let deep = (0..9).fold(any(), |inner, _| constraint(10, inner));
    let unlisted = || refused(LimitError::ExemptionNotListed);
    let (no_low, no_high) = (
        || refused(LimitError::ExemptionWithoutLow),
        || refused(LimitError::ExemptionWithoutHigh),
    );
    let range = |ends: &[(i64, i64)]| {
        constraint(
            3,
            Map(ends
                .iter()
                .map(|(end, at)| (cbor::int(*end), cbor::int(*at)))
                .collect())
            .bytes(),
        )
    };
    vec![
        row(
            "an exception by name",
            with_gate(&needing(1, &[51]).set(4, amount())),
            expected(Expected::Array),
        ),
        row(
            "an exception of nothing",
            with(&[amount()]),
            expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "an exception with more",
            with(&[amount(), any(), any()]),
            CodecErrorKind::TooMany { max: 2 },
        ),
        row(
            "an exception of a long name",
            with(&[cbor::text(&"a".repeat(129)), any()]),
            CodecErrorKind::TooLarge { max: 128 },
        ),
        row(
            "an exception of another kind",
            with(&[amount(), constraint(14, cbor::null())]),
            CodecErrorKind::UnknownKind { kind: 14 },
        ),
        row(
            "an exception by null",
            with(&[amount(), cbor::null()]),
            expected(Expected::Array),
        ),
        row(
            "an exception too deep",
            with(&[amount(), deep]),
            CodecErrorKind::TooDeep,
        ),
        row(
            "an exception of everything",
            with(&[amount(), any()]),
            unlisted(),
        ),
        row(
            "an exception by pattern",
            with(&[amount(), constraint(4, cbor::text("*"))]),
            unlisted(),
        ),
        row(
            "an exception of all but some",
            with(&[amount(), constraint(2, cbor::array([cbor::int(9)]))]),
            unlisted(),
        ),
        row(
            "an exception of lists",
            with(&[amount(), constraint(10, any())]),
            unlisted(),
        ),
        row(
            "an exception of several ranges, one of them open",
            with(&[
                amount(),
                constraint(
                    13,
                    cbor::array([range(&[(0, 0), (2, 9)]), range(&[(2, 9)])]),
                ),
            ]),
            unlisted(),
        ),
        row(
            "an exception of all numbers",
            with(&[amount(), range(&[])]),
            no_low(),
        ),
        row(
            "an exception up to a number",
            with(&[amount(), range(&[(2, 9)])]),
            no_low(),
        ),
        row(
            "an exception below a number",
            with(&[amount(), range(&[(3, 9)])]),
            no_low(),
        ),
        row(
            "an exception from a number on",
            with(&[amount(), range(&[(0, 9)])]),
            no_high(),
        ),
        row(
            "an exception above a number",
            with(&[amount(), range(&[(1, 9)])]),
            no_high(),
        ),
    ]
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn written_as(limit: &Limit, by_hand: &[u8]) {
    assert_eq!(
        encoded_limits([limit.clone()]),
        cbor::array([by_hand]),
        "{limit}"
    );
}

/// By hand as the library writes it.
#[test]
fn budgets_are_written_one_way() {
    let number = |text: &str| text.parse::<Number>().unwrap();
    let calls_of = |max| Budget::calls(label("calls"), label(LEDGER), max);
    let at = |names: &[&str]| Source::new(ArgumentPath::new(names.iter().copied()).unwrap());
    let of_sources = |sources: Vec<Source>, max: &str| {
        Budget::sum(label("travel"), label(LEDGER), sources, number(max)).unwrap()
    };
    let of_sum = |max: &str| of_sources(vec![at(&["amount"])], max);
    // The shorter name comes first, whatever the letters.
    let three =
        [("bb", 1), ("a", 2), ("c", 0)].map(|(ledger, max)| (label(ledger), Number::from(max)));
    let split = Budget::new(label("calls"), Meter::Calls, three).unwrap();
    let usd = || Unit::new("currency".parse().unwrap(), "USD").unwrap();
    let written_unit = || cbor::array([path(&["currency"]), cbor::text("USD")]);
    let order = PerValue::new("order".parse().unwrap(), Seconds::new(60)).unwrap();
    // What has fewer parts comes first, then the shorter path, then what has the earlier part.
    let sources = vec![
        at(&["b"]).with_decimal_texts(),
        at(&["a"])
            .with_tool("pay.*".parse().unwrap())
            .with_unit(usd()),
        at(&["c"]),
        at(&["b"]).with_unit(usd()),
        at(&["b", "a"]),
        at(&["b"]).with_tool("crm".parse().unwrap()),
    ];
    let written_sources = [
        source(&["c"]),
        source(&["b", "a"]),
        source(&["b"]).set(1, cbor::text("crm")),
        source(&["b"]).set(2, written_unit()),
        source(&["b"]).set(3, cbor::bool(true)),
        source(&["a"])
            .set(1, cbor::text("pay.*"))
            .set(2, written_unit()),
    ];
    let written_sources = cbor::array(written_sources.map(|source| source.bytes()));
    let budgets = [
        (calls_of(3), calls(3)),
        (
            calls_of(u64::MAX),
            calls(0).set(1, lines(&[(LEDGER, cbor::head(0, u64::MAX))])),
        ),
        (of_sum("500"), sum(500)),
        (
            of_sum("0.5"),
            sum(0).set(
                1,
                lines(&[(
                    LEDGER,
                    cbor::tag(4, cbor::array([cbor::int(-1), cbor::int(5)])),
                )]),
            ),
        ),
        (
            of_sources(vec![at(&["amount"]).with_unit(usd())], "500"),
            sum(500).set(
                2,
                cbor::array([source(&["amount"]).set(2, written_unit()).bytes()]),
            ),
        ),
        (of_sources(sources, "500"), sum(500).set(2, written_sources)),
        (
            split,
            calls(0).set(
                1,
                lines(&[
                    ("a", cbor::int(2)),
                    ("c", cbor::int(0)),
                    ("bb", cbor::int(1)),
                ]),
            ),
        ),
        (
            calls_of(3).with_period(Period::Day),
            calls(3).set(3, cbor::int(0)),
        ),
        (
            calls_of(3).with_period(Period::Week).with_askable(),
            calls(3).set(3, cbor::int(1)).set(5, cbor::bool(true)),
        ),
        (
            calls_of(3)
                .with_period(Period::Month)
                .with_per_value(order.clone()),
            calls(3).set(3, cbor::int(2)).set(4, per_order(60).bytes()),
        ),
        (
            calls_of(3).with_per_value(order.with_any_case()),
            calls(3).set(4, per_order(60).set(2, cbor::bool(true)).bytes()),
        ),
    ];
    for (of, by_hand) in budgets {
        written_as(&Limit::budget(of), &budget(&by_hand));
    }
}

#[test]
fn rates_groups_and_gates_are_written_one_way() {
    for (burst, per) in [(1, 1), (1_000_000, 31_622_400)] {
        let of = RateLimit::new(label("pace"), label(LEDGER), burst, Seconds::new(per)).unwrap();
        written_as(
            &Limit::rate_limit(of.clone()),
            &rate(burst.into(), i64::try_from(per).unwrap()),
        );
        let parts = rate_parts(burst.into(), i64::try_from(per).unwrap());
        let askable = cbor::array([&parts[..], &[cbor::bool(true)]].concat());
        written_as(&Limit::rate_limit(of.with_askable()), &limit(9, askable));
    }
    let tools =
        |tools: &[&str]| ToolSet::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap();
    // The order of groups is theirs, that of their tools is not.
    let of = SeparationOfDuty::new(
        label("duty"),
        label(LEDGER),
        [tools(&["z"]), tools(&["bb", "a.*", "c"])],
    )
    .unwrap();
    let groups = [group(&["z"]), group(&["c", "bb", "a.*"])];
    written_as(&Limit::separation_of_duty(of.clone()), &exclusive(&groups));
    let askable = [
        cbor::text("duty"),
        cbor::text(LEDGER),
        cbor::array(groups),
        cbor::bool(true),
    ];
    written_as(
        &Limit::separation_of_duty(of.with_askable()),
        &limit(10, cbor::array(askable)),
    );

    let keys = |seeds: &[u8]| {
        seeds
            .iter()
            .map(|seed| key(*seed).public())
            .collect::<Vec<_>>()
    };
    let two = ApprovalGate::new(2, keys(&[53, 51, 52]), Seconds::new(300)).unwrap();
    let by_hand = || needing(2, &[51, 52, 53]);
    let listed = cbor::array([
        cbor::text("amount"),
        cbor::array([cbor::int(1), cbor::array([cbor::int(7)])]),
    ]);
    written_as(&Limit::approval_gate(two.clone()), &gate(&by_hand()));
    written_as(
        &Limit::approval_gate(two.clone().with_effect(Effect::Read)),
        &gate(&by_hand()),
    );
    written_as(
        &Limit::approval_gate(two.clone().with_effect(Effect::Irreversible)),
        &gate(&by_hand().set(3, cbor::int(2))),
    );
    let unless = two
        .with_effect(Effect::Write)
        .with_exemption("amount", Constraint::one_of([7]).unwrap())
        .unwrap();
    written_as(
        &Limit::approval_gate(unless),
        &gate(&by_hand().set(3, cbor::int(1)).set(4, listed)),
    );
}
