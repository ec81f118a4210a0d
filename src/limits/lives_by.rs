use super::error::LimitError;
use crate::powers::Effect;
use crate::primitives::bounds::MAX_ENDERS;
use crate::primitives::{Mission, PublicKey, Seconds};
use std::collections::BTreeSet;

/// The maximum age of a mission's status, by the effect of the call. Reads may depend on an older
/// status than irreversible calls.
///
/// The age counts from the time that the status states. It counts from the first receipt where that
/// is earlier, because the controller's clock is then ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaxAge {
    read: Seconds,
    write: Seconds,
    irreversible: Seconds,
}

impl MaxAge {
    /// Returns the maximum age of a status for reads, writes and irreversible calls, not increasing
    /// in that order.
    ///
    /// # Errors
    /// [`LimitError::AgesIncrease`] when a further-reaching effect would be allowed an older
    /// status.
    pub fn new(read: Seconds, write: Seconds, irreversible: Seconds) -> Result<Self, LimitError> {
        if read < write || write < irreversible {
            return Err(LimitError::AgesIncrease);
        }
        Ok(Self {
            read,
            write,
            irreversible,
        })
    }

    /// Returns the same maximum age for every effect.
    #[must_use]
    pub const fn uniform(age: Seconds) -> Self {
        Self {
            read: age,
            write: age,
            irreversible: age,
        }
    }

    /// Returns the maximum age for calls of `effect`.
    #[must_use]
    pub const fn for_effect(self, effect: Effect) -> Seconds {
        match effect {
            Effect::Read => self.read,
            Effect::Write => self.write,
            Effect::Irreversible => self.irreversible,
        }
    }
}

/// A mission that keeps a link alive. Its status must be active and fresh at every call in scope.
///
/// Only the controller's key states that the mission is active. That key and at most four enders
/// can state that it has ended: a further key that can end work is safe to share, and one that
/// keeps work alive is not.
///
/// ```
/// use mandatum::limits::MaxAge;
/// use mandatum::{LivesBy, Mission, Seconds, SigningKey};
/// let [controller, ender] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
/// let mission = Mission::new(controller, "qbr/acme".parse()?, [1; 16]);
/// let ages = MaxAge::new(Seconds::minutes(5), Seconds::minutes(1), Seconds::new(10))?;
/// let lives_by = LivesBy::new(mission, ages).with_enders([ender])?;
/// assert_eq!(lives_by.enders().count(), 1);
/// assert!(MaxAge::new(Seconds::new(1), Seconds::new(2), Seconds::new(3)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LivesBy {
    mission: Mission,
    enders: BTreeSet<PublicKey>,
    max_age: MaxAge,
}

impl LivesBy {
    /// Returns a life by `mission`, on a status no older than `max_age`.
    #[must_use]
    pub const fn new(mission: Mission, max_age: MaxAge) -> Self {
        Self {
            mission,
            enders: BTreeSet::new(),
            max_age,
        }
    }

    /// Returns it with further keys, which may end the mission and nothing else.
    ///
    /// # Errors
    /// [`LimitError::Enders`] for more than four.
    pub fn with_enders(
        self,
        enders: impl IntoIterator<Item = PublicKey>,
    ) -> Result<Self, LimitError> {
        let enders: BTreeSet<PublicKey> = enders.into_iter().collect();
        match enders.len() {
            found if found > MAX_ENDERS => Err(LimitError::Enders { found }),
            _ => Ok(Self { enders, ..self }),
        }
    }

    /// Returns the mission.
    #[must_use]
    pub const fn mission(&self) -> &Mission {
        &self.mission
    }

    /// Returns the maximum age of its status.
    #[must_use]
    pub const fn max_age(&self) -> MaxAge {
        self.max_age
    }

    /// Returns the keys, besides the controller's, that may end the mission.
    #[must_use]
    pub fn enders(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.enders.iter()
    }
}
