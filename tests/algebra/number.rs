//! Numbers are exact, or an error: against decimal strings and plain integers.

use crate::generate::check;
use crate::model::number;
use mandatum::primitives::{Number, NumberError};
use proptest::prelude::*;
use proptest::sample::select;
use std::cmp::Ordering;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Coefficients of all sizes, many at an edge and many divisible by ten.
fn coefficients() -> impl Strategy<Value = i128> {
    let edges = [
        i128::MIN,
        i128::MIN + 1,
        i128::MAX,
        i128::MAX - 1,
        10_i128.pow(38),
        -(10_i128.pow(38)),
        0,
        1,
        -1,
    ];
    prop_oneof![
        2 => select(edges.to_vec()),
        3 => -200_i128..200,
        2 => any::<i64>().prop_map(i128::from),
        2 => any::<i128>(),
        2 => (any::<i64>(), 0..20_u32).prop_map(|(most, zeros)| i128::from(most) * 10_i128.pow(zeros.min(19))),
    ]
}

/// Exponents of all sizes, many where the form changes.
fn exponents() -> impl Strategy<Value = i32> {
    prop_oneof![3 => -20..20, 2 => -45..45, 2 => -400..=400, 1 => select(vec![-401, -400, -39, -38, 38, 39, 400, 401])]
}

/// Numbers of all sizes, and neighbours that differ in their last digit or in how they are spelled.
fn numbers() -> impl Strategy<Value = Number> {
    (coefficients(), exponents()).prop_filter_map("a number", |(coefficient, exponent)| {
        Number::scientific(coefficient, exponent).ok()
    })
}

/// Two numbers, half of the time near each other: the same order of magnitude with other digits.
fn pairs() -> impl Strategy<Value = (Number, Number)> {
    let near = (numbers(), -3..4_i128, 0..40_u32).prop_map(|(a, more, zeros)| {
        let longer = 10_i128
            .checked_pow(zeros)
            .and_then(|factor| a.coefficient().checked_mul(factor));
        let near = longer
            .and_then(|longer| longer.checked_add(more))
            .and_then(|near| Number::scientific(near, i32::from(a.exponent()) - zeros as i32).ok());
        (a, near.unwrap_or(a))
    });
    prop_oneof![(numbers(), numbers()), near]
}

/// A sum in units of 10⁻⁴⁰⁰ as decimal digits, the lowest first, in which nothing is lost: more
/// digits than a sum of two numbers has.
const PLACES: usize = 400 + 400 + 40;

/// Sign, and the digits of the magnitude with the highest first: what a person compares digit by
/// digit.
fn digits(number: Number) -> (bool, String) {
    let zeros = "0".repeat(usize::try_from(400 + number.exponent()).unwrap());
    let magnitude = format!("{}{zeros}", number.coefficient().unsigned_abs());
    (number.coefficient() >= 0, format!("{magnitude:0>PLACES$}"))
}

/// Whether the value of these is a whole number of 128 bits, reckoned on its digits.
fn is_integer(coefficient: i128, exponent: i32) -> bool {
    let text = coefficient.to_string();
    let significant = text.trim_end_matches('0');
    let point = (text.len() - significant.len()) as i64 + i64::from(exponent);
    (0..50).contains(&point)
        && format!("{significant}{}", "0".repeat(point as usize))
            .parse::<i128>()
            .is_ok()
}

#[test]
fn one_value_has_one_form() {
    let (whole, fractions, beyond) = (
        std::cell::Cell::new(0),
        std::cell::Cell::new(0),
        std::cell::Cell::new(0),
    );
    check(
        4000,
        &(coefficients(), exponents()),
        |(coefficient, exponent)| {
            let removable = coefficient
                .to_string()
                .bytes()
                .rev()
                .take_while(|digit| *digit == b'0')
                .count() as i32;
            match Number::scientific(coefficient, exponent) {
                Ok(number) if number.exponent() == 0 => {
                    whole.set(whole.get() + 1);
                    assert!(
                        coefficient == 0 || is_integer(coefficient, exponent),
                        "{coefficient} {exponent}"
                    );
                    assert_eq!(number.to_integer(), Some(number.coefficient()));
                }
                Ok(number) => {
                    assert!(
                        (-400..=400).contains(&number.exponent()),
                        "{coefficient} {exponent}"
                    );
                    let kind = if number.exponent() < 0 {
                        &fractions
                    } else {
                        &beyond
                    };
                    kind.set(kind.get() + 1);
                    assert!(
                        !is_integer(coefficient, exponent),
                        "{coefficient} {exponent}"
                    );
                    assert_ne!(number.coefficient() % 10, 0, "{coefficient} {exponent}");
                    assert_eq!(i32::from(number.exponent()), exponent + removable);
                    assert_eq!(
                        number.coefficient() * 10_i128.pow(removable as u32),
                        coefficient
                    );
                    assert_eq!(number.to_integer(), None);
                    assert_eq!(number.is_whole(), number.exponent() > 0);
                }
                Err(why) => {
                    assert_eq!(why, NumberError::Exponent);
                    assert!(
                        coefficient != 0 && (exponent + removable).abs() > 400,
                        "{coefficient} {exponent}"
                    );
                }
            }
            if exponent <= 0 {
                assert_eq!(
                    Number::new(coefficient, exponent.unsigned_abs()),
                    Number::scientific(coefficient, exponent)
                );
            }
        },
    );
    assert!(
        [&whole, &fractions, &beyond]
            .iter()
            .all(|kind| kind.get() > 500),
        "{whole:?} {fractions:?} {beyond:?}"
    );
    for exponent in [i32::MIN, i32::MAX] {
        assert_eq!(Number::scientific(1, exponent), Err(NumberError::Exponent));
        assert_eq!(Number::scientific(0, exponent), Ok(Number::ZERO));
    }
    assert_eq!(Number::new(1, u32::MAX), Err(NumberError::Exponent));
}

/// Each number as a multiple of each power of ten, or not.
#[test]
fn units_are_exact_or_none() {
    check(
        4000,
        &(numbers(), -60..60_i32),
        |(number, exponent)| match number.at_exponent(exponent) {
            Some(units) => assert_eq!(Number::scientific(units, exponent), Ok(number)),
            None => {
                let removable = number
                    .coefficient()
                    .to_string()
                    .bytes()
                    .rev()
                    .take_while(|digit| *digit == b'0')
                    .count();
                let shift = i32::from(number.exponent()) - exponent;
                let fits = shift <= 0
                    || 10_i128
                        .checked_pow(shift as u32)
                        .is_some_and(|factor| number.coefficient().checked_mul(factor).is_some());
                assert!(
                    !fits || shift + removable as i32 <= -1,
                    "{number} {exponent}"
                );
            }
        },
    );
    for exponent in [i32::MIN, i32::MAX] {
        assert_eq!(
            (
                number("1").at_exponent(exponent),
                number("0").at_exponent(exponent)
            ),
            (None, Some(0))
        );
    }
}

#[test]
fn order_is_that_of_the_digits() {
    check(4000, &pairs(), |(a, b)| {
        let by_digits = match (digits(a), digits(b)) {
            ((true, x), (true, y)) => x.cmp(&y),
            ((false, x), (false, y)) => y.cmp(&x),
            ((true, _), _) => Ordering::Greater,
            ((false, _), _) => Ordering::Less,
        };
        assert_eq!(a.cmp(&b), by_digits, "{a} {b}");
        assert_eq!(a == b, by_digits == Ordering::Equal, "{a} {b}");
        assert_eq!(b.cmp(&a), by_digits.reverse());
        assert_eq!(hash(a) == hash(b), by_digits == Ordering::Equal, "{a} {b}");
    });
}

fn hash(number: Number) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(number)
}

#[test]
fn what_is_written_reads_back() {
    check(6000, &numbers(), |number| {
        let text = number.to_string();
        assert_eq!(text.parse(), Ok(number), "{text}");
        assert!(
            !text.contains(['E', '+']) && !text.ends_with('.') && text != "-0",
            "{text}"
        );
        assert!(
            serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(),
            "{text}"
        );
        let first_place =
            number.coefficient().unsigned_abs().to_string().len() as i16 + number.exponent();
        let is_plain = number.exponent() == 0 || (number.exponent() < 0 && first_place > -18);
        assert_eq!(text.contains('e'), !is_plain, "{text}");
    });
    for text in [
        "0",
        "-12.034",
        "0.000000000000000001",
        "0.0000000000000000012",
        "-0.00004547132266452536",
        "0.0033333333333333335",
        "1e-19",
        "-1.2e-19",
        "100000000000000000000000000000000000000",
        "1e39",
        "-1.7976931348623157e308",
        "5e-324",
        "1e400",
        "170141183460469231731687303715884105727e362",
    ] {
        let canonical = if text.starts_with("17014") {
            "1.70141183460469231731687303715884105727e400"
        } else {
            text
        };
        assert_eq!(number(text).to_string(), canonical);
    }
}

/// What a text of these parts is, reckoned on its digits: coefficient and exponent.
fn reckoned(
    negative: bool,
    integer: &str,
    fraction: &str,
    exponent: i64,
) -> Result<(i128, i16), NumberError> {
    let all = format!("{integer}{fraction}");
    let significant = all.trim_end_matches('0');
    let exponent = exponent + (all.len() - significant.len()) as i64 - fraction.len() as i64;
    let sign = if negative { "-" } else { "" };
    let read = |digits: &str| {
        format!("{sign}{digits}")
            .parse::<i128>()
            .map_err(|_| NumberError::Overflow)
    };
    match significant.trim_start_matches('0') {
        "" => Ok((0, 0)),
        digits => {
            let whole = (0..50)
                .contains(&exponent)
                .then(|| format!("{digits}{}", "0".repeat(exponent as usize)));
            match (whole.and_then(|whole| read(&whole).ok()), read(digits)?) {
                (Some(whole), _) => Ok((whole, 0)),
                (None, digits) if exponent.abs() <= 400 => Ok((digits, exponent as i16)),
                (None, _) => Err(NumberError::Exponent),
            }
        }
    }
}

#[test]
fn texts_are_read_exactly_or_not_at_all() {
    let integer = prop_oneof!["0", "[1-9][0-9]{0,4}", "[1-9]0{0,60}", "[1-9][0-9]{30,42}"];
    let fraction =
        prop_oneof![3 => "", 3 => "[0-9]{1,5}", 2 => "0{1,40}[1-9]0{0,9}", 1 => "[0-9]{15,40}"];
    let exponent = prop_oneof![
        Just(0_i64),
        -50_i64..50,
        -500_i64..500,
        select(vec![i64::MIN + 1, -401, 399, i64::MAX])
    ];
    let (exact, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let parts = (
        any::<bool>(),
        integer,
        fraction,
        exponent,
        select(vec!["e", "E", "e+", "E00"]),
    );
    check(
        6000,
        &parts,
        |(negative, integer, fraction, exponent, spelling)| {
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
            let read = text
                .parse::<Number>()
                .map(|number| (number.coefficient(), number.exponent()));
            assert_eq!(
                read,
                reckoned(negative, &integer, &fraction, reckon_with),
                "{text}"
            );
            let count = if read.is_ok() { &exact } else { &refused };
            count.set(count.get() + 1);
        },
    );
    assert!(
        exact.get() > 2000 && refused.get() > 1000,
        "{} {}",
        exact.get(),
        refused.get()
    );
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
        (
            "170141183460469231731687303715884105727",
            "170141183460469231731687303715884105727",
        ),
        (
            "-170141183460469231731687303715884105728",
            "-170141183460469231731687303715884105728",
        ),
        ("1e38", "100000000000000000000000000000000000000"),
        ("10000000000000000000000000000000000000000000000e-46", "1"),
        (
            "0.00000000000000000000000000000000000000000000000001e50",
            "1",
        ),
        ("1e39", "1e39"),
        ("2E+38", "2e38"),
        ("-15e+399", "-1.5e400"),
        ("1E-0400", "1e-400"),
        ("10e-401", "1e-400"),
        ("0.1e401", "1e400"),
        ("1.6e-19", "1.6e-19"),
        ("6.1e-17", "0.000000000000000061"),
        ("-4.547132266452536e-05", "-0.00004547132266452536"),
        ("0.1234567890123456789", "0.1234567890123456789"),
        (
            "170141183460469231731687303715884105730",
            "1.7014118346046923173168730371588410573e38",
        ),
    ] {
        assert_eq!(
            text.parse::<Number>()
                .map(|number| number.to_string())
                .as_deref(),
            Ok(read),
            "{text}"
        );
    }
    use NumberError::{Exponent, NotANumber, Overflow};
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
        ("1e401", Exponent),
        ("-1e401", Exponent),
        ("10e400", Exponent),
        ("1e99999999999999999999999999", Exponent),
        ("170141183460469231731687303715884105728", Overflow),
        ("-170141183460469231731687303715884105729", Overflow),
        ("1.70141183460469231731687303715884105728", Overflow),
        ("123456789.000000000000000000000000000000001", Overflow),
        ("1000000000000000000000000000000000000001e-500", Overflow),
        ("1e-401", Exponent),
        ("1.5e-400", Exponent),
        ("1e-99999999999999999999", Exponent),
    ] {
        assert_eq!(text.parse::<Number>(), Err(why), "{text:?}");
    }
}

/// A mistake once made: an exponent was cut before it was weighed against the number of digits.
#[test]
fn long_texts_are_read_like_short_ones() {
    let zeros = "0".repeat(1_000_005);
    assert_eq!(
        format!("0.{zeros}1e9999999").parse::<Number>(),
        Err(NumberError::Exponent)
    );
    assert_eq!(
        format!("1{zeros}e-9999999").parse::<Number>(),
        Err(NumberError::Exponent)
    );
    assert_eq!(format!("1{zeros}e-1000005").parse::<Number>(), Ok(1.into()));
    assert_eq!(
        format!("0.{zeros}1e1000006").parse::<Number>(),
        Ok(1.into())
    );
}

/// A double of any bit pattern: subnormals, and the largest and smallest of all, among them.
fn doubles() -> impl Strategy<Value = f64> {
    let edges = [
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        -0.0,
        f64::EPSILON,
        2.225073858507201e-308,
    ];
    prop_oneof![
        4 => any::<u64>().prop_map(f64::from_bits),
        2 => (any::<bool>(), 1..1_u64 << 52).prop_map(|(sign, bits)| f64::from_bits(u64::from(sign) << 63 | bits)),
        1 => select(edges.to_vec()),
        2 => -1.0..1.0,
        1 => (any::<i32>(), 0..5_i32).prop_map(|(n, s)| f64::from(n) / 10_f64.powi(s)),
    ]
    .prop_filter("finite", |float| float.is_finite())
}

#[test]
fn the_shortest_text_of_every_double_is_a_number() {
    let subnormal = std::cell::Cell::new(0);
    check(6000, &doubles(), |float| {
        subnormal.set(subnormal.get() + usize::from(float.is_subnormal()));
        let read: Number = format!("{float:e}").parse().unwrap();
        for text in [
            format!("{float}"),
            format!("{float:E}"),
            format!("{float:?}"),
        ] {
            assert_eq!(text.parse(), Ok(read), "{text}");
        }
        assert_eq!(read.to_string().parse::<f64>().unwrap(), float, "{float:e}");
        // Other writers may choose the other of two texts that are equally short and near.
        let json: Number = serde_json::to_string(&float).unwrap().parse().unwrap();
        assert_eq!(json.to_string().parse::<f64>().unwrap(), float, "{float:e}");
        assert_eq!(json.to_string().len(), read.to_string().len(), "{float:e}");
        // And seventeen digits, which some write always.
        let longest: Number = format!("{float:.16e}").parse().unwrap();
        assert_eq!(
            longest.to_string().parse::<f64>().unwrap(),
            float,
            "{float:e}"
        );
    });
    assert!(subnormal.get() > 600, "{subnormal:?}");
}

/// Why there is no conversion: of two decimals that are equally short and near, the standard
/// library writes one and JSON writers the other.
#[test]
fn a_float_may_have_two_shortest_decimals() {
    let float = 8_839_509_909_638_073.0_f64 / 4.0;
    assert_eq!(
        format!("{float:e}").parse(),
        Ok(number("2209877477409518.3"))
    );
    assert_eq!(serde_json::to_string(&float).unwrap(), "2209877477409518.2");
    assert_eq!(
        "2209877477409518.2".parse::<f64>().unwrap(),
        "2209877477409518.3".parse::<f64>().unwrap()
    );
}

/// A sum on digits: sign and magnitude in units of 10⁻⁴⁰⁰, the highest first.
fn summed((a_positive, a): (bool, String), (b_positive, b): (bool, String)) -> (bool, String) {
    let (high, low, positive) = if a >= b {
        (a, b, a_positive)
    } else {
        (b, a, b_positive)
    };
    let (mut carry, mut sum) = (0_i8, Vec::new());
    for (high, low) in high.bytes().rev().zip(low.bytes().rev()) {
        let (high, low) = ((high - b'0') as i8, (low - b'0') as i8);
        let digit = carry + high + if a_positive == b_positive { low } else { -low };
        carry = digit.div_euclid(10);
        sum.push(char::from(b'0' + digit.rem_euclid(10) as u8));
    }
    let sum: String = sum.iter().rev().collect();
    (positive || sum.bytes().all(|digit| digit == b'0'), sum)
}

#[test]
fn sums_are_exact_or_refused() {
    let (fits, cancelled) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    check(3000, &pairs(), |(a, b)| {
        let opposite = |(positive, text): (bool, String)| {
            (!positive || text.bytes().all(|digit| digit == b'0'), text)
        };
        let difference = a.checked_sub(b);
        for (found, (positive, digits)) in [
            (a.checked_add(b), summed(digits(a), digits(b))),
            (difference, summed(digits(a), opposite(digits(b)))),
        ] {
            let (sign, text) = (
                if positive { "" } else { "-" },
                digits.trim_start_matches('0'),
            );
            // The reading of texts is held against digits above.
            let expected = format!("{sign}{}e-400", if text.is_empty() { "0" } else { text })
                .parse::<Number>();
            assert_eq!(found, expected, "{a} {b}");
            fits.set(fits.get() + usize::from(found.is_ok()));
        }
        assert_eq!(a.checked_add(b), b.checked_add(a));
        if let Ok(difference) = difference {
            assert_eq!(difference.cmp(&Number::ZERO), a.cmp(&b), "{a} - {b}");
            let is_smaller = a.exponent() != b.exponent()
                && difference.exponent() == 0
                && difference != Number::ZERO;
            cancelled.set(cancelled.get() + usize::from(is_smaller));
        }
    });
    assert!(
        fits.get() > 1000 && cancelled.get() > 10,
        "{fits:?} {cancelled:?}"
    );
    assert_eq!(number("0.1").checked_add(number("0.2")), Ok(number("0.3")));
    assert_eq!(
        number("1e39").checked_sub(number("1e38")),
        Ok(number("9e38"))
    );
    assert_eq!(
        number("1e300").checked_add(number("1e-300")),
        Err(NumberError::Overflow)
    );
    assert_eq!(
        number("9e400").checked_add(number("1e400")),
        Err(NumberError::Exponent)
    );
    assert_eq!(
        Number::from(i128::MAX).checked_add(1.into()),
        Err(NumberError::Overflow)
    );
    // One that ends in a zero is beyond 128 bits and has few enough digits.
    let most = Number::scientific(17_014_118_346_046_923_173_168_730_371_588_410_573, 1);
    assert_eq!(Number::from(i128::MAX).checked_add(3.into()), most);
    assert_eq!(
        Number::try_from(u128::try_from(i128::MAX).unwrap() + 3),
        most
    );
    assert_eq!(
        Number::from(i128::MIN).checked_sub(1.into()),
        Err(NumberError::Overflow)
    );
    assert_eq!(
        Number::from(i128::MIN).checked_sub(i128::MIN.into()),
        Ok(Number::ZERO)
    );
    assert_eq!(
        Number::from(i128::MIN).checked_add(i128::MIN.into()),
        Err(NumberError::Overflow)
    );
    assert_eq!(
        Number::ZERO.checked_sub(i128::MIN.into()),
        Err(NumberError::Overflow)
    );
    assert_eq!(
        Number::from(i128::MAX).checked_add(number("0.5")),
        Err(NumberError::Overflow)
    );
    assert_eq!(Number::try_from(u128::MAX), Err(NumberError::Overflow));
}
