//! Covers: whether every call that the child permits is permitted by the parent.

use super::admits::{admits, all, any, url_within, within};
use super::constraint_view::ConstraintView;
use super::finite::whole_types;
use super::types::Types;
use crate::powers::action::{Action, Effect};
use crate::powers::arguments::{ArgumentRules, Presence};
use crate::powers::capability::Capability;
use crate::powers::constraint::{Constraint, Kind};
use crate::powers::powers::Powers;
use crate::powers::witness::search;
use crate::primitives::{ForeignText, OutOfWork, Work, tally};
use std::cell::OnceCell;
use std::fmt;
use thiserror::Error;

/// Reason why a child's powers are not covered by its parent's.
///
/// ```
/// use mandatum::powers::CoverageGap;
/// use mandatum::{Capability, Effect, Powers};
/// let crm = |effect| Powers::new([Capability::new("crm.read", effect)?]);
/// let beyond = crm(Effect::Read)?.covers(&crm(Effect::Write)?).unwrap_err();
/// assert_eq!(beyond.entry, 0);
/// assert_eq!(beyond.gap, CoverageGap::Effect { parent: Effect::Read, child: Effect::Write });
/// // The witness is a call that the child permits and the parent refuses.
/// assert_eq!(beyond.witness.ok_or("a witness")?.effect, Effect::Write);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageError {
    /// Index of the child's capability, from 0.
    pub entry: usize,
    /// Way in which it goes beyond.
    pub gap: CoverageGap,
    /// Call that the child permits and the parent refuses, if one was found.
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

/// Way in which a capability goes beyond those of the parent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CoverageGap {
    /// The parent has no capability for the tool, or for the whole family.
    #[error("no capability of the parent covers the tool")]
    Tool,
    /// The parent's capability for the tool is not delegable.
    #[error("the capability is not delegable")]
    NotDelegable,
    /// The effect is above the parent's.
    #[error("effect {child} is above {parent}")]
    Effect {
        /// Ceiling of the parent's capability.
        parent: Effect,
        /// Ceiling of the child's capability.
        child: Effect,
    },
    /// The child permits arguments that are not named, and the parent does not.
    #[error("unnamed arguments are permitted, and the parent permits none")]
    Open,
    /// The child names an argument that the parent refuses.
    #[error("argument {name} is not named by the parent")]
    ArgumentUnknown {
        /// Name of the argument.
        name: ForeignText,
    },
    /// The parent requires an argument that the child does not.
    #[error("argument {name} is required by the parent")]
    ArgumentOptional {
        /// Name of the argument.
        name: ForeignText,
    },
    /// The child admits values of an argument that the parent refuses.
    #[error("argument {name} admits more than the parent's")]
    Argument {
        /// Name of the argument.
        name: ForeignText,
    },
    /// Several capabilities of the parent overlap it, and none of them alone covers it.
    #[error("no single capability of the parent covers it")]
    NoSingleEntry,
    /// Deciding takes more steps than the budget has.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// Checks that each capability of `child` is covered by one of `parent`. Only pairs for which
/// `counts` returns true may cover.
pub(in crate::powers) fn powers_cover(
    parent: &Powers,
    child: &Powers,
    counts: impl Fn(&Capability, &Capability) -> bool,
    work: &mut Work,
) -> Result<(), CoverageError> {
    for (entry, capability) in child.capabilities().iter().enumerate() {
        let counts = |parent: &Capability| counts(parent, capability);
        if let Err(beyond) = one_covers(parent, entry, capability, counts, work) {
            let (gap, witness) = search::explain(parent, capability, counts, beyond.gap());
            return Err(CoverageError {
                entry,
                gap,
                witness: witness.map(Box::new),
            });
        }
    }
    Ok(())
}

/// Checks that one of the parent's capabilities covers the child's, for the test that compares the
/// steps counted with the time taken.
#[cfg(test)]
pub(in crate::powers) fn powers_cover_one(
    parent: &Powers,
    child: &Capability,
    work: &mut Work,
) -> Result<(), CoverageGap> {
    one_covers(parent, 0, child, |_| true, work).map_err(Beyond::gap)
}

/// Checks that one of the parent's capabilities covers the child's, which has the index `entry`.
/// Only a capability for which `counts` returns true may cover.
fn one_covers<'a>(
    parent: &'a Powers,
    entry: usize,
    child: &'a Capability,
    counts: impl Fn(&Capability) -> bool,
    work: &mut Work,
) -> Result<(), Beyond<'a>> {
    let mut closest = Beyond::Tool;
    let child = CapabilityView {
        capability: child,
        arguments: OnceCell::new(),
    };
    // A holder that delegates all it has keeps the order, so the capability at the same place is
    // compared first. Otherwise a chain of many capabilities would need a comparison for each pair.
    let same_place = parent
        .capabilities()
        .get(entry)
        .filter(|parent| counts(parent));
    match same_place.map(|parent| capability_covers(parent, &child, work)) {
        Some(Ok(())) => return Ok(()),
        Some(Err(Beyond::OutOfWork(out))) => return Err(out.into()),
        // Compared again below, where its gap is remembered.
        Some(Err(_)) | None => {}
    }
    for parent in parent.capabilities() {
        let beyond = match capability_covers(parent, &child, work) {
            Ok(()) if counts(parent) => return Ok(()),
            // `counts` is false only for a capability that may not be delegated.
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

/// A child's capability, with views of its arguments' constraints once they are needed.
struct CapabilityView<'a> {
    capability: &'a Capability,
    arguments: OnceCell<Vec<ConstraintView<'a>>>,
}

impl<'a> CapabilityView<'a> {
    /// Returns views of the constraints of its arguments, in order.
    fn arguments(&self, work: &mut Work) -> Result<&[ConstraintView<'a>], OutOfWork> {
        if let Some(known) = self.arguments.get() {
            return Ok(known);
        }
        let arguments = ConstraintView::of_rules(self.capability.arguments(), work)?;
        Ok(self.arguments.get_or_init(|| arguments))
    }
}

/// A gap to one of many capabilities. It borrows names, because only the closest gap is reported.
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
    /// Returns how far a capability came before it went beyond: past the tool, past the effect,
    /// past its arguments.
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

    /// Returns the gap that is reported.
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

/// Checks that a capability covers the child's: its tool, its effect, its arguments.
fn capability_covers<'a>(
    parent: &'a Capability,
    child: &CapabilityView<'a>,
    work: &mut Work,
) -> Result<(), Beyond<'a>> {
    let CapabilityView { capability, .. } = child;
    work.spend(1)?;
    tally::bulk(parent.tool().text().len());
    if !parent.tool().covers(capability.tool()) {
        return Err(Beyond::Tool);
    }
    if capability.effect() > parent.effect() {
        return Err(Beyond::Effect {
            parent: parent.effect(),
            child: capability.effect(),
        });
    }
    let views = child.arguments(work)?;
    arguments_cover(parent.arguments(), capability.arguments(), views, work)
}

/// Checks that a parent's rules permit all arguments that a child's permit, and that the child
/// requires what the parent requires. `views` are the child's constraints, in order.
fn arguments_cover<'a>(
    parent: &'a ArgumentRules,
    child: &'a ArgumentRules,
    views: &[ConstraintView<'_>],
    work: &mut Work,
) -> Result<(), Beyond<'a>> {
    if child.is_open() && !parent.is_open() {
        return Err(Beyond::Open);
    }
    // Two walks over both, which are in order of name.
    let names = parent.count().saturating_add(child.count());
    work.spend_len(names.saturating_mul(4).saturating_add(1))?;
    tally::count(names.saturating_mul(16));
    for ((name, presence, _), (theirs, view)) in child.iter().zip(parent.beside(child).zip(views)) {
        match theirs {
            None if parent.is_open() => {}
            None => return Err(Beyond::ArgumentUnknown(name)),
            Some((_, Presence::Required, _)) if presence == Presence::Optional => {
                return Err(Beyond::ArgumentOptional(name));
            }
            Some((_, _, constraint)) if covers_view(constraint, view, work)? => {}
            Some(_) => return Err(Beyond::Argument(name)),
        }
    }
    let everything = Constraint::any();
    let unnamed = parent
        .iter()
        .zip(child.beside(parent))
        .filter(|(_, named)| named.is_none());
    for ((name, presence, constraint), _) in unnamed {
        if presence == Presence::Required {
            return Err(Beyond::ArgumentOptional(name));
        }
        // An open child permits the argument with any value.
        if child.is_open() && !covers(constraint, &everything, work)? {
            return Err(Beyond::Argument(name));
        }
    }
    Ok(())
}

/// Returns whether a constraint admits every value that the child admits.
pub(in crate::powers) fn covers(
    parent: &Constraint,
    child: &Constraint,
    work: &mut Work,
) -> Result<bool, OutOfWork> {
    covers_view(parent, &ConstraintView::new(child), work)
}

/// Returns whether a constraint admits every value that the child of a view admits.
fn covers_view(
    parent: &Constraint,
    child: &ConstraintView<'_>,
    work: &mut Work,
) -> Result<bool, OutOfWork> {
    work.spend(2)?;
    tally::count(8);
    match (parent.kind(), child.kind()) {
        (Kind::Any, _) => return Ok(true),
        // These two are compared before values are listed, because listing takes longer than the
        // comparison.
        (Kind::Network(mine), Kind::Network(theirs)) => return Ok(mine.covers(*theirs)),
        (Kind::OneOf(mine), Kind::OneOf(theirs)) => return theirs.is_within(mine, work),
        // Each clause is covered by itself: a list of all their values would not cover more.
        (_, Kind::AnyOf(_)) => {
            return all(child.parts(work)?, |clause| {
                covers_view(parent, clause, work)
            });
        }
        (Kind::AllOf(clauses), _) => {
            return all(clauses, |clause| covers_view(clause, child, work));
        }
        // A clause that covers the whole network saves listing its addresses.
        (Kind::AnyOf(clauses), Kind::Network(_))
            if any(clauses, |clause| covers_view(clause, child, work))? =>
        {
            return Ok(true);
        }
        // Every other pair is compared below.
        _ => {}
    }
    if let Some(values) = child.listed(work)? {
        return all(values, |value| admits(parent, value, work));
    }
    // One clause must cover the child. Two that cover it only together are not found, which refuses
    // a child that is in fact narrower.
    if let Kind::AnyOf(clauses) = parent.kind() {
        if any(clauses, |clause| covers_view(clause, child, work))? {
            return Ok(true);
        }
    }
    let types = child.types(work)?;
    if types.is_within(whole_types(parent, work)?) {
        return Ok(true);
    }
    // A child of the same type that admits none of the excluded values is covered.
    if let Kind::NoneOf(excluded) = parent.kind() {
        let typed = types.is_within(Types::only(excluded.value_type()));
        if typed
            && !any(&excluded.values(work)?, |value| {
                admits(child.constraint(), value, work)
            })?
        {
            return Ok(true);
        }
    }
    match (parent.kind(), child.kind()) {
        // A conjunction admits no more than each of its clauses.
        (_, Kind::AllOf(_)) => any(child.parts(work)?, |clause| {
            covers_view(parent, clause, work)
        }),
        (Kind::Range(mine), Kind::Range(theirs)) => {
            // Three steps for the comparison of numbers at each end.
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
            // Each scheme is searched for among at most 32.
            let schemes = theirs.schemes().count();
            work.spend_len(schemes.saturating_mul(8))?;
            tally::count(schemes.saturating_mul(24));
            Ok(mine.covers(theirs))
        }
        (Kind::Contains(mine), Kind::Contains(theirs)) => mine.is_within(theirs, work),
        (Kind::Each(mine), Kind::Each(_)) => {
            all(child.parts(work)?, |inner| covers_view(mine, inner, work))
        }
        (Kind::Record(mine), Kind::Record(theirs)) => {
            match arguments_cover(mine, theirs, child.parts(work)?, work) {
                Ok(()) => Ok(true),
                Err(Beyond::OutOfWork(out)) => Err(out),
                Err(_) => Ok(false),
            }
        }
        // The child has another kind, or was handled above.
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
