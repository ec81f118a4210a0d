use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Most digits after the decimal point. 18 is what ledgers of the smallest currency units need (10⁻¹⁸).
const MAX_SCALE: u8 = 18;

/// Why something is not a [`Number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Not a decimal number as JSON writes them.
    #[error("not a decimal number")]
    NotANumber,
    /// The coefficient does not fit 128 bits.
    #[error("the number does not fit 128 bits")]
    Overflow,
    /// More than 18 digits after the decimal point.
    #[error("more than {MAX_SCALE} digits after the decimal point")]
    TooPrecise,
    /// Infinity or not-a-number.
    #[error("not finite")]
    NotFinite,
}

/// An exact decimal number: a 128-bit signed coefficient and 0 to 18 digits after the point.
///
/// One value has one representation (`1.0` is `1`, `-0` is `0`), so equality of numbers is equality of bytes, and no
/// arithmetic ever rounds: what does not fit is an error.
///
/// ```
/// use mandatum::Number;
/// let price: Number = "2600.50".parse()?;
/// assert_eq!(price, "2600.5".parse()?);
/// assert_eq!(price.checked_add(price)?.to_string(), "5201");
/// assert!("0.1".parse::<Number>()? < Number::from(1));
/// # Ok::<(), mandatum::NumberError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    /// The coefficient, which is not divisible by ten unless `scale` is 0, in two halves: 128 bits in one piece would have to
    /// lie at a multiple of 16 bytes, and every value and every end of a range would be half as large again.
    high: i64,
    low: u64,
    /// Digits after the point, at most [`MAX_SCALE`].
    scale: u8,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { high: 0, low: 0, scale: 0 };

    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "each half is cut off on purpose")]
    const fn of_parts(coefficient: i128, scale: u8) -> Self {
        Self { high: (coefficient >> 64) as i64, low: coefficient as u64, scale }
    }

    /// `coefficient` × 10^−`scale`, in its one form.
    ///
    /// # Errors
    /// [`NumberError::TooPrecise`] when more than 18 digits after the point remain.
    pub fn new(coefficient: i128, scale: u32) -> Result<Self, NumberError> {
        let (mut coefficient, mut scale) = (coefficient, scale);
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        while scale > 0 && ends_in_zero(coefficient.unsigned_abs()) {
            coefficient /= 10;
            scale = scale.saturating_sub(1);
        }
        match u8::try_from(scale) {
            Ok(scale) if scale <= MAX_SCALE => Ok(Self::of_parts(coefficient, scale)),
            _ => Err(NumberError::TooPrecise),
        }
    }

    /// The coefficient: this number times 10^[`scale`](Self::scale).
    #[must_use]
    #[expect(clippy::as_conversions, reason = "both halves fit, and `From` is not for constants")]
    pub const fn coefficient(self) -> i128 {
        (self.high as i128) << 64 | self.low as i128
    }

    /// Digits after the decimal point, 0 to 18.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The exact sum.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when it does not fit with as many digits after the point as the longer of the two has.
    pub fn checked_add(self, other: Self) -> Result<Self, NumberError> {
        let scale = self.scale.max(other.scale);
        let sum = self.at_scale(scale)?.checked_add(other.at_scale(scale)?);
        Self::new(sum.ok_or(NumberError::Overflow)?, u32::from(scale))
    }

    /// The exact difference.
    ///
    /// # Errors
    /// As [`Number::checked_add`].
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberError> {
        let scale = self.scale.max(other.scale);
        let difference = self.at_scale(scale)?.checked_sub(other.at_scale(scale)?);
        Self::new(difference.ok_or(NumberError::Overflow)?, u32::from(scale))
    }

    /// A number strictly between the two, where 18 digits suffice to write one.
    pub(crate) fn between(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let wider = scale.checked_add(1)?;
        let sum = self.checked_add(other).ok()?.at_scale(scale).ok()?;
        let middle = Self::new(sum.checked_mul(5)?, u32::from(wider)).ok()?;
        (middle != self && middle != other).then_some(middle)
    }

    /// The coefficient when written with `scale` digits after the point, which is at least the number's own.
    fn at_scale(self, scale: u8) -> Result<i128, NumberError> {
        pow10(scale.saturating_sub(self.scale))
            .and_then(|factor| self.coefficient().checked_mul(factor))
            .ok_or(NumberError::Overflow)
    }

    /// Compares the magnitudes of two numbers of different scales.
    ///
    /// One multiplication and no division: a division of 128 bits takes ten times as long, and sets are compared before
    /// anybody is known.
    fn cmp_magnitude(self, other: Self) -> Ordering {
        let (mine, theirs) = (self.coefficient().unsigned_abs(), other.coefficient().unsigned_abs());
        let factor = |more: u8, less: u8| pow10(more.saturating_sub(less)).map_or(1, i128::unsigned_abs);
        // A product beyond 128 bits is greater than every coefficient.
        if self.scale < other.scale {
            mine.checked_mul(factor(other.scale, self.scale)).map_or(Ordering::Greater, |mine| mine.cmp(&theirs))
        } else {
            theirs.checked_mul(factor(self.scale, other.scale)).map_or(Ordering::Less, |theirs| mine.cmp(&theirs))
        }
    }
}

/// 10⁰ to 10¹⁸.
const POWERS_OF_TEN: [i128; 19] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
    10_000_000_000_000,
    100_000_000_000_000,
    1_000_000_000_000_000,
    10_000_000_000_000_000,
    100_000_000_000_000_000,
    1_000_000_000_000_000_000,
];

fn pow10(exponent: u8) -> Option<i128> {
    match POWERS_OF_TEN.get(usize::from(exponent)) {
        Some(power) => Some(*power),
        // Beyond the scale of a number, for texts such as `1e30`.
        None => 10_i128.checked_pow(u32::from(exponent)),
    }
}

/// Whether the last decimal digit is zero, by halves: a remainder of 128 bits takes as long as a division.
fn ends_in_zero(magnitude: u128) -> bool {
    let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
    let (high, low) = (half(magnitude >> 64), half(magnitude));
    // 2⁶⁴ is 6 modulo 10.
    (high % 10).wrapping_mul(6).wrapping_add(low % 10) % 10 == 0
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        crate::ground::tally::count(1);
        if self.scale == other.scale {
            return self.coefficient().cmp(&other.coefficient());
        }
        let sign = self.coefficient().signum().cmp(&other.coefficient().signum());
        sign.then_with(|| {
            let magnitudes = self.cmp_magnitude(*other);
            if self.coefficient() < 0 { magnitudes.reverse() } else { magnitudes }
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
    fn try_from(integer: u128) -> Result<Self, NumberError> {
        i128::try_from(integer).map(Self::from).map_err(|_| NumberError::Overflow)
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    /// The shortest decimal that reads back as this float, which is what JSON writes and a tool receives.
    ///
    /// A few floats have two that are equally short and near, and writers differ in which they choose: what arrives as text
    /// is better read from the text.
    fn try_from(float: f64) -> Result<Self, NumberError> {
        if !float.is_finite() {
            return Err(NumberError::NotFinite);
        }
        format!("{float}").parse()
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads a number as JSON writes it (RFC 8259 section 6), exactly or not at all.
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
        let coefficient = parse_digits(negative, significant)?;
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        let zeros = digits.len().saturating_sub(significant.len());
        let scale = signed(fraction.len()).saturating_sub(signed(zeros)).saturating_sub(exponent);
        if scale >= 0 {
            return Self::new(coefficient, u32::try_from(scale).map_err(|_| NumberError::TooPrecise)?);
        }
        u8::try_from(scale.saturating_neg())
            .ok()
            .and_then(pow10)
            .and_then(|factor| coefficient.checked_mul(factor))
            .map(Self::from)
            .ok_or(NumberError::Overflow)
    }
}

/// Digits, and perhaps a point among them, few enough for 64 bits: most numbers there are. Everything else is `None`, also
/// what is no number.
fn short_decimal(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    // With a point; 18 digits fit 64 bits.
    if digits.is_empty() || digits.len() > 18 || matches!(digits.as_bytes(), [b'0', b'0'..=b'9', ..] | [b'.', ..]) {
        return None;
    }
    let (mut coefficient, mut after_point) = (0_i64, None);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                coefficient = coefficient.wrapping_mul(10).wrapping_add(byte.wrapping_sub(b'0').into());
                after_point = after_point.map(|digits: u32| digits.wrapping_add(1));
            }
            b'.' if after_point.is_none() => after_point = Some(0),
            _ => return None,
        }
    }
    let coefficient = i128::from(if negative { coefficient.wrapping_neg() } else { coefficient });
    match after_point {
        None => Some(coefficient.into()),
        Some(0) => None,
        Some(scale) => Number::new(coefficient, scale).ok(),
    }
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    // An exponent beyond 64 bits is larger than the digits of any text are many, so it decides as the largest does.
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX);
    Ok(if text.starts_with('-') { magnitude.saturating_neg() } else { magnitude })
}

fn parse_digits(negative: bool, digits: &str) -> Result<i128, NumberError> {
    let mut coefficient: i128 = 0;
    for byte in digits.bytes() {
        let digit = i128::from(byte.wrapping_sub(b'0'));
        let signed = if negative { digit.saturating_neg() } else { digit };
        coefficient =
            coefficient.checked_mul(10).and_then(|shifted| shifted.checked_add(signed)).ok_or(NumberError::Overflow)?;
    }
    Ok(coefficient)
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.coefficient());
        }
        let unit = pow10(self.scale).map_or(1, i128::unsigned_abs);
        let magnitude = self.coefficient().unsigned_abs();
        let (integer, fraction) = (magnitude.checked_div(unit), magnitude.checked_rem(unit));
        let sign = if self.coefficient() < 0 { "-" } else { "" };
        let width = usize::from(self.scale);
        write!(f, "{sign}{}.{:0width$}", integer.unwrap_or(0), fraction.unwrap_or(0))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}
