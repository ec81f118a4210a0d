//! Everything has a bound.

use super::{Row, good_call, good_child, good_root, row, with_child, with_token};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_bytes, proof_bytes};
use mandatum::bounds::{MAX_CHAIN_BYTES, MAX_PROOF_BYTES, MAX_TOKEN_BYTES};
use mandatum::codec::CodecErrorKind;
use mandatum::{Chain, ExecutionProof};

/// The child with a constraint of texts that fill it to this many bytes as a token.
fn child_of_size(bytes: usize) -> Forge {
    let with_filling = |filling: usize| {
        let text = cbor::text(&"a".repeat(filling));
        let rule = super::constraint(1, cbor::array([text]));
        let arguments = cbor::Map::of_texts([("account", rule)]);
        let capability = super::capability().set(2, arguments.bytes());
        good_child().term(0, cbor::array([capability.bytes()]))
    };
    let overhead = with_filling(8_000).token().len() - 8_000;
    let forge = with_filling(bytes - overhead);
    assert_eq!(forge.token().len(), bytes);
    forge
}

/// A chain of this many bytes: the root and children of a fifth of it each.
pub(super) fn chain_of_size(bytes: usize) -> Vec<Vec<u8>> {
    let root = good_root().token();
    let rest = bytes - root.len() - 1;
    let child = child_of_size(13_000).token();
    let last = child_of_size(rest - 4 * child.len()).token();
    let tokens = [vec![root], vec![child; 4], vec![last]].concat();
    assert_eq!(chain_bytes(&tokens).len(), bytes);
    tokens
}

pub(super) fn rows() -> Vec<Row> {
    let [root, child, call] = [
        good_root().token(),
        good_child().token(),
        good_call().token(),
    ];
    let too_large = |max| CodecErrorKind::TooLarge { max };
    vec![
        row(
            "a token one byte too large",
            with_child(&child_of_size(MAX_TOKEN_BYTES + 1)),
            too_large(MAX_TOKEN_BYTES),
        )
        .at_byte(2 + root.len()),
        row(
            "a payload too large for any token",
            with_child(&child_of_size(MAX_TOKEN_BYTES + 500)),
            too_large(MAX_TOKEN_BYTES),
        ),
        row(
            "a header too large for any token",
            with_token(
                1,
                good_child()
                    .protected(cbor::text(&"a".repeat(17_000)))
                    .token(),
            ),
            too_large(MAX_TOKEN_BYTES),
        ),
        row(
            "a chain one byte too large",
            proof_bytes(&chain_of_size(MAX_CHAIN_BYTES + 1), &call),
            too_large(MAX_CHAIN_BYTES),
        )
        .at_byte(1),
        row(
            "a proof one byte too large",
            vec![0x82; MAX_PROOF_BYTES + 1],
            too_large(MAX_PROOF_BYTES),
        )
        .at_byte(0),
        row(
            "a link too many",
            proof_bytes(&[vec![root], vec![child; 16]].concat(), &call),
            CodecErrorKind::TooMany { max: 16 },
        )
        .at_byte(1),
        row(
            "a chain that claims to be endless",
            vec![0x82, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            CodecErrorKind::TooMany { max: 16 },
        ),
        row(
            "a text that claims to be endless",
            with_child(&good_child().term(
                4,
                vec![0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            )),
            too_large(256),
        ),
    ]
}

#[test]
fn what_is_just_within_bounds_is_read() {
    let call = good_call().token();
    assert!(ExecutionProof::from_bytes(&with_child(&child_of_size(MAX_TOKEN_BYTES))).is_ok());
    let chain = chain_of_size(MAX_CHAIN_BYTES);
    assert!(Chain::from_bytes(&chain_bytes(&chain)).is_ok());
    assert!(ExecutionProof::from_bytes(&proof_bytes(&chain, &call)).is_ok());
    let sixteen = [vec![good_root().token()], vec![good_child().token(); 15]].concat();
    assert!(ExecutionProof::from_bytes(&proof_bytes(&sixteen, &call)).is_ok());
}

#[test]
fn a_chain_alone_has_the_same_bound_as_in_a_proof() {
    let chain = chain_of_size(MAX_CHAIN_BYTES + 1);
    let error = Chain::from_bytes(&chain_bytes(&chain)).unwrap_err();
    assert_eq!(
        (error.at, error.kind),
        (
            0,
            CodecErrorKind::TooLarge {
                max: MAX_CHAIN_BYTES
            }
        )
    );
}
