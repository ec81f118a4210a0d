use super::error::LimitError;
use crate::primitives::{Seconds, Timestamp};

/// A window of time, from its first second up to, and without, the second in which it closes. An
/// absent end does not limit.
///
/// ```
/// use mandatum::Timestamp;
/// use mandatum::limits::{LimitError, Window};
/// let [from, until] = [1_767_225_600, 1_767_229_200].map(Timestamp::from_unix);
/// let (from, until) = (from?, until?);
/// assert_eq!(Window::new(from, until)?.closes(), Some(until));
/// assert_eq!(Window::new(until, from), Err(LimitError::EmptyWindow { from: until, until: from }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Window {
    /// Returns a window that opens at `from` and closes at `until`.
    ///
    /// # Errors
    /// [`LimitError::EmptyWindow`] when `until` is not after `from`.
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, LimitError> {
        if until <= from {
            return Err(LimitError::EmptyWindow { from, until });
        }
        Ok(Self {
            from: Some(from),
            until: Some(until),
        })
    }

    /// Returns a window that closes at `until`.
    #[must_use]
    pub const fn closing(until: Timestamp) -> Self {
        Self {
            from: None,
            until: Some(until),
        }
    }

    /// Returns a window that opens at `from`.
    #[must_use]
    pub const fn opening(from: Timestamp) -> Self {
        Self {
            from: Some(from),
            until: None,
        }
    }

    /// Returns the first second within the window.
    #[must_use]
    pub const fn opens(self) -> Option<Timestamp> {
        self.from
    }

    /// Returns the first second after the window.
    #[must_use]
    pub const fn closes(self) -> Option<Timestamp> {
        self.until
    }

    /// Returns the state of the window at a time. The leeway forgives a clock that is behind at the
    /// opening; it never lengthens the window.
    pub(crate) fn state(self, now: Timestamp, leeway: Seconds) -> WindowState {
        match (self.from, self.until) {
            (Some(opens), _) if now.plus(leeway) < opens => WindowState::NotYet { opens },
            (_, Some(closes)) if now >= closes => WindowState::Closed { closes },
            // Each end is absent, or one of the arms above found the time within it.
            (None | Some(_), None | Some(_)) => WindowState::Open,
        }
    }
}

/// The position of a time relative to a window.
#[derive(Clone, Copy)]
pub(crate) enum WindowState {
    /// The time is before the window.
    NotYet {
        /// The first second within.
        opens: Timestamp,
    },
    /// The time is within the window.
    Open,
    /// The time is after the window.
    Closed {
        /// The first second after.
        closes: Timestamp,
    },
}
