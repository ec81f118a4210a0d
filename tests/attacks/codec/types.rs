//! Each kind of token where another belongs.

use super::{Row, good_call, good_child, good_root, row, with_token};
use crate::support::cbor;
use crate::support::forge::{CALL, CHILD, ROOT, chain_bytes, proof_bytes};
use mandatum::claims::Child;
use mandatum::codec::{Claims, CodecErrorKind, Expected};
use mandatum::sign::Token;
use mandatum::{CallClaims, Root};

fn wrong(expected: &'static str, found: &str) -> CodecErrorKind {
    CodecErrorKind::TokenType {
        expected,
        found: found.into(),
    }
}

fn typ(typ: &str) -> Vec<u8> {
    let header = cbor::Map::of([(1, cbor::int(-8)), (16, cbor::text(typ))]);
    with_token(1, good_child().protected(header.bytes()).token())
}

pub(super) fn rows() -> Vec<Row> {
    let [root, child, call] = [
        good_root().token(),
        good_child().token(),
        good_call().token(),
    ];
    vec![
        row(
            "a child where the root belongs",
            with_token(0, child.clone()),
            wrong(ROOT, CHILD),
        ),
        row(
            "a call where the root belongs",
            with_token(0, call.clone()),
            wrong(ROOT, CALL),
        ),
        row(
            "a root where a child belongs",
            with_token(1, root.clone()),
            wrong(CHILD, ROOT),
        ),
        row(
            "a call where a child belongs",
            with_token(1, call.clone()),
            wrong(CHILD, CALL),
        ),
        row(
            "a root where the call belongs",
            with_token(2, root.clone()),
            wrong(CALL, ROOT),
        ),
        row(
            "a child where the call belongs",
            with_token(2, child.clone()),
            wrong(CALL, CHILD),
        ),
        row(
            "the first format",
            typ("mandate1+cwt"),
            wrong(CHILD, "mandate1+cwt"),
        ),
        row(
            "the type in full",
            typ("application/mandate2+cwt"),
            wrong(CHILD, "application/mandate2+cwt"),
        ),
        row(
            "the type in capitals",
            typ("MANDATE2+CWT"),
            wrong(CHILD, "MANDATE2+CWT"),
        ),
        row("no type to speak of", typ(""), wrong(CHILD, "")),
        row(
            "no link at all",
            proof_bytes(&[], &call),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        row(
            "a proof without a call",
            cbor::array([chain_bytes(std::slice::from_ref(&root))]),
            CodecErrorKind::Expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "a chain where a proof belongs",
            chain_bytes(&[root.clone(), child.clone()]),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a root where a proof belongs",
            root.clone(),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a chain in a byte string",
            cbor::array([cbor::bytes(chain_bytes(&[root])), call]),
            CodecErrorKind::Expected(Expected::Array),
        ),
    ]
}

#[test]
fn a_token_reads_as_its_own_type_and_as_no_other() {
    fn reads<C: Claims>(token: &[u8]) -> bool {
        Token::<C>::from_bytes(token).is_ok()
    }
    let tokens = [
        good_root().token(),
        good_child().token(),
        good_call().token(),
    ];
    let found = tokens.map(|token| {
        [
            reads::<Root>(&token),
            reads::<Child>(&token),
            reads::<CallClaims>(&token),
        ]
    });
    assert_eq!(
        found,
        [
            [true, false, false],
            [false, true, false],
            [false, false, true]
        ]
    );
}

#[test]
fn a_call_relabelled_as_a_mandate_is_still_no_mandate() {
    let header = |typ| cbor::Map::of([(1, cbor::int(-8)), (16, cbor::text(typ))]).bytes();
    assert!(Token::<Child>::from_bytes(&good_call().protected(header(CHILD)).token()).is_err());
    assert!(Token::<Root>::from_bytes(&good_child().protected(header(ROOT)).token()).is_err());
    assert!(Token::<Child>::from_bytes(&good_root().protected(header(CHILD)).token()).is_err());
    assert!(
        Token::<CallClaims>::from_bytes(&good_child().protected(header(CALL)).token()).is_err()
    );
}
