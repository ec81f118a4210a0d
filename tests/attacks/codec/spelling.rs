//! One meaning has one spelling: everything that is not deterministic CBOR, or not well-formed at
//! all.

use super::{
    Row, capability, constraint, good_child, good_root, row, with_capability, with_child,
    with_constraint, with_root, with_token, with_values,
};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{MANDATE, proof_bytes};
use crate::support::story::{here, proof, reading, verifier};
use mandatum::ExecutionProof;
use mandatum::codec::CodecErrorKind;

/// The child with this payload.
fn payload(payload: &[u8]) -> Vec<u8> {
    with_token(1, good_child().token_of(payload))
}

/// The child's claims with the entry of a key written in other bytes.
fn claim(key: i64, value: &[u8]) -> Vec<u8> {
    with_child(&good_child().claim(key, value.to_vec()))
}

/// The child with its claims in this order.
fn reordered(change: impl FnOnce(&mut Map)) -> Vec<u8> {
    let child = good_child();
    let mut claims = child.claims.clone().set(MANDATE, child.terms.bytes());
    change(&mut claims);
    payload(&claims.bytes())
}

/// A head with an argument that is longer than it must be.
fn long_text() -> Vec<u8> {
    [&[0x78, 6][..], b"slides"].concat()
}

fn indefinite_text() -> Vec<u8> {
    [&[0x7f, 0x66][..], b"slides", &[0xff]].concat()
}

pub(super) fn rows() -> Vec<Row> {
    let child = good_child();
    let time = 1_767_229_200_u64.to_be_bytes();
    let long_time = [&[0x1b][..], &time].concat();
    let good = proof();
    let links = [good_root().token(), child.token()];
    let indefinite_array = [&[0x9f][..], &links.concat(), &[0xff]].concat();
    let definite_call = super::good_call().token();
    vec![
        row(
            "a byte after the end",
            [good.clone(), vec![0]].concat(),
            CodecErrorKind::TrailingBytes,
        )
        .at_byte(good.len()),
        row(
            "a second proof after the end",
            good.repeat(2),
            CodecErrorKind::TrailingBytes,
        )
        .at_byte(good.len()),
        row("nothing at all", Vec::new(), CodecErrorKind::Truncated).at_byte(0),
        row(
            "bytes after the claims",
            payload(&[child.payload(), vec![0xf6]].concat()),
            CodecErrorKind::TrailingBytes,
        ),
        row(
            "claims cut off",
            payload(&child.payload()[..90]),
            CodecErrorKind::Truncated,
        ),
        row(
            "a time in eight bytes",
            claim(4, &long_time),
            CodecErrorKind::NotShortest,
        )
        .at(&long_time),
        row(
            "a text with a long head",
            with_child(&child.clone().term(4, long_text())),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a map with a long head",
            payload(&[&[0xb8, 5][..], &child.payload()[1..]].concat()),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a key with a long head",
            reordered(|map| map.0[0].0 = vec![0x18, 4]),
            CodecErrorKind::NotShortest,
        ),
        row(
            "a chain of indefinite length",
            cbor::array([indefinite_array, definite_call]),
            CodecErrorKind::Indefinite,
        ),
        row(
            "a text of indefinite length",
            with_child(&child.clone().term(4, indefinite_text())),
            CodecErrorKind::Indefinite,
        ),
        row(
            "claims of indefinite length",
            payload(&[&[0xbf][..], &child.payload()[1..], &[0xff]].concat()),
            CodecErrorKind::Indefinite,
        ),
        row(
            "a break without a beginning",
            claim(4, &[0xff]),
            CodecErrorKind::Indefinite,
        ),
        row(
            "claims out of order",
            reordered(|map| map.0.swap(0, 1)),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a negative key before a positive one",
            reordered(|map| map.0.rotate_right(1)),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a claim twice",
            reordered(|map| map.0[1] = map.0[0].clone()),
            CodecErrorKind::Duplicate,
        ),
        row(
            "our claim twice",
            reordered(|map| map.0[3] = map.0[4].clone()),
            CodecErrorKind::Duplicate,
        ),
        row(
            "a term twice, the second wider",
            with_child(&{
                let mut child = child.clone();
                child.terms.0[1] = (cbor::int(0), cbor::array::<Vec<u8>>([]));
                child
            }),
            CodecErrorKind::Duplicate,
        ),
        row(
            "arguments out of order: longer names come later",
            with_capability(&capability().set(2, any_arguments(["account", "id"]))),
            CodecErrorKind::Unsorted,
        ),
        row(
            "an argument twice",
            with_capability(&capability().set(2, any_arguments(["id", "id"]))),
            CodecErrorKind::Duplicate,
        ),
        row(
            "audiences out of order",
            with_root(&good_root().term(5, texts(["b", "a"]))),
            CodecErrorKind::Unsorted,
        ),
        row(
            "audiences by length first",
            with_root(&good_root().term(5, texts(["aa", "b"]))),
            CodecErrorKind::Unsorted,
        ),
        row(
            "an audience twice",
            with_root(&good_root().term(5, texts(["a", "a"]))),
            CodecErrorKind::Duplicate,
        ),
        row(
            "members out of order",
            with_values(&[cbor::text("b"), cbor::text("a")]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a member twice",
            with_values(&[cbor::text("a"), cbor::text("a")]),
            CodecErrorKind::Duplicate,
        ),
        row(
            "entries of a value out of order",
            with_values(&[Map::of_texts([("b", cbor::null()), ("a", cbor::null())]).bytes()]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a half float",
            with_values(&[vec![0xf9, 0x3c, 0x00]]),
            CodecErrorKind::Float,
        )
        .at(&[0xf9, 0x3c, 0x00]),
        row(
            "a float",
            with_values(&[vec![0xfa, 0x3f, 0x80, 0, 0]]),
            CodecErrorKind::Float,
        ),
        row(
            "a double",
            with_values(&[[&[0xfb][..], &1.5_f64.to_be_bytes()].concat()]),
            CodecErrorKind::Float,
        ),
        row(
            "not a number",
            with_values(&[vec![0xf9, 0x7e, 0x00]]),
            CodecErrorKind::Float,
        ),
        row(
            "a time as a float",
            claim(4, &[0xfa, 0x4e, 0xd2, 0x97, 0xd0]),
            CodecErrorKind::Float,
        ),
        row(
            "undefined",
            with_values(&[vec![0xf7]]),
            CodecErrorKind::Reserved,
        ),
        row(
            "an unassigned simple value",
            with_values(&[vec![0xe0]]),
            CodecErrorKind::Reserved,
        ),
        row(
            "a simple value in two bytes",
            with_values(&[vec![0xf8, 0xff]]),
            CodecErrorKind::Reserved,
        ),
        row(
            "true in two bytes",
            with_values(&[vec![0xf8, 0x15]]),
            CodecErrorKind::Reserved,
        ),
        row(
            "a reserved head",
            with_values(&[vec![0x1c]]),
            CodecErrorKind::Reserved,
        ),
        row(
            "a text that is not UTF-8",
            with_values(&[cbor::raw_text(&[0xc3, 0x28])]),
            CodecErrorKind::NotUtf8,
        ),
        row(
            "a text with an overlong NUL",
            with_values(&[cbor::raw_text(&[0xc0, 0x80])]),
            CodecErrorKind::NotUtf8,
        ),
        row(
            "a text with a surrogate",
            with_values(&[cbor::raw_text(&[0xed, 0xa0, 0x80])]),
            CodecErrorKind::NotUtf8,
        ),
        row(
            "a name that is not UTF-8",
            with_root(&good_root().term(7, cbor::raw_text(&[0xff]))),
            CodecErrorKind::NotUtf8,
        ),
        row(
            "an empty break of a constraint",
            with_constraint(&[0x9f, 0x00, 0xff]),
            CodecErrorKind::Indefinite,
        ),
        row(
            "a proof of the longest length, all zero",
            vec![0; 66_560],
            CodecErrorKind::Expected(mandatum::codec::Expected::Array),
        )
        .at_byte(0),
        row(
            "a chain after another",
            proof_bytes(
                &[links[0].clone(), cbor::array(&links)],
                &super::good_call().token(),
            ),
            CodecErrorKind::Expected(mandatum::codec::Expected::Tag(18)),
        ),
    ]
}

fn any_arguments<const N: usize>(names: [&str; N]) -> Vec<u8> {
    Map::of_texts(names.map(|name| (name, cbor::array([cbor::int(0)])))).bytes()
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<u8> {
    cbor::array(texts.map(cbor::text))
}

#[test]
fn every_prefix_of_a_proof_is_truncated_there() {
    let proof = proof();
    for length in 0..proof.len() {
        let error = ExecutionProof::from_bytes(&proof[..length]).unwrap_err();
        assert_eq!((error.kind, error.at), (CodecErrorKind::Truncated, length));
    }
}

#[test]
fn no_bit_of_a_proof_can_be_flipped() {
    let (proof, verifier) = (proof(), verifier());
    for bit in 0..proof.len() * 8 {
        let mut flipped = proof.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(
            verifier.check(&flipped, &reading("acme"), &here()).is_err(),
            "bit {bit}"
        );
    }
}

#[test]
fn a_constraint_of_each_kind_is_read_where_it_is_right() {
    let one = constraint(0, Vec::new());
    assert!(
        ExecutionProof::from_bytes(&with_constraint(&one)).is_err(),
        "two parts where one is declared"
    );
    assert!(ExecutionProof::from_bytes(&with_constraint(&cbor::array([cbor::int(0)]))).is_ok());
}
