//! Rule 11: each link is signed by the key above it, strictly, over the bytes that came.

use super::{Row, row};
use crate::support::forge::{Forge, chain_of};
use crate::support::story::{
    COMPANY, HELPER, INTERN, ORCHESTRATOR, THIEF, child_of, confirmation_of, grandchild_of, key,
    root, three_links, two_links, verifier,
};
use crate::support::{cbor, story};
use mandatum::chain::ChainErrorKind;
use mandatum::primitives::KeyError;
use mandatum::sign::SignatureError;

const BAD: ChainErrorKind = ChainErrorKind::Signature(SignatureError);

fn root_by(signer: u8) -> [Vec<u8>; 2] {
    let root = root().signed_by(signer).token();
    let child = child_of(&root).token();
    [root, child]
}

fn child_by(signer: u8) -> [Vec<u8>; 2] {
    let root = root().token();
    let child = child_of(&root).signed_by(signer).token();
    [root, child]
}

fn grandchild_by(signer: u8) -> [Vec<u8>; 3] {
    let [root, child, _] = three_links();
    let grandchild = grandchild_of(&child).signed_by(signer).token();
    [root, child, grandchild]
}

/// The root and a child with this signature.
fn child_with(signature: impl AsRef<[u8]>) -> [Vec<u8>; 2] {
    let root = root().token();
    let mut parts = child_of(&root).parts();
    parts[3] = cbor::bytes(signature);
    [root, cbor::tag(18, cbor::array(parts))]
}

/// The child's signature, over this instead of what should be signed.
fn child_over(message: impl FnOnce(&Forge) -> Vec<u8>) -> [Vec<u8>; 2] {
    let child = child_of(&root().token());
    child_with(key(ORCHESTRATOR).sign(&message(&child)).as_bytes())
}

fn signature_of(token: &[u8]) -> [u8; 64] {
    token[token.len() - 64..].try_into().unwrap()
}

/// The same signature with the group's order added to S: a second spelling of one number (RFC 8032
/// section 8.4).
fn malleated(signature: [u8; 64]) -> [u8; 64] {
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut result = signature;
    let mut carry = 0_u16;
    for (byte, add) in result[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + add + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    result
}

fn structure(context: &str, external: &[u8], forge: &Forge) -> Vec<u8> {
    cbor::array([
        cbor::text(context),
        cbor::bytes(&forge.protected),
        cbor::bytes(external),
        cbor::bytes(forge.payload()),
    ])
}

/// A key that is no point of the curve, and is neither weak nor a second spelling.
pub(super) fn off_curve() -> [u8; 32] {
    (2..=u8::MAX)
        .map(|byte| [byte; 32])
        .find(|bytes| {
            curve25519_dalek::edwards::CompressedEdwardsY(*bytes)
                .decompress()
                .is_none()
        })
        .unwrap()
}

pub(super) fn rows() -> Vec<Row> {
    let [root, child, grandchild] = three_links();
    let off_curve = confirmation_of(&off_curve());
    let no_key = ChainErrorKind::HolderKey(KeyError::NotOnCurve);
    let foreign_root = story::root().claim(8, off_curve.clone()).token();
    let foreign_child = child_of(&root).claim(8, off_curve).token();
    let good = signature_of(&child);
    let payload_swapped = {
        let other = child_of(&root).term(0, story::root().terms.get(0));
        let mut parts = child_of(&root).parts();
        parts[2] = cbor::bytes(other.payload());
        cbor::tag(18, cbor::array(parts))
    };
    vec![
        row("a root signed by a thief", root_by(THIEF), 0, BAD),
        row(
            "a root signed by its own holder",
            root_by(ORCHESTRATOR),
            0,
            BAD,
        ),
        row("a root signed by a holder below", root_by(HELPER), 0, BAD),
        row("a child signed by a thief", child_by(THIEF), 1, BAD),
        row("a child signed by its own holder", child_by(HELPER), 1, BAD),
        row("a child signed by the issuer", child_by(COMPANY), 1, BAD),
        row(
            "a grandchild signed by its grandparent's holder",
            grandchild_by(ORCHESTRATOR),
            2,
            BAD,
        ),
        row(
            "a grandchild signed by the issuer",
            grandchild_by(COMPANY),
            2,
            BAD,
        ),
        row(
            "a grandchild signed by its own holder",
            grandchild_by(INTERN),
            2,
            BAD,
        ),
        row(
            "a grandchild signed by a thief",
            grandchild_by(THIEF),
            2,
            BAD,
        ),
        row(
            "other claims under a good signature",
            [root.clone(), payload_swapped],
            1,
            BAD,
        ),
        row("a signature of zeros", child_with([0; 64]), 1, BAD),
        row(
            "the parent's signature",
            child_with(signature_of(&root)),
            1,
            BAD,
        ),
        row(
            "the child's signature",
            child_with(signature_of(&grandchild)),
            1,
            BAD,
        ),
        row(
            "a second spelling of the signature",
            child_with(malleated(good)),
            1,
            BAD,
        ),
        row(
            "a signature over the payload alone",
            child_over(Forge::payload),
            1,
            BAD,
        ),
        row(
            "a signature for several signers",
            child_over(|child| structure("Signature", &[], child)),
            1,
            BAD,
        ),
        row(
            "a counter-signature",
            child_over(|child| structure("CounterSignature", &[], child)),
            1,
            BAD,
        ),
        row(
            "a signature over other data as well",
            child_over(|child| structure("Signature1", b"aad", child)),
            1,
            BAD,
        ),
        row(
            "a root for a key that is none",
            [foreign_root.clone(), child_of(&foreign_root).token()],
            0,
            no_key.clone(),
        ),
        row(
            "a leaf for a key that is none",
            [root, foreign_child],
            1,
            no_key,
        ),
    ]
}

#[test]
fn the_control_over_a_hand_made_message_verifies() {
    let good = child_over(|child| structure("Signature1", &[], child));
    assert_eq!(good, two_links());
    assert!(verifier().verify(&chain_of(&good)).is_ok());
}
