//! What a ledger counts: budgets, rates, exclusive groups; and whose accounts are whose.

use super::file::raw;
use super::forge::{encode, put};
use super::news::public;
use super::order::{for_tools, limited};
use super::scene::{CacheView, ISSUER, NOW, Scene, holder, limits};
use ciborium::Value;
use mandatum::charge::{Charge, Demand};
use mandatum::claims::Aliases;
use mandatum::primitives::{AccountId, Number};
use mandatum::{DenialCode, Label, Seconds};

pub(super) fn cases() -> Vec<Scene> {
    let budgets = [
        calls(),
        sums(),
        units(),
        splits(),
        shared(),
        below(),
        no_amount(),
        budget_bytes(),
    ];
    let others = [
        rates(),
        groups(),
        unattached(),
        many(),
        other_bytes(),
        aliases(),
    ];
    budgets.into_iter().chain(others).flatten().collect()
}

pub(super) const EU: &str = "eu-1";
const US: &str = "us-1";

/// Whose account it is, as it is spelled in the account.
#[derive(Clone, Copy)]
pub(super) enum Owner {
    Company,
    Holder(u8),
}

/// An account, by hand from the format's text.
pub(super) fn account(ledger: &str, owner: Owner, name: &str, counts: Vec<Value>) -> AccountId {
    let holder = match owner {
        Owner::Company => Value::Null,
        Owner::Holder(seed) => public(seed),
    };
    let parts = vec![
        ledger.into(),
        ISSUER.into(),
        holder,
        name.into(),
        Value::Array(counts),
    ];
    AccountId::from_bytes(blake3::derive_key(
        "mandatum 2026-12 account",
        &encode(&Value::Array(parts)),
    ))
}

/// Calls are counted, for good and together.
pub(super) fn of_all_calls() -> Vec<Value> {
    vec![0.into(), Value::Null, Value::Null]
}

/// These sources are counted, for good and together.
pub(super) fn of_all(sources: Vec<Value>) -> Vec<Value> {
    vec![1.into(), Value::Array(sources), Value::Null, Value::Null]
}

pub(super) fn path(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|name| Value::from(*name)).collect())
}

pub(super) fn source(names: &[&str], more: Vec<(u8, Value)>) -> Value {
    let entries = [(0, path(names))].into_iter().chain(more);
    Value::Map(
        entries
            .map(|(key, value)| (Value::from(key), value))
            .collect(),
    )
}

pub(super) fn charge(
    link: usize,
    ledger: &str,
    owner: Owner,
    name: &str,
    counts: Vec<Value>,
    demand: Demand,
) -> Charge {
    let (ledger, name) = (
        Label::new(ledger).expect("a name"),
        Label::new(name).expect("a name"),
    );
    Charge {
        link,
        account: account(ledger.as_str(), owner, name.as_str(), counts),
        ledger,
        name,
        demand,
    }
}

pub(super) fn number(text: &str) -> Number {
    text.parse().expect("a number")
}

fn spend(amount: &str, max: &str) -> Demand {
    Demand::Spend {
        amount: number(amount),
        max: number(max),
        period: None,
        remember: None,
    }
}

/// Calls on the company's account `calls`.
fn of_calls(amount: &str, max: &str) -> Charge {
    charge(
        0,
        EU,
        Owner::Company,
        "calls",
        of_all_calls(),
        spend(amount, max),
    )
}

/// A sum on the company's account `travel`.
fn of_sum(amount: &str, max: &str) -> Charge {
    charge(
        0,
        EU,
        Owner::Company,
        "travel",
        of_all(vec![source(&["amount"], vec![])]),
        spend(amount, max),
    )
}

/// A budget of calls, as JSON.
fn calls_at_most(max: &str) -> String {
    format!(r#"{{"budget":{{"account":"calls","ledgers":{{"{EU}":{max}}}}}}}"#)
}

/// A budget of the sum of `amount`, as JSON.
fn sum_at_most(max: &str) -> String {
    format!(
        r#"{{"budget":{{"account":"travel","ledgers":{{"{EU}":{max}}},"sum":[{{"path":["amount"]}}]}}}}"#
    )
}

/// A call that pays, at a server that is attached to the ledger.
pub(super) fn paying(scene: Scene, args: &str) -> Scene {
    scene
        .powers(r#"[{"tool":"pay.transfer","effect":"irreversible","open":true,"delegable":true}]"#)
        .tool("pay.transfer")
        .effect(Some("irreversible"))
        .args(args)
        .attached(EU)
}

pub(super) fn limited_to(scene: Scene, limit: &str) -> Scene {
    scene.limits(&format!("[{limit}]"))
}

pub(super) fn child_limited_to(scene: Scene, limit: &str) -> Scene {
    let limit = format!("[{limit}]");
    scene.child_with(move |terms| terms.with_limits(limits(&limit)))
}

pub(super) fn exhausted(name: &str, description: &str) -> Scene {
    Scene::deny(DenialCode::BudgetExhausted, name, description).link(0)
}

fn calls() -> Vec<Scene> {
    let budget = |scene: Scene, max: &str| limited_to(scene.attached(EU), &calls_at_most(max));
    let scoped = |scene: Scene, tools: &str| {
        limited_to(scene.attached(EU), &for_tools(&calls_at_most("0"), tools))
    };
    vec![
        budget(
            Scene::permit("budget-first-call", "The first of three calls."),
            "3",
        )
        .charges([of_calls("1", "3")]),
        budget(
            Scene::permit("budget-last-call", "The last of three calls."),
            "3",
        )
        .charged(EU, &of_calls("1", "3"))
        .charged(EU, &of_calls("1", "3"))
        .charges([of_calls("1", "3")]),
        budget(exhausted("calls", "The fourth of three calls."), "3")
            .charged(EU, &of_calls("1", "3"))
            .charged(EU, &of_calls("1", "3"))
            .charged(EU, &of_calls("1", "3")),
        budget(exhausted("no-call-at-all", "Zero means zero."), "0"),
        budget(
            exhausted("lowered", "Issued again with less than is spent already."),
            "1",
        )
        .charged(EU, &of_calls("2", "3")),
        budget(
            Scene::permit(
                "budget-raised",
                "Issued again with more than before: the account is the same.",
            ),
            "3",
        )
        .charged(EU, &of_calls("1", "1"))
        .charges([of_calls("1", "3")]),
        scoped(
            Scene::permit("budget-out-of-scope", "No call of other tools.").also("pay.*"),
            "pay.*",
        ),
        scoped(exhausted("in-scope", "No call of this tool."), "crm.*"),
        budget(
            Scene::deny(
                DenialCode::AlreadyDecided,
                "and-held",
                "What it holds keeps its mark, however late it is signed anew.",
            ),
            "3",
        )
        .now(NOW + 70)
        .before(NOW)
        .outcome("open"),
        budget(
            Scene::deny(
                DenialCode::AlreadyDecided,
                "and-exhausted",
                "A call that was seen is not asked about its budget.",
            ),
            "0",
        )
        .seen(CacheView::ThisCall, "refused")
        .outcome("refused"),
    ]
}

fn sums() -> Vec<Scene> {
    let sum = |scene: Scene, max: &str| {
        limited_to(paying(scene, r#"{"amount":120.50}"#), &sum_at_most(max))
    };
    vec![
        sum(Scene::permit("budget-sum", "120.5 of 500."), "500").charges([of_sum("120.5", "500")]),
        sum(
            Scene::permit("budget-sum-to-the-last", "The last 120.5 of 500."),
            "500",
        )
        .charged(EU, &of_sum("379.5", "500"))
        .charges([of_sum("120.5", "500")]),
        sum(
            exhausted(
                "by-the-least-there-is",
                "The smallest part of a unit is missing.",
            ),
            "500",
        )
        .charged(EU, &of_sum("379.500000000000000001", "500")),
        sum(exhausted("sum-zero", "120.5 of nothing."), "0"),
        sum(
            Scene::permit("budget-sum-largest", "120.5 of the largest number."),
            &i128::MAX.to_string(),
        )
        .charges([of_sum("120.5", &i128::MAX.to_string())]),
        sum(
            Scene::permit(
                "budget-sum-not-calls",
                "Calls are counted on an account of their own.",
            ),
            "500",
        )
        .charged(
            EU,
            &charge(
                0,
                EU,
                Owner::Company,
                "travel",
                of_all_calls(),
                spend("500", "500"),
            ),
        )
        .charges([of_sum("120.5", "500")]),
        limited_to(
            paying(
                Scene::permit("budget-sum-of-nothing", "Zero of zero."),
                r#"{"amount":0}"#,
            ),
            &sum_at_most("0"),
        )
        .charges([of_sum("0", "0")]),
        limited_to(
            paying(
                Scene::permit(
                    "budget-sum-exact",
                    "A tenth and two tenths are three tenths.",
                ),
                r#"{"amount":0.1}"#,
            ),
            &sum_at_most("0.3"),
        )
        .charged(EU, &of_sum("0.2", "0.3"))
        .charges([of_sum("0.1", "0.3")]),
        limited_to(
            paying(
                Scene::permit(
                    "budget-sum-beside-the-smallest",
                    "A tiny charge leaves the largest budget usable.",
                ),
                r#"{"amount":1}"#,
            ),
            &sum_at_most(&i128::MAX.to_string()),
        )
        .charged(EU, &of_sum("0.000000000000000001", &i128::MAX.to_string()))
        .charges([of_sum("1", &i128::MAX.to_string())]),
        sum(
            Scene::permit(
                "budget-accounts-apart",
                "Prior charges of two accounts, which only together are too large.",
            ),
            "500",
        )
        .charged(
            EU,
            &charge(
                0,
                EU,
                Owner::Company,
                "a",
                of_all_calls(),
                spend(&i128::MAX.to_string(), "1"),
            ),
        )
        .charged(
            EU,
            &charge(
                0,
                EU,
                Owner::Company,
                "b",
                of_all_calls(),
                spend("0.5", "1"),
            ),
        )
        .charges([of_sum("120.5", "500")]),
        limited_to(
            paying(
                exhausted("adds-up-to-no-number", "Sums larger than any number."),
                r#"{"amount":1}"#,
            ),
            &sum_at_most(&i128::MAX.to_string()),
        )
        .charged(EU, &of_sum(&i128::MAX.to_string(), &i128::MAX.to_string())),
    ]
}

fn units() -> Vec<Scene> {
    let sum = r#""sum":[{"path":["amount"],"unit":{"path":["currency"],"value":"EUR"}}]"#;
    let limit = format!(r#"{{"budget":{{"account":"travel","ledgers":{{"{EU}":500}},{sum}}}}}"#);
    let in_euro = |amount: &str| {
        let unit = Value::Array(vec![path(&["currency"]), "EUR".into()]);
        let counts = of_all(vec![source(&["amount"], vec![(2, unit)])]);
        charge(
            0,
            EU,
            Owner::Company,
            "travel",
            counts,
            spend(amount, "500"),
        )
    };
    let wrong = |name: &str, description: &str, args: &str| {
        limited_to(
            paying(
                Scene::deny(DenialCode::WrongUnit, name, description).link(0),
                args,
            ),
            &limit,
        )
    };
    let euros = r#"{"amount":120,"currency":"EUR"}"#;
    vec![
        limited_to(
            paying(Scene::permit("budget-unit", "120 EUR of 500 EUR."), euros),
            &limit,
        )
        .charges([in_euro("120")]),
        limited_to(
            paying(
                Scene::permit(
                    "budget-unit-beside-none",
                    "Without a unit it is another account.",
                ),
                euros,
            ),
            &limit,
        )
        .charged(EU, &of_sum("500", "500"))
        .charges([in_euro("120")]),
        limited_to(
            paying(
                exhausted("in-its-unit", "121 EUR of the last 120 EUR."),
                r#"{"amount":121,"currency":"EUR"}"#,
            ),
            &limit,
        )
        .charged(EU, &in_euro("380")),
        wrong(
            "other",
            "Another currency, although it were less.",
            r#"{"amount":1,"currency":"JPY"}"#,
        ),
        wrong("missing", "No currency is stated.", r#"{"amount":1}"#),
        wrong(
            "spelled-otherwise",
            "A currency in small letters.",
            r#"{"amount":1,"currency":"eur"}"#,
        ),
        wrong(
            "not-a-text",
            "A currency in a record.",
            r#"{"amount":1,"currency":{"code":"EUR"}}"#,
        ),
    ]
}

/// Several ledger lines of one budget.
fn splits() -> Vec<Scene> {
    let limit = format!(r#"{{"budget":{{"account":"calls","ledgers":{{"{EU}":3,"{US}":2}}}}}}"#);
    let at = |ledger: &str, max: &str| {
        charge(
            0,
            ledger,
            Owner::Company,
            "calls",
            of_all_calls(),
            spend("1", max),
        )
    };
    let split = |scene: Scene| limited_to(scene, &limit);
    let spent = |scene: Scene, ledger: &'static str, times: usize, max: &str| {
        (0..times).fold(scene, |scene, _| scene.charged(ledger, &at(ledger, max)))
    };
    vec![
        split(Scene::permit("budget-split-one", "Attached to the one line.")).attached(EU).charges([at(EU, "3")]),
        split(Scene::permit("budget-split-other", "Attached to the other line.")).attached(US).charges([at(US, "2")]),
        split(Scene::permit("budget-split-both", "Attached to both, the line that is first by name is charged."))
            .attached(US)
            .attached(EU)
            .charges([at(EU, "3")]),
        limited_to(
            paying(
                Scene::permit("budget-lines-in-any-order", "Lines that come to a number only all together."),
                r#"{"amount":120.50}"#,
            ),
            &format!(
                r#"{{"budget":{{"account":"travel","ledgers":{{"{EU}":500.5,"{US}":{},"zz-1":0.5}},"sum":[{{"path":["amount"]}}]}}}}"#,
                i128::MAX - 501
            ),
        )
        .charges([of_sum("120.5", "500.5")]),
        limited_to(
            paying(
                Scene::permit("budget-lines-beyond-all-numbers", "Lines whose sum has more digits than a number."),
                r#"{"amount":1}"#,
            ),
            &format!(
                r#"{{"budget":{{"account":"travel","ledgers":{{"a":0.2,"b":{},"{EU}":1}},"sum":[{{"path":["amount"]}}]}}}}"#,
                i128::MAX
            ),
        )
        .charges([of_sum("1", "1")]),
        spent(split(exhausted("line", "This line is spent, whatever the other has left.")), US, 2, "2"),
        spent(split(exhausted("first-line", "The first line is spent, and the other is not asked.")), EU, 3, "3")
            .attached(US),
    ]
}

/// Limits of one account.
fn shared() -> Vec<Scene> {
    let two = format!("{},{}", calls_at_most("3"), calls_at_most("2"));
    let other_name = calls_at_most("1").replace("calls", "other");
    let scene = |scene: Scene| limited_to(scene.attached(EU), &two);
    vec![
        scene(Scene::permit(
            "budget-one-account",
            "Two limits of one account: charged once, under the less.",
        ))
        .charges([of_calls("1", "2")]),
        scene(exhausted(
            "least-of-one-account",
            "Two limits of one account: the less is spent.",
        ))
        .charged(EU, &of_calls("2", "2")),
        limited_to(
            Scene::permit("budget-two-accounts", "Two accounts: charged to each.").attached(EU),
            &format!("{},{other_name}", calls_at_most("3")),
        )
        .charges([
            of_calls("1", "3"),
            charge(
                0,
                EU,
                Owner::Company,
                "other",
                of_all_calls(),
                spend("1", "1"),
            ),
        ]),
        limited_to(
            exhausted("second-account", "The second of two accounts is spent.").attached(EU),
            &format!("{},{other_name}", calls_at_most("3")),
        )
        .charged(
            EU,
            &charge(
                0,
                EU,
                Owner::Company,
                "other",
                of_all_calls(),
                spend("1", "1"),
            ),
        ),
    ]
}

/// Budgets of children, whose accounts are their parent's holder's.
fn below() -> Vec<Scene> {
    let of_holder = |link: usize, seed: u8, amount: &str, max: &str| {
        charge(
            link,
            EU,
            Owner::Holder(seed),
            "calls",
            of_all_calls(),
            spend(amount, max),
        )
    };
    let both = |scene: Scene| {
        child_limited_to(
            limited_to(scene.attached(EU), &calls_at_most("9")),
            &calls_at_most("5"),
        )
    };
    let one = limits(&format!("[{}]", calls_at_most("5")));
    let again = limits(&format!("[{}]", calls_at_most("2")));
    let third = one.clone();
    vec![
        Scene::permit(
            "budget-of-a-grandchild",
            "The account is its issuer's, who holds the link above it.",
        )
        .attached(EU)
        .child()
        .child_with(move |terms| terms.with_limits(third.clone()))
        .charges([of_holder(2, holder(1), "1", "5")]),
        both(Scene::permit(
            "budget-of-both-links",
            "A call is charged to every link that has a budget.",
        ))
        .charges([of_calls("1", "9"), of_holder(1, holder(0), "1", "5")]),
        both(
            Scene::deny(
                DenialCode::BudgetExhausted,
                "childs",
                "The child's budget is spent.",
            )
            .link(1),
        )
        .charged(EU, &of_holder(1, holder(0), "5", "5")),
        both(exhausted(
            "roots",
            "The root's budget is spent, and the child's is not.",
        ))
        .charged(EU, &of_calls("9", "9")),
        both(Scene::permit(
            "budget-of-a-namesake",
            "The account of that name of another holder is spent.",
        ))
        .charged(EU, &of_holder(1, holder(1), "9", "9"))
        .charges([of_calls("1", "9"), of_holder(1, holder(0), "1", "5")]),
        Scene::permit(
            "budget-same-owner",
            "Two links by one key have one account, and the less of the two holds.",
        )
        .attached(EU)
        .child_with(move |terms| terms.with_same_key().with_limits(one.clone()))
        .held_by(holder(0))
        .child_with(move |terms| terms.with_limits(again.clone()))
        .charges([of_holder(2, holder(0), "1", "2")]),
    ]
}

fn no_amount() -> Vec<Scene> {
    let of = |code, name: &str, description: &str, args: &str| {
        limited_to(
            paying(Scene::deny(code, name, description).link(0), args),
            &sum_at_most("500"),
        )
    };
    vec![
        of(
            DenialCode::AmountMissing,
            "nothing",
            "What is counted is not there.",
            "{}",
        ),
        of(
            DenialCode::AmountMissing,
            "by-case",
            "What is counted is spelled otherwise.",
            r#"{"Amount":1}"#,
        ),
        of(
            DenialCode::AmountNotANumber,
            "text",
            "A number in a text.",
            r#"{"amount":"1"}"#,
        ),
        of(
            DenialCode::AmountNotANumber,
            "null",
            "Null.",
            r#"{"amount":null}"#,
        ),
        of(
            DenialCode::AmountNotANumber,
            "list",
            "A text in a list.",
            r#"{"amount":[1,"1"]}"#,
        ),
        of(
            DenialCode::AmountNegative,
            "least",
            "The least that is negative.",
            r#"{"amount":-0.000000000000000001}"#,
        ),
        of(
            DenialCode::AmountNegative,
            "most",
            "The most that is negative.",
            &format!(r#"{{"amount":{}}}"#, i128::MIN),
        ),
        limited_to(
            paying(
                Scene::permit("budget-negative-zero", "A zero with a sign."),
                r#"{"amount":-0.0}"#,
            ),
            &sum_at_most("500"),
        )
        .charges([of_sum("0", "500")]),
        limited_to(
            paying(
                Scene::permit(
                    "budget-nothing-in-scope",
                    "What other tools count is not there.",
                ),
                "{}",
            )
            .also("crm.*"),
            &for_tools(&sum_at_most("500"), "crm.*"),
        ),
    ]
}

/// Two calls at once, and two again every minute.
const RATE: &str = r#"{"rate":{"account":"pace","ledger":"eu-1","burst":2,"per":60}}"#;

fn of_rate() -> Charge {
    let demand = Demand::Pace {
        burst: 2,
        per: Seconds::new(60),
    };
    charge(
        0,
        EU,
        Owner::Company,
        "pace",
        vec![2.into(), 2.into(), 60.into()],
        demand,
    )
}

fn rates() -> Vec<Scene> {
    let rate = |scene: Scene| limited_to(scene.attached(EU), RATE);
    let twice = |scene: Scene, at: u64| {
        rate(scene)
            .charged_at(EU, &of_rate(), at)
            .charged_at(EU, &of_rate(), at)
    };
    let fast = |name: &str, description: &str| {
        Scene::deny(DenialCode::RateExceeded, name, description).link(0)
    };
    let other = charge(
        0,
        EU,
        Owner::Company,
        "pace",
        vec![2.into(), 2.into(), 61.into()],
        Demand::Pace {
            burst: 2,
            per: Seconds::new(61),
        },
    );
    vec![
        rate(Scene::permit(
            "rate-first",
            "The first of two calls at once.",
        ))
        .charges([of_rate()]),
        rate(Scene::permit(
            "rate-second",
            "The second of two calls at once.",
        ))
        .charged(EU, &of_rate())
        .charges([of_rate()]),
        twice(fast("third", "The third of two calls at once."), NOW),
        twice(fast("by-a-second", "A second too early."), NOW - 29),
        twice(
            Scene::permit(
                "rate-to-the-second",
                "Half a minute after two at once comes the next.",
            ),
            NOW - 30,
        )
        .charges([of_rate()]),
        twice(
            fast(
                "steady",
                "Of two more at once after half a minute the second.",
            ),
            NOW - 30,
        )
        .charged_at(EU, &of_rate(), NOW),
        twice(
            Scene::deny(
                DenialCode::AlreadyDecided,
                "refused-before",
                "The very bytes that came too early, when others may come.",
            ),
            NOW,
        )
        .now(NOW + 30)
        .before(NOW)
        .signing(|signing| signing.at = NOW),
        // Each mark is forgotten after a minute and a second, so that the same call is made anew.
        limited_to(
            fast(
                "fourth-after-the-marks",
                "The fourth of three calls, a minute apart.",
            )
            .attached(EU),
            &RATE.replace(r#""burst":2,"per":60"#, r#""burst":3,"per":1000"#),
        )
        .now(NOW + 195)
        .before(NOW)
        .before(NOW + 65)
        .before(NOW + 130),
        rate(Scene::permit(
            "rate-of-other-terms",
            "A rate of other terms is another account.",
        ))
        .charged(EU, &other)
        .charged(EU, &other)
        .charges([of_rate()]),
    ]
}

/// Who reads the CRM does not pay, and the other way around.
const GROUPS: &str =
    r#"{"exclusive":{"account":"duty","ledger":"eu-1","groups":[["crm.*"],["pay.*","refund"]]}}"#;

fn of_group(group: usize) -> Charge {
    let groups = [vec!["crm.*"], vec!["pay.*", "refund"]];
    // Tools are in the order of their encodings.
    let groups = groups.map(|group| {
        let mut tools: Vec<Value> = group.into_iter().map(Value::from).collect();
        tools.sort_by_key(encode);
        Value::Array(tools)
    });
    charge(
        0,
        EU,
        Owner::Company,
        "duty",
        vec![3.into(), Value::Array(groups.into())],
        Demand::Latch { group },
    )
}

fn groups() -> Vec<Scene> {
    let reading = |scene: Scene| limited_to(scene.attached(EU), GROUPS);
    let paying = |scene: Scene| limited_to(paying(scene, "{}"), GROUPS);
    let closed = |name: &str, description: &str| {
        Scene::deny(DenialCode::GroupClosed, name, description).link(0)
    };
    vec![
        reading(Scene::permit(
            "group-first",
            "The first call under the account.",
        ))
        .charges([of_group(0)]),
        reading(Scene::permit(
            "group-again",
            "A tool of the group that was used before.",
        ))
        .charged(EU, &of_group(0))
        .charges([of_group(0)]),
        paying(Scene::permit(
            "group-other-first",
            "The first call is one of the other group.",
        ))
        .charges([of_group(1)]),
        reading(closed("reading", "It has paid before.")).charged(EU, &of_group(1)),
        paying(closed("paying", "It has read before.")).charged(EU, &of_group(0)),
        reading(Scene::permit(
            "group-of-neither",
            "A tool of no group, after all.",
        ))
        .charged(EU, &of_group(1))
        .powers(r#"[{"tool":"mail","effect":"read","open":true}]"#)
        .tool("mail"),
        limited_to(
            Scene::permit(
                "group-of-neither-unattached",
                "A tool of no group, where nobody keeps the groups apart.",
            ),
            GROUPS,
        )
        .powers(r#"[{"tool":"mail","effect":"read","open":true}]"#)
        .tool("mail"),
        limited_to(
            Scene::permit(
                "groups-in-their-scope",
                "Groups are kept apart for just their tools.",
            )
            .attached(EU),
            &GROUPS.replacen('{', r#"{"tools":["crm.*","pay.*","refund"],"#, 1),
        )
        .charges([of_group(0)]),
        reading(closed(
            "although-undone-later",
            "Of two that were used before, the first counts.",
        ))
        .charged(EU, &of_group(1))
        .charged(EU, &of_group(0)),
    ]
}

/// Limits whose ledger the server is not attached to.
fn unattached() -> Vec<Scene> {
    let unknown = |name: &str, description: &str| {
        Scene::deny(DenialCode::LedgerUnknown, name, description).link(0)
    };
    vec![
        limited_to(
            unknown("none", "The server is attached to no ledger."),
            &calls_at_most("3"),
        ),
        limited_to(
            unknown("another", "The server is attached to another ledger."),
            &calls_at_most("3"),
        )
        .attached(US),
        limited_to(
            unknown(
                "by-case",
                "The server is attached to a ledger of a similar name.",
            ),
            &calls_at_most("3"),
        )
        .attached("EU-1"),
        limited_to(unknown("of-a-rate", "Nobody here counts the rate."), RATE).attached(US),
        limited_to(
            unknown("of-groups", "Nobody here keeps the groups apart."),
            GROUPS,
        )
        .attached(US),
        child_limited_to(
            Scene::deny(
                DenialCode::LedgerUnknown,
                "childs",
                "A child's budget is counted elsewhere.",
            )
            .link(1)
            .attached(US),
            &calls_at_most("3"),
        ),
        limited_to(
            Scene::permit(
                "ledger-unknown-out-of-scope",
                "What is counted elsewhere is about other tools.",
            )
            .also("pay.*"),
            &for_tools(&calls_at_most("3"), "pay.*"),
        ),
    ]
}

/// Rule 18 on what ledgers and people stand behind.
fn many() -> Vec<Scene> {
    let budget = || {
        let shares = Value::Map(vec![(EU.into(), 9.into())]);
        Value::Array(vec![
            8.into(),
            Value::Map(vec![(0.into(), "calls".into()), (1.into(), shares)]),
        ])
    };
    let metered = move |scene: Scene, times: usize| {
        let limits = Value::Array(vec![budget(); times]);
        scene
            .attached(EU)
            .edit(move |link| link.terms(|terms| put(terms, 1, limits.clone())))
    };
    let of_holder = charge(
        1,
        EU,
        Owner::Holder(holder(0)),
        "calls",
        of_all_calls(),
        spend("1", "9"),
    );
    let two = |scene: Scene| metered(metered(scene, 32).child(), 32);
    vec![
        two(Scene::permit(
            "budgets-as-many-as-may-be",
            "64 limits that a ledger keeps, on two accounts.",
        ))
        .charges([of_calls("1", "9"), of_holder]),
        metered(
            two(Scene::deny(
                DenialCode::TooManyMeters,
                "by-one",
                "65 limits that a ledger keeps.",
            )
            .link(2))
            .child(),
            1,
        ),
    ]
}

fn entries(pairs: impl IntoIterator<Item = (i64, Value)>) -> Vec<(Value, Value)> {
    pairs
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect()
}

fn shares(lines: &[(&str, Value)]) -> Value {
    Value::Map(
        lines
            .iter()
            .map(|(ledger, max)| ((*ledger).into(), max.clone()))
            .collect(),
    )
}

fn budget_bytes() -> Vec<Scene> {
    let wrong = |code, name: &str, description: &str, terms: Vec<(i64, Value)>| {
        limited(Scene::deny(code, name, description), 8, entries(terms))
    };
    let lines = |lines: &[(&str, Value)]| vec![(0, Value::from("calls")), (1, shares(lines))];
    let with = |key: i64, value: Value| {
        let mut terms = lines(&[(EU, 3.into())]);
        terms.push((key, value));
        terms
    };
    let names: Vec<String> = (10..27).map(|number| format!("ledger-{number}")).collect();
    let seventeen: Vec<(&str, Value)> =
        names.iter().map(|name| (name.as_str(), 1.into())).collect();
    let half = || Value::Tag(4, Box::new(Value::Array(vec![(-1).into(), 5.into()])));
    let text = |text: &str| Value::from(text);
    vec![
        wrong(
            DenialCode::InvalidValue,
            "budget-negative",
            "Less than nothing.",
            lines(&[(EU, (-1).into())]),
        ),
        wrong(
            DenialCode::InvalidValue,
            "budget-of-half-a-call",
            "Half a call.",
            lines(&[(EU, half())]),
        ),
        wrong(
            DenialCode::InvalidValue,
            "budget-of-no-ledger",
            "Counted by no ledger.",
            lines(&[]),
        ),
        wrong(
            DenialCode::OutOfBounds,
            "budget-ledgers",
            "Counted by 17 ledgers.",
            lines(&seventeen),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "ledgers-unsorted",
            "Ledgers in the wrong order.",
            lines(&[(US, 1.into()), (EU, 1.into())]),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "ledger-twice",
            "A ledger twice.",
            lines(&[(EU, 1.into()), (EU, 2.into())]),
        ),
        wrong(
            DenialCode::UnknownClaim,
            "budget-key",
            "A budget with a key that is not known.",
            with(6, 1.into()),
        ),
        wrong(
            DenialCode::MissingClaim,
            "budget-account",
            "A budget without an account.",
            vec![(1, shares(&[(EU, 1.into())]))],
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "budget-by-text",
            "A number in a text.",
            lines(&[(EU, text("3"))]),
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "unit-without-a-value",
            "A unit that is not said.",
            with(
                2,
                Value::Array(vec![source(
                    &["amount"],
                    vec![(2, Value::Array(vec![path(&["currency"])]))],
                )]),
            ),
        ),
        wrong(
            DenialCode::InvalidValue,
            "budget-too-large",
            "As much as no amount is.",
            lines(&[(
                EU,
                Value::Tag(4, Box::new(Value::Array(vec![50.into(), 1.into()]))),
            )]),
        ),
        wrong(
            DenialCode::InvalidValue,
            "budget-remembered-for-no-time",
            "A value that is remembered for no time.",
            with(
                4,
                Value::Map(vec![(0.into(), path(&["order"])), (1.into(), 0.into())]),
            ),
        ),
        wrong(
            DenialCode::InvalidValue,
            "budget-tool-without-a-source",
            "A source of one tool, for all calls.",
            with(
                2,
                Value::Array(vec![source(&["amount"], vec![(1, text("pay.transfer"))])]),
            ),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "budget-float",
            "A floating-point number.",
            lines(&[(EU, Value::Float(1.5))]),
        ),
    ]
}

fn other_bytes() -> Vec<Scene> {
    let of = |kind: u64| {
        move |code, name: &str, description: &str, content: Vec<Value>| {
            let limit = Value::Array(vec![Value::Array(vec![kind.into(), Value::Array(content)])]);
            Scene::deny(code, name, description)
                .edit(move |link| link.terms(|terms| put(terms, 1, limit.clone())))
        }
    };
    let (rate, group) = (of(9), of(10));
    let pace = |burst: u64, per: u64| vec!["pace".into(), EU.into(), burst.into(), per.into()];
    let tools = |tools: &[&str]| Value::Array(tools.iter().map(|tool| (*tool).into()).collect());
    let duty = |groups: Vec<Value>| vec!["duty".into(), EU.into(), Value::Array(groups)];
    let out_of_scope = |name: &str, description: &str, scope: &[&str]| {
        let content = Value::Array(duty(vec![tools(&["crm.*"]), tools(&["pay.*", "refund"])]));
        let mut scope: Vec<Value> = scope.iter().map(|tool| (*tool).into()).collect();
        scope.sort_by_key(encode);
        let limit = Value::Array(vec![Value::Array(vec![
            10.into(),
            content,
            Value::Array(scope),
        ])]);
        let scene = Scene::deny(DenialCode::InvalidValue, name, description);
        scene.edit(move |link| link.terms(|terms| put(terms, 1, limit.clone())))
    };
    vec![
        rate(
            DenialCode::InvalidValue,
            "rate-of-nothing",
            "A rate of no call.",
            pace(0, 60),
        ),
        rate(
            DenialCode::InvalidValue,
            "rate-in-no-time",
            "A rate in no time.",
            pace(1, 0),
        ),
        rate(
            DenialCode::InvalidValue,
            "rate-of-too-many",
            "More calls at once than a rate may have.",
            pace(1_000_001, 60),
        ),
        rate(
            DenialCode::InvalidValue,
            "rate-of-too-long",
            "A period of more than a year.",
            pace(1, 31_622_401),
        ),
        rate(
            DenialCode::UnexpectedItem,
            "rate-of-three",
            "A rate without a period.",
            pace(1, 1)[..3].to_vec(),
        ),
        group(
            DenialCode::InvalidValue,
            "one-group",
            "One group, which excludes nothing.",
            duty(vec![tools(&["a"])]),
        ),
        group(
            DenialCode::InvalidValue,
            "groups-overlap",
            "Groups with a tool in common.",
            duty(vec![tools(&["a", "crm.*"]), tools(&["crm.read"])]),
        ),
        group(
            DenialCode::InvalidValue,
            "groups-overlap-by-prefix",
            "Groups with a prefix and one that begins with it.",
            duty(vec![tools(&["a", "get_*", "get_user"]), tools(&["get_u*"])]),
        ),
        group(
            DenialCode::OutOfBounds,
            "groups",
            "Nine groups.",
            duty(
                ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
                    .map(|tool| tools(&[tool]))
                    .into(),
            ),
        ),
        group(
            DenialCode::NotDeterministic,
            "group-unsorted",
            "A group in the wrong order.",
            duty(vec![tools(&["b", "a"]), tools(&["c"])]),
        ),
        out_of_scope(
            "group-out-of-scope",
            "Groups of which one is out of scope.",
            &["crm.*"],
        ),
        out_of_scope(
            "group-partly-out-of-scope",
            "Groups of which a tool is out of scope.",
            &["crm.*", "pay.*"],
        ),
        out_of_scope(
            "groups-beyond-scope",
            "Groups for one tool of each.",
            &["crm.read", "pay.one", "refund"],
        ),
        group(
            DenialCode::UnexpectedItem,
            "group-empty",
            "A group of no tool.",
            duty(vec![tools(&[]), tools(&["c"])]),
        ),
    ]
}

fn aliases() -> Vec<Scene> {
    let known = |scene: Scene, systems: &[&'static str]| {
        let systems = systems.to_vec();
        scene
            .root(|root| {
                let name = |text: &str| Label::new(text).expect("a name");
                let aliases = [("crm", "a.lice"), ("billing", "a-17")]
                    .map(|(system, alias)| (name(system), name(alias)));
                root.principal.aliases = Aliases::new(aliases.into()).expect("few aliases");
            })
            .anchor(|anchor| anchor.systems = systems)
    };
    vec![
        known(
            Scene::permit(
                "alias",
                "The server's own system has a name for the principal.",
            ),
            &["billing", "crm"],
        )
        .system("crm"),
        known(
            Scene::permit("alias-unasked", "The server asks for no name."),
            &["billing", "crm"],
        ),
        known(
            Scene::deny(
                DenialCode::AliasMissing,
                "other-system",
                "Names in other systems only.",
            )
            .link(0),
            &["billing", "crm"],
        )
        .system("erp"),
        known(
            Scene::deny(
                DenialCode::AliasMissing,
                "by-case",
                "A name in a system spelled otherwise.",
            )
            .link(0),
            &["billing", "crm"],
        )
        .system("CRM"),
        Scene::deny(DenialCode::AliasMissing, "no-alias", "No names at all.")
            .link(0)
            .system("crm"),
        Scene::deny(
            DenialCode::AliasMissing,
            "below",
            "No names at all, and a child.",
        )
        .link(0)
        .system("crm")
        .child(),
        known(
            Scene::deny(
                DenialCode::AliasOfAnother,
                "one",
                "A name in a system that is not its issuer's.",
            )
            .link(0),
            &["crm"],
        ),
        known(
            Scene::deny(
                DenialCode::AliasOfAnother,
                "all",
                "Names, and its issuer has no system.",
            )
            .link(0),
            &[],
        )
        .system("crm"),
        known(
            Scene::deny(
                DenialCode::AliasOfAnother,
                "above",
                "A root's, with a child below.",
            )
            .link(0),
            &["crm"],
        )
        .child(),
    ]
    .into_iter()
    .map(|scene| scene.call(|call| call.args = raw(r#"{"account":"acme"}"#)))
    .collect()
}
