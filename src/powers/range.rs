use crate::primitives::Number;
use std::cmp::Ordering;
use thiserror::Error;

/// Reason why bounds do not make a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RangeError {
    /// No number lies between the ends.
    #[error("no number lies between {low} and {high} with these ends")]
    Empty {
        /// Lower end.
        low: Number,
        /// Upper end.
        high: Number,
    },
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The end itself is in the range.
    Inclusive(Number),
    /// The end itself is outside of the range.
    Exclusive(Number),
}

impl Bound {
    /// Returns the number at this end.
    #[must_use]
    pub const fn number(self) -> Number {
        match self {
            Self::Inclusive(number) | Self::Exclusive(number) => number,
        }
    }
}

/// The numbers from one end to the other. An absent end sets no limit.
///
/// Numbers count as dense: between two different numbers there is always another.
///
/// ```
/// use mandatum::powers::{Bound, Range, RangeError};
/// let zero = Bound::Exclusive(0.into());
/// let positive = Range::new(Some(zero), Some(Bound::Inclusive(100.into())))?;
/// assert!(positive.admits(100.into()) && !positive.admits(0.into()));
/// // Nothing lies above 0 and below 0.
/// assert!(matches!(Range::new(Some(zero), Some(zero)), Err(RangeError::Empty { .. })));
/// # Ok::<(), RangeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    low: Option<Bound>,
    high: Option<Bound>,
}

impl Range {
    /// Makes the range of the numbers between `low` and `high`.
    ///
    /// # Errors
    /// [`RangeError::Empty`] when `low` is above `high`, or when they are equal and not both
    /// inclusive.
    pub fn new(low: Option<Bound>, high: Option<Bound>) -> Result<Self, RangeError> {
        if let (Some(from), Some(to)) = (low, high) {
            let both_inclusive = matches!((from, to), (Bound::Inclusive(_), Bound::Inclusive(_)));
            let (from, to) = (from.number(), to.number());
            if from > to || (from == to && !both_inclusive) {
                return Err(RangeError::Empty {
                    low: from,
                    high: to,
                });
            }
        }
        Ok(Self { low, high })
    }

    /// Makes the range of the numbers up to `high`, included.
    #[must_use]
    pub const fn up_to(high: Number) -> Self {
        Self {
            low: None,
            high: Some(Bound::Inclusive(high)),
        }
    }

    /// Returns the lower end.
    #[must_use]
    pub const fn low(self) -> Option<Bound> {
        self.low
    }

    /// Returns the upper end.
    #[must_use]
    pub const fn high(self) -> Option<Bound> {
        self.high
    }

    /// Returns whether `number` is in the range.
    #[must_use]
    pub fn admits(self, number: Number) -> bool {
        let above = match self.low {
            None => true,
            Some(Bound::Inclusive(low)) => number >= low,
            Some(Bound::Exclusive(low)) => number > low,
        };
        let below = match self.high {
            None => true,
            Some(Bound::Inclusive(high)) => number <= high,
            Some(Bound::Exclusive(high)) => number < high,
        };
        above && below
    }

    /// Returns whether every number is in the range.
    pub(super) const fn is_unbounded(self) -> bool {
        self.low.is_none() && self.high.is_none()
    }

    /// Returns the only number in the range, if there is exactly one.
    pub(super) fn single(self) -> Option<Number> {
        match (self.low, self.high) {
            // Equal ends are both inclusive, as `new` checks.
            (Some(low), Some(high)) if low.number() == high.number() => Some(low.number()),
            _ => None,
        }
    }

    /// Returns whether every number in `child` is in this range: one comparison for each end.
    pub(super) fn covers(self, child: Self) -> bool {
        is_no_tighter(self.low, child.low, Ordering::Less)
            && is_no_tighter(self.high, child.high, Ordering::Greater)
    }

    /// Returns the numbers in both ranges, or `None` when there is none.
    pub(super) fn meet(self, other: Self) -> Option<Self> {
        let low = tighter(self.low, other.low, |a, b| a > b);
        let high = tighter(self.high, other.high, |a, b| a < b);
        Self::new(low, high).ok()
    }
}

/// Returns whether an end admits all that the child's end admits. When the two numbers differ, this
/// holds if the parent's compares as `outside` to the child's.
fn is_no_tighter(end: Option<Bound>, child: Option<Bound>, outside: Ordering) -> bool {
    let (end, child) = match (end, child) {
        (None, _) => return true,
        (Some(_), None) => return false,
        (Some(end), Some(child)) => (end, child),
    };
    match end.number().cmp(&child.number()) {
        Ordering::Equal => matches!(
            (end, child),
            (Bound::Inclusive(_), _) | (_, Bound::Exclusive(_))
        ),
        order @ (Ordering::Less | Ordering::Greater) => order == outside,
    }
}

/// Returns the end that admits less. At the same number, an exclusive end admits less than an
/// inclusive one.
fn tighter(a: Option<Bound>, b: Option<Bound>, wins: fn(Number, Number) -> bool) -> Option<Bound> {
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        // An absent end sets no limit, so the other counts.
        (only, None) | (None, only) => return only,
    };
    let a_wins = if a.number() == b.number() {
        matches!(a, Bound::Exclusive(_))
    } else {
        wins(a.number(), b.number())
    };
    Some(if a_wins { a } else { b })
}
