//! What budgets add up, when they begin anew, and what they are per value of.

use super::scene::{NOW, Scene, holder};
use super::spending::{
    EU, Owner, charge, child_limited_to, exhausted, limited_to, number, of_all_calls, path, paying,
    source,
};
use ciborium::Value;
use mandatum::charge::{Charge, Demand};
use mandatum::primitives::Period;
use mandatum::{DenialCode, Seconds};

pub(super) fn cases() -> Vec<Scene> {
    [
        nested(),
        lists(),
        texts(),
        units(),
        several(),
        range(),
        steps(),
        renewing(),
        per_value(),
        values(),
        marks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A sum of these sources, at most 500, as JSON.
fn sum_of(sources: &str) -> String {
    format!(r#"{{"budget":{{"account":"travel","ledgers":{{"{EU}":500}},"sum":[{sources}]}}}}"#)
}

fn of_sources(amount: &str, sources: Vec<Value>) -> Charge {
    let demand = Demand::Spend {
        amount: number(amount),
        max: 500.into(),
        period: None,
        remember: None,
    };
    let counts = vec![1.into(), Value::Array(sources), Value::Null, Value::Null];
    charge(0, EU, Owner::Company, "travel", counts, demand)
}

fn counted(scene: Scene, sources: &str, args: &str) -> Scene {
    limited_to(paying(scene, args), &sum_of(sources))
}

fn nested() -> Vec<Scene> {
    const DEEP: &str = r#"{"path":["a","b","c","d","e","f","g","h"]}"#;
    const NESTED: &str = r#"{"path":["amount","value"]}"#;
    let deep = |innermost: &str| {
        ["h", "g", "f", "e", "d", "c", "b", "a"]
            .iter()
            .fold(innermost.to_owned(), |inner, name| {
                format!(r#"{{"{name}":{inner}}}"#)
            })
    };
    let by_path = |amount: &str| of_sources(amount, vec![source(&["amount", "value"], vec![])]);
    let deny = |code, name: &str, description: &str, args: &str| {
        counted(Scene::deny(code, name, description).link(0), NESTED, args)
    };
    vec![
        counted(
            Scene::permit("amount-nested", "An amount in a record."),
            NESTED,
            r#"{"amount":{"value":120}}"#,
        )
        .charges([by_path("120")]),
        counted(
            Scene::permit("amount-deep", "An amount at the end of eight names."),
            DEEP,
            &deep("7"),
        )
        .charges([of_sources(
            "7",
            vec![source(&["a", "b", "c", "d", "e", "f", "g", "h"], vec![])],
        )]),
        counted(
            exhausted("amount-nested", "An amount in a record, too large."),
            NESTED,
            r#"{"amount":{"value":501}}"#,
        ),
        deny(
            DenialCode::AmountMissing,
            "in-record",
            "The record is there, the amount is not.",
            r#"{"amount":{"cents":1}}"#,
        ),
        deny(
            DenialCode::AmountMissing,
            "no-record",
            "A number where a record should be.",
            r#"{"amount":120}"#,
        ),
        deny(
            DenialCode::AmountMissing,
            "record-null",
            "Null where a record should be.",
            r#"{"amount":null}"#,
        ),
        deny(
            DenialCode::AmountNotANumber,
            "in-record",
            "A record in the record.",
            r#"{"amount":{"value":{"value":1}}}"#,
        ),
        deny(
            DenialCode::AmountNegative,
            "in-record",
            "Less than nothing.",
            r#"{"amount":{"value":-1}}"#,
        ),
        deny(
            DenialCode::AmountMissing,
            "by-name-with-a-dot",
            "A name with a dot is one name.",
            r#"{"amount.value":1}"#,
        ),
    ]
}

fn lists() -> Vec<Scene> {
    const LINES: &str = r#"{"path":["lines","price"]}"#;
    let by_line = |amount: &str| of_sources(amount, vec![source(&["lines", "price"], vec![])]);
    let permit = |name: &str, description: &str, args: &str| {
        counted(Scene::permit(name, description), LINES, args)
    };
    let deny = |code, name: &str, description: &str, args: &str| {
        counted(Scene::deny(code, name, description).link(0), LINES, args)
    };
    let numbers = |scene: Scene, args: &str| counted(scene, r#"{"path":["amount"]}"#, args);
    let of_amount = |amount: &str| of_sources(amount, vec![source(&["amount"], vec![])]);
    vec![
        permit(
            "amount-of-each-line",
            "The sum of all.",
            r#"{"lines":[{"price":100},{"price":20.5},{"price":0}]}"#,
        )
        .charges([by_line("120.5")]),
        permit(
            "amount-of-no-line",
            "An empty list comes to zero.",
            r#"{"lines":[]}"#,
        )
        .charges([by_line("0")]),
        permit(
            "amount-of-lists-in-lists",
            "Lists in lists.",
            r#"{"lines":[[{"price":1}],[],[[{"price":[2,[3]]}]]]}"#,
        )
        .charges([by_line("6")]),
        permit(
            "amount-of-one-line",
            "A record where a list may be.",
            r#"{"lines":{"price":9}}"#,
        )
        .charges([by_line("9")]),
        numbers(
            Scene::permit("amount-list-of-numbers", "A list of numbers."),
            r#"{"amount":[1,2,3.5]}"#,
        )
        .charges([of_amount("6.5")]),
        counted(
            exhausted("sum-of-lines", "Each fits, and the sum does not."),
            LINES,
            r#"{"lines":[{"price":250},{"price":250},{"price":0.01}]}"#,
        ),
        deny(
            DenialCode::AmountMissing,
            "of-a-line",
            "One of them states no price.",
            r#"{"lines":[{"price":1},{"cost":1}]}"#,
        ),
        deny(DenialCode::AmountMissing, "list", "There is no list.", "{}"),
        deny(
            DenialCode::AmountNotANumber,
            "of-a-line",
            "One price is a text.",
            r#"{"lines":[{"price":1},{"price":"1"}]}"#,
        ),
        deny(
            DenialCode::AmountNegative,
            "of-a-line",
            "One price is negative.",
            r#"{"lines":[{"price":9},{"price":-1}]}"#,
        ),
    ]
}

fn texts() -> Vec<Scene> {
    const TEXTS: &str = r#"{"path":["amount"],"texts":true}"#;
    let by_text =
        |amount: &str| of_sources(amount, vec![source(&["amount"], vec![(3, true.into())])]);
    let args = |text: &str| format!(r#"{{"amount":"{text}"}}"#);
    let mut scenes = vec![
        counted(
            Scene::permit("amount-no-text", "A number, where a text may be."),
            TEXTS,
            r#"{"amount":12.5}"#,
        )
        .charges([by_text("12.5")]),
    ];
    for (name, text, amount) in [
        ("plain", "12", "12"),
        ("point", "12.50", "12.5"),
        ("zero", "0", "0"),
        ("zeros", "0.00", "0"),
        ("least", "0.000000000000000001", "0.000000000000000001"),
        ("zeros-at-the-end", "1.0000000000000000000000000", "1"),
    ] {
        let scene = Scene::permit(
            &format!("amount-text-{name}"),
            "A decimal number in a text.",
        );
        scenes.push(counted(scene, TEXTS, &args(text)).charges([by_text(amount)]));
    }
    for (name, text) in [
        ("empty", ""),
        ("exponent", "1e2"),
        ("large-exponent", "1E2"),
        ("plus", "+1"),
        ("space-before", " 1"),
        ("space-after", "1 "),
        ("comma", "1,5"),
        ("thousands", "1,000"),
        ("underscore", "1_000"),
        ("leading-zero", "01"),
        ("no-digit-before", ".5"),
        ("no-digit-after", "5."),
        ("two-points", "1.2.3"),
        ("hex", "0x10"),
        ("unit", "1 EUR"),
        ("infinite", "Infinity"),
        ("other-digits", "\u{661}"),
    ] {
        let scene = Scene::deny(
            DenialCode::AmountNotANumber,
            &format!("text-{name}"),
            "A text that is no decimal number.",
        );
        scenes.push(counted(scene.link(0), TEXTS, &args(text)));
    }
    scenes.extend([
        counted(
            Scene::deny(
                DenialCode::AmountNegative,
                "text",
                "A negative number in a text.",
            )
            .link(0),
            TEXTS,
            r#"{"amount":"-0.5"}"#,
        ),
        counted(
            Scene::deny(
                DenialCode::AmountNotANumber,
                "bool",
                "True, where a text may be.",
            )
            .link(0),
            TEXTS,
            r#"{"amount":true}"#,
        ),
    ]);
    scenes
}

fn units() -> Vec<Scene> {
    const EURO: &str =
        r#"{"path":["lines","price"],"unit":{"path":["lines","unit"],"value":"EUR"}}"#;
    let unit = || Value::Array(vec![path(&["lines", "unit"]), "EUR".into()]);
    let in_euro =
        |amount: &str| of_sources(amount, vec![source(&["lines", "price"], vec![(2, unit())])]);
    let wrong = |name: &str, description: &str, args: &str| {
        counted(
            Scene::deny(DenialCode::WrongUnit, name, description).link(0),
            EURO,
            args,
        )
    };
    vec![
        counted(
            Scene::permit("unit-of-each-line", "Each line states it."),
            EURO,
            r#"{"lines":[{"price":1,"unit":"EUR"},{"price":2,"unit":"EUR"}]}"#,
        )
        .charges([in_euro("3")]),
        wrong(
            "of-a-line",
            "One line states another.",
            r#"{"lines":[{"price":1,"unit":"EUR"},{"price":1,"unit":"USD"}]}"#,
        ),
        wrong(
            "missing-in-a-line",
            "One line states none.",
            r#"{"lines":[{"price":1,"unit":"EUR"},{"price":1}]}"#,
        ),
        counted(
            Scene::permit(
                "unit-in-a-list",
                "The unit's path ends in a list, and each element states it.",
            ),
            EURO,
            r#"{"lines":[{"price":1,"unit":["EUR","EUR"]}]}"#,
        )
        .charges([in_euro("1")]),
        wrong(
            "of-no-line",
            "No line, so it is nowhere stated.",
            r#"{"lines":[]}"#,
        ),
        wrong(
            "before-the-amount",
            "Asked before the amount, which is missing too.",
            r#"{"lines":[{"unit":"USD"}]}"#,
        ),
    ]
}

fn several() -> Vec<Scene> {
    const BOTH: &str = r#"{"path":["price"]},{"path":["tip"],"texts":true}"#;
    let both = |amount: &str| {
        of_sources(
            amount,
            vec![
                source(&["price"], vec![]),
                source(&["tip"], vec![(3, true.into())]),
            ],
        )
    };
    // Each tool states its amounts in a place of its own, and the limit is for the two.
    const OF_TOOLS: &str =
        r#"{"path":["amount"],"tool":"pay.*"},{"path":["total"],"tool":"shop.order"}"#;
    let limit = sum_of(OF_TOOLS).replacen('{', r#"{"tools":["pay.*","shop.order"],"#, 1);
    let of_tools = |amount: &str| {
        let of = |name: &str, tool: &str| source(&[name], vec![(1, tool.into())]);
        of_sources(
            amount,
            vec![of("total", "shop.order"), of("amount", "pay.*")],
        )
    };
    let by_tool = |scene: Scene, args: &str| {
        let powers = ["pay.transfer", "shop.order", "mail"]
            .map(|tool| format!(r#"{{"tool":"{tool}","effect":"irreversible","open":true}}"#));
        limited_to(paying(scene, args), &limit).powers(&format!("[{}]", powers.join(",")))
    };
    vec![
        counted(
            Scene::permit("amounts-of-two-sources", "Both are added."),
            BOTH,
            r#"{"price":100,"tip":"9.5"}"#,
        )
        .charges([both("109.5")]),
        counted(
            Scene::deny(
                DenialCode::AmountMissing,
                "of-one-source",
                "Each must be there.",
            )
            .link(0),
            BOTH,
            r#"{"price":100}"#,
        ),
        counted(
            exhausted("sum-of-two-sources", "Each fits, and the sum does not."),
            BOTH,
            r#"{"price":400,"tip":"101"}"#,
        ),
        by_tool(
            Scene::permit("amount-of-the-tool", "Only the tool's own source counts."),
            r#"{"amount":3,"total":999}"#,
        )
        .charges([of_tools("3")]),
        by_tool(
            Scene::permit("amount-of-the-other-tool", "The other tool's source."),
            r#"{"total":4}"#,
        )
        .tool("shop.order")
        .charges([of_tools("4")]),
        by_tool(
            exhausted("shared-by-tools", "The other tool has spent it."),
            r#"{"total":4}"#,
        )
        .tool("shop.order")
        .charged(EU, &of_tools("497")),
        by_tool(
            Scene::permit("amount-of-no-source", "A tool that the limit is not about."),
            "{}",
        )
        .tool("mail"),
    ]
}

fn range() -> Vec<Scene> {
    let deny = |name: &str, description: &str, texts: bool, args: &str| {
        let source = format!(
            r#"{{"path":["amount"]{}}}"#,
            if texts { r#","texts":true"# } else { "" }
        );
        counted(
            Scene::deny(DenialCode::AmountOutOfRange, name, description).link(0),
            &source,
            args,
        )
    };
    vec![
        deny(
            "text-too-fine",
            "19 digits after the point.",
            true,
            r#"{"amount":"0.0000000000000000001"}"#,
        ),
        deny(
            "text-too-large",
            "More digits than a number has.",
            true,
            &format!(r#"{{"amount":"{}1"}}"#, i128::MAX),
        ),
        deny(
            "sum-without-a-number",
            "A sum with more digits than a number has.",
            false,
            &format!(r#"{{"amount":[{},0.1]}}"#, i128::MAX),
        ),
        deny(
            "sum-too-large",
            "A sum larger than all numbers.",
            false,
            &format!(r#"{{"amount":[{0},{0}]}}"#, i128::MAX),
        ),
        deny(
            "number-too-large",
            "The least number that is too large.",
            false,
            r#"{"amount":1e50}"#,
        ),
        deny(
            "sum-beyond-amounts",
            "A sum that is a number, and as large as no amount.",
            false,
            r#"{"amount":[6e49,6e49]}"#,
        ),
        limited_to(
            paying(
                Scene::permit("amount-beyond-integers", "An amount beyond 128 bits."),
                r#"{"amount":[8e49,1e49]}"#,
            ),
            &sum_of(r#"{"path":["amount"]}"#).replace("500", "9e49"),
        )
        .charges([{
            let demand = Demand::Spend {
                amount: number("9e49"),
                max: number("9e49"),
                period: None,
                remember: None,
            };
            let counts = vec![
                1.into(),
                Value::Array(vec![source(&["amount"], vec![])]),
                Value::Null,
                Value::Null,
            ];
            charge(0, EU, Owner::Company, "travel", counts, demand)
        }]),
    ]
}

/// The steps that finding amounts takes. Two budgets add up a list of *n* numbers for 2 × (2 + 17 ×
/// *n*); the arguments are granted 65,536 and 8 for each of the name's 6 bytes, the list and the
/// numbers.
fn steps() -> Vec<Scene> {
    let listing = |scene: Scene, numbers: usize| {
        let budget = |account: &str| {
            format!(
                r#"{{"budget":{{"account":"{account}","ledgers":{{"{EU}":9999}},"sum":[{{"path":["amount"]}}]}}}}"#
            )
        };
        let limits = [budget("travel"), budget("hotels")].join(",");
        limited_to(
            paying(
                scene,
                &format!(r#"{{"amount":[{}]}}"#, vec!["1"; numbers].join(",")),
            ),
            &limits,
        )
    };
    let of = |account: &str| {
        let demand = Demand::Spend {
            amount: 2522.into(),
            max: 9999.into(),
            period: None,
            remember: None,
        };
        let counts = vec![
            1.into(),
            Value::Array(vec![source(&["amount"], vec![])]),
            Value::Null,
            Value::Null,
        ];
        charge(0, EU, Owner::Company, account, counts, demand)
    };
    vec![
        listing(
            Scene::permit(
                "amounts-that-take-long",
                "As many amounts as the arguments are granted steps.",
            ),
            2522,
        )
        .charges([of("travel"), of("hotels")]),
        listing(
            Scene::deny(DenialCode::OutOfWork, "amounts", "One amount more.").link(0),
            2523,
        ),
    ]
}

fn renewing() -> Vec<Scene> {
    let limit = |each: &str| {
        format!(r#"{{"budget":{{"account":"calls","each":"{each}","ledgers":{{"{EU}":3}}}}}}"#)
    };
    let of = |period: Period, amount: u64| {
        let index = match period {
            Period::Day => 0,
            Period::Week => 1,
            Period::Month => 2,
        };
        let demand = Demand::Spend {
            amount: amount.into(),
            max: 3.into(),
            period: Some(period),
            remember: None,
        };
        charge(
            0,
            EU,
            Owner::Company,
            "calls",
            vec![0.into(), index.into(), Value::Null],
            demand,
        )
    };
    let each =
        |scene: Scene, period: Period| limited_to(scene.attached(EU), &limit(period.as_str()));
    let spent =
        |name: &str, period: Period, description: &str| each(exhausted(name, description), period);
    let permit = |name: &str, period: Period, description: &str| {
        each(Scene::permit(name, description), period)
    };
    let day = 86_400;
    // The first second of 2026, a Thursday.
    vec![
        permit(
            "each-day-anew",
            Period::Day,
            "All of yesterday's was spent in its last second.",
        )
        .charged_at(EU, &of(Period::Day, 3), NOW - 1)
        .charges([of(Period::Day, 1)]),
        spent(
            "of-the-day",
            Period::Day,
            "All of today's was spent in its first second.",
        )
        .charged_at(EU, &of(Period::Day, 3), NOW),
        spent(
            "in-the-last-second",
            Period::Day,
            "All of it was spent in the first second of the day.",
        )
        .charged_at(EU, &of(Period::Day, 3), NOW - day)
        .now(NOW - 1),
        permit(
            "each-day-last-of-both",
            Period::Day,
            "Yesterday's counts nothing today.",
        )
        .charged_at(EU, &of(Period::Day, 3), NOW - 1)
        .charged_at(EU, &of(Period::Day, 2), NOW)
        .charges([of(Period::Day, 1)]),
        spent(
            "of-the-week",
            Period::Week,
            "All was spent on Monday, in the year before.",
        )
        .charged_at(EU, &of(Period::Week, 3), NOW - 3 * day),
        permit(
            "each-week-anew",
            Period::Week,
            "All was spent in the last second of Sunday.",
        )
        .charged_at(EU, &of(Period::Week, 3), NOW - 3 * day - 1)
        .charges([of(Period::Week, 1)]),
        permit(
            "each-month-anew",
            Period::Month,
            "All was spent in the last second of December.",
        )
        .charged_at(EU, &of(Period::Month, 3), NOW - 1)
        .charges([of(Period::Month, 1)]),
        spent(
            "of-the-month",
            Period::Month,
            "All was spent in the month's first second.",
        )
        .charged_at(EU, &of(Period::Month, 3), NOW),
        spent(
            "tomorrow",
            Period::Day,
            "All of tomorrow's was spent by a clock that is ahead, and the ledger is there.",
        )
        .charged_at(EU, &of(Period::Day, 3), NOW + day),
        permit(
            "each-day-out-of-order",
            Period::Day,
            "What was spent yesterday is told after today's.",
        )
        .charged_at(EU, &of(Period::Day, 2), NOW)
        .charged_at(EU, &of(Period::Day, 3), NOW - 1)
        .charges([of(Period::Day, 1)]),
        permit(
            "each-day-not-in-all",
            Period::Day,
            "What never renews is another account.",
        )
        .charged(
            EU,
            &charge(
                0,
                EU,
                Owner::Company,
                "calls",
                of_all_calls(),
                Demand::Spend {
                    amount: 3.into(),
                    max: 3.into(),
                    period: None,
                    remember: None,
                },
            ),
        )
        .charges([of(Period::Day, 1)]),
        permit(
            "each-day-not-each-week",
            Period::Day,
            "Another period is another account.",
        )
        .charged(EU, &of(Period::Week, 3))
        .charges([of(Period::Day, 1)]),
    ]
}

/// Once for each order.
const ONCE: &str = r#"{"budget":{"account":"refunds","ledgers":{"eu-1":1},"per_value":{"path":["order"],"remember":3600}}}"#;

/// What one refund of an order is charged, under a root's budget.
fn of_order(order: Value) -> Charge {
    refund(0, Owner::Company, order, false)
}

fn refund(link: usize, owner: Owner, order: Value, any_case: bool) -> Charge {
    let demand = Demand::Spend {
        amount: 1.into(),
        max: 1.into(),
        period: None,
        remember: Some(Seconds::new(3_600)),
    };
    let value = Value::Array(vec![path(&["order"]), any_case.into(), order]);
    charge(
        link,
        EU,
        owner,
        "refunds",
        vec![0.into(), Value::Null, value],
        demand,
    )
}

fn per_value() -> Vec<Scene> {
    let once = |scene: Scene, args: &str| limited_to(paying(scene, args), ONCE);
    let (order, args) = (|| of_order("A-1".into()), r#"{"order":"A-1"}"#);
    let nested = ONCE.replace(r#"["order"]"#, r#"["order","id"]"#);
    let in_case = ONCE.replace(r#""remember""#, r#""any_case":true,"remember""#);
    let below = |scene: Scene| child_limited_to(paying(scene, args), ONCE);
    let folded = |order: &str| refund(0, Owner::Company, order.into(), true);
    vec![
        once(
            Scene::permit("value-first", "The first refund of an order."),
            args,
        )
        .charges([order()]),
        once(
            exhausted("value-twice", "The second refund of an order."),
            args,
        )
        .charged(EU, &order()),
        once(
            exhausted(
                "value-remembered",
                "In the last second in which it is remembered.",
            ),
            args,
        )
        .charged_at(EU, &order(), NOW - 3_599),
        once(
            Scene::permit(
                "value-forgotten",
                "In the first second in which it is no longer remembered.",
            ),
            args,
        )
        .charged_at(EU, &order(), NOW - 3_600)
        .charges([order()]),
        once(
            exhausted(
                "value-remembered-longer",
                "An earlier charge that comes later shortens nothing.",
            ),
            args,
        )
        .charged_at(EU, &order(), NOW - 3_599)
        .charged_at(EU, &order(), NOW - 3_600),
        limited_to(
            paying(
                Scene::permit(
                    "value-remembered-for-the-longer",
                    "Two limits of one account, the longer time second.",
                ),
                args,
            ),
            &[ONCE.replace("3600", "60"), ONCE.to_owned()].join(","),
        )
        .charges([order()]),
        once(
            Scene::permit("value-other", "Another order."),
            r#"{"order":"A-2"}"#,
        )
        .charged(EU, &order())
        .charges([of_order("A-2".into())]),
        limited_to(
            paying(
                Scene::permit("value-nested", "A value in a record."),
                r#"{"order":{"id":7}}"#,
            ),
            &nested,
        )
        .charges([charge(
            0,
            EU,
            Owner::Company,
            "refunds",
            vec![
                0.into(),
                Value::Null,
                Value::Array(vec![path(&["order", "id"]), false.into(), 7.into()]),
            ],
            order().demand,
        )]),
        limited_to(
            paying(
                exhausted("value-in-any-case", "The same but for the case."),
                r#"{"order":"a-1"}"#,
            ),
            &in_case,
        )
        .charged(EU, &folded("a-1")),
        limited_to(
            paying(
                Scene::permit("value-folded", "It is counted in small letters."),
                args,
            ),
            &in_case,
        )
        .charges([folded("a-1")]),
        limited_to(
            paying(
                Scene::permit("value-folded-by-ascii", "Other letters keep their case."),
                r#"{"order":"Ä"}"#,
            ),
            &in_case,
        )
        .charged(EU, &folded("ä"))
        .charges([folded("Ä")]),
        below(Scene::permit(
            "value-of-a-child",
            "A child's budget, and the root's order was refunded.",
        ))
        .charged(EU, &order())
        .charges([refund(1, Owner::Holder(holder(0)), "A-1".into(), false)]),
        below(
            Scene::deny(
                DenialCode::BudgetExhausted,
                "value-of-a-child",
                "Twice under a child's budget.",
            )
            .link(1),
        )
        .charged(
            EU,
            &refund(1, Owner::Holder(holder(0)), "A-1".into(), false),
        ),
    ]
}

fn values() -> Vec<Scene> {
    let once = |scene: Scene, args: &str| limited_to(paying(scene, args), ONCE);
    let deny = |code, name: &str, description: &str, args: &str| {
        once(Scene::deny(code, name, description).link(0), args)
    };
    let apart = |name: &str, description: &str, args: &str, value: Value, other: Value| {
        once(Scene::permit(&format!("value-{name}"), description), args)
            .charged(EU, &of_order(other))
            .charges([of_order(value)])
    };
    let nested = ONCE.replace(r#"["order"]"#, r#"["order","id"]"#);
    vec![
        apart(
            "by-case",
            "Another case.",
            r#"{"order":"a-1"}"#,
            "a-1".into(),
            "A-1".into(),
        ),
        apart(
            "number-not-text",
            "A number is no text.",
            r#"{"order":7}"#,
            7.into(),
            "7".into(),
        ),
        apart(
            "text-not-number",
            "A text is no number.",
            r#"{"order":"7"}"#,
            "7".into(),
            7.into(),
        ),
        apart(
            "bool",
            "False is not true.",
            r#"{"order":false}"#,
            false.into(),
            true.into(),
        ),
        apart(
            "bool-not-text",
            "True is no text.",
            r#"{"order":true}"#,
            true.into(),
            "true".into(),
        ),
        apart(
            "empty",
            "The empty text is a value.",
            r#"{"order":""}"#,
            "".into(),
            " ".into(),
        ),
        once(
            exhausted(
                "value-number-spelled-otherwise",
                "One number in two spellings.",
            ),
            r#"{"order":7.0}"#,
        )
        .charged(EU, &of_order(7.into())),
        deny(
            DenialCode::ValueMissing,
            "none",
            "No order is stated.",
            "{}",
        ),
        deny(
            DenialCode::ValueMissing,
            "by-case",
            "An argument of another name.",
            r#"{"Order":"A-1"}"#,
        ),
        deny(
            DenialCode::ValueNotScalar,
            "null",
            "Null is no value.",
            r#"{"order":null}"#,
        ),
        deny(
            DenialCode::ValueNotScalar,
            "list",
            "A list is no value.",
            r#"{"order":["A-1"]}"#,
        ),
        deny(
            DenialCode::ValueNotScalar,
            "empty-list",
            "An empty list is no value.",
            r#"{"order":[]}"#,
        ),
        deny(
            DenialCode::ValueNotScalar,
            "record",
            "A record is no value.",
            r#"{"order":{"id":"A-1"}}"#,
        ),
        limited_to(
            paying(
                Scene::deny(DenialCode::ValueMissing, "in-record", "A text, no record.").link(0),
                r#"{"order":"A-1"}"#,
            ),
            &nested,
        ),
        limited_to(
            paying(
                Scene::deny(
                    DenialCode::ValueNotScalar,
                    "list-on-the-way",
                    "A list of records.",
                )
                .link(0),
                r#"{"order":[{"id":1}]}"#,
            ),
            &nested,
        ),
        limited_to(
            paying(
                Scene::deny(
                    DenialCode::AmountMissing,
                    "before-value",
                    "Both are missing.",
                )
                .link(0),
                "{}",
            ),
            &ONCE.replace(
                r#""per_value""#,
                r#""sum":[{"path":["amount"]}],"per_value""#,
            ),
        ),
    ]
}

/// Limits that may be asked about: the mark changes no verdict and no account.
fn marks() -> Vec<Scene> {
    let of_calls = charge(
        0,
        EU,
        Owner::Company,
        "calls",
        of_all_calls(),
        Demand::Spend {
            amount: 1.into(),
            max: 3.into(),
            period: None,
            remember: None,
        },
    );
    let pace = charge(
        0,
        EU,
        Owner::Company,
        "pace",
        vec![2.into(), 2.into(), 60.into()],
        Demand::Pace {
            burst: 2,
            per: Seconds::new(60),
        },
    );
    let groups = Value::Array(vec![
        Value::Array(vec!["crm.*".into()]),
        Value::Array(vec!["pay.*".into()]),
    ]);
    let latch = charge(
        0,
        EU,
        Owner::Company,
        "duty",
        vec![3.into(), groups],
        Demand::Latch { group: 0 },
    );
    let permit = |name: &str| Scene::permit(name, "It may be asked about.").attached(EU);
    vec![
        limited_to(permit("askable-budget"), r#"{"budget":{"account":"calls","ledgers":{"eu-1":3},"askable":true}}"#)
            .charges([of_calls]),
        limited_to(
            permit("askable-rate"),
            r#"{"rate":{"account":"pace","ledger":"eu-1","burst":2,"per":60,"askable":true}}"#,
        )
        .charges([pace]),
        limited_to(
            permit("askable-groups"),
            r#"{"exclusive":{"account":"duty","ledger":"eu-1","groups":[["crm.*"],["pay.*"]],"askable":true}}"#,
        )
        .charges([latch]),
    ]
}
