//! Each payload that reads has one encoding: its claims encode to the same bytes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use super::claims::{Claims, payload, read_payload};
use crate::claims::{
    Aliases, AttestedGrant, CallClaims, Child, Holder, Life, Link, Principal, Purpose, Root,
    RootAudience,
};
use crate::limits::{AudienceSet, Limit, Limits, Window};
use crate::powers::{
    ArgumentRules, Bound, Capability, Constraint, Effect, Host, Port, Powers, Range, UrlRule,
};
use crate::primitives::{
    CallId, Digest, Label, Lifetime, MandateId, Number, PublicKey, RequestDigest, Timestamp,
    TokenId, Value,
};
use crate::sign::SigningKey;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn key(seed: u8) -> PublicKey {
    SigningKey::from_seed(&[seed; 32]).public()
}

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

/// Returns constraints of every kind, with and without every optional part.
fn constraints() -> Vec<Constraint> {
    let map = BTreeMap::from([
        ("b".to_owned(), Value::Null),
        ("aa".to_owned(), Value::from(true)),
    ]);
    let url = |port| {
        UrlRule::new(["https", "wss"], Host::new("example.com").unwrap())
            .unwrap()
            .with_port(port)
            .unwrap()
    };
    let range = |low, high| Constraint::range(Range::new(low, high).unwrap());
    let numbers = [
        "0",
        "-1",
        "24",
        "-257",
        "0.5",
        "-2600.75",
        "18446744073709551616",
        "1e-18",
    ]
    .map(number);
    let record = ArgumentRules::closed()
        .require("in", Constraint::any())
        .unwrap()
        .allow("out", Constraint::at_most(5.into()))
        .unwrap()
        .allow_others();
    vec![
        Constraint::any(),
        Constraint::one_of(["acme", "b"]).unwrap(),
        Constraint::one_of(numbers).unwrap(),
        Constraint::one_of([Value::Map(map)]).unwrap(),
        Constraint::one_of([Value::List(vec![Value::Null, Value::Bytes(vec![1, 2])])]).unwrap(),
        Constraint::none_of([false]).unwrap(),
        range(None, None),
        range(
            Some(Bound::Inclusive(0.into())),
            Some(Bound::Exclusive(9.into())),
        ),
        range(
            Some(Bound::Exclusive(0.into())),
            Some(Bound::Inclusive(9.into())),
        ),
        Constraint::pattern("a*b").unwrap(),
        Constraint::path_under("/decks").unwrap(),
        Constraint::host_under("example.com").unwrap(),
        Constraint::url(url(Port::Default)),
        Constraint::url(url(Port::Any).with_path("/v1").unwrap()),
        Constraint::url(url(Port::Only(8443))),
        Constraint::network("10.0.0.0/8").unwrap(),
        Constraint::network("2001:db8::/32").unwrap(),
        Constraint::contains(["x"]).unwrap(),
        Constraint::each(Constraint::pattern("*").unwrap()).unwrap(),
        Constraint::record(record).unwrap(),
        Constraint::all_of([Constraint::any(), Constraint::pattern("").unwrap()]).unwrap(),
        Constraint::any_of([Constraint::any()]).unwrap(),
    ]
}

fn powers() -> Powers {
    let everything = constraints().into_iter().enumerate().fold(
        Capability::new("crm.*", Effect::Irreversible)
            .unwrap()
            .allow_others()
            .allow_delegation(),
        |capability, (index, constraint)| {
            let name = format!("a{index}");
            if index % 3 == 0 {
                capability.allow(&name, constraint)
            } else {
                capability.require(&name, constraint)
            }
            .unwrap()
        },
    );
    Powers::new([everything, Capability::new("pay", Effect::Read).unwrap()]).unwrap()
}

fn limits() -> Limits {
    let audience = |name: &str| name.parse().unwrap();
    Limits::new([
        Limit::window(Window::new(time(5), time(90)).unwrap()),
        Limit::window(Window::opening(time(5)))
            .with_tools(["pay", "crm.*"])
            .unwrap(),
        Limit::window(Window::closing(time(90))),
        Limit::audience(AudienceSet::new([audience("a"), audience("bb")]).unwrap()),
        Limit::signed_calls().with_tools(["pay"]).unwrap(),
    ])
    .unwrap()
}

fn link() -> Link {
    let lifetime = Lifetime::new(time(1), time(100)).unwrap();
    Link::new(
        TokenId::new(&[7; 9]).unwrap(),
        Holder::new(key(2)).with_name(label("orchestrator")),
        powers(),
        lifetime,
    )
    .with_limits(limits())
    .with_hops(3)
}

fn root() -> Root {
    let aliases = BTreeMap::from([
        (label("crm"), label("u17")),
        (label("tickets"), label("alice")),
    ]);
    Root {
        link: link(),
        issuer: "https://acme.example".parse().unwrap(),
        signed_by: key(1),
        principal: Principal::new(label("alice")).with_aliases(Aliases::new(aliases).unwrap()),
        purpose: Purpose::new(label("qbr"), label("acme"), "text"),
        grant: Some(AttestedGrant::template(
            label("bob"),
            time(3),
            Digest::hash("evidence"),
        )),
        task: "acme-qbr".parse().unwrap(),
        audience: RootAudience::Only(
            AudienceSet::new(["b", "aa"].map(|name| name.parse().unwrap())).unwrap(),
        ),
        life: Life::ExpiryOnly,
    }
}

fn least_root() -> Root {
    let link = Link::new(
        [1; 8],
        key(2),
        Powers::none(),
        Lifetime::new(time(0), time(1)).unwrap(),
    );
    Root {
        link,
        principal: label("a").into(),
        grant: None,
        audience: RootAudience::Anywhere,
        ..root()
    }
}

fn child() -> Child {
    Child {
        link: link(),
        parent: MandateId::from_bytes([5; 32]),
        step: "slides".parse().ok(),
        same_key: true,
    }
}

fn call() -> CallClaims {
    CallClaims {
        id: CallId::from_bytes([1; 16]),
        leaf: MandateId::from_bytes([2; 32]),
        request: RequestDigest::from_bytes([3; 32]),
        audience: "https://crm.example".parse().unwrap(),
        at: time(9),
    }
}

fn reads_back<C: Claims + PartialEq + std::fmt::Debug>(claims: &C) {
    assert_eq!(read_payload::<C>(&payload(claims), 0).as_ref(), Ok(claims));
}

#[test]
fn what_is_written_reads_back_as_it_was() {
    reads_back(&root());
    reads_back(&least_root());
    reads_back(&child());
    reads_back(&Child {
        step: None,
        same_key: false,
        ..child()
    });
    reads_back(&call());
}

/// Returns whether the bytes read. If they do, their claims must write the same bytes.
fn reads_one_way<C: Claims>(bytes: &[u8]) -> bool {
    match read_payload::<C>(bytes, 0) {
        Ok(claims) => {
            assert_eq!(payload(&claims), bytes);
            true
        }
        Err(_) => false,
    }
}

/// Replaces every byte of the payload by others, one at a time. Returns how many of the results
/// still read.
fn readable_neighbours<C: Claims>(claims: &C) -> usize {
    let good = payload(claims);
    let steps = [1_u8, 2, 0x10, 0x20, 0x60, 0x7f, 0x80, 0xff];
    let neighbours = (0..good.len()).flat_map(|at| steps.map(|step| (at, step)));
    neighbours
        .filter(|(at, step)| {
            let mut bytes = good.clone();
            bytes[*at] = bytes[*at].wrapping_add(*step);
            reads_one_way::<C>(&bytes)
        })
        .count()
}

#[test]
fn a_changed_byte_is_refused_or_changes_what_is_said() {
    let found = [
        readable_neighbours(&root()),
        readable_neighbours(&child()),
        readable_neighbours(&call()),
    ];
    assert!(found.iter().all(|readable| *readable > 500), "{found:?}");
}

/// Generates bytes to put into a payload: heads of every kind, and whole small items.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let items: [&[u8]; 14] = [
        &[0xf6],
        &[0xf5],
        &[0xf4],
        &[0x00],
        &[0x20],
        &[0x80],
        &[0xa0],
        &[0x40],
        &[0x60],
        &[0x18, 0x18],
        &[0x1b],
        &[0xc2, 0x49],
        &[0xc4, 0x82, 0x20],
        &[0x81, 0x00],
    ];
    prop_oneof![
        prop::sample::select(items.to_vec()).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 0..3),
    ]
}

fn edited(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), 0_usize..3, pieces());
    prop::collection::vec(edit, 1..4).prop_map(move |edits| {
        let mut bytes = good.clone();
        for (place, removed, put) in edits {
            let place = place.index(bytes.len() + 1);
            let end = (place + removed).min(bytes.len());
            bytes.splice(place..end, put);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_root_reads_one_way(bytes in edited(payload(&root()))) {
        reads_one_way::<Root>(&bytes);
    }

    #[test]
    fn an_edited_child_reads_one_way(bytes in edited(payload(&child()))) {
        reads_one_way::<Child>(&bytes);
    }

    #[test]
    fn an_edited_call_reads_one_way(bytes in edited(payload(&call()))) {
        reads_one_way::<CallClaims>(&bytes);
    }
}
