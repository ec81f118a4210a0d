//! Constraints whose admitted values are few enough to list. The values of such a child are checked
//! one by one against its parent, whatever the parent is, so coverage is complete for it.

use super::admits::{admits, all};
use super::covers::covers;
use super::types::{Types, admitted_types};
use crate::powers::arguments::Presence;
use crate::powers::constraint::{Constraint, Kind};
use crate::primitives::bounds::MAX_MEMBERS;
use crate::primitives::{OutOfWork, Value, ValueType, Work, tally};

/// Steps of writing one address as text, as measured (`work_bound`).
const SPELLING_STEPS: usize = 48;

/// Returns all values that the constraint admits, or `None` when they are more than 256.
///
/// They are counted first, so that a list that would be too long is not begun.
pub(in crate::powers) fn values(
    constraint: &Constraint,
    work: &mut Work,
) -> Result<Option<Vec<Value>>, OutOfWork> {
    match count(constraint, work)? {
        Some(most) if most <= MAX_MEMBERS => list(constraint, work),
        _ => Ok(None),
    }
}

/// Returns an upper bound of the number of values that the constraint admits, where they can be
/// listed. Counts beyond [`MAX_MEMBERS`] are not exact, because those are never listed.
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
        // A larger network is not listed, and its size may exceed a `usize`.
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

/// Returns the first clause of a conjunction that can be listed, and the number of its values. The
/// whole conjunction can be listed then, because it admits no other value.
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

/// Lists the values of a constraint that `count` found to be few.
fn list(constraint: &Constraint, work: &mut Work) -> Result<Option<Vec<Value>>, OutOfWork> {
    // The allocation of the list.
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

/// Returns those values of one clause that all clauses admit.
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

/// Returns the type of which the constraint admits every value, if there is one. Such a parent
/// covers every child of that type, whatever the child's kind.
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
        // The caller has already handled `any` and children whose values can be listed. Of the
        // others, each excludes some value of its type, or is compared clause by clause.
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
