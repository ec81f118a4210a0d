//! The JSON form: it round-trips, it is exact, and it refuses what is not quite right at the place
//! where it is wrong.

#![cfg(feature = "json")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "json/spending.rs"]
mod spending;

use mandatum::claims::Holder;
use mandatum::codec::InvalidValue;
use mandatum::denial::AccessRequest;
use mandatum::json::{JsonErrorKind, JsonForm};
use mandatum::limits::{AudienceSet, Barrier, Condition, MaxAge, Reporters, Waves, Window};
use mandatum::powers::{
    ArgumentRules, Bound, ConstraintError, Host, Port, PowersError, Presence, Range, ToolPattern,
    UrlRule,
};
use mandatum::primitives::{MandateId, Number, NumberError, Value, ValueType, Work};
use mandatum::{
    Audience, Capability, Constraint, Effect, Label, Limit, Limits, LivesBy, Mission, Powers,
    PublicKey, Seconds, SigningKey, TaskPath, Timestamp,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use std::fmt::Debug;

fn number() -> impl Strategy<Value = Number> {
    let coefficient = prop_oneof![
        any::<i128>(),
        any::<i8>().prop_map(i128::from),
        Just(i128::MIN),
        Just(i128::MAX)
    ];
    (coefficient, -400..=360_i32).prop_map(|(coefficient, exponent)| {
        Number::scientific(coefficient, exponent).expect("in bounds")
    })
}

/// Any text, and texts that a careless writer of JSON trips over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        select(vec![
            "", "\"", "\\", "\u{0}", "\u{2028}", "/~1~0", "$bytes", "🚀", "e\u{301}"
        ])
        .prop_map(String::from)
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number().prop_map(Value::from),
        text().prop_map(Value::from),
        vec(any::<u8>(), 0..8).prop_map(Value::Bytes),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 32, 4, |inner| {
        // A map whose only key is `$bytes` has no JSON form of its own.
        let key = text().prop_filter("`$bytes` marks bytes", |key| key != "$bytes");
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            btree_map(key, inner, 0..4).prop_map(Value::Map)
        ]
    })
}

/// Values of one type.
fn set() -> impl Strategy<Value = Vec<Value>> {
    prop_oneof![
        btree_set(text(), 1..4).prop_map(|set| set.into_iter().map(Value::from).collect()),
        vec(number(), 1..4).prop_map(|set| set.into_iter().map(Value::from).collect()),
        vec(vec(value(), 0..3), 1..3).prop_map(|set| set.into_iter().map(Value::List).collect()),
        vec(vec(any::<u8>(), 0..4), 1..3)
            .prop_map(|set| set.into_iter().map(Value::Bytes).collect()),
        Just(vec![Value::Null]),
    ]
}

fn end() -> impl Strategy<Value = Option<Bound>> {
    let bound = (number(), any::<bool>()).prop_map(|(end, included)| {
        if included {
            Bound::Inclusive(end)
        } else {
            Bound::Exclusive(end)
        }
    });
    proptest::option::of(bound)
}

fn url() -> impl Strategy<Value = UrlRule> {
    let port = prop_oneof![
        Just(Port::Default),
        Just(Port::Any),
        (1..=u16::MAX).prop_map(Port::Only)
    ];
    let schemes = subsequence(vec!["http", "https", "wss", "git+ssh"], 1..=4);
    (schemes, port, select(vec!["/", "/v1", "/a%20b/c"])).prop_filter_map(
        "the scheme's own port",
        |(schemes, port, path)| {
            let rule = UrlRule::new(schemes, Host::new("example.com").ok()?).ok()?;
            rule.with_port(port).ok()?.with_path(path).ok()
        },
    )
}

fn plain() -> impl Strategy<Value = Constraint> {
    prop_oneof![
        Just(Constraint::any()),
        set().prop_map(|set| Constraint::one_of(set).expect("a set")),
        set().prop_filter_map("nothing is left", |set| Constraint::none_of(set).ok()),
        set().prop_map(|set| Constraint::contains(set).expect("a set")),
        (end(), end()).prop_filter_map("crossed", |(low, high)| Range::new(low, high)
            .ok()
            .map(Constraint::range)),
        text().prop_filter_map("two stars", |text| Constraint::pattern(&text).ok()),
        select(vec!["/", "/decks/acme", "/décks/\u{202e}"])
            .prop_map(|path| Constraint::path_under(path).expect("a path")),
        Just(Constraint::host_under("example.com").expect("a host")),
        url().prop_map(Constraint::url),
        select(vec!["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::1/128"])
            .prop_map(|network| Constraint::network(network).expect("a network")),
    ]
}

fn constraint() -> impl Strategy<Value = Constraint> {
    plain().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|inner| Constraint::each(inner).expect("shallow")),
            rules(inner.clone()).prop_map(|rules| Constraint::record(rules).expect("shallow")),
            vec(inner.clone(), 1..3)
                .prop_map(|clauses| Constraint::all_of(clauses).expect("shallow")),
            vec(inner, 1..3).prop_map(|clauses| Constraint::any_of(clauses).expect("shallow")),
        ]
    })
}

fn rules(constraint: impl Strategy<Value = Constraint>) -> impl Strategy<Value = ArgumentRules> {
    let named = btree_map("[a-z~/\" ]{0,3}", (any::<bool>(), constraint), 0..4);
    (named, any::<bool>()).prop_map(|(named, open)| {
        let rules = named.into_iter().fold(
            ArgumentRules::closed(),
            |rules, (name, (required, constraint))| {
                let presence = if required {
                    Presence::Required
                } else {
                    Presence::Optional
                };
                rules
                    .with_rule(&name, presence, constraint)
                    .expect("each name once")
            },
        );
        if open { rules.allow_others() } else { rules }
    })
}

fn capability() -> impl Strategy<Value = Capability> {
    let effect = select(vec![Effect::Read, Effect::Write, Effect::Irreversible]);
    let tool = select(vec!["crm.read", "crm.*", "a-b_c.0"])
        .prop_map(|tool| ToolPattern::new(tool).expect("a tool"));
    (tool, effect, rules(constraint()), any::<bool>()).prop_map(
        |(tool, effect, rules, delegable)| {
            let capability = Capability::for_tool(tool, effect).with_arguments(rules);
            if delegable {
                capability.allow_delegation()
            } else {
                capability
            }
        },
    )
}

fn key(seed: u8) -> PublicKey {
    SigningKey::from_seed(&[seed; 32]).public()
}

fn lives_by() -> impl Strategy<Value = LivesBy> {
    (any::<[u64; 3]>(), subsequence(vec![51, 52, 53, 54], 0..=4)).prop_map(|(mut ages, enders)| {
        ages.sort_unstable();
        let [irreversible, write, read] = ages.map(Seconds::new);
        let mission = Mission::new(key(50), Label::new("é\"\\").expect("a name"), [7; 16]);
        let lives_by = LivesBy::new(
            mission,
            MaxAge::new(read, write, irreversible).expect("in order"),
        );
        lives_by
            .with_enders(enders.into_iter().map(key))
            .expect("few")
    })
}

fn waves() -> impl Strategy<Value = Waves> {
    let number = || prop_oneof![0..3_u64, any::<u64>()];
    (number(), proptest::option::of(number()), number()).prop_map(|(one, other, drain)| {
        let mission = Mission::new(key(50), Label::new("é\"\\").expect("a name"), [7; 16]);
        match other {
            None => Waves::starting_at(mission, one),
            Some(other) => Waves::new(mission, one.min(other), one.max(other))
                .and_then(|waves| waves.with_drain(Seconds::new(drain)))
                .expect("in order, and with a last one"),
        }
    })
}

fn time() -> impl Strategy<Value = Timestamp> + Clone {
    (0..=253_402_300_799_u64).prop_map(|unix| Timestamp::from_unix(unix).expect("a time"))
}

fn barrier() -> impl Strategy<Value = Barrier> {
    let reporters = subsequence(vec![51, 52, 53, 54], 1..=4)
        .prop_map(|seeds| Reporters::new(seeds.into_iter().map(key)).expect("one to four"));
    let tasks = btree_map(
        any::<[u8; 32]>().prop_map(MandateId::from_bytes),
        reporters,
        1..5,
    );
    (
        tasks,
        any::<prop::sample::Index>(),
        proptest::option::of(time()),
    )
        .prop_map(|(tasks, spared, deadline)| {
            let quorum = tasks.len().saturating_sub(spared.index(tasks.len()));
            let barrier = Barrier::new(tasks)
                .and_then(|barrier| barrier.with_quorum(quorum))
                .expect("a quorum of them");
            deadline.into_iter().fold(barrier, Barrier::with_deadline)
        })
}

fn limit() -> impl Strategy<Value = Limit> {
    let window = (proptest::option::of(time()), proptest::option::of(time())).prop_filter_map(
        "crossed",
        |ends| match ends {
            (Some(from), Some(until)) => Window::new(from, until).ok(),
            (Some(from), None) => Some(Window::opening(from)),
            (None, Some(until)) => Some(Window::closing(until)),
            (None, None) => None,
        },
    );
    let audiences = subsequence(vec!["https://a.example", "b", "é\"\\"], 1..=3).prop_map(|names| {
        AudienceSet::new(
            names
                .into_iter()
                .map(|name| Audience::new(name).expect("a name")),
        )
        .expect("few")
    });
    let condition = (constraint(), any::<u64>()).prop_map(|(holds, max_age)| {
        let fact = Label::new("ticket/INC-42").expect("a name");
        Limit::condition(Condition {
            fact,
            holds,
            max_age: Seconds::new(max_age),
        })
    });
    let rule = prop_oneof![
        window.prop_map(Limit::window),
        audiences.prop_map(Limit::audience),
        Just(Limit::signed_calls()),
        lives_by().prop_map(Limit::lives_by),
        condition,
        Just(Limit::ends_on(Label::new("é\"\\").expect("a name"))),
        waves().prop_map(Limit::waves),
        barrier().prop_map(Limit::barrier),
        subsequence((60..92).collect::<Vec<u8>>(), 1..=32)
            .prop_map(|seeds| Limit::delegates(seeds.into_iter().map(key)).expect("few")),
        spending::limit(),
    ];
    (rule, subsequence(vec!["crm.*", "crm", "b.c"], 0..=3)).prop_map(|(rule, tools)| {
        if tools.is_empty() {
            rule
        } else {
            rule.clone().with_tools(tools).unwrap_or(rule)
        }
    })
}

fn request() -> impl Strategy<Value = AccessRequest> {
    let holder = proptest::option::of(select(vec!["spiffe://acme.example/agent", "é\"\\"]))
        .prop_map(|name| match name {
            None => Holder::from(key(60)),
            Some(name) => Holder::new(key(60)).with_name(Label::new(name).expect("a name")),
        });
    let task = select(vec!["acme-qbr", "acme-qbr/slides/draft"]);
    (any::<[u8; 32]>(), holder, task, vec(capability(), 0..3)).prop_map(
        |(mandate, holder, task, powers)| AccessRequest {
            mandate: MandateId::from_bytes(mandate),
            holder,
            task: TaskPath::new(task).expect("a task"),
            powers: Powers::new(powers).expect("few"),
        },
    )
}

/// There and back, as text and as a value; and the text is JSON to others.
fn round_trips<T: JsonForm + PartialEq + Debug>(thing: &T) -> Result<(), TestCaseError> {
    let json = thing.to_json();
    let (from_text, from_value) = (T::from_json(&json), T::from_value(&thing.to_value()));
    prop_assert_eq!(from_text.as_ref(), Ok(thing), "{}", json);
    prop_assert_eq!(from_value.as_ref(), Ok(thing), "{}", json);
    prop_assert!(
        serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok(),
        "{}",
        json
    );
    prop_assert!(!json.contains('\n'), "{}", json);
    Ok(())
}

proptest! {
    #[test]
    fn values_round_trip(value in value()) {
        round_trips(&value)?;
    }

    #[test]
    fn constraints_round_trip(constraint in constraint()) {
        round_trips(&constraint)?;
    }

    #[test]
    fn capabilities_round_trip(capability in capability()) {
        round_trips(&capability)?;
    }

    #[test]
    fn powers_round_trip(capabilities in vec(capability(), 0..4)) {
        round_trips(&Powers::new(capabilities).expect("few"))?;
    }

    #[test]
    fn limits_round_trip(limits in vec(limit(), 0..4)) {
        round_trips(&Limits::new(limits).expect("few"))?;
    }

    #[test]
    fn requests_round_trip(request in request()) {
        round_trips(&request)?;
    }

    /// A float arrives as a shortest decimal that reads back as it, whether as text or through
    /// serde. Some floats have two, and JSON may write the other.
    #[test]
    fn floats_arrive_as_json_writes_them(float in any::<f64>().prop_filter("finite", |float| float.is_finite())) {
        let json = serde_json::Value::from(float);
        let through_serde = Value::deserialize(&json).ok();
        let as_text = Value::from_json(&json.to_string()).ok();
        prop_assert_eq!(through_serde.is_some(), as_text.is_some());
        for read in [through_serde, as_text].into_iter().flatten() {
            let back = if let Value::Number(number) = read { number.to_string().parse::<f64>().ok() } else { None };
            prop_assert_eq!(back, Some(float + 0.0));
        }
    }

    #[test]
    fn integers_arrive_exactly(signed in any::<i64>(), unsigned in any::<u64>()) {
        prop_assert_eq!(Value::deserialize(serde_json::json!(signed)).ok(), Some(Value::from(Number::from(signed))));
        prop_assert_eq!(Value::deserialize(serde_json::json!(unsigned)).ok(), Some(Value::from(Number::from(unsigned))));
    }

    /// Reading never panics, whatever comes.
    #[test]
    fn anything_is_read_or_refused(text in any::<String>(), json in r#"[\[\]{}",:0-9eE.+a-z$ -]{0,24}"#) {
        for text in [text, json] {
            let _ = (Value::from_json(&text), Powers::from_json(&text), Limits::from_json(&text));
            let _ = AccessRequest::from_json(&text);
        }
    }
}

/// The error that a text is refused with, as a person reads it.
fn refusal<T: JsonForm + Debug>(json: &str) -> String {
    T::from_json(json).expect_err(json).to_string()
}

#[test]
fn powers_are_refused_where_they_are_wrong() {
    let pay = |constraint: &str| {
        format!(r#"[{{"tool":"pay","effect":"read","args":{{"amount":{constraint}}}}}]"#)
    };
    let deep = |levels: usize| {
        format!(
            "{}{}{}",
            r#"{"each":"#.repeat(levels),
            r#"{"any":true}"#,
            "}".repeat(levels)
        )
    };
    let set_of = |members: usize| {
        (0..members)
            .map(|member| member.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let table = [
        ("{}".to_owned(), "expected a list"),
        ("[1]".to_owned(), "at `/0`: expected an object"),
        ("[{}]".to_owned(), "at `/0`: `tool` is missing"),
        (r#"[{"tool":"pay"}]"#.to_owned(), "at `/0`: `effect` is missing"),
        (
            r#"[{"tool":"*","effect":"read"}]"#.to_owned(),
            "at `/0/tool`: `*` alone would mean every tool: list the tools, or how their names begin",
        ),
        (
            r#"[{"tool":"get user","effect":"read"}]"#.to_owned(),
            "at `/0/tool`: a tool's name has letters, digits and `_.:/-`, all of ASCII: found a space at byte 3",
        ),
        (
            r#"[{"tool":"pay","effect":"Read"}]"#.to_owned(),
            "at `/0/effect`: expected `read`, `write` or `irreversible`",
        ),
        (r#"[{"tool":"pay","effect":"read","argz":{}}]"#.to_owned(), "at `/0`: `argz` is not known here"),
        (r#"[{"tool":"pay","effect":"read","delegable":1}]"#.to_owned(), "at `/0/delegable`: expected true or false"),
        (r#"[{"tool":"pay","effect":"read","args":[]}]"#.to_owned(), "at `/0/args`: expected an object"),
        (r#"[{"tool":"pay","effect":"read","tool":"pay"}]"#.to_owned(), "at `/0`: key `tool` appears twice"),
        (
            r#"[{"tool":"pay","effect":"read","args":{"a":{"any":true}},"optional":{"a":{"any":true}}}]"#.to_owned(),
            "at `/0`: an argument is named twice",
        ),
        (
            r#"[{"tool":"pay","effect":"read","args":{"a/b~c":{}}}]"#.to_owned(),
            "at `/0/args/a~1b~0c`: expected an object that names a kind",
        ),
        (pay(r#"{"regex":"^a$"}"#), "at `/0/args/amount`: `regex` is not known here"),
        (pay(r#"{"any":true,"one_of":[1]}"#), "at `/0/args/amount`: `one_of` is not known here"),
        (pay(r#"{"any":false}"#), "at `/0/args/amount/any`: only `true` is written here"),
        (pay(r#"{"range":{"min":"x"}}"#), "at `/0/args/amount/range/min`: expected a number"),
        (pay(r#"{"range":{"min":1,"above":1}}"#), "at `/0/args/amount/range`: expected one of `min` and `above`"),
        (pay(r#"{"range":{"max":1,"below":1}}"#), "at `/0/args/amount/range`: expected one of `max` and `below`"),
        (pay(r#"{"range":{"mim":1}}"#), "at `/0/args/amount/range`: `mim` is not known here"),
        (
            pay(r#"{"range":{"min":2,"max":1}}"#),
            "at `/0/args/amount/range`: no number lies between 2 and 1 with these ends",
        ),
        (
            pay(r#"{"range":{"max":1e401}}"#),
            "at `/0/args/amount/range/max`: the exponent of the number is outside −400 to 400",
        ),
        (
            pay(r#"{"range":{"max":0.1234567890123456789012345678901234567891}}"#),
            "at `/0/args/amount/range/max`: the digits of the number do not fit 128 bits",
        ),
        (pay(r#"{"one_of":[]}"#), "at `/0/args/amount/one_of`: a set of values is not empty"),
        (
            pay(r#"{"one_of":[1,"a"]}"#),
            "at `/0/args/amount/one_of`: a set has values of one type, found number and text",
        ),
        (
            pay(r#"{"one_of":[{"$bytes":"!!"}]}"#),
            "at `/0/args/amount/one_of/0`: not base64url without padding: '!' at byte 0",
        ),
        (
            pay(r#"{"one_of":[{"$bytes":"AA=="}]}"#),
            "at `/0/args/amount/one_of/0`: not base64url without padding: '=' at byte 2",
        ),
        (
            pay(r#"{"one_of":[{"$bytes":"AA","x":1}]}"#),
            "at `/0/args/amount/one_of/0`: expected `$bytes` alone, with a base64url text",
        ),
        (
            pay(r#"{"one_of":[{"$bytes":1}]}"#),
            "at `/0/args/amount/one_of/0`: expected `$bytes` alone, with a base64url text",
        ),
        (pay(r#"{"none_of":[true,false]}"#), "at `/0/args/amount/none_of`: `none_of` excludes every bool"),
        (pay(r#"{"pattern":"a**"}"#), "at `/0/args/amount/pattern`: a pattern has no two stars in a row"),
        (pay(r#"{"path_under":"a"}"#), "at `/0/args/amount/path_under`: a path begins with `/`"),
        (
            pay(r#"{"host_under":"A.example"}"#),
            "at `/0/args/amount/host_under`: a host name is labels of `a`-`z`, `0`-`9`, `_` and inner `-`, joined by `.`",
        ),
        (pay(r#"{"url":{"schemes":["https"]}}"#), "at `/0/args/amount/url`: `host` is missing"),
        (
            pay(r#"{"url":{"schemes":[],"host":"a.example"}}"#),
            "at `/0/args/amount/url`: a URL rule names 1 to 32 schemes",
        ),
        (
            pay(r#"{"url":{"schemes":["https"],"host":"a.example","port":65536}}"#),
            "at `/0/args/amount/url/port`: expected a port number or `any`",
        ),
        (
            pay(r#"{"url":{"schemes":["https"],"host":"a.example","port":443}}"#),
            "at `/0/args/amount/url`: a port is 1 to 65535 without leading zeros, and absent where it is the scheme's own",
        ),
        (pay(r#"{"network":"10.0.0.1/8"}"#), "at `/0/args/amount/network`: a bit after the prefix is set, and a network has only zeros there"),
        (
            pay(r#"{"network":"10.0.0.0/08"}"#),
            "at `/0/args/amount/network`: a network is an address, `/` and the number of its leading bits",
        ),
        (pay(r#"{"all_of":[]}"#), "at `/0/args/amount/all_of`: `all_of` and `any_of` have at least one clause"),
        (
            pay(r#"{"any_of":[{"any":true},{"each":{"one_of":[]}}]}"#),
            "at `/0/args/amount/any_of/1/each/one_of`: a set of values is not empty",
        ),
        (
            pay(r#"{"record":{"args":{"a":{"range":{"min":null}}}}}"#),
            "at `/0/args/amount/record/args/a/range/min`: expected a number",
        ),
        (pay(r#"{"record":{"delegable":true}}"#), "at `/0/args/amount/record`: `delegable` is not known here"),
        (pay(&deep(8)), "at `/0/args/amount/each`: constraints nest at most 8 deep"),
        (
            pay(&format!(r#"{{"one_of":[{}]}}"#, set_of(257))),
            "at `/0/args/amount/one_of`: a set has at most 256 members, this one 257",
        ),
        (
            pay(&format!(r#"{{"pattern":"{}"}}"#, "x".repeat(1025))),
            "at `/0/args/amount/pattern`: a pattern has at most 1024 bytes",
        ),
        (
            format!("[{}]", vec![r#"{"tool":"pay","effect":"read"}"#; 257].join(",")),
            "at most 256 capabilities, found 257",
        ),
    ];
    for (json, expected) in table {
        assert_eq!(refusal::<Powers>(&json), expected, "{json}");
    }
    assert!(Powers::from_json(&pay(&deep(7))).is_ok());
}

#[test]
fn limits_are_refused_where_they_are_wrong() {
    let table = [
        (
            r#"[{"window":{}}]"#,
            "at `/0/window`: a window has at least one end",
        ),
        (
            r#"[{"window":{"from":2,"until":1}}]"#,
            "at `/0/window`: a window closes after it opens: 1970-01-01T00:00:02Z to 1970-01-01T00:00:01Z",
        ),
        (
            r#"[{"window":{"from":1.5}}]"#,
            "at `/0/window/from`: expected seconds since 1970",
        ),
        (
            r#"[{"window":{"from":"2026-01-01T00:00:00Z"}}]"#,
            "at `/0/window/from`: expected seconds since 1970",
        ),
        (
            r#"[{"window":{"until":253402300800}}]"#,
            "at `/0/window/until`: a time lies between 1970 and the end of the year 9999",
        ),
        (
            r#"[{"window":{"til":1}}]"#,
            "at `/0/window`: `til` is not known here",
        ),
        (
            r#"[{"audience":[]}]"#,
            "at `/0/audience`: 1 to 32 audiences, found 0",
        ),
        (
            r#"[{"audience":[""]}]"#,
            "at `/0/audience/0`: a name is not empty",
        ),
        (
            r#"[{"signed_calls":false}]"#,
            "at `/0/signed_calls`: only `true` is written here",
        ),
        (
            r#"[{"signed_calls":true,"tools":[]}]"#,
            "at `/0/tools`: 1 to 32 tools in a scope, found 0",
        ),
        (
            r#"[{"signed_calls":true,"tools":["a","*"]}]"#,
            "at `/0/tools/1`: `*` alone would mean every tool: list the tools, or how their names begin",
        ),
        (
            r#"[{"signed_calls":true,"window":{"from":1}}]"#,
            "at `/0`: `window` is not known here",
        ),
        (
            r#"[{"delegates":[]}]"#,
            "at `/0/delegates`: 1 to 32 delegates, found 0; a link without hops forbids delegation",
        ),
        (r#"[{"delegates":["AAAA"]}]"#, "at `/0/delegates/0`: "),
        (
            r#"[{"delegates":["iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"],"tools":["pay"]}]"#,
            "at `/0/tools`: delegates are the same for all tools, and a scope limits them to some",
        ),
        (
            r#"[{"ends_on":""}]"#,
            "at `/0/ends_on`: a name is not empty",
        ),
        (r#"[{"ends_on":["a"]}]"#, "at `/0/ends_on`: expected a text"),
        (
            r#"[{"condition":{"fact":"a","holds":{"any":true}}}]"#,
            "at `/0/condition`: `max_age` is missing",
        ),
        (
            r#"[{"condition":{"fact":"a","holds":{"any":true},"max_age":-1}}]"#,
            "at `/0/condition/max_age`: expected a number of seconds",
        ),
        (
            r#"[{"lives_by":{"mission":"a"}}]"#,
            "at `/0/lives_by/mission`: expected an object",
        ),
        (
            r#"[{"lives_by":{"mission":{"name":"a"}}}]"#,
            "at `/0/lives_by/mission`: `controller` is missing",
        ),
        (
            r#"[{"lives_by":{"mission":{"controller":"AAAA","name":"a"},"max_age":{}}}]"#,
            "at `/0/lives_by/mission/controller`: ",
        ),
        (
            r#"[{"lives_by":{"mission":{"controller":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w","name":"a","nonce":"07070707070707070707070707070707"},"max_age":{"read":1,"write":2,"irreversible":1}}}]"#,
            "at `/0/lives_by/max_age`: the maximum age of a status increases with the effect",
        ),
        (
            r#"[{"lives_by":{"mission":{"controller":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w","name":"a","nonce":"07070707070707070707070707070707"},"enders":["iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w","a"],"max_age":{"read":1,"write":1,"irreversible":1}}}]"#,
            "at `/0/lives_by/enders/1`: ",
        ),
        (r#"[{"refund":1}]"#, "at `/0`: `refund` is not known here"),
        (
            r#"[{"tools":["crm.*"]}]"#,
            "at `/0`: expected an object that names a kind",
        ),
        ("[[]]", "at `/0`: expected an object"),
    ];
    for (json, expected) in table {
        let refused = refusal::<Limits>(json);
        assert!(
            refused == expected || expected.ends_with(": ") && refused.starts_with(expected),
            "{json}: {refused}"
        );
    }
}

/// The key of a seed, as text.
fn key_text(seed: u8) -> String {
    key(seed).to_string()
}

#[test]
fn waves_are_refused_where_they_are_wrong() {
    let key = key_text(50);
    let waves = |fields: &str| format!(r#"[{{"waves":{{{fields}}}}}]"#);
    let nonce = "07".repeat(16);
    let mission = |name: &str, nonce: &str| {
        waves(&format!(
            r#""mission":{{"controller":"{key}","name":"{name}","nonce":"{nonce}"}}"#
        ))
    };
    let of = |fields: &str| {
        waves(&format!(
            r#""mission":{{"controller":"{key}","name":"qbr","nonce":"{nonce}"}}{fields}"#
        ))
    };
    let table = [
        (
            r#"[{"waves":[0,1]}]"#.to_owned(),
            "at `/0/waves`: expected an object",
        ),
        (waves(r#""first":1"#), "at `/0/waves`: `mission` is missing"),
        (
            waves(r#""mission":"qbr""#),
            "at `/0/waves/mission`: expected an object",
        ),
        (
            waves(r#""mission":{"name":"qbr"}"#),
            "at `/0/waves/mission`: `controller` is missing",
        ),
        (
            mission("", &nonce),
            "at `/0/waves/mission/name`: a name is not empty",
        ),
        (
            mission("qbr", "07"),
            "at `/0/waves/mission/nonce`: expected 16 bytes in hex",
        ),
        (
            mission("qbr", &"0A".repeat(16)),
            "at `/0/waves/mission/nonce`: expected 16 bytes in hex",
        ),
        (
            waves(r#""mission":{"controller":"AAAA","name":"qbr"}"#),
            "at `/0/waves/mission/controller`: ",
        ),
        (
            of(r#","first":-1"#),
            "at `/0/waves/first`: expected the number of a wave",
        ),
        (
            of(r#","first":1.5"#),
            "at `/0/waves/first`: expected the number of a wave",
        ),
        (
            of(r#","first":null"#),
            "at `/0/waves/first`: expected the number of a wave",
        ),
        (
            of(r#","last":18446744073709551616"#),
            "at `/0/waves/last`: expected the number of a wave",
        ),
        (
            of(r#","last":"1""#),
            "at `/0/waves/last`: expected the number of a wave",
        ),
        (
            of(r#","first":2,"last":1"#),
            "at `/0/waves`: the last wave is not before the first: 2 to 1",
        ),
        (
            of(r#","drain":60"#),
            "at `/0/waves`: time to drain needs a last wave",
        ),
        (
            of(r#","last":1,"drain":-1"#),
            "at `/0/waves/drain`: expected a number of seconds",
        ),
        (
            of(r#","wave":1"#),
            "at `/0/waves`: `wave` is not known here",
        ),
        (
            of(r#","last":1,"last":2"#),
            "at `/0/waves`: key `last` appears twice",
        ),
    ];
    for (json, expected) in table {
        let refused = refusal::<Limits>(&json);
        assert!(
            refused == expected || expected.ends_with(": ") && refused.starts_with(expected),
            "{json}: {refused}"
        );
    }
}

/// A barrier after so many tasks, by the same key.
fn tasks(count: u8) -> String {
    let task = |n: u8| {
        format!(
            r#"{{"mandate":"{}","reported_by":["{}"]}}"#,
            MandateId::from_bytes([n; 32]),
            key_text(51)
        )
    };
    (0..count).map(task).collect::<Vec<_>>().join(",")
}

#[test]
fn barriers_are_refused_where_they_are_wrong() {
    let barrier = |fields: &str| format!(r#"[{{"barrier":{{{fields}}}}}]"#);
    let after =
        |count: u8, fields: &str| barrier(&format!(r#""tasks":[{}]{fields}"#, tasks(count)));
    let task = |fields: &str| barrier(&format!(r#""tasks":[{{{fields}}}]"#));
    let (id, key) = (MandateId::from_bytes([1; 32]), key_text(51));
    let by = |keys: &str| task(&format!(r#""mandate":"{id}","reported_by":{keys}"#));
    let table = [
        (
            r#"[{"barrier":[]}]"#.to_owned(),
            "at `/0/barrier`: expected an object",
        ),
        (barrier(""), "at `/0/barrier`: `tasks` is missing"),
        (
            barrier(r#""tasks":{}"#),
            "at `/0/barrier/tasks`: expected a list",
        ),
        (
            after(0, ""),
            "at `/0/barrier/tasks`: 1 to 128 tasks to wait for, found 0",
        ),
        (
            after(129, ""),
            "at `/0/barrier/tasks`: 1 to 128 tasks to wait for, found 129",
        ),
        (
            barrier(&format!(r#""tasks":[{},{}]"#, tasks(1), tasks(1))),
            "at `/0/barrier/tasks`: a task to wait for appears twice",
        ),
        (
            barrier(&format!(r#""tasks":["{id}"]"#)),
            "at `/0/barrier/tasks/0`: expected an object",
        ),
        (
            task(r#""reported_by":[]"#),
            "at `/0/barrier/tasks/0`: `mandate` is missing",
        ),
        (
            task(r#""mandate":"ff","reported_by":[]"#),
            "at `/0/barrier/tasks/0/mandate`: expected a digest in hex",
        ),
        (
            task(&format!(r#""mandate":"{id}""#)),
            "at `/0/barrier/tasks/0`: `reported_by` is missing",
        ),
        (
            by("[]"),
            "at `/0/barrier/tasks/0/reported_by`: 1 to 16 keys report a task, found 0",
        ),
        (
            by(&format!(r#""{key}""#)),
            "at `/0/barrier/tasks/0/reported_by`: expected a list",
        ),
        (by(r#"["AAAA"]"#), "at `/0/barrier/tasks/0/reported_by/0`: "),
        (
            by(&format!(
                "[{}]",
                (51..68)
                    .map(|seed| format!("\"{}\"", key_text(seed)))
                    .collect::<Vec<_>>()
                    .join(",")
            )),
            "at `/0/barrier/tasks/0/reported_by`: 1 to 16 keys report a task, found 17",
        ),
        (
            task(&format!(
                r#""mandate":"{id}","reported_by":["{key}"],"by":1"#
            )),
            "at `/0/barrier/tasks/0`: `by` is not known here",
        ),
        (
            after(3, r#","quorum":0"#),
            "at `/0/barrier`: a quorum is 1 to 3 tasks, found 0",
        ),
        (
            after(3, r#","quorum":4"#),
            "at `/0/barrier`: a quorum is 1 to 3 tasks, found 4",
        ),
        (
            after(3, r#","quorum":1.5"#),
            "at `/0/barrier/quorum`: expected a number of tasks",
        ),
        (
            after(3, r#","quorum":null"#),
            "at `/0/barrier/quorum`: expected a number of tasks",
        ),
        (
            after(3, r#","deadline":-1"#),
            "at `/0/barrier/deadline`: expected seconds since 1970",
        ),
        (
            after(3, r#","deadline":253402300800"#),
            "at `/0/barrier/deadline`: a time lies between 1970 and the end of the year 9999",
        ),
        (
            after(3, r#","reported_by":[]"#),
            "at `/0/barrier`: `reported_by` is not known here",
        ),
    ];
    for (json, expected) in table {
        let refused = refusal::<Limits>(&json);
        assert!(
            refused == expected || expected.ends_with(": ") && refused.starts_with(expected),
            "{json}: {refused}"
        );
    }
}

/// A default may be spelled, and is not written; so one limit has one text.
#[test]
fn what_waves_and_barriers_need_not_say_is_left_out() {
    let key = key_text(50);
    let written = |json: String| Limit::from_json(&json).expect(&json).to_json();
    let mission = format!(
        r#""mission":{{"controller":"{key}","name":"qbr","nonce":"{}"}}"#,
        "07".repeat(16)
    );
    let waves = |fields: &str| written(format!(r#"{{"waves":{{{mission}{fields}}}}}"#));
    assert_eq!(
        waves(r#","first":0"#),
        format!(r#"{{"waves":{{{mission}}}}}"#)
    );
    assert_eq!(
        waves(r#","first":0,"last":0,"drain":0"#),
        waves(r#","last":0"#)
    );
    assert_eq!(
        waves(r#","first":1,"last":2,"drain":60"#),
        format!(r#"{{"waves":{{"drain":60,"first":1,"last":2,{mission}}}}}"#)
    );
    let barrier = |fields: &str| {
        written(format!(
            r#"{{"barrier":{{"tasks":[{}]{fields}}}}}"#,
            tasks(2)
        ))
    };
    assert_eq!(
        barrier(r#","quorum":2"#),
        format!(r#"{{"barrier":{{"tasks":[{}]}}}}"#, tasks(2))
    );
    assert_eq!(
        barrier(r#","deadline":1,"quorum":1"#),
        format!(
            r#"{{"barrier":{{"deadline":1,"quorum":1,"tasks":[{}]}}}}"#,
            tasks(2)
        )
    );
}

#[test]
fn requests_are_refused_where_they_are_wrong() {
    let (id, key) = (MandateId::from_bytes([1; 32]), key_text(60));
    let powers = r#"[{"effect":"read","tool":"crm.read"}]"#;
    let request = |mandate: &str, holder: &str, task: &str, powers: &str| {
        format!(r#"{{"holder":{holder},"mandate":{mandate},"powers":{powers},"task":{task}}}"#)
    };
    let (mandate, holder, task) = (
        format!("\"{id}\""),
        format!(r#"{{"key":"{key}"}}"#),
        r#""acme-qbr""#,
    );
    let right = request(&mandate, &holder, task, powers);
    assert_eq!(
        AccessRequest::from_json(&right).expect(&right).to_json(),
        right
    );
    let table = [
        ("[]".to_owned(), "expected an object"),
        ("{}".to_owned(), "`mandate` is missing"),
        (right.replace("\"task\"", "\"tasks\""), "`task` is missing"),
        (
            right.replace("{\"holder\"", "{\"widen\":true,\"holder\""),
            "`widen` is not known here",
        ),
        (
            request("1", &holder, task, powers),
            "at `/mandate`: expected a text",
        ),
        (
            request(r#""0101""#, &holder, task, powers),
            "at `/mandate`: expected a digest in hex",
        ),
        (
            request(&mandate, &format!("\"{key}\""), task, powers),
            "at `/holder`: expected an object",
        ),
        (
            request(&mandate, "{}", task, powers),
            "at `/holder`: `key` is missing",
        ),
        (
            request(&mandate, r#"{"key":"AAAA"}"#, task, powers),
            "at `/holder/key`: ",
        ),
        (
            request(
                &mandate,
                &format!(r#"{{"key":"{key}","name":""}}"#),
                task,
                powers,
            ),
            "at `/holder/name`: a name is not empty",
        ),
        (
            request(
                &mandate,
                &format!(r#"{{"key":"{key}","as":"a"}}"#),
                task,
                powers,
            ),
            "at `/holder`: `as` is not known here",
        ),
        (
            request(&mandate, &holder, r#""acme/../globex""#, powers),
            "at `/task`: ",
        ),
        (
            request(&mandate, &holder, task, r#"[{"tool":"crm.read"}]"#),
            "at `/powers/0`: `effect` is missing",
        ),
    ];
    for (json, expected) in table {
        let refused = refusal::<AccessRequest>(&json);
        assert!(
            refused == expected || expected.ends_with(": ") && refused.starts_with(expected),
            "{json}: {refused}"
        );
    }
}

#[test]
fn texts_are_refused_where_they_are_not_json_or_not_exact() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let table = [
        (String::new(), "not JSON, at line 1, column 0"),
        ("{\"a\":\n 1,}".to_owned(), "not JSON, at line 2, column 4"),
        ("1 2".to_owned(), "not JSON, at line 1, column 3"),
        ("01".to_owned(), "not JSON, at line 1, column 2"),
        ("NaN".to_owned(), "not JSON, at line 1, column 1"),
        (r#""\ud800""#.to_owned(), "not JSON, at line 1, column 8"),
        (r#"{"a":1,"a":1}"#.to_owned(), "key `a` appears twice"),
        (r#"{"a":1,"\u0061":1}"#.to_owned(), "key `a` appears twice"),
        (
            r#"[{"x":[{"a":1,"a":2}]}]"#.to_owned(),
            "at `/0/x/0`: key `a` appears twice",
        ),
        (
            "1e401".to_owned(),
            "the exponent of the number is outside −400 to 400",
        ),
        (
            "1e-401".to_owned(),
            "the exponent of the number is outside −400 to 400",
        ),
        (
            "170141183460469231731687303715884105728".to_owned(),
            "the digits of the number do not fit 128 bits",
        ),
        (
            "0.1234567890123456789012345678901234567891".to_owned(),
            "the digits of the number do not fit 128 bits",
        ),
        (
            r#"{"$bytes":"!!"}"#.to_owned(),
            "not base64url without padding: '!' at byte 0",
        ),
        (
            r#"{"$bytes":"AB"}"#.to_owned(),
            "not base64url without padding: 2 characters that end within a byte",
        ),
        (
            format!(r#"{{"$bytes":"{}"}}"#, "A".repeat(87_384)),
            "longer than 87382 characters",
        ),
        (
            nested(65),
            "at `/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0`: nested more than 64 deep",
        ),
        (
            format!("\"{}\"", "x".repeat(1024 * 1024)),
            "more than 1048576 bytes",
        ),
    ];
    for (json, expected) in table {
        assert_eq!(
            refusal::<Value>(&json),
            expected,
            "{}",
            json.get(..80).unwrap_or(&json)
        );
    }
    assert!(Value::from_json(&nested(64)).is_ok());
    assert!(Value::from_json(&nested(100_000)).is_err());
}

#[test]
fn a_fault_can_be_matched_without_its_text() {
    let error = Powers::from_json(
        r#"[{"tool":"pay","effect":"read","args":{"a/b":{"range":{"min":1e401}}}}]"#,
    )
    .expect_err("too large");
    assert_eq!(error.pointer(), "/0/args/a~1b/range/min");
    assert_eq!(*error.kind(), JsonErrorKind::Number(NumberError::Exponent));
    let twice = Value::from_json(r#"{"a":1,"a":1}"#).expect_err("twice");
    assert_eq!(
        *twice.kind(),
        JsonErrorKind::DuplicateKey { key: "a".into() }
    );
    let nothing = Constraint::from_json(r#"{"none_of":[null]}"#).expect_err("nothing");
    let left = PowersError::Constraint(ConstraintError::NothingLeft(ValueType::Null));
    assert_eq!(
        *nothing.kind(),
        JsonErrorKind::Invalid(InvalidValue::Powers(left))
    );
}

/// A flag may be spelled false, which is what its absence says.
#[test]
fn false_flags_are_absent_ones() {
    let spelled = r#"{"tool":"pay","effect":"read","open":false,"delegable":false}"#;
    let absent = r#"{"tool":"pay","effect":"read"}"#;
    let [spelled, absent] =
        [spelled, absent].map(|json| Capability::from_json(json).expect("a capability"));
    assert_eq!(spelled, absent);
    assert_eq!(spelled.to_json(), r#"{"effect":"read","tool":"pay"}"#);
    let closed = Constraint::from_json(r#"{"record":{"open":false}}"#).expect("a record");
    assert_eq!(
        closed,
        Constraint::record(ArgumentRules::closed()).expect("a record")
    );
    let mut work = Work::new(100);
    assert_eq!(
        closed.admits(&Value::from_json("{}").expect("a map"), &mut work),
        Ok(true)
    );
    assert_eq!(
        closed.admits(&Value::from_json(r#"{"a":1}"#).expect("a map"), &mut work),
        Ok(false)
    );
}

#[test]
fn numbers_keep_their_digits() {
    let table = [
        ("0.1", "0.1"),
        ("1.000", "1"),
        ("-0", "0"),
        ("-0.0e9", "0"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("12.5e-1", "1.25"),
        ("5000.000000000000000001", "5000.000000000000000001"),
        ("1E5", "100000"),
        ("-0", "0"),
        ("1.50", "1.5"),
        ("-4.547132266452536e-05", "-0.00004547132266452536"),
        ("1.6e-19", "1.6e-19"),
        ("0.0000000000000000016", "0.0000000000000000016"),
        ("1e+300", "1e300"),
        ("0.0033333333333333335", "0.0033333333333333335"),
        ("0.100000000000000000000000", "0.1"),
        ("9007199254740993", "9007199254740993"),
        (
            "-170141183460469231731687303715884105728",
            "-170141183460469231731687303715884105728",
        ),
    ];
    for (written, read) in table {
        assert_eq!(
            Value::from_json(written).expect(written).to_json(),
            read,
            "{written}"
        );
    }
}

/// What a host already has as a `serde_json::Value` has lost its digits beyond a float's, and no
/// more than that.
#[test]
fn a_value_that_a_host_already_has_is_taken_over() {
    let table = [
        ("null", Ok("null")),
        (
            "[true, \"\\u00e9\", {\"b\": 1, \"a\": []}]",
            Ok(r#"[true,"é",{"a":[],"b":1}]"#),
        ),
        ("0.1", Ok("0.1")),
        ("0.30000000000000004", Ok("0.30000000000000004")),
        ("1e21", Ok("1000000000000000000000")),
        ("1.0", Ok("1")),
        ("-0.0", Ok("0")),
        ("18446744073709551615", Ok("18446744073709551615")),
        ("-9223372036854775808", Ok("-9223372036854775808")),
        ("1e300", Ok("1e300")),
        ("5e-324", Ok("5e-324")),
        ("-4.547132266452536e-05", Ok("-0.00004547132266452536")),
        // Bytes have no JSON of their own; through serde this is a map like any other.
        (r#"{"$bytes":"AA"}"#, Ok(r#"{"$bytes":"AA"}"#)),
    ];
    for (json, expected) in table {
        let host: serde_json::Value = serde_json::from_str(json).expect(json);
        let taken = Value::deserialize(host)
            .map(|value| value.to_json())
            .map_err(|error| error.to_string());
        assert_eq!(taken, expected.map(str::to_owned), "{json}");
    }
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = Value::deserialize(float.into_deserializer())
            .map_err(|error: serde::de::value::Error| error.to_string());
        assert_eq!(refused, Err("not a decimal number".to_owned()), "{float}");
    }
    let twice = serde_json::from_str::<Value>(r#"{"a":1,"a":2}"#)
        .expect_err("twice")
        .to_string();
    assert!(twice.starts_with("key `a` appears twice"), "{twice}");
}

/// Texts that are JSON, nearly JSON, or JSON that only some readers take.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "\\ud800",
        "\\udc00",
        "\\ud83d\\ude80",
        "\\n",
        "\\x",
        "0",
        "1",
        "-",
        "+",
        ".",
        "e",
        "E",
        "00",
        "1.5",
        "-0.0",
        "1e3",
        "1E+3",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\t",
        "\r",
        "\u{0}",
        "\u{a0}",
        "\u{feff}",
        "a",
        "\"a\"",
        "\"b\":",
        "\"\"",
        "é",
        "🚀",
        "[1,2]",
        "{\"a\":1}",
        "{\"a\":1,\"a\":2}",
    ]);
    let pieces = vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let changed = (
        value(),
        any::<prop::sample::Index>(),
        any::<char>(),
        0..3_u8,
    )
        .prop_map(|(value, at, letter, change)| {
            let mut letters: Vec<char> = value.to_json().chars().collect();
            let at = at.index(letters.len());
            match change {
                0 => drop(letters.remove(at)),
                1 => letters.splice(at..=at, [letter]).for_each(drop),
                _ => letters.insert(at, letter),
            }
            letters.into_iter().collect()
        });
    prop_oneof![pieces, changed, value().prop_map(|value| value.to_json())]
}

/// As serde reads it, where a double holds each of its numbers, and nothing is said twice or marked
/// as bytes.
fn as_serde(value: &serde_json::Value) -> Option<Value> {
    Some(match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(bool) => Value::from(*bool),
        serde_json::Value::Number(number) => Value::Number(number.to_string().parse().ok()?),
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => {
            Value::List(items.iter().map(as_serde).collect::<Option<_>>()?)
        }
        serde_json::Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Some((key.clone(), as_serde(value)?)));
            Value::Map(entries.collect::<Option<_>>()?)
        }
    })
}

/// Whether a text has a number that a double may not hold, or something that looks like one.
fn needs_digits(text: &str) -> bool {
    let digits = |run: &str| run.len() > 15;
    text.contains(['.', 'e', 'E'])
        || text
            .split(|letter: char| !letter.is_ascii_digit())
            .any(digits)
}

fn has_bytes(value: &Value) -> bool {
    match value {
        Value::Bytes(_) => true,
        Value::List(items) => items.iter().any(has_bytes),
        Value::Map(entries) => entries.values().any(has_bytes),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// The grammar is RFC 8259's, as another reader of it understands it: what one takes the other
    /// does, and the same values.
    #[test]
    fn json_is_read_as_serde_reads_it(text in nearly_json()) {
        let (ours, theirs) = (Value::from_json(&text), serde_json::from_str::<serde_json::Value>(&text));
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) if !has_bytes(ours) && !needs_digits(&text) => {
                prop_assert_eq!(Some(ours.clone()), as_serde(theirs));
            }
            (Ok(_), Ok(_)) => {}
            (Err(error), Ok(_)) => prop_assert!(!matches!(error.kind(), JsonErrorKind::Syntax { .. }), "{error}"),
            (Ok(_), Err(error)) => prop_assert!(error.to_string().starts_with("number out of range"), "{error}"),
            (Err(_), Err(_)) => {}
        }
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_where_it_stands() {
    let error = Value::from_json("[1,\n \"a\\ud800\"]").unwrap_err();
    assert_eq!(
        error.kind(),
        &JsonErrorKind::Syntax {
            line: 2,
            column: 10
        }
    );
    let theirs = serde_json::from_str::<serde_json::Value>("[1,\n \"a\\ud800\"]").unwrap_err();
    assert_eq!((theirs.line(), theirs.column()), (2, 10));
    assert_eq!(
        Value::from_json("\"\\ud83d\\ude80\"").unwrap(),
        Value::from("🚀")
    );
}
