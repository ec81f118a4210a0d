//! A vector taken apart: its JSON, and the tokens in it.

use crate::token::{Digests, Piece, id_of};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use mandatum::json::JsonForm;
use mandatum::primitives::{MandateId, Number, Value};
use mandatum::{Action, Audience, Call, CallId, Effect};
use std::collections::BTreeMap;

pub(crate) type Fields = BTreeMap<String, Value>;

/// A case being changed.
#[derive(Clone)]
pub(crate) struct World {
    /// Everything but tokens.
    pub(crate) fields: Fields,
    /// The links, root first; none where the bytes are no array of items.
    pub(crate) links: Vec<Piece>,
    /// The bytes of the chain where they are not taken apart.
    pub(crate) raw_chain: Option<Vec<u8>>,
    pub(crate) call: Option<Piece>,
    pub(crate) notices: Vec<Piece>,
    pub(crate) approvals: Vec<Piece>,
    pub(crate) before: Vec<(Value, Piece)>,
    /// The ids of the links as they came, and what the call was signed as.
    pub(crate) ids: Vec<[u8; 32]>,
    request: Option<[u8; 32]>,
    call_key: Option<[u8; 32]>,
    /// Whether what names a changed token goes on naming the old one.
    pub(crate) is_stale: bool,
}

impl World {
    pub(crate) fn of(text: &str) -> Self {
        let Ok(Value::Map(mut fields)) = Value::from_json(text) else {
            panic!("a vector is an object")
        };
        fields.remove("expect");
        fields.remove("description");
        let chain = bytes(fields.remove("chain"));
        let (links, raw_chain) = match take_apart(&chain) {
            Some(links) => (links, None),
            None => (Vec::new(), Some(chain)),
        };
        let ids: Vec<[u8; 32]> = links
            .iter()
            .map(|link| id_of(&link.seal(&Digests::default(), None)))
            .collect();
        let mut world = Self {
            fields,
            links,
            raw_chain,
            call: None,
            notices: Vec::new(),
            approvals: Vec::new(),
            before: Vec::new(),
            ids,
            request: None,
            call_key: None,
            is_stale: false,
        };
        world.take_tokens();
        if let Some((request, key)) = world.call_digests(world.ids.last()) {
            (world.request, world.call_key) = (Some(request), Some(key));
        }
        world
    }

    /// The digest of the request, as the call came.
    pub(crate) const fn request(&self) -> Option<[u8; 32]> {
        self.request
    }

    fn take_tokens(&mut self) {
        let leaf = self
            .links
            .last()
            .and_then(Piece::token)
            .and_then(|leaf| leaf.holder());
        if let Some(Value::Map(presenter)) = self.fields.get_mut("presenter") {
            self.call = presenter
                .remove("signed")
                .map(|signed| Piece::of(&bytes(Some(signed)), leaf));
        }
        let mut tokens = |name: &str| match self.fields.remove(name) {
            Some(Value::List(tokens)) => tokens
                .into_iter()
                .map(|token| Piece::of(&bytes(Some(token)), None))
                .collect(),
            _ => Vec::new(),
        };
        (self.notices, self.approvals) = (tokens("notices"), tokens("approvals"));
        if let Some(Value::List(before)) = self.fields.remove("before") {
            for earlier in before {
                let Value::Map(mut earlier) = earlier else {
                    panic!("an earlier call is an object")
                };
                let signed = Piece::of(&bytes(earlier.remove("signed")), leaf);
                self.before
                    .push((earlier.remove("now").expect("a time"), signed));
            }
        }
    }

    /// What links, notices and approvals name, and what they name now.
    fn digests(&self, ids: &[[u8; 32]]) -> Digests {
        let mut digests = Digests::default();
        if self.is_stale {
            return digests;
        }
        for (old, new) in self.ids.iter().zip(ids) {
            digests.insert(old, new);
        }
        // A chain that was cut or made longer has another leaf.
        if let (Some(old), Some(new), true) =
            (self.ids.last(), ids.last(), ids.len() != self.ids.len())
        {
            digests.insert(old, new);
        }
        if let Some((request, key)) = self.call_digests(ids.last()) {
            self.request
                .iter()
                .for_each(|old| digests.insert(old, &request));
            self.call_key
                .iter()
                .for_each(|old| digests.insert(old, &key));
        }
        digests
    }

    /// What another world's tokens name, and what they name here.
    pub(crate) fn adopt(&mut self, other: &Self, piece: &Piece) -> Piece {
        let mut digests = Digests::default();
        for (theirs, ours) in other.ids.iter().zip(&self.ids) {
            digests.insert(theirs, ours);
        }
        if let (Some(theirs), Some(ours)) = (other.ids.last(), self.ids.last()) {
            digests.insert(theirs, ours);
        }
        for (theirs, ours) in [
            (other.call_key, self.call_key),
            (other.request, self.request),
        ] {
            if let (Some(theirs), Some(ours)) = (theirs, ours) {
                digests.insert(&theirs, &ours);
            }
        }
        Piece::of(&piece.seal(&digests, None), None)
    }

    /// The digest of the request and the key of the call under a leaf, where the case states a call
    /// at all.
    fn call_digests(&self, leaf: Option<&[u8; 32]>) -> Option<([u8; 32], [u8; 32])> {
        let Value::Map(call) = self.fields.get("call")? else {
            return None;
        };
        let Value::Map(arguments) = call.get("args")?.clone() else {
            return None;
        };
        let action = Action::new(call.get("tool")?.as_text()?, arguments, Effect::Read).ok()?;
        let call = Call::new(call.get("id")?.as_text()?.parse::<CallId>().ok()?, action);
        let audience = Audience::new(self.fields.get("audience")?.as_text()?).ok()?;
        let key = call.key(&MandateId::from_bytes(*leaf?), &audience);
        Some((*call.request().as_bytes(), *key.as_bytes()))
    }

    /// The case as JSON text, every token signed again.
    pub(crate) fn write(&self) -> String {
        let mut fields = self.fields.clone();
        let (chain, ids) = self.write_chain();
        let digests = self.digests(&ids);
        let leaf = self
            .links
            .last()
            .and_then(Piece::token)
            .and_then(|leaf| leaf.holder());
        let token = |piece: &Piece, right| text(&piece.seal(&digests, right));
        fields.insert("chain".into(), text(&chain));
        if let (Some(call), Some(Value::Map(presenter))) = (&self.call, fields.get_mut("presenter"))
        {
            presenter.insert("signed".into(), token(call, leaf));
        }
        for (name, pieces) in [("notices", &self.notices), ("approvals", &self.approvals)] {
            fields.insert(
                name.into(),
                Value::List(pieces.iter().map(|piece| token(piece, None)).collect()),
            );
        }
        let before = self.before.iter().map(|(now, signed)| {
            Value::Map(
                [
                    ("now".into(), now.clone()),
                    ("signed".into(), token(signed, leaf)),
                ]
                .into(),
            )
        });
        fields.insert("before".into(), Value::List(before.collect()));
        let mut case = Value::Map(fields);
        rename(&mut case, &digests);
        case.to_json()
    }

    fn write_chain(&self) -> (Vec<u8>, Vec<[u8; 32]>) {
        if let Some(raw) = &self.raw_chain {
            return (raw.clone(), Vec::new());
        }
        let (mut tokens, mut ids, mut signer) = (Vec::new(), Vec::new(), self.issuer());
        for link in &self.links {
            let token = link.seal(&self.digests(&ids), signer);
            signer = link.token().and_then(|link| link.holder());
            ids.push(id_of(&token));
            tokens.push(token);
        }
        let mut chain = encode_head(0x80, tokens.len());
        tokens
            .iter()
            .for_each(|token| chain.extend_from_slice(token));
        (chain, ids)
    }

    /// The seed of the key that the root says it is signed by.
    fn issuer(&self) -> Option<u8> {
        issuer(self.links.first()?)
    }

    pub(crate) fn set_number(&mut self, name: &str, number: u64) {
        self.fields
            .insert(name.into(), Value::Number(Number::from(number)));
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        match self.fields.get(name) {
            Some(Value::Number(number)) => number
                .to_integer()
                .and_then(|whole| u64::try_from(whole).ok())
                .unwrap_or(0),
            _ => 0,
        }
    }

    /// The fields of an object in the case.
    pub(crate) fn object(&mut self, name: &str) -> &mut Fields {
        let object = self
            .fields
            .entry(name.into())
            .or_insert_with(|| Value::Map(BTreeMap::new()));
        if !matches!(object, Value::Map(_)) {
            *object = Value::Map(BTreeMap::new());
        }
        let Value::Map(fields) = object else {
            panic!("it was made one")
        };
        fields
    }

    /// The claims of a link.
    pub(crate) fn claims(&mut self, link: usize) -> Option<&mut Cbor> {
        Some(&mut self.links.get_mut(link)?.token_mut()?.claims)
    }
}

/// The links of a chain: a head of one byte, and tokens that follow it.
fn take_apart(chain: &[u8]) -> Option<Vec<Piece>> {
    let Cbor::Array(items) = ciborium::from_reader(chain).ok()? else {
        return None;
    };
    let (mut links, mut whole, mut right) = (Vec::new(), encode_head(0x80, items.len()), None);
    for item in items {
        let token = crate::token::encode(&item);
        whole.extend_from_slice(&token);
        // Who should sign a root stands in it.
        right = if links.is_empty() {
            issuer(&Piece::of(&token, None))
        } else {
            right
        };
        let link = Piece::of(&token, right);
        right = link.token().and_then(|link| link.holder());
        links.push(link);
    }
    (whole == chain && !links.is_empty()).then_some(links)
}

/// The seed of the key that a root says it is signed by.
fn issuer(root: &Piece) -> Option<u8> {
    crate::token::seed_of(crate::token::term(&root.token()?.claims, 13)?.as_bytes()?)
}

fn encode_head(major: u8, length: usize) -> Vec<u8> {
    vec![major | u8::try_from(length).expect("fewer than 24 links")]
}

/// Replaces digests that are spelled in hex.
fn rename(value: &mut Value, digests: &Digests) {
    match value {
        Value::Text(text) if text.len() == 64 => {
            let old = data_encoding::HEXLOWER
                .decode(text.as_bytes())
                .unwrap_or_default();
            if let Some(new) = digests.get(&old) {
                *text = data_encoding::HEXLOWER.encode(new);
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| rename(item, digests)),
        Value::Map(fields) => fields.values_mut().for_each(|field| rename(field, digests)),
        _ => {}
    }
}

pub(crate) fn text(bytes: &[u8]) -> Value {
    Value::Text(BASE64URL_NOPAD.encode(bytes))
}

fn bytes(text: Option<Value>) -> Vec<u8> {
    let text = text.as_ref().and_then(Value::as_text).unwrap_or_default();
    BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url")
}
