//! What a cache says that chains take is never less than what they do take.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]

#[path = "../benches/world/mod.rs"]
mod world;

use mandatum::chain::{Ceiling, ChainCache};
use mandatum::limits::{AudienceSet, LimitRule, Scope, ToolSet, Window};
use mandatum::powers::{ArgumentRules, UrlRule};
use mandatum::primitives::Value;
use mandatum::{
    Anchor, Audience, Capability, Chain, Constraint, Effect, Limit, Limits, Powers, Seconds,
    Verifier,
};
use std::collections::BTreeMap;
use world::{World, key};

/// Bytes on the heap that a cache takes for a chain, and what it says. The chain comes as bytes, so
/// that it shares nothing.
fn taken(chain: &Chain, verifier: &Verifier) -> (usize, usize) {
    let (bytes, cache) = (chain.to_bytes(), ChainCache::new(usize::MAX));
    let keep = || {
        drop(
            verifier
                .verify_cached(&Chain::from_bytes(&bytes).unwrap(), &cache)
                .unwrap(),
        );
    };
    let counted = allocation_counter::measure(keep);
    assert_eq!(cache.len(), 1);
    (
        usize::try_from(counted.bytes_current).unwrap(),
        cache.bytes(),
    )
}

fn any_of(clause: &Constraint, count: usize) -> Constraint {
    Constraint::any_of(vec![clause.clone(); count]).unwrap()
}

/// A value of maps, or of lists, as deep and as many as fit.
fn nested(maps: bool) -> Value {
    let mut value = Value::Null;
    for _ in 0..14 {
        value = if maps {
            Value::Map(BTreeMap::from([(String::new(), value)]))
        } else {
            Value::List(vec![value])
        };
    }
    Value::List(vec![value; 60])
}

fn hostile() -> Vec<(&'static str, Constraint, usize)> {
    let url = UrlRule::https("a").unwrap();
    let mut records = Constraint::any();
    let mut each = Constraint::any();
    for _ in 0..6 {
        records =
            Constraint::record(ArgumentRules::closed().require("", records).unwrap()).unwrap();
        each = Constraint::each(each).unwrap();
    }
    vec![
        ("anything", any_of(&Constraint::any(), 256), 12),
        (
            "clauses of one",
            any_of(&any_of(&Constraint::any(), 1), 200),
            8,
        ),
        ("lists", any_of(&each, 100), 6),
        ("records", any_of(&records, 60), 4),
        ("URLs", any_of(&Constraint::url(url), 100), 5),
        (
            "patterns",
            any_of(&Constraint::pattern("").unwrap(), 256),
            8,
        ),
        (
            "maps in values",
            Constraint::one_of([nested(true)]).unwrap(),
            6,
        ),
        (
            "lists in values",
            Constraint::one_of([nested(false)]).unwrap(),
            10,
        ),
        (
            "numbers",
            Constraint::one_of((0..256).map(Value::from)).unwrap(),
            12,
        ),
    ]
}

#[test]
fn an_estimate_is_never_less_than_what_a_hostile_chain_takes() {
    for (what, constraint, arguments) in hostile() {
        let capability = (0..arguments).fold(
            Capability::new("a", Effect::Read)
                .unwrap()
                .allow_delegation(),
            |tool, name| tool.require(&name.to_string(), constraint.clone()).unwrap(),
        );
        let world = World::with_powers(Powers::new([capability]).unwrap());
        let anchor = Anchor::new(
            world.anchor.issuer().clone(),
            key(0).public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        )
        .unwrap();
        let (takes, said) = taken(&world.chain(1), &Verifier::new([anchor]).unwrap());
        assert!(takes <= said, "{what}: {takes} bytes, and {said} are said");
        assert!(
            said <= 6 * takes,
            "{what}: {takes} bytes, and {said} are said"
        );
    }
    let many = Powers::new((0..256).map(|name| {
        Capability::new(&name.to_string(), Effect::Read)
            .unwrap()
            .allow_delegation()
    }));
    let world = World::with_powers(many.unwrap());
    let (takes, said) = taken(&world.chain(16), &world.verifier);
    assert!(
        takes <= said && said <= 6 * takes,
        "{takes} bytes, and {said} are said"
    );
}

#[test]
fn an_estimate_is_never_less_than_what_limits_take() {
    let letters = || (b'a'..=b'z').map(|letter| char::from(letter).to_string());
    let tools = || {
        Scope::Tools(
            ToolSet::new(
                letters()
                    .chain(["crm.read".to_owned()])
                    .map(|tool| tool.parse().unwrap()),
            )
            .unwrap(),
        )
    };
    let scoped = Limits::new((0..32).map(|n| {
        let end = World::new().now.plus(Seconds::new(1_000 + n));
        Limit::new(tools(), LimitRule::Window(Window::closing(end))).unwrap()
    }));
    let audiences = Limits::new((0..32).map(|n| {
        Limit::audience(
            AudienceSet::new(letters().map(|name| Audience::new(&format!("{name}{n}")).unwrap()))
                .unwrap(),
        )
    }));
    let open = Capability::new("crm.read", Effect::Read)
        .unwrap()
        .allow_others()
        .allow_delegation();
    for limits in [scoped, audiences] {
        let mut world = World::with_powers(Powers::new([open.clone()]).unwrap());
        world.limits = limits.unwrap();
        let (takes, said) = taken(&world.chain(1), &world.verifier);
        assert!(
            takes <= said && said <= 10 * takes,
            "{takes} bytes, and {said} are said"
        );
    }
}

#[test]
fn an_estimate_is_at_most_ten_times_what_an_ordinary_chain_takes() {
    let world = World::new();
    for depth in [1, 4, 16] {
        let (takes, said) = taken(&world.chain(depth), &world.verifier);
        println!("{depth} links: {takes} bytes, {said} said");
        assert!(
            takes <= said && said <= 10 * takes,
            "{depth} links: {takes} bytes, and {said} are said"
        );
    }
}

#[test]
fn a_cache_holds_no_more_bytes_than_it_has_room_for() {
    let world = World::new();
    let one = ChainCache::new(usize::MAX);
    world
        .verifier
        .verify_cached(&world.numbered(0, 2), &one)
        .unwrap();
    let cache = ChainCache::new(5 * one.bytes() + 1);
    for number in 0..20 {
        world
            .verifier
            .verify_cached(&world.numbered(number, 2), &cache)
            .unwrap();
        assert!(cache.bytes() <= 5 * one.bytes() + 1);
        assert_eq!(cache.len(), usize::from(number + 1).min(5));
    }
}
