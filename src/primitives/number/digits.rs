//! Arithmetic of decimal digits in 128 bits: powers of ten, counting digits, sums with a sign.

use crate::primitives::tally;

/// The powers of ten that fit: 10⁰ to 10³⁸.
const POWERS_OF_TEN: [u128; 39] = powers_of_ten();

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which rejects an overflow"
)]
const fn powers_of_ten() -> [u128; 39] {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
}

/// Returns 10^`exponent`, if it fits.
pub(super) fn pow10(exponent: i64) -> Option<u128> {
    POWERS_OF_TEN.get(usize::try_from(exponent).ok()?).copied()
}

/// Returns the number of decimal digits of a magnitude. Zero has none.
///
/// It takes the number of bits and one comparison, which is faster than one division of 128 bits.
pub(super) fn count_digits(magnitude: u128) -> u32 {
    let bits = u128::BITS.saturating_sub(magnitude.leading_zeros());
    // 1233 / 4096 is close enough to the decimal logarithm of 2 for up to 128 bits. A test checks
    // every power of two and of ten.
    let digits = bits.saturating_mul(1233) >> 12;
    let is_reached = pow10(digits.into()).is_some_and(|power| magnitude >= power);
    digits.saturating_add(u32::from(is_reached))
}

/// Returns whether the last decimal digit is zero.
///
/// It is computed from halves of 64 bits, because a remainder of 128 bits takes as long as a
/// division.
pub(super) fn ends_in_zero(magnitude: u128) -> bool {
    let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
    let (high, low) = (half(magnitude >> 64), half(magnitude));
    // 2⁶⁴ is 6 modulo 10.
    (high % 10).wrapping_mul(6).wrapping_add(low % 10) % 10 == 0
}

/// An intermediate result of a sum: a sign, digits and an exponent.
///
/// Two coefficients of 127 bits and a sign have a sum of 128 bits and a sign. So a sum of numbers
/// that is a number is computed exactly.
#[derive(Clone, Copy)]
pub(super) struct Magnitude {
    pub(super) is_negative: bool,
    pub(super) digits: u128,
    pub(super) exponent: i64,
}

impl Magnitude {
    pub(super) const fn new(coefficient: i128, exponent: i64) -> Self {
        Self {
            is_negative: coefficient < 0,
            digits: coefficient.unsigned_abs(),
            exponent,
        }
    }

    /// Returns the exact sum, or `None` if no number is equal to it.
    pub(super) fn checked_add(self, other: Self) -> Option<Self> {
        if self.digits == 0 {
            return Some(other);
        }
        if other.digits == 0 {
            return Some(self);
        }
        let (mut coarse, mut fine) = (self, other);
        if coarse.exponent != fine.exponent {
            // The smaller exponent is that of the sum only after the zeros at the ends are removed.
            (coarse, fine) = (coarse.stripped(), fine.stripped());
        }
        if coarse.exponent < fine.exponent {
            std::mem::swap(&mut coarse, &mut fine);
        }
        // The sum ends with the last digit of `fine`, so it can't have a larger exponent. A product
        // beyond 128 bits is at least 2¹²⁸, and `fine` is at most 2¹²⁷. Their sum then has too many
        // digits for a number.
        let factor = pow10(coarse.exponent.checked_sub(fine.exponent)?)?;
        let digits = coarse.digits.checked_mul(factor)?;
        if coarse.is_negative == fine.is_negative {
            return Some(Self {
                digits: digits.checked_add(fine.digits)?,
                ..fine
            });
        }
        let is_negative = if digits > fine.digits {
            coarse.is_negative
        } else {
            fine.is_negative
        };
        Some(Self {
            is_negative,
            digits: digits.abs_diff(fine.digits),
            exponent: fine.exponent,
        })
    }

    /// Returns an equal magnitude without zeros at its end.
    fn stripped(self) -> Self {
        let mut stripped = self;
        while stripped.digits != 0 && ends_in_zero(stripped.digits) {
            stripped.digits /= 10;
            tally::count(4);
            stripped.exponent = stripped.exponent.saturating_add(1);
        }
        stripped
    }

    /// Returns the coefficient and the exponent, or `None` if the digits do not fit even without
    /// the zeros at their end.
    pub(super) fn shortest(self) -> Option<(i128, i64)> {
        let fits = |it: Self| {
            let magnitude = if it.is_negative {
                0_i128.checked_sub_unsigned(it.digits)
            } else {
                None
            };
            magnitude.or_else(|| i128::try_from(it.digits).ok().filter(|_| !it.is_negative))
        };
        match fits(self) {
            Some(coefficient) => Some((coefficient, self.exponent)),
            None => {
                let stripped = self.stripped();
                fits(stripped).map(|coefficient| (coefficient, stripped.exponent))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{count_digits, ends_in_zero, pow10};

    #[test]
    fn digits_are_counted_at_every_edge() {
        assert_eq!(count_digits(0), 0);
        let edges = (0..128)
            .map(|bits| 1_u128 << bits)
            .chain((0..39).map(|n| pow10(n).unwrap()))
            .chain([u128::MAX]);
        for edge in edges
            .flat_map(|edge| [edge, edge - 1, edge.saturating_add(1)])
            .filter(|edge| *edge > 0)
        {
            assert_eq!(
                usize::try_from(count_digits(edge)),
                Ok(edge.to_string().len()),
                "{edge}"
            );
            assert_eq!(ends_in_zero(edge), edge % 10 == 0, "{edge}");
        }
        assert_eq!((pow10(-1), pow10(39), pow10(i64::MAX)), (None, None, None));
    }
}
