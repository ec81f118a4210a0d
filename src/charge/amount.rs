//! The amounts that a call states, and the value that it is counted under.

use crate::codec::CountedValue;
use crate::denial::ChargeError;
use crate::limits::{ArgumentPath, Meter, PerValue, Source, Unit};
use crate::powers::Action;
use crate::primitives::{ForeignText, Number, NumberError, OutOfWork, Total, Value, Work, tally};
use std::collections::BTreeMap;

/// Steps of adding an amount: a few multiplications of 256 bits by 64, about 60 operations of the
/// processor.
const ADD_STEPS: u64 = 16;

/// Returns the amount of a call: the sum of all sources for its tool. The unit of each source is
/// checked before its amounts.
///
/// The sum has 256 bits on the way, so neither the order of sources nor that of a list's elements
/// decides.
pub(crate) fn amount(
    meter: &Meter,
    action: &Action,
    work: &mut Work,
) -> Result<Number, ChargeError> {
    let Meter::Sum(sources) = meter else {
        return Ok(Number::from(1));
    };
    let mut sum = None;
    for source in sources.iter().filter(|source| source.matches(&action.tool)) {
        if let Some(unit) = source.unit() {
            states_unit(unit, action, work)?;
        }
        let mut all = sum.unwrap_or(Total::ZERO);
        walk(action, source.path(), work, &mut |found, work| {
            let more = one_amount(source, found, work)?;
            all = all.checked_add(more).ok_or(ChargeError::SumOutOfRange)?;
            Ok(())
        })?;
        sum = Some(all);
    }
    // `None` is unreachable: every tool in a limit's scope has a source. A call without one would
    // be refused, not counted as zero.
    sum.and_then(Total::exactly)
        .ok_or(ChargeError::SumOutOfRange)
}

/// Returns the error of an amount that is too large or has too many digits.
fn out_of_range(path: &ArgumentPath) -> ChargeError {
    ChargeError::AmountOutOfRange {
        argument: path.clone(),
    }
}

/// Returns the value whose budget the call is counted under.
pub(crate) fn counted_value<'a>(
    per_value: &PerValue,
    action: &'a Action,
    work: &mut Work,
) -> Result<CountedValue<'a>, ChargeError> {
    let argument = || per_value.path().clone();
    let (first, below) = first_and_below(per_value.path());
    let mut value = look_up(action.arguments.as_map(), first, work)?;
    for name in below {
        value = match value {
            Some(Value::Map(entries)) => look_up(entries, name, work)?,
            // A budget counts under one value, so a list is refused on the way as it is at the end.
            Some(Value::List(_)) => {
                return Err(ChargeError::ValueNotScalar {
                    argument: argument(),
                });
            }
            _ => None,
        };
    }
    match value {
        None => Err(ChargeError::ValueMissing {
            argument: argument(),
        }),
        Some(Value::Text(text)) => {
            // The text is copied, case-folded and hashed: half a step for each byte.
            work.spend_len((text.len() / 2).saturating_add(1))?;
            tally::count(text.len().saturating_mul(3));
            Ok(CountedValue::Text(text))
        }
        Some(Value::Number(number)) => Ok(CountedValue::Number(*number)),
        Some(Value::Bool(bool)) => Ok(CountedValue::Bool(*bool)),
        Some(Value::Null | Value::Bytes(_) | Value::List(_) | Value::Map(_)) => {
            Err(ChargeError::ValueNotScalar {
                argument: argument(),
            })
        }
    }
}

/// Checks that the call states the unit at least once, and no other unit.
fn states_unit(unit: &Unit, action: &Action, work: &mut Work) -> Result<(), ChargeError> {
    let wrong = || ChargeError::WrongUnit {
        argument: unit.path().clone(),
        unit: unit.value().clone(),
    };
    let mut is_stated = false;
    walk(action, unit.path(), work, &mut |found, work| {
        work.spend_len((unit.value().len() >> 4).saturating_add(1))?;
        tally::bulk(unit.value().len());
        is_stated = true;
        if found.and_then(Value::as_text) == Some(unit.value()) {
            Ok(())
        } else {
            Err(wrong())
        }
    })?;
    if is_stated { Ok(()) } else { Err(wrong()) }
}

/// Returns one amount. A value that is absent, not a number or negative is an error.
fn one_amount(
    source: &Source,
    found: Option<&Value>,
    work: &mut Work,
) -> Result<Total, ChargeError> {
    let argument = || source.path().clone();
    work.spend(ADD_STEPS)?;
    // Twenty products of 64 bits, two comparisons, and a sum.
    tally::count(60);
    let missing = || ChargeError::AmountMissing {
        argument: argument(),
    };
    let no_number = || ChargeError::AmountNotANumber {
        argument: argument(),
    };
    let amount = match found.ok_or_else(missing)? {
        Value::Number(number) => *number,
        Value::Text(text) if source.takes_decimal_texts() => {
            work.spend_len(text.len())?;
            // The text is searched for an exponent and for a point, and then read.
            tally::count(text.len().saturating_mul(4));
            decimal(text).map_err(|error| match error {
                NumberError::NotANumber => no_number(),
                NumberError::Overflow | NumberError::Exponent => out_of_range(source.path()),
            })?
        }
        Value::Null
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Map(_) => return Err(no_number()),
    };
    if amount < Number::ZERO {
        return Err(ChargeError::AmountNegative {
            argument: argument(),
        });
    }
    Total::try_from(amount).map_err(|_| out_of_range(source.path()))
}

/// Reads a decimal number as JSON writes it, without an exponent.
fn decimal(text: &str) -> Result<Number, NumberError> {
    if text.contains(['e', 'E']) {
        Err(NumberError::NotANumber)
    } else {
        text.parse()
    }
}

/// Receives each value that a path leads to; `None` where it leads to nothing.
type Found<'f, 'v> = dyn FnMut(Option<&'v Value>, &mut Work) -> Result<(), ChargeError> + 'f;

/// Calls `found` for everything that a path leads to: for each element where it meets a list, and
/// with `None` where it leads to nothing.
fn walk<'v>(
    action: &'v Action,
    path: &ArgumentPath,
    work: &mut Work,
    found: &mut Found<'_, 'v>,
) -> Result<(), ChargeError> {
    let (first, below) = first_and_below(path);
    match look_up(action.arguments.as_map(), first, work)? {
        None => found(None, work),
        Some(value) => walk_on(value, below, work, found),
    }
}

/// Walks from a value on. Values nest at most 16 deep, which bounds the recursion.
fn walk_on<'v>(
    value: &'v Value,
    names: &[ForeignText],
    work: &mut Work,
    found: &mut Found<'_, 'v>,
) -> Result<(), ChargeError> {
    work.spend(1)?;
    tally::count(1);
    match (value, names.split_first()) {
        (Value::List(items), _) => items
            .iter()
            .try_for_each(|item| walk_on(item, names, work, found)),
        (value, None) => found(Some(value), work),
        (Value::Map(entries), Some((name, below))) => match look_up(entries, name, work)? {
            None => found(None, work),
            Some(value) => walk_on(value, below, work, found),
        },
        (_, Some(_)) => found(None, work),
    }
}

/// Returns the first name of a path and those below it.
fn first_and_below(path: &ArgumentPath) -> (&str, &[ForeignText]) {
    match path.names().split_first() {
        Some((first, below)) => (first, below),
        // Unreachable: a path has at least one name. No argument is named "".
        None => ("", &[]),
    }
}

/// Returns an entry of a record, at a step for each comparison of the search.
fn look_up<'v>(
    entries: &'v BTreeMap<String, Value>,
    name: &str,
    work: &mut Work,
) -> Result<Option<&'v Value>, OutOfWork> {
    let comparisons = entries.len().checked_ilog2().unwrap_or(0).saturating_add(1);
    let steps = u64::from(comparisons).saturating_mul(
        u64::try_from(name.len() >> 4)
            .unwrap_or(u64::MAX)
            .saturating_add(1),
    );
    work.spend(steps)?;
    tally::searched(entries.len(), name.len());
    Ok(entries.get(name))
}
