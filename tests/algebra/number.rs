//! Numbers are exact, or an error: against decimal strings and plain integers.

use crate::generate::check;
use crate::model::number;
use mandatum::{Number, NumberError};
use proptest::prelude::*;
use proptest::sample::select;
use std::cmp::Ordering;

/// Coefficients of all sizes, many at an edge and many divisible by ten.
fn coefficients() -> impl Strategy<Value = i128> {
    let edges = [i128::MIN, i128::MIN + 1, i128::MAX, i128::MAX - 1, 10_i128.pow(38), -(10_i128.pow(38)), 0, 1, -1];
    prop_oneof![
        2 => select(edges.to_vec()),
        3 => -200_i128..200,
        2 => any::<i64>().prop_map(i128::from),
        2 => any::<i128>(),
        2 => (any::<i64>(), 0..20_u32).prop_map(|(most, zeros)| i128::from(most) * 10_i128.pow(zeros.min(19))),
    ]
}

fn numbers() -> impl Strategy<Value = Number> {
    (coefficients(), 0..19_u32).prop_map(|(coefficient, scale)| Number::new(coefficient, scale).unwrap())
}

/// Sign, and magnitude in units of 10⁻¹⁸ with leading zeros: what a person compares digit by digit.
fn digits(number: Number) -> (bool, String) {
    let zeros = "0".repeat(18 - usize::from(number.scale()));
    let magnitude = format!("{}{zeros}", number.coefficient().unsigned_abs());
    (number.coefficient() >= 0, format!("{magnitude:0>64}"))
}

#[test]
fn one_value_has_one_form() {
    check(2000, &(coefficients(), 0..40_u32), |(coefficient, scale)| match Number::new(coefficient, scale) {
        Ok(number) => {
            assert!(number.scale() <= 18 && (number.scale() == 0 || number.coefficient() % 10 != 0));
            let moved = scale - u32::from(number.scale());
            let back = 10_i128.checked_pow(moved).and_then(|factor| number.coefficient().checked_mul(factor));
            assert!(coefficient == 0 || back == Some(coefficient), "{coefficient} {scale}");
        }
        Err(why) => {
            assert_eq!(why, NumberError::TooPrecise);
            let removable = coefficient.to_string().bytes().rev().take_while(|digit| *digit == b'0').count();
            assert!(coefficient != 0 && scale as usize - removable > 18, "{coefficient} {scale}");
        }
    });
}

#[test]
fn order_is_that_of_the_digits() {
    check(4000, &(numbers(), numbers()), |(a, b)| {
        let by_digits = match (digits(a), digits(b)) {
            ((true, x), (true, y)) => x.cmp(&y),
            ((false, x), (false, y)) => y.cmp(&x),
            ((true, _), _) => Ordering::Greater,
            ((false, _), _) => Ordering::Less,
        };
        assert_eq!(a.cmp(&b), by_digits, "{a} {b}");
        assert_eq!(a == b, by_digits == Ordering::Equal, "{a} {b}");
        assert_eq!(b.cmp(&a), by_digits.reverse());
    });
}

#[test]
fn what_is_written_reads_back() {
    check(4000, &numbers(), |number| {
        let text = number.to_string();
        assert_eq!(text.parse(), Ok(number), "{text}");
        assert!(!text.contains(['e', 'E', '+']) && !text.ends_with('.') && text != "-0", "{text}");
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(), "{text}");
    });
}

/// What a text of these parts is, reckoned on its digits.
fn reckoned(negative: bool, integer: &str, fraction: &str, exponent: i64) -> Result<(i128, u8), NumberError> {
    let all = format!("{integer}{fraction}");
    let significant = all.trim_end_matches('0');
    let point = fraction.len() as i64 - exponent - (all.len() - significant.len()) as i64;
    let sign = if negative { "-" } else { "" };
    let read = |digits: &str| format!("{sign}{digits}").parse::<i128>().map_err(|_| NumberError::Overflow);
    match significant.trim_start_matches('0') {
        "" => Ok((0, 0)),
        digits if point > 18 => read(digits).and(Err(NumberError::TooPrecise)),
        digits if point >= 0 => Ok((read(digits)?, point as u8)),
        _ if point < -400 => Err(NumberError::Overflow),
        digits => Ok((read(&format!("{digits}{}", "0".repeat(-point as usize)))?, 0)),
    }
}

#[test]
fn texts_are_read_exactly_or_not_at_all() {
    let integer = prop_oneof!["0", "[1-9][0-9]{0,4}", "[1-9]0{0,60}", "[1-9][0-9]{30,42}"];
    let fraction = prop_oneof![3 => "", 3 => "[0-9]{1,5}", 2 => "0{1,40}[1-9]0{0,9}", 1 => "[0-9]{15,40}"];
    let exponent = prop_oneof![Just(0_i64), -50_i64..50, select(vec![i64::MIN + 1, -401, 399, i64::MAX])];
    let (exact, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let parts = (any::<bool>(), integer, fraction, exponent, select(vec!["e", "E", "e+", "E00"]));
    check(6000, &parts, |(negative, integer, fraction, exponent, spelling)| {
        // Far beyond all digits, so that no sum of lengths overflows in the reckoning.
        let reckon_with = exponent.clamp(-100_000, 100_000);
        let sign = if negative { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        let power = match (exponent, spelling) {
            (0, "e") => String::new(),
            (0.., _) => format!("{spelling}{exponent}"),
            _ => format!("e{exponent}"),
        };
        let text = format!("{sign}{integer}{point}{fraction}{power}");
        let read = text.parse::<Number>().map(|number| (number.coefficient(), number.scale()));
        assert_eq!(read, reckoned(negative, &integer, &fraction, reckon_with), "{text}");
        let count = if read.is_ok() { &exact } else { &refused };
        count.set(count.get() + 1);
    });
    assert!(exact.get() > 2000 && refused.get() > 1500, "{} {}", exact.get(), refused.get());
}

#[test]
fn the_grammar_is_that_of_json() {
    for (text, read) in [
        ("0", "0"),
        ("-0", "0"),
        ("0.0", "0"),
        ("-0.0e5", "0"),
        ("0e999999999999999999999999", "0"),
        ("1", "1"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("-12.034", "-12.034"),
        ("1E-5", "0.00001"),
        ("1e5", "100000"),
        ("1e+5", "100000"),
        ("1E05", "100000"),
        ("100e-2", "1"),
        ("123e-2", "1.23"),
        ("0.000000000000000001", "0.000000000000000001"),
        ("1e-18", "0.000000000000000001"),
        ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
        ("-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"),
        ("1e38", "100000000000000000000000000000000000000"),
        ("10000000000000000000000000000000000000000000000e-46", "1"),
        ("0.00000000000000000000000000000000000000000000000001e50", "1"),
    ] {
        assert_eq!(text.parse::<Number>().map(|number| number.to_string()).as_deref(), Ok(read), "{text}");
    }
    use NumberError::{NotANumber, Overflow, TooPrecise};
    for (text, why) in [
        ("", NotANumber),
        ("-", NotANumber),
        ("+1", NotANumber),
        ("--1", NotANumber),
        ("01", NotANumber),
        ("-01", NotANumber),
        ("00", NotANumber),
        ("1.", NotANumber),
        (".5", NotANumber),
        ("-.5", NotANumber),
        (".", NotANumber),
        ("1.e5", NotANumber),
        ("1.2.3", NotANumber),
        ("1e", NotANumber),
        ("1e+", NotANumber),
        ("1e-", NotANumber),
        ("1e1e1", NotANumber),
        ("1e1.5", NotANumber),
        ("1e+-5", NotANumber),
        ("e5", NotANumber),
        ("0x10", NotANumber),
        ("1_000", NotANumber),
        ("1,5", NotANumber),
        (" 1", NotANumber),
        ("1 ", NotANumber),
        ("1\n", NotANumber),
        ("1\0", NotANumber),
        ("NaN", NotANumber),
        ("Infinity", NotANumber),
        ("-inf", NotANumber),
        ("1f", NotANumber),
        ("١", NotANumber),
        ("1.٢", NotANumber),
        ("1e٣", NotANumber),
        ("１", NotANumber),
        ("−1", NotANumber),
        ("1.-5", NotANumber),
        ("1.+5", NotANumber),
        ("99999999999999999999999999999999999999999x", NotANumber),
        ("1e400", Overflow),
        ("1e39", Overflow),
        ("2e38", Overflow),
        ("1e99999999999999999999999999", Overflow),
        ("170141183460469231731687303715884105728", Overflow),
        ("-170141183460469231731687303715884105729", Overflow),
        ("0.1234567890123456789", TooPrecise),
        ("1e-19", TooPrecise),
        ("1e-400", TooPrecise),
        ("1e-99999999999999999999", TooPrecise),
        ("123456789.0000000000000000001", TooPrecise),
    ] {
        assert_eq!(text.parse::<Number>(), Err(why), "{text:?}");
    }
}

/// A mistake once made: an exponent was cut before it was weighed against the number of digits.
#[test]
fn long_texts_are_read_like_short_ones() {
    let zeros = "0".repeat(1_000_005);
    assert_eq!(format!("0.{zeros}1e9999999").parse::<Number>(), Err(NumberError::Overflow));
    assert_eq!(format!("1{zeros}e-9999999").parse::<Number>(), Err(NumberError::TooPrecise));
    assert_eq!(format!("1{zeros}e-1000005").parse::<Number>(), Ok(1.into()));
    assert_eq!(format!("0.{zeros}1e1000006").parse::<Number>(), Ok(1.into()));
}

#[test]
fn floats_are_read_by_their_shortest_decimal() {
    for (float, read) in [
        (0.1, "0.1"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e15, "1000000000000000"),
        (5e-9, "0.000000005"),
        (2_209_877_477_409_518.25, "2209877477409518.2"),
    ] {
        assert_eq!(Number::try_from(float), Ok(number(read)), "{float}");
    }
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Number::try_from(float), Err(NumberError::NotFinite));
    }
    for (float, why) in [
        (1e39, NumberError::Overflow),
        (f64::MAX, NumberError::Overflow),
        (1e-19, NumberError::TooPrecise),
        (f64::MIN_POSITIVE, NumberError::TooPrecise),
        (5e-324, NumberError::TooPrecise),
    ] {
        assert_eq!(Number::try_from(float), Err(why), "{float}");
    }
    let bits =
        prop_oneof![any::<f64>(), -1e6..1e6, (any::<i32>(), 0..5_i32).prop_map(|(n, s)| f64::from(n) / 10_f64.powi(s))];
    check(3000, &bits, |float| {
        if let Ok(number) = Number::try_from(float) {
            assert_eq!(number.to_string().parse::<f64>().unwrap(), float, "{float}");
            // Another writer may choose the other of two that are equally short and near.
            let json: Number = serde_json::to_string(&float).unwrap().parse().unwrap();
            assert_eq!(json.to_string().parse::<f64>().unwrap(), float, "{float}");
            assert_eq!(json.to_string().len(), number.to_string().len(), "{float}");
        }
    });
}

#[test]
fn sums_are_exact_or_refused() {
    let fits = std::cell::Cell::new(0);
    check(4000, &(numbers(), numbers()), |(a, b)| {
        let scale = a.scale().max(b.scale());
        let at = |n: Number| n.coefficient().checked_mul(10_i128.checked_pow(u32::from(scale - n.scale()))?);
        let expected =
            |sum: Option<i128>| sum.map(|sum| Number::new(sum, u32::from(scale)).unwrap()).ok_or(NumberError::Overflow);
        let both = at(a).zip(at(b));
        let sum = a.checked_add(b);
        assert_eq!(sum, expected(both.and_then(|(a, b)| a.checked_add(b))), "{a} + {b}");
        assert_eq!(a.checked_sub(b), expected(both.and_then(|(a, b)| a.checked_sub(b))), "{a} - {b}");
        assert_eq!(sum, b.checked_add(a));
        if let Ok(sum) = sum {
            fits.set(fits.get() + 1);
            assert!(sum.checked_sub(b).is_err() || sum.checked_sub(b) == Ok(a), "{a} + {b}");
            assert_eq!(sum.cmp(&a), b.cmp(&Number::ZERO), "{a} + {b}");
        }
    });
    assert!(fits.get() > 1000, "{}", fits.get());
    assert_eq!(number("0.1").checked_add(number("0.2")), Ok(number("0.3")));
    assert_eq!(Number::from(i128::MAX).checked_add(1.into()), Err(NumberError::Overflow));
    assert_eq!(Number::from(i128::MIN).checked_sub(1.into()), Err(NumberError::Overflow));
    assert_eq!(Number::ZERO.checked_sub(i128::MIN.into()), Err(NumberError::Overflow));
    assert_eq!(Number::from(i128::MAX).checked_add(number("0.5")), Err(NumberError::Overflow));
    assert_eq!(Number::try_from(u128::MAX), Err(NumberError::Overflow));
}
