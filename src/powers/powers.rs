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

/// Reason why a capability, or a set of capabilities, can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PowersError {
    /// The tool is not written as tools are.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A constraint is out of bounds or not well formed.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// There are more capabilities than a mandate may have.
    #[error("at most {MAX_CAPABILITIES} capabilities, found {found}")]
    TooMany {
        /// Number of capabilities given.
        found: usize,
    },
}

/// A set of capabilities. It permits a call when any of them does; an empty set permits none.
///
/// ```
/// use mandatum::powers::{Action, Capability, Effect, PermissionError, Powers};
/// let powers = Powers::new([Capability::new("crm.*", Effect::Read)?.allow_others()])?;
/// let call = |tool, effect| Action::new(tool, [("account", "acme")], effect);
/// assert!(powers.permits(&call("crm.read", Effect::Read)?).is_ok());
/// let refused = powers.permits(&call("crm.delete", Effect::Irreversible)?).unwrap_err();
/// assert!(matches!(refused, PermissionError::Effect { .. }));
/// assert!(Powers::none().permits(&call("crm.read", Effect::Read)?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Powers(Vec<Capability>);

impl Powers {
    /// Makes a set of at most 256 capabilities.
    ///
    /// # Errors
    /// [`PowersError::TooMany`] for 257 or more.
    pub fn new(capabilities: impl IntoIterator<Item = Capability>) -> Result<Self, PowersError> {
        let capabilities: Vec<Capability> = capabilities.into_iter().collect();
        match capabilities.len() {
            found if found > MAX_CAPABILITIES => Err(PowersError::TooMany { found }),
            _ => Ok(Self(capabilities)),
        }
    }

    /// Returns the powers that permit this action, also with a lower effect, and no other action.
    /// `None` when the arguments are more, or larger, than a capability can name.
    pub(crate) fn exactly(action: &Action) -> Option<Self> {
        Some(Self(vec![Capability::exactly(action).ok()?]))
    }

    /// Returns the empty set, which permits nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns the capabilities, in the order given.
    #[must_use]
    pub fn capabilities(&self) -> &[Capability] {
        &self.0
    }

    /// Checks that some capability permits the action.
    ///
    /// # Errors
    /// [`PermissionError`] of the capability that came closest to permitting it, such as
    /// [`PermissionError::Argument`] for a value that is not admitted. [`PermissionError::Tool`]
    /// when no capability is for the tool.
    pub fn permits(&self, action: &Action) -> Result<(), PermissionError> {
        admits::powers_permit(self, action, |_| true, &mut action.work())
    }

    /// Checks the same within a budget. Only capabilities for which `counts` returns true may
    /// permit the action.
    pub(crate) fn permits_within(
        &self,
        action: &Action,
        counts: impl Fn(&Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), PermissionError> {
        admits::powers_permit(self, action, counts, work)
    }

    /// Checks that every call that `child` permits is permitted by these: each capability of the
    /// child is covered by one of these.
    ///
    /// # Errors
    /// [`CoverageError`], which names the first capability that goes beyond, how it does, and a
    /// call that shows it.
    ///
    /// ```
    /// use mandatum::{Capability, Constraint, Effect, Powers};
    /// let amount = |max: i64| Constraint::between(0.into(), max.into());
    /// let pay = |max| {
    ///     let pay = Capability::new("pay", Effect::Irreversible)?;
    ///     Powers::new([pay.require("amount", amount(max)?)?])
    /// };
    /// let (parent, child) = (pay(5_000)?, pay(10_000)?);
    /// assert!(child.covers(&parent).is_ok());
    /// let beyond = parent.covers(&child).unwrap_err().witness.ok_or("a witness")?;
    /// assert!(child.permits(&beyond).is_ok() && parent.permits(&beyond).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn covers(&self, child: &Self) -> Result<(), CoverageError> {
        covers::powers_cover(self, child, |_, _| true, &mut Work::new(VERIFY_STEPS))
    }

    /// Checks the same within a budget. A capability of these may cover one of the child's only
    /// when `counts` returns true for the two.
    pub(crate) fn covers_within(
        &self,
        child: &Self,
        counts: impl Fn(&Capability, &Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), CoverageError> {
        covers::powers_cover(self, child, counts, work)
    }

    /// Checks that one of these covers a capability, for the test that compares the steps counted
    /// with the time taken.
    #[cfg(test)]
    pub(crate) fn covers_one(
        &self,
        child: &Capability,
        work: &mut Work,
    ) -> Result<(), CoverageGap> {
        covers::powers_cover_one(self, child, work)
    }

    /// Returns the powers that permit exactly the calls that both permit. A capability of the
    /// result is delegable only where both are.
    ///
    /// # Errors
    /// [`MeetError`] when the result has more than 256 capabilities, or constraints that nest too
    /// deep or have too many clauses, or when the work exceeds its budget.
    ///
    /// ```
    /// use mandatum::{Capability, Effect, Powers};
    /// let tool = |name| Capability::new(name, Effect::Read);
    /// let (one, other) = (Powers::new([tool("a")?, tool("b")?])?, Powers::new([tool("b")?])?);
    /// assert_eq!(one.meet(&other)?.to_string(), "b() up to read");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn meet(&self, other: &Self) -> Result<Self, MeetError> {
        meet::powers_meet(self, other, &mut Work::new(MEET_STEPS))
    }

    /// Returns the meet, within a budget that a test chooses.
    #[cfg(test)]
    pub(crate) fn meet_within(&self, other: &Self, work: &mut Work) -> Result<Self, MeetError> {
        meet::powers_meet(self, other, work)
    }

    /// Returns an upper estimate of the bytes that they take on the heap.
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
