//! Chains that are known: what of them is verified again, what is forgotten, and what never counts.

use crate::support::forge::{chain_of, proof_bytes};
use crate::support::story::{
    INTERN, THIEF, call_under, child_of, here, reading, root, three_links, verifier,
};
use mandatum::chain::{ChainCache, ChainErrorKind};
use mandatum::decide::Presentation;
use mandatum::{Call, ChainError, Seconds};

#[test]
fn what_is_known_is_the_very_same_chain() {
    let (cache, chain) = (ChainCache::new(1 << 20), chain_of(&three_links()));
    let cold = verifier().verify_cached(&chain, &cache).unwrap();
    let warm = verifier().verify_cached(&chain, &cache).unwrap();
    for verified in [&cold, &warm] {
        assert_eq!(
            (verified.chain(), verified.configuration()),
            (&chain, verifier().configuration())
        );
        assert_eq!(verified.tasks(), verifier().verify(&chain).unwrap().tasks());
    }
    assert_eq!(cache.len(), 1);
}

/// After its prefix, a new leaf decides as if all of it had been verified at once.
#[test]
fn a_new_leaf_decides_as_without_a_cache() {
    let links = three_links();
    for known in 1..=3 {
        let cache = ChainCache::new(1 << 20);
        verifier()
            .verify_cached(&chain_of(&links[..known]), &cache)
            .unwrap();
        let verified = verifier().verify_cached(&chain_of(&links), &cache).unwrap();
        let signed = call_under(&links[2]).signed_by(INTERN).token();
        let proof = mandatum::ExecutionProof::from_bytes(&proof_bytes(&links, &signed)).unwrap();
        let call = Call::new(proof.call_id(), reading("acme"));
        let presentation = Presentation::signed(&call, proof.call());
        let decided = verifier()
            .decide(&verified, &presentation, &here())
            .unwrap();
        let at_once = verifier()
            .check(&proof_bytes(&links, &signed), &reading("acme"), &here())
            .unwrap();
        assert_eq!(decided.charges(), at_once.charges(), "{known} known");
    }
}

#[test]
fn another_configuration_knows_nothing() {
    let cache = ChainCache::new(1 << 20);
    let chain = chain_of(&three_links());
    verifier().verify_cached(&chain, &cache).unwrap();
    let other = verifier().with_leeway(Seconds::new(1));
    let verified = other.verify_cached(&chain, &cache).unwrap();
    assert_eq!(verified.configuration(), other.configuration());
    // It takes the other's place: one entry for one leaf.
    assert_eq!(cache.len(), 1);
    assert_eq!(
        other.verify_cached(&chain, &cache).unwrap().configuration(),
        other.configuration()
    );
}

/// The leaf of a known chain under other links is a chain that was never seen.
#[test]
fn a_known_leaf_does_not_vouch_for_what_is_put_above_it() {
    let [root_token, child, grandchild] = three_links();
    let cache = ChainCache::new(1 << 20);
    verifier()
        .verify_cached(
            &chain_of(&[root_token.clone(), child.clone(), grandchild.clone()]),
            &cache,
        )
        .unwrap();
    let other_root = root()
        .claim(7, crate::support::cbor::bytes([9; 16]))
        .token();
    let other_child = child_of(&root_token)
        .claim(7, crate::support::cbor::bytes([9; 16]))
        .token();
    for (links, link) in [
        (vec![other_root, child.clone(), grandchild.clone()], 1),
        (vec![root_token.clone(), other_child, grandchild.clone()], 2),
        (vec![root_token, grandchild], 1),
    ] {
        let chain = chain_of(&links);
        let refused = verifier().verify_cached(&chain, &cache).map(drop);
        assert!(
            matches!(refused, Err(ChainError { link: at, kind: ChainErrorKind::ParentMismatch { .. } }) if at == link),
            "{refused:?}"
        );
        assert_eq!(refused, verifier().verify(&chain).map(drop));
    }
}

#[test]
fn the_one_asked_for_longest_ago_is_forgotten() {
    let links = three_links();
    let chains = [1, 2, 3].map(|length| chain_of(&links[..length]));
    // Room for any two of the three, and not for all.
    let all = ChainCache::new(1 << 20);
    chains
        .iter()
        .for_each(|chain| drop(verifier().verify_cached(chain, &all).unwrap()));
    let cache = ChainCache::new(all.bytes() - 1);
    let verify = |cache: &ChainCache, chain: usize| {
        verifier().verify_cached(&chains[chain], cache).unwrap();
        cache.len()
    };
    let known = |cache: &ChainCache| [0, 1, 2].map(|chain| cache.knows(&chains[chain].leaf_id()));
    assert_eq!([0, 1, 0].map(|chain| verify(&cache, chain)), [1, 2, 2]);
    // The third begins with the second, which is asked for thereby; the first was asked for before.
    assert_eq!(verify(&cache, 2), 2);
    assert_eq!(known(&cache), [false, true, true]);
    assert_eq!(verify(&cache, 0), 2);
    assert_eq!(known(&cache), [true, false, true]);
    cache.clear();
    assert!(cache.is_empty() && known(&cache) == [false; 3]);
    let none = ChainCache::new(0);
    assert_eq!(verify(&none, 2), 0);
}

/// Whoever could delegate once can mint any number of chains that verify; only those whose calls
/// are permitted take room.
#[test]
fn what_is_not_permitted_takes_no_room() {
    let links = three_links();
    let (cache, leaf) = (ChainCache::new(1 << 20), chain_of(&links).leaf_id());
    let proof = |signer| proof_bytes(&links, &call_under(&links[2]).signed_by(signer).token());
    for (proof, action) in [
        (proof(THIEF), reading("acme")),
        (proof(INTERN), reading("globex")),
    ] {
        assert!(
            verifier()
                .check_cached(&proof, &action, &here(), &cache)
                .is_err()
        );
        assert!(cache.is_empty());
    }
    assert!(
        verifier()
            .check_cached(&proof(INTERN), &reading("acme"), &here(), &cache)
            .is_ok()
    );
    assert!(cache.knows(&leaf) && cache.len() == 1);
}
