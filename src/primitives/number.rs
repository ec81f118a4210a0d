//! Exact decimal numbers. Their texts are in [`text`], the arithmetic of their digits in
//! [`digits`].

mod digits;
mod text;

use super::bounds::MAX_NUMBER_EXPONENT;
use super::tally;
use digits::{Magnitude, count_digits, ends_in_zero, pow10};
use std::cmp::Ordering;
use thiserror::Error;

/// Reason why a text or the result of a computation is not a [`Number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NumberError {
    /// The text is not a decimal number as JSON writes them.
    #[error("not a decimal number")]
    NotANumber,
    /// The number has more digits than the coefficient holds. No digit is dropped.
    #[error("the digits of the number do not fit 128 bits")]
    Overflow,
    /// The exponent is out of bounds: the number is too large, or has too many digits after the
    /// point.
    #[error(
        "the exponent of the number is outside −{MAX_NUMBER_EXPONENT} to {MAX_NUMBER_EXPONENT}"
    )]
    Exponent,
}

/// An exact decimal number: a coefficient of 128 bits, signed, times ten to the power of an
/// exponent from −400 to 400.
///
/// It can hold the shortest text of every double (`5e-324`, `1.7976931348623157e308`). Arithmetic
/// never rounds: a result that needs more digits is an error, and so is a text that has more.
///
/// Each value has one form, so equal numbers are equal bytes (`1.0` is `1`, `-0` is `0`):
///
/// - a whole number that fits 128 bits has the exponent 0;
/// - any other has a coefficient that is not divisible by ten.
///
/// There is no conversion from floats. A float has no decimal digits of its own, and for some
/// floats two texts are equally short and near. Only the writer of the text knows which of them a
/// tool receives. So a number is read from the text that is sent (`FromStr`).
///
/// ```
/// use mandatum::primitives::Number;
/// let price: Number = "2600.50".parse()?;
/// assert_eq!(price, Number::new(26005, 1)?);
/// assert_eq!(price.checked_add(price)?.to_string(), "5201");
/// assert!("0.1".parse::<Number>()? < Number::from(1));
/// assert_eq!("1E+300".parse::<Number>()?, Number::scientific(1, 300)?);
/// # Ok::<(), mandatum::primitives::NumberError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    /// The upper half of the coefficient. An `i128` would be aligned to 16 bytes, which would make
    /// every value and every end of a range half as large again.
    high: i64,
    /// The lower half of the coefficient.
    low: u64,
    exponent: i16,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self {
        high: 0,
        low: 0,
        exponent: 0,
    };

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "each half is cut off on purpose"
    )]
    const fn of_parts(coefficient: i128, exponent: i16) -> Self {
        Self {
            high: (coefficient >> 64) as i64,
            low: coefficient as u64,
            exponent,
        }
    }

    /// Returns `coefficient` × 10^−`scale` in its one form. That is an amount with so many digits
    /// after the point.
    ///
    /// # Errors
    /// [`NumberError::Exponent`] when more than 400 digits after the point remain.
    pub fn new(coefficient: i128, scale: u32) -> Result<Self, NumberError> {
        Self::normal(coefficient, i64::from(scale).saturating_neg())
    }

    /// Returns `coefficient` × 10^`exponent` in its one form.
    ///
    /// # Errors
    /// [`NumberError::Exponent`] when the exponent of that form is outside −400 to 400. That is so
    /// for `(1, 401)` and `(1, -401)`, but not for `(0, 401)` or `(10, -401)`.
    pub fn scientific(coefficient: i128, exponent: i32) -> Result<Self, NumberError> {
        Self::normal(coefficient, exponent.into())
    }

    /// Brings a coefficient and an exponent into the one form.
    fn normal(coefficient: i128, exponent: i64) -> Result<Self, NumberError> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        if exponent >= 0 {
            if let Some(whole) = shifted(coefficient, exponent) {
                return Ok(Self::of_parts(whole, 0));
            }
        }
        let (mut coefficient, mut exponent) = (coefficient, exponent);
        while exponent != 0 && ends_in_zero(coefficient.unsigned_abs()) {
            coefficient /= 10;
            exponent = exponent.saturating_add(1);
            tally::count(4);
        }
        Ok(Self::of_parts(coefficient, in_bounds(exponent)?))
    }

    /// Returns `coefficient` × 10^`exponent` if that is the one form of a number, and the number is
    /// not a whole one of 128 bits. Returns `None` for every other form.
    ///
    /// It never divides, so a number in another form costs its reader nothing.
    pub(crate) fn from_form(
        coefficient: i128,
        exponent: i128,
    ) -> Result<Option<Self>, NumberError> {
        if exponent == 0 || ends_in_zero(coefficient.unsigned_abs()) {
            return Ok(None);
        }
        let exponent = i64::try_from(exponent).map_err(|_| NumberError::Exponent)?;
        let is_whole = exponent > 0 && shifted(coefficient, exponent).is_some();
        Ok(if is_whole {
            None
        } else {
            Some(Self::of_parts(coefficient, in_bounds(exponent)?))
        })
    }

    /// Returns the coefficient, which is the number divided by 10^[`exponent`](Self::exponent).
    #[must_use]
    #[expect(
        clippy::as_conversions,
        reason = "both halves fit, and `From` is not for constants"
    )]
    pub const fn coefficient(self) -> i128 {
        (self.high as i128) << 64 | self.low as i128
    }

    /// Returns the exponent, from −400 to 400. It is positive only if the number is a whole one
    /// that does not fit 128 bits.
    #[must_use]
    pub const fn exponent(self) -> i16 {
        self.exponent
    }

    /// Returns whether the number is a whole number of any size.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.exponent >= 0
    }

    /// Returns the number as an integer, if it is a whole number that fits 128 bits.
    ///
    /// ```
    /// use mandatum::primitives::Number;
    /// assert_eq!("1e5".parse::<Number>()?.to_integer(), Some(100_000));
    /// assert_eq!("1e39".parse::<Number>()?.to_integer(), None);
    /// assert_eq!("0.5".parse::<Number>()?.to_integer(), None);
    /// # Ok::<(), mandatum::primitives::NumberError>(())
    /// ```
    #[must_use]
    pub fn to_integer(self) -> Option<i128> {
        (self.exponent == 0).then(|| self.coefficient())
    }

    /// Returns the number in units of 10^`exponent`, if that is an integer of 128 bits. So `1.5` is
    /// 150 hundredths.
    ///
    /// ```
    /// use mandatum::primitives::Number;
    /// let price: Number = "1.5".parse()?;
    /// assert_eq!(price.at_exponent(-2), Some(150));
    /// assert_eq!(price.at_exponent(0), None);
    /// # Ok::<(), mandatum::primitives::NumberError>(())
    /// ```
    #[must_use]
    pub fn at_exponent(self, exponent: i32) -> Option<i128> {
        let shift = i64::from(self.exponent).saturating_sub(i64::from(exponent));
        if shift >= 0 || self.coefficient() == 0 {
            return shifted(self.coefficient(), shift);
        }
        let unit = i128::try_from(pow10(shift.saturating_neg())?).ok()?;
        let is_exact = self.coefficient().checked_rem(unit)? == 0;
        self.coefficient().checked_div(unit).filter(|_| is_exact)
    }

    /// Returns the exact sum.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the sum has more digits than a number holds, such as 10³⁸ and
    /// 10⁻³⁸. [`NumberError::Exponent`] when the sum is too large.
    pub fn checked_add(self, other: Self) -> Result<Self, NumberError> {
        self.plus(other, other.coefficient() < 0)
    }

    /// Returns the exact difference.
    ///
    /// # Errors
    /// [`NumberError`], as for [`Number::checked_add`].
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberError> {
        self.plus(other, other.coefficient() > 0)
    }

    /// Returns the sum of this number and of `other` with the given sign.
    fn plus(self, other: Self, is_negative: bool) -> Result<Self, NumberError> {
        let mine = Magnitude::new(self.coefficient(), self.exponent.into());
        // A sign of its own, because the negation of `i128::MIN` is no `i128`.
        let theirs = Magnitude {
            is_negative,
            ..Magnitude::new(other.coefficient(), other.exponent.into())
        };
        let sum = mine.checked_add(theirs).ok_or(NumberError::Overflow)?;
        let (coefficient, exponent) = sum.shortest().ok_or(NumberError::Overflow)?;
        Self::normal(coefficient, exponent)
    }

    /// Returns a number strictly between the two, if one with few enough digits is found.
    pub(crate) fn between(self, other: Self) -> Option<Self> {
        let (low, high) = (self.min(other), self.max(other));
        let middle = low.checked_add(high).ok().and_then(|sum| {
            // Half of a number is five tenths of it, and needs no division.
            let five = sum.coefficient().checked_mul(5)?;
            Self::normal(five, i64::from(sum.exponent).saturating_sub(1)).ok()
        });
        // If the sum has too many digits, the two differ so much that zero or a power of ten is
        // between them.
        let powers = || {
            [low.power_towards_zero(), high.power_towards_zero()]
                .into_iter()
                .flatten()
        };
        let mut candidates = middle.into_iter().chain([Self::ZERO]).chain(powers());
        candidates.find(|number| low < *number && *number < high)
    }

    /// Returns the power of ten that is one order of magnitude nearer to zero, with the number's
    /// sign.
    fn power_towards_zero(self) -> Option<Self> {
        let power = self.order()?.checked_sub(1)?;
        Self::normal(self.coefficient().signum(), power).ok()
    }

    /// Returns a number above this one: one more, or a power of ten if that has too many digits.
    pub(crate) fn above(self) -> Option<Self> {
        let (one, further) = (
            Self::from(1),
            self.order().and_then(|order| order.checked_add(1)),
        );
        let candidates = [
            self.checked_add(one).ok(),
            Some(one),
            further.and_then(|power| Self::normal(1, power).ok()),
        ];
        candidates
            .into_iter()
            .flatten()
            .find(|number| *number > self)
    }

    /// Returns a number below this one: one less, or the negation of a power of ten.
    pub(crate) fn below(self) -> Option<Self> {
        let (one, further) = (
            Self::from(-1),
            self.order().and_then(|order| order.checked_add(1)),
        );
        let candidates = [
            self.checked_add(one).ok(),
            Some(one),
            further.and_then(|power| Self::normal(-1, power).ok()),
        ];
        candidates
            .into_iter()
            .flatten()
            .find(|number| *number < self)
    }

    /// Returns the exponent of the place of the first digit: 2 for `100` and for `999.5`. Returns
    /// `None` for zero.
    fn order(self) -> Option<i64> {
        let digits = count_digits(self.coefficient().unsigned_abs()).checked_sub(1)?;
        Some(i64::from(digits).saturating_add(self.exponent.into()))
    }

    /// Compares the magnitudes of two numbers with different exponents and the same sign, neither
    /// of them zero.
    ///
    /// One multiplication brings the number with the larger exponent to the exponent of the other.
    /// A product beyond 128 bits is greater than every coefficient. So the cost does not depend on
    /// the difference of the exponents, which matters because numbers are compared before any
    /// signature is verified.
    fn cmp_magnitude(self, other: Self) -> Ordering {
        let (mine, theirs) = (
            self.coefficient().unsigned_abs(),
            other.coefficient().unsigned_abs(),
        );
        let shift = i64::from(self.exponent).saturating_sub(other.exponent.into());
        let factor = pow10(shift.saturating_abs());
        let brought = |coefficient: u128| coefficient.checked_mul(factor?);
        if shift < 0 {
            brought(theirs).map_or(Ordering::Less, |theirs| mine.cmp(&theirs))
        } else {
            brought(mine).map_or(Ordering::Greater, |mine| mine.cmp(&theirs))
        }
    }
}

/// Returns `coefficient` × 10^`exponent` if it fits. The exponent is not negative.
fn shifted(coefficient: i128, exponent: i64) -> Option<i128> {
    if coefficient == 0 {
        return Some(0);
    }
    i128::try_from(pow10(exponent)?)
        .ok()?
        .checked_mul(coefficient)
}

fn in_bounds(exponent: i64) -> Result<i16, NumberError> {
    match i16::try_from(exponent) {
        Ok(exponent)
            if (MAX_NUMBER_EXPONENT.saturating_neg()..=MAX_NUMBER_EXPONENT).contains(&exponent) =>
        {
            Ok(exponent)
        }
        _ => Err(NumberError::Exponent),
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.exponent == other.exponent {
            tally::count(1);
            return self.coefficient().cmp(&other.coefficient());
        }
        tally::count(4);
        let sign = self.coefficient().signum();
        sign.cmp(&other.coefficient().signum())
            .then_with(|| match sign {
                // Both are zero. Zero has one form, so this arm is never taken.
                0 => Ordering::Equal,
                1.. => self.cmp_magnitude(*other),
                _ => other.cmp_magnitude(*self),
            })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

macro_rules! from_integer {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Number {
            fn from(integer: $integer) -> Self {
                Self::of_parts(i128::from(integer), 0)
            }
        }
    )*};
}

from_integer!(i8 i16 i32 i64 i128 u8 u16 u32 u64);

impl TryFrom<u128> for Number {
    type Error = NumberError;

    /// Converts an integer, also one above `i128::MAX` if it has few enough digits without the
    /// zeros at its end.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] for `u128::MAX`.
    fn try_from(integer: u128) -> Result<Self, NumberError> {
        let magnitude = Magnitude {
            is_negative: false,
            digits: integer,
            exponent: 0,
        };
        let (coefficient, exponent) = magnitude.shortest().ok_or(NumberError::Overflow)?;
        Self::normal(coefficient, exponent)
    }
}
