//! Signing in two steps: a signature from elsewhere is taken only if it is the one that verifiers
//! will ask for.

use crate::support::forge::chain_of;
use crate::support::story::{
    COMPANY, CRM, HELPER, ORCHESTRATOR, THIEF, anchor, audience, call_of, chain, key, now, powers,
    read_crm, reading, root, root_claims,
};
use mandatum::codec::Claims;
use mandatum::primitives::Signature;
use mandatum::sign::{SignError, SignatureError, Unsigned};
use mandatum::{CallClaims, SigningKey, issue};

/// Holds for a token of any kind that waits for the signature of `signer`.
fn only_the_right_signature_is_taken<C: Claims + Clone>(unsigned: &Unsigned<C>, signer: u8) {
    let message = unsigned.to_be_signed();
    let good = key(signer).sign(&message);
    let attached = unsigned.clone().attach(good).unwrap();
    assert_eq!(
        attached.as_bytes(),
        unsigned.clone().sign(&key(signer)).unwrap().as_bytes()
    );

    let mut flipped = *good.as_bytes();
    flipped[0] ^= 1;
    let bad = [
        key(THIEF).sign(&message),
        key(signer).sign(&message[1..]),
        key(signer).sign(&[]),
        Signature::Ed25519(flipped),
        Signature::Ed25519([0; 64]),
    ];
    for signature in bad {
        let refused = unsigned.clone().attach(signature).map(drop).unwrap_err();
        assert_eq!(refused, SignError::InvalidSignature(SignatureError));
    }
    let everyone_else = [COMPANY, ORCHESTRATOR, HELPER, THIEF]
        .into_iter()
        .filter(|other| *other != signer);
    for other in everyone_else {
        let other: SigningKey = key(other);
        assert_eq!(
            unsigned.clone().sign(&other).map(drop).unwrap_err(),
            SignError::WrongKey
        );
        let theirs = other.sign(&message);
        assert!(unsigned.clone().attach(theirs).is_err());
    }
}

#[test]
fn of_a_root() {
    let unsigned = issue(&anchor(), root_claims(powers([read_crm(&["acme"])])), now()).unwrap();
    only_the_right_signature_is_taken(&unsigned, COMPANY);
}

#[test]
fn of_a_child() {
    let root = chain_of(&[root().token()]);
    let unsigned = root.delegate(super::links::terms(), now()).unwrap();
    only_the_right_signature_is_taken(&unsigned, ORCHESTRATOR);
}

#[test]
fn of_a_call() {
    let unsigned = CallClaims::new(&chain(), &call_of(7, reading("acme")), audience(CRM), now());
    only_the_right_signature_is_taken(&unsigned, HELPER);
}
