//! What an execution graph costs: building it, ending one task of it, and drawing it, for ten
//! thousand, a hundred thousand and a million tasks. Every benchmark asserts what it measures.
//!
//! The graph is a tree of three levels: one root, as many orchestrators as the square root of the
//! tasks, and the rest spread evenly below these. Every task has a key and a signed mandate of its
//! own; they are minted by two threads, one orchestrator's at a time and outside the time that is
//! reported, added, and dropped, because a graph keeps no chain.
//!
//! Memory per task is what the process grows by when a graph is copied; the peak is the most that
//! it had in memory at any time until then, over what it had before the graph was begun. Both come
//! from `/proc/self`, and are not reported where there is none.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use mandatum::chain::Ceiling;
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::graph::{ExecutionGraph, TaskState};
use mandatum::limits::MaxAge;
use mandatum::mission::Watches;
use mandatum::{
    Anchor, AttestedGrant, Capability, Chain, Controller, Delegation, Digest, Effect, Label, Life,
    Lifetime, Link, LivesBy, Notice, Powers, Purpose, Register, Root, RootAudience, Seconds,
    SigningKey, Timestamp, Verifier, issue,
};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many tasks: up to a million where it is measured, few where the benchmarks only run once to
/// see that they do.
fn sizes() -> [usize; 3] {
    if std::env::args().any(|argument| argument == "--bench") {
        [10_000, 100_000, 1_000_000]
    } else {
        [20, 200, 2_000]
    }
}

/// The most nodes of a sampled picture.
const DRAWN: usize = 200;

/// The key of a task, by its number; others have numbers that no task has.
fn key(number: usize) -> SigningKey {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(number as u64).to_be_bytes());
    SigningKey::from_seed(&seed)
}

const COMPANY: usize = usize::MAX;
const CONTROLLER: usize = usize::MAX - 1;

fn id(number: usize) -> [u8; 16] {
    (number as u128).to_be_bytes()
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_767_225_600).unwrap()
}

fn expires() -> Timestamp {
    now().plus(Seconds::hours(1))
}

fn powers() -> Powers {
    Powers::new([Capability::new("crm.read", Effect::Read)
        .unwrap()
        .allow_delegation()])
    .unwrap()
}

/// The root, who verifies it, and the news that its mission is active.
struct World {
    verifier: Verifier,
    root: Chain,
    active: Notice,
}

impl World {
    fn new() -> Self {
        let issuer = "https://acme.example".parse().unwrap();
        let anchor = Anchor::new(
            issuer,
            key(COMPANY).public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        )
        .unwrap();
        let mut controller = Controller::new(key(CONTROLLER).public(), Seconds::new(30));
        let mission = controller.mission(label("qbr"), [7; 16]);
        let begun = controller.begin(&mission, id(0), now()).unwrap();
        let lifetime = Lifetime::new(now(), expires()).unwrap();
        let root = Root {
            link: Link::new(id(0), key(0).public(), powers(), lifetime).with_hops(2),
            issuer: anchor.issuer().clone(),
            signed_by: key(COMPANY).public(),
            principal: label("alice").into(),
            purpose: Purpose::new(label("qbr"), label("acme"), ""),
            grant: Some(AttestedGrant::direct(
                label("alice"),
                now(),
                Digest::hash(""),
            )),
            task: "acme-qbr".parse().unwrap(),
            audience: RootAudience::Anywhere,
            life: Life::Mission(LivesBy::new(mission, MaxAge::uniform(Seconds::minutes(5)))),
        };
        Self {
            root: Chain::from(
                issue(&anchor, root, now())
                    .unwrap()
                    .sign(&key(COMPANY))
                    .unwrap(),
            ),
            verifier: Verifier::new([anchor])
                .unwrap()
                .dangerous_effects_as_stated(),
            active: begun.sign(&key(CONTROLLER)).unwrap().into(),
        }
    }

    /// A register that has heard that the mission is active, and what this says of tasks of a
    /// chain.
    fn register(&self, chain: &Chain, said: Option<Notice>) -> Register {
        let retention = self.verifier.retention(Seconds::minutes(5));
        let (mut register, mut watches) = (Register::new(retention), Watches::none());
        watches.extend(&Watches::new(&self.verifier.verify(chain).unwrap()));
        for notice in [&self.active].into_iter().chain(&said) {
            register.apply(notice, &watches, now()).unwrap();
        }
        register
    }
}

/// A child with a key and a step of its own.
fn child(above: &Chain, by: &SigningKey, number: usize, hops: u8) -> Chain {
    let step = format!("task-{number:07}").parse().unwrap();
    let terms = Delegation::new(id(number), key(number).public(), powers(), expires())
        .with_step(step)
        .with_hops(hops);
    above
        .extend(above.delegate(terms, now()).unwrap().sign(by).unwrap())
        .unwrap()
}

/// A graph of so many tasks, and one of its orchestrators with the number of tasks that it and
/// those below it are.
struct Built {
    graph: ExecutionGraph,
    orchestrator: Chain,
    orchestrated: usize,
    minting: Duration,
    adding: Duration,
}

impl Built {
    fn new(world: &World, tasks: usize) -> Self {
        let orchestrators = tasks.isqrt();
        let leaves = tasks - 1 - orchestrators;
        let mut graph = ExecutionGraph::new(&world.verifier);
        let (mut minting, mut adding) = (Duration::ZERO, Duration::ZERO);
        let (mut chosen, mut number) = (None, 0);
        for orchestrator in 0..orchestrators {
            let begun = Instant::now();
            number += 1;
            let (first, by) = (number + 1, key(number));
            let above = child(&world.root, &key(0), number, 1);
            let share = leaves / orchestrators + usize::from(orchestrator < leaves % orchestrators);
            number += share;
            let mint = |of: std::ops::Range<usize>| {
                of.map(|leaf| child(&above, &by, leaf, 0))
                    .collect::<Vec<_>>()
            };
            let middle = first + share / 2;
            let (left, right) = std::thread::scope(|scope| {
                let right = scope.spawn(|| mint(middle..first + share));
                (mint(first..middle), right.join().unwrap())
            });
            minting += begun.elapsed();

            let begun = Instant::now();
            // A leaf brings all above it along, but an orchestrator may have none.
            graph.add(&above).unwrap();
            for leaf in left.iter().chain(&right) {
                graph.add(leaf).unwrap();
            }
            adding += begun.elapsed();
            if orchestrator == orchestrators / 2 {
                chosen = Some((above, share + 1));
            }
        }
        assert_eq!(graph.len(), tasks);
        let (orchestrator, orchestrated) = chosen.unwrap();
        Self {
            graph,
            orchestrator,
            orchestrated,
            minting,
            adding,
        }
    }
}

/// Bytes that the process has in memory, and the most it has had.
fn memory() -> Option<(usize, usize)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<usize>().ok()
    };
    Some((kilobytes("VmRSS:")? * 1024, kilobytes("VmHWM:")? * 1024))
}

fn graphs(c: &mut Criterion) {
    let world = World::new();
    for tasks in sizes() {
        let before = memory();
        let built = Built::new(&world, tasks);
        let per_task = |spent: Duration| spent.as_nanos() as usize / tasks;
        println!(
            "{tasks} tasks: {} ns to add each (minted before in {} ns each)",
            per_task(built.adding),
            per_task(built.minting)
        );
        drawn(c, &world, &built, tasks);
        report_memory(&built.graph, before, tasks);
    }
}

fn report_memory(graph: &ExecutionGraph, before: Option<(usize, usize)>, tasks: usize) {
    let full = memory();
    let copy = graph.clone();
    // Fewer tasks are lost in the pages that the process has anyway.
    if let (10_000.., Some((begun, _)), Some((held, peak)), Some((copied, _))) =
        (tasks, before, full, memory())
    {
        println!(
            "{tasks} tasks: {} bytes each, {} at the peak of building and drawing",
            copied.saturating_sub(held) / tasks,
            peak.saturating_sub(begun) / tasks
        );
    }
    assert_eq!(copy.len(), tasks);
}

/// The whole picture before and after the end of one orchestrator, and a sample of it as text.
fn drawn(c: &mut Criterion, world: &World, built: &Built, tasks: usize) {
    let (graph, chain) = (&built.graph, &built.orchestrator);
    let live = world.register(chain, None);
    assert_eq!(graph.picture(&live, now()).count(TaskState::Live), tasks);

    let orchestrator = key(0);
    let end = TaskEnd::by_holder(
        NoticeHeader::new(id(1), orchestrator.public(), now()),
        chain.leaf_id(),
        TaskEnding::Revoked,
        expires(),
    );
    let end = Notice::from(end.sign(&orchestrator).unwrap());
    let one_ended = world.register(chain, Some(end.clone()));
    c.bench_function(&format!("graph/end_one_task/{tasks}"), |b| {
        b.iter(|| black_box(world.register(chain, Some(end.clone()))));
    });
    c.bench_function(&format!("graph/picture/{tasks}"), |b| {
        b.iter(|| {
            let picture = black_box(graph).picture(&one_ended, now());
            assert_eq!(picture.count(TaskState::Ended), built.orchestrated);
            assert_eq!(picture.count(TaskState::Live), tasks - built.orchestrated);
        });
    });
    let picture = graph.picture(&one_ended, now());
    assert_eq!(picture.state(&chain.leaf_id()), Some(TaskState::Ended));
    c.bench_function(&format!("graph/sampled_mermaid/{tasks}"), |b| {
        b.iter(|| {
            let text = black_box(&picture).clone().sampled(DRAWN).to_mermaid();
            assert!(text.starts_with("flowchart TD") && text.contains(":::ended"));
            assert_eq!(text.contains(" more"), tasks > DRAWN);
            assert!(text.lines().count() < 6 * DRAWN);
        });
    });
}

criterion_group! {
    name = benches;
    // A picture of a million tasks takes long enough to be measured a few times only.
    config = Criterion::default().sample_size(10);
    targets = graphs
}
criterion_main!(benches);
