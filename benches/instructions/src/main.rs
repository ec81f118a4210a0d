//! Runs one path so many times, for `run.sh` to count its instructions in [`measured`]. Every path
//! asserts its own result.
//!
//! Without arguments it says what each path is, a line each: its name, and what it does.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark fails by panicking"
)]

mod setting;
#[path = "../../world/mod.rs"]
mod world;

use mandatum::bounds::MAX_PROOF_BYTES;
use mandatum::chain::ChainCache;
use mandatum::charge::LedgerOutcome;
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::decide::Presentation;
use mandatum::mission::Watches;
use mandatum::primitives::{AttemptId, MandateId};
use mandatum::{
    Call, CallId, Chain, DecisionContext, DenialCode, ExecutionProof, MemoryLedger, Notice,
    Register, Seconds, ServerContext, Unsettled,
};
use setting::{CONTROLLER, action};
use std::hint::black_box;
use std::process::ExitCode;
use world::{World, key};

/// Does it once, and asserts what came of it.
type Path = Box<dyn FnMut()>;

/// A path's name, what it does, and what makes it ready to be run so often.
type Described = (&'static str, &'static str, fn(usize) -> Path);

const PATHS: &[Described] = &[
    ("unit", "one plain Ed25519 verification, key parsed", unit),
    (
        "strict",
        "one strict Ed25519 verification, key parsed",
        strict,
    ),
    ("sign", "one Ed25519 signature", sign),
    ("mint-4", "mint a child below d = 4", mint),
    ("decode-4", "decode a proof, d = 4", |_| decode(4)),
    ("decode-16", "decode a proof, d = 16", |_| decode(16)),
    ("check-1", "bytes to decision, d = 1", |_| check(1)),
    ("check-4", "bytes to decision, d = 4", |_| check(4)),
    ("check-8", "bytes to decision, d = 8", |_| check(8)),
    ("check-16", "bytes to decision, d = 16", |_| check(16)),
    (
        "leaf-4",
        "new leaf on a known prefix, from bytes, d = 4",
        |_| new_leaf(4),
    ),
    (
        "leaf-16",
        "new leaf on a known prefix, from bytes, d = 16",
        |_| new_leaf(16),
    ),
    ("known-4", "known chain, from bytes, d = 4", |_| known(4)),
    (
        "signed-4",
        "decision on a verified chain, signed call, d = 4",
        |_| signed(4),
    ),
    (
        "asserted-1",
        "decision on a verified chain, asserted holder, d = 1",
        |_| asserted(1),
    ),
    (
        "asserted-4",
        "decision on a verified chain, asserted holder, d = 4",
        |_| asserted(4),
    ),
    (
        "asserted-16",
        "decision on a verified chain, asserted holder, d = 16",
        |_| asserted(16),
    ),
    (
        "mission-4",
        "the same, on a chain that lives by a mission, d = 4",
        |_| mission(4),
    ),
    (
        "permit-4",
        "decision on a verified chain, asserted holder, and its key and settling, d = 4",
        |_| permit(4),
    ),
    (
        "denied-4",
        "denial on a verified chain, asserted holder, d = 4",
        |_| denied(4),
    ),
    (
        "garbage",
        "refuse garbage as long as a proof, d = 4",
        |_| garbage(),
    ),
    (
        "truncated",
        "refuse a proof whose last byte is missing, d = 4",
        |_| truncated(),
    ),
    (
        "wrong-type",
        "refuse a mandate in place of the call, d = 4",
        |_| wrong_type(),
    ),
    ("oversize", "refuse what is a byte too long", |_| oversize()),
    ("unknown-anchor", "refuse an unknown anchor, d = 4", |_| {
        unknown_anchor()
    }),
    (
        "packed",
        "refuse an unknown anchor's chain of 60 KB that is slow to decode, d = 16",
        |_| packed(),
    ),
    ("expired", "refuse an expired chain, d = 4", |_| expired()),
    (
        "wrong-audience",
        "refuse a chain for another audience, d = 4",
        |_| wrong_audience(),
    ),
    (
        "wrong-tool",
        "refuse a tool that the leaf does not permit, d = 4",
        |_| wrong_tool(),
    ),
    (
        "wrong-argument",
        "refuse an argument that the leaf does not permit, d = 4",
        |_| wrong_argument(),
    ),
    (
        "tampered-link",
        "refuse a link that was tampered with, d = 4",
        |_| tampered_link(),
    ),
    (
        "wrong-signer",
        "refuse a call that another signed, d = 4",
        |_| wrong_signer(),
    ),
    (
        "lookup",
        "look up a task's end in a register of 256",
        |_| look_up(),
    ),
    ("charge", "charge a budget in a ledger", charge),
];

/// The one place where instructions are counted.
#[inline(never)]
fn measured(repeats: usize, path: &mut dyn FnMut()) {
    for _ in 0..repeats {
        path();
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => PATHS
            .iter()
            .for_each(|(name, does, _)| println!("{name}\t{does}")),
        [wanted, repeats] => {
            let Some((_, _, ready)) = PATHS.iter().find(|(name, ..)| name == wanted) else {
                eprintln!("there is no path '{wanted}'");
                return ExitCode::FAILURE;
            };
            let Ok(repeats) = repeats.parse() else {
                eprintln!("'{repeats}' is no number of repeats");
                return ExitCode::FAILURE;
            };
            // What is found out once, such as what the processor can do, is found out before.
            let mut path = ready(repeats + 1);
            path();
            measured(repeats, black_box(&mut *path));
        }
        _ => {
            eprintln!("a path and a number of repeats, or nothing");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Sixteen signed messages in turn: how long a verification takes depends on them a little.
fn signatures() -> impl FnMut() -> (
    ed25519_dalek::VerifyingKey,
    [u8; 200],
    ed25519_dalek::Signature,
) {
    use ed25519_dalek::Signer;
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let public = key.verifying_key();
    let signed: Vec<_> = (0..16_u8)
        .map(|n| ([n; 200], key.sign(&[n; 200])))
        .collect();
    let mut at = 0;
    move || {
        at = (at + 1) % signed.len();
        let (message, signature) = signed[at];
        (public, message, signature)
    }
}

fn unit(_: usize) -> Path {
    use ed25519_dalek::Verifier;
    let mut next = signatures();
    Box::new(move || {
        let (public, message, signature) = next();
        public
            .verify(black_box(&message), &signature)
            .expect("it verifies");
    })
}

fn strict(_: usize) -> Path {
    let mut next = signatures();
    Box::new(move || {
        let (public, message, signature) = next();
        public
            .verify_strict(black_box(&message), &signature)
            .expect("it verifies");
    })
}

fn sign(_: usize) -> Path {
    use ed25519_dalek::Signer;
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let expected = key.sign(&[0x5a; 200]);
    Box::new(move || assert_eq!(key.sign(black_box(&[0x5a; 200])), expected))
}

/// The new holder's key is there already: to make one costs as much as a signature.
fn mint(_: usize) -> Path {
    let world = World::new();
    let (chain, holder, terms) = (world.chain(4), key(4), world.delegation(4));
    Box::new(move || {
        let child = black_box(&chain)
            .delegate(terms.clone(), world.now)
            .unwrap()
            .sign(&holder)
            .unwrap();
        assert_eq!(child.claims().parent, chain.leaf_id());
    })
}

fn decode(depth: usize) -> Path {
    let world = World::new();
    let bytes = world.proof(&world.chain(depth)).to_bytes();
    Box::new(move || {
        assert_eq!(
            ExecutionProof::from_bytes(black_box(&bytes))
                .unwrap()
                .chain()
                .len(),
            depth
        )
    })
}

fn check(depth: usize) -> Path {
    let world = World::new();
    let (bytes, context) = (world.proof(&world.chain(depth)).to_bytes(), world.context());
    Box::new(move || {
        world
            .verifier
            .check(black_box(&bytes), &world.call.action, &context)
            .map(drop)
            .expect("it is permitted");
    })
}

fn new_leaf(depth: usize) -> Path {
    let world = World::new();
    let (prefix, context) = (world.chain(depth - 1), world.context());
    let cache = world.room_for_one_leaf(&prefix);
    let leaves: Vec<(MandateId, Vec<u8>)> = (0..17)
        .map(|leaf| world.leaf(&prefix, leaf))
        .map(|chain| (chain.leaf_id(), world.proof(&chain).to_bytes()))
        .collect();
    world.verifier.verify_cached(&prefix, &cache).unwrap();
    let mut at = 0;
    Box::new(move || {
        at = (at + 1) % leaves.len();
        let (leaf, bytes) = &leaves[at];
        assert!(!cache.knows(leaf) && cache.knows(&prefix.leaf_id()));
        let decided =
            world
                .verifier
                .check_cached(black_box(bytes), &world.call.action, &context, &cache);
        decided.map(drop).expect("it is permitted");
    })
}

fn known(depth: usize) -> Path {
    let (world, cache) = (World::new(), ChainCache::new(1 << 20));
    let chain = world.chain(depth);
    world.verifier.verify_cached(&chain, &cache).unwrap();
    let (bytes, context) = (world.proof(&chain).to_bytes(), world.context());
    Box::new(move || {
        let decided =
            world
                .verifier
                .check_cached(black_box(&bytes), &world.call.action, &context, &cache);
        decided.map(drop).expect("it is permitted");
    })
}

fn signed(depth: usize) -> Path {
    let world = World::new();
    let chain = world.chain(depth);
    let (proof, verified, context) = (
        world.proof(&chain),
        world.verifier.verify(&chain).unwrap(),
        world.context(),
    );
    Box::new(move || {
        let presentation = Presentation::signed(&world.call, proof.call());
        let decided = world
            .verifier
            .decide(&verified, black_box(&presentation), &context);
        decided.map(drop).expect("it is permitted");
    })
}

fn asserted(depth: usize) -> Path {
    asserted_in(World::new(), depth, None)
}

fn mission(depth: usize) -> Path {
    let world = World::new().with_mission();
    let watches = Watches::new(&world.verifier.verify(&world.chain(depth)).unwrap());
    let mut register = world.register();
    register
        .apply(&world.status(), &watches, world.now)
        .unwrap();
    asserted_in(world, depth, Some(register))
}

fn asserted_in(world: World, depth: usize, register: Option<Register>) -> Path {
    let chain = world.chain(depth);
    let verified = world.verifier.verify(&chain).unwrap();
    let register: &'static Option<Register> = Box::leak(Box::new(register));
    let context = register.iter().fold(world.context(), |context, register| {
        context.with_register(register)
    });
    Box::new(move || {
        let presentation = world.asserted(&chain, &world.call);
        let decided = world
            .verifier
            .decide(&verified, black_box(&presentation), &context);
        decided.map(drop).expect("it is permitted");
    })
}

/// Up to the permit, with the ledger's answer that the call is new, but without a ledger.
fn permit(depth: usize) -> Path {
    let world = World::new();
    let (chain, context) = (world.chain(depth), world.context());
    let verified = world.verifier.verify(&chain).unwrap();
    Box::new(move || {
        let presentation = world.asserted(&chain, &world.call);
        let decided = world
            .verifier
            .decide(&verified, black_box(&presentation), &context)
            .unwrap();
        let answer = decided.charges().answer(LedgerOutcome::Reserved);
        decided.settle(answer).map(drop).expect("it is permitted");
    })
}

fn denied(depth: usize) -> Path {
    let world = World::new();
    let (chain, context) = (world.chain(depth), world.context());
    let verified = world.verifier.verify(&chain).unwrap();
    let call = Call::new(world.call.id, action("crm.read", "globex"));
    Box::new(move || {
        let presentation = world.asserted(&chain, &call);
        let denial = world
            .verifier
            .decide(&verified, black_box(&presentation), &context)
            .map(drop)
            .unwrap_err();
        assert_eq!(denial.code(), DenialCode::ArgumentRefused);
    })
}

/// A proof that is refused by this code, whatever else is changed.
fn refused(
    code: DenialCode,
    change: impl FnOnce(&mut World, &mut Vec<u8>, &mut DecisionContext<'static>),
) -> Path {
    let mut world = World::new();
    let (mut bytes, mut context) = (world.proof(&world.chain(4)).to_bytes(), world.context());
    change(&mut world, &mut bytes, &mut context);
    Box::new(move || {
        let denial = world
            .verifier
            .check(black_box(&bytes), &world.call.action, &context)
            .map(drop)
            .unwrap_err();
        assert_eq!(denial.code(), code);
    })
}

fn garbage() -> Path {
    refused(DenialCode::NotDeterministic, |_, bytes, _| {
        // Numbers that look like chance, and are the same in every run.
        bytes.iter_mut().fold(1_u32, |last, byte| {
            let next = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = next.to_be_bytes()[0];
            next
        });
    })
}

fn truncated() -> Path {
    refused(DenialCode::Truncated, |_, bytes, _| {
        assert!(bytes.pop().is_some())
    })
}

fn wrong_type() -> Path {
    refused(DenialCode::WrongTokenType, |world, bytes, _| {
        let (chain, call) = (
            world.chain(4),
            world.proof(&world.chain(4)).call().as_bytes().len(),
        );
        bytes.truncate(bytes.len() - call);
        bytes.extend(chain.root().as_bytes());
    })
}

fn oversize() -> Path {
    refused(DenialCode::OutOfBounds, |_, bytes, _| {
        bytes.resize(MAX_PROOF_BYTES + 1, 0)
    })
}

fn unknown_anchor() -> Path {
    refused(DenialCode::UnknownIssuer, |world, _, _| {
        world.verifier = world.stranger()
    })
}

fn packed() -> Path {
    refused(DenialCode::UnknownIssuer, |world, bytes, _| {
        *bytes = world.proof(&world.packed()).to_bytes();
        world.verifier = world.stranger();
    })
}

fn expired() -> Path {
    refused(DenialCode::Expired, |world, _, context| {
        *context = DecisionContext::new(
            ServerContext::new(world.now.plus(Seconds::hours(2)), world.server.clone()),
            Register::none(),
        );
    })
}

fn wrong_audience() -> Path {
    refused(DenialCode::WrongAudience, |world, _, context| {
        *context = DecisionContext::new(
            ServerContext::new(world.now, "https://mail.example".parse().unwrap()),
            Register::none(),
        );
    })
}

fn wrong_tool() -> Path {
    refused(DenialCode::ToolNotPermitted, |world, _, _| {
        world.call.action = action("crm.write", "acme")
    })
}

fn wrong_argument() -> Path {
    refused(DenialCode::ArgumentRefused, |world, _, _| {
        world.call.action = action("crm.read", "globex")
    })
}

/// A link with a signature of which a bit is changed, and a leaf that was minted below it.
fn tampered_link() -> Path {
    refused(DenialCode::BadSignature, |world, bytes, _| {
        let mut above = world.chain(3).to_bytes();
        *above.last_mut().unwrap() ^= 1;
        *bytes = world
            .proof(&world.continued(Chain::from_bytes(&above).unwrap(), 4))
            .to_bytes();
    })
}

fn wrong_signer() -> Path {
    refused(DenialCode::NotTheHolder, |_, bytes, _| {
        let last = bytes.len() - 40;
        bytes[last] ^= 1;
    })
}

fn look_up() -> Path {
    let world = World::new().with_mission();
    let mut register = world.register();
    let (prefix, signer) = (world.chain(3), key(CONTROLLER));
    let ids: Vec<MandateId> = (0..=255)
        .map(|number| {
            let chain = world.leaf(&prefix, number);
            let (leaf, watches) = (
                chain.leaf_id(),
                Watches::new(&world.verifier.verify(&chain).unwrap()),
            );
            let end = TaskEnd::by_holder(
                NoticeHeader::new([1; 16], signer.public(), world.now),
                leaf,
                TaskEnding::Revoked,
                chain.leaf().lifetime.expires(),
            );
            register
                .apply(
                    &Notice::from(end.sign(&signer).unwrap()),
                    &watches,
                    world.now,
                )
                .unwrap();
            leaf
        })
        .collect();
    assert_eq!(register.len(), 256);
    let (mut at, signer) = (0, signer.public());
    Box::new(move || {
        at = (at + 1) % ids.len();
        assert_eq!(
            register.task_ending(black_box(ids[at]), signer),
            Some(TaskEnding::Revoked)
        );
    })
}

fn charge(repeats: usize) -> Path {
    let world = World::new().with_budget(u32::MAX);
    let (chain, ledgers) = (world.chain(1), World::ledgers());
    let verified = world.verifier.verify(&chain).unwrap();
    let decided: Vec<Unsettled> = (0..repeats)
        .map(|number| {
            let id = CallId::from_bytes((number as u128).to_be_bytes());
            let call = Call::new(id, world.call.action.clone());
            let context = world.context().with_ledgers(&ledgers);
            world
                .verifier
                .decide(&verified, &world.asserted(&chain, &call), &context)
                .unwrap()
        })
        .collect();
    // One root takes a quarter of the room.
    let (ledger, mut at) = (MemoryLedger::new(4 * repeats), 0);
    Box::new(move || {
        let answer = ledger.reserve(
            black_box(decided[at].charges()),
            AttemptId::from_bytes([1; 16]),
            world.now,
        );
        assert_eq!(answer.outcome, LedgerOutcome::Reserved);
        at += 1;
    })
}
