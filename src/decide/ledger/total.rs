use crate::ground::Number;

/// An exact sum of amounts, none of them negative.
///
/// A [`Number`] has 128 bits for all its digits, so a large one and a tiny one have no sum in it. This one has 128 bits before the
/// point and 18 digits after it. A sum of two numbers always fits, and a sum that does not fit is more than any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Total {
    // The order of the fields is that of the digits, so the derived order is that of the sums.
    whole: u128,
    /// In units of 10⁻¹⁸; less than one.
    rest: u64,
}

/// 10¹⁸: the units of `rest` in one.
const ONE: u64 = 1_000_000_000_000_000_000;

/// The number is below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Negative;

impl TryFrom<Number> for Total {
    type Error = Negative;

    fn try_from(number: Number) -> Result<Self, Negative> {
        let (whole, rest) = number.parts();
        // The rest is never negative: the whole is rounded down.
        match (u128::try_from(whole), u64::try_from(rest)) {
            (Ok(whole), Ok(rest)) => Ok(Self { whole, rest }),
            _ => Err(Negative),
        }
    }
}

impl Total {
    pub(super) const ZERO: Self = Self { whole: 0, rest: 0 };

    /// Returns the exact sum; `None` where it does not fit.
    pub(super) fn checked_add(self, other: Self) -> Option<Self> {
        // Both rests are below 10¹⁸, so their sum is below 2⁶⁴.
        let rest = self.rest.checked_add(other.rest)?;
        let whole = self.whole.checked_add(other.whole)?;
        match rest.checked_sub(ONE) {
            Some(rest) => Some(Self { whole: whole.checked_add(1)?, rest }),
            None => Some(Self { whole, rest }),
        }
    }

    /// Returns the exact difference; `None` where it is below zero.
    pub(super) fn checked_sub(self, other: Self) -> Option<Self> {
        let whole = self.whole.checked_sub(other.whole)?;
        match self.rest.checked_sub(other.rest) {
            Some(rest) => Some(Self { whole, rest }),
            None => {
                Some(Self { whole: whole.checked_sub(1)?, rest: self.rest.checked_add(ONE)?.checked_sub(other.rest)? })
            }
        }
    }

    /// Returns the least number that is not less, or the greatest of all numbers.
    pub(super) fn rounded_up(self) -> Number {
        self.rounded(true)
    }

    /// Returns the greatest number that is not more.
    pub(super) fn rounded_down(self) -> Number {
        self.rounded(false)
    }

    /// Tries as many digits after the point as it has, then fewer.
    fn rounded(self, is_up: bool) -> Number {
        (0..=self.digits())
            .rev()
            .find_map(|digits| self.with_digits(digits, is_up))
            .unwrap_or_else(|| Number::from(i128::MAX))
    }

    /// The digits after the point that are needed to write it.
    fn digits(self) -> u32 {
        let mut rest = self.rest;
        if rest == 0 {
            return 0;
        }
        let mut digits = 18_u32;
        while rest % 10 == 0 {
            rest /= 10;
            digits = digits.saturating_sub(1);
        }
        digits
    }

    /// Returns it with so many digits after the point, if that is a number.
    fn with_digits(self, digits: u32, is_up: bool) -> Option<Number> {
        let (unit, shift) = (10_u64.checked_pow(18_u32.checked_sub(digits)?)?, 10_u128.checked_pow(digits)?);
        let coefficient = self.whole.checked_mul(shift)?.checked_add(u128::from(self.rest.checked_div(unit)?))?;
        let is_cut = self.rest.checked_rem(unit)? != 0;
        let coefficient = coefficient.checked_add(u128::from(is_up && is_cut))?;
        Number::new(i128::try_from(coefficient).ok()?, digits).ok()
    }
}
