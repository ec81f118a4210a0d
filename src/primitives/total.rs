use super::number::Number;
use thiserror::Error;

/// An exact sum of amounts that are not negative: 256 bits in units of 10⁻¹⁸.
///
/// A [`Number`] has 128 bits for all its digits, so the sum of a large and a tiny number may not
/// fit one. Here an amount is below 10⁵⁰, which is 10⁶⁸ units, and 2²⁵⁶ is more than a billion
/// times as much. So the sum of all amounts of one call always fits, and so does the sum of all
/// shares of one budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Total(
    /// The most significant 64 bits come first, so the derived order is the order of the sums.
    [u64; 4],
);

/// Digits after the point of one unit.
const DIGITS: i32 = 18;

/// 10⁵⁰ in units: 10⁶⁸.
const TOO_LARGE: Total = Total([
    0x3_b58e_88c7,
    0x5313_ec9d_329e_aaa1,
    0x8fb9_2f75_215b_1710,
    0,
]);

/// Error for a number that is not an amount: it is negative, it is 10⁵⁰ or more, or it has more
/// than 18 digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an amount from 0 to below 10^50, with at most {DIGITS} digits after the point")]
pub(crate) struct NotAnAmount;

impl TryFrom<Number> for Total {
    type Error = NotAnAmount;

    fn try_from(number: Number) -> Result<Self, NotAnAmount> {
        let (coefficient, exponent) = decimal(number);
        let magnitude = u128::try_from(coefficient).map_err(|_| NotAnAmount)?;
        // Zero has no digits after the point, whatever its exponent.
        if magnitude == 0 {
            return Ok(Self::ZERO);
        }
        let mut zeros = u32::try_from(exponent.saturating_add(DIGITS)).map_err(|_| NotAnAmount)?;
        let mut total = Self([0, 0, half(magnitude >> 64), half(magnitude)]);
        // 10¹⁹ is the largest power of ten in 64 bits. A number that is too large overflows after a
        // few rounds.
        while zeros > 0 {
            let some = zeros.min(19);
            let factor = 10_u64.checked_pow(some).ok_or(NotAnAmount)?;
            total = total.checked_mul(factor).ok_or(NotAnAmount)?;
            zeros = zeros.saturating_sub(some);
        }
        if total < TOO_LARGE {
            Ok(total)
        } else {
            Err(NotAnAmount)
        }
    }
}

/// Returns the coefficient and the exponent.
fn decimal(number: Number) -> (i128, i32) {
    (number.coefficient(), i32::from(number.exponent()))
}

/// Makes a number, or `None` if its exponent is out of bounds.
fn number(coefficient: i128, exponent: i32) -> Option<Number> {
    Number::scientific(coefficient, exponent).ok()
}

/// Returns the lower 64 bits.
fn half(bits: u128) -> u64 {
    u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default()
}

impl Total {
    pub(crate) const ZERO: Self = Self([0; 4]);

    /// Returns the exact sum, or `None` if it does not fit.
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        let (mut sum, mut carry) = (self, 0);
        for (to, more) in sum.0.iter_mut().zip(other.0).rev() {
            // Three numbers of at most 64 bits fit 128.
            let digit = u128::from(*to)
                .wrapping_add(u128::from(more))
                .wrapping_add(carry);
            *to = half(digit);
            carry = digit >> 64;
        }
        (carry == 0).then_some(sum)
    }

    /// Returns the exact difference, or `None` if it is below zero.
    pub(crate) fn checked_sub(self, other: Self) -> Option<Self> {
        let (mut difference, mut is_borrowed) = (self, false);
        for (to, less) in difference.0.iter_mut().zip(other.0).rev() {
            let (digit, first) = to.overflowing_sub(less);
            let (digit, second) = digit.overflowing_sub(u64::from(is_borrowed));
            *to = digit;
            is_borrowed = first || second;
        }
        (!is_borrowed).then_some(difference)
    }

    /// Returns the exact product, or `None` if it does not fit.
    fn checked_mul(self, factor: u64) -> Option<Self> {
        let (mut product, mut carry) = (self, 0);
        for to in product.0.iter_mut().rev() {
            // (2⁶⁴ − 1)² + 2⁶⁴ − 1 fits 128 bits.
            let digit = u128::from(*to)
                .wrapping_mul(u128::from(factor))
                .wrapping_add(carry);
            *to = half(digit);
            carry = digit >> 64;
        }
        (carry == 0).then_some(product)
    }

    /// Returns a tenth, rounded down, and whether a digit other than zero was cut off.
    fn tenth(self) -> (Self, bool) {
        let (mut tenth, mut rest) = (self, 0_u128);
        // Long division, from the most significant 64 bits on.
        for to in &mut tenth.0 {
            let digit = rest << 64 | u128::from(*to);
            *to = half(digit / 10);
            rest = digit % 10;
        }
        (tenth, rest != 0)
    }

    /// Returns the number that is equal, or `None` if a number can't hold all the digits.
    pub(crate) fn exactly(self) -> Option<Number> {
        let rounded = self.rounded_down();
        (Self::try_from(rounded) == Ok(self)).then_some(rounded)
    }

    /// Returns the least number that is not less.
    pub(crate) fn rounded_up(self) -> Number {
        self.rounded(true)
    }

    /// Returns the greatest number that is not more.
    pub(crate) fn rounded_down(self) -> Number {
        self.rounded(false)
    }

    /// Cuts digits off at the end until a number can hold the rest.
    fn rounded(self, is_up: bool) -> Number {
        let (mut total, mut is_cut) = (self, false);
        // 2²⁵⁶ has 78 digits, so the loop always returns.
        for cut in 0..78_i32 {
            let up = i128::from(is_up && is_cut);
            let coefficient = total
                .coefficient()
                .and_then(|coefficient| coefficient.checked_add(up));
            let exponent = cut.saturating_sub(DIGITS);
            if let Some(number) = coefficient.and_then(|coefficient| number(coefficient, exponent))
            {
                return number;
            }
            let (tenth, is_rest) = total.tenth();
            (total, is_cut) = (tenth, is_cut || is_rest);
        }
        Number::from(i128::MAX)
    }

    /// Returns the sum in units as the coefficient of a number, if it is small enough.
    fn coefficient(self) -> Option<i128> {
        let [0, 0, high, low] = self.0 else {
            return None;
        };
        i128::try_from(u128::from(high) << 64 | u128::from(low)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Total {
        text.parse::<Number>().unwrap().try_into().unwrap()
    }

    /// Returns coefficients of numbers across the whole range.
    fn coefficients() -> Vec<i128> {
        let powers = (0..39).filter_map(|exponent| 10_i128.checked_pow(exponent));
        let bits = (0..127).map(|bit| 1_i128 << bit);
        powers
            .chain(bits)
            .chain([i128::MAX])
            .flat_map(|number| [number.saturating_sub(1), number])
            .collect()
    }

    #[test]
    fn a_number_goes_in_and_comes_out() {
        for coefficient in coefficients() {
            for scale in [0, 1, 9, 17, 18] {
                let number = Number::new(coefficient, scale).unwrap();
                let total = Total::try_from(number).unwrap();
                assert_eq!(
                    (total.exactly(), total.rounded_up(), total.rounded_down()),
                    (Some(number), number, number)
                );
            }
        }
        assert_eq!(Total::try_from(Number::from(-1)), Err(NotAnAmount));
    }

    #[test]
    fn sums_and_differences_are_exact() {
        let (large, tiny) = (
            amount(&i128::MAX.to_string()),
            amount("0.000000000000000001"),
        );
        let sum = large.checked_add(tiny).unwrap();
        assert!(sum > large && sum.exactly().is_none());
        assert_eq!(sum.checked_sub(large), Some(tiny));
        assert_eq!(sum.checked_sub(tiny), Some(large));
        assert_eq!(large.checked_sub(sum), None);
        let above: Number = "1.7014118346046923173168730371588410573e38"
            .parse()
            .unwrap();
        assert_eq!(
            (sum.rounded_down(), sum.rounded_up()),
            (Number::from(i128::MAX), above)
        );
        for coefficient in coefficients() {
            let (one, other) = (
                Number::new(coefficient, 18).unwrap(),
                Number::from(coefficient / 3),
            );
            let (one, other) = (
                Total::try_from(one).unwrap(),
                Total::try_from(other).unwrap(),
            );
            let sum = one.checked_add(other).unwrap();
            assert_eq!(
                (sum.checked_sub(one), sum.checked_sub(other)),
                (Some(other), Some(one))
            );
            assert_eq!(sum >= one, sum.checked_sub(one).is_some());
        }
        let greatest = Total([u64::MAX; 4]);
        assert_eq!(greatest.checked_add(Total([0, 0, 0, 1])), None);
        assert_eq!(Total::ZERO.checked_sub(Total([0, 0, 0, 1])), None);
    }

    /// A billion of the largest amounts still fit.
    #[test]
    fn what_one_call_or_budget_adds_up_always_fits() {
        let (largest, mut sum) = (
            TOO_LARGE.checked_sub(Total([0, 0, 0, 1])).unwrap(),
            Total::ZERO,
        );
        for _ in 0..1_000 {
            sum = sum.checked_add(largest).unwrap();
        }
        // A million is more than the arguments of a call may have nodes.
        assert!(sum.checked_mul(1_000_000).is_some());
        assert_eq!(
            (0..50).fold(amount("1").0, |ten, _| Total(ten)
                .checked_mul(10)
                .unwrap()
                .0),
            TOO_LARGE.0
        );
    }

    #[test]
    fn what_a_number_can_not_write_is_rounded() {
        let sum = amount("200000000000000000000")
            .checked_add(amount("0.000000000000000001"))
            .unwrap();
        assert_eq!(sum.rounded_down(), "200000000000000000000".parse().unwrap());
        assert_eq!(
            sum.rounded_up(),
            "200000000000000000000.00000000000000001".parse().unwrap()
        );
        assert_eq!(sum.exactly(), None);
    }
}
