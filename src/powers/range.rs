use crate::primitives::Number;
use std::cmp::Ordering;
use thiserror::Error;

/// Why bounds make no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RangeError {
    /// No number lies within.
    #[error("no number lies between {low} and {high} with these ends")]
    Empty {
        /// The lower end.
        low: Number,
        /// The upper end.
        high: Number,
    },
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The end itself is within.
    Inclusive(Number),
    /// The end itself is not within.
    Exclusive(Number),
}

impl Bound {
    /// The number at this end.
    #[must_use]
    pub const fn number(self) -> Number {
        match self {
            Self::Inclusive(number) | Self::Exclusive(number) => number,
        }
    }
}

/// Numbers from one end to the other; an absent end is no extra limit. Numbers are taken as dense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    low: Option<Bound>,
    high: Option<Bound>,
}

impl Range {
    /// The numbers between `low` and `high`.
    ///
    /// # Errors
    /// [`RangeError::Empty`] when there is none: the ends are crossed, or equal and not both
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

    /// The numbers up to `high`, which is within.
    #[must_use]
    pub const fn up_to(high: Number) -> Self {
        Self {
            low: None,
            high: Some(Bound::Inclusive(high)),
        }
    }

    /// The lower end.
    #[must_use]
    pub const fn low(self) -> Option<Bound> {
        self.low
    }

    /// The upper end.
    #[must_use]
    pub const fn high(self) -> Option<Bound> {
        self.high
    }

    /// Whether `number` lies within.
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

    pub(super) const fn is_unbounded(self) -> bool {
        self.low.is_none() && self.high.is_none()
    }

    /// The one number within, if there is just one.
    pub(super) fn single(self) -> Option<Number> {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low.number() == high.number() => Some(low.number()),
            _ => None,
        }
    }

    /// Returns whether every number within `child` is within this: one comparison for each end.
    pub(super) fn covers(self, child: Self) -> bool {
        is_no_tighter(self.low, child.low, Ordering::Less)
            && is_no_tighter(self.high, child.high, Ordering::Greater)
    }

    pub(super) fn meet(self, other: Self) -> Option<Self> {
        let low = tighter(self.low, other.low, |a, b| a > b);
        let high = tighter(self.high, other.high, |a, b| a < b);
        Self::new(low, high).ok()
    }
}

/// Returns whether an end leaves all that the child's end leaves; `outside` is where it stands if
/// it is another number.
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

/// The end that leaves less; at the same number an exclusive end does.
fn tighter(a: Option<Bound>, b: Option<Bound>, wins: fn(Number, Number) -> bool) -> Option<Bound> {
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (only, None) | (None, only) => return only,
    };
    let a_wins = if a.number() == b.number() {
        matches!(a, Bound::Exclusive(_))
    } else {
        wins(a.number(), b.number())
    };
    Some(if a_wins { a } else { b })
}
