//! What bad input gets: one broken rule of the format a row, with its fault and, where a row says
//! so, its place.

mod chaos;
mod claims;
mod envelope;
mod foreign;
mod numbers;
mod order;
mod powers;
mod sizes;
mod spelling;
mod spending;
mod types;
mod values;

use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, proof_bytes};
use crate::support::story::{call_under, child_of, here, proof, reading, root, verifier};
use mandatum::codec::CodecErrorKind;
use mandatum::denial::{DenialKind, DenialPlace};
use mandatum::{Denial, DenialCode, ExecutionProof};

/// Bytes that are no execution proof, and what they get.
pub(crate) struct Row {
    name: &'static str,
    bytes: Vec<u8>,
    kind: CodecErrorKind,
    at: Option<usize>,
}

fn row(name: &'static str, bytes: Vec<u8>, fault: impl Into<CodecErrorKind>) -> Row {
    Row {
        name,
        bytes,
        kind: fault.into(),
        at: None,
    }
}

impl Row {
    /// The fault is found where these bytes begin, which the proof has once.
    fn at(self, needle: &[u8]) -> Self {
        let places: Vec<usize> = self
            .bytes
            .windows(needle.len())
            .enumerate()
            .filter(|(_, window)| *window == needle)
            .map(|(at, _)| at)
            .collect();
        let [at] = places[..] else {
            panic!("{}: the needle is there {} times", self.name, places.len())
        };
        Self {
            at: Some(at),
            ..self
        }
    }

    /// What is other than the row says.
    fn failure(&self) -> Option<String> {
        match ExecutionProof::from_bytes(&self.bytes) {
            Err(error) if error.kind == self.kind && self.at.is_none_or(|at| at == error.at) => {
                None
            }
            Err(error) => Some(format!(
                "{}: {error:?} instead of {:?} at {:?}",
                self.name, self.kind, self.at
            )),
            Ok(_) => Some(format!(
                "{}: it is read, instead of {:?}",
                self.name, self.kind
            )),
        }
    }

    /// The fault is found at this byte.
    fn at_byte(self, at: usize) -> Self {
        Self {
            at: Some(at),
            ..self
        }
    }
}

/// A chain of as many bytes as any may have.
pub(crate) fn chain_of_greatest_size() -> Vec<Vec<u8>> {
    sizes::chain_of_size(mandatum::bounds::MAX_CHAIN_BYTES)
}

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    let tokens = [
        envelope::rows(),
        types::rows(),
        spelling::rows(),
        claims::rows(),
    ];
    let within = [
        order::rows(),
        spending::rows(),
        powers::rows(),
        numbers::rows(),
        sizes::rows(),
    ];
    tokens.into_iter().chain(within).flatten().collect()
}

/// The codes that the rows reach.
pub(crate) fn codes() -> Vec<DenialCode> {
    rows()
        .iter()
        .map(|row| {
            verifier()
                .check(&row.bytes, &reading("acme"), &here())
                .unwrap_err()
                .code()
        })
        .collect()
}

#[test]
fn a_proof_with_which_everything_is_right_is_permitted() {
    assert!(
        verifier()
            .check(&proof(), &reading("acme"), &here())
            .is_ok()
    );
}

#[test]
fn every_row_gets_its_fault() {
    let failed: Vec<String> = rows().iter().filter_map(Row::failure).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_malformed_proof_is_denied_as_such() {
    for row in rows() {
        let denial = verifier()
            .check(&row.bytes, &reading("acme"), &here())
            .expect_err(row.name);
        assert_eq!(
            (denial.place(), denial.kind()),
            (DenialPlace::Bytes, DenialKind::Malformed),
            "{}",
            row.name
        );
        let error = ExecutionProof::from_bytes(&row.bytes).expect_err(row.name);
        assert_eq!(denial.code(), Denial::from(error).code(), "{}", row.name);
    }
}

/// The proof with this root.
fn with_root(root: &Forge) -> Vec<u8> {
    with_token(0, root.token())
}

/// The proof with this child.
fn with_child(child: &Forge) -> Vec<u8> {
    with_token(1, child.token())
}

/// The proof with this call.
fn with_call(call: &Forge) -> Vec<u8> {
    with_token(2, call.token())
}

/// The proof with one of its tokens (root, child, call) replaced.
fn with_token(place: usize, token: Vec<u8>) -> Vec<u8> {
    let mut tokens = [
        good_root().token(),
        good_child().token(),
        good_call().token(),
    ];
    tokens[place] = token;
    let [root, child, call] = tokens;
    proof_bytes(&[root, child], &call)
}

fn good_root() -> Forge {
    root()
}

fn good_child() -> Forge {
    child_of(&root().token())
}

fn good_call() -> Forge {
    call_under(&good_child().token())
}

/// The proof with these capabilities in its child.
fn with_powers(capabilities: &[Vec<u8>]) -> Vec<u8> {
    with_child(&good_child().term(0, cbor::array(capabilities)))
}

/// The proof with one capability in its child.
fn with_capability(capability: &Map) -> Vec<u8> {
    with_powers(&[capability.bytes()])
}

/// Reading the CRM, without arguments.
fn capability() -> Map {
    Map::of([
        (0, cbor::text("crm.read")),
        (1, cbor::int(0)),
        (5, cbor::bool(true)),
    ])
}

/// The proof with this constraint on the one argument of its child's one capability.
fn with_constraint(constraint: &[u8]) -> Vec<u8> {
    with_capability(&capability().set(2, Map::of_texts([("account", constraint.to_vec())]).bytes()))
}

/// A constraint of a kind.
fn constraint(kind: i64, content: Vec<u8>) -> Vec<u8> {
    cbor::array([cbor::int(kind), content])
}

/// The proof with a set of these values in a constraint.
fn with_values(values: &[Vec<u8>]) -> Vec<u8> {
    with_constraint(&constraint(1, cbor::array(values)))
}

/// The proof with this number as the upper end of a range.
fn with_number(number: Vec<u8>) -> Vec<u8> {
    with_constraint(&constraint(3, Map::of([(2, number)]).bytes()))
}

/// The proof with these limits in its child.
fn with_limits(limits: &[Vec<u8>]) -> Vec<u8> {
    with_child(&good_child().term(1, cbor::array(limits)))
}
