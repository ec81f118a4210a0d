use thiserror::Error;

/// The work of a question is bounded, and it was not enough.
///
/// Real powers and calls stay far below the bound; a nest of patterns built to be slow does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the question takes more work than is granted for it")]
pub struct OutOfWork;

/// A budget of steps, spent by everything whose cost an attacker could choose.
///
/// Steps, not wall time, so that the same input gets the same verdict on every machine.
#[derive(Debug)]
pub struct Work {
    left: u64,
    /// For tests, which compare it with what was really done.
    #[cfg(test)]
    spent: u64,
}

impl Work {
    /// A budget of so many steps.
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
    /// [`OutOfWork`] when fewer are left; the budget is then empty.
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
                self.left = 0;
                Err(OutOfWork)
            }
        }
    }

    /// A budget of what is left of this one, for a question that goes on where this one ended.
    pub(crate) const fn rest(&self) -> Self {
        Self::new(self.left)
    }

    /// Steps that were spent of it.
    #[cfg(test)]
    pub(crate) const fn spent(&self) -> u64 {
        self.spent
    }

    /// Spends one step for each of `items`.
    pub(crate) fn spend_len(&mut self, items: usize) -> Result<(), OutOfWork> {
        self.spend(u64::try_from(items).unwrap_or(u64::MAX))
    }
}
