use thiserror::Error;

/// Error for a question that takes more steps of work than are granted for it.
///
/// Ordinary powers and calls stay far below the bound. Nested patterns that were built to be slow
/// exceed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the question takes more work than is granted for it")]
pub struct OutOfWork;

/// A budget of steps, spent by every computation whose cost an attacker could choose.
///
/// Work is counted in steps and not in time, so the same input gets the same verdict on every
/// machine.
///
/// ```
/// use mandatum::primitives::{OutOfWork, Work};
/// let mut work = Work::new(10);
/// assert_eq!(work.spend(7), Ok(()));
/// assert_eq!(work.spend(4), Err(OutOfWork));
/// assert_eq!(work.spend(1), Err(OutOfWork)); // the budget is empty now
/// ```
#[derive(Debug)]
pub struct Work {
    left: u64,
    /// The steps that were spent, for tests that compare them with the operations really done.
    #[cfg(test)]
    spent: u64,
}

impl Work {
    /// Makes a budget of so many steps.
    #[must_use]
    pub const fn new(steps: u64) -> Self {
        Self {
            left: steps,
            #[cfg(test)]
            spent: 0,
        }
    }

    /// Spends `steps`.
    ///
    /// # Errors
    /// [`OutOfWork`] when fewer steps are left. The budget is then empty.
    pub fn spend(&mut self, steps: u64) -> Result<(), OutOfWork> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                #[cfg(test)]
                {
                    self.spent = self.spent.saturating_add(steps);
                }
                self.left = left;
                Ok(())
            }
            None => {
                // A cheaper question asked next must not succeed: the verdict would then depend on
                // the order of the questions.
                self.left = 0;
                Err(OutOfWork)
            }
        }
    }

    /// Returns a budget of the steps that are left of this one.
    pub(crate) const fn rest(&self) -> Self {
        Self::new(self.left)
    }

    /// Returns the number of steps that were spent.
    #[cfg(test)]
    pub(crate) const fn spent(&self) -> u64 {
        self.spent
    }

    /// Spends one step for each of `items`.
    pub(crate) fn spend_len(&mut self, items: usize) -> Result<(), OutOfWork> {
        // A length fits 64 bits on every platform that Rust supports.
        self.spend(u64::try_from(items).unwrap_or(u64::MAX))
    }
}
