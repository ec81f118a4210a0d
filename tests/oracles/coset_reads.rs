//! What we write, `coset` reads: envelope, header, claims, and a signature over the bytes that it
//! says are signed.

use crate::examples;
use crate::examples::{Example, Told};
use ciborium::Value;
use coset::cwt::{ClaimName, ClaimsSet, Timestamp as CwtTime};
use coset::iana::EnumI64;
use coset::{
    Algorithm, CborSerializable, CoseKey, CoseSign1, KeyType, Label, TaggedCborSerializable, iana,
};
use mandatum::chain::{AcceptedGrants, Ceiling};
use mandatum::claims::{Child, NoticeHeader};
use mandatum::codec::Claims;
use mandatum::sign::Token;
use mandatum::{Anchor, CallClaims, Chain, Link, PublicKey, Root, Seconds, Timestamp, Verifier};

/// The claims of a token as `coset` reads them, once its header is right and its signature
/// verifies.
pub(crate) fn read<C: Claims>(token: &Token<C>, signer: &PublicKey) -> ClaimsSet {
    let message = CoseSign1::from_tagged_slice(token.as_bytes()).unwrap();

    let header = &message.protected.header;
    assert_eq!(
        header.alg,
        Some(Algorithm::Assigned(iana::Algorithm::EdDSA))
    );
    assert_eq!(
        header.rest,
        [(Label::Int(16), Value::from(C::TYPE.as_str()))]
    );
    let nothing_else = coset::Header {
        alg: None,
        rest: Vec::new(),
        ..header.clone()
    };
    assert!(nothing_else.is_empty() && message.unprotected.is_empty());

    let key = ed25519_dalek::VerifyingKey::from_bytes(signer.as_bytes()).unwrap();
    let verified = message.verify_signature(&[], |signature, signed| {
        key.verify_strict(signed, &ed25519_dalek::Signature::from_slice(signature)?)
    });
    assert!(verified.is_ok());

    ClaimsSet::from_slice(message.payload.as_deref().unwrap()).unwrap()
}

/// Our private claim, by its keys.
pub(crate) fn private(claims: &ClaimsSet) -> Vec<i128> {
    let ours = ClaimName::PrivateUse(-65537);
    let (_, value) = claims.rest.iter().find(|(name, _)| *name == ours).unwrap();
    value
        .as_map()
        .unwrap()
        .iter()
        .map(|(key, _)| key.as_integer().unwrap().into())
        .collect()
}

fn time(at: Timestamp) -> Option<CwtTime> {
    Some(CwtTime::WholeSeconds(at.as_unix().try_into().unwrap()))
}

pub(crate) fn assert_link(claims: &ClaimsSet, link: &Link) {
    assert_eq!(claims.expiration_time, time(link.lifetime.expires()));
    assert_eq!(claims.issued_at, time(link.lifetime.issued_at()));
    assert_eq!(claims.cwt_id.as_deref(), Some(link.id.as_bytes()));
    assert!(claims.subject.is_none() && claims.audience.is_none() && claims.not_before.is_none());

    let cnf = ClaimName::Assigned(iana::CwtClaimName::Cnf);
    let (_, confirmation) = claims.rest.iter().find(|(name, _)| *name == cnf).unwrap();
    let [(kind, key)] = &confirmation.as_map().unwrap()[..] else {
        panic!("one confirmation")
    };
    assert_eq!(*kind, Value::from(1));
    let key = CoseKey::from_slice(&crate::cbor::encode(key)).unwrap();
    assert_eq!(key.kty, KeyType::Assigned(iana::KeyType::OKP));
    let curve = Value::from(iana::EllipticCurve::Ed25519.to_i64());
    let x = Value::Bytes(link.holder.key.as_bytes().to_vec());
    assert_eq!(key.params, [(Label::Int(-1), curve), (Label::Int(-2), x)]);
    assert_eq!(claims.rest.len(), 2, "the holder's key and our own claim");
}

pub(crate) fn assert_root(token: &Token<Root>, signer: &PublicKey) -> ClaimsSet {
    let claims = read(token, signer);
    assert_eq!(
        claims.issuer.as_deref(),
        Some(token.claims().issuer.as_str())
    );
    assert_link(&claims, &token.claims().link);
    claims
}

pub(crate) fn assert_child(token: &Token<Child>, signer: &PublicKey) -> ClaimsSet {
    let claims = read(token, signer);
    assert_eq!(
        claims.issuer, None,
        "a child's issuer is its parent's holder, and never named"
    );
    assert_link(&claims, &token.claims().link);
    claims
}

pub(crate) fn assert_call(token: &Token<CallClaims>, signer: &PublicKey) {
    let (claims, call) = (read(token, signer), token.claims());
    assert_eq!(claims.audience.as_deref(), Some(call.audience.as_str()));
    assert_eq!(claims.issued_at, time(call.at));
    assert_eq!(claims.cwt_id.as_deref(), Some(&call.id.as_bytes()[..]));
    assert!(claims.issuer.is_none() && claims.subject.is_none());
    assert!(claims.expiration_time.is_none() && claims.not_before.is_none());
    assert_eq!(private(&claims), [0, 1]);
    let ours =
        [call.leaf.as_bytes(), call.request.as_bytes()].map(|digest| Value::Bytes(digest.to_vec()));
    let found: Vec<Value> = claims.rest[0]
        .1
        .as_map()
        .unwrap()
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    assert_eq!(found, ours);
}

/// What was said is as `coset` reads it: when, under which id, by whom; and the terms, by their
/// keys.
fn assert_said<C: Claims>(told: &Told<C>, said: &NoticeHeader) -> Vec<(i128, Value)> {
    let claims = read(&told.token, &told.signer);
    assert_eq!(claims.issued_at, time(said.at));
    assert_eq!(claims.cwt_id.as_deref(), Some(said.id.as_bytes()));
    assert!(claims.issuer.is_none() && claims.subject.is_none() && claims.audience.is_none());
    assert!(claims.expiration_time.is_none() && claims.not_before.is_none());
    assert_eq!(claims.rest.len(), 1, "our own claim");
    let ours = claims.rest[0].1.as_map().unwrap();
    let terms: Vec<(i128, Value)> = ours
        .iter()
        .map(|(key, value)| (key.as_integer().unwrap().into(), value.clone()))
        .collect();
    assert_eq!(terms[0], (0, Value::Bytes(told.signer.as_bytes().to_vec())));
    terms
}

#[test]
fn an_approval_says_what_the_format_says() {
    let told = examples::approval();
    let approval = told.token.claims();
    let digest = |bytes: &[u8; 32]| Value::Bytes(bytes.to_vec());
    let expected = [
        (1, digest(approval.leaf.as_bytes())),
        (2, digest(approval.call.as_bytes())),
        (3, digest(approval.request.as_bytes())),
        (4, approval.audience.as_str().into()),
        (5, approval.expires.as_unix().into()),
    ];
    assert_eq!(assert_said(&told, &approval.header)[1..], expected);
}

#[test]
fn receipts_say_what_the_format_says() {
    let all = examples::receipts();
    let terms: Vec<Vec<(i128, Value)>> = all
        .iter()
        .map(|told| assert_said(told, &told.token.claims().header))
        .collect();
    let keys: Vec<Vec<i128>> = terms
        .iter()
        .map(|terms| terms.iter().map(|(key, _)| *key).collect())
        .collect();
    assert_eq!(keys, [vec![0, 1, 4], vec![0, 1, 2, 3, 4], vec![0, 1, 2, 4]]);
    for (place, pair) in (1..).zip(all.windows(2).zip(terms.windows(2))) {
        let (tokens, terms) = pair;
        let before = blake3::hash(tokens[0].token.as_bytes());
        assert_eq!(terms[1][1], (1, Value::from(place)), "its number");
        assert_eq!(
            terms[1][2],
            (2, Value::Bytes(before.as_bytes().to_vec())),
            "the entry before"
        );
    }
    let event = |entry: usize| terms[entry].last().unwrap().1.as_array().unwrap().clone();
    let [kind, call, request, _, server, at, charges, approvals] = &event(0)[..] else {
        panic!("eight parts")
    };
    assert_eq!(
        (kind, server, at),
        (
            &0.into(),
            &"https://crm.example".into(),
            &examples::NOW.into()
        )
    );
    let half = Value::Tag(4, Box::new(Value::Array(vec![(-1).into(), 5.into()])));
    let amounts: Vec<Option<Value>> = charges
        .as_array()
        .unwrap()
        .iter()
        .map(|charge| charge.as_array().unwrap().get(1).cloned())
        .collect();
    assert_eq!(amounts, [Some(half), None, None], "a sum, a rate, a group");
    assert_eq!(approvals.as_array().unwrap().len(), 1);
    assert_eq!(
        event(1),
        [1.into(), call.clone(), request.clone(), 2.into()]
    );
    assert_eq!(event(2), [2.into()]);
}

#[test]
fn the_tokens_that_say_least() {
    let Example {
        root,
        child,
        call,
        signers: [issuer, orchestrator, helper],
    } = Example::least();
    assert_eq!(
        private(&assert_root(&root, &issuer)),
        [0, 2, 4, 5, 6, 7, 9, 13]
    );
    assert_eq!(private(&assert_child(&child, &orchestrator)), [0, 11]);
    assert_call(&call, &helper);
}

#[test]
fn the_tokens_that_say_everything() {
    let Example {
        root,
        child,
        call,
        signers: [issuer, orchestrator, holder],
    } = Example::fullest();
    assert_eq!(
        private(&assert_root(&root, &issuer)),
        (0..=10).chain([12, 13]).collect::<Vec<_>>()
    );
    assert_eq!(
        private(&assert_child(&child, &orchestrator)),
        [0, 1, 2, 3, 4, 5, 11]
    );
    assert_call(&call, &holder);
}

/// Each bit of a signed token matters: with any of them flipped it is signed by nobody, to `coset`
/// and to us.
#[test]
fn a_token_with_any_bit_flipped_is_nobodys() {
    let Example {
        root,
        signers: [issuer, ..],
        ..
    } = Example::least();
    let anchor = Anchor::new(
        root.claims().issuer.clone(),
        issuer,
        Ceiling::Unlimited,
        Seconds::hours(1),
    )
    .unwrap();
    let verifier = Verifier::new([anchor])
        .unwrap()
        .dangerous_effects_as_stated()
        .with_grants(AcceptedGrants::dangerous_any_or_none());
    let ours = |bytes: &[u8]| {
        let root = Token::from_bytes(bytes).map(Chain::from);
        root.is_ok_and(|chain| verifier.verify(&chain).is_ok())
    };
    let key = ed25519_dalek::VerifyingKey::from_bytes(issuer.as_bytes()).unwrap();
    let theirs = |bytes: &[u8]| {
        CoseSign1::from_tagged_slice(bytes).is_ok_and(|message| {
            let signature = ed25519_dalek::Signature::from_slice(&message.signature);
            signature.is_ok_and(|signature| {
                key.verify_strict(&message.tbs_data(&[]), &signature)
                    .is_ok()
            })
        })
    };
    assert!(ours(root.as_bytes()) && theirs(root.as_bytes()));
    for bit in 0..root.as_bytes().len() * 8 {
        let mut bytes = root.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!ours(&bytes) && !theirs(&bytes), "bit {bit}");
    }
}
