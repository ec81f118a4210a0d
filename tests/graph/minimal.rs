//! The least powers for a planned step: exactly the calls of the plan, none of them to spare, and
//! nothing that the parent lacks.

use crate::stage::*;
use crate::support::{Random, at, verifier};
use crate::world::capability;
use mandatum::chain::ChainErrorKind;
use mandatum::graph::{MinimalError, minimal_for};
use mandatum::powers::{PermissionError, PowersError};
use mandatum::{Action, Capability, Constraint, Effect, Powers, bounds};

/// A plan of up to so many calls of the universe.
fn plan(random: &mut Random, universe: &[Action], most: usize) -> Calls {
    (0..random.below(most + 1))
        .map(|_| random.below(universe.len()))
        .collect()
}

/// The calls of a plan and those that differ from one of them in a lower effect alone.
fn and_lower(plan: &Calls, universe: &[Action]) -> Calls {
    let lower = |call: &Action| {
        let below = |other: &Action| {
            other.tool == call.tool
                && other.arguments == call.arguments
                && other.effect <= call.effect
        };
        (0..universe.len())
            .filter(|other| below(&universe[*other]))
            .collect::<Vec<_>>()
    };
    plan.iter()
        .flat_map(|call| lower(&universe[*call]))
        .collect()
}

#[test]
fn they_permit_the_plan_and_nothing_else_and_nothing_can_be_left_out() {
    let universe = universe();
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let parent = tools(&["crm.*", "files.*", "pay.send"]);
        let chosen = plan(&mut random, &universe, 8);
        // The numbers of calls ascend with their effects, so the last of equal ones is neither the
        // highest nor the lowest by rule.
        let there_and_back = chosen.iter().chain(chosen.iter().rev());
        let calls: Vec<Action> = there_and_back.map(|call| universe[*call].clone()).collect();
        let least = minimal_for(&calls, &parent).unwrap();
        let permits = permitted(&least, &universe);
        assert_eq!(permits, and_lower(&chosen, &universe), "seed {seed}");
        assert!(
            least
                .capabilities()
                .iter()
                .all(|capability| !capability.is_delegable())
        );
        // An argument more, or less, and it is another call.
        for call in &calls {
            let none: [(&str, &str); 0] = [];
            let more = [("account", "acme"), ("also", "this")];
            for other in [
                Action::new(call.tool.as_str(), none, call.effect),
                Action::new(call.tool.as_str(), more, call.effect),
            ] {
                assert!(least.permits(&other.unwrap()).is_err());
            }
        }
        for left_out in 0..least.capabilities().len() {
            let mut fewer = least.capabilities().to_vec();
            fewer.remove(left_out);
            let fewer = permitted(&Powers::new(fewer).unwrap(), &universe);
            assert!(
                !chosen.is_subset(&fewer),
                "seed {seed}: capability {left_out} is not needed"
            );
        }
        // A parent mints it.
        let chain = root(&agent(0), parent, life(&qbr()), vec![], [1; 16]);
        let verified = verifier().verify(&chain).unwrap();
        child(
            &verifier(),
            &verified,
            &agent(0),
            &agent(1),
            least,
            vec![],
            [2; 16],
        );
    }
}

#[test]
fn what_the_parent_cannot_pass_on_is_refused_by_name() {
    let (universe, mut refused) = (universe(), 0);
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let parent = Powers::new((0..4).map(|_| capability(&mut random))).unwrap();
        let passes = permitted(&delegable(&parent), &universe);
        let chosen: Vec<usize> = plan(&mut random, &universe, 4).into_iter().collect();
        let calls: Vec<Action> = chosen.iter().map(|call| universe[*call].clone()).collect();
        let first_refused = chosen.iter().position(|call| !passes.contains(call));
        match (minimal_for(&calls, &parent), first_refused) {
            (Ok(least), None) => {
                let chain = root(&agent(0), parent, life(&qbr()), vec![], [1; 16]);
                assert!(
                    chain
                        .delegate(terms(&chain, &agent(1), least, [2; 16]), at(0))
                        .is_ok(),
                    "seed {seed}"
                );
            }
            (Err(MinimalError::Refused { call, .. }), Some(first)) => {
                assert_eq!(call, first, "seed {seed}");
                refused += 1;
            }
            (found, expected) => {
                panic!("seed {seed}: {found:?}, but {expected:?} is the first beyond")
            }
        }
    }
    assert!((50..250).contains(&refused), "{refused} of 300");
}

#[test]
fn a_plan_is_bounded() {
    let parent = tools(&["crm.*"]);
    let numbered = |number: usize| action("crm.read", &format!("account-{number}"), Effect::Read);
    let calls: Vec<Action> = (0..bounds::MAX_CAPABILITIES + 1).map(numbered).collect();
    assert_eq!(
        minimal_for(&calls[1..], &parent)
            .unwrap()
            .capabilities()
            .len(),
        bounds::MAX_CAPABILITIES
    );
    let too_many = MinimalError::Powers(PowersError::TooMany {
        found: bounds::MAX_CAPABILITIES + 1,
    });
    assert_eq!(minimal_for(&calls, &parent), Err(too_many));
    // The same few, however often.
    let often: Vec<Action> = (0..10_000).map(|number| numbered(number % 3)).collect();
    assert_eq!(
        minimal_for(&often, &parent).unwrap().capabilities().len(),
        3
    );

    // An argument as large as there may be can be planned for, but no mandate holds it.
    let large = action(
        "crm.read",
        &"a".repeat(bounds::MAX_VALUE_BYTES),
        Effect::Read,
    );
    let least = minimal_for(&[large], &parent).unwrap();
    let chain = root(&agent(0), parent, life(&qbr()), vec![], [1; 16]);
    let error = chain
        .delegate(terms(&chain, &agent(1), least, [2; 16]), at(0))
        .unwrap_err();
    assert!(
        matches!(error.kind, ChainErrorKind::TokenTooLarge { .. }),
        "{error}"
    );
    assert_eq!(minimal_for(&[], &Powers::none()), Ok(Powers::none()));
}

/// Patterns and texts as long as they may be, many times over: the plan as a whole has one budget.
#[test]
fn a_hostile_plan_runs_out_of_work_as_a_whole() {
    let pattern = Constraint::pattern(&"a*".repeat(bounds::MAX_PATTERN_BYTES / 2 - 1)).unwrap();
    let slow = Capability::new("crm.read", Effect::Read)
        .unwrap()
        .require("account", pattern)
        .unwrap()
        .allow_delegation();
    let parent = Powers::new([slow]).unwrap();
    let call = action("crm.read", &"a".repeat(1000), Effect::Read);
    assert!(
        minimal_for(std::slice::from_ref(&call), &parent).is_ok(),
        "one alone is affordable"
    );
    let calls = vec![call; 100_000];
    let refused = minimal_for(&calls, &parent);
    assert!(
        matches!(
            refused,
            Err(MinimalError::Refused {
                refusal: PermissionError::OutOfWork(_),
                ..
            })
        ),
        "{refused:?}"
    );
}
