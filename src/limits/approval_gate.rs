use super::error::LimitError;
use super::source::name;
use crate::powers::{Constraint, Effect, Kind};
use crate::primitives::bounds::MAX_APPROVERS;
use crate::primitives::{ForeignText, PublicKey, Seconds};
use std::collections::BTreeSet;
use std::fmt;

/// A number of people must have signed this very call, each with one of these keys and within the
/// maximum age.
///
/// It applies to every call in scope, from an effect on. It may exempt calls that an argument shows
/// to be harmless ([`with_exemption`](Self::with_exemption)); a call without that argument is not
/// exempt.
///
/// ```
/// use mandatum::limits::{ApprovalGate, LimitError};
/// use mandatum::{Effect, Seconds, SigningKey};
/// let keys = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
/// let gate = ApprovalGate::new(2, keys, Seconds::hours(1))?.with_effect(Effect::Irreversible);
/// let shown = "2 of 2 must approve, at most 3600 s before, from effect irreversible";
/// assert_eq!(gate.to_string(), shown);
/// let unreachable = ApprovalGate::new(3, keys, Seconds::hours(1));
/// assert_eq!(unreachable, Err(LimitError::Approvers { needed: 3, found: 2 }));
/// # Ok::<(), LimitError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApprovalGate {
    approvers: BTreeSet<PublicKey>,
    needed: usize,
    max_age: Seconds,
    from: Effect,
    unless: Option<(ForeignText, Constraint)>,
}

impl ApprovalGate {
    /// Returns a gate on every call, which `needed` of these keys must approve.
    ///
    /// # Errors
    /// [`LimitError::Approvers`] for no key or more than 16, and for a number that is zero or more
    /// than the keys.
    pub fn new(
        needed: usize,
        approvers: impl IntoIterator<Item = PublicKey>,
        max_age: Seconds,
    ) -> Result<Self, LimitError> {
        let approvers: BTreeSet<PublicKey> = approvers.into_iter().collect();
        let found = approvers.len();
        if !(1..=MAX_APPROVERS).contains(&found) || needed == 0 || needed > found {
            return Err(LimitError::Approvers { needed, found });
        }
        Ok(Self {
            approvers,
            needed,
            max_age,
            from: Effect::Read,
            unless: None,
        })
    }

    /// Applies only to calls of this effect or higher, as the server states it.
    #[must_use]
    pub fn with_effect(self, effect: Effect) -> Self {
        Self {
            from: effect,
            ..self
        }
    }

    /// Exempts calls whose argument satisfies this constraint: `amount` is between 0 and 1 000.
    ///
    /// An exemption is bounded on every side: a range of numbers with both ends, or a list of
    /// values. `at_most(1_000)` alone would also exempt −50 000. Each call is tested by itself, so
    /// many small calls are exempt one by one. A [`Budget`](crate::Budget) beside the gate bounds
    /// their sum.
    ///
    /// ```
    /// use mandatum::limits::{ApprovalGate, LimitError};
    /// use mandatum::{Constraint, Seconds, SigningKey};
    /// let approver = SigningKey::from_seed(&[7; 32]).public();
    /// let gate = ApprovalGate::new(1, [approver], Seconds::hours(1))?;
    /// let small = Constraint::between(0.into(), 1_000.into())?;
    /// assert!(gate.clone().with_exemption("amount", small).is_ok());
    /// let open = gate.with_exemption("amount", Constraint::at_most(1_000.into()));
    /// assert_eq!(open.unwrap_err(), LimitError::ExemptionWithoutLow);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// - [`LimitError::ArgumentName`] for a name of more than 128 bytes.
    /// - [`LimitError::ExemptionWithoutLow`] and [`LimitError::ExemptionWithoutHigh`] for a range
    ///   that has no such end.
    /// - [`LimitError::ExemptionNotListed`] for a constraint that is neither a range nor a list: a
    ///   pattern, a path, `none_of`, a combination.
    pub fn with_exemption(
        self,
        argument: &str,
        constraint: Constraint,
    ) -> Result<Self, LimitError> {
        bounded(&constraint)?;
        Ok(Self {
            unless: Some((name(argument)?, constraint)),
            ..self
        })
    }

    /// Returns the keys that may approve.
    #[must_use]
    pub fn approvers(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.approvers.iter()
    }

    /// Returns whether this key may approve.
    #[must_use]
    pub fn may_approve(&self, key: &PublicKey) -> bool {
        self.approvers.contains(key)
    }

    /// Returns the number of approvals that a call needs.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.needed
    }

    /// Returns the maximum age of an approval.
    #[must_use]
    pub const fn max_age(&self) -> Seconds {
        self.max_age
    }

    /// Returns the lowest effect that it applies to.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.from
    }

    /// Returns the argument that exempts calls, and its constraint.
    #[must_use]
    pub fn exemption(&self) -> Option<(&str, &Constraint)> {
        self.unless
            .as_ref()
            .map(|(argument, constraint)| (&**argument, constraint))
    }
}

/// Checks that an exemption is bounded, so that it exempts no call its author did not have in view.
fn bounded(exemption: &Constraint) -> Result<(), LimitError> {
    match exemption.kind() {
        // A list has no values but its own.
        Kind::OneOf(_) => Ok(()),
        Kind::Range(range) if range.low().is_none() => Err(LimitError::ExemptionWithoutLow),
        Kind::Range(range) if range.high().is_none() => Err(LimitError::ExemptionWithoutHigh),
        Kind::Range(_) => Ok(()),
        // An author can't see all values that these let through.
        Kind::Any
        | Kind::NoneOf(_)
        | Kind::Text(_)
        | Kind::PathUnder(_)
        | Kind::HostUnder(_)
        | Kind::Url(_)
        | Kind::Network(_)
        | Kind::Contains(_)
        | Kind::Each(_)
        | Kind::Record(_)
        | Kind::AllOf(_)
        | Kind::AnyOf(_) => Err(LimitError::ExemptionNotListed),
    }
}

impl fmt::Display for ApprovalGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} must approve, at most {} before",
            self.needed,
            self.approvers.len(),
            self.max_age
        )?;
        if self.from > Effect::Read {
            write!(f, ", from effect {}", self.from)?;
        }
        match &self.unless {
            Some((argument, constraint)) => {
                write!(f, ", unless {argument} is {constraint}")
            }
            None => Ok(()),
        }
    }
}
