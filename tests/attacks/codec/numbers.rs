//! Numbers: one value, one spelling, nothing that rounds.

use super::{Row, row, with_number};
use crate::support::cbor;
use mandatum::ExecutionProof;
use mandatum::codec::{CodecErrorKind, Expected, InvalidValue};
use mandatum::primitives::NumberError;

fn big(bytes: &[u8]) -> Vec<u8> {
    cbor::tag(2, cbor::bytes(bytes))
}

fn big_negative(bytes: &[u8]) -> Vec<u8> {
    cbor::tag(3, cbor::bytes(bytes))
}

fn fraction(exponent: i64, coefficient: Vec<u8>) -> Vec<u8> {
    cbor::tag(4, cbor::array([cbor::int(exponent), coefficient]))
}

pub(super) fn rows() -> Vec<Row> {
    let [exponent, overflow] =
        [NumberError::Exponent, NumberError::Overflow].map(InvalidValue::Number);
    let nine_with_zero = [&[0][..], &[0xff; 8]].concat();
    vec![
        row(
            "a big number that is small",
            with_number(big(&[1])),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a big number of no bytes",
            with_number(big(&[])),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a big number that just fits eight bytes",
            with_number(big(&[0xff; 8])),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a big number with a leading zero",
            with_number(big(&nine_with_zero)),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a big negative number that is small",
            with_number(big_negative(&[1])),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a big negative number with a leading zero",
            with_number(big_negative(&nine_with_zero)),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a number above 128 bits",
            with_number(big(&[0x80; 16])),
            overflow,
        ),
        row(
            "a number below 128 bits",
            with_number(big_negative(&[0x80; 16])),
            overflow,
        ),
        row(
            "a number of 17 bytes",
            with_number(big(&[1; 17])),
            CodecErrorKind::TooLarge { max: 16 },
        ),
        row(
            "a big number of text",
            with_number(cbor::tag(2, cbor::text("123456789"))),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "a fraction with exponent 0",
            with_number(fraction(0, cbor::int(5))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a positive exponent where an integer fits",
            with_number(fraction(1, cbor::int(5))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a positive exponent where a big integer just fits",
            with_number(fraction(38, cbor::int(-1))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a positive exponent and a coefficient divisible by ten",
            with_number(fraction(39, cbor::int(10))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "zero with a positive exponent",
            with_number(fraction(39, cbor::int(0))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "an exponent above the bound",
            with_number(fraction(401, cbor::int(1))),
            exponent,
        ),
        row(
            "an exponent below the bound",
            with_number(fraction(-401, cbor::int(1))),
            exponent,
        ),
        row(
            "an exponent below the bound, of which zeros could be taken",
            with_number(fraction(-401, cbor::int(10))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "the highest exponent",
            with_number(fraction(i64::MAX, cbor::int(5))),
            exponent,
        ),
        row(
            "the lowest exponent",
            with_number(fraction(i64::MIN, cbor::int(5))),
            exponent,
        ),
        row(
            "the highest exponent that has a head",
            with_number(cbor::tag(
                4,
                cbor::array([cbor::head(0, u64::MAX), cbor::int(5)]),
            )),
            exponent,
        ),
        row(
            "an exponent with a long head",
            with_number(vec![0xc4, 0x82, 0x38, 0x00, 0x05]),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a coefficient above 128 bits",
            with_number(fraction(-1, big(&[0x80; 16]))),
            overflow,
        ),
        row(
            "a coefficient below 128 bits",
            with_number(fraction(39, big_negative(&[0x80; 16]))),
            overflow,
        ),
        row(
            "a fraction divisible by ten",
            with_number(fraction(-2, cbor::int(50))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a fraction that is whole",
            with_number(fraction(-1, cbor::int(10))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a fraction that is zero",
            with_number(fraction(-1, cbor::int(0))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a fraction of a big number that is small",
            with_number(fraction(-1, big(&[5]))),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a fraction of a fraction",
            with_number(fraction(-1, fraction(-1, cbor::int(5)))),
            CodecErrorKind::Expected(Expected::Value),
        ),
        row(
            "a fraction with a big exponent",
            with_number(cbor::tag(4, cbor::array([big(&[1; 9]), cbor::int(5)]))),
            CodecErrorKind::Expected(Expected::Integer),
        ),
        row(
            "a fraction with one part",
            with_number(cbor::tag(4, cbor::array([cbor::int(-1)]))),
            CodecErrorKind::Expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "a fraction with three parts",
            with_number(cbor::tag(4, cbor::array(vec![cbor::int(-1); 3]))),
            CodecErrorKind::TooMany { max: 2 },
        ),
        row(
            "a big float",
            with_number(cbor::tag(5, cbor::array([cbor::int(-1), cbor::int(3)]))),
            CodecErrorKind::Expected(Expected::Value),
        ),
        row(
            "a rational",
            with_number(cbor::tag(30, cbor::array([cbor::int(1), cbor::int(3)]))),
            CodecErrorKind::Expected(Expected::Value),
        ),
        row(
            "a time for a number",
            with_number(cbor::tag(1, cbor::int(1))),
            CodecErrorKind::Expected(Expected::Value),
        ),
        row(
            "a number with a long head",
            with_number(vec![0x18, 0x17]),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a negative number with a long head",
            with_number(vec![0x39, 0x00, 0xff]),
            CodecErrorKind::NotShortest,
        ),
    ]
}

#[test]
fn the_numbers_at_the_edges_are_read() {
    let smallest_big = [&[1][..], &[0; 8]].concat();
    let widest = [&[0x7f][..], &[0xff; 15]].concat();
    let numbers = [
        big(&smallest_big),
        big(&widest),
        big_negative(&smallest_big),
        big_negative(&widest),
        cbor::head(0, u64::MAX),
        cbor::head(1, u64::MAX),
        fraction(-400, cbor::int(1)),
        fraction(-400, big(&widest)),
        fraction(39, cbor::int(1)),
        fraction(400, cbor::int(-1)),
        fraction(400, big_negative(&widest)),
        // The least beyond 128 bits that ends in a zero, and the least of all that are negative.
        fraction(1, big(&[&[0x0c], &[0xcc; 14][..], &[0xcd]].concat())),
        fraction(1, big_negative(&widest)),
        fraction(-1, cbor::int(-5)),
    ];
    for number in numbers {
        assert!(
            ExecutionProof::from_bytes(&with_number(number.clone())).is_ok(),
            "{number:02x?}"
        );
    }
}
