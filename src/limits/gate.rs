use super::LimitError;
use super::budget::name;
use crate::ground::bounds::MAX_APPROVERS;
use crate::ground::{ForeignText, PublicKey, Seconds};
use crate::powers::{Constraint, Effect};
use std::collections::BTreeSet;
use std::fmt;

/// Some people must have signed this very call: so many of these keys, each within the greatest age.
///
/// It stands before every call in scope, from an effect on; and where it says so, but for the calls whose argument shows that
/// they are harmless: a call without that argument is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gate {
    approvers: BTreeSet<PublicKey>,
    needed: usize,
    max_age: Seconds,
    from: Effect,
    unless: Option<(ForeignText, Constraint)>,
}

impl Gate {
    /// So many of these keys, for every call.
    ///
    /// # Errors
    /// [`LimitError::Approvers`] for no key or more than 16, or a number that is none or can't be reached.
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
        Ok(Self { approvers, needed, max_age, from: Effect::Read, unless: None })
    }

    /// Only before calls of this effect or higher, as the server states it.
    #[must_use]
    pub fn from(self, effect: Effect) -> Self {
        Self { from: effect, ..self }
    }

    /// Not before calls whose argument satisfies this: `amount` is at most 1 000.
    ///
    /// # Errors
    /// [`LimitError::ArgumentName`] for a name too long.
    pub fn unless(self, argument: &str, constraint: Constraint) -> Result<Self, LimitError> {
        Ok(Self { unless: Some((name(argument)?, constraint)), ..self })
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
    pub fn lets_by(&self) -> Option<(&str, &Constraint)> {
        self.unless.as_ref().map(|(argument, constraint)| (&**argument, constraint))
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} must approve, at most {} before", self.needed, self.approvers.len(), self.max_age)?;
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
