use super::error::LimitError;
use crate::primitives::{Mission, Seconds};
use std::fmt;

/// The waves of a mission in which calls are valid, from the first to the last, both included.
/// Without a last wave they are valid from the first on.
///
/// The mission's current wave comes from its status, so the mandate must live by that mission (rule
/// 17 on [`Chain`](crate::Chain#rules)). The number of the wave never decreases, so a past wave
/// does not return.
///
/// ```
/// use mandatum::limits::{LimitError, Waves};
/// use mandatum::{Mission, Seconds, SigningKey};
/// let controller = SigningKey::from_seed(&[1; 32]).public();
/// let mission = Mission::new(controller, "qbr/acme".parse()?, [1; 16]);
/// let waves = Waves::new(mission.clone(), 1, 2)?.with_drain(Seconds::new(60))?;
/// assert_eq!(waves.to_string(), "in waves 1 to 2 of mission qbr/acme, draining for 60 s");
/// let endless = Waves::starting_at(mission, 1).with_drain(Seconds::new(60));
/// assert_eq!(endless, Err(LimitError::NothingToDrain));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waves {
    mission: Mission,
    first: u64,
    last: Option<u64>,
    drain: Seconds,
}

impl Waves {
    /// Returns one wave only.
    #[must_use]
    pub const fn only(mission: Mission, wave: u64) -> Self {
        Self {
            mission,
            first: wave,
            last: Some(wave),
            drain: Seconds::new(0),
        }
    }

    /// Returns the waves from `first` on.
    #[must_use]
    pub const fn starting_at(mission: Mission, first: u64) -> Self {
        Self {
            mission,
            first,
            last: None,
            drain: Seconds::new(0),
        }
    }

    /// Returns the waves from `first` to `last`, both included.
    ///
    /// # Errors
    /// [`LimitError::NoWave`] when `last` comes before `first`.
    pub fn new(mission: Mission, first: u64, last: u64) -> Result<Self, LimitError> {
        if last < first {
            return Err(LimitError::NoWave { first, last });
        }
        Ok(Self {
            mission,
            first,
            last: Some(last),
            drain: Seconds::new(0),
        })
    }

    /// Returns the waves with time to drain. In the wave right after the last, calls stay valid for
    /// this time after that wave began.
    ///
    /// The time counts from the earliest beginning that was received, and never from after its
    /// receipt. So a controller whose clock is ahead makes no drain longer.
    ///
    /// # Errors
    /// [`LimitError::NothingToDrain`] when there is no last wave.
    pub fn with_drain(self, drain: Seconds) -> Result<Self, LimitError> {
        match self.last {
            // A drain of zero is none, so it is accepted without a last wave.
            None if drain > Seconds::default() => Err(LimitError::NothingToDrain),
            _ => Ok(Self { drain, ..self }),
        }
    }

    /// Returns the mission.
    #[must_use]
    pub const fn mission(&self) -> &Mission {
        &self.mission
    }

    /// Returns the first wave in which calls are valid.
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// Returns the last wave in which calls are valid; `None` without a last one.
    #[must_use]
    pub const fn last(&self) -> Option<u64> {
        self.last
    }

    /// Returns the time for which calls stay valid after the beginning of the wave right after the
    /// last.
    #[must_use]
    pub const fn drain(&self) -> Seconds {
        self.drain
    }
}

impl fmt::Display for Waves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            None => write!(f, "from wave {} on", self.first),
            Some(last) if last == self.first => write!(f, "in wave {last}"),
            Some(last) => write!(f, "in waves {} to {last}", self.first),
        }?;
        write!(f, " of mission {}", self.mission)?;
        if self.drain > Seconds::default() {
            write!(f, ", draining for {}", self.drain)?;
        }
        Ok(())
    }
}
