//! What does not grow as work grows: deciding beside a million missions, and with a million chains
//! in a cache; and what does, evenly: memory, `prune`, and minting by several threads. Every figure
//! is of something that is asserted, and a table ends it.
//!
//! Times are in U, that of one plain Ed25519 verification, which runs after every sample; of both
//! the median counts, and the spread is from the tenth to the ninetieth of a hundred. Who is asked
//! for comes in another order than they came in, so that neighbours in time are none in memory.
//!
//! Memory is what is asked of the allocator and not given back while a cache is filled, or a
//! register copied. Beside it stands what the process grew by meanwhile, from `/proc/self/statm`,
//! where there is one; no cache is dropped before the end, so that none grows into what another
//! gave back.
//!
//! Charges on one budget by several threads are in `spending.rs`, the register by itself in
//! `register.rs`, graphs in `graph.rs`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a benchmark"
)]

#[path = "scale/worst.rs"]
mod worst;

use mandatum::bounds::MAX_ENDED;
use mandatum::chain::ChainCache;
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::decide::Presentation;
use mandatum::limits::MaxAge;
use mandatum::mission::{Applied, Retention, Watches};
use mandatum::primitives::{MandateId, Value};
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, Capability, Chain, Constraint,
    Controller, DecisionContext, Delegation, Digest, Effect, ExecutionProof, Label, Life, Lifetime,
    Limit, Limits, Link, LivesBy, Mission, Notice, Powers, Purpose, Register, Root, RootAudience,
    Seconds, ServerContext, SigningKey, Timestamp, VerifiedChain, Verifier, issue,
};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn is_measured() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// So many where it is measured, and few where the benchmarks only run once to see that they do.
fn many(measured: usize) -> usize {
    if is_measured() {
        measured
    } else {
        (measured / 1_000).clamp(1, 200)
    }
}

/// The keys of holders are 1 to 16, those of the register's controllers begin with 100.
fn key(number: usize) -> SigningKey {
    SigningKey::from_seed(&[u8::try_from(number).unwrap(); 32])
}

const ANCHOR: usize = 0;
const CONTROLLER: usize = 100;
/// Missions of one chain: as many as it can live by.
const MISSIONS: usize = 32;
/// How far clocks may differ.
const LEEWAY: Seconds = Seconds::new(30);
const DEPTH: usize = 4;

fn id(link: usize, number: usize) -> [u8; 16] {
    (((link as u128) << 64) | number as u128).to_be_bytes()
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_767_225_600).unwrap()
}

/// One tool with two constrained arguments, at every link.
fn powers() -> Powers {
    let read = Capability::new("crm.read", Effect::Read).unwrap();
    let read = read
        .require("account", Constraint::one_of(["acme"]).unwrap())
        .unwrap();
    let read = read
        .require("limit", Constraint::between(1.into(), 100.into()).unwrap())
        .unwrap();
    Powers::new([read.allow_delegation()]).unwrap()
}

fn mission(controller: usize, number: usize) -> Mission {
    Mission::new(
        key(controller).public(),
        label(&format!("acme/review/{number:07}")),
        [7; 16],
    )
}

/// A register that has received nothing.
fn empty_register() -> Register {
    Register::new(Retention::new(
        Seconds::minutes(5),
        Seconds::hours(8),
        LEEWAY,
    ))
}

fn lives_by(controller: usize, number: usize) -> LivesBy {
    LivesBy::new(
        mission(controller, number),
        MaxAge::uniform(Seconds::minutes(5)),
    )
}

struct World {
    anchor: Anchor,
    verifier: Verifier,
    server: Audience,
    call: Call,
    keys: Vec<SigningKey>,
}

impl World {
    fn new() -> Self {
        let issuer = "https://acme.example".parse().unwrap();
        let anchor =
            Anchor::new(issuer, key(ANCHOR).public(), powers(), Seconds::hours(8)).unwrap();
        let arguments = [("account", Value::from("acme")), ("limit", 10.into())];
        Self {
            verifier: Verifier::new([anchor.clone()])
                .unwrap()
                .dangerous_effects_as_stated()
                .dangerous_accept_asserted_up_to(Effect::Read),
            anchor,
            server: Audience::new("https://crm.example").unwrap(),
            call: Call::new(
                [9; 16],
                Action::new("crm.read", arguments, Effect::Read).unwrap(),
            ),
            keys: (0..=16).map(key).collect(),
        }
    }

    fn root(&self, number: usize, life: Life, limits: Limits) -> Chain {
        let lifetime = Lifetime::new(now(), now().plus(Seconds::hours(1))).unwrap();
        let link = Link::new(id(0, number), self.keys[1].public(), powers(), lifetime)
            .with_hops(15)
            .with_limits(limits);
        let root = issue(&self.anchor, self.root_of(link, life), now()).unwrap();
        Chain::from(root.sign(&self.keys[ANCHOR]).unwrap())
    }

    fn root_of(&self, link: Link, life: Life) -> Root {
        Root {
            link,
            issuer: self.anchor.issuer().clone(),
            signed_by: self.keys[ANCHOR].public(),
            principal: label("alice").into(),
            purpose: Purpose::new(label("qbr"), label("acme"), ""),
            grant: Some(AttestedGrant::direct(
                label("alice"),
                now(),
                Digest::hash(""),
            )),
            task: "acme-qbr".parse().unwrap(),
            audience: RootAudience::Only(self.server.clone().into()),
            life,
        }
    }

    /// A child below a chain, unlike any other by its number.
    fn child(&self, above: &Chain, number: usize) -> Chain {
        let (link, end) = (above.len(), now().plus(Seconds::hours(1)));
        let terms = Delegation::new(
            id(link, number),
            self.keys[link + 1].public(),
            powers(),
            end,
        );
        let terms = terms.with_hops(u8::try_from(15 - link).unwrap());
        above
            .extend(
                above
                    .delegate(terms, now())
                    .unwrap()
                    .sign(&self.keys[link])
                    .unwrap(),
            )
            .unwrap()
    }

    /// A chain of so many links, all its own by its number.
    fn chain(&self, number: usize, links: usize, life: Life, limits: Limits) -> Chain {
        let root = self.root(number, life, limits);
        (1..links).fold(root, |chain, _| self.child(&chain, number))
    }

    fn proof(&self, chain: &Chain) -> Vec<u8> {
        let call = CallClaims::new(chain, &self.call, self.server.clone(), now());
        ExecutionProof::new(chain.clone(), call.sign(&self.keys[chain.len()]).unwrap()).to_bytes()
    }

    fn context(&self) -> DecisionContext<'static> {
        DecisionContext::new(
            ServerContext::new(now(), self.server.clone()),
            Register::none(),
        )
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

/// What is left of what it allocates, in bytes that were asked for.
fn kept<T>(does: impl FnOnce() -> T) -> (T, i64) {
    let mut done = None;
    let counted = allocation_counter::measure(|| done = Some(does()));
    (done.unwrap(), counted.bytes_current)
}

/// What it came to for each.
fn each_bytes(kept: i64, before: Option<usize>, count: usize) -> (String, String) {
    let grown = resident()
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before) / count);
    let grown = grown.filter(|grown| is_measured() && count >= 10_000 && *grown > 0);
    (
        format!("{} B", kept / count as i64),
        grown.map_or_else(String::new, |grown| format!("{grown} B resident")),
    )
}

/// Does it for so many numbers, split between so many threads.
fn split<T: Send>(count: usize, threads: usize, does: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let numbers: Vec<usize> = (0..count).collect();
    std::thread::scope(|scope| {
        let shares = numbers.chunks(count.div_ceil(threads));
        let running: Vec<_> = shares
            .map(|share| scope.spawn(|| share.iter().copied().map(&does).collect::<Vec<T>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn on_all_processors<T: Send>(count: usize, does: impl Fn(usize) -> T + Sync) -> Vec<T> {
    split(
        count,
        std::thread::available_parallelism().map_or(1, usize::from),
        does,
    )
}

/// The lines of the table, in order.
#[derive(Default)]
struct Table(Vec<[String; 4]>);

impl Table {
    fn line(&mut self, what: &str, among: impl ToString, figure: String, spread: String) {
        println!("{what}, {}: {figure} {spread}", among.to_string());
        self.0
            .push([what.into(), among.to_string(), figure, spread]);
    }

    fn print(&self) {
        println!("\n| what | among | figure | spread |\n|---|---:|---:|---:|");
        self.0
            .iter()
            .for_each(|cells| println!("| {} |", cells.join(" | ")));
    }
}

/// The unit: one plain Ed25519 verification with a key that is already parsed.
struct Unit {
    signer: ed25519_dalek::SigningKey,
    key: ed25519_dalek::VerifyingKey,
    signature: ed25519_dalek::Signature,
}

const MESSAGE: [u8; 200] = [0x5a; 200];

impl Unit {
    fn new() -> Self {
        use ed25519_dalek::Signer;
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        Self {
            key: key.verifying_key(),
            signature: key.sign(&MESSAGE),
            signer: key,
        }
    }

    /// One plain signature of a message with this number.
    fn signs(&self, number: usize) -> ed25519_dalek::Signature {
        use ed25519_dalek::Signer;
        self.signer.sign(&number.to_be_bytes())
    }

    fn once(&self) -> Duration {
        use ed25519_dalek::Verifier;
        timed(|| {
            self.key
                .verify(black_box(&MESSAGE), &self.signature)
                .unwrap();
        })
    }

    /// Takes so many samples, each of a batch and with a unit after it; the median in U, and its
    /// spread.
    fn measure(
        &self,
        samples: usize,
        batch: usize,
        mut does: impl FnMut(usize),
    ) -> (String, String) {
        let (mut units, mut times) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
        for sample in 0..samples {
            times.push(timed(|| {
                (0..batch).for_each(|at| does(sample * batch + at));
            }));
            units.push(self.once());
        }
        let at = |times: &mut Vec<Duration>, percent: usize| {
            times.sort_unstable();
            times[times.len() * percent / 100].as_secs_f64()
        };
        let unit = at(&mut units, 50);
        let in_units = |percent| at(&mut times.clone(), percent) / batch as f64 / unit;
        (
            format!("{:.4} U", in_units(50)),
            format!("{:.4}–{:.4}", in_units(10), in_units(90)),
        )
    }
}

fn timed<T>(does: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    drop(black_box(does()));
    begun.elapsed()
}

/// The number of one of so many, in another order than they came in.
const fn scattered(at: usize, among: usize) -> usize {
    at * 7_919 % among
}

/// From bytes to a decision with a chain of four that is known, among so many. The caches are for
/// the caller to keep.
fn cached(world: &World, unit: &Unit, table: &mut Table) -> Vec<ChainCache> {
    let trunk = world.chain(0, DEPTH - 1, Life::ExpiryOnly, Limits::none());
    let wholly_distinct = |number| world.chain(number, DEPTH, Life::ExpiryOnly, Limits::none());
    let on_one_trunk = |number| world.child(&trunk, number);
    let distinct = [1, 1_000, 100_000].map(many);
    let distinct = distinct.map(|count| {
        cached_among(
            world,
            unit,
            table,
            ("wholly distinct", count),
            &wholly_distinct,
        )
    });
    let on_trunk = [1, 1_000, 1_000_000].map(many);
    let on_trunk = on_trunk.map(|count| {
        cached_among(
            world,
            unit,
            table,
            ("first three shared", count),
            &on_one_trunk,
        )
    });
    distinct.into_iter().chain(on_trunk).collect()
}

fn cached_among(
    world: &World,
    unit: &Unit,
    table: &mut Table,
    (shape, count): (&str, usize),
    chain: &(impl Fn(usize) -> Chain + Sync),
) -> ChainCache {
    // Room for the first chain's parent too. Where that is the parent of all, each that follows is
    // a new leaf below it.
    let (cache, before) = (ChainCache::new(usize::MAX), resident());
    world
        .verifier
        .verify_cached(&chain(0).parent().unwrap(), &cache)
        .map(drop)
        .unwrap();
    let kept = on_all_processors(count, |number| {
        kept(|| {
            let came = Chain::from_bytes(&chain(number).to_bytes()).unwrap();
            world
                .verifier
                .verify_cached(&came, &cache)
                .map(drop)
                .unwrap();
        })
    });
    assert_eq!(cache.len(), count + 1);
    if count > 1 {
        let (bytes, grown) = each_bytes(kept.iter().map(|((), bytes)| bytes).sum(), before, count);
        table.line(
            &format!("memory of a cached chain, d = 4, {shape}"),
            count,
            bytes,
            grown,
        );
    }

    let (samples, context) = (many(2_000), world.context());
    let asked: Vec<(MandateId, Vec<u8>)> = (0..samples.min(count))
        .map(|at| chain(scattered(at, count)))
        .map(|chain| (chain.leaf_id(), world.proof(&chain)))
        .collect();
    assert!(asked.iter().all(|(leaf, _)| cache.knows(leaf)));
    let mut measure = |which: &str, asked: &[(MandateId, Vec<u8>)]| {
        let (figure, spread) = unit.measure(samples, 1, |at| {
            let (_, bytes) = &asked[at % asked.len()];
            let decided =
                world
                    .verifier
                    .check_cached(black_box(bytes), &world.call.action, &context, &cache);
            decided.map(drop).unwrap();
        });
        table.line(
            &format!("decision from bytes, known chain, d = 4, {shape}, {which}"),
            count,
            figure,
            spread,
        );
    };
    measure("one again and again", &asked[..1]);
    if count > 1 {
        measure("ever another", &asked);
    }
    cache
}

/// What chains watch that live by so many missions of one controller.
fn watches_of(world: &World, missions: usize) -> Watches {
    let watched = on_all_processors(missions.div_ceil(MISSIONS), |chain| {
        let first = chain * MISSIONS;
        let others = (first + 1..missions.min(first + MISSIONS))
            .map(|n| Limit::lives_by(lives_by(CONTROLLER, n)));
        let root = world.root(
            chain,
            Life::Mission(lives_by(CONTROLLER, first)),
            Limits::new(others).unwrap(),
        );
        Watches::new(&world.verifier.verify(&root).unwrap())
    });
    let mut watches = Watches::none();
    watched.iter().for_each(|others| watches.extend(others));
    assert_eq!(watches.missions().len(), missions);
    watches
}

/// A register that knows so many missions to be active, each of them said by one controller.
fn register_of(world: &World, missions: usize) -> Register {
    let watches = watches_of(world, missions);
    let (signer, mut register) = (key(CONTROLLER), empty_register());
    let mut controller = Controller::new(signer.public(), Seconds::new(30));
    for number in 0..missions {
        assert_eq!(
            controller
                .begin(&mission(CONTROLLER, number), [1; 16], now())
                .unwrap()
                .claims()
                .missions
                .iter()
                .len(),
            1
        );
    }
    for status in controller.heartbeat(|| [2; 16].into(), now()).unwrap() {
        let notice = Notice::from(status.sign(&signer).unwrap());
        assert_eq!(register.apply(&notice, &watches, now()), Ok(Applied::New));
    }
    assert_eq!(register.len(), missions);
    register
}

/// A decision by the host's word, with a chain of four that lives by one of so many missions.
fn beside_missions(world: &World, unit: &Unit, table: &mut Table) {
    for count in [1, many(1_000), many(1_000_000)] {
        let register = register_of(world, count);
        // As many chains however many missions there are: what they take in the processor's caches
        // is the same.
        let chains: Vec<VerifiedChain> = (0..many(1_000))
            .map(|at| {
                (
                    at,
                    Life::Mission(lives_by(CONTROLLER, scattered(at, count))),
                )
            })
            .map(|(at, life)| {
                world
                    .verifier
                    .verify(&world.chain(at, DEPTH, life, Limits::none()))
                    .unwrap()
            })
            .collect();
        let context = world.context();
        let decides = |register: &Register, chain: &VerifiedChain| {
            let (holder, leaf) = (chain.chain().leaf().holder.key, chain.chain().leaf_id());
            let presentation = Presentation::asserted(&world.call, holder, leaf);
            world
                .verifier
                .decide(
                    chain,
                    &presentation,
                    &context.clone().with_register(register),
                )
                .is_ok()
        };
        assert!(!decides(&empty_register(), &chains[0]));
        for (which, chains) in [
            ("one again and again", &chains[..1]),
            ("ever another", &chains),
        ] {
            let (figure, spread) = unit.measure(many(2_000), 20, |at| {
                assert!(decides(&register, black_box(&chains[at % chains.len()])));
            });
            let what = "decision by the host's word, living by a mission, d = 4";
            table.line(&format!("{what}, {which}"), count, figure, spread);
        }

        let (copy, kept) = kept(|| register.clone());
        assert!(copy == register);
        let (bytes, _) = each_bytes(kept, None, count);
        table.line(
            "memory of a mission with its status",
            count,
            bytes,
            String::new(),
        );
        if count > 1 {
            let (figure, spread) =
                pruned(&register, now().plus(Seconds::hours(9)), |left| left == 0);
            table.line("prune, every mission forgotten", count, figure, spread);
        }
    }
}

/// How long it takes to forget, for each entry that there was: the median of five rounds, the least
/// and the most.
fn pruned(
    register: &Register,
    now: Timestamp,
    is_right: impl Fn(usize) -> bool,
) -> (String, String) {
    let mut rounds: Vec<f64> = (0..5)
        .map(|_| {
            let mut copy = register.clone();
            let took = timed(|| copy.prune(now));
            assert!(is_right(copy.len()));
            took.as_secs_f64() * 1e9 / register.len() as f64
        })
        .collect();
    rounds.sort_unstable_by(f64::total_cmp);
    (
        format!("{:.1} ns each", rounds[2]),
        format!("{:.1}–{:.1}", rounds[0], rounds[4]),
    )
}

/// The expiry of the roots of ended tasks: one of every other task, and that of the rest.
fn expiries() -> [Timestamp; 2] {
    [1, 2].map(|hours| now().plus(Seconds::hours(hours)))
}

/// A register of tasks that were ended, each told by a notice of its own.
fn ended(world: &World, first_chain: usize, entries: usize) -> Register {
    let mut register = empty_register();
    let controllers: Vec<SigningKey> = (CONTROLLER..CONTROLLER + MISSIONS).map(key).collect();
    for number in first_chain.. {
        let missions = (CONTROLLER..CONTROLLER + MISSIONS)
            .map(|controller| Limit::lives_by(lives_by(controller, 0)));
        let chain = world.chain(number, 16, Life::ExpiryOnly, Limits::new(missions).unwrap());
        let chain = world.verifier.verify(&chain).unwrap();
        let watches = Watches::new(&chain);
        let mandates = chain.chain().ids().zip(expiries().into_iter().cycle());
        for ((mandate, expires), signer) in
            mandates.flat_map(|one| controllers.iter().map(move |key| (one, key)))
        {
            if register.len() == entries {
                return register;
            }
            let end = TaskEnd::by_holder(
                NoticeHeader::new([1; 16], signer.public(), now()),
                mandate,
                TaskEnding::Revoked,
                expires,
            );
            let taken = register.apply(&end.sign(signer).unwrap().into(), &watches, now());
            assert_eq!(taken, Ok(Applied::New));
        }
    }
    register
}

/// What tasks take that were ended, and how long it takes to forget them.
fn ended_tasks(world: &World, table: &mut Table) {
    let parts = on_all_processors(4, |part| {
        ended(
            world,
            10_000 * (part + 1),
            [10_000, 490_000, 90_000, 410_000].map(many)[part],
        )
    });
    let mut register = empty_register();
    for joined in [
        &parts[..1],
        &parts[2..3],
        &[parts[1].clone(), parts[3].clone()],
    ] {
        joined.iter().for_each(|part| register.merge(part));
        let (count, before) = (register.len(), resident());
        let (copy, kept) = kept(|| register.clone());
        let (bytes, grown) = each_bytes(kept, before, count);
        assert!(copy == register);
        drop(copy);
        table.line(
            "memory of an ended task, told by its own notice",
            count,
            bytes,
            grown,
        );
        let (figure, spread) = pruned(&register, now(), |left| left == count);
        table.line("prune, no ended task forgotten", count, figure, spread);
        // All that was said of one mandate is forgotten together.
        let is_half = |left: usize| left.abs_diff(count / 2) <= 4 * MISSIONS;
        let (figure, spread) = pruned(&register, expiries()[0].plus(LEEWAY), is_half);
        table.line(
            "prune, half of ended tasks forgotten",
            count,
            figure,
            spread,
        );
    }
    assert_eq!(
        register.len(),
        [10_000, 490_000, 90_000, 410_000]
            .map(many)
            .iter()
            .sum::<usize>()
    );
}

/// The same, told in statuses of the missions that live: as many as a status can name for each.
fn ended_in_statuses(world: &World, table: &mut Table) {
    let (missions, signer) = (many(125), key(CONTROLLER));
    let (mut register, watches) = (empty_register(), watches_of(world, missions));
    let mut controller = Controller::new(signer.public(), Seconds::new(30));
    for number in 0..missions {
        let mission = mission(CONTROLLER, number);
        drop(controller.begin(&mission, [1; 16], now()).unwrap());
        for task in 0..MAX_ENDED {
            let task = MandateId::from_bytes(
                *Digest::hash((number * MAX_ENDED + task).to_be_bytes()).as_bytes(),
            );
            let (ending, expires) = (TaskEnding::Revoked, expiries()[0]);
            drop(
                controller
                    .end_task(&mission, task, ending, expires, [1; 16], now())
                    .unwrap(),
            );
        }
    }
    for status in controller.heartbeat(|| [2; 16].into(), now()).unwrap() {
        let notice = Notice::from(status.sign(&signer).unwrap());
        assert_eq!(register.apply(&notice, &watches, now()), Ok(Applied::New));
    }
    assert_eq!(register.len(), missions);
    let (copy, kept) = kept(|| register.clone());
    assert!(copy == register);
    // Of many small pieces, which take room that was given back before: what is resident says
    // nothing.
    let (bytes, _) = each_bytes(kept, None, missions * MAX_ENDED);
    table.line(
        "memory of an ended task, told in a status",
        missions * MAX_ENDED,
        bytes,
        String::new(),
    );
}

/// Ten thousand children of one root, by ever more threads; and beside them as many plain
/// signatures, which say how much more several threads get from this machine at all, just then.
fn mint(world: &World, unit: &Unit, table: &mut Table) {
    let (root, count) = (
        world.root(0, Life::ExpiryOnly, Limits::none()),
        many(10_000),
    );
    let leaves = |threads| {
        split(count, threads, |number| {
            world.child(&root, number).leaf_id()
        })
    };
    let signatures = |threads| split(count, threads, |number| unit.signs(number));
    let mut alone = None;
    for threads in [1, 2, 4, 8] {
        assert_eq!(
            leaves(threads).into_iter().collect::<BTreeSet<_>>().len(),
            count
        );
        let mut rounds: [Vec<Duration>; 2] = Default::default();
        for _ in 0..9 {
            rounds[0].push(timed(|| leaves(threads)));
            rounds[1].push(timed(|| signatures(threads)));
        }
        rounds.iter_mut().for_each(|times| times.sort_unstable());
        let medians = [rounds[0][4].as_secs_f64(), rounds[1][4].as_secs_f64()];
        let alone = alone.get_or_insert(medians);
        let faster = |at: usize| alone[at] / medians[at];
        let figure = format!(
            "{:.1} ms, {:.2} times as fast as one",
            medians[0] * 1e3,
            faster(0)
        );
        let signing = format!(
            "plain signatures {:.1} ms, {:.2} times",
            medians[1] * 1e3,
            faster(1)
        );
        table.line(
            &format!("mint {count} children of one root"),
            format!("{threads} threads"),
            figure,
            signing,
        );
    }
}

fn main() {
    println!(
        "{} processors",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    let (world, unit, mut table) = (World::new(), Unit::new(), Table::default());
    // Parts may be named, and without a name all are measured.
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    if wanted("mint") {
        mint(&world, &unit, &mut table);
    }
    if wanted("worst") {
        worst::cases(&world, &unit, &mut table);
    }
    let caches = if wanted("cache") {
        cached(&world, &unit, &mut table)
    } else {
        Vec::new()
    };
    if wanted("missions") {
        beside_missions(&world, &unit, &mut table);
    }
    if wanted("ended") {
        ended_in_statuses(&world, &mut table);
        ended_tasks(&world, &mut table);
    }
    table.print();
    assert!(caches.iter().all(|cache| !cache.is_empty()));
}
