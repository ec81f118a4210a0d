use super::error::LimitError;
use super::source::name;
use crate::powers::{Constraint, Effect, Kind};
use crate::primitives::bounds::MAX_APPROVERS;
use crate::primitives::{ForeignText, PublicKey, Seconds};
use std::collections::BTreeSet;
use std::fmt;

/// Some people must have signed this very call: so many of these keys, each within the greatest
/// age.
///
/// It stands before every call in scope, from an effect on. It may exempt calls whose argument
/// shows that they are harmless ([`with_exemption`](Self::with_exemption)); a call without that argument is not
/// exempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApprovalGate {
    approvers: BTreeSet<PublicKey>,
    needed: usize,
    max_age: Seconds,
    from: Effect,
    unless: Option<(ForeignText, Constraint)>,
}

impl ApprovalGate {
    /// So many of these keys, for every call.
    ///
    /// # Errors
    /// [`LimitError::Approvers`] for no key or more than 16, or a number that is none or can't be
    /// reached.
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

    /// Only before calls of this effect or higher, as the server states it.
    #[must_use]
    pub fn with_effect(self, effect: Effect) -> Self {
        Self {
            from: effect,
            ..self
        }
    }

    /// Exempts calls whose argument satisfies this: `amount` is between 0 and 1 000.
    ///
    /// An exemption is bounded on every side: a range of numbers with both ends, or a list of
    /// values. `at_most(1_000)` alone would also exempt −50 000. It is asked of each call by
    /// itself, so many small calls pass it one by one: a [`Budget`](crate::Budget) beside the gate
    /// bounds what they come to.
    ///
    /// ```
    /// use mandatum::limits::{ApprovalGate, LimitError};
    /// use mandatum::{Constraint, Seconds, SigningKey};
    /// let gate = ApprovalGate::new(1, [SigningKey::from_seed(&[7; 32]).public()], Seconds::hours(1))?;
    /// assert!(gate.clone().with_exemption("amount", Constraint::between(0.into(), 1_000.into())?).is_ok());
    /// let open = gate.with_exemption("amount", Constraint::at_most(1_000.into()));
    /// assert_eq!(open.unwrap_err(), LimitError::ExemptionWithoutLow);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`LimitError::ArgumentName`] for a name too long; [`LimitError::ExemptionWithoutLow`] and
    /// [`LimitError::ExemptionWithoutHigh`] for a range that lacks an end;
    /// [`LimitError::ExemptionNotListed`] for anything else but a list: a pattern, a path,
    /// `none_of`, a combination.
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

    /// Who may approve.
    #[must_use]
    pub fn approvers(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.approvers.iter()
    }

    /// Whether this key may approve.
    #[must_use]
    pub fn may_approve(&self, key: &PublicKey) -> bool {
        self.approvers.contains(key)
    }

    /// How many must.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.needed
    }

    /// How old an approval may be.
    #[must_use]
    pub const fn max_age(&self) -> Seconds {
        self.max_age
    }

    /// The lowest effect that it stands before.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.from
    }

    /// The argument that lets calls by, and what it must be.
    #[must_use]
    pub fn exemption(&self) -> Option<(&str, &Constraint)> {
        self.unless
            .as_ref()
            .map(|(argument, constraint)| (&**argument, constraint))
    }
}

/// Checks that an exemption lets by no more than its author had in view.
fn bounded(exemption: &Constraint) -> Result<(), LimitError> {
    match exemption.kind() {
        Kind::OneOf(_) => Ok(()),
        Kind::Range(range) if range.low().is_none() => Err(LimitError::ExemptionWithoutLow),
        Kind::Range(range) if range.high().is_none() => Err(LimitError::ExemptionWithoutHigh),
        Kind::Range(_) => Ok(()),
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
