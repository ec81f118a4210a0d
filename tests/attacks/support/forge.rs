//! Tokens made by hand: any header, any claims, signed by any key.

use super::cbor;
use super::cbor::Map;
use super::order::public;
use super::story::{NOW, key};
use ciborium::Value;
use mandatum::claims::Child;
use mandatum::primitives::MandateId;
use mandatum::sign::Token;
use mandatum::{CallClaims, Chain, Digest};

pub(crate) const ROOT: &str = "mandate2-root+cwt";
pub(crate) const CHILD: &str = "mandate2+cwt";
pub(crate) const CALL: &str = "mandate2-call+cwt";
pub(crate) const MANDATE: i64 = -65537;

/// A token that is still being forged.
#[derive(Clone, Debug)]
pub(crate) struct Forge {
    pub(crate) protected: Vec<u8>,
    /// The encoded unprotected header.
    pub(crate) unprotected: Vec<u8>,
    pub(crate) claims: Map,
    /// What stands under our own claim.
    pub(crate) terms: Map,
    /// The seed of the key that signs.
    pub(crate) signer: u8,
}

impl Forge {
    pub(crate) fn new(typ: &str, claims: Map, terms: Map, signer: u8) -> Self {
        let protected = Map::of([(1, cbor::int(-8)), (16, cbor::text(typ))]).bytes();
        Self {
            protected,
            unprotected: Map::default().bytes(),
            claims,
            terms,
            signer,
        }
    }

    pub(crate) fn protected(self, header: Vec<u8>) -> Self {
        Self {
            protected: header,
            ..self
        }
    }

    pub(crate) fn claim(self, key: i64, value: Vec<u8>) -> Self {
        Self {
            claims: self.claims.set(key, value),
            ..self
        }
    }

    pub(crate) fn no_claim(self, key: i64) -> Self {
        Self {
            claims: self.claims.without(key),
            ..self
        }
    }

    pub(crate) fn term(self, key: i64, value: Vec<u8>) -> Self {
        Self {
            terms: self.terms.set(key, value),
            ..self
        }
    }

    pub(crate) fn no_term(self, key: i64) -> Self {
        Self {
            terms: self.terms.without(key),
            ..self
        }
    }

    /// A root that names this key of its issuer's, and is signed by it.
    pub(crate) fn issued_by(self, signer: u8) -> Self {
        self.term(13, public(signer)).signed_by(signer)
    }

    pub(crate) fn signed_by(self, signer: u8) -> Self {
        Self { signer, ..self }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        self.claims.clone().set(MANDATE, self.terms.bytes()).bytes()
    }

    pub(crate) fn token(&self) -> Vec<u8> {
        self.token_of(&self.payload())
    }

    /// The token with these bytes for a payload.
    pub(crate) fn token_of(&self, payload: &[u8]) -> Vec<u8> {
        cbor::tag(18, cbor::array(self.parts_of(payload)))
    }

    /// The four parts of the token, encoded.
    pub(crate) fn parts(&self) -> [Vec<u8>; 4] {
        self.parts_of(&self.payload())
    }

    fn parts_of(&self, payload: &[u8]) -> [Vec<u8>; 4] {
        let signature = key(self.signer).sign(&sig_structure(&self.protected, payload));
        [
            cbor::bytes(&self.protected),
            self.unprotected.clone(),
            cbor::bytes(payload),
            cbor::bytes(signature.as_bytes()),
        ]
    }

    pub(crate) fn child(&self) -> Token<Child> {
        Token::from_bytes(&self.token()).unwrap()
    }

    pub(crate) fn call(&self) -> Token<CallClaims> {
        Token::from_bytes(&self.token()).unwrap()
    }
}

/// What somebody says, a notice or an approval, with these terms beside who says it, as of now.
pub(crate) fn notice<const N: usize>(typ: &str, by: u8, terms: [(i64, Vec<u8>); N]) -> Forge {
    let claims = Map::of([(6, cbor::int(NOW)), (7, cbor::bytes([by; 16]))]);
    let terms = terms
        .into_iter()
        .fold(Map::of([(0, public(by))]), |map, (key, value)| {
            map.set(key, value)
        });
    Forge::new(typ, claims, terms, by)
}

/// What is signed (RFC 9052 section 4.4), by the generic library.
fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let bytes = |content: &[u8]| Value::Bytes(content.to_vec());
    cbor::encode(&Value::Array(vec![
        Value::Text("Signature1".into()),
        bytes(protected),
        bytes(&[]),
        bytes(payload),
    ]))
}

/// The id of a token with these bytes.
pub(crate) fn id_of(token: &[u8]) -> MandateId {
    MandateId::from_bytes(*Digest::hash(token).as_bytes())
}

/// The bytes of a chain of these tokens.
pub(crate) fn chain_bytes(tokens: &[Vec<u8>]) -> Vec<u8> {
    cbor::array(tokens)
}

/// The chain of these tokens.
pub(crate) fn chain_of(tokens: &[Vec<u8>]) -> Chain {
    Chain::from_bytes(&chain_bytes(tokens)).unwrap()
}

/// The bytes of an execution proof of these tokens.
pub(crate) fn proof_bytes(tokens: &[Vec<u8>], call: &[u8]) -> Vec<u8> {
    cbor::array([chain_bytes(tokens), call.to_vec()])
}
