//! What budgets count in a call's arguments: nests of lists and records, many sources, long texts.

use super::dice::Dice;
use super::{asked, work_bound};
use crate::charge::{amount, counted_value};
use crate::limits::{ArgumentPath, Meter, PerValue, Source, Sources, Unit};
use crate::powers::{Action, Effect};
use crate::primitives::{Arguments, Seconds, Value};
use std::collections::BTreeMap;

const STEPS: u64 = 1 << 16;

/// Names of every length, so that searches compare long ones.
fn name(dice: &mut Dice<'_>) -> String {
    format!(
        "{}{}",
        "k".repeat(dice.pick(&[0, 1, 15, 16, 100, 124])),
        dice.below(3)
    )
}

/// A value in which a path of these names leads far: lists of records of lists, with an amount at
/// the end.
fn nest(dice: &mut Dice<'_>, names: &[String]) -> Value {
    let Some((name, below)) = names.split_first() else {
        return match dice.below(6) {
            0 => Value::List(vec![Value::from(7); dice.size(500)]),
            1 => Value::List(vec![Value::List(Vec::new()); dice.size(500)]),
            2 => Value::Text("1".repeat(dice.size(2_000))),
            3 => Value::Text(format!("0.{}", "0".repeat(dice.size(30_000)))),
            4 => Value::Text("USD".to_owned()),
            _ => Value::from(i64::MAX),
        };
    };
    let inner = nest(dice, below);
    let others = (0..dice.size(20)).map(|other| (format!("{name}{other}"), Value::Null));
    let record: BTreeMap<String, Value> = others.chain([(name.clone(), inner)]).collect();
    match dice.below(3) {
        0 => Value::List(vec![Value::Map(record); dice.size(12)]),
        _ => Value::Map(record),
    }
}

fn path(names: &[String]) -> ArgumentPath {
    ArgumentPath::new(names.iter().map(String::as_str)).unwrap()
}

#[test]
fn work_bound_of_what_budgets_count() {
    work_bound("amounts", |dice| {
        let names: Vec<String> = (0..dice.size(4)).map(|_| name(dice)).collect();
        let top = nest(dice, &names[1..]);
        let arguments = BTreeMap::from([(names[0].clone(), top)]);
        let Ok(arguments) = Arguments::new(arguments) else {
            return asked(STEPS, |_| ());
        };
        let action = Action {
            tool: "pay".parse().unwrap(),
            arguments,
            effect: Effect::Write,
        };
        let source = Source::new(path(&names));
        let unit = Unit::new(path(&names), &"U".repeat(dice.size(128))).unwrap();
        let source = if dice.one_in(3) {
            source.with_unit(unit)
        } else {
            source
        };
        let source = if dice.one_in(2) {
            source.with_decimal_texts()
        } else {
            source
        };
        let meter = Meter::Sum(Sources::new([source]).unwrap());
        let per_value = PerValue::new(path(&names), Seconds::new(60)).unwrap();
        asked(STEPS, |work| {
            let _ = amount(&meter, &action, work);
            let _ = counted_value(&per_value, &action, work);
        })
    });
}
