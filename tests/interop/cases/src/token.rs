//! Tokens taken apart, changed, and signed again with the test keys.

use ciborium::Value as Cbor;
use mandatum::{Digest, SigningKey};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The private claim that holds what is ours.
const MANDATE: i64 = -65537;
/// The confirmation claim of a mandate: its holder's key.
const CNF: i64 = 8;

/// The secret keys of tests are thirty-two times one byte.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

static SEEDS: LazyLock<BTreeMap<[u8; 32], u8>> = LazyLock::new(|| {
    (0..=u8::MAX)
        .map(|seed| (*key(seed).public().as_bytes(), seed))
        .collect()
});

/// The seed of a public key of tests.
pub(crate) fn seed_of(public: &[u8]) -> Option<u8> {
    SEEDS.get(public).copied()
}

pub(crate) fn public(seed: u8) -> Cbor {
    Cbor::Bytes(key(seed).public().as_bytes().to_vec())
}

/// Who signs a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    /// Whoever should: the holder of the link above, or the key that the token names.
    Right,
    /// This key.
    Seed(u8),
    /// Nobody: the signature stays what it is.
    Nobody,
}

/// A token whose parts can be put together again to the same bytes.
#[derive(Clone)]
pub(crate) struct Token {
    protected: Vec<u8>,
    unprotected: Cbor,
    pub(crate) claims: Cbor,
    signature: Vec<u8>,
    pub(crate) signer: Signer,
}

/// The bytes of a token, taken apart where that can be undone.
#[derive(Clone)]
pub(crate) enum Piece {
    Token(Token),
    Raw(Vec<u8>),
}

impl Piece {
    /// Takes a token apart; `right` is the seed of the key that should have signed it.
    pub(crate) fn of(bytes: &[u8], right: Option<u8>) -> Self {
        match Token::of(bytes, right) {
            Some(token) => Self::Token(token),
            None => Self::Raw(bytes.to_vec()),
        }
    }

    pub(crate) const fn token(&self) -> Option<&Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::Raw(_) => None,
        }
    }

    pub(crate) const fn token_mut(&mut self) -> Option<&mut Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::Raw(_) => None,
        }
    }

    /// The bytes, signed anew with the digests in them replaced.
    pub(crate) fn seal(&self, replaced: &Digests, right: Option<u8>) -> Vec<u8> {
        match self {
            Self::Raw(bytes) => bytes.clone(),
            Self::Token(token) => token.seal(replaced, right),
        }
    }
}

impl Token {
    fn of(bytes: &[u8], right: Option<u8>) -> Option<Self> {
        let Cbor::Tag(18, parts) = ciborium::from_reader(bytes).ok()? else {
            return None;
        };
        let parts = <[Cbor; 4]>::try_from(parts.into_array().ok()?).ok()?;
        let [
            Cbor::Bytes(protected),
            unprotected,
            Cbor::Bytes(payload),
            Cbor::Bytes(signature),
        ] = parts
        else {
            return None;
        };
        let claims: Cbor = ciborium::from_reader(payload.as_slice()).ok()?;
        let mut token = Self {
            protected,
            unprotected,
            claims,
            signature,
            signer: Signer::Nobody,
        };
        if encode(&token.claims) != payload
            || token.put_together() != bytes
            || !token.claims.is_map()
        {
            return None;
        }
        let right = right.or_else(|| token.said_by());
        let signed = |seed: u8| {
            key(seed).sign(&token.to_be_signed()).as_bytes() == token.signature.as_slice()
        };
        if right.is_some_and(signed) {
            token.signer = Signer::Right;
        } else if let Some(seed) = (1..100).find(|seed| signed(*seed)) {
            token.signer = Signer::Seed(seed);
        }
        Some(token)
    }

    /// The seed of the key that the token says it is signed by.
    fn said_by(&self) -> Option<u8> {
        seed_of(term(&self.claims, 0)?.as_bytes()?)
    }

    /// The seed of the holder of a mandate.
    pub(crate) fn holder(&self) -> Option<u8> {
        let key = entry(entry(entry(&self.claims, CNF)?, 1)?, -2)?;
        seed_of(key.as_bytes()?)
    }

    fn to_be_signed(&self) -> Vec<u8> {
        let (protected, payload) = (
            Cbor::Bytes(self.protected.clone()),
            Cbor::Bytes(encode(&self.claims)),
        );
        encode(&Cbor::Array(vec![
            "Signature1".into(),
            protected,
            Cbor::Bytes(Vec::new()),
            payload,
        ]))
    }

    fn put_together(&self) -> Vec<u8> {
        let parts = vec![
            Cbor::Bytes(self.protected.clone()),
            self.unprotected.clone(),
            Cbor::Bytes(encode(&self.claims)),
            Cbor::Bytes(self.signature.clone()),
        ];
        encode(&Cbor::Tag(18, Box::new(Cbor::Array(parts))))
    }

    fn seal(&self, replaced: &Digests, right: Option<u8>) -> Vec<u8> {
        let mut token = self.clone();
        replaced.replace_in(&mut token.claims);
        let seed = match token.signer {
            Signer::Right => right.or_else(|| token.said_by()),
            Signer::Seed(seed) => Some(seed),
            Signer::Nobody => None,
        };
        if let Some(seed) = seed {
            token.signature = key(seed).sign(&token.to_be_signed()).as_bytes().to_vec();
        }
        token.put_together()
    }
}

/// Digests that became others, because what they are of was changed.
#[derive(Clone, Default)]
pub(crate) struct Digests(BTreeMap<Vec<u8>, Vec<u8>>);

/// Bytes of an id where only its beginning is kept.
const SHORT: usize = 12;

impl Digests {
    pub(crate) fn insert(&mut self, old: &[u8], new: &[u8]) {
        self.0.insert(old.to_vec(), new.to_vec());
    }

    pub(crate) fn get(&self, old: &[u8]) -> Option<&[u8]> {
        self.0.get(old).map(Vec::as_slice)
    }

    fn replace_in(&self, value: &mut Cbor) {
        match value {
            Cbor::Bytes(bytes) => self.replace_bytes(bytes),
            Cbor::Array(items) => {
                let was_sorted = is_sorted(items);
                items.iter_mut().for_each(|item| self.replace_in(item));
                if was_sorted {
                    items.sort_by_key(encode);
                }
            }
            Cbor::Map(entries) => entries
                .iter_mut()
                .for_each(|(_, value)| self.replace_in(value)),
            Cbor::Tag(_, inner) => self.replace_in(inner),
            _ => {}
        }
    }

    /// A digest, or several of which only the beginnings are kept, one after the other in their
    /// order.
    fn replace_bytes(&self, bytes: &mut Vec<u8>) {
        if let Some(new) = self.get(bytes) {
            *bytes = new.to_vec();
        } else if bytes.len() % SHORT == 0 && !bytes.is_empty() {
            let new_of = |short: &[u8]| {
                let found = self
                    .0
                    .iter()
                    .find(|(old, _)| old.starts_with(short) && old.len() > SHORT);
                found.map(|(_, new)| new[..SHORT].to_vec())
            };
            let mut shorts: Vec<Vec<u8>> = bytes.chunks(SHORT).map(<[u8]>::to_vec).collect();
            let mut any = false;
            for short in &mut shorts {
                if let Some(new) = new_of(short) {
                    (*short, any) = (new, true);
                }
            }
            if any {
                shorts.sort();
                *bytes = shorts.concat();
            }
        }
    }
}

/// The id of a mandate.
pub(crate) fn id_of(token: &[u8]) -> [u8; 32] {
    *Digest::hash(token).as_bytes()
}

pub(crate) fn encode(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("memory is enough");
    bytes
}

/// Whether items ascend strictly by their encodings.
pub(crate) fn is_sorted(items: &[Cbor]) -> bool {
    items.len() > 1 && items.is_sorted_by(|a, b| encode(a) < encode(b))
}

pub(crate) fn entry(map: &Cbor, key: i64) -> Option<&Cbor> {
    map.as_map()?
        .iter()
        .find(|(known, _)| *known == Cbor::from(key))
        .map(|(_, value)| value)
}

/// One of our own claims.
pub(crate) fn term(claims: &Cbor, key: i64) -> Option<&Cbor> {
    entry(entry(claims, MANDATE)?, key)
}

/// Our own claims.
pub(crate) fn terms_mut(claims: &mut Cbor) -> Option<&mut Vec<(Cbor, Cbor)>> {
    let (_, terms) = claims
        .as_map_mut()?
        .iter_mut()
        .find(|(known, _)| *known == Cbor::from(MANDATE))?;
    terms.as_map_mut()
}

pub(crate) fn entry_mut(entries: &mut [(Cbor, Cbor)], key: i64) -> Option<&mut Cbor> {
    entries
        .iter_mut()
        .find(|(known, _)| *known == Cbor::from(key))
        .map(|(_, value)| value)
}

/// Puts an entry where it belongs in the order of encoded keys.
pub(crate) fn put(entries: &mut Vec<(Cbor, Cbor)>, key: i64, value: Cbor) {
    entries.retain(|(known, _)| *known != Cbor::from(key));
    entries.push((key.into(), value));
    entries.sort_by_key(|(key, _)| encode(key));
}
