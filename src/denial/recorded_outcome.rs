use crate::claims::Outcome;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The outcome that a ledger has recorded of a call. It is written by its name,
/// [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordedOutcome {
    /// The call was reserved, and is not closed.
    Open,
    /// The call was reserved, and closed with this outcome.
    Closed(Outcome),
    /// A charge of the call did not fit, and it did not run.
    Refused,
}

impl RecordedOutcome {
    /// All outcomes.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Closed(Outcome::Done),
        Self::Closed(Outcome::Failed),
        Self::Closed(Outcome::Undone),
        Self::Refused,
    ];

    /// Returns its name: `open`, `done`, `failed`, `undone` or `refused`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed(Outcome::Done) => "done",
            Self::Closed(Outcome::Failed) => "failed",
            Self::Closed(Outcome::Undone) => "undone",
            Self::Refused => "refused",
        }
    }
}

impl AsRef<str> for RecordedOutcome {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for RecordedOutcome {
    type Err = RecordedOutcomeError;
    fn from_str(text: &str) -> Result<Self, RecordedOutcomeError> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(RecordedOutcomeError)
    }
}

impl fmt::Display for RecordedOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of a text that is the name of no recorded outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a recorded outcome is `open`, `done`, `failed`, `undone` or `refused`")]
pub struct RecordedOutcomeError;
