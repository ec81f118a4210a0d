//! Meet: the powers that permit exactly what two sets of powers both permit. A pair of constraints
//! that does not simplify becomes an `all_of`.

use super::admits::{admits, any};
use super::cost::{count_copy, count_rules_copy, count_value};
use super::covers::covers;
use super::finite::values;
use super::types::{Types, admitted_types};
use crate::powers::arguments::{ArgumentRules, Presence};
use crate::powers::capability::Capability;
use crate::powers::constraint::{Constraint, ConstraintError, Kind};
use crate::powers::powers::{Powers, PowersError};
use crate::primitives::bounds::MAX_CAPABILITIES;
use crate::primitives::{OutOfWork, Work, tally};
use thiserror::Error;

/// Reason why the meet of two sets of powers can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MeetError {
    /// The result has more capabilities than a mandate may have.
    #[error(transparent)]
    Powers(#[from] PowersError),
    /// The result has a constraint out of bounds.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// Computing the result takes more steps than the budget has.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// Returns the powers that permit exactly the calls that both permit.
pub(in crate::powers) fn powers_meet(
    a: &Powers,
    b: &Powers,
    work: &mut Work,
) -> Result<Powers, MeetError> {
    let mut both: Vec<Capability> = Vec::new();
    for mine in a {
        for theirs in b {
            work.spend(1)?;
            let Some(capability) = capabilities_meet(mine, theirs, work)? else {
                continue;
            };
            if !is_among(&capability, &both, work)? {
                both.push(capability);
            }
            // Checked at each step, so that 256 times 256 pairs are never collected.
            if both.len() > MAX_CAPABILITIES {
                return Err(PowersError::TooMany { found: both.len() }.into());
            }
        }
    }
    Ok(Powers::new(both)?)
}

/// Returns whether `capability` is one of `others`.
fn is_among(
    capability: &Capability,
    others: &[Capability],
    work: &mut Work,
) -> Result<bool, OutOfWork> {
    any(others, |other| {
        work.spend(2)?;
        tally::count(4);
        if capability.tool() != other.tool() || capability.effect() != other.effect() {
            return Ok(false);
        }
        count_rules_copy(capability.arguments(), work)?;
        Ok(capability == other)
    })
}

/// Returns the capability that permits what both permit, or `None` when that is found to be
/// nothing.
fn capabilities_meet(
    a: &Capability,
    b: &Capability,
    work: &mut Work,
) -> Result<Option<Capability>, MeetError> {
    let Some(tool) = a.tool().meet(b.tool()) else {
        return Ok(None);
    };
    let Some(arguments) = arguments_meet(a.arguments(), b.arguments(), work)? else {
        return Ok(None);
    };
    let capability =
        Capability::for_tool(tool.clone(), a.effect().min(b.effect())).with_arguments(arguments);
    let delegable = a.is_delegable() && b.is_delegable();
    Ok(Some(if delegable {
        capability.allow_delegation()
    } else {
        capability
    }))
}

/// Returns the rules for the arguments that both permit, or `None` when they are found to permit no
/// call.
fn arguments_meet(
    a: &ArgumentRules,
    b: &ArgumentRules,
    work: &mut Work,
) -> Result<Option<ArgumentRules>, MeetError> {
    let open = a.is_open() && b.is_open();
    let mut both = if open {
        ArgumentRules::closed().allow_others()
    } else {
        ArgumentRules::closed()
    };
    let names = a
        .iter()
        .chain(b.iter().filter(|(name, ..)| a.get(name).is_none()));
    for (name, ..) in names {
        // Two look-ups, one allocation, and an insertion among at most 64 rules.
        work.spend(64)?;
        tally::count(64);
        tally::allocated(1);
        let (presence, constraint) = match (a.get(name), b.get(name)) {
            (Some((mine, in_a)), Some((theirs, in_b))) => {
                let presence = if mine == theirs {
                    mine
                } else {
                    Presence::Required
                };
                match meet(in_a, in_b, work)? {
                    Some(constraint) => (presence, constraint),
                    None if presence == Presence::Required => return Ok(None),
                    // No value satisfies both, so the argument must be absent. Closed rules state
                    // that by not naming it, open ones by a constraint that admits no value.
                    None if !open => continue,
                    None => (presence, conjunction(in_a, in_b, work)?),
                }
            }
            (Some((presence, only)), None) if b.is_open() => {
                count_copy(only, work)?;
                (presence, only.clone())
            }
            (None, Some((presence, only))) if a.is_open() => {
                count_copy(only, work)?;
                (presence, only.clone())
            }
            // One side requires what the other refuses.
            (Some((Presence::Required, _)), None) | (None, Some((Presence::Required, _))) => {
                return Ok(None);
            }
            // One side allows what the other refuses: the argument must be absent.
            _ => continue,
        };
        both = both.with_rule(name, presence, constraint)?;
    }
    Ok(Some(both))
}

/// Returns the constraint that admits what both admit, or `None` when that is found to be nothing.
fn meet(a: &Constraint, b: &Constraint, work: &mut Work) -> Result<Option<Constraint>, MeetError> {
    work.spend(1)?;
    if covers(a, b, work)? {
        count_copy(b, work)?;
        return Ok(Some(b.clone()));
    }
    if covers(b, a, work)? {
        count_copy(a, work)?;
        return Ok(Some(a.clone()));
    }
    for (listed, against) in [(a, b), (b, a)] {
        if let Some(admitted) = listed_within(listed, against, work)? {
            return Ok(admitted);
        }
    }
    if admitted_types(a, work)?.and(admitted_types(b, work)?) == Types::NONE {
        return Ok(None);
    }
    Ok(match (a.kind(), b.kind()) {
        (Kind::Range(mine), Kind::Range(theirs)) => mine.meet(*theirs).map(Constraint::range),
        // Two trees either nest, which was found above, or are apart.
        (Kind::PathUnder(_), Kind::PathUnder(_))
        | (Kind::HostUnder(_), Kind::HostUnder(_))
        | (Kind::Network(_), Kind::Network(_)) => None,
        (Kind::NoneOf(mine), Kind::NoneOf(theirs)) => match mine.union(theirs, work)? {
            Some(set) => Some(Constraint::none_of_set(set)?),
            // The union is out of bounds, so both clauses stay.
            None => Some(conjunction(a, b, work)?),
        },
        (Kind::Contains(mine), Kind::Contains(theirs)) => match mine.union(theirs, work)? {
            Some(set) => Some(Constraint::contains_set(set)),
            None => Some(conjunction(a, b, work)?),
        },
        (Kind::Record(mine), Kind::Record(theirs)) => match arguments_meet(mine, theirs, work)? {
            Some(rules) => Some(Constraint::record(rules)?),
            None => None,
        },
        // Every other pair becomes a conjunction.
        (
            Kind::Any
            | Kind::OneOf(_)
            | Kind::NoneOf(_)
            | Kind::Range(_)
            | Kind::Text(_)
            | Kind::PathUnder(_)
            | Kind::HostUnder(_)
            | Kind::Url(_)
            | Kind::Network(_)
            | Kind::Contains(_)
            | Kind::Each(_)
            | Kind::Record(_)
            | Kind::AllOf(_)
            | Kind::AnyOf(_),
            _,
        ) => Some(conjunction(a, b, work)?),
    })
}

/// Returns, for a constraint whose values can be listed, those that `other` admits too. The inner
/// `None` means that there are none, the outer one that the values can't be listed.
fn listed_within(
    constraint: &Constraint,
    other: &Constraint,
    work: &mut Work,
) -> Result<Option<Option<Constraint>>, MeetError> {
    let Some(listed) = values(constraint, work)? else {
        return Ok(None);
    };
    let mut admitted = Vec::new();
    for value in listed {
        if admits(other, &value, work)? {
            admitted.push(value);
        }
    }
    if admitted.is_empty() {
        return Ok(Some(None));
    }
    // Each value is encoded, and sorting 256 takes eight comparisons each.
    for value in &admitted {
        count_value(value, work)?;
        work.spend(16)?;
        tally::allocated(1);
    }
    // Values of several types make no set: then the pair is not listed.
    Ok(Constraint::one_of(admitted).ok().map(Some))
}

/// Returns the conjunction of both, without a conjunction inside another.
fn conjunction(a: &Constraint, b: &Constraint, work: &mut Work) -> Result<Constraint, MeetError> {
    count_copy(a, work)?;
    count_copy(b, work)?;
    let clauses = |constraint: &Constraint| {
        if let Kind::AllOf(clauses) = constraint.kind() {
            clauses.clone()
        } else {
            vec![constraint.clone()]
        }
    };
    Ok(Constraint::all_of(
        clauses(a).into_iter().chain(clauses(b)),
    )?)
}
