use super::error::LimitError;
use super::source::ArgumentPath;
use crate::primitives::Seconds;
use crate::primitives::bounds::MAX_REMEMBER;
use std::fmt;

/// The argument whose every value has a budget of its own, and how long a ledger remembers a value.
///
/// - The path leads through records to a text, a number, or true or false. A call in which it is
///   missing is denied, and so is one in which it leads to null, bytes, a record or a list, or
///   meets a list on the way.
/// - Values are told apart as they are spelled, and by their type: `A-1`, `a-1`, `7` and `"7"` are
///   four. In [any case](Self::with_any_case) the letters A to Z count as a to z. Powers pin type
///   and spelling where that matters.
/// - A value is remembered until `remember` has passed, on the ledger's clock, since a call with it
///   was charged or was closed as done or failed, and while such a call is open. After that its
///   budget begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PerValue {
    path: ArgumentPath,
    remember: Seconds,
    is_any_case: bool,
}

impl PerValue {
    /// For each value at this path, remembered for so long.
    ///
    /// # Errors
    /// [`LimitError::Remember`] for no time at all or more than ten years.
    pub fn new(path: ArgumentPath, remember: Seconds) -> Result<Self, LimitError> {
        if (1..=MAX_REMEMBER).contains(&remember.get()) {
            Ok(Self {
                path,
                remember,
                is_any_case: false,
            })
        } else {
            Err(LimitError::Remember)
        }
    }

    /// Texts that differ only in the case of ASCII letters are one value.
    #[must_use]
    pub fn with_any_case(self) -> Self {
        Self {
            is_any_case: true,
            ..self
        }
    }

    /// Returns the path to the value.
    #[must_use]
    pub const fn path(&self) -> &ArgumentPath {
        &self.path
    }

    /// Returns how long a value is remembered.
    #[must_use]
    pub const fn remember(&self) -> Seconds {
        self.remember
    }

    /// Returns whether the case of ASCII letters makes no difference.
    #[must_use]
    pub const fn is_any_case(&self) -> bool {
        self.is_any_case
    }
}

impl fmt::Display for PerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "for each value of {}", self.path)?;
        if self.is_any_case {
            f.write_str(" in any case")?;
        }
        write!(f, ", remembered for {}", self.remember)
    }
}
