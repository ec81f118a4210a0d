//! How many heap allocations the main paths make, counted exactly. A path that makes one more is
//! noticed here.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "../benches/instructions/src/setting.rs"]
#[allow(dead_code, reason = "shared with a program that does more with it")]
mod setting;
#[path = "../benches/world/mod.rs"]
mod world;

use mandatum::chain::ChainCache;
use mandatum::charge::LedgerOutcome;
use mandatum::decide::Presentation;
use mandatum::mission::Watches;
use mandatum::{Call, DenialCode, ExecutionProof, Permit, Unsettled};
use setting::action;
use std::hint::black_box;
use world::{World, key};

/// Links of the chains that each path is counted with.
const DEPTHS: [usize; 3] = [1, 4, 16];

/// How many allocations are made, whatever is given back. Done once before, because the first time
/// may make what stays.
fn allocations<T>(mut does: impl FnMut() -> T) -> u64 {
    drop(does());
    allocation_counter::measure(|| drop(black_box(does()))).count_total
}

/// The ledger's answer that the call is new, without a ledger.
fn settled(unsettled: Unsettled) -> Permit {
    let answer = unsettled.charges().answer(LedgerOutcome::Reserved);
    unsettled.settle(answer).unwrap()
}

/// Counts the allocations of a path for a chain of so many links.
type Count = fn(usize) -> u64;

/// A path, what counts it, and its allocations at each of [`DEPTHS`].
type Row = (&'static str, Count, [u64; 3]);

const EXACTLY: &[Row] = &[
    (
        "decision on a verified chain, asserted holder",
        decided_asserted,
        [0, 0, 0],
    ),
    (
        "the same and settled, which takes the call's key",
        settled_asserted,
        [5, 5, 5],
    ),
    (
        "denial of an argument on a verified chain",
        denied_argument,
        [13, 13, 13],
    ),
    (
        "denial of a tool on a verified chain",
        denied_tool,
        [12, 12, 12],
    ),
    ("decode a proof", decoded, [19, 45, 143]),
    ("bytes to permit", cold, [33, 72, 196]),
    ("bytes to permit, known chain", known, [12, 15, 15]),
    (
        "bytes to permit, new leaf on a known prefix",
        new_leaf,
        [31, 31, 31],
    ),
    (
        "bytes to denial, unknown anchor",
        unknown_anchor,
        [19, 28, 28],
    ),
    ("mint a child", minted, [19, 21, 23]),
];

/// What is decided on a verified chain, which must not make more for a longer one.
const FLAT: &[(&str, Count)] = &[
    ("decision on a verified chain, signed call", warm_signed),
    (
        "decision on a verified chain that lives by a mission",
        warm_on_a_mission,
    ),
    ("denial of an argument on a verified chain", denied_argument),
    ("denial of a tool on a verified chain", denied_tool),
];

#[test]
fn each_path_makes_just_as_many_as_are_said_here() {
    let counted = |(path, count, said): &Row| (*path, DEPTHS.map(count), *said);
    let others: Vec<String> = (EXACTLY.iter().map(counted))
        .filter(|(_, made, said)| made != said)
        .map(|(path, made, said)| format!("{path}: {made:?}, and not {said:?}"))
        .collect();
    assert!(
        others.is_empty(),
        "for chains of {DEPTHS:?} links:\n{}",
        others.join("\n")
    );
}

#[test]
fn deciding_on_a_verified_chain_makes_no_more_for_a_longer_one() {
    for (path, count) in FLAT {
        let [short, middle, long] = DEPTHS.map(count);
        assert!(
            short == middle && middle == long,
            "{path}: {short}, {middle} and {long} for {DEPTHS:?} links"
        );
    }
}

fn decided_asserted(depth: usize) -> u64 {
    asserted(depth, drop)
}

fn settled_asserted(depth: usize) -> u64 {
    asserted(depth, |unsettled| drop(settled(unsettled)))
}

fn asserted(depth: usize, then: fn(Unsettled)) -> u64 {
    let world = World::new();
    let (chain, context) = (world.chain(depth), world.context());
    let verified = world.verifier.verify(&chain).unwrap();
    let presentation = world.asserted(&chain, &world.call);
    allocations(|| {
        then(
            world
                .verifier
                .decide(&verified, &presentation, &context)
                .unwrap(),
        );
    })
}

fn warm_signed(depth: usize) -> u64 {
    let world = World::new();
    let (chain, context) = (world.chain(depth), world.context());
    let (proof, verified) = (world.proof(&chain), world.verifier.verify(&chain).unwrap());
    let presentation = Presentation::signed(&world.call, proof.call());
    allocations(|| {
        settled(
            world
                .verifier
                .decide(&verified, &presentation, &context)
                .unwrap(),
        )
    })
}

fn warm_on_a_mission(depth: usize) -> u64 {
    let world = World::new().with_mission();
    let (chain, mut register) = (world.chain(depth), world.register());
    let verified = world.verifier.verify(&chain).unwrap();
    register
        .apply(&world.status(), &Watches::new(&verified), world.now)
        .unwrap();
    let context = world.context().with_register(&register);
    let presentation = world.asserted(&chain, &world.call);
    allocations(|| {
        settled(
            world
                .verifier
                .decide(&verified, &presentation, &context)
                .unwrap(),
        )
    })
}

fn denied_argument(depth: usize) -> u64 {
    denied(depth, "crm.read", "globex", DenialCode::ArgumentRefused)
}

fn denied_tool(depth: usize) -> u64 {
    denied(depth, "crm.write", "acme", DenialCode::ToolNotPermitted)
}

fn denied(depth: usize, tool: &str, account: &str, code: DenialCode) -> u64 {
    let world = World::new();
    let (chain, context) = (world.chain(depth), world.context());
    let verified = world.verifier.verify(&chain).unwrap();
    let call = Call::new(world.call.id, action(tool, account));
    let presentation = world.asserted(&chain, &call);
    allocations(|| {
        let denial = world
            .verifier
            .decide(&verified, &presentation, &context)
            .unwrap_err();
        assert_eq!(denial.code(), code);
        denial
    })
}

fn decoded(depth: usize) -> u64 {
    let world = World::new();
    let bytes = world.proof(&world.chain(depth)).to_bytes();
    allocations(|| ExecutionProof::from_bytes(&bytes).unwrap())
}

fn cold(depth: usize) -> u64 {
    let (world, context) = (World::new(), World::new().context());
    let bytes = world.proof(&world.chain(depth)).to_bytes();
    allocations(|| {
        settled(
            world
                .verifier
                .check(&bytes, &world.call.action, &context)
                .unwrap(),
        )
    })
}

fn known(depth: usize) -> u64 {
    let (world, cache) = (World::new(), ChainCache::new(1 << 20));
    let (bytes, context) = (world.proof(&world.chain(depth)).to_bytes(), world.context());
    allocations(|| {
        settled(
            world
                .verifier
                .check_cached(&bytes, &world.call.action, &context, &cache)
                .unwrap(),
        )
    })
}

/// The second of two leaves below a known prefix; for a lone root, which has none, a chain of two.
fn new_leaf(depth: usize) -> u64 {
    let (world, cache) = (World::new(), ChainCache::new(1 << 20));
    let (prefix, context) = (world.chain(depth.max(2) - 1), world.context());
    world.verifier.verify_cached(&prefix, &cache).unwrap();
    let leaves = [1, 2].map(|leaf| world.proof(&world.leaf(&prefix, leaf)).to_bytes());
    let mut leaves = leaves.iter();
    allocations(|| {
        let bytes = leaves.next().unwrap();
        settled(
            world
                .verifier
                .check_cached(bytes, &world.call.action, &context, &cache)
                .unwrap(),
        )
    })
}

fn unknown_anchor(depth: usize) -> u64 {
    let (world, context) = (World::new(), World::new().context());
    let (bytes, stranger) = (
        world.proof(&world.chain(depth)).to_bytes(),
        world.stranger(),
    );
    allocations(|| {
        let denial = stranger
            .check(&bytes, &world.call.action, &context)
            .unwrap_err();
        assert_eq!(denial.code(), DenialCode::UnknownIssuer);
        denial
    })
}

/// A child below a chain of so many links, or below the longest that can have one.
fn minted(depth: usize) -> u64 {
    let (world, link) = (World::new(), depth.min(15));
    let (chain, holder, terms) = (world.chain(link), key(link), world.delegation(link));
    // The terms are given away with the child.
    let mut terms = [terms.clone(), terms].into_iter();
    allocations(|| {
        chain
            .delegate(terms.next().unwrap(), world.now)
            .unwrap()
            .sign(&holder)
            .unwrap()
    })
}
