//! Values: bytes written by hand are read as the value they mean, and that value is written as
//! these bytes.

use super::{capability, constraint, with_capability};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::story::{encoded_powers, powers};
use mandatum::primitives::{Number, Value};
use mandatum::{Capability, Constraint, Effect, ExecutionProof};

/// A tagged number of sixteen bytes: 2 for what is not negative, 3 for −1 less it.
fn big(tag: u64, number: u128) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap();
    cbor::tag(tag, cbor::bytes(&bytes[first..]))
}

fn whole(number: i128) -> Value {
    Number::new(number, 0).unwrap().into()
}

/// Values, each with its bytes.
fn values() -> Vec<(Value, Vec<u8>)> {
    let two_to = |power: u32| 1_u128 << power;
    let minus = |power: u32, more: i128| whole(-(1_i128 << power) + more);
    vec![
        (Value::Null, cbor::null()),
        (Value::from(false), cbor::bool(false)),
        (Value::from(true), cbor::bool(true)),
        (Value::from(""), cbor::text("")),
        (Value::from("é"), cbor::text("é")),
        (Value::Bytes(vec![]), cbor::bytes([])),
        (Value::Bytes(vec![0, 255]), cbor::bytes([0, 255])),
        (Value::List(vec![]), cbor::array::<Vec<u8>>([])),
        (
            Value::List(vec![Value::Null, Value::from(false)]),
            cbor::array([cbor::null(), cbor::bool(false)]),
        ),
        (
            Value::Map([("a".to_owned(), Value::from(false))].into()),
            Map::of_texts([("a", cbor::bool(false))]).bytes(),
        ),
        (whole(0), cbor::int(0)),
        (whole(-1), cbor::int(-1)),
        (whole(-256), cbor::int(-256)),
        (whole(i128::from(i64::MAX)), cbor::int(i64::MAX)),
        (minus(63, 0), cbor::int(i64::MIN)),
        (minus(63, -1), cbor::head(1, 1 << 63)),
        (whole(i128::from(u64::MAX)), cbor::head(0, u64::MAX)),
        (minus(64, 1), cbor::head(1, u64::MAX - 1)),
        (minus(64, 0), cbor::head(1, u64::MAX)),
        (whole(1 << 64), big(2, two_to(64))),
        (minus(64, -1), big(3, two_to(64))),
        (minus(64, -2), big(3, two_to(64) + 1)),
        (whole(i128::MAX), big(2, two_to(127) - 1)),
        (whole(i128::MIN + 1), big(3, two_to(127) - 2)),
        (whole(i128::MIN), big(3, two_to(127) - 1)),
        (
            "-0.5".parse::<Number>().unwrap().into(),
            cbor::tag(4, cbor::array([cbor::int(-1), cbor::int(-5)])),
        ),
    ]
}

#[test]
fn a_value_has_these_bytes_and_these_bytes_this_value() {
    for (value, bytes) in values() {
        let by_hand = capability().set(
            2,
            Map::of_texts([("account", constraint(1, cbor::array([bytes])))]).bytes(),
        );
        let one_of = Constraint::one_of([value.clone()]).unwrap();
        let meant = Capability::new("crm.read", Effect::Read)
            .unwrap()
            .require("account", one_of)
            .unwrap()
            .allow_delegation();
        let proof = ExecutionProof::from_bytes(&with_capability(&by_hand)).unwrap();
        assert_eq!(
            proof.chain().leaf().powers,
            powers([meant.clone()]),
            "{value}"
        );
        assert_eq!(
            encoded_powers(powers([meant])),
            cbor::array([by_hand.bytes()]),
            "{value}"
        );
    }
}
