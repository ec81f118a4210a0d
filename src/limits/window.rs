use super::error::LimitError;
use crate::primitives::Timestamp;

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
    pub fn between(from: Timestamp, until: Timestamp) -> Result<Self, LimitError> {
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
    pub const fn until(until: Timestamp) -> Self {
        Self {
            from: None,
            until: Some(until),
        }
    }

    /// From `from` on.
    #[must_use]
    pub const fn from(from: Timestamp) -> Self {
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
}
