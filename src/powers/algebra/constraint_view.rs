//! A view of a child's constraint that computes its values, types and parts once, although each of
//! the parent's capabilities needs them.

use super::finite::values;
use super::types::{Types, admitted_types};
use crate::powers::arguments::ArgumentRules;
use crate::powers::constraint::{Constraint, Kind, Parts};
use crate::primitives::{OutOfWork, Value, Work, tally};
use std::cell::OnceCell;

/// A constraint whose values, types and parts are computed when they are first needed.
///
/// A parent may have 256 capabilities with clauses in them, and each is compared with the same
/// child.
pub(super) struct ConstraintView<'a> {
    constraint: &'a Constraint,
    parts: OnceCell<Vec<ConstraintView<'a>>>,
    listed: OnceCell<Option<Vec<Value>>>,
    types: OnceCell<Types>,
}

impl<'a> ConstraintView<'a> {
    /// Makes a view of which nothing is computed yet.
    pub(super) const fn new(constraint: &'a Constraint) -> Self {
        Self {
            constraint,
            parts: OnceCell::new(),
            listed: OnceCell::new(),
            types: OnceCell::new(),
        }
    }

    /// Returns views of the constraints of rules, in order.
    pub(super) fn of_rules(
        rules: &'a ArgumentRules,
        work: &mut Work,
    ) -> Result<Vec<Self>, OutOfWork> {
        of_all(rules.iter().map(|(_, _, constraint)| constraint), work)
    }

    /// Returns the kind of the constraint.
    pub(super) const fn kind(&self) -> &'a Kind {
        self.constraint.kind()
    }

    /// Returns the constraint itself.
    pub(super) const fn constraint(&self) -> &'a Constraint {
        self.constraint
    }

    /// Returns views of the constraints directly inside, in order.
    pub(super) fn parts(&self, work: &mut Work) -> Result<&[Self], OutOfWork> {
        if let Some(known) = self.parts.get() {
            return Ok(known);
        }
        let parts = match self.kind().parts() {
            Parts::Clauses(clauses) => of_all(clauses, work)?,
            Parts::One(inner) => of_all([inner], work)?,
            Parts::Rules(rules) => Self::of_rules(rules, work)?,
            Parts::None => Vec::new(),
        };
        Ok(self.parts.get_or_init(|| parts))
    }

    /// Returns all values that it admits, or `None` when they are too many to list.
    pub(super) fn listed(&self, work: &mut Work) -> Result<Option<&[Value]>, OutOfWork> {
        if let Some(known) = self.listed.get() {
            return Ok(known.as_deref());
        }
        let listed = values(self.constraint, work)?;
        Ok(self.listed.get_or_init(|| listed).as_deref())
    }

    /// Returns the types that admitted values may have.
    pub(super) fn types(&self, work: &mut Work) -> Result<Types, OutOfWork> {
        if let Some(known) = self.types.get() {
            return Ok(*known);
        }
        let types = admitted_types(self.constraint, work)?;
        Ok(*self.types.get_or_init(|| types))
    }
}

/// Returns views of constraints, in order.
fn of_all<'a>(
    constraints: impl IntoIterator<Item = &'a Constraint>,
    work: &mut Work,
) -> Result<Vec<ConstraintView<'a>>, OutOfWork> {
    let constraints = constraints.into_iter();
    // One allocation, and about a hundred bytes written for each view.
    work.spend_len(
        constraints
            .size_hint()
            .0
            .saturating_mul(4)
            .saturating_add(8),
    )?;
    tally::allocated(1);
    tally::count(constraints.size_hint().0.saturating_mul(8));
    Ok(constraints.map(ConstraintView::new).collect())
}
