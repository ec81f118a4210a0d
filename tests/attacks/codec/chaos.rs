//! Bytes of no plan: nothing panics, and what is read is what was written.

use crate::support::story::{here, proof, reading, two_links, verifier};
use mandatum::claims::{Approval, Child, Receipt};
use mandatum::sign::Token;
use mandatum::{CallClaims, Chain, ExecutionProof, Root};
use proptest::prelude::*;

/// Reads the bytes as everything that bytes can be; what is read gives the same bytes back.
fn read_as_everything(bytes: &[u8]) {
    if let Ok(proof) = ExecutionProof::from_bytes(bytes) {
        assert_eq!(proof.to_bytes(), bytes);
        assert_eq!(ExecutionProof::from_text(&proof.to_text()).unwrap(), proof);
    }
    if let Ok(chain) = Chain::from_bytes(bytes) {
        assert_eq!(chain.to_bytes(), bytes);
        assert_eq!(Chain::from_text(&chain.to_text()).unwrap(), chain);
    }
    if let Ok(token) = Token::<Root>::from_bytes(bytes) {
        assert_eq!(token.as_bytes(), bytes);
    }
    if let Ok(token) = Token::<Child>::from_bytes(bytes) {
        assert_eq!(token.as_bytes(), bytes);
    }
    if let Ok(token) = Token::<CallClaims>::from_bytes(bytes) {
        assert_eq!(token.as_bytes(), bytes);
    }
    if let Ok(token) = Token::<Approval>::from_bytes(bytes) {
        assert_eq!(token.as_bytes(), bytes);
    }
    if let Ok(token) = Token::<Receipt>::from_bytes(bytes) {
        assert_eq!(token.as_bytes(), bytes);
    }
}

/// A change to some bytes: at a place, so many removed, these put there.
fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, Vec<u8>)>> {
    prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            0_usize..4,
            prop::collection::vec(any::<u8>(), 0..4),
        ),
        1..5,
    )
}

fn edited(mut bytes: Vec<u8>, edits: Vec<(prop::sample::Index, usize, Vec<u8>)>) -> Vec<u8> {
    for (place, removed, put) in edits {
        let place = place.index(bytes.len() + 1);
        let end = (place + removed).min(bytes.len());
        bytes.splice(place..end, put);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn edited_tokens_never_panic(place in 0_usize..2, edits in edits()) {
        read_as_everything(&edited(two_links()[place].clone(), edits));
    }

    #[test]
    fn edited_approvals_and_receipts_never_panic(place in 0_usize..2, edits in edits()) {
        let tokens = [crate::accounts::approval().token(), crate::accounts::receipt().token()];
        read_as_everything(&edited(tokens[place].clone(), edits));
    }

    #[test]
    fn an_edited_proof_is_never_permitted(edits in edits()) {
        let good = proof();
        let bytes = edited(good.clone(), edits);
        read_as_everything(&bytes);
        prop_assume!(bytes != good);
        prop_assert!(verifier().check(&bytes, &reading("acme"), &here()).is_err());
    }
}
