//! Constraints.

use super::{all, known};
use crate::codec::{Reader, Writer, read_powers, write_powers};
use crate::powers::{
    ArgumentRules, Capability, Constraint, CoverageError, Effect, Host, Kind, Powers, UrlRule,
};
use crate::primitives::Work;
use std::collections::BTreeSet;

fn one() -> Constraint {
    Constraint::one_of(["a"]).unwrap()
}

fn next(sample: &Constraint) -> Option<Constraint> {
    Some(match sample.kind() {
        Kind::Any => one(),
        Kind::OneOf(_) => Constraint::none_of(["a"]).unwrap(),
        Kind::NoneOf(_) => Constraint::between(0.into(), 9.into()).unwrap(),
        Kind::Range(_) => Constraint::pattern("a*").unwrap(),
        Kind::Text(_) => Constraint::path_under("/a").unwrap(),
        Kind::PathUnder(_) => Constraint::host_under("example.com").unwrap(),
        Kind::HostUnder(_) => {
            let host = Host::new("example.com").unwrap();
            Constraint::url(UrlRule::new(["https"], host).unwrap())
        }
        Kind::Url(_) => Constraint::network("10.0.0.0/8").unwrap(),
        Kind::Network(_) => Constraint::contains(["a"]).unwrap(),
        Kind::Contains(_) => Constraint::each(one()).unwrap(),
        Kind::Each(_) => {
            Constraint::record(ArgumentRules::closed().require("a", one()).unwrap()).unwrap()
        }
        Kind::Record(_) => Constraint::all_of([one(), Constraint::pattern("*").unwrap()]).unwrap(),
        Kind::AllOf(_) => Constraint::any_of([one(), Constraint::one_of([1]).unwrap()]).unwrap(),
        Kind::AnyOf(_) => return None,
    })
}

fn samples() -> Vec<Constraint> {
    all(Constraint::any(), next)
}

/// The powers to call `t` with an argument of this constraint.
fn powers(constraint: Constraint) -> Powers {
    let capability = Capability::new("t", Effect::Read).unwrap();
    Powers::new([capability.require("a", constraint).unwrap()]).unwrap()
}

fn written(constraint: Constraint) -> Vec<u8> {
    let mut w = Writer::new();
    write_powers(&mut w, &powers(constraint));
    w.into_bytes()
}

#[test]
fn every_kind_of_constraint_is_read_as_it_is_written() {
    for constraint in samples() {
        let bytes = written(constraint.clone());
        let read = read_powers(&mut Reader::new(&bytes));
        assert_eq!(read, Ok(powers(constraint)));
    }
}

#[test]
fn every_kind_of_constraint_that_is_read_has_a_sample() {
    // `any` is a kind alone, its number the last byte; what is before it is the same for all.
    let mut before = written(Constraint::any());
    assert_eq!(before.pop(), Some(0));
    let kind_of = |constraint| written(constraint)[before.len()];
    let of_samples: Vec<u8> = samples().into_iter().map(kind_of).collect();
    let read = known(|kind| {
        let bytes = [before.as_slice(), &[kind]].concat();
        let read = read_powers(&mut Reader::new(&bytes));
        read.map(drop).map_err(|error| error.kind)
    });
    assert_eq!(read, of_samples);
}

#[cfg(feature = "json")]
#[test]
fn every_kind_of_constraint_has_a_json_form() {
    use crate::json::JsonForm;
    for constraint in samples() {
        let json = constraint.to_json();
        assert_eq!(Constraint::from_json(&json).as_ref(), Ok(&constraint));
    }
}

#[test]
fn every_kind_of_constraint_reads_differently() {
    let samples = samples();
    let shown: BTreeSet<String> = samples
        .iter()
        .map(|constraint| powers(constraint.clone()).to_string())
        .collect();
    assert_eq!(shown.len(), samples.len());
}

#[test]
fn every_kind_of_constraint_covers_itself_and_meets_itself() {
    for constraint in samples() {
        let powers = powers(constraint);
        assert_eq!(powers.covers(&powers), Ok(()));
        assert_eq!(powers.meet(&powers).as_ref(), Ok(&powers));
    }
}

/// A call that shows the gap is found from samples of the child's constraint.
#[test]
fn every_kind_of_constraint_has_calls_that_it_admits() {
    let nothing_of_it = powers(Constraint::one_of(["no such value"]).unwrap());
    for constraint in samples() {
        let CoverageError { witness, .. } = nothing_of_it
            .covers(&powers(constraint.clone()))
            .unwrap_err();
        let call = witness.unwrap_or_else(|| panic!("no call for {constraint}"));
        let value = call.arguments.get("a").unwrap();
        assert_eq!(constraint.admits(value, &mut Work::new(10_000)), Ok(true));
    }
}
