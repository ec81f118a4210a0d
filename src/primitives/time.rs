use super::bounds::MAX_TIMESTAMP;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};
use thiserror::Error;
use time::{Date, Month, OffsetDateTime};

/// Reason why a value is not a time, a length of time or a lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The time is before 1970 or after the year 9999.
    #[error("a time lies between 1970 and the end of the year 9999")]
    OutOfRange,
    /// The length of time has a part of a second.
    #[error("a length of time is in whole seconds")]
    PartOfSecond,
    /// The text is not of the form `2026-01-01T00:00:00Z`.
    #[error("a time is written as `2026-01-01T00:00:00Z`")]
    NotRfc3339,
    /// The lifetime does not end after it begins.
    #[error("expires at {expires}, which is not after {issued_at}")]
    NeverValid {
        /// Beginning of the lifetime.
        issued_at: Timestamp,
        /// End of the lifetime.
        expires: Timestamp,
    },
}

/// A point in time in whole seconds since 1970-01-01T00:00:00Z, not after the year 9999.
///
/// The library has no clock: `now` is an argument of every function that needs it.
///
/// ```
/// use mandatum::primitives::TimeError;
/// use mandatum::{Seconds, Timestamp};
/// let now = Timestamp::from_unix(1_767_225_600)?;
/// assert_eq!(now.to_string(), "2026-01-01T00:00:00Z");
/// assert_eq!(now.plus(Seconds::minutes(5)).since(now), Seconds::new(300));
/// assert_eq!("2026-01-01 00:00".parse::<Timestamp>(), Err(TimeError::NotRfc3339));
/// # Ok::<(), TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last representable second, the end of the year 9999.
    pub const MAX: Self = Self(MAX_TIMESTAMP);

    /// The first second of 1970.
    pub const EPOCH: Self = Self(0);

    /// Makes a time from the seconds since 1970.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] for a time after the year 9999, such as one in milliseconds.
    pub const fn from_unix(seconds: u64) -> Result<Self, TimeError> {
        if seconds > MAX_TIMESTAMP {
            return Err(TimeError::OutOfRange);
        }
        Ok(Self(seconds))
    }

    /// Returns the seconds since 1970.
    #[must_use]
    pub const fn as_unix(self) -> u64 {
        self.0
    }

    /// Returns the time that is `by` later, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, by: Seconds) -> Self {
        Self(self.0.saturating_add(by.0).min(MAX_TIMESTAMP))
    }

    /// Returns the time that is `by` earlier, at least [`Timestamp::EPOCH`].
    #[must_use]
    pub const fn minus(self, by: Seconds) -> Self {
        Self(self.0.saturating_sub(by.0))
    }

    /// Returns the time that counts for a message that states this time and is received at `now`.
    ///
    /// The clock of the sender may be ahead by up to `leeway`. Such a time counts as the time of
    /// receipt, so the leeway makes nothing live longer. A time further ahead counts as absent:
    /// `None`.
    ///
    /// ```
    /// use mandatum::{Seconds, Timestamp};
    /// let (now, leeway) = (Timestamp::from_unix(1_000)?, Seconds::new(30));
    /// assert_eq!(Timestamp::EPOCH.received(now, leeway), Some(Timestamp::EPOCH));
    /// assert_eq!(Timestamp::from_unix(1_030)?.received(now, leeway), Some(now));
    /// assert_eq!(Timestamp::from_unix(1_031)?.received(now, leeway), None);
    /// # Ok::<(), mandatum::primitives::TimeError>(())
    /// ```
    #[must_use]
    pub fn received(self, now: Self, leeway: Seconds) -> Option<Self> {
        (self <= now.plus(leeway)).then(|| self.min(now))
    }

    /// Returns the first second in which a state as of this time is older than `max_age`.
    pub(crate) fn too_old_at(self, max_age: Seconds) -> Self {
        self.plus(max_age).plus(Seconds::new(1))
    }

    fn date_time(self) -> OffsetDateTime {
        // Every timestamp is in the range of `time`, which also ends with the year 9999. So the
        // default is never taken.
        i64::try_from(self.0)
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the length of time since `earlier`, or zero if that is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Seconds {
        Seconds(self.0.saturating_sub(earlier.0))
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimeError;

    /// Drops the part of a second. A host converts the time of its clock this way.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] for a time before 1970 or after the year 9999.
    fn try_from(at: SystemTime) -> Result<Self, TimeError> {
        let since_1970 = at
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_err(|_| TimeError::OutOfRange)?;
        Self::from_unix(since_1970.as_secs())
    }
}

impl From<Timestamp> for SystemTime {
    fn from(at: Timestamp) -> Self {
        // The clock type of every platform reaches beyond the year 9999, so the default is never
        // taken.
        Self::UNIX_EPOCH
            .checked_add(Duration::from_secs(at.0))
            .unwrap_or(Self::UNIX_EPOCH)
    }
}

#[cfg(feature = "time")]
impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = TimeError;
    fn try_from(at: OffsetDateTime) -> Result<Self, TimeError> {
        let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| TimeError::OutOfRange)?;
        Self::from_unix(seconds)
    }
}

#[cfg(feature = "time")]
impl From<Timestamp> for OffsetDateTime {
    fn from(at: Timestamp) -> Self {
        at.date_time()
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339, in UTC and without a part of a second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.date_time();
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

impl FromStr for Timestamp {
    type Err = TimeError;

    /// Reads the form that `Display` writes, and no other form of RFC 3339.
    ///
    /// # Errors
    /// [`TimeError::NotRfc3339`] for `2026-01-01T00:00:00+00:00`, and [`TimeError::OutOfRange`] for
    /// `1969-12-31T23:59:59Z`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let at = read_utc(text).ok_or(TimeError::NotRfc3339)?;
        let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| TimeError::OutOfRange)?;
        Self::from_unix(seconds)
    }
}

/// Reads `2026-01-01T00:00:00Z`.
fn read_utc(text: &str) -> Option<OffsetDateTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?.map(u8::try_from);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    let at = date.with_hms(hour.ok()?, minute.ok()?, second.ok()?).ok()?;
    Some(at.assume_utc())
}

/// Reads three numbers of exactly so many digits, with `between` between them.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(between);
    let read = digits.map(|digits| {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok())?
    });
    match (read, parts.next()) {
        ([Some(first), Some(second), Some(third)], None) => Some([first, second, third]),
        _ => None,
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// A length of time in whole seconds.
///
/// ```
/// use mandatum::primitives::TimeError;
/// use mandatum::Seconds;
/// use std::time::Duration;
/// assert_eq!(Seconds::hours(2), Seconds::minutes(120));
/// assert_eq!(Seconds::try_from(Duration::from_secs(90)), Ok(Seconds::new(90)));
/// assert_eq!(Seconds::try_from(Duration::from_millis(1_500)), Err(TimeError::PartOfSecond));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(u64);

impl Seconds {
    /// Makes a length of so many seconds.
    #[must_use]
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Makes a length of so many minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// Makes a length of so many hours.
    #[must_use]
    pub const fn hours(hours: u64) -> Self {
        Self(hours.saturating_mul(3600))
    }

    /// Returns the number of seconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<Duration> for Seconds {
    type Error = TimeError;

    /// Converts a length of whole seconds. A length with a part of a second is not rounded, because
    /// a rounded limit is another limit.
    ///
    /// # Errors
    /// [`TimeError::PartOfSecond`] for 1.5 seconds.
    fn try_from(length: Duration) -> Result<Self, TimeError> {
        match length.subsec_nanos() {
            0 => Ok(Self(length.as_secs())),
            _ => Err(TimeError::PartOfSecond),
        }
    }
}

impl From<Seconds> for Duration {
    fn from(length: Seconds) -> Self {
        Self::from_secs(length.0)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

/// The time in which a token is valid, from its issue to its expiry. It is valid *before*
/// `expires`, not at it (RFC 8392 section 3.1.4).
///
/// ```
/// use mandatum::primitives::TimeError;
/// use mandatum::{Lifetime, Seconds, Timestamp};
/// let issued_at = Timestamp::from_unix(1_767_225_600)?;
/// let lifetime = Lifetime::new(issued_at, issued_at.plus(Seconds::hours(8)))?;
/// assert_eq!(lifetime.length(), Seconds::hours(8));
/// assert!(matches!(Lifetime::new(issued_at, issued_at), Err(TimeError::NeverValid { .. })));
/// # Ok::<(), TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lifetime {
    issued_at: Timestamp,
    expires: Timestamp,
}

impl Lifetime {
    /// Makes a lifetime of at least one second.
    ///
    /// # Errors
    /// [`TimeError::NeverValid`] when `expires` is not after `issued_at`.
    pub fn new(issued_at: Timestamp, expires: Timestamp) -> Result<Self, TimeError> {
        if expires <= issued_at {
            return Err(TimeError::NeverValid { issued_at, expires });
        }
        Ok(Self { issued_at, expires })
    }

    /// Returns the time of issue.
    #[must_use]
    pub const fn issued_at(self) -> Timestamp {
        self.issued_at
    }

    /// Returns the first second in which the token is no longer valid.
    #[must_use]
    pub const fn expires(self) -> Timestamp {
        self.expires
    }

    /// Returns whether the lifetime has begun. Our clock may be behind the issuer's by `leeway`.
    pub(crate) fn has_begun(self, now: Timestamp, leeway: Seconds) -> bool {
        self.issued_at.received(now, leeway).is_some()
    }

    /// Returns whether the lifetime is over. The leeway does not lengthen it.
    pub(crate) fn is_over(self, now: Timestamp) -> bool {
        now >= self.expires
    }

    /// Returns the length of the lifetime.
    #[must_use]
    pub const fn length(self) -> Seconds {
        self.expires.since(self.issued_at)
    }
}
