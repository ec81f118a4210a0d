use super::error::LimitError;
use crate::primitives::{Mission, Seconds};
use std::fmt;

/// The waves of a mission in which calls are good: from the first (included) to the last
/// (included). Absent a last one, from the first on.
///
/// The mission's current wave comes from its status, so the mandate must live by that mission (rule
/// 17 on [`Chain`](crate::Chain)). Waves only ever go up; a wave that is over does not come back.
///
/// ```
/// use mandatum::limits::Waves;
/// use mandatum::{Mission, Seconds, SigningKey};
/// let mission = Mission::new(SigningKey::from_seed(&[1; 32]).public(), "qbr/acme".parse()?, [1; 16]);
/// let waves = Waves::new(mission, 1, 2)?.with_drain(Seconds::new(60))?;
/// assert_eq!(waves.to_string(), "in waves 1 to 2 of mission qbr/acme, draining for 60 s");
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
    /// One wave only.
    #[must_use]
    pub const fn only(mission: Mission, wave: u64) -> Self {
        Self {
            mission,
            first: wave,
            last: Some(wave),
            drain: Seconds::new(0),
        }
    }

    /// From `first` on.
    #[must_use]
    pub const fn starting_at(mission: Mission, first: u64) -> Self {
        Self {
            mission,
            first,
            last: None,
            drain: Seconds::new(0),
        }
    }

    /// From `first` to `last`, both included.
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

    /// With so many seconds for stragglers: in the wave right after the last, calls are still valid
    /// for so long after it began.
    ///
    /// The seconds count from the earliest beginning that was received, and never from after its
    /// receipt; so a controller whose clock is ahead makes no drain longer.
    ///
    /// # Errors
    /// [`LimitError::NothingToDrain`] when there is no last wave.
    pub fn with_drain(self, drain: Seconds) -> Result<Self, LimitError> {
        match self.last {
            None if drain > Seconds::default() => Err(LimitError::NothingToDrain),
            _ => Ok(Self { drain, ..self }),
        }
    }

    /// Whose waves.
    #[must_use]
    pub const fn mission(&self) -> &Mission {
        &self.mission
    }

    /// The first wave in which calls are good.
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The last wave in which they are; absent: no last one.
    #[must_use]
    pub const fn last(&self) -> Option<u64> {
        self.last
    }

    /// How long after the beginning of the wave right after the last they still are.
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
