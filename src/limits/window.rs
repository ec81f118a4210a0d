use super::error::LimitError;
use crate::primitives::{Seconds, Timestamp};

/// A window of time: from (included) until (not included). An absent end is no extra limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Window {
    /// From `from` on, until before `until`.
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

    /// Until before `until`.
    #[must_use]
    pub const fn closing(until: Timestamp) -> Self {
        Self {
            from: None,
            until: Some(until),
        }
    }

    /// From `from` on.
    #[must_use]
    pub const fn opening(from: Timestamp) -> Self {
        Self {
            from: Some(from),
            until: None,
        }
    }

    /// The first second within.
    #[must_use]
    pub const fn opens(self) -> Option<Timestamp> {
        self.from
    }

    /// The first second after.
    #[must_use]
    pub const fn closes(self) -> Option<Timestamp> {
        self.until
    }

    /// The state of the window at a time. The leeway forgives a clock that is behind at the
    /// opening; it never lengthens the window.
    pub(crate) fn state(self, now: Timestamp, leeway: Seconds) -> WindowState {
        match (self.from, self.until) {
            (Some(opens), _) if now.plus(leeway) < opens => WindowState::NotYet { opens },
            (_, Some(closes)) if now >= closes => WindowState::Closed { closes },
            (None | Some(_), None | Some(_)) => WindowState::Open,
        }
    }
}

/// Where a time lies by a window.
#[derive(Clone, Copy)]
pub(crate) enum WindowState {
    /// Before it.
    NotYet {
        /// The first second within.
        opens: Timestamp,
    },
    /// Within it.
    Open,
    /// After it.
    Closed {
        /// The first second after.
        closes: Timestamp,
    },
}
