//! What do both permit? Exact: what does not simplify becomes an all-of.

use super::admits::any;
use super::cost::count_value;
use super::finite::values;
use super::types::Types;
use crate::powers::arguments::{ArgumentRules, Presence};
use crate::powers::capability::{Capability, Powers, PowersError};
use crate::powers::constraint::{Constraint, ConstraintError, Kind};
use crate::primitives::bounds::{MAX_CAPABILITIES, MEET_STEPS};
use crate::primitives::{OutOfWork, Work, tally};
use thiserror::Error;

/// Why the meet of two sets of powers can't be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MeetError {
    /// It takes more capabilities than a mandate may have.
    #[error(transparent)]
    Powers(#[from] PowersError),
    /// It takes a constraint out of bounds.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// It takes more work than is granted.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

impl Powers {
    /// The powers that permit just the calls that both permit. What they pass on is what both may
    /// pass on.
    ///
    /// # Errors
    /// [`MeetError`] when the result is out of bounds: 256 capabilities, the depth and size of
    /// constraints.
    ///
    /// ```
    /// use mandatum::{Capability, Effect, Powers};
    /// let tools = |names: [&str; 2]| {
    ///     Powers::new(names.map(|name| Capability::new(name, Effect::Read)).into_iter().collect::<Result<Vec<_>, _>>()?)
    /// };
    /// assert_eq!(tools(["a", "b"])?.meet(&tools(["b", "c"])?)?.to_string(), "b() up to read");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn meet(&self, other: &Self) -> Result<Self, MeetError> {
        self.meet_within(other, &mut Work::new(MEET_STEPS))
    }

    /// The same, within a budget.
    pub(crate) fn meet_within(&self, other: &Self, work: &mut Work) -> Result<Self, MeetError> {
        let mut both: Vec<Capability> = Vec::new();
        for mine in self.capabilities() {
            for theirs in other.capabilities() {
                work.spend(1)?;
                let Some(capability) = mine.meet(theirs, work)? else {
                    continue;
                };
                if !capability.is_among(&both, work)? {
                    both.push(capability);
                }
                if both.len() > MAX_CAPABILITIES {
                    return Err(PowersError::TooMany { found: both.len() }.into());
                }
            }
        }
        Ok(Self::new(both)?)
    }
}

impl Capability {
    /// Whether one of `others` is the same.
    fn is_among(&self, others: &[Self], work: &mut Work) -> Result<bool, OutOfWork> {
        any(others, |other| {
            work.spend(2)?;
            tally::count(4);
            if self.tool() != other.tool() || self.effect() != other.effect() {
                return Ok(false);
            }
            self.arguments().count_copy(work)?;
            Ok(self == other)
        })
    }

    /// What both permit, or `None` when that is plainly nothing.
    fn meet(&self, other: &Self, work: &mut Work) -> Result<Option<Self>, MeetError> {
        let Some(tool) = self.tool().meet(other.tool()) else {
            return Ok(None);
        };
        let Some(arguments) = self.arguments().meet(other.arguments(), work)? else {
            return Ok(None);
        };
        let capability = Self::for_tool(tool.clone(), self.effect().min(other.effect()))
            .with_arguments(arguments);
        let delegable = self.is_delegable() && other.is_delegable();
        Ok(Some(if delegable {
            capability.allow_delegation()
        } else {
            capability
        }))
    }
}

impl ArgumentRules {
    fn meet(&self, other: &Self, work: &mut Work) -> Result<Option<Self>, MeetError> {
        let open = self.is_open() && other.is_open();
        let mut both = if open {
            Self::closed().allow_others()
        } else {
            Self::closed()
        };
        let names = self
            .iter()
            .chain(other.iter().filter(|(name, ..)| self.get(name).is_none()));
        for (name, ..) in names {
            // It is looked up in both, kept on the heap, and put in its place among at most 64.
            work.spend(64)?;
            tally::count(64);
            tally::allocated(1);
            let (presence, constraint) = match (self.get(name), other.get(name)) {
                (Some((mine, a)), Some((theirs, b))) => {
                    let presence = if mine == theirs {
                        mine
                    } else {
                        Presence::Required
                    };
                    match a.meet(b, work)? {
                        Some(constraint) => (presence, constraint),
                        None if presence == Presence::Required => return Ok(None),
                        // It must be absent: a closed world says so by silence, an open one by
                        // admitting no value.
                        None if !open => continue,
                        None => (presence, a.and(b, work)?),
                    }
                }
                (Some(only), None) if other.is_open() => {
                    only.1.count_copy(work)?;
                    (only.0, only.1.clone())
                }
                (None, Some(only)) if self.is_open() => {
                    only.1.count_copy(work)?;
                    (only.0, only.1.clone())
                }
                (Some((Presence::Required, _)), None) | (None, Some((Presence::Required, _))) => {
                    return Ok(None);
                }
                _ => continue,
            };
            both = both.with_rule(name, presence, constraint)?;
        }
        Ok(Some(both))
    }
}

impl Constraint {
    /// What both admit, or `None` when that is plainly nothing.
    fn meet(&self, other: &Self, work: &mut Work) -> Result<Option<Self>, MeetError> {
        work.spend(1)?;
        if self.covers(other, work)? {
            other.count_copy(work)?;
            return Ok(Some(other.clone()));
        }
        if other.covers(self, work)? {
            self.count_copy(work)?;
            return Ok(Some(self.clone()));
        }
        for (listed, against) in [(self, other), (other, self)] {
            if let Some(admitted) = listed.listed_within(against, work)? {
                return Ok(admitted);
            }
        }
        if self.types(work)?.and(other.types(work)?) == Types::NONE {
            return Ok(None);
        }
        Ok(match (self.kind(), other.kind()) {
            (Kind::Range(a), Kind::Range(b)) => a.meet(*b).map(Self::range),
            // Two trees of names either nest, which was asked above, or are apart.
            (Kind::PathUnder(_), Kind::PathUnder(_))
            | (Kind::HostUnder(_), Kind::HostUnder(_))
            | (Kind::Network(_), Kind::Network(_)) => None,
            (Kind::NoneOf(a), Kind::NoneOf(b)) => match a.union(b, work)? {
                Some(set) => Some(Self::none_of_set(set)?),
                None => Some(self.and(other, work)?),
            },
            (Kind::Contains(a), Kind::Contains(b)) => match a.union(b, work)? {
                Some(set) => Some(Self::contains_set(set)),
                None => Some(self.and(other, work)?),
            },
            (Kind::Record(a), Kind::Record(b)) => match a.meet(b, work)? {
                Some(rules) => Some(Self::record(rules)?),
                None => None,
            },
            // Every other pair is written down as it is.
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
            ) => Some(self.and(other, work)?),
        })
    }

    /// If this lists its values: those that `other` admits too, or `None` within for none.
    fn listed_within(
        &self,
        other: &Self,
        work: &mut Work,
    ) -> Result<Option<Option<Self>>, MeetError> {
        let Some(listed) = values(self, work)? else {
            return Ok(None);
        };
        let mut admitted = Vec::new();
        for value in listed {
            if other.admits(&value, work)? {
                admitted.push(value);
            }
        }
        if admitted.is_empty() {
            return Ok(Some(None));
        }
        // Each is encoded, and they are sorted by eight comparisons each.
        for value in &admitted {
            count_value(value, work)?;
            work.spend(16)?;
            tally::allocated(1);
        }
        Ok(Self::one_of(admitted).ok().map(Some))
    }

    /// The conjunction of both, flat.
    fn and(&self, other: &Self, work: &mut Work) -> Result<Self, MeetError> {
        self.count_copy(work)?;
        other.count_copy(work)?;
        let clauses = |constraint: &Self| {
            if let Kind::AllOf(clauses) = constraint.kind() {
                clauses.clone()
            } else {
                vec![constraint.clone()]
            }
        };
        Ok(Self::all_of(
            clauses(self).into_iter().chain(clauses(other)),
        )?)
    }
}
