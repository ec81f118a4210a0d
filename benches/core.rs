//! What the main paths cost, beside one plain Ed25519 verification as the unit. Every benchmark
//! asserts what it measures.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark fails by panicking"
)]

mod world;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mandatum::chain::ChainCache;
use mandatum::decide::{Presentation, Presenter};
use mandatum::{Action, Call, Effect, ExecutionProof, issue};
use std::hint::black_box;
use world::{DEPTHS, World, key};

/// The unit: one plain Ed25519 verification with a key that is already parsed; and a strict one,
/// which also decompresses R.
fn unit(c: &mut Criterion) {
    use ed25519_dalek::{Signer, Verifier};
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let message = [0x5a; 200];
    let (signature, public) = (key.sign(&message), key.verifying_key());
    assert!(public.verify(&[0; 200], &signature).is_err());
    c.bench_function("unit/ed25519_verify", |b| {
        b.iter(|| {
            public
                .verify(black_box(&message), &signature)
                .expect("it verifies");
        });
    });
    c.bench_function("unit/ed25519_verify_strict", |b| {
        b.iter(|| {
            public
                .verify_strict(black_box(&message), &signature)
                .expect("it verifies");
        });
    });
}

fn mint(c: &mut Criterion) {
    let world = World::new();
    let mut group = c.benchmark_group("mint");
    group.bench_function("issue_root", |b| {
        b.iter(|| {
            issue(&world.anchor, black_box(world.root()), world.now)
                .unwrap()
                .sign(&key(0))
                .expect("it is issued")
        });
    });
    for depth in DEPTHS.into_iter().filter(|depth| *depth < 16) {
        // The new holder's key is there already: to make one costs as much as a signature.
        let (chain, holder, terms) = (world.chain(depth), key(depth), world.delegation(depth));
        group.bench_with_input(
            BenchmarkId::new("delegate_below", depth),
            &chain,
            |b, chain| {
                b.iter(|| {
                    let child = chain
                        .delegate(terms.clone(), world.now)
                        .unwrap()
                        .sign(&holder)
                        .unwrap();
                    assert_eq!(child.claims().parent, chain.leaf_id());
                    child
                });
            },
        );
    }
    group.finish();
}

fn codec(c: &mut Criterion) {
    let world = World::new();
    let mut group = c.benchmark_group("codec");
    for depth in DEPTHS {
        let proof = world.proof(&world.chain(depth));
        let bytes = proof.to_bytes();
        assert_eq!(ExecutionProof::from_bytes(&bytes).unwrap(), proof);
        group.bench_with_input(BenchmarkId::new("encode", depth), &proof, |b, proof| {
            b.iter(|| {
                let encoded = black_box(proof).to_bytes();
                assert_eq!(encoded.len(), bytes.len());
                encoded
            });
        });
        group.bench_with_input(BenchmarkId::new("decode", depth), &bytes, |b, bytes| {
            b.iter(|| {
                let decoded = ExecutionProof::from_bytes(black_box(bytes)).expect("it decodes");
                assert_eq!(decoded.chain().len(), depth);
                decoded
            });
        });
    }
    group.finish();
}

fn verify(c: &mut Criterion) {
    let world = World::new();
    let mut group = c.benchmark_group("verify");
    for depth in DEPTHS {
        let chain = world.chain(depth);
        group.bench_with_input(BenchmarkId::new("chain", depth), &chain, |b, chain| {
            b.iter(|| {
                let verified = world
                    .verifier
                    .verify(black_box(chain))
                    .expect("it verifies");
                assert_eq!(verified.tasks().len(), depth);
                verified
            });
        });
        let bytes = world.proof(&chain).to_bytes();
        group.bench_with_input(
            BenchmarkId::new("bytes_to_decision", depth),
            &bytes,
            |b, bytes| {
                let context = world.context();
                b.iter(|| {
                    world
                        .verifier
                        .check(black_box(bytes), &world.call.action, &context)
                        .expect("it is permitted")
                });
            },
        );
    }
    group.finish();
}

/// From received bytes to a decision, where the chain, or all of it but its leaf, was seen before.
fn cached(c: &mut Criterion) {
    let world = World::new();
    let mut group = c.benchmark_group("cached");
    for depth in DEPTHS {
        let (chain, context) = (world.chain(depth), world.context());
        let check = |bytes: &[u8], cache: &ChainCache| {
            let decided =
                world
                    .verifier
                    .check_cached(black_box(bytes), &world.call.action, &context, cache);
            decided.expect("it is permitted")
        };
        let (bytes, cache) = (world.proof(&chain).to_bytes(), ChainCache::new(usize::MAX));
        group.bench_with_input(
            BenchmarkId::new("known_chain", depth),
            &bytes,
            |b, bytes| {
                b.iter(|| check(bytes, &cache));
            },
        );
        assert!(cache.knows(&chain.leaf_id()) && cache.len() == 1);
        let Some(prefix) = chain.parent() else {
            continue;
        };
        let cache = world.room_for_one_leaf(&prefix);
        let leaves: Vec<Vec<u8>> = (0..64_u8)
            .map(|leaf| world.proof(&world.leaf(&prefix, leaf)).to_bytes())
            .collect();
        world.verifier.verify_cached(&prefix, &cache).unwrap();
        let mut next = leaves.iter().cycle();
        group.bench_function(BenchmarkId::new("new_leaf", depth), |b| {
            b.iter(|| {
                next.next()
                    .map(|bytes| check(bytes, &cache))
                    .expect("there is always a next")
            });
        });
        assert!(cache.knows(&prefix.leaf_id()) && cache.len() == 2);
    }
    group.finish();
}

fn decide_warm(c: &mut Criterion) {
    let world = World::new();
    let mut group = c.benchmark_group("decide_warm");
    for depth in DEPTHS {
        let chain = world.chain(depth);
        let verified = world.verifier.verify(&chain).unwrap();
        let (proof, context) = (world.proof(&chain), world.context());
        let signed = Presentation::signed(&world.call, proof.call());
        group.bench_function(BenchmarkId::new("signed", depth), |b| {
            b.iter(|| {
                world
                    .verifier
                    .decide(&verified, black_box(&signed), &context)
                    .expect("it is permitted")
            });
        });
        let presenter = Presenter::Asserted {
            holder: key(depth).public(),
            leaf: chain.leaf_id(),
        };
        let asserted = Presentation {
            call: &world.call,
            presenter,
        };
        group.bench_function(BenchmarkId::new("asserted", depth), |b| {
            b.iter(|| {
                world
                    .verifier
                    .decide(&verified, black_box(&asserted), &context)
                    .expect("it is permitted")
            });
        });
        let globex = Action::new("crm.read", [("account", "globex")], Effect::Read).unwrap();
        let other = Call {
            action: globex,
            ..world.call.clone()
        };
        let refused = Presentation {
            call: &other,
            presenter,
        };
        group.bench_function(BenchmarkId::new("refused", depth), |b| {
            b.iter(|| {
                world
                    .verifier
                    .decide(&verified, black_box(&refused), &context)
                    .expect_err("it is refused")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, unit, mint, codec, verify, cached, decide_warm);
criterion_main!(benches);
