//! Holds what is really done against the steps that are counted for it: never more than eight
//! operations a step.
//!
//! Part of the crate's own tests, because only they count operations
//! ([`tally`](crate::primitives::tally)). Each test *looks* for the worst question: it climbs from
//! random ones, by changes that make the ratio worse.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]

mod amounts;
mod codec;
mod dice;
mod hostile;
#[cfg(feature = "json")]
mod json;
mod missions;
mod powers;

use crate as mandatum;
use crate::primitives::Work;
use crate::primitives::tally::counted;
use dice::{Dice, Genome};

/// Operations that a step may stand for.
const OPERATIONS: u64 = 8;
/// Operations that any question may take beside its steps.
const CONSTANT: u64 = 64;

/// Operations and steps of one question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) operations: u64,
    pub(crate) steps: u64,
}

impl Took {
    fn ratio(self) -> f64 {
        self.operations as f64 / (OPERATIONS * self.steps + CONSTANT) as f64
    }
}

/// Asks within a budget, and returns what that took.
pub(crate) fn asked<T>(budget: u64, question: impl FnOnce(&mut Work) -> T) -> Took {
    let mut work = Work::new(budget);
    let (_, operations) = counted(|| question(&mut work));
    Took {
        operations,
        steps: work.spent(),
    }
}

/// Looks for the question that takes most for its steps, and holds it to the bound.
pub(crate) fn work_bound(what: &str, question: impl Fn(&mut Dice<'_>) -> Took) {
    let (climbs, changes) = (12, 24);
    let mut worst = (0.0, None);
    let mut most_steps = 0;
    for climb in 0..climbs {
        let mut seed = dice::Seed::new(climb);
        let mut best = Genome::random(&mut seed);
        let mut of_best = question(&mut best.dice());
        for _ in 0..changes {
            let changed = best.changed(&mut seed);
            let took = question(&mut changed.dice());
            most_steps = most_steps.max(took.steps);
            if took.ratio() >= of_best.ratio() {
                (best, of_best) = (changed, took);
            }
        }
        if of_best.ratio() > worst.0 {
            worst = (of_best.ratio(), Some(of_best));
        }
    }
    let worst = worst.1.unwrap();
    println!("{what}: at worst {worst:?}; the longest took {most_steps} steps");
    assert!(
        worst.ratio() <= 1.0,
        "{what}: {worst:?} is more than {OPERATIONS} operations a step"
    );
    // A generator that asks nothing would hold the bound too.
    assert!(
        most_steps > 1_000,
        "{what}: the longest question took {most_steps} steps"
    );
}
