use super::error::LimitError;
use crate::powers::Effect;
use crate::primitives::bounds::MAX_ENDERS;
use crate::primitives::{Mission, PublicKey, Seconds};
use std::collections::BTreeSet;

/// How old the status of a mission may be, by the effect of the call: reads may rest on an older
/// one than what is irreversible.
///
/// The age counts from the time that the status states; from its first receipt where that is
/// earlier, because the controller's clock is ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaxAge {
    read: Seconds,
    write: Seconds,
    irreversible: Seconds,
}

impl MaxAge {
    /// The greatest age of a status for reads, writes and irreversible calls, not increasing in
    /// that order.
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

    /// The same age for every effect.
    #[must_use]
    pub const fn uniform(age: Seconds) -> Self {
        Self {
            read: age,
            write: age,
            irreversible: age,
        }
    }

    /// The greatest age for calls of `effect`.
    #[must_use]
    pub const fn for_effect(self, effect: Effect) -> Seconds {
        match effect {
            Effect::Read => self.read,
            Effect::Write => self.write,
            Effect::Irreversible => self.irreversible,
        }
    }
}

/// A mission that keeps a link alive: its status must be active and fresh at every call in scope.
///
/// Killing is safe to share, heart-beating is not: the controller's key alone says that the mission
/// is active; it and at most four enders may say that it has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LivesBy {
    mission: Mission,
    enders: BTreeSet<PublicKey>,
    max_age: MaxAge,
}

impl LivesBy {
    /// Lives by `mission`, on a status no older than `max_age`.
    #[must_use]
    pub const fn new(mission: Mission, max_age: MaxAge) -> Self {
        Self {
            mission,
            enders: BTreeSet::new(),
            max_age,
        }
    }

    /// With further keys that may end it, and nothing else.
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

    /// The mission.
    #[must_use]
    pub const fn mission(&self) -> &Mission {
        &self.mission
    }

    /// How old its status may be.
    #[must_use]
    pub const fn max_age(&self) -> MaxAge {
        self.max_age
    }

    /// The keys, besides the controller's, that may end it.
    #[must_use]
    pub fn enders(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.enders.iter()
    }
}
