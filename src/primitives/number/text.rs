//! The texts of numbers. The grammar of JSON is read, and one canonical text is written.

use crate::primitives::number::{Number, NumberError};
use std::fmt;
use std::str::FromStr;

/// The last place after the point down to which a number is written with plain digits: 18, that of
/// the smallest unit of money in use (one wei is 10⁻¹⁸ ether).
const PLAIN_PLACES: i64 = 18;

impl FromStr for Number {
    type Err = NumberError;

    /// Reads a number as JSON writes it (RFC 8259 section 6): `-0`, `1.50`, `1e5`, `1E+5`,
    /// `4.547132266452536e-05`. The number is exact.
    ///
    /// # Errors
    /// - [`NumberError::NotANumber`] for `+1`, `.5`, `01`, `1.` or `NaN`.
    /// - [`NumberError::Overflow`] for more digits than the coefficient holds. Zeros at the
    ///   beginning and the end are not counted.
    /// - [`NumberError::Exponent`] for `1e401`.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        if let Some(number) = short_decimal(text) {
            return Ok(number);
        }
        let (negative, magnitude) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match magnitude.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (magnitude, 0),
        };
        let (integer, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(NumberError::NotANumber),
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let leading_zero = integer.len() > 1 && integer.starts_with('0');
        let digits = [integer, fraction].concat();
        if integer.is_empty() || leading_zero || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberError::NotANumber);
        }
        // Zeros at the end only move the point, so they take no room in the coefficient.
        let significant = digits.trim_end_matches('0');
        let zeros = digits.len().saturating_sub(significant.len());
        let coefficient = parse_digits(negative, significant)?;
        let moved = signed(zeros).saturating_sub(signed(fraction.len()));
        Self::normal(coefficient, moved.saturating_add(exponent))
    }
}

/// Reads a number of up to 18 digits, with or without a point and without an exponent. Most numbers
/// have this form. Returns `None` for every other text.
fn short_decimal(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    // 18 digits fit 64 bits, so the arithmetic below does not wrap. The point counts as one.
    if digits.is_empty()
        || digits.len() > 18
        || matches!(digits.as_bytes(), [b'0', b'0'..=b'9', ..] | [b'.', ..])
    {
        return None;
    }
    let (mut coefficient, mut after_point) = (0_i64, None);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                coefficient = coefficient
                    .wrapping_mul(10)
                    .wrapping_add(byte.wrapping_sub(b'0').into());
                after_point = after_point.map(|digits: u32| digits.wrapping_add(1));
            }
            b'.' if after_point.is_none() => after_point = Some(0),
            _ => return None,
        }
    }
    let coefficient = i128::from(if negative {
        coefficient.wrapping_neg()
    } else {
        coefficient
    });
    match after_point {
        None => Some(coefficient.into()),
        // A point at the end is not JSON.
        Some(0) => None,
        Some(scale) => Number::new(coefficient, scale).ok(),
    }
}

/// Converts a length, which fits 63 bits because it is that of a text in memory.
fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    // No text has so many digits that they could make up for an exponent beyond 64 bits. So the
    // largest stands for all of them.
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX);
    Ok(if text.starts_with('-') {
        magnitude.saturating_neg()
    } else {
        magnitude
    })
}

fn parse_digits(negative: bool, digits: &str) -> Result<i128, NumberError> {
    let mut coefficient: i128 = 0;
    for byte in digits.bytes() {
        let digit = i128::from(byte.wrapping_sub(b'0'));
        let signed = if negative {
            digit.saturating_neg()
        } else {
            digit
        };
        coefficient = coefficient
            .checked_mul(10)
            .and_then(|shifted| shifted.checked_add(signed))
            .ok_or(NumberError::Overflow)?;
    }
    Ok(coefficient)
}

impl fmt::Display for Number {
    /// Writes the one text of a number, which is JSON:
    ///
    /// - plain digits for a whole number of 128 bits, because readers of JSON take a number with an
    ///   exponent for a float;
    /// - plain digits also for a number with digits after the point, if its first digit is at the
    ///   eighteenth place or before it;
    /// - else one digit, the others after a point, and the exponent: `1.5e-19`, `1e39`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.coefficient().unsigned_abs().to_string();
        let sign = if self.coefficient() < 0 { "-" } else { "" };
        let places = i64::from(self.exponent()).saturating_neg();
        // The place of the point among the digits, counted from their beginning.
        let point = signed(digits.len()).saturating_sub(places);
        if places == 0 {
            return write!(f, "{sign}{digits}");
        }
        if places > 0 && point > PLAIN_PLACES.saturating_neg() {
            let zeros = usize::try_from(point.saturating_neg()).unwrap_or(0);
            return match usize::try_from(point)
                .ok()
                .filter(|point| *point > 0)
                .and_then(|at| digits.split_at_checked(at))
            {
                Some((integer, fraction)) => write!(f, "{sign}{integer}.{fraction}"),
                None => write!(f, "{sign}0.{:0<zeros$}{digits}", ""),
            };
        }
        // There is at least one digit, so the default is never taken.
        let (first, others) = digits.split_at_checked(1).unwrap_or((&digits, ""));
        let dot = if others.is_empty() { "" } else { "." };
        write!(f, "{sign}{first}{dot}{others}e{}", point.saturating_sub(1))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}
