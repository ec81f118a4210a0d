//! What `coset` writes from the format's text alone, we read, verify and decide on.

use crate::cbor::encode;
use crate::examples::NOW;
use ciborium::Value;
use coset::iana::CwtClaimName;
use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ed25519_dalek::{Signer, SigningKey};
use mandatum::chain::Ceiling;
use mandatum::denial::{DenialKind, DenialPlace};
use mandatum::{
    Action, Anchor, Audience, DecisionContext, DenialCode, Effect, MemoryLedger, PublicKey,
    Register, Seconds, ServerContext, Timestamp, Verifier,
};

const CRM: &str = "https://crm.example";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn map(entries: Vec<(i64, Value)>) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect(),
    )
}

fn bytes(of: impl AsRef<[u8]>) -> Value {
    Value::Bytes(of.as_ref().to_vec())
}

/// `{ 1: { 1: 1, -1: 6, -2: bstr .size 32 } }`
fn confirmation(key: &SigningKey) -> Value {
    let x = bytes(key.verifying_key().to_bytes());
    map(vec![(1, map(vec![(1, 1.into()), (-1, 6.into()), (-2, x)]))])
}

/// `[ { 0: tool, 1: effect, 2: { key => [ 1, values ] }, 5: true } ]`: reading these accounts,
/// which may be passed on.
fn powers(accounts: &[&str]) -> Value {
    let one_of = Value::Array(vec![
        1.into(),
        Value::Array(accounts.iter().map(|account| (*account).into()).collect()),
    ]);
    let arguments = Value::Map(vec![("account".into(), one_of)]);
    Value::Array(vec![map(vec![
        (0, "crm.read".into()),
        (1, 0.into()),
        (2, arguments),
        (5, true.into()),
    ])])
}

fn header(typ: &str, alg: iana::Algorithm) -> coset::Header {
    HeaderBuilder::new()
        .algorithm(alg)
        .value(16, typ.into())
        .build()
}

/// Claims, in deterministic order, signed by `coset`.
fn sign(header: coset::Header, claims: coset::cwt::ClaimsSet, by: &SigningKey) -> Vec<u8> {
    let payload = encode(&crate::cbor::decode(&claims.to_vec().unwrap()));
    CoseSign1Builder::new()
        .protected(header)
        .payload(payload)
        .create_signature(&[], |signed| by.sign(signed).to_bytes().to_vec())
        .build()
        .to_tagged_vec()
        .unwrap()
}

fn registered(holder: &SigningKey, lives: i64, ours: Value) -> coset::cwt::ClaimsSetBuilder {
    let now = i64::try_from(NOW).unwrap();
    coset::cwt::ClaimsSetBuilder::new()
        .expiration_time(coset::cwt::Timestamp::WholeSeconds(now + lives))
        .issued_at(coset::cwt::Timestamp::WholeSeconds(now))
        .cwt_id(vec![5; 16])
        .claim(CwtClaimName::Cnf, confirmation(holder))
        .private_claim(-65537, ours)
}

fn root(typ: &str, alg: iana::Algorithm) -> Vec<u8> {
    let digest = || bytes([7; 32]);
    let ours = map(vec![
        (0, powers(&["acme", "globex"])),
        (2, 1.into()),
        (4, "acme-qbr".into()),
        (5, Value::Array(vec![CRM.into()])),
        (6, Value::Null),
        (7, "alice".into()),
        (9, Value::Array(vec!["qbr".into(), "acme".into(), digest()])),
        (
            10,
            Value::Array(vec![0.into(), "alice".into(), NOW.into(), digest()]),
        ),
        (13, bytes(key(1).verifying_key().to_bytes())),
    ]);
    let claims = registered(&key(2), 3600, ours)
        .issuer("https://acme.example".into())
        .build();
    sign(header(typ, alg), claims, &key(1))
}

fn child(parent: &[u8]) -> Vec<u8> {
    let ours = map(vec![
        (0, powers(&["acme"])),
        (11, bytes(blake3::hash(parent).as_bytes())),
    ]);
    let claims = registered(&key(3), 60, ours).build();
    sign(
        header("mandate2+cwt", iana::Algorithm::EdDSA),
        claims,
        &key(2),
    )
}

fn call(leaf: &[u8], account: &str) -> Vec<u8> {
    let request = Value::Array(vec![
        "crm.read".into(),
        Value::Map(vec![("account".into(), account.into())]),
    ]);
    let request = blake3::derive_key("mandatum 2026-12 request", &encode(&request));
    let ours = map(vec![
        (0, bytes(blake3::hash(leaf).as_bytes())),
        (1, bytes(request)),
    ]);
    let claims = coset::cwt::ClaimsSetBuilder::new()
        .audience(CRM.into())
        .issued_at(coset::cwt::Timestamp::WholeSeconds(NOW.try_into().unwrap()))
        .cwt_id(vec![9; 16])
        .private_claim(-65537, ours)
        .build();
    sign(
        header("mandate2-call+cwt", iana::Algorithm::EdDSA),
        claims,
        &key(3),
    )
}

/// `[ chain, call-token ]`, laid together by hand: the heads of arrays of two are one byte each.
fn proof(root: &[u8], account: &str) -> Vec<u8> {
    let child = child(root);
    let call = call(&child, account);
    [&[0x82, 0x82], root, &child, &call].concat()
}

fn check(proof: &[u8], account: &str) -> Result<mandatum::Unsettled, mandatum::Denial> {
    let issuer = PublicKey::ed25519(key(1).verifying_key().to_bytes()).unwrap();
    let anchor = Anchor::new(
        "https://acme.example".parse().unwrap(),
        issuer,
        Ceiling::Unlimited,
        Seconds::hours(8),
    );
    let now = Timestamp::from_unix(NOW).unwrap();
    let action = Action::new("crm.read", [("account", account)], Effect::Read).unwrap();
    let context = DecisionContext::new(
        ServerContext::new(now, Audience::new(CRM).unwrap()),
        Register::none(),
    );
    Verifier::new([anchor.unwrap()])
        .unwrap()
        .dangerous_effects_as_stated()
        .check(proof, &action, &context)
}

#[test]
fn a_chain_of_theirs_permits_what_it_says() {
    let root = root("mandate2-root+cwt", iana::Algorithm::EdDSA);
    let unsettled = check(&proof(&root, "acme"), "acme").unwrap();
    let now = Timestamp::from_unix(NOW).unwrap();
    let permit = MemoryLedger::new(1).settle(unsettled, now).unwrap();
    assert_eq!(
        permit.valid_until(),
        Timestamp::from_unix(NOW + 60).unwrap()
    );
    assert!(permit.start(now).is_ok());
}

#[test]
fn a_chain_of_theirs_permits_nothing_else() {
    let root = root("mandate2-root+cwt", iana::Algorithm::EdDSA);
    let denial = check(&proof(&root, "globex"), "globex").unwrap_err();
    assert_eq!(
        (denial.code(), denial.place()),
        (DenialCode::ArgumentRefused, DenialPlace::Link(1))
    );
    let denial = check(&proof(&root, "acme"), "globex").unwrap_err();
    assert_eq!(denial.kind(), DenialKind::NotPermitted);
}

/// The fully specified name of the algorithm (RFC 9864) is read as well, and no other name is.
#[test]
fn their_algorithm_may_go_by_its_new_name() {
    let root = |alg| root("mandate2-root+cwt", alg);
    assert!(check(&proof(&root(iana::Algorithm::Ed25519), "acme"), "acme").is_ok());
    let denial = check(&proof(&root(iana::Algorithm::ES256), "acme"), "acme").unwrap_err();
    assert_eq!(denial.code(), DenialCode::HeaderNotAccepted);
}

/// A root's words under a child's type are no root, whoever signed them.
#[test]
fn their_token_of_another_type_is_refused() {
    let root = root("mandate2+cwt", iana::Algorithm::EdDSA);
    assert_eq!(
        check(&proof(&root, "acme"), "acme").unwrap_err().code(),
        DenialCode::WrongTokenType
    );
}
