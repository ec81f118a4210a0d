//! Budgets, rates, exclusive groups and gates by hand.

use super::cbor;
use super::cbor::Map;
use super::forge::{Forge, notice};
use super::order::{limit, ordered};
use super::story::NOW;

/// The ledger of the story.
pub(crate) const LEDGER: &str = "eu-1";

/// The lines of a budget, as they stand here.
pub(crate) fn lines(lines: &[(&str, Vec<u8>)]) -> Vec<u8> {
    Map(lines
        .iter()
        .map(|(ledger, max)| (cbor::text(ledger), max.clone()))
        .collect())
    .bytes()
}

/// So many calls.
pub(crate) fn calls(max: i64) -> Map {
    Map::of([
        (0, cbor::text("calls")),
        (1, lines(&[(LEDGER, cbor::int(max))])),
    ])
}

/// So much of `amount`.
pub(crate) fn sum(max: i64) -> Map {
    calls(max)
        .set(0, cbor::text("travel"))
        .set(2, cbor::array([source(&["amount"]).bytes()]))
}

/// The path by these names.
pub(crate) fn path(names: &[&str]) -> Vec<u8> {
    cbor::array(
        names
            .iter()
            .map(|name| cbor::text(name))
            .collect::<Vec<_>>(),
    )
}

/// The amounts at this path.
pub(crate) fn source(names: &[&str]) -> Map {
    Map::of([(0, path(names))])
}

/// For each value of `order`, which is remembered for so long.
pub(crate) fn per_order(remember: i64) -> Map {
    Map::of([(0, path(&["order"])), (1, cbor::int(remember))])
}

pub(crate) fn budget(budget: &Map) -> Vec<u8> {
    limit(8, budget.bytes())
}

/// The four parts of a rate.
pub(crate) fn rate_parts(burst: i64, per: i64) -> [Vec<u8>; 4] {
    [
        cbor::text("pace"),
        cbor::text(LEDGER),
        cbor::int(burst),
        cbor::int(per),
    ]
}

pub(crate) fn rate(burst: i64, per: i64) -> Vec<u8> {
    limit(9, cbor::array(rate_parts(burst, per)))
}

pub(crate) fn group(tools: &[&str]) -> Vec<u8> {
    cbor::array(
        tools
            .iter()
            .map(|tool| cbor::text(tool))
            .collect::<Vec<_>>(),
    )
}

pub(crate) fn exclusive(groups: &[Vec<u8>]) -> Vec<u8> {
    limit(
        10,
        cbor::array([cbor::text("duty"), cbor::text(LEDGER), cbor::array(groups)]),
    )
}

/// So many of these must approve, by the seeds of their keys.
pub(crate) fn needing(needed: i64, approvers: &[u8]) -> Map {
    let approvers = cbor::array(ordered(approvers.iter().copied()));
    Map::of([(0, approvers), (1, cbor::int(needed)), (2, cbor::int(300))])
}

pub(crate) fn gate(gate: &Map) -> Vec<u8> {
    limit(11, gate.bytes())
}

/// An approval of a call under this leaf at this server, as of now and for an hour.
pub(crate) fn approval(
    by: u8,
    leaf: &[u8; 32],
    [call, request]: [&[u8; 32]; 2],
    server: &str,
) -> Forge {
    let [leaf, call, request] = [leaf, call, request].map(cbor::bytes);
    let terms = [
        (1, leaf),
        (2, call),
        (3, request),
        (4, cbor::text(server)),
        (5, cbor::int(NOW + 3600)),
    ];
    notice("mandate2-approval+cwt", by, terms)
}
