use super::error::LimitError;
use super::source::ArgumentPath;
use crate::primitives::Seconds;
use crate::primitives::bounds::MAX_REMEMBER;
use std::fmt;

/// The argument whose values each have a budget of their own, and the time for which a ledger
/// remembers a value.
///
/// - The path leads through records to a text, a number, or true or false. A call is denied in
///   which the value is missing, or is null, bytes, a record or a list, or in which the path meets
///   a list.
/// - Values differ by spelling and by type: `A-1`, `a-1`, `7` and `"7"` are four. In [any
///   case](Self::with_any_case) the letters A to Z count as a to z. Powers can fix the type and the
///   spelling where that matters.
/// - A value is remembered until `remember` has passed, on the ledger's clock, since a call with it
///   was charged or was closed as done or failed, and while such a call is open. After that its
///   budget begins anew.
///
/// ```
/// use mandatum::Seconds;
/// use mandatum::limits::{LimitError, PerValue};
/// let order = PerValue::new("order".parse()?, Seconds::hours(24))?.with_any_case();
/// assert_eq!(order.to_string(), "for each value of `order` in any case, remembered for 86400 s");
/// assert_eq!(PerValue::new("order".parse()?, Seconds::new(0)), Err(LimitError::Remember));
/// # Ok::<(), LimitError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PerValue {
    path: ArgumentPath,
    remember: Seconds,
    is_any_case: bool,
}

impl PerValue {
    /// Returns the argument at this path, whose values are remembered for this time.
    ///
    /// # Errors
    /// [`LimitError::Remember`] for no time or more than ten years.
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

    /// Counts texts that differ only in the case of ASCII letters as one value.
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

    /// Returns the time for which a value is remembered.
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
