//! What news costs: looking it up among a million entries, taking it in, deciding with it, and
//! saying it. Every benchmark asserts what it measures.
//!
//! Memory per entry is what the process grows by when a full register is copied, so that nothing is
//! counted that only filling it took; it is read from `/proc/self/statm`, and not reported where
//! there is none.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "a benchmark"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use mandatum::chain::Ceiling;
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::decide::{Presentation, Presenter};
use mandatum::limits::MaxAge;
use mandatum::mission::{Applied, Retention, Watches};
use mandatum::primitives::MandateId;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, Capability, Chain, Controller, DecisionContext,
    Delegation, Digest, Effect, Label, Life, Lifetime, Limit, Limits, Link, LivesBy, Mission,
    Notice, Powers, PublicKey, Purpose, Register, Root, RootAudience, Seconds, ServerContext,
    SigningKey, Timestamp, VerifiedChain, Verifier, issue,
};
use std::hint::black_box;

/// Entries of the register: a million where it is measured, few where the benchmarks only run once
/// to see that they do.
fn entries() -> usize {
    if std::env::args().any(|argument| argument == "--bench") {
        1_000_000
    } else {
        2_000
    }
}

/// Controllers of each chain: as many as one root can name in its limits. Each may end every
/// mandate of it.
const CONTROLLERS: u8 = 32;
const LINKS: u8 = 16;
const HEARTBEAT: usize = 300;
const NO_ARGUMENTS: [(&str, mandatum::primitives::Value); 0] = [];

fn key(kind: u8, number: u8) -> SigningKey {
    let mut seed = [kind; 32];
    seed[0] = number;
    SigningKey::from_seed(&seed)
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_767_225_600).unwrap()
}

/// When the roots have expired.
fn root_expires() -> Timestamp {
    now().plus(Seconds::hours(1))
}

fn mission(controller: PublicKey, name: &str) -> Mission {
    Mission::new(controller, label(name), [7; 16])
}

fn lives_by(controller: PublicKey, name: &str) -> LivesBy {
    LivesBy::new(
        mission(controller, name),
        MaxAge::uniform(Seconds::minutes(5)),
    )
}

fn powers() -> Powers {
    Powers::new([Capability::new("crm.read", Effect::Read)
        .unwrap()
        .allow_delegation()])
    .unwrap()
}

struct World {
    anchor: Anchor,
    verifier: Verifier,
}

impl World {
    fn new() -> Self {
        let issuer = "https://acme.example".parse().unwrap();
        let anchor = Anchor::new(
            issuer,
            key(1, 0).public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        )
        .unwrap();
        let verifier = Verifier::new([anchor.clone()])
            .unwrap()
            .dangerous_effects_as_stated()
            .dangerous_accept_asserted_up_to(Effect::Read);
        Self { anchor, verifier }
    }

    /// A chain of so many links with these limits in its root, unlike any other by its number.
    fn chain(&self, number: u64, links: u8, life: Life, limits: Limits) -> VerifiedChain {
        let end = now().plus(Seconds::hours(1));
        let id = |link: u8| {
            let mut id = [link; 16];
            id[8..].copy_from_slice(&number.to_be_bytes());
            id
        };
        let link = Link::new(
            id(0),
            key(2, 0).public(),
            powers(),
            Lifetime::new(now(), end).unwrap(),
        );
        let root = Root {
            link: link.with_hops(LINKS).with_limits(limits),
            issuer: self.anchor.issuer().clone(),
            signed_by: key(1, 0).public(),
            principal: label("alice").into(),
            purpose: Purpose::new(label("qbr"), label("acme"), ""),
            grant: Some(AttestedGrant::direct(
                label("alice"),
                now(),
                Digest::hash(""),
            )),
            task: "acme-qbr".parse().unwrap(),
            audience: RootAudience::Anywhere,
            life,
        };
        let root = issue(&self.anchor, root, now())
            .unwrap()
            .sign(&key(1, 0))
            .unwrap();
        let chain = (1..links).fold(Chain::from(root), |chain, link| {
            let terms = Delegation::new(id(link), key(2, link).public(), powers(), end)
                .with_hops(LINKS - link);
            let child = chain
                .delegate(terms, now())
                .unwrap()
                .sign(&key(2, link - 1))
                .unwrap();
            chain.extend(child).unwrap()
        });
        self.verifier.verify(&chain).unwrap()
    }

    fn wide(&self, number: u64) -> VerifiedChain {
        let controllers =
            (0..CONTROLLERS).map(|n| Limit::lives_by(lives_by(key(3, n).public(), "bench")));
        self.chain(
            number,
            LINKS,
            Life::ExpiryOnly,
            Limits::new(controllers).unwrap(),
        )
    }
}

/// Tasks that were ended, each by every controller of its chain.
struct Full {
    register: Register,
    known: Vec<(MandateId, PublicKey)>,
}

impl Full {
    fn of(world: &World, first_chain: u64, entries: usize) -> Self {
        let retention = Retention::new(Seconds::minutes(5), Seconds::hours(8), Seconds::new(30));
        let (mut register, mut known) = (Register::new(retention), Vec::with_capacity(entries));
        let controllers: Vec<SigningKey> = (0..CONTROLLERS).map(|n| key(3, n)).collect();
        for number in first_chain.. {
            let chain = world.wide(number);
            let watches = Watches::new(&chain);
            for (mandate, signer) in chain
                .chain()
                .ids()
                .flat_map(|id| controllers.iter().map(move |key| (id, key)))
            {
                if known.len() == entries {
                    return Self { register, known };
                }
                let notice = TaskEnd::by_holder(
                    NoticeHeader::new([1; 16], signer.public(), now()),
                    mandate,
                    TaskEnding::Revoked,
                    root_expires(),
                );
                let notice = Notice::from(notice.sign(signer).unwrap());
                assert_eq!(register.apply(&notice, &watches, now()), Ok(Applied::New));
                known.push((mandate, signer.public()));
            }
        }
        unreachable!("there is always another chain")
    }

    /// A million entries, filled by two threads and joined.
    fn new(world: &World) -> Self {
        let half = entries() / 2;
        let (mut full, rest) = std::thread::scope(|scope| {
            let rest = scope.spawn(|| Self::of(world, 1_000_000, half));
            (Self::of(world, 0, half), rest.join().unwrap())
        });
        full.register.merge(&rest.register);
        full.known.extend(rest.known);
        assert_eq!(
            (full.register.len(), full.known.len()),
            (entries(), entries())
        );
        full
    }
}

/// Bytes that the process has in memory.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm
        .split(' ')
        .nth(1)?
        .parse::<usize>()
        .ok()
        .map(|pages| pages * 4096)
}

fn look_up(c: &mut Criterion) {
    let world = World::new();
    let mut full = Full::new(&world);

    let before = resident();
    let copy = full.register.clone();
    if let (1_000_000.., Some(before), Some(after)) = (entries(), before, resident()) {
        println!(
            "memory: {} bytes for each of {} entries",
            (after - before) / entries(),
            entries()
        );
    }
    assert!(copy == full.register);
    drop(copy);

    // Asked in another order than they came in, so that neighbours in time are none in memory.
    let known: Vec<_> = (0..entries())
        .map(|number| full.known[number * 7919 % full.known.len()])
        .collect();
    let mut at = 0;
    c.bench_function("register/look_up_task_end_of_a_million", |b| {
        b.iter(|| {
            at = (at + 1) % known.len();
            let (mandate, signer) = known[at];
            assert_eq!(
                full.register.task_ending(black_box(mandate), signer),
                Some(TaskEnding::Revoked)
            );
        });
    });
    c.bench_function("register/look_up_nothing_in_a_million", |b| {
        let stranger = key(9, 9).public();
        b.iter(|| {
            at = (at + 1) % known.len();
            assert_eq!(
                full.register.task_ending(black_box(known[at].0), stranger),
                None
            );
        });
    });
    decide(c, &world, &mut full.register);
    apply(c, &world, full.register);
}

/// A chain of four that lives by a mission, decided beside a million other entries.
fn decide(c: &mut Criterion, world: &World, register: &mut Register) {
    let controller = key(4, 0);
    let life = Life::Mission(lives_by(controller.public(), "qbr"));
    let chain = world.chain(7, 4, life, Limits::none());
    let mut heartbeat = Controller::new(controller.public(), Seconds::new(30));
    let status = heartbeat
        .begin(&mission(controller.public(), "qbr"), [1; 16], now())
        .unwrap()
        .sign(&controller)
        .unwrap();
    assert_eq!(
        register.apply(&status.into(), &Watches::new(&chain), now()),
        Ok(Applied::New)
    );

    let call = Call::new(
        [9; 16],
        Action::new("crm.read", NO_ARGUMENTS, Effect::Read).unwrap(),
    );
    let server = Audience::new("https://crm.example").unwrap();
    let presenter = Presenter::Asserted {
        holder: key(2, 3).public(),
        leaf: chain.chain().leaf_id(),
    };
    let presentation = Presentation {
        call: &call,
        presenter,
    };
    let context = DecisionContext::new(ServerContext::new(now(), server.clone()), register);
    c.bench_function("decide_with_mission/4", |b| {
        b.iter(|| {
            world
                .verifier
                .decide(&chain, black_box(&presentation), &context)
                .expect("it is permitted")
        });
    });
    let nothing = DecisionContext::new(ServerContext::new(now(), server), Register::none());
    assert!(
        world
            .verifier
            .decide(&chain, &presentation, &nothing)
            .is_err()
    );
    c.bench_function("watches/4", |b| {
        b.iter(|| assert!(Watches::new(black_box(&chain)).mandates().len() > 4));
    });
}

/// Taking in a notice that was known, signature and all; and one that nobody watches.
fn apply(c: &mut Criterion, world: &World, mut register: Register) {
    let (chain, signer) = (world.wide(0), key(3, 0));
    let watches = Watches::new(&chain);
    let end = |signer: &SigningKey| {
        let mandate = chain.chain().leaf_id();
        let notice = TaskEnd::by_holder(
            NoticeHeader::new([1; 16], signer.public(), now()),
            mandate,
            TaskEnding::Revoked,
            root_expires(),
        );
        Notice::from(notice.sign(signer).unwrap())
    };
    let (known, strange) = (end(&signer), end(&key(9, 9)));
    c.bench_function("register/apply_task_end", |b| {
        b.iter(|| {
            assert_eq!(
                register.apply(black_box(&known), &watches, now()),
                Ok(Applied::Known)
            );
        });
    });
    c.bench_function("register/refuse_a_strangers", |b| {
        b.iter(|| {
            assert!(
                register
                    .apply(black_box(&strange), &watches, now())
                    .is_err()
            );
        });
    });
}

/// What a controller says of its missions, again and again.
fn heartbeat(c: &mut Criterion) {
    let signer = key(4, 0);
    for missions in [1, HEARTBEAT] {
        let mut controller = Controller::new(signer.public(), Seconds::new(30));
        for number in 0..missions {
            let mission = mission(
                signer.public(),
                &format!("acme/quarterly-review/{number:06}"),
            );
            assert_eq!(
                controller
                    .begin(&mission, [1; 16], now())
                    .unwrap()
                    .claims()
                    .missions
                    .iter()
                    .len(),
                1
            );
        }
        let statuses = |controller: &mut Controller| -> Vec<Notice> {
            let unsigned = controller.heartbeat(|| [2; 16].into(), now()).unwrap();
            unsigned
                .into_iter()
                .map(|status| status.sign(&signer).unwrap().into())
                .collect()
        };
        let said = statuses(&mut controller);
        let bytes: usize = said.iter().map(|status| status.as_bytes().len()).sum();
        println!(
            "heartbeat of {missions} missions: {} statuses, {bytes} bytes",
            said.len()
        );
        c.bench_function(&format!("heartbeat/sign/{missions}"), |b| {
            b.iter(|| assert_eq!(statuses(black_box(&mut controller)).len(), said.len()));
        });
        c.bench_function(&format!("heartbeat/read/{missions}"), |b| {
            b.iter(|| {
                let read = |status: &Notice| {
                    Notice::from_bytes(black_box(status.as_bytes())).expect("it is read")
                };
                assert_eq!(said.iter().map(read).collect::<Vec<_>>(), said);
            });
        });
    }
}

criterion_group!(benches, heartbeat, look_up);
criterion_main!(benches);
