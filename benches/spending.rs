//! What budgets cost: charging one account from several threads, the ledger alone and with the
//! decision; a swarm from minting to settling; and finding an account among many. Every benchmark
//! asserts what it measures.
//!
//! Threads share one till and split the calls of a batch; a batch has the same number of calls
//! however many threads there are, so its time says how well they share. There are as many
//! processors as the line at the beginning says.
//!
//! Memory is what the process grows by: for an agent while it is minted and verified, for its mark
//! while it is charged. It comes from `/proc/self/statm`, and is not reported where there is none.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mandatum::chain::Ceiling;
use mandatum::charge::LedgerOutcome;
use mandatum::decide::Presentation;
use mandatum::limits::Source;
use mandatum::primitives::{AttemptId, Number};
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Budget, Call, Capability, Chain, DecisionContext,
    Delegation, DenialCode, Digest, Effect, Label, Life, Lifetime, Limit, Limits, Link,
    MemoryLedger, Permit, Powers, Purpose, Register, Root, RootAudience, Seconds, ServerContext,
    SigningKey, Timestamp, Unsettled, VerifiedChain, Verifier, issue,
};
use std::hint::black_box;
use std::time::Instant;

const ATTEMPT: AttemptId = AttemptId::from_bytes([1; 16]);
const OTHER: AttemptId = AttemptId::from_bytes([2; 16]);
const BEFORE: LedgerOutcome = LedgerOutcome::Before { recorded: None };

fn is_measured() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Agents of a swarm, and accounts of a full ledger: few where the benchmarks only run once to see
/// that they do.
fn agents() -> usize {
    if is_measured() { 10_000 } else { 100 }
}

fn accounts() -> [usize; 3] {
    if is_measured() {
        [1_000, 10_000, 100_000]
    } else {
        [10, 100, 200]
    }
}

/// Calls of a batch, whoever makes them.
fn batch() -> usize {
    if is_measured() { 8_000 } else { 80 }
}

const THREADS: [usize; 4] = [1, 2, 4, 8];
const COMPANY: usize = usize::MAX;
const LEAD: usize = usize::MAX - 1;

fn key(number: usize) -> SigningKey {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(number as u64).to_be_bytes());
    SigningKey::from_seed(&seed)
}

fn id(number: usize) -> [u8; 16] {
    (number as u128).to_be_bytes()
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_767_225_600).unwrap()
}

fn powers() -> Powers {
    let pay = Capability::new("records.buy", Effect::Write).unwrap();
    Powers::new([pay.allow_others().allow_delegation()]).unwrap()
}

fn buys(number: usize) -> Call {
    let action = Action::new("records.buy", [("amount", Number::from(1))], Effect::Write).unwrap();
    Call::new(id(number), action)
}

/// A company, its verifier, and a server of one ledger.
struct World {
    anchor: Anchor,
    verifier: Verifier,
    server: Audience,
    ledgers: [Label; 1],
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
        let verifier = Verifier::new([anchor.clone()])
            .unwrap()
            .dangerous_effects_as_stated()
            .dangerous_accept_asserted_up_to(Effect::Write);
        let (server, ledgers) = (
            Audience::new("https://records.example").unwrap(),
            [label("eu-1")],
        );
        Self {
            anchor,
            verifier,
            server,
            ledgers,
        }
    }

    /// A root with a budget of its own, of so much.
    fn root(&self, number: usize, most: usize) -> Chain {
        let budget = Budget::sum(
            label(&format!("records-{number}")),
            label("eu-1"),
            [Source::new("amount".parse().unwrap())],
            (most as u64).into(),
        );
        let lifetime = Lifetime::new(now(), now().plus(Seconds::hours(1))).unwrap();
        let link = Link::new(id(number), key(LEAD).public(), powers(), lifetime).with_hops(1);
        let root = Root {
            link: link.with_limits(Limits::new([Limit::budget(budget.unwrap())]).unwrap()),
            issuer: self.anchor.issuer().clone(),
            signed_by: key(COMPANY).public(),
            principal: label("alice").into(),
            purpose: Purpose::new(label("claims"), label("storm"), ""),
            grant: Some(AttestedGrant::direct(
                label("alice"),
                now(),
                Digest::hash(""),
            )),
            task: "storm".parse().unwrap(),
            audience: RootAudience::Anywhere,
            life: Life::ExpiryOnly,
        };
        Chain::from(
            issue(&self.anchor, root, now())
                .unwrap()
                .sign(&key(COMPANY))
                .unwrap(),
        )
    }

    /// An agent of a minute.
    fn agent(&self, root: &Chain, number: usize) -> VerifiedChain {
        let terms = Delegation::new(
            id(number),
            key(number).public(),
            powers(),
            now().plus(Seconds::minutes(1)),
        );
        let child = root
            .delegate(terms, now())
            .unwrap()
            .sign(&key(LEAD))
            .unwrap();
        self.verifier.verify(&root.extend(child).unwrap()).unwrap()
    }

    fn decides(&self, chain: &VerifiedChain, call: &Call) -> Unsettled {
        let (holder, leaf) = (chain.chain().leaf().holder.key, chain.chain().leaf_id());
        let presentation = Presentation::asserted(call, holder, leaf);
        let context = DecisionContext::new(
            ServerContext::new(now(), self.server.clone()),
            Register::none(),
        )
        .with_ledgers(&self.ledgers);
        self.verifier
            .decide(chain, &presentation, &context)
            .unwrap()
    }
}

/// A ledger with room for so many calls of one root, which takes a quarter of it.
fn ledger(calls: usize) -> MemoryLedger {
    MemoryLedger::new(4 * calls)
}

/// Does it for every item of a batch, split among threads; how often it was so.
fn share<T: Sync>(items: &[T], threads: usize, does: impl Fn(&T) -> bool + Sync) -> usize {
    std::thread::scope(|scope| {
        let shares = items.chunks(items.len().div_ceil(threads));
        let running: Vec<_> = shares
            .map(|share| scope.spawn(|| share.iter().filter(|item| does(item)).count()))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}

/// One root budget that is one short of the batch: it is spent to the last, and one call is
/// refused.
fn one_budget(c: &mut Criterion) {
    let world = World::new();
    let chain = world.verifier.verify(&world.root(0, batch() - 1)).unwrap();
    let calls: Vec<Call> = (0..batch()).map(buys).collect();
    let decided: Vec<Unsettled> = calls
        .iter()
        .map(|call| world.decides(&chain, call))
        .collect();
    let account = decided[0].charges().charges()[0].account;
    let spent = |ledger: &MemoryLedger| ledger.balance(&account).unwrap().held;

    let mut group = c.benchmark_group("spending");
    group
        .throughput(Throughput::Elements(batch() as u64))
        .sample_size(10);
    for threads in THREADS {
        group.bench_function(format!("reserve/{threads}_threads"), |b| {
            let reserves = |ledger: MemoryLedger| {
                let reserved = share(&decided, threads, |unsettled| {
                    ledger.reserve(unsettled.charges(), ATTEMPT, now()).outcome
                        == LedgerOutcome::Reserved
                });
                assert_eq!(
                    (reserved, spent(&ledger)),
                    (batch() - 1, Number::from((batch() - 1) as u64))
                );
                ledger
            };
            b.iter_batched(|| ledger(batch()), reserves, BatchSize::LargeInput);
        });
    }
    for threads in THREADS {
        group.bench_function(format!("decide_and_settle/{threads}_threads"), |b| {
            let settles = |ledger: MemoryLedger| {
                let settled = share(&calls, threads, |call| {
                    let settled = ledger.settle(world.decides(&chain, black_box(call)), now());
                    settled.map(Permit::cancel).is_ok()
                });
                assert_eq!(
                    (settled, spent(&ledger)),
                    (batch() - 1, Number::from((batch() - 1) as u64))
                );
                ledger
            };
            b.iter_batched(|| ledger(batch()), settles, BatchSize::LargeInput);
        });
    }
    group.finish();
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

/// Agents that are minted, verified, and buy one thing each, of a budget for half of them.
fn swarm(c: &mut Criterion) {
    println!(
        "{} processors",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    let (world, numbers) = (World::new(), (0..agents()).collect::<Vec<_>>());
    let root = world.root(0, agents() / 2);
    let buys_one = |ledger: &MemoryLedger, number: usize, agent: &VerifiedChain| match ledger
        .settle(world.decides(agent, &buys(number)), now())
    {
        Ok(_) => true,
        Err(denial) if denial.code() == DenialCode::BudgetExhausted => false,
        Err(denial) => panic!("{denial}"),
    };
    report_memory(&world, &root);
    let mut group = c.benchmark_group("swarm");
    group
        .throughput(Throughput::Elements(agents() as u64))
        .sample_size(10);
    for threads in THREADS {
        group.bench_function(
            format!("mint_verify_decide_settle/{threads}_threads"),
            |b| {
                b.iter(|| {
                    let ledger = ledger(agents());
                    let lives =
                        |number: &usize| buys_one(&ledger, *number, &world.agent(&root, *number));
                    assert_eq!(share(&numbers, threads, lives), agents() / 2);
                });
            },
        );
    }
    group.finish();
}

fn report_memory(world: &World, root: &Chain) {
    let calls: Vec<Call> = (0..agents()).map(buys).collect();
    let (before, begun) = (resident(), Instant::now());
    let swarm: Vec<VerifiedChain> = (0..agents())
        .map(|number| world.agent(root, number))
        .collect();
    let (minted, elapsed) = (resident(), begun.elapsed());
    let ledger = ledger(agents());
    for (agent, call) in swarm.iter().zip(&calls) {
        let _ = ledger.reserve(world.decides(agent, call).charges(), ATTEMPT, now());
    }
    assert_eq!((swarm.len(), ledger.len()), (agents(), agents()));
    // Fewer are lost in the pages that the process has anyway.
    if let (10_000.., Some(before), Some(minted), Some(marked)) =
        (agents(), before, minted, resident())
    {
        println!(
            "{} agents minted and verified by one thread in {} ms",
            agents(),
            elapsed.as_millis()
        );
        println!(
            "memory: {} bytes for each agent",
            minted.saturating_sub(before) / agents()
        );
        println!(
            "memory: {} bytes for each mark",
            marked.saturating_sub(minted) / agents()
        );
    }
}

/// A charge, and a look at the balance, beside more and more other accounts.
fn many_accounts(c: &mut Criterion) {
    let world = World::new();
    for accounts in accounts() {
        let ledger = ledger(accounts + 1);
        let before = resident();
        let mut known = Vec::with_capacity(accounts);
        for number in 0..accounts {
            let chain = world.verifier.verify(&world.root(number, 1)).unwrap();
            let unsettled = world.decides(&chain, &buys(number));
            assert_eq!(
                ledger.reserve(unsettled.charges(), ATTEMPT, now()).outcome,
                LedgerOutcome::Reserved
            );
            known.push(unsettled.charges().charges()[0].account);
        }
        if let (100_000.., Some(before), Some(after)) = (accounts, before, resident()) {
            println!(
                "memory: {} bytes for each account, with its mark and its root",
                after.saturating_sub(before) / accounts
            );
        }
        // Asked in another order than they came in, so that neighbours in time are none in memory.
        let mut at = 0;
        c.bench_function(&format!("spending/balance_among/{accounts}"), |b| {
            b.iter(|| {
                at = (at + 7919) % known.len();
                assert_eq!(
                    ledger.balance(black_box(&known[at])).unwrap().held,
                    Number::from(1)
                );
            });
        });
        let last = world.verifier.verify(&world.root(accounts, 1)).unwrap();
        let unsettled = world.decides(&last, &buys(accounts));
        assert_eq!(
            ledger.reserve(unsettled.charges(), ATTEMPT, now()).outcome,
            LedgerOutcome::Reserved
        );
        c.bench_function(&format!("spending/refuse_a_replay_among/{accounts}"), |b| {
            b.iter(|| {
                assert_eq!(
                    ledger
                        .reserve(black_box(unsettled.charges()), OTHER, now())
                        .outcome,
                    BEFORE
                );
            });
        });
    }
}

// The swarm first, while no memory was given back that it could take instead of growing.
criterion_group!(benches, swarm, one_budget, many_accounts);
criterion_main!(benches);
