//! Powers, values and limits made to take long, by choices that a search can change. Shared with
//! `benches/scale.rs`.

use super::dice::Dice;
use super::mandatum::limits::{LimitRule, Scope, SeparationOfDuty, Source, ToolSet};
use super::mandatum::powers::{ArgumentRules, Bound, Host, Presence, Range, ToolPattern, UrlRule};
use super::mandatum::primitives::{Number, Value};
use super::mandatum::{Budget, Capability, Constraint, Effect, Limit, Powers};
use std::collections::BTreeMap;

/// Texts that patterns, trees and networks are asked about: some that most of them admit, and some
/// that are long.
fn text(dice: &mut Dice<'_>) -> String {
    let n = dice.below(300);
    match dice.below(9) {
        0 => format!("{}{n}", "a".repeat(dice.size(200))),
        1 => format!("/{}", "a/".repeat(dice.size(100))) + "b",
        2 => format!("https://a.example/{}", "b/".repeat(dice.size(60))),
        3 => format!("{}example", "a.".repeat(dice.size(40))),
        4 => format!("10.0.{}.{}", dice.below(4), n % 256),
        5 => format!("2001:db8:aaaa:bbbb:cccc:dddd:1:{n:x}"),
        6 => "ab".repeat(dice.size(2_000)),
        7 => String::new(),
        _ => format!("{n}"),
    }
}

fn number(dice: &mut Dice<'_>) -> Number {
    let coefficient = match dice.below(4) {
        0 => dice.below(10) as i128,
        1 => i128::MAX - dice.below(1_000) as i128,
        2 => -(dice.below(100_000) as i128),
        _ => 10_i128.pow(dice.below(38) as u32) + dice.below(9) as i128,
    };
    // Many of one order of magnitude, which only their digits tell apart.
    Number::scientific(coefficient, dice.below(80) as i32 - 40).unwrap_or(Number::ZERO)
}

pub(crate) fn value(dice: &mut Dice<'_>, depth: usize) -> Value {
    match dice.below(if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => Value::Bool(dice.one_in(2)),
        2 => Value::Number(number(dice)),
        3 => Value::Text(text(dice)),
        4 => Value::Bytes(vec![7; dice.size(300)]),
        5 => {
            let item = value(dice, depth - 1);
            let mut items = vec![item; dice.size(60)];
            items.push(value(dice, depth - 1));
            Value::List(items)
        }
        _ => {
            let inner = value(dice, depth - 1);
            let prefix = "k".repeat(dice.below(100));
            let entries: BTreeMap<String, Value> = (0..dice.size(30))
                .map(|n| (format!("{prefix}{n}"), inner.clone()))
                .collect();
            Value::Map(entries)
        }
    }
}

/// Many values of one type.
fn values(dice: &mut Dice<'_>) -> Vec<Value> {
    let count = dice.size(256);
    let first = value(dice, 3);
    let step = dice.below(3) as i128 + 1;
    (0..count as i128)
        .map(|n| match &first {
            Value::Number(number) => {
                let scale = (n.unsigned_abs() as u32 * step as u32) % 19;
                Value::Number(
                    Number::new(number.coefficient() / 2 + n * step, scale).unwrap_or(*number),
                )
            }
            Value::Text(text) => Value::Text(format!("{text}{n}")),
            Value::Bytes(bytes) => Value::Bytes([bytes.as_slice(), &n.to_be_bytes()].concat()),
            Value::List(items) => Value::List(
                items
                    .iter()
                    .take(8)
                    .cloned()
                    .chain([Value::Number((n as i64).into())])
                    .collect(),
            ),
            Value::Map(entries) => {
                let mut entries: BTreeMap<_, _> = entries.clone().into_iter().take(8).collect();
                entries.insert("n".to_owned(), Value::Number((n as i64).into()));
                Value::Map(entries)
            }
            other @ (Value::Null | Value::Bool(_)) => other.clone(),
        })
        .collect()
}

fn range(dice: &mut Dice<'_>) -> Range {
    let end = |dice: &mut Dice<'_>| match dice.below(3) {
        0 => None,
        1 => Some(Bound::Inclusive(number(dice))),
        _ => Some(Bound::Exclusive(number(dice))),
    };
    let (low, high) = (end(dice), end(dice));
    Range::new(low, high).unwrap_or(Range::up_to(Number::ZERO))
}

fn network(dice: &mut Dice<'_>) -> Constraint {
    let n = dice.below(8);
    let network = match dice.below(4) {
        0 => format!("10.0.{n}.0/24"),
        1 => format!("10.0.0.{n}/32"),
        2 => format!("2001:db8:aaaa:bbbb:cccc:dddd:{n:x}:1000/120"),
        _ => "10.0.0.0/8".to_owned(),
    };
    Constraint::network(&network).unwrap()
}

pub(crate) fn constraint(dice: &mut Dice<'_>, depth: usize) -> Constraint {
    let constraint = match dice.below(if depth == 0 { 10 } else { 14 }) {
        0 => Ok(Constraint::any()),
        1 => Constraint::one_of(values(dice)),
        2 => Constraint::none_of(values(dice)),
        3 => Ok(Constraint::range(range(dice))),
        4 => {
            let letters = "ab".repeat(dice.size(100));
            let pattern = match dice.below(5) {
                0 => "*".to_owned(),
                1 => format!("*{letters}c*"),
                2 => "a*".repeat(dice.size(200)),
                3 => format!("{letters}*"),
                _ => format!("1*{}", dice.below(9)),
            };
            Constraint::pattern(&pattern)
        }
        5 => Constraint::path_under(&format!("/{}b", "a/".repeat(dice.size(100)))),
        6 => Constraint::host_under(dice.pick(&["example", "a.example", "a.a.example"])),
        7 => {
            let count = dice.size(32);
            let schemes: Vec<String> = ["https".to_owned()]
                .into_iter()
                .chain((1..count).map(|n| format!("s{n}")))
                .collect();
            let rule = UrlRule::new(
                schemes.iter().map(String::as_str),
                Host::new("a.example").unwrap(),
            )
            .unwrap();
            Ok(Constraint::url(
                rule.with_path(dice.pick(&["/", "/b", "/b/b"])).unwrap(),
            ))
        }
        8 => Ok(network(dice)),
        9 => Constraint::contains(values(dice)),
        10 => Constraint::each(constraint(dice, depth - 1)),
        11 => {
            let inner = constraint(dice, depth - 1);
            Constraint::record(rules(dice, &inner))
        }
        kind => {
            let clauses = clauses(dice, depth - 1);
            if kind == 12 {
                Constraint::all_of(clauses)
            } else {
                Constraint::any_of(clauses)
            }
        }
    };
    constraint.unwrap_or(Constraint::any())
}

fn clauses(dice: &mut Dice<'_>, depth: usize) -> Vec<Constraint> {
    let count = dice.size(if depth == 0 { 256 } else { 12 });
    let repeated = constraint(dice, depth);
    let mut clauses = vec![repeated; count - 1];
    clauses.push(constraint(dice, depth));
    clauses
}

fn rules(dice: &mut Dice<'_>, inner: &Constraint) -> ArgumentRules {
    let prefix = "n".repeat(dice.below(120));
    let count = dice.size(60);
    let rules = (0..count).fold(ArgumentRules::closed(), |rules, n| {
        let presence = if dice.one_in(3) {
            Presence::Required
        } else {
            Presence::Optional
        };
        rules
            .with_rule(&format!("{prefix}{n}"), presence, inner.clone())
            .unwrap()
    });
    if dice.one_in(2) {
        rules.allow_others()
    } else {
        rules
    }
}

fn capability(dice: &mut Dice<'_>, inner: &Constraint) -> Capability {
    let tool = dice.pick(&["a.*", "a.b", "a.b.*", "a.b.c"]);
    let rules = rules(dice, inner);
    let capability = Capability::for_tool(
        tool.parse().unwrap(),
        dice.pick(&[Effect::Read, Effect::Irreversible]),
    )
    .with_arguments(rules);
    if dice.one_in(4) {
        capability
    } else {
        capability.allow_delegation()
    }
}

pub(crate) fn powers(dice: &mut Dice<'_>, most: usize) -> Powers {
    let inner = constraint(dice, 2);
    let repeated = capability(dice, &inner);
    let count = dice.size(most);
    let inner = constraint(dice, 1);
    let last = capability(dice, &inner);
    Powers::new(std::iter::repeat_n(repeated, count - 1).chain([last])).unwrap()
}

/// One family that has all tools which begin so, among up to 31 patterns beside it.
fn scope(dice: &mut Dice<'_>, prefix: &str) -> Scope {
    let others =
        (0..dice.below(32)).map(|number| format!("a.-{}{number}", "a".repeat(dice.below(20))));
    let tools: Vec<String> = others.chain([format!("{prefix}*")]).collect();
    Scope::Tools(ToolSet::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap())
}

/// Groups, or the sources of a budget, that are all in scope.
pub(crate) fn scoped_limit(dice: &mut Dice<'_>) -> Option<Limit> {
    let prefix = format!("a.{}", "z".repeat(dice.size(90)));
    let mut number = 0;
    let mut tool = || {
        number += 1;
        format!("{prefix}{number}").parse::<ToolPattern>().unwrap()
    };
    let (account, ledger) = ("a".parse().unwrap(), "l".parse().unwrap());
    let rule = if dice.below(4) > 0 {
        let groups = (0..2 + dice.below(7))
            .map(|_| ToolSet::new((0..1 + dice.below(32)).map(|_| tool())).unwrap());
        LimitRule::SeparationOfDuty(
            SeparationOfDuty::new(account, ledger, groups.collect::<Vec<_>>()).unwrap(),
        )
    } else {
        let path = || "x".parse().unwrap();
        let sources: Vec<Source> = (0..1 + dice.below(7))
            .map(|_| Source::new(path()).with_tool(tool()))
            .collect();
        let sources = sources.into_iter().chain([Source::new(path())]);
        LimitRule::Budget(Budget::sum(account, ledger, sources, 1.into()).unwrap())
    };
    Limit::new(scope(dice, &prefix), rule).ok()
}
