//! Is every call that the child permits permitted by the parent?

use super::admits::{all, any, url_within, within};
use super::constraint_view::ConstraintView;
use super::finite::whole_types;
use super::types::Types;
use crate::powers::action::{Action, Effect};
use crate::powers::arguments::{ArgumentRules, Presence};
use crate::powers::capability::{Capability, Powers};
use crate::powers::constraint::{Constraint, Kind};
use crate::powers::witness::search;
use crate::primitives::bounds::VERIFY_STEPS;
use crate::primitives::{ForeignText, OutOfWork, Value, Work, tally};
use std::cell::OnceCell;
use std::fmt;
use thiserror::Error;

/// Why powers are not covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageError {
    /// Which capability of the child, from 0.
    pub entry: usize,
    /// In which way.
    pub gap: CoverageGap,
    /// A call that the child would permit and the parent refuses, where one was found.
    pub witness: Option<Box<Action>>,
}

impl fmt::Display for CoverageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "capability {}: {}", self.entry, self.gap)?;
        match &self.witness {
            Some(call) => write!(f, ", for example {call}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CoverageError {}

/// The way in which a capability goes beyond its parent's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CoverageGap {
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
    /// Whether every call that `child` permits is permitted by these: each of its capabilities is
    /// covered by one of these that `count`.
    ///
    /// # Errors
    /// [`CoverageError`], naming the first capability that goes beyond, how, and a call that shows it.
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
    pub fn covers(&self, child: &Self) -> Result<(), CoverageError> {
        self.covers_within(child, |_, _| true, &mut Work::new(VERIFY_STEPS))
    }

    /// Checks the same within a budget; a capability of these counts only where `counts` holds of
    /// it and the child's.
    pub(crate) fn covers_within(
        &self,
        child: &Self,
        counts: impl Fn(&Capability, &Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), CoverageError> {
        for (entry, capability) in child.capabilities().iter().enumerate() {
            let count = |parent: &Capability| counts(parent, capability);
            if let Err(beyond) = self.cover_one(entry, capability, count, work) {
                let (gap, witness) = search::explain(self, capability, count, beyond.gap());
                return Err(CoverageError {
                    entry,
                    gap,
                    witness: witness.map(Box::new),
                });
            }
        }
        Ok(())
    }

    /// Whether one of these covers a capability, for the test of what that counts.
    #[cfg(test)]
    pub(crate) fn covers_one(
        &self,
        child: &Capability,
        work: &mut Work,
    ) -> Result<(), CoverageGap> {
        self.cover_one(0, child, |_| true, work)
            .map_err(Beyond::gap)
    }

    fn cover_one<'a>(
        &'a self,
        entry: usize,
        child: &'a Capability,
        count: impl Fn(&Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), Beyond<'a>> {
        let mut closest = Beyond::Tool;
        let child = CapabilityView {
            capability: child,
            arguments: OnceCell::new(),
        };
        // Whoever passes on what they have keeps its order, so the one at the same place is asked
        // first: else chains of many capabilities would take as many questions as there are pairs
        // of them.
        let same_place = self
            .capabilities()
            .get(entry)
            .filter(|parent| count(parent));
        match same_place.map(|parent| parent.covers(&child, work)) {
            Some(Ok(())) => return Ok(()),
            Some(Err(Beyond::OutOfWork(out))) => return Err(out.into()),
            Some(Err(_)) | None => {}
        }
        for parent in self.capabilities() {
            let beyond = match parent.covers(&child, work) {
                Ok(()) if count(parent) => return Ok(()),
                Ok(()) => Beyond::NotDelegable,
                Err(Beyond::OutOfWork(out)) => return Err(out.into()),
                Err(beyond) => beyond,
            };
            if beyond.closeness() > closest.closeness() {
                closest = beyond;
            }
        }
        Err(closest)
    }
}

/// A capability that is asked about, and its arguments' constraints once a parent's asks for them.
struct CapabilityView<'a> {
    capability: &'a Capability,
    arguments: OnceCell<Vec<ConstraintView<'a>>>,
}

impl<'a> CapabilityView<'a> {
    fn arguments(&self, work: &mut Work) -> Result<&[ConstraintView<'a>], OutOfWork> {
        if let Some(known) = self.arguments.get() {
            return Ok(known);
        }
        let arguments = ConstraintView::of_rules(self.capability.arguments(), work)?;
        Ok(self.arguments.get_or_init(|| arguments))
    }
}

/// A gap to one of many capabilities. It copies no names yet, because only the closest is told.
enum Beyond<'a> {
    Tool,
    NotDelegable,
    Effect { parent: Effect, child: Effect },
    Open,
    ArgumentUnknown(&'a str),
    ArgumentOptional(&'a str),
    Argument(&'a str),
    OutOfWork(OutOfWork),
}

impl From<OutOfWork> for Beyond<'_> {
    fn from(out: OutOfWork) -> Self {
        Self::OutOfWork(out)
    }
}

impl Beyond<'_> {
    /// How far a capability came before it went beyond: past the tool, past the effect, to its
    /// arguments, to the last word.
    const fn closeness(&self) -> u8 {
        match self {
            Self::Tool | Self::OutOfWork(_) => 0,
            Self::Effect { .. } => 1,
            Self::Open | Self::ArgumentUnknown(_) => 2,
            Self::ArgumentOptional(_) => 3,
            Self::Argument(_) => 4,
            Self::NotDelegable => 5,
        }
    }

    fn gap(self) -> CoverageGap {
        match self {
            Self::Tool => CoverageGap::Tool,
            Self::NotDelegable => CoverageGap::NotDelegable,
            Self::Effect { parent, child } => CoverageGap::Effect { parent, child },
            Self::Open => CoverageGap::Open,
            Self::ArgumentUnknown(name) => CoverageGap::ArgumentUnknown { name: name.into() },
            Self::ArgumentOptional(name) => CoverageGap::ArgumentOptional { name: name.into() },
            Self::Argument(name) => CoverageGap::Argument { name: name.into() },
            Self::OutOfWork(out) => out.into(),
        }
    }
}

impl Capability {
    /// Whether this one's holder may hand `child` on as it is: what is to be delegated further must
    /// be delegable here.
    pub(crate) const fn passes_on(&self, child: &Self) -> bool {
        self.is_delegable() || !child.is_delegable()
    }

    fn covers<'a>(&'a self, child: &CapabilityView<'a>, work: &mut Work) -> Result<(), Beyond<'a>> {
        let CapabilityView { capability, .. } = child;
        work.spend(1)?;
        tally::bulk(self.tool().text().len());
        if !self.tool().covers(capability.tool()) {
            return Err(Beyond::Tool);
        }
        if capability.effect() > self.effect() {
            return Err(Beyond::Effect {
                parent: self.effect(),
                child: capability.effect(),
            });
        }
        self.arguments()
            .cover(capability.arguments(), child.arguments(work)?, work)
    }
}

impl ArgumentRules {
    /// The closed world, compared: what the child lets in the parent lets in, what the parent
    /// requires the child does. `asked` are the child's constraints, in order.
    fn cover<'a>(
        &'a self,
        child: &'a Self,
        asked: &[ConstraintView<'_>],
        work: &mut Work,
    ) -> Result<(), Beyond<'a>> {
        if child.is_open() && !self.is_open() {
            return Err(Beyond::Open);
        }
        // Two walks over both, which are in order of name.
        let names = self.count().saturating_add(child.count());
        work.spend_len(names.saturating_mul(4).saturating_add(1))?;
        tally::count(names.saturating_mul(16));
        for ((name, presence, _), (mine, constraint)) in
            child.iter().zip(self.beside(child).zip(asked))
        {
            match mine {
                None if self.is_open() => {}
                None => return Err(Beyond::ArgumentUnknown(name)),
                Some((_, Presence::Required, _)) if presence == Presence::Optional => {
                    return Err(Beyond::ArgumentOptional(name));
                }
                Some((_, _, mine)) if mine.covers_asked(constraint, work)? => {}
                Some(_) => return Err(Beyond::Argument(name)),
            }
        }
        let everything = Constraint::any();
        let unnamed = self
            .iter()
            .zip(child.beside(self))
            .filter(|(_, theirs)| theirs.is_none());
        for ((name, presence, constraint), _) in unnamed {
            if presence == Presence::Required {
                return Err(Beyond::ArgumentOptional(name));
            }
            // An open child lets the argument in with any value.
            if child.is_open() && !constraint.covers(&everything, work)? {
                return Err(Beyond::Argument(name));
            }
        }
        Ok(())
    }
}

impl Constraint {
    /// Whether every value that `child` admits is admitted by this.
    ///
    /// Sound always. Complete for every pair of constraints that do not nest within one value type,
    /// with numbers taken as dense, and texts, paths, hosts, URLs and addresses as types of their
    /// own; across types for a child whose values can be listed (at most 256), a parent `any`, and
    /// a parent that admits its whole type, such as the text pattern `*`. Nests may refuse a child
    /// that is in fact narrower.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        self.covers_asked(&ConstraintView::new(child), work)
    }

    fn covers_asked(&self, child: &ConstraintView<'_>, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend(2)?;
        tally::count(8);
        match (self.kind(), child.kind()) {
            (Kind::Any, _) => return Ok(true),
            // Both of these before the values are listed, of which an address takes longer than all
            // of the answer.
            (Kind::Network(mine), Kind::Network(theirs)) => return Ok(mine.covers(*theirs)),
            (Kind::OneOf(mine), Kind::OneOf(theirs)) => return theirs.is_within(mine, work),
            // Each clause by itself: to list them together would cover no more.
            (_, Kind::AnyOf(_)) => {
                return all(child.parts(work)?, |clause| self.covers_asked(clause, work));
            }
            (Kind::AllOf(clauses), _) => {
                return all(clauses, |clause| clause.covers_asked(child, work));
            }
            (Kind::AnyOf(clauses), Kind::Network(_))
                if any(clauses, |clause| clause.covers_asked(child, work))? =>
            {
                return Ok(true);
            }
            // Every other pair is asked below.
            _ => {}
        }
        if let Some(values) = child.listed(work)? {
            return all(values, |value| self.admits(value, work));
        }
        if let Kind::AnyOf(clauses) = self.kind() {
            if any(clauses, |clause| clause.covers_asked(child, work))? {
                return Ok(true);
            }
        }
        let types = child.types(work)?;
        if types.is_within(whole_types(self, work)?) {
            return Ok(true);
        }
        if let Kind::NoneOf(excluded) = self.kind() {
            let typed = types.is_within(Types::only(excluded.value_type()));
            let admitted = |value: &Value, work: &mut Work| child.constraint().admits(value, work);
            if typed && !any(&excluded.values(work)?, |value| admitted(value, work))? {
                return Ok(true);
            }
        }
        match (self.kind(), child.kind()) {
            (_, Kind::AllOf(_)) => {
                any(child.parts(work)?, |clause| self.covers_asked(clause, work))
            }
            (Kind::Range(mine), Kind::Range(theirs)) => {
                // A comparison of numbers for each end.
                work.spend(6)?;
                Ok(mine.covers(*theirs))
            }
            (Kind::Text(mine), Kind::Text(theirs)) => mine.covers(theirs, work),
            (Kind::PathUnder(mine), Kind::PathUnder(theirs)) => {
                within(mine.as_str(), work)?;
                Ok(mine.holds(theirs.as_str()))
            }
            (Kind::HostUnder(mine), Kind::HostUnder(theirs)) => {
                within(mine.as_str(), work)?;
                Ok(mine.holds(theirs.as_str()))
            }
            (Kind::Url(mine), Kind::Url(theirs)) => {
                url_within(mine, work)?;
                // Each scheme is looked for among at most 32.
                let schemes = theirs.schemes().count();
                work.spend_len(schemes.saturating_mul(8))?;
                tally::count(schemes.saturating_mul(24));
                Ok(mine.covers(theirs))
            }
            (Kind::Contains(mine), Kind::Contains(theirs)) => mine.is_within(theirs, work),
            (Kind::Each(mine), Kind::Each(_)) => {
                all(child.parts(work)?, |inner| mine.covers_asked(inner, work))
            }
            (Kind::Record(mine), Kind::Record(theirs)) => {
                match mine.cover(theirs, child.parts(work)?, work) {
                    Ok(()) => Ok(true),
                    Err(Beyond::OutOfWork(out)) => Err(out),
                    Err(_) => Ok(false),
                }
            }
            // A child of another kind, or one that was asked above.
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
            ) => Ok(false),
        }
    }
}
