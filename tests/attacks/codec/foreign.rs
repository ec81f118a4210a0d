//! A claim that is not known refuses the whole chain, at every level of every token.

use super::{
    capability, constraint, good_call, good_child, good_root, with_call, with_capability,
    with_child, with_constraint, with_limits, with_root,
};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, MANDATE};
use crate::support::story::cose_key;
use mandatum::ExecutionProof;
use mandatum::codec::CodecErrorKind;

/// A level: what it is, the keys it knows, and the proof with an entry of this key put there.
type Level = (&'static str, &'static [i64], Box<dyn Fn(i64) -> Vec<u8>>);

/// The map with this entry instead of its last one.
fn exchange(map: &Map, key: i64) -> Map {
    let mut map = map.clone();
    map.0.pop();
    map.set(key, cbor::null())
}

fn levels() -> Vec<Level> {
    let record = |map: Map| with_constraint(&constraint(11, map.bytes()));
    let range = |map: Map| with_constraint(&constraint(3, map.bytes()));
    let url = |map: Map| with_constraint(&constraint(7, map.bytes()));
    let window = |map: Map| with_limits(&[cbor::array([cbor::int(0), map.bytes()])]);
    let schemes = (0, cbor::array([cbor::text("https")]));
    vec![
        (
            "root claims",
            &[1, 4, 6, 7, 8, MANDATE],
            Box::new(|key| {
                let root = good_root();
                with_root(&with_claims(root, |claims| {
                    claims.clone().set(key, cbor::null())
                }))
            }),
        ),
        (
            "root terms",
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13],
            Box::new(|key| with_root(&good_root().term(key, cbor::null()))),
        ),
        (
            "child claims",
            &[4, 6, 7, 8, MANDATE],
            Box::new(|key| {
                with_child(&with_claims(good_child(), |claims| {
                    claims.clone().set(key, cbor::null())
                }))
            }),
        ),
        (
            "child terms",
            &[0, 1, 2, 3, 4, 5, 11, 12],
            Box::new(|key| with_child(&good_child().term(key, cbor::null()))),
        ),
        (
            "call claims",
            &[3, 6, 7, MANDATE],
            Box::new(|key| {
                with_call(&with_claims(good_call(), |claims| {
                    claims.clone().set(key, cbor::null())
                }))
            }),
        ),
        (
            "call terms",
            &[0, 1],
            Box::new(|key| {
                let mut call = good_call();
                call.terms = call.terms.set(key, cbor::null());
                with_call(&call)
            }),
        ),
        (
            "capability",
            &[0, 1, 2, 3, 4, 5],
            Box::new(|key| with_capability(&capability().set(key, cbor::null()))),
        ),
        (
            "record",
            &[2, 3, 4],
            Box::new(move |key| record(Map::of([(key, cbor::null())]))),
        ),
        (
            "range",
            &[0, 1, 2, 3],
            Box::new(move |key| range(Map::of([(key, cbor::null())]))),
        ),
        (
            "url",
            &[0, 1, 2, 3],
            Box::new(move |key| url(Map::of([schemes.clone()]).set(key, cbor::null()))),
        ),
        (
            "window",
            &[0, 1],
            Box::new(move |key| window(Map::of([(key, cbor::null())]))),
        ),
    ]
}

fn with_claims(mut forge: Forge, change: impl Fn(&Map) -> Map) -> Forge {
    forge.claims = change(&forge.claims);
    forge
}

#[test]
fn a_foreign_claim_is_refused_by_name_at_every_level() {
    let candidates = (0..=40)
        .chain([100, 65_536, i64::MAX])
        .chain(-40..0)
        .chain([-65_536, -65_538, -70_000, i64::MIN]);
    let candidates: Vec<i64> = candidates.collect();
    for (name, known, put) in levels() {
        for key in candidates
            .iter()
            .copied()
            .filter(|key| !known.contains(key))
        {
            let error = ExecutionProof::from_bytes(&put(key)).expect_err(name);
            assert_eq!(
                error.kind,
                CodecErrorKind::UnknownKey { key },
                "{name}, key {key}"
            );
        }
    }
}

#[test]
fn a_key_of_a_holder_has_no_foreign_entry() {
    let candidates = (-20..=20).filter(|key| ![1, -1, -2].contains(key));
    for key in candidates {
        let cose = exchange(&cose_key(&[7; 32]), key);
        let cnf = Map::of([(1, cose.bytes())]).bytes();
        let error =
            ExecutionProof::from_bytes(&with_child(&good_child().claim(8, cnf))).unwrap_err();
        assert_eq!(error.kind, CodecErrorKind::CoseKey, "key {key}");
    }
}
