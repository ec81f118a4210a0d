use super::action::Action;
use super::algebra::admits::PermissionError;
use super::algebra::covers::CoverageError;
#[cfg(test)]
use super::algebra::covers::CoverageGap;
use super::algebra::meet::MeetError;
use super::algebra::{admits, cost, covers, meet};
use super::capability::Capability;
use super::constraint::ConstraintError;
use super::tool::ToolError;
use crate::primitives::Work;
use crate::primitives::bounds::{MAX_CAPABILITIES, MEET_STEPS, VERIFY_STEPS};
use thiserror::Error;

/// Why something is not a capability or a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PowersError {
    /// The tool is wrong.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A constraint is wrong.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// More capabilities than a mandate may have.
    #[error("at most {MAX_CAPABILITIES} capabilities, found {found}")]
    TooMany {
        /// Capabilities given.
        found: usize,
    },
}

/// A set of capabilities. It permits a call when any of them does; an empty set permits none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Powers(Vec<Capability>);

impl Powers {
    /// A set of at most 256 capabilities.
    ///
    /// # Errors
    /// [`PowersError::TooMany`].
    pub fn new(capabilities: impl IntoIterator<Item = Capability>) -> Result<Self, PowersError> {
        let capabilities: Vec<Capability> = capabilities.into_iter().collect();
        match capabilities.len() {
            found if found > MAX_CAPABILITIES => Err(PowersError::TooMany { found }),
            _ => Ok(Self(capabilities)),
        }
    }

    /// The powers that permit just this action, and what has less effect; `None` for one that no
    /// capability can name.
    pub(crate) fn exactly(action: &Action) -> Option<Self> {
        Some(Self(vec![Capability::exactly(action).ok()?]))
    }

    /// No power at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The capabilities.
    #[must_use]
    pub fn capabilities(&self) -> &[Capability] {
        &self.0
    }

    /// Whether some capability permits the action.
    ///
    /// # Errors
    /// [`PermissionError`] of the capability that came closest; [`PermissionError::Tool`] when none
    /// is for the tool.
    pub fn permits(&self, action: &Action) -> Result<(), PermissionError> {
        admits::powers_permit(self, action, |_| true, &mut action.work())
    }

    /// Checks the same within a budget; only the capabilities that `counts` are asked.
    pub(crate) fn permits_within(
        &self,
        action: &Action,
        counts: impl Fn(&Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), PermissionError> {
        admits::powers_permit(self, action, counts, work)
    }

    /// Whether every call that `child` permits is permitted by these: each of its capabilities is
    /// covered by one of these.
    ///
    /// # Errors
    /// [`CoverageError`], naming the first capability that goes beyond, how, and a call that shows
    /// it.
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
        covers::powers_cover(self, child, |_, _| true, &mut Work::new(VERIFY_STEPS))
    }

    /// Checks the same within a budget; a capability of these counts only where `counts` holds of
    /// it and the child's.
    pub(crate) fn covers_within(
        &self,
        child: &Self,
        counts: impl Fn(&Capability, &Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), CoverageError> {
        covers::powers_cover(self, child, counts, work)
    }

    /// Checks that one of these covers a capability, for the test of what that counts.
    #[cfg(test)]
    pub(crate) fn covers_one(
        &self,
        child: &Capability,
        work: &mut Work,
    ) -> Result<(), CoverageGap> {
        covers::powers_cover_one(self, child, work)
    }

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
        meet::powers_meet(self, other, &mut Work::new(MEET_STEPS))
    }

    /// Returns the same, within a budget.
    #[cfg(test)]
    pub(crate) fn meet_within(&self, other: &Self, work: &mut Work) -> Result<Self, MeetError> {
        meet::powers_meet(self, other, work)
    }

    /// Returns the bytes that they take on the heap, estimated from above.
    pub(crate) fn heap_bytes(&self) -> usize {
        cost::powers_bytes(self)
    }
}

impl<'a> IntoIterator for &'a Powers {
    type Item = &'a Capability;
    type IntoIter = std::slice::Iter<'a, Capability>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
