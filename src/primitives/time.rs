use super::bounds::MAX_TIMESTAMP;
use std::fmt;
use thiserror::Error;
use time::OffsetDateTime;

/// Why something is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Before 1970 or after the year 9999.
    #[error("a time lies between 1970 and the end of the year 9999")]
    OutOfRange,
    /// A lifetime ends after it begins.
    #[error("expires at {expires}, which is not after {issued_at}")]
    NeverValid {
        /// When it was issued.
        issued_at: Timestamp,
        /// When it expires.
        expires: Timestamp,
    },
}

/// A point in time in whole seconds since 1970-01-01T00:00:00Z, not after the year 9999.
///
/// The library has no clock: `now` is an argument wherever it matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last representable second, the end of the year 9999.
    pub const MAX: Self = Self(MAX_TIMESTAMP);

    /// The first second of 1970.
    pub const EPOCH: Self = Self(0);

    /// From seconds since 1970.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] after the year 9999.
    pub const fn from_unix(seconds: u64) -> Result<Self, TimeError> {
        if seconds > MAX_TIMESTAMP {
            return Err(TimeError::OutOfRange);
        }
        Ok(Self(seconds))
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn as_unix(self) -> u64 {
        self.0
    }

    /// This time and `by` later, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, by: Seconds) -> Self {
        Self(self.0.saturating_add(by.0).min(MAX_TIMESTAMP))
    }

    /// This time and `by` earlier, at least 1970.
    #[must_use]
    pub const fn minus(self, by: Seconds) -> Self {
        Self(self.0.saturating_sub(by.0))
    }

    /// The time that counts for something which says it is from this time and is received at `now`.
    ///
    /// A sender's clock may be ahead by up to `leeway`: such a time counts as the time of receipt,
    /// so that nothing lives longer by the leeway. A time further ahead counts as absent: `None`.
    #[must_use]
    pub fn received(self, now: Self, leeway: Seconds) -> Option<Self> {
        (self <= now.plus(leeway)).then(|| self.min(now))
    }

    /// The first second in which something from this time is older than `max_age`.
    pub(crate) fn too_old_at(self, max_age: Seconds) -> Self {
        self.plus(max_age).plus(Seconds::new(1))
    }

    /// How long ago `earlier` was; zero when it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Seconds {
        Seconds(self.0.saturating_sub(earlier.0))
    }
}

impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = TimeError;
    fn try_from(at: OffsetDateTime) -> Result<Self, TimeError> {
        let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| TimeError::OutOfRange)?;
        Self::from_unix(seconds)
    }
}

impl From<Timestamp> for OffsetDateTime {
    fn from(at: Timestamp) -> Self {
        i64::try_from(at.0)
            .ok()
            .and_then(|seconds| Self::from_unix_timestamp(seconds).ok())
            .unwrap_or(Self::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = OffsetDateTime::from(*self);
        let (hour, minute, second) = at.to_hms();
        write!(
            f,
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
            at.year(),
            u8::from(at.month()),
            at.day()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(u64);

impl Seconds {
    /// So many seconds.
    #[must_use]
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// So many hours.
    #[must_use]
    pub const fn hours(hours: u64) -> Self {
        Self(hours.saturating_mul(3600))
    }

    /// The number of seconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

/// From when until when a token lives: issued at, and expires after that. It is valid *before*
/// `expires`, not at it (RFC 8392 section 3.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lifetime {
    issued_at: Timestamp,
    expires: Timestamp,
}

impl Lifetime {
    /// A lifetime of at least one second.
    ///
    /// # Errors
    /// [`TimeError::NeverValid`] when `expires` is not after `issued_at`.
    pub fn new(issued_at: Timestamp, expires: Timestamp) -> Result<Self, TimeError> {
        if expires <= issued_at {
            return Err(TimeError::NeverValid { issued_at, expires });
        }
        Ok(Self { issued_at, expires })
    }

    /// When it was issued.
    #[must_use]
    pub const fn issued_at(self) -> Timestamp {
        self.issued_at
    }

    /// The first second in which it is no longer valid.
    #[must_use]
    pub const fn expires(self) -> Timestamp {
        self.expires
    }

    /// Whether it has begun by a clock that may be behind the issuer's by `leeway`.
    pub(crate) fn has_begun(self, now: Timestamp, leeway: Seconds) -> bool {
        self.issued_at.received(now, leeway).is_some()
    }

    /// Whether it is over. No leeway lengthens it.
    pub(crate) fn is_over(self, now: Timestamp) -> bool {
        now >= self.expires
    }

    /// How long it lives.
    #[must_use]
    pub const fn length(self) -> Seconds {
        self.expires.since(self.issued_at)
    }
}
