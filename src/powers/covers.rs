//! Is every call that the child permits permitted by the parent?

use super::admits::{all, any};
use super::finite::{values, whole_types};
use super::types::Types;
use super::{Action, ArgumentRules, Capability, Constraint, Effect, Kind, Powers, Presence, witness};
use crate::ground::bounds::VERIFY_STEPS;
use crate::ground::{ForeignText, OutOfWork, Work};
use std::fmt;
use thiserror::Error;

/// Why powers are not covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCovered {
    /// Which capability of the child, from 0.
    pub entry: usize,
    /// In which way.
    pub gap: Gap,
    /// A call that the child would permit and the parent refuses, where one was found.
    pub witness: Option<Box<Action>>,
}

impl fmt::Display for NotCovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "capability {}: {}", self.entry, self.gap)?;
        match &self.witness {
            Some(call) => write!(f, ", for example {call}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for NotCovered {}

/// The way in which a capability goes beyond its parent's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Gap {
    /// The parent has no capability for the tool, or for the whole family.
    #[error("the tool is not covered")]
    Tool,
    /// The parent's capability for the tool is not delegable.
    #[error("the capability is not delegable")]
    NotDelegable,
    /// The effect is higher.
    #[error("effect {child} is above {parent}")]
    Effect {
        /// The parent's ceiling.
        parent: Effect,
        /// The child's.
        child: Effect,
    },
    /// Unnamed arguments are open in the child only.
    #[error("unnamed arguments are open")]
    Open,
    /// The child names an argument that the parent does not let through.
    #[error("argument {name} is not named by the parent")]
    ArgumentUnknown {
        /// Its name.
        name: ForeignText,
    },
    /// The parent requires an argument that the child does not.
    #[error("argument {name} is required by the parent")]
    ArgumentOptional {
        /// Its name.
        name: ForeignText,
    },
    /// The child admits more values of an argument.
    #[error("argument {name} admits more than the parent's")]
    Argument {
        /// Its name.
        name: ForeignText,
    },
    /// Several capabilities of the parent would cover it together, but none alone.
    #[error("no single capability of the parent covers it")]
    NoSingleEntry,
    /// Deciding takes more work than is granted.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

impl Powers {
    /// Whether every call that `child` permits is permitted by these: each of its capabilities is covered by one of these
    /// that `count`.
    ///
    /// # Errors
    /// [`NotCovered`], naming the first capability that goes beyond, how, and a call that shows it.
    ///
    /// ```
    /// use mandatum::{Capability, Constraint, Effect, Powers};
    /// let amount = |max: i64| Constraint::between(0.into(), max.into());
    /// let pay = |max| Powers::new([Capability::new("pay", Effect::Irreversible)?.require("amount", amount(max)?)?]);
    /// let (parent, child) = (pay(5_000)?, pay(10_000)?);
    /// assert!(child.covers(&parent).is_ok());
    /// let beyond = parent.covers(&child).unwrap_err().witness.ok_or("a witness")?;
    /// assert!(child.permits(&beyond).is_ok() && parent.permits(&beyond).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn covers(&self, child: &Self) -> Result<(), NotCovered> {
        self.covers_within(child, |_, _| true, &mut Work::new(VERIFY_STEPS))
    }

    /// Checks the same within a budget; a capability of these counts only where `counts` holds of it and the child's.
    pub(crate) fn covers_within(
        &self,
        child: &Self,
        counts: impl Fn(&Capability, &Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), NotCovered> {
        for (entry, capability) in child.capabilities().iter().enumerate() {
            let count = |parent: &Capability| counts(parent, capability);
            if let Err(gap) = self.cover_one(capability, count, work) {
                let (gap, witness) = witness::explain(self, capability, count, gap);
                return Err(NotCovered { entry, gap, witness: witness.map(Box::new) });
            }
        }
        Ok(())
    }

    fn cover_one(&self, child: &Capability, count: impl Fn(&Capability) -> bool, work: &mut Work) -> Result<(), Gap> {
        let mut closest = Gap::Tool;
        for parent in self.capabilities() {
            let gap = match parent.covers(child, work) {
                Ok(()) if count(parent) => return Ok(()),
                Ok(()) => Gap::NotDelegable,
                Err(Gap::OutOfWork(out)) => return Err(out.into()),
                Err(gap) => gap,
            };
            if closeness(&gap) > closeness(&closest) {
                closest = gap;
            }
        }
        Err(closest)
    }
}

/// How far a capability came before it went beyond: past the tool, past the effect, to its arguments, to the last word.
const fn closeness(gap: &Gap) -> u8 {
    match gap {
        Gap::Tool | Gap::OutOfWork(_) => 0,
        Gap::Effect { .. } => 1,
        Gap::Open | Gap::ArgumentUnknown { .. } => 2,
        Gap::ArgumentOptional { .. } => 3,
        Gap::Argument { .. } => 4,
        Gap::NotDelegable | Gap::NoSingleEntry => 5,
    }
}

impl Capability {
    /// Whether this one's holder may hand `child` on as it is: what is to be delegated further must be delegable here.
    pub(crate) const fn passes_on(&self, child: &Self) -> bool {
        self.is_delegable() || !child.is_delegable()
    }

    pub(super) fn covers(&self, child: &Self, work: &mut Work) -> Result<(), Gap> {
        work.spend(1)?;
        if !self.tool().covers(child.tool()) {
            return Err(Gap::Tool);
        }
        if child.effect() > self.effect() {
            return Err(Gap::Effect { parent: self.effect(), child: child.effect() });
        }
        self.arguments().cover(child.arguments(), work)
    }
}

impl ArgumentRules {
    /// The closed world, compared: what the child lets in the parent lets in, what the parent requires the child does.
    fn cover(&self, child: &Self, work: &mut Work) -> Result<(), Gap> {
        if child.is_open() && !self.is_open() {
            return Err(Gap::Open);
        }
        for (name, presence, constraint) in child.iter() {
            work.spend(1)?;
            match self.get(name) {
                None if self.is_open() => {}
                None => return Err(Gap::ArgumentUnknown { name: name.into() }),
                Some((Presence::Required, _)) if presence == Presence::Optional => {
                    return Err(Gap::ArgumentOptional { name: name.into() });
                }
                Some((_, mine)) if mine.covers(constraint, work)? => {}
                Some(_) => return Err(Gap::Argument { name: name.into() }),
            }
        }
        let everything = Constraint::any();
        for (name, presence, constraint) in self.iter().filter(|(name, ..)| child.get(name).is_none()) {
            work.spend(1)?;
            if presence == Presence::Required {
                return Err(Gap::ArgumentOptional { name: name.into() });
            }
            // An open child lets the argument in with any value.
            if child.is_open() && !constraint.covers(&everything, work)? {
                return Err(Gap::Argument { name: name.into() });
            }
        }
        Ok(())
    }
}

impl Constraint {
    /// Whether every value that `child` admits is admitted by this.
    ///
    /// Sound always. Complete for every pair of constraints that do not nest within one value type, with numbers taken as
    /// dense, and texts, paths, hosts, URLs and addresses as types of their own; across types for a child whose values can
    /// be listed (at most 256), a parent `any`, and a parent that admits its whole type, such as the text pattern `*`. Nests
    /// may refuse a child that is in fact narrower.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend(1)?;
        match (self.kind(), child.kind()) {
            (Kind::Any, _) => return Ok(true),
            // Before the next step, which would list a small network's addresses.
            (Kind::Network(mine), Kind::Network(theirs)) => return Ok(mine.covers(*theirs)),
            _ => {}
        }
        if let Some(values) = values(child, work)? {
            return all(values, |value| self.admits(&value, work));
        }
        match (self.kind(), child.kind()) {
            (_, Kind::AnyOf(clauses)) => return all(clauses, |clause| self.covers(clause, work)),
            (Kind::AllOf(clauses), _) => return all(clauses, |clause| clause.covers(child, work)),
            (Kind::AnyOf(clauses), _) if any(clauses, |clause| clause.covers(child, work))? => return Ok(true),
            _ => {}
        }
        let types = child.types(work)?;
        if types.is_within(whole_types(self, work)?) {
            return Ok(true);
        }
        if let Kind::NoneOf(excluded) = self.kind() {
            let typed = types.is_within(Types::only(excluded.value_type()));
            if typed && !any(excluded.iter(), |value| child.admits(value, work))? {
                return Ok(true);
            }
        }
        match (self.kind(), child.kind()) {
            (_, Kind::AllOf(clauses)) => any(clauses, |clause| self.covers(clause, work)),
            (Kind::Range(mine), Kind::Range(theirs)) => Ok(mine.covers(*theirs)),
            (Kind::Text(mine), Kind::Text(theirs)) => mine.covers(theirs, work),
            (Kind::PathUnder(mine), Kind::PathUnder(theirs)) => Ok(mine.holds(theirs.as_str())),
            (Kind::HostUnder(mine), Kind::HostUnder(theirs)) => Ok(mine.holds(theirs.as_str())),
            (Kind::Url(mine), Kind::Url(theirs)) => {
                work.spend_len(theirs.schemes().count().saturating_mul(4))?;
                Ok(mine.covers(theirs))
            }
            (Kind::Contains(mine), Kind::Contains(theirs)) => {
                work.spend_len(mine.len().saturating_add(theirs.len()).saturating_mul(mine.comparison()))?;
                Ok(mine.is_subset(theirs))
            }
            (Kind::Each(mine), Kind::Each(theirs)) => mine.covers(theirs, work),
            (Kind::Record(mine), Kind::Record(theirs)) => match mine.cover(theirs, work) {
                Ok(()) => Ok(true),
                Err(Gap::OutOfWork(out)) => Err(out),
                Err(_) => Ok(false),
            },
            _ => Ok(false),
        }
    }
}
