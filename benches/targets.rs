//! What the main paths cost in U, each beside its target: one table, Markdown, on standard output.
//!
//! `cargo bench --bench targets` measures it; under `cargo test --benches` every row runs once.
//! Each row asserts its decision, and a refusal its code.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark"
)]

mod units;
mod world;

use mandatum::chain::ChainCache;
use mandatum::decide::{Presentation, Presenter};
use mandatum::{
    Action, Anchor, Audience, Capability, Chain, Constraint, DecisionContext, Denial, DenialCode,
    Effect, ExecutionProof, Powers, Register, Seconds, ServerContext, Unsettled, Verifier, bounds,
};
use std::hint::black_box;
use units::{Report, Row, number, spread, table};
use world::{DEPTHS, World, key, powers};

/// Depths for what hardly depends on it.
const FEW: [usize; 3] = [1, 4, 16];
/// What one link may take in bytes, with one tool and one constraint.
const HOP: usize = 250;

/// At most how much.
enum Target {
    Units(f64),
    /// As much as the honest way at this depth.
    Honest(usize),
}

struct Line {
    what: &'static str,
    depth: usize,
    target: Option<Target>,
}

impl Line {
    fn name(&self) -> String {
        format!("{}, {}", self.what, self.depth)
    }

    fn cells(&self, report: &Report) -> Vec<String> {
        let measured = report.row(&self.name());
        let target = self.target.as_ref().map(|target| match target {
            Target::Units(units) => *units,
            Target::Honest(depth) => report.row(&format!("{COLD}, {depth}")).median,
        });
        let met = match target {
            Some(target) if measured.median <= target => "yes",
            Some(_) => "no",
            None => "",
        };
        let target = target
            .map(|target| format!("≤ {}", number(target)))
            .unwrap_or_default();
        vec![
            self.what.into(),
            self.depth.to_string(),
            target,
            spread(measured),
            met.into(),
        ]
    }
}

const COLD: &str = "bytes to decision, nothing known";

#[derive(Default)]
struct Rows<'r> {
    rows: Vec<Row<'r>>,
    lines: Vec<Line>,
}

impl<'r> Rows<'r> {
    fn add(
        &mut self,
        what: &'static str,
        depth: usize,
        target: impl Into<Option<Target>>,
        run: impl FnMut() + 'r,
    ) {
        let line = Line {
            what,
            depth,
            target: target.into(),
        };
        self.rows.push(Row::new(line.name(), run));
        self.lines.push(line);
    }
}

fn main() {
    let (world, stranger) = (World::new(), stranger());
    let mut rows = Rows::default();
    cold(&mut rows, &world);
    cached(&mut rows, &world);
    decide(&mut rows, &world);
    mint(&mut rows, &world);
    refuse(&mut rows, &world, &stranger);
    forge(&mut rows, &world);
    let sizes = sizes();
    let load = units::load();
    let Some(report) = units::measure(rows.rows) else {
        return;
    };
    let lines: Vec<_> = rows.lines.iter().map(|line| line.cells(&report)).collect();
    println!("{}", report.about());
    if let (Some(before), Some(after)) = (load, units::load()) {
        println!("Load over the last minute: {before} before, {after} after.");
    }
    println!(
        "\n{}",
        table(&["what", "links", "target", "U", "met"], &lines)
    );
    println!("{}", table(&["bytes", "", "target", "met"], &sizes));
}

fn permitted(decided: Result<Unsettled, Denial>) {
    assert!(
        decided
            .expect("it is permitted")
            .charges()
            .charges()
            .is_empty()
    );
}

/// So many chains take turns where they can: neither a chain nor a signature is learnt by heart.
const CHAINS: u8 = 16;

fn cold<'w>(rows: &mut Rows<'w>, world: &'w World) {
    for depth in DEPTHS {
        let (proofs, context) = (world.proofs(CHAINS, depth), world.context());
        let mut turn = 0;
        let target = Target::Units(1.15 * (depth + 1) as f64);
        rows.add(COLD, depth, target, move || {
            turn = (turn + 1) % proofs.len();
            permitted(
                world
                    .verifier
                    .check(black_box(&proofs[turn]), &world.call.action, &context),
            );
        });
    }
}

/// Where the chain, or all of it but its leaf, was seen before.
fn cached<'w>(rows: &mut Rows<'w>, world: &'w World) {
    for depth in DEPTHS.into_iter().skip(1) {
        let (prefix, context) = (world.chain(depth - 1), world.context());
        let cache = world.room_for_one_leaf(&prefix);
        // Few leaves, so that their bytes are as near as bytes are that have just come.
        let leaves: Vec<Vec<u8>> = (0..8_u8)
            .map(|leaf| world.proof(&world.leaf(&prefix, leaf)).to_bytes())
            .collect();
        world.verifier.verify_cached(&prefix, &cache).unwrap();
        let mut turn = 0;
        rows.add(
            "a new leaf below a known chain",
            depth,
            Target::Units(2.3),
            move || {
                turn = (turn + 1) % leaves.len();
                permitted(world.verifier.check_cached(
                    black_box(&leaves[turn]),
                    &world.call.action,
                    &context,
                    &cache,
                ));
                assert_eq!(cache.len(), 2);
            },
        );
    }
    for (what, count, target) in [
        ("a known chain again, signed call", 1, Some(1.1)),
        ("in turn one of 16 known chains, signed call", CHAINS, None),
    ] {
        for depth in DEPTHS {
            let (proofs, context, cache) = (
                world.proofs(count, depth),
                world.context(),
                ChainCache::new(usize::MAX),
            );
            let mut turn = 0;
            rows.add(what, depth, target.map(Target::Units), move || {
                turn = (turn + 1) % proofs.len();
                permitted(world.verifier.check_cached(
                    black_box(&proofs[turn]),
                    &world.call.action,
                    &context,
                    &cache,
                ));
                assert!(cache.len() <= proofs.len());
            });
        }
    }
}

/// The decision alone.
fn decide<'w>(rows: &mut Rows<'w>, world: &'w World) {
    for depth in FEW {
        let chain = world.chain(depth);
        let (verified, proof, context) = (
            world.verifier.verify(&chain).unwrap(),
            world.proof(&chain),
            world.context(),
        );
        rows.add(
            "decision alone, signed call",
            depth,
            Target::Units(1.1),
            move || {
                let signed = Presentation::signed(&world.call, proof.call());
                permitted(
                    world
                        .verifier
                        .decide(&verified, black_box(&signed), &context),
                );
            },
        );
    }
    for depth in FEW {
        let chain = world.chain(depth);
        let (verified, context) = (world.verifier.verify(&chain).unwrap(), world.context());
        let presenter = Presenter::Asserted {
            holder: key(depth).public(),
            leaf: chain.leaf_id(),
        };
        let target = (depth == 4).then_some(Target::Units(0.01));
        rows.add(
            "decision alone, authenticated channel",
            depth,
            target,
            move || {
                let asserted = Presentation {
                    call: &world.call,
                    presenter,
                };
                permitted(
                    world
                        .verifier
                        .decide(&verified, black_box(&asserted), &context),
                );
            },
        );
    }
}

fn mint<'w>(rows: &mut Rows<'w>, world: &'w World) {
    for depth in [1, 4, 15] {
        // The new holder's key is there already: to make one costs as much as a signature.
        let (chain, holder, terms) = (world.chain(depth), key(depth), world.delegation(depth));
        rows.add("mint a child", depth, Target::Units(0.75), move || {
            let child = black_box(&chain)
                .delegate(terms.clone(), world.now)
                .unwrap()
                .sign(&holder)
                .unwrap();
            assert_eq!(child.claims().parent, chain.leaf_id());
        });
    }
}

/// A verifier of another issuer's mandates.
fn stranger() -> Verifier {
    let issuer = "https://globex.example".parse().unwrap();
    Verifier::new([Anchor::new(issuer, key(99).public(), powers(), Seconds::hours(8)).unwrap()])
        .unwrap()
        .dangerous_effects_as_stated()
}

/// Bytes, and what a verifier says to them about a call.
struct Refused<'w> {
    bytes: Vec<u8>,
    verifier: &'w Verifier,
    action: Action,
    context: DecisionContext<'static>,
    code: DenialCode,
}

impl Refused<'_> {
    fn is_refused(&self) {
        let decided = self
            .verifier
            .check(black_box(&self.bytes), &self.action, &self.context);
        assert_eq!(decided.expect_err("it is refused").code(), self.code);
    }
}

/// What is wrong to see without any signature.
fn refuse<'w>(rows: &mut Rows<'w>, world: &'w World, stranger: &'w Verifier) {
    for depth in FEW {
        let proof = world.proof(&world.chain(depth));
        let honest = || Refused {
            bytes: proof.to_bytes(),
            verifier: &world.verifier,
            action: world.call.action.clone(),
            context: world.context(),
            code: DenialCode::Truncated,
        };
        let bytes = proof.to_bytes();
        let cut = bytes[..bytes.len() - 1].to_vec();
        let large = [bytes.clone(), vec![0; bounds::MAX_PROOF_BYTES]].concat();
        let other = proof_of(
            std::iter::once(proof.call().as_bytes()).chain(links(proof.chain()).skip(1)),
            &proof,
        );
        let late = DecisionContext::new(
            ServerContext::new(world.now.plus(Seconds::hours(2)), world.server.clone()),
            Register::none(),
        );
        let elsewhere = DecisionContext::new(
            ServerContext::new(world.now, Audience::new("https://erp.example").unwrap()),
            Register::none(),
        );
        let write = Action::new("crm.write", [("account", "acme")], Effect::Read).unwrap();
        let refused = [
            (
                "refused: garbage",
                Refused {
                    bytes: garbage(bytes.len()),
                    code: DenialCode::NotDeterministic,
                    ..honest()
                },
            ),
            (
                "refused: cut off at the end",
                Refused {
                    bytes: cut,
                    ..honest()
                },
            ),
            (
                "refused: too large",
                Refused {
                    bytes: large,
                    code: DenialCode::OutOfBounds,
                    ..honest()
                },
            ),
            (
                "refused: another token as the root",
                Refused {
                    bytes: other,
                    code: DenialCode::WrongTokenType,
                    ..honest()
                },
            ),
            (
                "refused: unknown anchor",
                Refused {
                    verifier: stranger,
                    code: DenialCode::UnknownIssuer,
                    ..honest()
                },
            ),
            (
                "refused: expired",
                Refused {
                    context: late,
                    code: DenialCode::Expired,
                    ..honest()
                },
            ),
            (
                "refused: wrong audience",
                Refused {
                    context: elsewhere,
                    code: DenialCode::WrongAudience,
                    ..honest()
                },
            ),
            (
                "refused: wrong tool",
                Refused {
                    action: write,
                    code: DenialCode::ToolNotPermitted,
                    ..honest()
                },
            ),
        ];
        for (what, refused) in refused {
            rows.add(what, depth, Target::Units(0.15), move || {
                refused.is_refused();
            });
        }
    }
    // One kind of refusal after the other, not one depth.
    let order = |line: &Line| FEW.contains(&line.depth) && line.what.starts_with("refused");
    let begin = rows.lines.iter().position(order).unwrap();
    rows.lines[begin..].sort_by_key(|line| line.what);
}

/// What only signatures can tell, at the places where it takes the longest.
fn forge<'w>(rows: &mut Rows<'w>, world: &'w World) {
    for (what, forge) in [
        (
            "refused: a link's signature, in the middle",
            forged_link as fn(&World, usize) -> ExecutionProof,
        ),
        ("refused: the call's signature", forged_call),
    ] {
        for depth in FEW {
            let code = if what.contains("call") {
                DenialCode::NotTheHolder
            } else {
                DenialCode::BadSignature
            };
            let refused = Refused {
                bytes: forge(world, depth).to_bytes(),
                verifier: &world.verifier,
                action: world.call.action.clone(),
                context: world.context(),
                code,
            };
            rows.add(what, depth, Target::Honest(depth), move || {
                refused.is_refused();
            });
        }
    }
}

/// A chain whose middle link has a signature with one bit changed, and whose further links were
/// minted below it.
fn forged_link(world: &World, depth: usize) -> ExecutionProof {
    let sound = world.chain(depth / 2 + 1);
    let mut bytes = sound.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let forged = Chain::from_bytes(&bytes).unwrap();
    assert!(forged.len() == sound.len() && forged.leaf_id() != sound.leaf_id());
    world.proof(&world.continued(forged, depth))
}

/// A call whose signature has one bit changed.
fn forged_call(world: &World, depth: usize) -> ExecutionProof {
    let mut bytes = world.proof(&world.chain(depth)).to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    ExecutionProof::from_bytes(&bytes).unwrap()
}

fn links(chain: &Chain) -> impl Iterator<Item = &[u8]> {
    std::iter::once(chain.root().as_bytes()).chain(chain.children().map(|child| child.as_bytes()))
}

/// A proof of these links and a proof's call: an array of two, of which the first is an array.
fn proof_of<'b>(links: impl Iterator<Item = &'b [u8]>, proof: &ExecutionProof) -> Vec<u8> {
    let count = u8::try_from(proof.chain().len()).unwrap();
    let mut bytes = vec![0x82, 0x80 | count];
    links.for_each(|link| bytes.extend_from_slice(link));
    bytes.extend_from_slice(proof.call().as_bytes());
    bytes
}

/// Bytes without any order, and always the same.
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// The same tool with the first of its constraints alone.
fn one_constraint() -> Powers {
    let read = Capability::new("crm.read", Effect::Read).unwrap();
    let read = read
        .require("account", Constraint::one_of(["acme"]).unwrap())
        .unwrap();
    Powers::new([read.allow_delegation()]).unwrap()
}

fn sizes() -> Vec<Vec<String>> {
    let (one, two) = (World::with_powers(one_constraint()), World::new());
    let hop = |world: &World| {
        let sizes: Vec<usize> = (1..=16)
            .map(|depth| world.chain(depth).to_bytes().len())
            .collect();
        sizes
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .max()
            .unwrap()
    };
    let call = |world: &World| world.proof(&world.chain(4)).call().as_bytes().len();
    let row = |what: &str, bytes: usize, target: Option<usize>| {
        let met = target
            .map(|target| if bytes <= target { "yes" } else { "no" })
            .unwrap_or_default();
        let target = target
            .map(|target| format!("≤ {target}"))
            .unwrap_or_default();
        vec![what.into(), bytes.to_string(), target, met.into()]
    };
    assert!(
        hop(&one) <= HOP,
        "a hop with one constraint takes {} bytes",
        hop(&one)
    );
    vec![
        row("a hop, one tool, one constraint", hop(&one), Some(HOP)),
        row("a hop, one tool, two constraints", hop(&two), None),
        row(
            "the root, two constraints",
            two.chain(1).root().as_bytes().len(),
            None,
        ),
        row("a signed call, two arguments", call(&two), None),
    ]
}
