//! Over random graphs: no powers beyond those above or those merged, what may ever be done never
//! grows, and an end denies exactly what is below it.

use crate::support::{Random, call, decide, here};
use crate::world::{Did, World};
use mandatum::graph::TaskState;
use mandatum::{Call, CallId, DecisionContext, ServerContext};

const STEPS: usize = 40;

/// The laws hold after every step, for these seeds.
fn hold(seeds: std::ops::Range<u64>) {
    let (mut happened, mut by_merge_points) = ([0; 7], 0);
    for seed in seeds {
        let mut world = World::new(seed);
        let mut ever: Vec<_> = (0..world.nodes.len())
            .map(|node| world.may(node).1)
            .collect();
        let mut before = world.decisions();
        for step in 0..STEPS {
            let place = format!("seed {seed}, step {step}");
            let did = world.step();
            let after = world.decisions();
            happened[match did {
                Did::Ended(_) => 0,
                Did::Spawned(true) => 1,
                Did::Spawned(false) => 2,
                Did::Merged(true) => 3,
                Did::Merged(false) => 4,
                Did::Rebound => 5,
                Did::Nothing | Did::Other => 6,
            }] += 1;

            no_more_than_above(&world, &place);
            for (node, decided) in after.iter().enumerate() {
                let (now, from_now_on) = world.may(node);
                let permitted = (0..world.universe.len())
                    .filter(|call| decided[*call].is_ok())
                    .collect();
                assert_eq!(
                    now, permitted,
                    "{place}, node {node}: what is decided is what the model says"
                );
                assert!(now.is_subset(&from_now_on), "{place}, node {node}");
                by_merge_points += if world.branches(node).is_empty() {
                    0
                } else {
                    now.len()
                };
                // A node that is new begins with no more than its parent has left, or the one that
                // it was re-bound from; so all together have no more than before.
                let new = &world.nodes[node];
                let source = new.replaces.last().copied().or(new.parent);
                let bound = ever.get(node).or_else(|| ever.get(source?)).cloned();
                assert!(
                    bound.is_none_or(|bound| from_now_on.is_subset(&bound)),
                    "{place}, node {node}: it grew"
                );
                match ever.get_mut(node) {
                    Some(known) => *known = from_now_on,
                    None => ever.push(from_now_on),
                }
            }
            match did {
                Did::Ended(ended) => ends_exactly(&world, ended, &before, &after, &place),
                Did::Nothing => assert_eq!(before, after, "{place}: a stranger spoke"),
                _ => {}
            }
            drawn_as_decided(&world, &place);
            before = after;
        }
        as_previewed(&mut world, seed);
    }
    assert!(
        happened.iter().all(|count| *count > 5),
        "each must happen often enough to mean something: {happened:?}"
    );
    assert!(
        by_merge_points > 100,
        "merge points must come to act: {by_merge_points}"
    );
}

/// Call by call, the powers of a node are powers of all above it and of all that it merges, and so
/// is what it may pass on.
fn no_more_than_above(world: &World, place: &str) {
    for (index, node) in world.nodes.iter().enumerate() {
        for other in world.path(index).into_iter().chain(world.branches(index)) {
            let above = &world.nodes[other];
            assert!(
                node.own.is_subset(&above.own),
                "{place}: node {index} beyond {other}"
            );
            assert!(
                node.passes.is_subset(&above.passes),
                "{place}: node {index} passes on what {other} may not"
            );
        }
    }
}

/// What was ended and what is below it, or below what it was re-bound to, is denied every call. All
/// else is decided as it was, for the same reasons, but for merge points that wait for it, and what
/// is below those.
fn ends_exactly<D: PartialEq + std::fmt::Debug>(
    world: &World,
    ended: usize,
    before: &[Vec<Result<mandatum::Timestamp, D>>],
    after: &[Vec<Result<mandatum::Timestamp, D>>],
    place: &str,
) {
    for node in 0..world.nodes.len() {
        if world.ends_with(node, ended) {
            assert!(
                after[node].iter().all(Result::is_err),
                "{place}: node {node} outlives {ended}"
            );
        } else if !world.waits_for(node, ended) {
            assert_eq!(
                before[node], after[node],
                "{place}: the end of {ended} reaches {node}"
            );
        }
    }
}

/// A picture shows as live just what may make some call, as far as limits on all calls go.
fn drawn_as_decided(world: &World, place: &str) {
    let picture = world.graph.picture(&world.register, world.now());
    assert_eq!(picture.nodes().len(), world.nodes.len());
    for (index, node) in world.nodes.iter().enumerate() {
        let state = picture.state(&node.chain.chain().leaf_id()).unwrap();
        assert!(
            world.is_state(index, state),
            "{place}: node {index} is drawn {state}, but {:?}",
            world.in_general(index)
        );
        let goes_on = !world.may(index).1.is_empty();
        assert!(
            !goes_on || matches!(state, TaskState::Live | TaskState::Dormant),
            "{place}: node {index}"
        );
    }
}

/// What a decision on a presented call says is what was previewed.
fn as_previewed(world: &mut World, seed: u64) {
    let context = DecisionContext::new(ServerContext::new(world.now(), here()), &world.register);
    let mut random = Random::new(seed);
    let previews = world.decisions();
    for (node, previewed) in world.nodes.iter().zip(previews) {
        let chosen = random.below(world.universe.len());
        let call = Call {
            action: world.universe[chosen].clone(),
            ..call(random.id(), "crm.read", mandatum::Effect::Read)
        };
        assert_ne!(call.id, CallId::from_bytes([0; 16]));
        let decided = decide(&world.verifier, &node.chain, &call, &context);
        assert_eq!(
            decided.map(|_| ()),
            previewed[chosen].clone().map(|_| ()),
            "seed {seed}"
        );
    }
}

#[test]
fn powers_only_shrink_and_ends_reach_just_what_is_below() {
    hold(0..30);
}

#[test]
fn powers_only_shrink_and_ends_reach_just_what_is_below_in_further_graphs() {
    hold(100..130);
}
