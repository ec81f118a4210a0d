//! A token taken apart and put together again by hand, for what no honest issuer makes.

use ciborium::Value;
use mandatum::SigningKey;

/// The private claim that holds what is ours.
const MANDATE: i64 = -65537;

/// The parts of a `COSE_Sign1`.
pub(crate) struct Envelope {
    pub(crate) protected: Vec<u8>,
    pub(crate) unprotected: Value,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

pub(crate) type Entries = Vec<(Value, Value)>;

impl Envelope {
    /// The envelope of what waits to be signed: a `Sig_structure`.
    pub(crate) fn of(to_be_signed: &[u8]) -> Self {
        let structure: Value = ciborium::from_reader(to_be_signed).expect("CBOR");
        match <[Value; 4]>::try_from(structure.into_array().expect("an array")) {
            Ok([_, Value::Bytes(protected), _, Value::Bytes(payload)]) => Self {
                protected,
                unprotected: Value::Map(Vec::new()),
                payload,
                signature: Vec::new(),
            },
            other => panic!("not a Sig_structure: {other:?}"),
        }
    }

    /// The `Sig_structure` of RFC 9052 section 4.4, built here a second time and from its text.
    pub(crate) fn to_be_signed(&self) -> Vec<u8> {
        let (protected, payload) = (self.protected.clone(), self.payload.clone());
        let parts = [
            "Signature1".into(),
            Value::Bytes(protected),
            Value::Bytes(Vec::new()),
            Value::Bytes(payload),
        ];
        encode(&Value::Array(parts.into()))
    }

    pub(crate) fn sign(&mut self, key: &SigningKey) {
        self.signature = key.sign(&self.to_be_signed()).as_bytes().to_vec();
    }

    pub(crate) fn seal(&self) -> Vec<u8> {
        let parts = [
            Value::Bytes(self.protected.clone()),
            self.unprotected.clone(),
            Value::Bytes(self.payload.clone()),
            Value::Bytes(self.signature.clone()),
        ];
        encode(&Value::Tag(18, Box::new(Value::Array(parts.to_vec()))))
    }

    /// Edits the protected header.
    pub(crate) fn header(&mut self, edit: impl FnOnce(&mut Entries)) {
        self.protected = edited(&self.protected, edit);
    }

    /// Edits the claims set.
    pub(crate) fn claims(&mut self, edit: impl FnOnce(&mut Entries)) {
        self.payload = edited(&self.payload, edit);
    }

    /// Edits our own claims.
    pub(crate) fn terms(&mut self, edit: impl FnOnce(&mut Entries)) {
        self.claims(|claims| edit(entries(get(claims, MANDATE))));
    }

    /// Replaces the one occurrence of some bytes in the payload.
    pub(crate) fn replace(&mut self, from: &[u8], to: &[u8]) {
        self.payload = replaced(&self.payload, from, to);
    }
}

/// The bytes with the one occurrence of `from` replaced.
pub(crate) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut places = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from));
    let (Some(at), None) = (places.next(), places.next()) else {
        panic!("not there just once")
    };
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn edited(map: &[u8], edit: impl FnOnce(&mut Entries)) -> Vec<u8> {
    let mut map = ciborium::from_reader(map).expect("CBOR");
    edit(entries(&mut map));
    encode(&map)
}

pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("memory is enough");
    bytes
}

pub(crate) fn entries(value: &mut Value) -> &mut Entries {
    value.as_map_mut().expect("a map")
}

pub(crate) fn items(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("an array")
}

pub(crate) fn get(map: &mut Entries, key: i64) -> &mut Value {
    let found = map.iter_mut().find(|(known, _)| *known == Value::from(key));
    &mut found.expect("the key is there").1
}

/// Puts an entry where it belongs in the order of encoded keys.
pub(crate) fn put(map: &mut Entries, key: i64, value: impl Into<Value>) {
    remove(map, key);
    map.push((key.into(), value.into()));
    map.sort_by_key(|(key, _)| encode(key));
}

pub(crate) fn remove(map: &mut Entries, key: i64) {
    map.retain(|(known, _)| *known != Value::from(key));
}

/// The `COSE_Key` in the `cnf` of a claims set.
pub(crate) fn cose_key(claims: &mut Entries) -> &mut Entries {
    entries(get(entries(get(claims, 8)), 1))
}

/// A chain with a link taken out.
pub(crate) fn without_link(chain: &[u8], link: usize) -> Vec<u8> {
    let mut chain: Value = ciborium::from_reader(chain).expect("CBOR");
    items(&mut chain).remove(link);
    encode(&chain)
}
