//! Deterministic CBOR (RFC 8949 section 4.2.1), by `ciborium` and a sort.

use crate::examples;
use crate::examples::Example;
use ciborium::Value;
use mandatum::claims::ReceiptEvent;
use mandatum::primitives::MandateId;
use mandatum::{Action, Audience, Call, Chain, Effect, ExecutionProof};

pub(crate) fn decode(bytes: &[u8]) -> Value {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).unwrap();
    assert!(rest.is_empty(), "one item and nothing after it");
    value
}

/// The one deterministic encoding of a value. `ciborium` writes the shortest heads and definite
/// lengths; the order of keys is ours to say, here once more and from the text of the RFC.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(&sorted(value), &mut bytes).unwrap();
    bytes
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Tag(tag, inner) => Value::Tag(*tag, Box::new(sorted(inner))),
        Value::Map(entries) => {
            let mut entries: Vec<(Value, Value)> = entries
                .iter()
                .map(|(key, value)| (sorted(key), sorted(value)))
                .collect();
            entries.sort_by_cached_key(|(key, _)| encode(key));
            assert!(
                entries.windows(2).all(|pair| pair[0].0 != pair[1].0),
                "a key stands twice"
            );
            Value::Map(entries)
        }
        Value::Float(float) => panic!("{float}: no floats in anything signed"),
        scalar => scalar.clone(),
    }
}

/// A token's bytes, and those of its protected header and payload, are what a generic encoder makes
/// of their values.
pub(crate) fn assert_deterministic(token: &[u8]) {
    let value = decode(token);
    assert_eq!(encode(&value), token);
    let parts = value.into_tag().unwrap().1.into_array().unwrap();
    for inner in [&parts[0], &parts[2]] {
        let bytes = inner.as_bytes().unwrap();
        assert_eq!(&encode(&decode(bytes)), bytes);
    }
}

#[test]
fn tokens_are_what_a_generic_encoder_makes_of_their_values() {
    for Example {
        root, child, call, ..
    } in [Example::least(), Example::fullest()]
    {
        [root.as_bytes(), child.as_bytes(), call.as_bytes()]
            .into_iter()
            .for_each(assert_deterministic);
    }
    assert_deterministic(examples::approval().token.as_bytes());
    examples::receipts()
        .iter()
        .for_each(|told| assert_deterministic(told.token.as_bytes()));
}

/// An account's digest is over an encoding that the format names.
#[test]
fn accounts_are_over_deterministic_encodings() {
    let receipts = examples::receipts();
    let ReceiptEvent::Started(started) = &receipts[0].token.claims().event else {
        panic!("a start")
    };
    let group = |tool: &str| Value::Array(vec![tool.into()]);
    let source = Value::Map(vec![(0.into(), Value::Array(vec!["amount".into()]))]);
    let counts: [Vec<Value>; 3] = [
        vec![
            1.into(),
            Value::Array(vec![source]),
            Value::Null,
            Value::Null,
        ],
        vec![2.into(), 1.into(), 1.into()],
        vec![3.into(), Value::Array(vec![group("pay"), group("crm.*")])],
    ];
    let accounts = counts.map(|counts| {
        let parts = vec![
            "eu-1".into(),
            "acme".into(),
            Value::Null,
            "travel".into(),
            Value::Array(counts),
        ];
        blake3::derive_key("mandatum 2026-12 account", &encode(&Value::Array(parts)))
    });
    let found: Vec<[u8; 32]> = started
        .charges
        .iter()
        .map(|(account, _)| *account.as_bytes())
        .collect();
    assert_eq!(found, accounts);
}

#[test]
fn chains_and_proofs_are_plain_arrays_of_tokens() {
    for Example {
        root, child, call, ..
    } in [Example::least(), Example::fullest()]
    {
        let tokens = [root.as_bytes(), child.as_bytes(), call.as_bytes()].map(decode);
        let chain = Chain::from(root).extend(child).unwrap();
        let array = Value::Array(tokens[..2].to_vec());
        assert_eq!(encode(&array), chain.to_bytes());
        let proof = ExecutionProof::new(chain, call);
        assert_eq!(
            encode(&Value::Array(vec![array, tokens[2].clone()])),
            proof.to_bytes()
        );
    }
}

/// The two digests of a call are over encodings that the format names; `ciborium` makes the same
/// bytes of them.
#[test]
fn digests_are_over_deterministic_encodings() {
    let bytes = |of: &[u8]| Value::Bytes(of.to_vec());
    let arguments = [("account", -7), ("n", 1 << 40)];
    let call = Call::new(
        [2; 16],
        Action::new("crm.read", arguments, Effect::Read).unwrap(),
    );
    // By their encodings the shorter name comes first.
    let map = Value::Map(
        arguments
            .map(|(name, value)| (name.into(), value.into()))
            .to_vec(),
    );
    let request = blake3::derive_key(
        "mandatum 2026-12 request",
        &encode(&Value::Array(vec!["crm.read".into(), map])),
    );
    assert_eq!(call.request().as_bytes(), &request);

    let (leaf, audience) = (
        MandateId::from_bytes([1; 32]),
        Audience::new("crm").unwrap(),
    );
    let parts = vec![bytes(&[1; 32]), bytes(&[2; 16]), "crm".into()];
    let key = blake3::derive_key("mandatum 2026-12 call key", &encode(&Value::Array(parts)));
    assert_eq!(call.key(&leaf, &audience).as_bytes(), &key);
}

/// A mandate is known by the hash of its exact bytes.
#[test]
fn a_mandate_is_known_by_the_hash_of_its_bytes() {
    let Example {
        root, child, call, ..
    } = Example::fullest();
    assert_eq!(
        child.claims().parent.as_bytes(),
        blake3::hash(root.as_bytes()).as_bytes()
    );
    assert_eq!(
        call.claims().leaf.as_bytes(),
        blake3::hash(child.as_bytes()).as_bytes()
    );
}
