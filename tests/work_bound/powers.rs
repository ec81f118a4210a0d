//! Questions of powers.

use super::hostile::{constraint, powers, value};
use super::{asked, work_bound};
use crate::powers::{Action, Constraint, Effect, search_for_witness};

/// Steps that each question is granted: enough to come to whatever a generator hides, and few
/// enough for many questions.
const STEPS: u64 = 1 << 15;

#[test]
fn work_bound_of_what_a_constraint_admits() {
    work_bound("admits", |dice| {
        let clauses: Vec<_> = (0..=dice.below(40)).map(|_| constraint(dice, 2)).collect();
        let constraint = Constraint::any_of(clauses).unwrap();
        let value = value(dice, 4);
        asked(STEPS, |work| constraint.admits(&value, work))
    });
}

#[test]
fn work_bound_of_what_a_constraint_covers() {
    work_bound("covers", |dice| {
        let (parent, child) = (constraint(dice, 3), constraint(dice, 3));
        asked(STEPS, |work| parent.covers(&child, work))
    });
}

/// Rules 12 and 13, with the search for a witness left out: it has a budget of its own.
#[test]
fn work_bound_of_what_powers_cover() {
    work_bound("powers cover", |dice| {
        let (parent, child) = (powers(dice, 40), powers(dice, 8));
        asked(STEPS, |work| {
            child
                .capabilities()
                .iter()
                .any(|child| parent.covers_one(child, work).is_err())
        })
    });
}

#[test]
fn work_bound_of_what_powers_permit() {
    work_bound("permits", |dice| {
        let powers = powers(dice, 60);
        let value = value(dice, 3);
        let names: Vec<String> = (0..dice.size(40)).map(|n| format!("{n}")).collect();
        let arguments = names.iter().map(|name| (name.as_str(), value.clone()));
        let Ok(action) = Action::new("a.b.c", arguments, Effect::Read) else {
            return asked(0, |_| ());
        };
        asked(STEPS, |work| powers.permits_within(&action, |_| true, work))
    });
}

#[test]
fn work_bound_of_the_meet_of_powers() {
    work_bound("meet", |dice| {
        let (one, other) = (powers(dice, 12), powers(dice, 12));
        asked(STEPS, |work| one.meet_within(&other, work))
    });
}

#[test]
fn work_bound_of_the_search_for_a_witness() {
    work_bound("witness", |dice| {
        let (parent, child) = (powers(dice, 12), powers(dice, 1));
        asked(STEPS, |work| {
            search_for_witness(&parent, &child.capabilities()[0], work)
        })
    });
}

/// A long text that keeps a search going to its end, for each of many stars.
#[test]
fn work_bound_of_long_texts_under_many_stars() {
    work_bound("patterns", |dice| {
        let piece = format!(
            "{}{}",
            "a".repeat(1 + dice.below(30)),
            dice.pick(&["", "b"])
        );
        let pieces = vec![piece; dice.size(30)];
        let pattern = Constraint::pattern(&format!("*{}*", pieces.join("*"))).unwrap();
        let value = "a".repeat(dice.size(60_000)).into();
        asked(1 << 18, |work| pattern.admits(&value, work))
    });
}
