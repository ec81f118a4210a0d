//! Constraints that admit a list of values short enough to spell out. What such a child admits is checked value by value
//! against any parent whatever, so coverage is complete for it.

use super::admits::all;
use super::types::Types;
use super::{Constraint, Kind, Presence};
use crate::ground::bounds::MAX_MEMBERS;
use crate::ground::{OutOfWork, Value, ValueType, Work};
use std::borrow::Cow;

type Values<'a> = Vec<Cow<'a, Value>>;

/// All values that the constraint admits, or `None` when they are too many to list.
pub(super) fn values<'a>(constraint: &'a Constraint, work: &mut Work) -> Result<Option<Values<'a>>, OutOfWork> {
    let listed = match constraint.kind() {
        Kind::OneOf(set) => Some(set.iter().map(Cow::Borrowed).collect()),
        Kind::NoneOf(set) if set.value_type() == ValueType::Bool => {
            let left = [false, true].map(Value::from).into_iter().filter(|value| !set.contains(value));
            Some(left.map(Cow::Owned).collect())
        }
        Kind::Range(range) => range.single().map(|number| vec![Cow::Owned(number.into())]),
        Kind::Text(pattern) => pattern.literal().map(|text| vec![Cow::Owned(text.into())]),
        Kind::Network(network) => network
            .addresses(MAX_MEMBERS)
            .map(|addresses| addresses.iter().map(|address| Cow::Owned(address.to_string().into())).collect()),
        Kind::AllOf(clauses) => in_all(clauses, work)?,
        Kind::AnyOf(clauses) => in_any(clauses, work)?,
        _ => None,
    };
    work.spend_len(listed.as_ref().map_or(1, Vec::len))?;
    Ok(listed)
}

/// One clause that can be listed makes the conjunction so.
fn in_all<'a>(clauses: &'a [Constraint], work: &mut Work) -> Result<Option<Values<'a>>, OutOfWork> {
    for clause in clauses {
        if let Some(listed) = values(clause, work)? {
            let mut admitted = Vec::with_capacity(listed.len());
            for value in listed {
                if all(clauses, |clause| clause.admits(&value, work))? {
                    admitted.push(value);
                }
            }
            return Ok(Some(admitted));
        }
    }
    Ok(None)
}

/// Every clause must be listable for the disjunction to be.
fn in_any<'a>(clauses: &'a [Constraint], work: &mut Work) -> Result<Option<Values<'a>>, OutOfWork> {
    let mut union = Vec::new();
    for clause in clauses {
        match values(clause, work)? {
            Some(listed) => union.extend(listed),
            None => return Ok(None),
        }
    }
    Ok(Some(union))
}

/// The type of which the constraint admits every value, if there is one: what may cover a child of another kind.
pub(super) fn whole_types(constraint: &Constraint, work: &mut Work) -> Result<Types, OutOfWork> {
    let whole = match constraint.kind() {
        Kind::Text(pattern) => pattern.is_everything(),
        Kind::Range(range) => range.is_unbounded(),
        Kind::Each(inner) => inner.covers(&Constraint::any(), work)?,
        Kind::Record(rules) => {
            rules.is_open()
                && all(rules.iter(), |(_, presence, inner)| {
                    Ok(presence == Presence::Optional && inner.covers(&Constraint::any(), work)?)
                })?
        }
        _ => false,
    };
    if whole { constraint.types(work) } else { Ok(Types::NONE) }
}
