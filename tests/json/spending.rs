//! Budgets, rates, exclusive groups, gates, and charges.

use super::{key, key_text, refusal, round_trips, text};
use mandatum::charge::{Charge, Demand};
use mandatum::json::JsonForm;
use mandatum::limits::{
    ApprovalGate, ArgumentPath, Meter, PerValue, RateLimit, SeparationOfDuty, Source, Sources,
    ToolSet, Unit,
};
use mandatum::primitives::{AccountId, ForeignText, Number, Period};
use mandatum::{Budget, Constraint, Effect, Label, Limit, Limits, Seconds, bounds};
use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn name() -> impl Strategy<Value = Label> + Clone {
    select(vec!["travel", "é\"\\", "eu-1", "$bytes", "/~1"])
        .prop_map(|name| name.parse().expect("a name"))
}

/// The name of a ledger. An object whose only key is `$bytes` stands for bytes, so one ledger of
/// that name has no JSON form.
fn ledger() -> impl Strategy<Value = Label> + Clone {
    name().prop_filter("`$bytes` marks bytes", |name| name.as_str() != "$bytes")
}

#[test]
fn one_ledger_of_the_name_that_marks_bytes_has_no_form() {
    let named = |name: &str| name.parse().expect("a name");
    let limit = Limit::budget(Budget::calls(named("a"), named("$bytes"), 1));
    assert_eq!(
        refusal::<Limit>(&limit.to_json()),
        "at `/budget/ledgers`: expected `$bytes` alone, with a base64url text"
    );
}

/// Small enough that several add up.
fn most() -> impl Strategy<Value = Number> {
    let fine = (0..=i128::MAX / 100).prop_map(|coefficient| (coefficient, 18));
    let plain = (0..=1_000_000_000_000_i128, 0..=1_u32);
    prop_oneof![fine, plain]
        .prop_map(|(coefficient, scale)| Number::new(coefficient, scale).expect("18 digits"))
}

fn argument() -> impl Strategy<Value = ForeignText> {
    text()
        .prop_filter("a short name", |text| text.len() <= bounds::MAX_KEY_BYTES)
        .prop_map(ForeignText::from)
}

fn path() -> impl Strategy<Value = ArgumentPath> {
    let names = proptest::collection::vec(argument(), 1..4);
    names
        .prop_map(|names| ArgumentPath::new(names.iter().map(|name| &**name)).expect("short names"))
}

fn source() -> impl Strategy<Value = Source> {
    let tool = proptest::option::of(select(vec!["pay", "crm.*", "crm.read"]));
    let unit = proptest::option::of((path(), argument()));
    (path(), tool, unit, any::<bool>()).prop_map(|(path, tool, unit, takes_texts)| {
        let source = tool.iter().fold(Source::new(path), |source, tool| {
            source.with_tool(tool.parse().expect("a tool"))
        });
        let unit = unit.map(|(path, value)| Unit::new(path, &value).expect("a short unit"));
        let source = unit.into_iter().fold(source, Source::with_unit);
        if takes_texts {
            source.with_decimal_texts()
        } else {
            source
        }
    })
}

fn per_value() -> impl Strategy<Value = PerValue> {
    (path(), 1..=316_224_000_u64, any::<bool>()).prop_map(|(path, remember, is_any_case)| {
        let per_value = PerValue::new(path, Seconds::new(remember)).expect("a time");
        if is_any_case {
            per_value.with_any_case()
        } else {
            per_value
        }
    })
}

fn period() -> impl Strategy<Value = Option<Period>> {
    proptest::option::of(select(Period::ALL.to_vec()))
}

fn budget() -> impl Strategy<Value = Limit> {
    let sum = proptest::collection::vec(source(), 1..4);
    let sum = sum.prop_map(|sources| Meter::Sum(Sources::new(sources).expect("a few")));
    let calls = btree_map(ledger(), any::<u32>().prop_map(Number::from), 1..4)
        .prop_map(|shares| (Meter::Calls, shares));
    let metered = prop_oneof![calls, (sum, btree_map(ledger(), most(), 1..4))];
    let terms = (period(), proptest::option::of(per_value()), any::<bool>());
    (name(), metered, terms).prop_map(
        |(account, (meter, shares), (period, per_value, is_askable))| {
            let budget = Budget::new(account, meter, shares).expect("a budget");
            let budget = period.into_iter().fold(budget, Budget::with_period);
            let budget = per_value.into_iter().fold(budget, Budget::with_per_value);
            Limit::budget(if is_askable {
                budget.with_askable()
            } else {
                budget
            })
        },
    )
}

fn pace() -> impl Strategy<Value = RateLimit> {
    (name(), name(), 1..=1_000_000_u32, 1..=31_622_400_u64).prop_map(
        |(account, ledger, burst, per)| {
            RateLimit::new(account, ledger, burst, Seconds::new(per)).expect("a rate")
        },
    )
}

fn exclusive() -> impl Strategy<Value = Limit> {
    let groups = subsequence(vec!["a", "b.*", "c.d", "c.e", "f_-1"], 2..=5);
    (name(), name(), groups).prop_map(|(account, ledger, tools)| {
        let groups = tools.chunks(2).map(|tools| {
            ToolSet::new(tools.iter().map(|tool| tool.parse().expect("a tool")))
                .expect("one or two")
        });
        let groups: Vec<ToolSet> = groups.collect();
        let other = ToolSet::new(["z".parse().expect("a tool")]).expect("one");
        Limit::separation_of_duty(
            SeparationOfDuty::new(account, ledger, groups.into_iter().chain([other]))
                .expect("groups apart"),
        )
    })
}

/// What a gate may exempt: a range with both ends, or a list.
fn exemption() -> impl Strategy<Value = Constraint> {
    let ranges = (-9_i64..9, -9_i64..9)
        .prop_map(|(a, b)| Constraint::between(a.min(b).into(), a.max(b).into()));
    let texts = proptest::collection::vec("[a-z\"]{0,4}", 1..4).prop_map(Constraint::one_of);
    prop_oneof![
        ranges.prop_map(|range| range.expect("a range")),
        texts.prop_map(|list| list.expect("a list"))
    ]
}

fn gate() -> impl Strategy<Value = Limit> {
    let approvers = subsequence((51..67).collect::<Vec<u8>>(), 1..=16);
    let effect = select(vec![Effect::Read, Effect::Write, Effect::Irreversible]);
    let unless = proptest::option::of((argument(), exemption()));
    (
        approvers,
        any::<prop::sample::Index>(),
        any::<u64>(),
        effect,
        unless,
    )
        .prop_map(|(approvers, spared, age, effect, unless)| {
            let needed = approvers
                .len()
                .saturating_sub(spared.index(approvers.len()));
            let gate = ApprovalGate::new(needed, approvers.into_iter().map(key), Seconds::new(age))
                .expect("some of them");
            let gate = gate.with_effect(effect);
            Limit::approval_gate(match unless {
                None => gate,
                Some((argument, is)) => gate
                    .with_exemption(&argument, is)
                    .expect("a short name, and bounded"),
            })
        })
}

/// A limit of the four kinds, for all calls.
pub(super) fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        budget(),
        pace().prop_map(Limit::rate_limit),
        exclusive(),
        gate()
    ]
}

fn charge() -> impl Strategy<Value = Charge> {
    let demand = prop_oneof![
        (most(), most()).prop_flat_map(|(amount, max)| {
            let remember = proptest::option::of((1..=316_224_000_u64).prop_map(Seconds::new));
            (period(), remember).prop_map(move |(period, remember)| Demand::Spend {
                amount,
                max,
                period,
                remember,
            })
        }),
        pace().prop_map(|rate| Demand::Pace {
            burst: rate.burst(),
            per: rate.per()
        }),
        (0..8_usize).prop_map(|group| Demand::Latch { group }),
    ];
    (0..16_usize, name(), any::<[u8; 32]>(), name(), demand).prop_map(
        |(link, ledger, account, name, demand)| Charge {
            link,
            ledger,
            account: AccountId::from_bytes(account),
            name,
            demand,
        },
    )
}

proptest! {
    #[test]
    fn charges_round_trip(charge in charge()) {
        round_trips(&charge)?;
    }
}

fn refuses<T: JsonForm + std::fmt::Debug>(table: impl IntoIterator<Item = (String, &'static str)>) {
    for (json, expected) in table {
        let refused = refusal::<T>(&json);
        assert!(
            refused == expected || expected.ends_with(": ") && refused.starts_with(expected),
            "{json}: {refused}"
        );
    }
}

#[test]
fn budgets_are_refused_where_they_are_wrong() {
    let budget = |fields: &str| format!(r#"[{{"budget":{{{fields}}}}}]"#);
    let of = |fields: &str| budget(&format!(r#""account":"travel",{fields}"#));
    let sum = |fields: &str| of(&format!(r#""ledgers":{{"eu-1":5}},"sum":{fields}"#));
    let per_value = |fields: &str| of(&format!(r#""ledgers":{{"eu-1":5}},"per_value":{fields}"#));
    let many: Vec<String> = (0..17).map(|ledger| format!(r#""l{ledger}":1"#)).collect();
    let long = "a".repeat(129);
    refuses::<Limits>([
        (
            r#"[{"budget":1}]"#.to_owned(),
            "at `/0/budget`: expected an object",
        ),
        (budget(""), "at `/0/budget`: `account` is missing"),
        (
            budget(r#""account":"travel""#),
            "at `/0/budget`: `ledgers` is missing",
        ),
        (
            budget(r#""account":"","ledgers":{}"#),
            "at `/0/budget/account`: a name is not empty",
        ),
        (
            budget(r#""account":1,"ledgers":{}"#),
            "at `/0/budget/account`: expected a text",
        ),
        (
            of(r#""ledgers":[]"#),
            "at `/0/budget/ledgers`: expected an object",
        ),
        (
            of(r#""ledgers":{}"#),
            "at `/0/budget`: 1 to 16 ledgers count a budget, found 0",
        ),
        (
            of(&format!(r#""ledgers":{{{}}}"#, many.join(","))),
            "at `/0/budget`: 1 to 16 ledgers count a budget, found 17",
        ),
        (
            of(r#""ledgers":{"":1}"#),
            "at `/0/budget/ledgers/`: a name is not empty",
        ),
        (
            of(r#""ledgers":{"a/b":"1"}"#),
            "at `/0/budget/ledgers/a~1b`: expected a number",
        ),
        (
            of(r#""ledgers":{"eu-1":1,"eu-1":2}"#),
            "at `/0/budget/ledgers`: key `eu-1` appears twice",
        ),
        (
            of(r#""ledgers":{"eu-1":-1}"#),
            "at `/0/budget`: a budget is not negative",
        ),
        (
            of(r#""ledgers":{"eu-1":1.5}"#),
            "at `/0/budget`: calls are counted in whole numbers",
        ),
        (
            of(r#""ledgers":{"eu-1":1},"max":1"#),
            "at `/0/budget`: `max` is not known here",
        ),
        (
            of(r#""ledgers":{"eu-1":1},"askable":false"#),
            "at `/0/budget/askable`: only `true` is written here",
        ),
        (sum(r#""amount""#), "at `/0/budget/sum`: expected a list"),
        (
            sum("[]"),
            "at `/0/budget/sum`: 1 to 8 sources of a budget, found 0",
        ),
        (sum("[{}]"), "at `/0/budget/sum/0`: `path` is missing"),
        (
            sum(r#"[{"path":"a"}]"#),
            "at `/0/budget/sum/0/path`: expected a list",
        ),
        (
            sum(r#"[{"path":[]}]"#),
            "at `/0/budget/sum/0/path`: 1 to 8 names in a path to an argument, found 0",
        ),
        (
            sum(r#"[{"path":[1]}]"#),
            "at `/0/budget/sum/0/path/0`: expected a text",
        ),
        (
            sum(r#"[{"path":["a"],"in":"EUR"}]"#),
            "at `/0/budget/sum/0`: `in` is not known here",
        ),
        (
            sum(r#"[{"path":["a"],"texts":1}]"#),
            "at `/0/budget/sum/0/texts`: ",
        ),
        (
            sum(r#"[{"path":["a"],"tool":"*"}]"#),
            "at `/0/budget/sum/0/tool`: ",
        ),
        (
            sum(r#"[{"path":["a"],"unit":"EUR"}]"#),
            "at `/0/budget/sum/0/unit`: expected an object",
        ),
        (
            sum(r#"[{"path":["a"],"unit":{"path":["b"]}}]"#),
            "at `/0/budget/sum/0/unit`: `value` is missing",
        ),
        (
            sum(r#"[{"path":["a"],"unit":{"value":"b"}}]"#),
            "at `/0/budget/sum/0/unit`: `path` is missing",
        ),
        (
            sum(r#"[{"path":["a"],"unit":{"path":["b"],"value":"c","d":1}}]"#),
            "at `/0/budget/sum/0/unit`: `d` is not known here",
        ),
        (
            sum(&format!(r#"[{{"path":["{long}"]}}]"#)),
            "at `/0/budget/sum/0/path`: an argument's name or unit has at most 128 bytes, found 129",
        ),
        (
            sum(r#"[{"path":["a"],"tool":"pay"}]"#),
            "at `/0/budget`: a tool in the limit's scope has no source in the budget, so its calls would spend nothing",
        ),
        (
            of(r#""ledgers":{"eu-1":1},"each":"year""#),
            "at `/0/budget/each`: expected `day`, `week` or `month`",
        ),
        (
            per_value("{}"),
            "at `/0/budget/per_value`: `path` is missing",
        ),
        (
            per_value(r#"{"path":["a"]}"#),
            "at `/0/budget/per_value`: `remember` is missing",
        ),
        (
            per_value(r#"{"path":["a"],"remember":0}"#),
            "at `/0/budget/per_value`: a value is remembered for a second to ten years",
        ),
        (
            per_value(r#"{"path":["a"],"remember":1,"any_case":false}"#),
            "at `/0/budget/per_value/any_case`: ",
        ),
        (
            per_value(r#"{"path":["a"],"remember":1,"or":1}"#),
            "at `/0/budget/per_value`: `or` is not known here",
        ),
    ]);
}

#[test]
fn rates_and_groups_are_refused_where_they_are_wrong() {
    let rate = |fields: &str| format!(r#"[{{"rate":{{"account":"a","ledger":"b"{fields}}}}}]"#);
    let groups = |groups: &str| {
        format!(r#"[{{"exclusive":{{"account":"a","ledger":"b","groups":{groups}}}}}]"#)
    };
    let wrong = "at `/0/rate`: a rate is 1 to 1000000 calls in a second to a year";
    refuses::<Limits>([
        (
            r#"[{"rate":[]}]"#.to_owned(),
            "at `/0/rate`: expected an object",
        ),
        (
            r#"[{"rate":{"account":"a"}}]"#.to_owned(),
            "at `/0/rate`: `ledger` is missing",
        ),
        (rate(""), "at `/0/rate`: `burst` is missing"),
        (rate(r#","burst":1"#), "at `/0/rate`: `per` is missing"),
        (
            rate(r#","burst":-1,"per":1"#),
            "at `/0/rate/burst`: expected a number of calls",
        ),
        (
            rate(r#","burst":1.5,"per":1"#),
            "at `/0/rate/burst`: expected a number of calls",
        ),
        (
            rate(r#","burst":1,"per":"60""#),
            "at `/0/rate/per`: expected a number of seconds",
        ),
        (rate(r#","burst":0,"per":1"#), wrong),
        (rate(r#","burst":1000001,"per":1"#), wrong),
        (rate(r#","burst":4294967297,"per":1"#), wrong),
        (rate(r#","burst":1,"per":0"#), wrong),
        (rate(r#","burst":1,"per":31622401"#), wrong),
        (
            rate(r#","burst":1,"per":1,"max":1"#),
            "at `/0/rate`: `max` is not known here",
        ),
        (
            r#"[{"exclusive":{"account":"a","ledger":"b"}}]"#.to_owned(),
            "at `/0/exclusive`: `groups` is missing",
        ),
        (groups("{}"), "at `/0/exclusive/groups`: expected a list"),
        (
            groups("[]"),
            "at `/0/exclusive`: 2 to 8 groups exclude each other, found 0",
        ),
        (
            groups(r#"[["a"]]"#),
            "at `/0/exclusive`: 2 to 8 groups exclude each other, found 1",
        ),
        (
            groups(r#"["a","b"]"#),
            "at `/0/exclusive/groups/0`: expected a list",
        ),
        (
            groups(r#"[["a"],[]]"#),
            "at `/0/exclusive/groups/1`: 1 to 32 tools in a scope, found 0",
        ),
        (
            groups(r#"[["a"],["b c"]]"#),
            "at `/0/exclusive/groups/1/0`: ",
        ),
        (
            groups(r#"[["a.*"],["b","a.c"]]"#),
            "at `/0/exclusive`: groups that exclude each other have no tool in common",
        ),
        (
            groups(r#"[["a"],["b"]]"#).replace("[{", r#"[{"tools":["a"],"#),
            "at `/0/tools`: group 1 has tools outside the limit's scope, where nothing would be excluded",
        ),
    ]);
}

#[test]
fn gates_are_refused_where_they_are_wrong() {
    let gate = |fields: &str| format!(r#"[{{"gate":{{{fields}}}}}]"#);
    let key = key_text(51);
    let of = |fields: &str| gate(&format!(r#""approvers":["{key}"],{fields}"#));
    let one = |fields: &str| of(&format!(r#""needed":1,"max_age":60,{fields}"#));
    let many: Vec<String> = (51..68)
        .map(|seed| format!("\"{}\"", key_text(seed)))
        .collect();
    refuses::<Limits>([
        (gate(""), "at `/0/gate`: `approvers` is missing"),
        (
            one(r#""unless":{"argument":"a","is":{"range":{"max":1000}}}"#),
            "at `/0/gate`: a gate's exemption on a number has both ends, and this one has no lower end",
        ),
        (
            one(r#""unless":{"argument":"a","is":{"range":{"above":0}}}"#),
            "at `/0/gate`: a gate's exemption on a number has both ends, and this one has no upper end",
        ),
        (
            one(r#""unless":{"argument":"a","is":{"pattern":"*"}}"#),
            "at `/0/gate`: a gate's exemption is a range of numbers with both ends, or a list of values",
        ),
        (
            gate(r#""approvers":{}"#),
            "at `/0/gate/approvers`: expected a list",
        ),
        (
            gate(r#""approvers":["AAAA"]"#),
            "at `/0/gate/approvers/0`: ",
        ),
        (of(r#""max_age":60"#), "at `/0/gate`: `needed` is missing"),
        (of(r#""needed":1"#), "at `/0/gate`: `max_age` is missing"),
        (
            of(r#""needed":"1","max_age":60"#),
            "at `/0/gate/needed`: expected a number of approvers",
        ),
        (
            of(r#""needed":1,"max_age":-1"#),
            "at `/0/gate/max_age`: expected a number of seconds",
        ),
        (
            of(r#""needed":0,"max_age":60"#),
            "at `/0/gate`: 1 to 16 keys approve, and 1 to all of them must; found 0 of 1",
        ),
        (
            gate(&format!(
                r#""approvers":["{key}","{key}"],"needed":2,"max_age":60"#
            )),
            "at `/0/gate`: 1 to 16 keys approve, and 1 to all of them must; found 2 of 1",
        ),
        (
            gate(r#""approvers":[],"needed":1,"max_age":60"#),
            "at `/0/gate`: 1 to 16 keys approve, and 1 to all of them must; found 1 of 0",
        ),
        (
            gate(&format!(
                r#""approvers":[{}],"needed":1,"max_age":60"#,
                many.join(",")
            )),
            "at `/0/gate`: 1 to 16 keys approve, and 1 to all of them must; found 1 of 17",
        ),
        (
            one(r#""effect":"pay""#),
            "at `/0/gate/effect`: expected `read`, `write` or `irreversible`",
        ),
        (
            one(r#""unless":{"argument":"a"}"#),
            "at `/0/gate/unless`: `is` is missing",
        ),
        (
            one(r#""unless":{"is":{"any":true}}"#),
            "at `/0/gate/unless`: `argument` is missing",
        ),
        (
            one(r#""unless":{"argument":"a","is":{}}"#),
            "at `/0/gate/unless/is`: expected an object that names a kind",
        ),
        (
            one(r#""unless":{"argument":"a","is":{"any":true},"or":1}"#),
            "at `/0/gate/unless`: `or` is not known here",
        ),
        (one(r#""by":1"#), "at `/0/gate`: `by` is not known here"),
    ]);
}

#[test]
fn charges_are_refused_where_they_are_wrong() {
    let account = "0f".repeat(32);
    let of = |fields: &str| {
        format!(r#"{{"link":0,"ledger":"a","name":"b","account":"{account}"{fields}}}"#)
    };
    let wrong = "at `/pace`: a rate is 1 to 1000000 calls in a second to a year";
    refuses::<Charge>([
        ("[]".to_owned(), "expected an object"),
        ("{}".to_owned(), "`link` is missing"),
        (of(""), "expected an object that names a kind"),
        (
            of(r#","spend":{"amount":1,"max":1},"latch":{"group":0}"#),
            "`spend` is not known here",
        ),
        (of(r#","hold":{}"#), "`hold` is not known here"),
        (
            of(r#","spend":{"amount":1}"#),
            "at `/spend`: `max` is missing",
        ),
        (
            of(r#","spend":{"amount":"1","max":1}"#),
            "at `/spend/amount`: expected a number",
        ),
        (
            of(r#","spend":{"amount":1,"max":-1}"#),
            "at `/spend/max`: expected an amount that is not negative",
        ),
        (
            of(r#","spend":{"amount":1,"max":1,"each":"year"}"#),
            "at `/spend/each`: expected `day`, `week` or `month`",
        ),
        (
            of(r#","spend":{"amount":1,"max":1,"remember":0}"#),
            "at `/spend/remember`: a value is remembered for a second to ten years",
        ),
        (of(r#","pace":{"burst":0,"per":1}"#), wrong),
        (of(r#","pace":{"burst":1,"per":0}"#), wrong),
        (
            of(r#","latch":{"group":-1}"#),
            "at `/latch/group`: expected the number of a group",
        ),
        (
            of(r#","latch":{"group":0,"tool":"a"}"#),
            "at `/latch`: `tool` is not known here",
        ),
        (
            of("").replacen("0f", "0F", 1),
            "at `/account`: expected a digest in hex",
        ),
        (
            of("").replacen(r#""link":0"#, r#""link":-1"#, 1),
            "at `/link`: expected the number of a link",
        ),
    ]);
}

/// A default may be spelled, and is not written; so one limit has one text.
#[test]
fn what_gates_need_not_say_is_left_out() {
    let key = key_text(51);
    let gate = |fields: &str| {
        let json =
            format!(r#"{{"gate":{{"approvers":["{key}"],"max_age":60,"needed":1{fields}}}}}"#);
        Limit::from_json(&json).expect(&json).to_json()
    };
    assert_eq!(
        gate(r#","effect":"read""#),
        format!(r#"{{"gate":{{"approvers":["{key}"],"max_age":60,"needed":1}}}}"#)
    );
    let full = r#","effect":"write","unless":{"argument":"a","is":{"one_of":[1]}}"#;
    assert!(
        gate(full).contains(r#""effect":"write""#)
            && gate(full).contains(r#""unless":{"argument":"a""#)
    );
    let calls = r#"{"budget":{"account":"a","ledgers":{"b":1.50,"c":2e2},"sum":[{"path":["d"]}]}}"#;
    let calls = Limit::from_json(calls).expect(calls).to_json();
    assert_eq!(
        calls,
        r#"{"budget":{"account":"a","ledgers":{"b":1.5,"c":200},"sum":[{"path":["d"]}]}}"#
    );
}
