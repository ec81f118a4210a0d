use crate::choices::Choices;
use crate::world::*;
use mandatum::chain::ChainCache;
use mandatum::limits::Window;
use mandatum::mission::Watches;
use mandatum::{
    Chain, ChainError, DecisionContext, Denial, Effect, Life, Limit, Powers, Register, Seconds,
    ServerContext, Unsettled, VerifiedChain,
};

/// Most mandates of a tree, and most chains and proofs that are shown.
const MANDATES: usize = 7;
const SHOWN: usize = 10;

/// Bytes of room for everything that is shown.
const ALL: usize = 10_000_000;

/// A tree of mandates, chains and proofs from it, sound or with a byte changed, shown to verifiers
/// of several configurations that share caches: what is known already changes no verdict, and takes
/// no more room than there is.
pub fn cache(data: &[u8]) {
    let mut choices = Choices::new(data);
    let tree = tree(&mut choices);
    let verifiers = [
        verifier().clone(),
        verifier().clone().with_leeway(Seconds::new(31)),
    ];
    // Bytes of room for none, for one or two, for a few, and for all.
    let caches = [0, 20_000, 60_000, ALL].map(|room| (room, ChainCache::new(room)));
    for _ in 0..SHOWN {
        let (chain, by) = &tree[choices.below(tree.len())];
        let verifier = &verifiers[choices.below(verifiers.len())];
        let (room, cache) = &caches[choices.below(caches.len())];
        if choices.once_in(3) {
            let shown = changed(&mut choices, chain.to_bytes());
            let Ok(chain) = Chain::from_bytes(&shown) else {
                continue;
            };
            same_verified(
                verifier.verify(&chain),
                verifier.verify_cached(&chain, cache),
            );
        } else {
            let call = call(choices.id(), choices.pick(&TOOLS), Effect::Read, 1);
            let proof = proof(chain, &call, *by, at(5)).to_bytes();
            let proof = changed(&mut choices, proof);
            let context = DecisionContext::new(
                ServerContext::new(at(choices.pick(&[5, 5, 60])), here()),
                Register::none(),
            );
            let plain = verifier.check(&proof, &call.action, &context);
            let cached = verifier.check_cached(&proof, &call.action, &context, cache);
            let said = |decided: &Result<Unsettled, Denial>| match decided {
                Ok(unsettled) => Ok(unsettled.charges().clone()),
                Err(denial) => Err(denial.clone()),
            };
            assert_eq!(said(&plain), said(&cached), "a cache changes no decision");
            assert!(
                plain.is_err() || *room < ALL || cache.knows(&chain.leaf_id()),
                "what is permitted is known"
            );
        }
        assert!(
            cache.bytes() <= *room,
            "{} in room for {room}",
            cache.bytes()
        );
        assert_eq!(cache.is_empty(), cache.bytes() == 0);
    }
}

fn same_verified(
    plain: Result<VerifiedChain, ChainError>,
    cached: Result<VerifiedChain, ChainError>,
) {
    match (plain, cached) {
        (Ok(plain), Ok(cached)) => {
            assert_eq!(plain.chain(), cached.chain());
            assert_eq!(plain.tasks(), cached.tasks());
            assert_eq!(plain.configuration(), cached.configuration());
            assert_eq!(Watches::new(&plain), Watches::new(&cached));
        }
        (plain, cached) => assert_eq!(plain.err(), cached.err(), "a cache changes no verdict"),
    }
}

/// As it is, or with a byte changed.
fn changed(choices: &mut Choices<'_>, mut bytes: Vec<u8>) -> Vec<u8> {
    if choices.once_in(3) {
        let at = choices.below(bytes.len());
        bytes[at] ^= choices.pick(&[1, 2, 0x20, 0x80]);
    }
    bytes
}

/// Chains of a tree, each with its leaf's holder. Some mandates are to be refused, for their
/// powers, their hops or their holder.
fn tree(choices: &mut Choices<'_>) -> Vec<(Chain, u8)> {
    let Some(root) = root([1; 16], Life::ExpiryOnly, &[]) else {
        panic!("a root without limits")
    };
    let mut tree = vec![(root, LEAD)];
    for holder in 10..10 + u8::try_from(MANDATES).unwrap_or_default() {
        let (above, by) = tree[choices.below(tree.len())].clone();
        let powers = if choices.once_in(4) {
            Powers::none()
        } else {
            all_tools()
        };
        let limits = choices.some(&[
            Limit::signed_calls(),
            Limit::window(Window::closing(at(50))),
        ]);
        if let Some(chain) = child(&above, [by, holder], powers, &limits, choices.id()) {
            tree.push((chain, holder));
        }
    }
    tree
}
