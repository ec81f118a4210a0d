//! The laws, on random powers with nests.

use crate::generate::{check, choices, entries, specs};
use crate::model::{Entry, Spec, near_actions, plenty, powers, wrapped};
use mandatum::powers::{MeetError, PermissionError, Presence};
use mandatum::primitives::Value;
use mandatum::{Action, Capability, Constraint, Effect, Powers};
use proptest::prelude::*;
use std::cell::Cell;

/// Counts how often something was seen, and fails where that was seldom.
#[derive(Default)]
struct CacheView(Cell<usize>);

impl CacheView {
    fn add(&self, seen: bool) -> bool {
        self.0.set(self.0.get() + usize::from(seen));
        seen
    }

    fn at_least(&self, least: usize, what: &str) {
        let seen = self.0.get();
        assert!(
            seen >= least,
            "{what} was seen {seen} times only, of {least}"
        );
    }
}

/// A parent and a child that is narrowed from it half of the time.
fn pairs() -> impl Strategy<Value = (Spec, Spec)> {
    (specs(), specs(), choices(), any::<bool>()).prop_map(|(parent, other, mut choices, narrow)| {
        let child = if narrow {
            parent.narrowed(&other, &mut choices)
        } else {
            other
        };
        (parent, child)
    })
}

fn covers(parent: &Spec, child: &Spec) -> bool {
    parent
        .build()
        .covers(&child.build(), &mut plenty())
        .unwrap()
}

fn admits(spec: &Spec, value: &Value) -> bool {
    spec.build().admits(value, &mut plenty()).unwrap()
}

#[test]
fn constraints_admit_what_the_model_says() {
    let (yes, no) = (CacheView::default(), CacheView::default());
    check(1500, &pairs(), |(spec, other)| {
        let constraint = spec.build();
        for value in spec.near().into_iter().chain(other.near()) {
            let admitted = constraint.admits(&value, &mut plenty()).unwrap();
            assert_eq!(admitted, spec.admits(&value), "{constraint} and {value}");
            yes.add(admitted);
            no.add(!admitted);
        }
    });
    yes.at_least(8000, "an admitted value");
    no.at_least(8000, "a refused value");
}

#[test]
fn covering_is_reflexive() {
    check(1500, &specs(), |spec| {
        assert!(covers(&spec, &spec), "{}", spec.build());
    });
}

#[test]
fn what_is_narrower_by_construction_is_seldom_refused() {
    let (covered, refused) = (CacheView::default(), CacheView::default());
    check(
        1000,
        &(specs(), specs(), choices()),
        |(parent, other, mut choices)| {
            let child = parent.narrowed(&other, &mut choices);
            covered.add(covers(&parent, &child));
            refused.add(!covers(&parent, &child));
        },
    );
    covered.at_least(900, "a narrower child that is covered");
}

#[test]
fn covering_is_transitive() {
    let premises = CacheView::default();
    let refused = CacheView::default();
    let chains =
        (specs(), specs(), specs(), choices(), 0..4_u8).prop_map(|(a, b, c, mut choices, kind)| {
            let middle = if kind & 1 == 0 {
                a.narrowed(&b, &mut choices)
            } else {
                b
            };
            let last = if kind & 2 == 0 {
                middle.narrowed(&c, &mut choices)
            } else {
                c
            };
            (a, middle, last)
        });
    check(3000, &chains, |(a, b, c)| {
        refused.add(!covers(&a, &c));
        if premises.add(covers(&a, &b) && covers(&b, &c)) {
            assert!(
                covers(&a, &c),
                "{}\ncovers {}\ncovers {}",
                a.build(),
                b.build(),
                c.build()
            );
        }
    });
    premises.at_least(600, "a chain of two coverages");
    refused.at_least(600, "a refusal");
}

#[test]
fn what_a_covered_child_admits_its_parent_admits() {
    let (held, refused) = (CacheView::default(), CacheView::default());
    let separated = CacheView::default();
    check(3000, &pairs(), |(parent, child)| {
        let covered = covers(&parent, &child);
        for value in child.near().into_iter().chain(parent.near()) {
            let beyond = admits(&child, &value) && !admits(&parent, &value);
            assert!(
                !(covered && beyond),
                "{} covers {} but for {value}",
                parent.build(),
                child.build()
            );
            held.add(covered && admits(&child, &value));
            separated.add(!covered && beyond);
        }
        refused.add(!covered);
    });
    held.at_least(6000, "a value of a covered child");
    refused.at_least(800, "a child that is not covered");
    separated.at_least(2000, "a value beyond the parent");
}

#[test]
fn a_witness_separates() {
    let (found, none) = (CacheView::default(), CacheView::default());
    check(2000, &pairs(), |(parent, child)| {
        let (parent, child) = (wrapped(&parent.build()), wrapped(&child.build()));
        if let Err(refused) = parent.covers(&child) {
            none.add(refused.witness.is_none());
            if let Some(witness) = refused.witness {
                found.add(true);
                assert!(
                    child.permits(&witness).is_ok() && parent.permits(&witness).is_err(),
                    "{witness}"
                );
            }
        }
    });
    found.at_least(700, "a witness");
    assert!(
        none.0.get() * 8 < found.0.get(),
        "of refusals {} have a witness and {} none",
        found.0.get(),
        none.0.get()
    );
}

/// Whether a meet fails for its bounds alone.
fn meet(a: &Powers, b: &Powers) -> Option<Powers> {
    match a.meet(b) {
        Ok(both) => Some(both),
        Err(MeetError::Powers(_) | MeetError::Constraint(_)) => None,
        Err(other) => panic!("{other}"),
    }
}

fn permits(powers: &Powers, action: &Action) -> bool {
    powers.permits(action).is_ok()
}

/// Two sets of entries, the second narrowed from the first half of the time.
fn sets_of_entries() -> impl Strategy<Value = (Vec<Entry>, Vec<Entry>)> {
    let some = || prop::collection::vec(entries(), 1..=3);
    (some(), some(), specs(), choices(), any::<bool>()).prop_map(
        |(parents, others, spec, mut choices, narrow)| {
            let narrowed = parents
                .iter()
                .map(|entry| entry.narrowed(&spec, &mut choices))
                .collect();
            (parents, if narrow { narrowed } else { others })
        },
    )
}

#[test]
fn powers_permit_what_the_model_says() {
    let (yes, no) = (CacheView::default(), CacheView::default());
    check(150, &sets_of_entries(), |(entries, others)| {
        let powers = powers(&entries);
        for action in near_actions(&[entries.as_slice(), &others].concat()) {
            let permitted = permits(&powers, &action);
            assert_eq!(
                permitted,
                entries.iter().any(|entry| entry.permits(&action)),
                "{powers} and {action}"
            );
            yes.add(permitted);
            no.add(!permitted);
        }
    });
    yes.at_least(3000, "a permitted call");
    no.at_least(3000, "a refused call");
}

#[test]
fn meet_is_exact() {
    let (both, one, meets) = (
        CacheView::default(),
        CacheView::default(),
        CacheView::default(),
    );
    check(250, &sets_of_entries(), |(mine, theirs)| {
        let (a, b) = (powers(&mine), powers(&theirs));
        let Some(meet) = meet(&a, &b) else { return };
        meets.add(true);
        for action in near_actions(&[mine.as_slice(), &theirs].concat()) {
            let (in_a, in_b) = (permits(&a, &action), permits(&b, &action));
            assert_eq!(
                permits(&meet, &action),
                in_a && in_b,
                "{a}\nand {b}\nmeet in {meet}\nat {action}"
            );
            both.add(in_a && in_b);
            one.add(in_a != in_b);
        }
        // What is minted at a merge point is a meet, so each side must see that it covers it.
        assert!(
            a.covers(&meet).is_ok() && b.covers(&meet).is_ok(),
            "{a}\nand {b}\nmeet in {meet}"
        );
    });
    meets.at_least(230, "a meet");
    both.at_least(3000, "a call within both");
    one.at_least(3000, "a call within one");
}

#[test]
fn the_meet_of_single_arguments_is_exact() {
    let (both, one) = (CacheView::default(), CacheView::default());
    check(1500, &pairs(), |(mine, theirs)| {
        let (a, b) = (wrapped(&mine.build()), wrapped(&theirs.build()));
        let Some(meet) = meet(&a, &b) else { return };
        let action = |value: Value| Action {
            tool: "t".parse().unwrap(),
            arguments: mandatum::primitives::Arguments::from_pairs([("x", value)]).unwrap(),
            effect: Effect::Read,
        };
        assert!(
            a.covers(&meet).is_ok() && b.covers(&meet).is_ok(),
            "{a}\nand {b}\nmeet in {meet}"
        );
        for value in mine.near().into_iter().chain(theirs.near()) {
            let (in_a, in_b) = (mine.admits(&value), theirs.admits(&value));
            assert_eq!(
                permits(&meet, &action(value.clone())),
                in_a && in_b,
                "{a} and {b} meet in {meet} at {value}"
            );
            both.add(in_a && in_b);
            one.add(in_a != in_b);
        }
    });
    both.at_least(3000, "a value within both");
    one.at_least(5000, "a value within one");
}

#[test]
fn covered_powers_permit_no_more() {
    let (held, refused, witnesses) = (
        CacheView::default(),
        CacheView::default(),
        CacheView::default(),
    );
    check(250, &sets_of_entries(), |(mine, theirs)| {
        let (parent, child) = (powers(&mine), powers(&theirs));
        match parent.covers(&child) {
            Ok(()) => {
                for action in near_actions(&[mine.as_slice(), &theirs].concat()) {
                    let permitted = permits(&child, &action);
                    assert!(
                        !permitted || permits(&parent, &action),
                        "{parent}\ncovers {child}\nbut for {action}"
                    );
                    held.add(permitted);
                }
            }
            Err(gap) => {
                refused.add(true);
                if let Some(witness) = gap.witness {
                    witnesses.add(true);
                    assert!(
                        permits(&child, &witness) && !permits(&parent, &witness),
                        "{witness}"
                    );
                }
            }
        }
    });
    held.at_least(1000, "a call of covered powers");
    refused.at_least(80, "powers that are not covered");
    witnesses.at_least(70, "a witness");
}

#[test]
fn powers_are_covered_by_themselves_and_by_more() {
    check(250, &sets_of_entries(), |(mine, theirs)| {
        let (fewer, more) = (powers(&mine), powers(&[theirs.as_slice(), &mine].concat()));
        assert!(fewer.covers(&fewer).is_ok(), "{fewer}");
        assert!(more.covers(&fewer).is_ok(), "{fewer}");
        assert!(fewer.covers(&Powers::none()).is_ok());
    });
}

#[test]
fn covering_of_powers_is_transitive() {
    let premises = CacheView::default();
    let three = (sets_of_entries(), specs(), choices());
    check(600, &three, |((a, b), spec, mut choices)| {
        let c: Vec<Entry> = b
            .iter()
            .map(|entry| entry.narrowed(&spec, &mut choices))
            .collect();
        let (a, b, c) = (powers(&a), powers(&b), powers(&c));
        if premises.add(a.covers(&b).is_ok() && b.covers(&c).is_ok()) {
            assert!(a.covers(&c).is_ok(), "{a}\ncovers {b}\ncovers {c}");
        }
    });
    premises.at_least(150, "a chain of two coverages");
}

/// Cases that random ones seldom come near.
#[test]
fn what_nests_cover() {
    let text = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| Value::from(*text))
            .collect::<Vec<_>>()
    };
    let (path, pattern) = (Spec::Path("/".to_owned()), Spec::Pattern("*a".to_owned()));
    let record =
        |presence, spec, open| Spec::Record([("a".to_owned(), (presence, spec))].into(), open);
    let not_empty = Spec::NoneOf(vec![Value::Map([].into())]);
    let number = Spec::Range(None, None);

    // What admits nothing is covered by all, also in the midst of a chain.
    let (a, b) = (
        Spec::NoneOf(text(&["/x", "ba"])),
        Spec::AllOf(vec![path.clone(), pattern.clone()]),
    );
    let nothing = Spec::AllOf(vec![number.clone(), path.clone(), pattern.clone()]);
    for (parent, child) in [
        (&a, &b),
        (&b, &nothing),
        (&a, &nothing),
        (&Spec::OneOf(vec![Value::Null]), &nothing),
    ] {
        assert!(
            covers(parent, child),
            "{} and {}",
            parent.build(),
            child.build()
        );
    }
    // A whole type covers what has that type in whatever clause.
    let typed = Spec::AllOf(vec![
        Spec::Any,
        Spec::AnyOf(vec![path.clone(), pattern.clone()]),
    ]);
    assert!(covers(&Spec::Pattern("*".to_owned()), &typed));
    assert!(
        !covers(&number, &typed)
            && !covers(
                &Spec::Pattern("*".to_owned()),
                &Spec::AnyOf(vec![typed, Spec::Any])
            )
    );
    // A record is a whole type if it is open and demands nothing.
    assert!(covers(
        &record(Presence::Optional, Spec::Any, true),
        &not_empty
    ));
    assert!(!covers(
        &record(Presence::Required, Spec::Any, true),
        &not_empty
    ));
    assert!(!covers(
        &record(Presence::Optional, Spec::Any, false),
        &not_empty
    ));
    assert!(!covers(
        &record(Presence::Optional, number.clone(), true),
        &not_empty
    ));
    assert!(covers(
        &Spec::Each(Box::new(Spec::Any)),
        &Spec::Contains(text(&["a"]))
    ));
    assert!(!covers(
        &Spec::Each(Box::new(number)),
        &Spec::Contains(text(&["a"]))
    ));
}

#[test]
fn a_meet_is_passed_on_if_both_sides_are() {
    let entry = || Capability::new("t", Effect::Read).unwrap();
    for (mine, theirs) in [(false, false), (false, true), (true, false), (true, true)] {
        let side = |delegable| {
            Powers::new([if delegable {
                entry().allow_delegation()
            } else {
                entry()
            }])
            .unwrap()
        };
        let meet = side(mine).meet(&side(theirs)).unwrap();
        assert_eq!(meet.capabilities().len(), 1);
        assert_eq!(meet.capabilities()[0].is_delegable(), mine && theirs);
    }
}

#[test]
fn an_entry_more_never_takes_away() {
    let (kept, gained) = (CacheView::default(), CacheView::default());
    check(
        150,
        &(sets_of_entries(), 0..4_usize),
        |((mut entries, others), at)| {
            let before = powers(&entries);
            let actions = near_actions(&[entries.as_slice(), &others].concat());
            entries.insert(at.min(entries.len()), others[0].clone());
            let after = powers(&entries);
            for action in actions {
                assert!(
                    !permits(&before, &action) || permits(&after, &action),
                    "{after} lost {action}"
                );
                kept.add(permits(&before, &action));
                gained.add(!permits(&before, &action) && permits(&after, &action));
            }
        },
    );
    kept.at_least(2000, "a call that was permitted before");
    gained.at_least(300, "a call that is permitted since");
}

#[test]
fn a_refusal_is_of_the_entry_that_came_closest() {
    let entry = |tool: &str, effect| Capability::new(tool, effect).unwrap();
    let account = Constraint::one_of(["acme"]).unwrap();
    let refusal = |entries: &[Capability]| {
        let action = Action::new("crm.read", [("account", "beta")], Effect::Write).unwrap();
        Powers::new(entries.to_vec())
            .unwrap()
            .permits(&action)
            .unwrap_err()
    };
    // From the farthest to the closest, each alone and then beside all that are farther, in either
    // order.
    let entries = [
        entry("pay.send", Effect::Write),
        entry("crm.*", Effect::Read),
        entry("crm.*", Effect::Write),
        entry("crm.read", Effect::Write)
            .allow_others()
            .require("subject", Constraint::any())
            .unwrap(),
        entry("crm.read", Effect::Write)
            .require("account", account)
            .unwrap(),
    ];
    let alone: Vec<PermissionError> = entries
        .iter()
        .map(|entry| refusal(std::slice::from_ref(entry)))
        .collect();
    for (index, (one, other)) in alone.iter().zip(&alone[1..]).enumerate() {
        assert_ne!(
            std::mem::discriminant(one),
            std::mem::discriminant(other),
            "{index}"
        );
    }
    for closest in 1..=entries.len() {
        let mut some = entries[..closest].to_vec();
        assert_eq!(refusal(&some), alone[closest - 1], "the closest last");
        some.reverse();
        assert_eq!(refusal(&some), alone[closest - 1], "the closest first");
    }
    // Of two that came equally close, the first.
    let missing = |name: &str| {
        entry("crm.read", Effect::Write)
            .allow_others()
            .require(name, Constraint::any())
            .unwrap()
    };
    let [one, other] = ["subject", "topic"].map(missing);
    assert_eq!(refusal(&[one.clone(), other.clone()]), refusal(&[one]));
    assert_ne!(refusal(std::slice::from_ref(&other)), alone[3]);
}

/// A conjunction within a conjunction within a conjunction would be deeper than any constraint may
/// be.
#[test]
fn what_many_have_in_common_is_flat() {
    let with = |letter: char| {
        let pattern = Constraint::pattern(&format!("*{letter}*")).unwrap();
        Powers::new([Capability::new("crm.read", Effect::Read)
            .unwrap()
            .require("account", pattern)
            .unwrap()])
        .unwrap()
    };
    let reads =
        |account: &str| Action::new("crm.read", [("account", account)], Effect::Read).unwrap();
    for backwards in [false, true] {
        let common = ('b'..='l').try_fold(with('a'), |common, letter| {
            if backwards {
                with(letter).meet(&common)
            } else {
                common.meet(&with(letter))
            }
        });
        let common = common.unwrap();
        assert!(
            permits(&common, &reads("abcdefghijkl")) && !permits(&common, &reads("abcdefghijk"))
        );
    }
}
