//! Constraints that admit a list of values short enough to spell out. What such a child admits is
//! checked value by value against any parent whatever, so coverage is complete for it.

use super::admits::{admits, all};
use super::covers::covers;
use super::types::{Types, admitted_types};
use crate::powers::arguments::Presence;
use crate::powers::constraint::{Constraint, Kind};
use crate::primitives::bounds::MAX_MEMBERS;
use crate::primitives::{OutOfWork, Value, ValueType, Work, tally};

/// Steps that spelling an address out takes.
const SPELLING_STEPS: usize = 48;

/// All values that the constraint admits, or `None` when they are too many to list.
///
/// They are counted first, so that nothing is listed in vain.
pub(in crate::powers) fn values(
    constraint: &Constraint,
    work: &mut Work,
) -> Result<Option<Vec<Value>>, OutOfWork> {
    match count(constraint, work)? {
        Some(most) if most <= MAX_MEMBERS => list(constraint, work),
        _ => Ok(None),
    }
}

/// Most values that the constraint admits, where they can be listed. Beyond [`MAX_MEMBERS`] it is
/// no matter how many.
fn count(constraint: &Constraint, work: &mut Work) -> Result<Option<usize>, OutOfWork> {
    work.spend(1)?;
    tally::count(4);
    Ok(match constraint.kind() {
        Kind::OneOf(set) => Some(set.len()),
        Kind::NoneOf(set) if set.value_type() == ValueType::Bool => Some(1),
        Kind::Range(range) => range.single().map(|_| 1),
        Kind::Text(pattern) => {
            work.spend_len(pattern.as_str().len() >> 4)?;
            tally::bulk(pattern.as_str().len());
            pattern.literal().map(|_| 1)
        }
        // Beyond that it is no matter how many, which a small machine could not count.
        Kind::Network(network) => network.size().filter(|size| *size <= MAX_MEMBERS),
        Kind::AllOf(clauses) => first_listed(clauses, work)?.map(|(_, count)| count),
        Kind::AnyOf(clauses) => {
            let mut sum = Some(0_usize);
            for clause in clauses {
                sum = match (sum, count(clause, work)?) {
                    (Some(sum), Some(more)) if sum <= MAX_MEMBERS => Some(sum.saturating_add(more)),
                    _ => return Ok(None),
                };
            }
            sum
        }
        Kind::Any
        | Kind::NoneOf(_)
        | Kind::PathUnder(_)
        | Kind::HostUnder(_)
        | Kind::Url(_)
        | Kind::Contains(_)
        | Kind::Each(_)
        | Kind::Record(_) => None,
    })
}

/// The first clause of a conjunction that can be listed, which makes all of it so; and how many
/// values it has.
fn first_listed<'c>(
    clauses: &'c [Constraint],
    work: &mut Work,
) -> Result<Option<(&'c Constraint, usize)>, OutOfWork> {
    for clause in clauses {
        if let Some(count) = count(clause, work)?.filter(|count| *count <= MAX_MEMBERS) {
            return Ok(Some((clause, count)));
        }
    }
    Ok(None)
}

/// Lists what was counted.
fn list(constraint: &Constraint, work: &mut Work) -> Result<Option<Vec<Value>>, OutOfWork> {
    // A place on the heap for the list.
    work.spend(8)?;
    tally::allocated(1);
    Ok(match constraint.kind() {
        Kind::OneOf(set) => Some(set.values(work)?),
        Kind::NoneOf(set) if set.value_type() == ValueType::Bool => {
            work.spend(8)?;
            let left = [false, true]
                .map(Value::from)
                .into_iter()
                .filter(|value| !set.contains(value));
            Some(left.collect())
        }
        Kind::Range(range) => range.single().map(|number| vec![number.into()]),
        Kind::Text(pattern) => {
            work.spend_len((pattern.as_str().len() >> 6).saturating_add(8))?;
            tally::allocated(1);
            pattern.literal().map(|text| vec![text.into()])
        }
        Kind::Network(network) => {
            work.spend_len(network.size().unwrap_or(0).saturating_mul(SPELLING_STEPS))?;
            network.addresses(MAX_MEMBERS).map(|addresses| {
                tally::allocated(addresses.len().saturating_mul(2));
                addresses
                    .iter()
                    .map(|address| address.to_string().into())
                    .collect()
            })
        }
        Kind::AllOf(clauses) => match first_listed(clauses, work)? {
            Some((clause, _)) => in_all(clauses, clause, work)?,
            None => None,
        },
        Kind::AnyOf(clauses) => {
            let mut union = Vec::new();
            for clause in clauses {
                match list(clause, work)? {
                    Some(listed) => union.extend(listed),
                    None => return Ok(None),
                }
            }
            Some(union)
        }
        Kind::Any
        | Kind::NoneOf(_)
        | Kind::PathUnder(_)
        | Kind::HostUnder(_)
        | Kind::Url(_)
        | Kind::Contains(_)
        | Kind::Each(_)
        | Kind::Record(_) => None,
    })
}

/// The values of one clause that all clauses admit.
fn in_all(
    clauses: &[Constraint],
    listed: &Constraint,
    work: &mut Work,
) -> Result<Option<Vec<Value>>, OutOfWork> {
    let Some(listed) = list(listed, work)? else {
        return Ok(None);
    };
    let mut admitted = Vec::with_capacity(listed.len());
    for value in listed {
        if all(clauses, |clause| admits(clause, &value, work))? {
            admitted.push(value);
        }
    }
    Ok(Some(admitted))
}

/// The type of which the constraint admits every value, if there is one: what may cover a child of
/// another kind.
pub(super) fn whole_types(constraint: &Constraint, work: &mut Work) -> Result<Types, OutOfWork> {
    let whole = match constraint.kind() {
        Kind::Text(pattern) => pattern.is_everything(),
        Kind::Range(range) => range.is_unbounded(),
        Kind::Each(inner) => covers(inner, &Constraint::any(), work)?,
        Kind::Record(rules) => {
            rules.is_open()
                && all(rules.iter(), |(_, presence, inner)| {
                    Ok(presence == Presence::Optional && covers(inner, &Constraint::any(), work)?)
                })?
        }
        // `any` and values that can be listed are asked before. The others leave out some values of
        // their type, or are asked clause by clause.
        Kind::Any
        | Kind::OneOf(_)
        | Kind::NoneOf(_)
        | Kind::PathUnder(_)
        | Kind::HostUnder(_)
        | Kind::Url(_)
        | Kind::Network(_)
        | Kind::Contains(_)
        | Kind::AllOf(_)
        | Kind::AnyOf(_) => false,
    };
    if whole {
        admitted_types(constraint, work)
    } else {
        Ok(Types::NONE)
    }
}
