//! Chains as strangers may put them together, in any order and one after another: what is told
//! early, and what a cache knows, never decides otherwise than decoding, verifying and deciding in
//! full does.

use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, chain_bytes, id_of, notice};
use crate::support::order::{mission_id, register as empty};
use crate::support::story::{
    COMPANY, CRM, FILES, ISSUER, NOW, THIEF, after, anchor, audience, call_under, child_of,
    confirmation, confirmation_of, encoded_limits, encoded_powers, key, pay, powers, read_crm,
    reading, root, verifier,
};
use mandatum::chain::{Ceiling, ChainCache};
use mandatum::charge::{Charges, LedgerOutcome};
use mandatum::decide::Presentation;
use mandatum::limits::{MaxAge, Window};
use mandatum::mission::Watches;
use mandatum::{
    Action, Anchor, Budget, Call, DecisionContext, Denial, ExecutionProof, Label, Limit, LivesBy,
    Mission, Register, Seconds, ServerContext, Unsettled, Verifier,
};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Numbers that are the same at every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const CONTROLLER: u8 = 50;
const NODES: usize = 28;
const ROOTS: usize = 2;

fn holder(node: usize) -> u8 {
    100 + u8::try_from(node).unwrap()
}

/// Limits and powers as a link may have them, encoded once.
struct Parts {
    limits: Vec<Vec<u8>>,
    powers: Vec<Vec<u8>>,
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| {
    let label = |text: &str| Label::new(text).unwrap();
    let qbr = Mission::new(key(CONTROLLER).public(), label("qbr"), [7; 16]);
    Parts {
        limits: [
            Limit::window(Window::closing(after(5))),
            Limit::window(Window::opening(after(20))),
            Limit::audience(audience(FILES)),
            Limit::audience(audience(FILES))
                .with_tools(["pay"])
                .unwrap(),
            Limit::audience(audience(CRM)),
            Limit::budget(Budget::calls(label("calls"), label("till"), 5)),
            Limit::lives_by(LivesBy::new(qbr, MaxAge::uniform(Seconds::new(60)))),
            Limit::signed_calls(),
        ]
        .map(|limit| encoded_limits([limit]))
        .into(),
        powers: vec![
            encoded_powers(powers([read_crm(&["acme", "globex"])])),
            encoded_powers(powers([read_crm(&["acme"])])),
            encoded_powers(powers([read_crm(&["globex"])])),
            encoded_powers(powers([pay(1_000)])),
        ],
    }
});

/// A link, and the one that it was made below.
struct Node {
    parent: Option<usize>,
    expires: i64,
    issued: i64,
    token: Vec<u8>,
}

/// A forest of links, some of them with a flaw; deep, because most are made below the last.
fn forest(numbers: &mut Numbers) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for index in 0..NODES {
        let parent = (index >= ROOTS).then(|| {
            if numbers.once_in(4) {
                numbers.below(index)
            } else {
                index - 1
            }
        });
        let (mut expires, mut issued) = parent.map_or((NOW + 3600, NOW), |at| {
            (nodes[at].expires, nodes[at].issued)
        });
        let flaw = if numbers.once_in(14) {
            1 + numbers.below(13)
        } else {
            0
        };
        match flaw {
            1 => expires = NOW + 5,
            2 => issued = NOW + 20,
            3 => expires = NOW - 1,
            4 => issued = NOW - 50,
            _ => {}
        }
        let forged = match parent {
            None => root()
                .term(2, cbor::int(255))
                .term(0, PARTS.powers[0].clone()),
            Some(at) => {
                let named = if flaw == 5 { numbers.below(index) } else { at };
                let delegated = if numbers.once_in(14) { 1 } else { 0 };
                child_of(&nodes[named].token)
                    .term(2, cbor::int(255 - i64::try_from(index).unwrap()))
                    .term(0, PARTS.powers[delegated].clone())
                    .signed_by(if flaw == 6 { THIEF } else { holder(at) })
            }
        };
        let id = cbor::bytes([u8::try_from(index).unwrap(); 16]);
        let forged = forged
            .claim(4, cbor::int(expires))
            .claim(6, cbor::int(issued))
            .claim(7, id);
        let mut forged = forged.claim(8, confirmation(holder(index)));
        if numbers.once_in(9) {
            forged = forged.term(1, numbers.one_of(&PARTS.limits).clone());
        }
        let mut token = flawed(forged, flaw).token();
        if flaw == 12 {
            // S beyond the group's order.
            *token.last_mut().unwrap() |= 0xf0;
        }
        nodes.push(Node {
            parent,
            expires,
            issued,
            token,
        });
    }
    nodes
}

fn flawed(forged: Forge, flaw: usize) -> Forge {
    match flaw {
        7 => forged.term(0, PARTS.powers[3].clone()),
        8 => forged.claim(8, confirmation_of(&[2; 32])),
        9 => forged.no_claim(7),
        10 => forged.protected(
            Map::of([(1, cbor::int(-8)), (16, cbor::text("mandate2-call+cwt"))]).bytes(),
        ),
        11 => forged.claim(1, cbor::text("https://other.example")),
        13 => forged.term(2, cbor::int(1)),
        _ => forged,
    }
}

/// What is presented, to whom, and when.
struct ReceivedChain {
    proof: Vec<u8>,
    action: Action,
    verifier: usize,
    context: DecisionContext<'static>,
}

static LEDGERS: LazyLock<[Label; 1]> = LazyLock::new(|| [Label::new("till").unwrap()]);

fn arrival(nodes: &[Node], numbers: &mut Numbers) -> ReceivedChain {
    let leaf = numbers.below(nodes.len());
    let mut path: Vec<usize> = std::iter::successors(Some(leaf), |at| nodes[*at].parent)
        .take(17)
        .collect();
    path.reverse();
    let at = numbers.below(path.len());
    match numbers.below(16) {
        0 => drop(path.remove(at)),
        1 => path.insert(at, path[at]),
        2 => path[at] = numbers.below(nodes.len()),
        3 => path.push(numbers.below(nodes.len())),
        _ => {}
    }
    let leaf = path.last().copied().unwrap_or(leaf);
    let tokens: Vec<Vec<u8>> = path.iter().map(|at| nodes[*at].token.clone()).collect();

    let named = if numbers.once_in(20) {
        numbers.below(nodes.len())
    } else {
        leaf
    };
    let signer = if numbers.once_in(20) {
        THIEF
    } else {
        holder(leaf)
    };
    let call = call_under(&nodes[named].token).signed_by(signer);
    let call = call.claim(
        6,
        cbor::int(
            NOW + if numbers.once_in(20) {
                *numbers.one_of(&[-40, 40])
            } else {
                0
            },
        ),
    );
    let call = call
        .claim(3, cbor::text(if numbers.once_in(20) { FILES } else { CRM }))
        .token();

    let wave = cbor::array([cbor::int(0), cbor::int(NOW - 60)]);
    let snapshot = Map::of([
        (0, mission_id(CONTROLLER, "qbr")),
        (1, cbor::int(1)),
        (3, wave),
    ]);
    let status = notice(
        "mandate2-status+cwt",
        CONTROLLER,
        [(1, cbor::array([snapshot.bytes()]))],
    );
    let ended = *numbers.one_of(&path.iter().copied().chain([leaf]).collect::<Vec<_>>());
    let task_end = |by| {
        notice(
            "mandate2-task-end+cwt",
            by,
            [
                (1, cbor::bytes(id_of(&nodes[ended].token).as_bytes())),
                (2, cbor::int(3)),
                (3, cbor::int(NOW + 3600)),
            ],
        )
    };
    let stapled = match numbers.below(8) {
        0 => vec![task_end(COMPANY)],
        1 => vec![status, task_end(THIEF)],
        2 => vec![status, task_end(holder(ended))],
        3 => vec![],
        _ => vec![status],
    };
    let stapled: Vec<Vec<u8>> = stapled
        .iter()
        .map(|notice| cbor::bytes(notice.token()))
        .collect();
    let parts = [chain_bytes(&tokens), call, cbor::array(&stapled)];
    let mut proof = cbor::array(&parts[..if stapled.is_empty() { 2 } else { 3 }]);
    match numbers.below(24) {
        0 => proof.push(0),
        1 => {
            let at = numbers.below(proof.len());
            proof[at] ^= 1 << numbers.below(8);
        }
        2 => proof.truncate(numbers.below(proof.len())),
        _ => {}
    }
    let now = after(*numbers.one_of(&[0, 0, 0, 4, 5, 25]));
    let here = audience(if numbers.once_in(16) { FILES } else { CRM });
    ReceivedChain {
        proof,
        action: reading(if numbers.once_in(8) { "globex" } else { "acme" }),
        verifier: if numbers.once_in(5) {
            1 + numbers.below(2)
        } else {
            0
        },
        context: DecisionContext::new(ServerContext::new(now, here), Register::none())
            .with_ledgers(&*LEDGERS),
    }
}

fn verifiers() -> [Verifier; 3] {
    let other = Anchor::new(
        ISSUER.parse().unwrap(),
        key(THIEF).public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    );
    [
        verifier(),
        Verifier::new([anchor()])
            .unwrap()
            .dangerous_effects_as_stated()
            .with_leeway(Seconds::new(1)),
        Verifier::new([other.unwrap()])
            .unwrap()
            .dangerous_effects_as_stated(),
    ]
}

/// What a decision says, in full.
fn said(decided: Result<Unsettled, Denial>) -> Result<(Charges, String), Denial> {
    decided.map(|decided| {
        let charges = decided.charges().clone();
        let answer = charges.answer(LedgerOutcome::Reserved);
        let permit = decided.settle(answer).unwrap();
        (
            charges,
            format!("{} {}", permit.valid_until(), permit.trace()),
        )
    })
}

/// Decoding everything, verifying everything, and then the ladder.
fn in_full(verifier: &Verifier, arrival: &ReceivedChain) -> Result<Unsettled, Denial> {
    let proof = ExecutionProof::from_bytes(&arrival.proof)?;
    let chain = verifier.verify(proof.chain())?;
    let mut heard = empty();
    for notice in proof.stapled() {
        let _ = heard.apply(notice, &Watches::new(&chain), arrival.context.now());
    }
    let call = Call::new(proof.call_id(), arrival.action.clone());
    let presentation = Presentation::signed(&call, proof.call());
    verifier.decide(
        &chain,
        &presentation,
        &arrival.context.clone().with_register(&heard),
    )
}

#[test]
fn neither_the_early_answer_nor_the_cache_decides_otherwise() {
    let verifiers = verifiers();
    let (mut permitted, mut refused, mut known) = (0, 0, 0);
    let mut codes = BTreeSet::new();
    for seed in 0..60 {
        let mut numbers = Numbers(seed);
        let nodes = forest(&mut numbers);
        let cache = ChainCache::new(numbers.below(6) * 20_000);
        let arrivals: Vec<_> = (0..40).map(|_| arrival(&nodes, &mut numbers)).collect();
        let expected: Vec<_> = arrivals
            .iter()
            .map(|arrival| {
                let verifier = &verifiers[arrival.verifier];
                let check = said(verifier.check(&arrival.proof, &arrival.action, &arrival.context));
                match (&check, said(in_full(verifier, arrival))) {
                    (Ok(early), Ok(full)) => assert_eq!(*early, full, "seed {seed}"),
                    (early, full) => assert_eq!(
                        early.is_ok(),
                        full.is_ok(),
                        "seed {seed}: {early:?}, {full:?}"
                    ),
                }
                check
            })
            .collect();
        let same = |cache: &ChainCache, at: usize| {
            let (arrival, expected) = (&arrivals[at], &expected[at]);
            let cached = verifiers[arrival.verifier].check_cached(
                &arrival.proof,
                &arrival.action,
                &arrival.context,
                cache,
            );
            assert_eq!(&said(cached), expected, "seed {seed}, arrival {at}");
        };
        for (at, expected) in expected.iter().enumerate() {
            same(&cache, at);
            match expected {
                Ok(_) => permitted += 1,
                Err(denial) => {
                    refused += 1;
                    codes.insert(denial.code().to_string());
                }
            }
            known += cache.len();
        }
        let shared = ChainCache::new(80_000);
        std::thread::scope(|scope| {
            scope.spawn(|| (0..arrivals.len()).for_each(|at| same(&shared, at)));
            scope.spawn(|| (0..arrivals.len()).rev().for_each(|at| same(&shared, at)));
        });
    }
    assert!(
        permitted > 300 && refused > 300 && known > 600,
        "{permitted} permitted, {refused} refused, {known} known"
    );
    assert!(codes.len() > 25, "{codes:?}");
}
