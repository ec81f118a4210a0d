//! A server that remembers chains says of every proof what one that remembers none says.

use super::rows;
use crate::support::cbor;
use crate::support::forge::{chain_of, proof_bytes};
use crate::support::story::{
    INTERN, call_under, child_of, grandchild_of, here, reading, root, three_links, verifier,
};
use mandatum::chain::ChainCache;
use mandatum::denial::DenialPlace;
use mandatum::{Action, Denial, DenialCode, ExecutionProof, Verifier};

/// A cache that knows these chains, as far as they verify.
fn knowing(verifier: &Verifier, chains: &[&[Vec<u8>]]) -> ChainCache {
    let cache = ChainCache::new(1 << 20);
    for chain in chains {
        let _ = verifier.verify_cached(&chain_of(chain), &cache);
    }
    cache
}

/// A proof of a call under these links by the intern.
fn proof(links: &[Vec<u8>]) -> Vec<u8> {
    proof_bytes(
        links,
        &call_under(links.last().unwrap()).signed_by(INTERN).token(),
    )
}

/// The verdict on a refused proof, which is that of a server with each of these caches; they are as
/// they were.
fn refused(
    verifier: &Verifier,
    proof: &[u8],
    action: &Action,
    caches: &[ChainCache],
    what: &str,
) -> Denial {
    let denial = verifier
        .check(proof, action, &here())
        .map(drop)
        .expect_err(what);
    for (number, cache) in caches.iter().enumerate() {
        let before = cache.len();
        let cached = verifier
            .check_cached(proof, action, &here(), cache)
            .map(drop);
        assert_eq!(cached.as_ref(), Err(&denial), "{what}, cache {number}");
        assert_eq!(cache.len(), before, "{what}, cache {number}");
    }
    denial
}

/// With nothing known, every prefix that verifies, the story's own chain, and both.
#[test]
fn of_every_broken_chain() {
    let story = three_links();
    let mut known = 0;
    for row in rows() {
        let prefixes: Vec<&[Vec<u8>]> = (1..row.tokens.len())
            .map(|end| &row.tokens[..end])
            .collect();
        let own: Vec<&[Vec<u8>]> = (1..=3).map(|end| &story[..end]).collect();
        let sets = [
            vec![],
            prefixes.clone(),
            own.clone(),
            [prefixes, own].concat(),
        ];
        let caches = sets.map(|chains| knowing(&row.verifier, &chains));
        known += caches[1].len();
        let denial = refused(
            &row.verifier,
            &row.proof(),
            &row.action(),
            &caches,
            row.name,
        );
        assert_eq!(
            *denial.reason(),
            mandatum::denial::DenialReason::Chain(row.refused.kind),
            "{}",
            row.name
        );
    }
    assert!(known > 100, "{known}");
}

/// One bit of each byte, in turn: with nothing known, the root, the root and the child, all of it,
/// and all of these.
#[test]
fn of_a_proof_with_a_flipped_bit_anywhere() {
    let (verifier, links) = (verifier(), three_links());
    let genuine = proof(&links);
    let sets: [&[&[Vec<u8>]]; 5] = [
        &[],
        &[&links[..1]],
        &[&links[..2]],
        &[&links],
        &[&links[..1], &links[..2], &links],
    ];
    let caches = sets.map(|chains| knowing(&verifier, chains));
    assert_eq!(caches.each_ref().map(ChainCache::len), [0, 1, 1, 1, 3]);
    let mut met = std::collections::BTreeSet::new();
    for place in 0..genuine.len() {
        let mut flipped = genuine.clone();
        flipped[place] ^= 1 << (place % 8);
        met.insert(
            refused(
                &verifier,
                &flipped,
                &reading("acme"),
                &caches,
                &format!("byte {place}"),
            )
            .code(),
        );
    }
    for code in [
        DenialCode::NotTheHolder,
        DenialCode::ParentMismatch,
        DenialCode::WrongLeaf,
        DenialCode::WrongTokenType,
    ] {
        assert!(met.contains(&code), "{code} is not met: {met:?}");
    }
    for cache in &caches {
        assert!(
            verifier
                .check_cached(&genuine, &reading("acme"), &here(), cache)
                .is_ok()
        );
    }
}

/// The same of each link, where those below are made anew for what it then is: the flipped bit is
/// all that is wrong.
#[test]
fn of_a_link_with_a_flipped_bit_that_those_below_vouch_for() {
    let (verifier, genuine) = (verifier(), three_links());
    let caches = [1, 2, 3].map(|end| knowing(&verifier, &[&genuine[..end]]));
    for (link, token) in genuine.iter().enumerate() {
        let (mut at_link, mut of_signature) = (0, 0);
        for place in 0..token.len() {
            let mut links = genuine.clone();
            links[link][place] ^= 1 << (place % 8);
            if link == 0 {
                links[1] = child_of(&links[0]).token();
            }
            if link < 2 {
                links[2] = grandchild_of(&links[1]).token();
            }
            let what = format!("link {link}, byte {place}");
            let denial = refused(&verifier, &proof(&links), &reading("acme"), &caches, &what);
            let bad_signature = (denial.code(), denial.place())
                == (DenialCode::BadSignature, DenialPlace::Link(link));
            at_link += usize::from(bad_signature);
            of_signature += usize::from(bad_signature && place >= token.len() - 64);
        }
        assert_eq!(of_signature, 64, "link {link}");
        // Of the leaf, a flipped bit of the holder's key is met first, because the call is not
        // signed with that key.
        let others = if link == 2 { 16 } else { 32 };
        assert!(at_link > 64 + others, "link {link}: {at_link}");
    }
}

/// A leaf that names a link of another chain, which is known, does not bring that chain in.
#[test]
fn of_a_leaf_that_names_a_link_of_another_chain() {
    let verifier = verifier();
    let [first, child, leaf] = three_links();
    let other_child = child_of(&first).claim(7, cbor::bytes([9; 16])).token();
    let other_root = root().claim(7, cbor::bytes([9; 16])).token();
    let others_child = child_of(&other_root).token();
    let others_leaf = grandchild_of(&others_child).token();
    let known: [&[Vec<u8>]; 6] = [
        std::slice::from_ref(&first),
        &[first.clone(), child.clone()],
        &[first.clone(), child.clone(), leaf.clone()],
        &[first.clone(), other_child.clone()],
        &[other_root.clone(), others_child.clone()],
        &[
            other_root.clone(),
            others_child.clone(),
            others_leaf.clone(),
        ],
    ];
    let all = knowing(&verifier, &known);
    assert_eq!(all.len(), 6);
    let each = known.map(|chain| knowing(&verifier, &[chain]));
    let caches: Vec<ChainCache> = each
        .into_iter()
        .chain([all, ChainCache::new(1 << 20)])
        .collect();
    let mismatch = |link| (DenialCode::ParentMismatch, DenialPlace::Link(link));
    let by_itself = |parent: &[u8]| grandchild_of(parent).signed_by(INTERN).token();
    for (name, links, expected) in [
        (
            "a sibling of its parent",
            vec![
                first.clone(),
                child.clone(),
                grandchild_of(&other_child).token(),
            ],
            mismatch(2),
        ),
        (
            "a parent under another root",
            vec![first.clone(), child.clone(), others_leaf.clone()],
            mismatch(2),
        ),
        (
            "the known leaf under a sibling",
            vec![first.clone(), other_child.clone(), leaf.clone()],
            mismatch(2),
        ),
        (
            "the known links under another root",
            vec![other_root.clone(), child.clone(), leaf.clone()],
            mismatch(1),
        ),
        (
            "its parent is left out",
            vec![first.clone(), leaf.clone()],
            mismatch(1),
        ),
        (
            "the whole chain, and its leaf once more",
            vec![first.clone(), child.clone(), leaf.clone(), leaf],
            mismatch(3),
        ),
        (
            "another's leaf",
            vec![others_leaf.clone()],
            (DenialCode::WrongTokenType, DenialPlace::Bytes),
        ),
        (
            "a leaf that its parent's holder did not sign",
            vec![first.clone(), child.clone(), by_itself(&child)],
            (DenialCode::BadSignature, DenialPlace::Link(2)),
        ),
        (
            "the same under a known chain of another's",
            vec![first, child, by_itself(&others_child)],
            mismatch(2),
        ),
    ] {
        let denial = refused(&verifier, &proof(&links), &reading("acme"), &caches, name);
        assert_eq!((denial.code(), denial.place()), expected, "{name}");
    }
}

/// Links are decoded from both ends, and the error is all the same the one that comes first.
#[test]
fn of_links_that_can_not_be_read() {
    let (verifier, [first, child, leaf]) = (verifier(), three_links());
    let broken = |parent: &[u8]| child_of(parent).token_of(&cbor::text("no claims"));
    let (one, root_broken) = (broken(&first), root().token_of(&cbor::text("no claims")));
    let two = broken(&one);
    let caches = [1, 2, 3].map(|end| knowing(&verifier, &[&three_links()[..end]]));
    for (name, links, at) in [
        (
            "the root",
            vec![root_broken.clone(), child.clone(), leaf.clone()],
            0,
        ),
        (
            "the root and the leaf",
            vec![root_broken, child.clone(), two.clone()],
            0,
        ),
        (
            "the middle",
            vec![first.clone(), one.clone(), grandchild_of(&one).token()],
            1,
        ),
        (
            "two in the middle",
            vec![
                first.clone(),
                one.clone(),
                two.clone(),
                grandchild_of(&two).token(),
            ],
            1,
        ),
        (
            "one of two in the middle",
            vec![
                first.clone(),
                child.clone(),
                two.clone(),
                grandchild_of(&two).token(),
            ],
            2,
        ),
        (
            "one above a known one",
            vec![first.clone(), one.clone(), child.clone(), leaf.clone()],
            1,
        ),
        ("the leaf", vec![first, child, one], 2),
    ] {
        let unread = ExecutionProof::from_bytes(&proof(&links)).unwrap_err();
        let before: usize = links[..at].iter().map(Vec::len).sum();
        assert!(
            (before..before + links[at].len()).contains(&unread.at),
            "{name}: {unread}"
        );
        assert_eq!(
            refused(&verifier, &proof(&links), &reading("acme"), &caches, name),
            unread.into(),
            "{name}"
        );
    }
}

/// A call under a chain that is known is still a call to be verified.
#[test]
fn of_a_call_by_another_under_what_is_known() {
    let (verifier, links) = (verifier(), three_links());
    let caches = [
        knowing(&verifier, &[&links]),
        knowing(&verifier, &[&links[..2]]),
        ChainCache::new(1 << 20),
    ];
    let stolen = proof_bytes(&links, &call_under(&links[2]).token());
    let denial = refused(
        &verifier,
        &stolen,
        &reading("acme"),
        &caches,
        "the helper's",
    );
    assert_eq!(
        (denial.code(), denial.place()),
        (DenialCode::NotTheHolder, DenialPlace::Call)
    );
    let denial = refused(
        &verifier,
        &proof(&links),
        &reading("globex"),
        &caches,
        "another account",
    );
    assert_eq!(
        (denial.code(), denial.place()),
        (DenialCode::ArgumentRefused, DenialPlace::Link(2))
    );
}
