//! One case being built: everything has a default, so that a row of a table says the one thing that is different.

use super::file::{AnchorForm, CallForm, Expect, File, KeyForm, Ledger, PresenterForm, Verifier, raw};
use super::forge::{Envelope, put};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use mandatum::{
    Anchor, AttestedGrant, Audience, Call, CallId, Capability, Ceiling, Chain, Child, Claims, Code, Delegation, Digest,
    GrantKind, JsonForm, Label, Life, Lifetime, Limits, Link, MandateId, Powers, Purpose, Root, RootAudience, Seconds,
    SigningKey, Timestamp, Token, Unsigned, issue, sign_call,
};
use std::collections::BTreeMap;

pub(crate) const NOW: u64 = 1_767_225_600;
pub(crate) const ISSUED: u64 = NOW - 60;
pub(crate) const EXPIRES: u64 = NOW + 3600;
pub(crate) const ISSUER: &str = "https://acme.example";
pub(crate) const HERE: &str = "https://crm.example";

/// Who is who, by the seed of the key.
pub(crate) const COMPANY: u8 = 1;
pub(crate) const COMPANY_BEFORE: u8 = 2;
pub(crate) const STRANGER: u8 = 99;

/// The holder of link `link`, unless a row says otherwise.
pub(crate) const fn holder(link: u8) -> u8 {
    10 + link
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(crate) fn time(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).expect("a time")
}

pub(crate) fn powers(json: &str) -> Powers {
    Powers::from_json(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

pub(crate) fn limits(json: &str) -> Limits {
    Limits::from_json(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

type Edit = Box<dyn Fn(&mut Envelope)>;
type EditBytes = Box<dyn Fn(Vec<u8>) -> Vec<u8>>;

/// One link below the root.
struct Below {
    /// Minted by hand, past the rules that minting checks.
    forged: bool,
    holder: u8,
    powers: Option<Powers>,
    at: u64,
    expires: u64,
    terms: Box<dyn Fn(Delegation) -> Delegation>,
}

/// How a link is changed on its way.
#[derive(Default)]
struct Changes {
    /// Signed by another key than it should be.
    signer: Option<u8>,
    before_signing: Vec<Edit>,
    after_signing: Vec<Edit>,
}

/// What the holder signs.
pub(crate) struct Signing {
    pub(crate) call: CallForm,
    pub(crate) audience: String,
    pub(crate) at: u64,
    pub(crate) by: u8,
}

type EditSigning = Box<dyn Fn(&mut Signing)>;

/// A case being built.
pub(crate) struct Scene {
    pub(crate) name: String,
    expect: Expect,
    description: String,
    now: u64,
    here: String,
    verifier: Verifier,
    /// What the root permits, as it was written.
    powers: String,
    ceiling: Option<String>,
    root: Root,
    hops: Option<u8>,
    below: Vec<Below>,
    changes: Vec<Changes>,
    chain_edit: Option<EditBytes>,
    call: CallForm,
    signing: Option<EditSigning>,
    call_changes: Changes,
    call_token: Option<EditBytes>,
    asserted: Option<(u8, Option<[u8; 32]>)>,
    seen: Option<Seen>,
}

#[derive(Clone, Copy)]
pub(crate) enum Seen {
    ThisCall,
    AnotherCall,
}

impl Scene {
    /// A call that is permitted until the root expires.
    pub(crate) fn permit(name: &str, description: &str) -> Self {
        let expect = Expect { decision: "permit", code: None, link: None, valid_until: Some(EXPIRES) };
        Self::new(format!("permit-{name}"), expect, description)
    }

    /// A call that is denied.
    pub(crate) fn deny(code: Code, name: &str, description: &str) -> Self {
        let expect = Expect { decision: "deny", code: Some(code.as_str()), link: None, valid_until: None };
        Self::new(format!("deny-{}-{name}", kebab(code.as_str())), expect, description)
    }

    fn new(name: String, expect: Expect, description: &str) -> Self {
        let reading =
            r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}},"delegable":true}]"#;
        let lifetime = Lifetime::new(time(ISSUED), time(EXPIRES)).expect("a lifetime");
        let root = Root {
            link: Link::new([0; 16], key(holder(0)).public(), powers(reading), lifetime),
            issuer: ISSUER.parse().expect("a name"),
            principal: Label::new("alice").expect("a name").into(),
            purpose: Purpose {
                code: "qbr".parse().expect("a name"),
                subject: "acme".parse().expect("a name"),
                text: Digest::of("Prepare Acme's quarterly review."),
            },
            grant: Some(grant(GrantKind::Direct)),
            task: "acme-qbr".parse().expect("a task"),
            audience: RootAudience::Only(Audience::new(HERE).expect("a name").into()),
            life: Life::ExpiryOnly,
        };
        Self {
            name,
            expect,
            description: description.to_owned(),
            now: NOW,
            here: HERE.to_owned(),
            verifier: Verifier {
                anchors: vec![AnchorForm {
                    issuer: ISSUER.to_owned(),
                    keys: vec![KeyForm::Plain(key(COMPANY).public().to_string())],
                    ceiling: raw("null"),
                    max_lifetime: 86_400,
                }],
                leeway: None,
                max_call_age: None,
                grants: None,
                asserted_up_to: None,
            },
            powers: reading.to_owned(),
            ceiling: None,
            root,
            hops: None,
            below: Vec::new(),
            changes: vec![Changes::default()],
            chain_edit: None,
            call: CallForm {
                id: "000102030405060708090a0b0c0d0e0f".to_owned(),
                tool: "crm.read".to_owned(),
                args: raw(r#"{"account":"acme"}"#),
                effect: Some("read"),
            },
            signing: None,
            call_changes: Changes::default(),
            call_token: None,
            asserted: None,
            seen: None,
        }
    }

    /// Denied at this link; −1 is the ceiling.
    pub(crate) fn link(mut self, link: i64) -> Self {
        self.expect.link = Some(link);
        self
    }

    /// Permitted until then.
    pub(crate) fn until(mut self, valid_until: u64) -> Self {
        self.expect.valid_until = Some(valid_until);
        self
    }

    pub(crate) fn now(self, now: u64) -> Self {
        Self { now, ..self }
    }

    /// Decided by this server; the call is signed for it.
    pub(crate) fn here(mut self, audience: &str) -> Self {
        audience.clone_into(&mut self.here);
        self
    }

    pub(crate) fn verifier(mut self, set: impl FnOnce(&mut Verifier)) -> Self {
        set(&mut self.verifier);
        self
    }

    pub(crate) fn anchor(self, set: impl FnOnce(&mut AnchorForm)) -> Self {
        self.verifier(|verifier| set(&mut verifier.anchors[0]))
    }

    /// The ceiling as JSON; without, it is what the root permits.
    pub(crate) fn ceiling(self, json: &str) -> Self {
        Self { ceiling: Some(json.to_owned()), ..self }
    }

    pub(crate) fn root(mut self, set: impl FnOnce(&mut Root)) -> Self {
        set(&mut self.root);
        self
    }

    /// What the root permits, as JSON.
    pub(crate) fn powers(mut self, json: &str) -> Self {
        self.root.link.powers = powers(json);
        Self { powers: json.to_owned(), ..self }
    }

    /// What the root's limits are, as JSON.
    pub(crate) fn limits(self, json: &str) -> Self {
        self.root(|root| root.link.limits = limits(json))
    }

    /// The delegations that may follow the root; without, as many as do.
    pub(crate) fn hops(self, hops: u8) -> Self {
        Self { hops: Some(hops), ..self }
    }

    pub(crate) fn lives(self, from: u64, until: u64) -> Self {
        self.root(|root| root.link.lifetime = Lifetime::new(time(from), time(until)).expect("a lifetime"))
    }

    /// One argument `x` under a constraint, and a call with a value for it.
    pub(crate) fn argument(self, constraint: &str, value: &str) -> Self {
        self.powers(&format!(r#"[{{"tool":"crm.read","effect":"read","args":{{"x":{constraint}}},"delegable":true}}]"#))
            .args(&format!(r#"{{"x":{value}}}"#))
    }

    pub(crate) fn call(mut self, set: impl FnOnce(&mut CallForm)) -> Self {
        set(&mut self.call);
        self
    }

    pub(crate) fn tool(self, tool: &str) -> Self {
        self.call(|call| tool.clone_into(&mut call.tool))
    }

    pub(crate) fn args(self, json: &str) -> Self {
        self.call(|call| call.args = raw(json))
    }

    pub(crate) fn effect(self, effect: Option<&'static str>) -> Self {
        self.call(|call| call.effect = effect)
    }

    /// A further link with the same powers and the same end.
    pub(crate) fn child(self) -> Self {
        self.child_with(|terms| terms)
    }

    pub(crate) fn child_with(mut self, terms: impl Fn(Delegation) -> Delegation + 'static) -> Self {
        let link = u8::try_from(self.below.len() + 1).expect("few links");
        let below = Below {
            forged: false,
            holder: holder(link),
            powers: None,
            at: NOW,
            expires: EXPIRES,
            terms: Box::new(terms),
        };
        self.below.push(below);
        self.changes.push(Changes::default());
        self
    }

    fn last(mut self, set: impl FnOnce(&mut Below)) -> Self {
        set(self.below.last_mut().expect("a child"));
        self
    }

    /// The last link's powers, as JSON.
    pub(crate) fn with_powers(self, json: &str) -> Self {
        self.last(|below| below.powers = Some(powers(json)))
    }

    /// The last link's holder.
    pub(crate) fn held_by(self, seed: u8) -> Self {
        self.last(|below| below.holder = seed)
    }

    /// When the last link was issued and when it expires.
    pub(crate) fn living(self, at: u64, expires: u64) -> Self {
        self.last(|below| (below.at, below.expires) = (at, expires))
    }

    /// The last link is minted by hand, so that it may break what minting checks.
    pub(crate) fn forged(self) -> Self {
        self.last(|below| below.forged = true)
    }

    fn change(mut self, set: impl FnOnce(&mut Changes)) -> Self {
        set(self.changes.last_mut().expect("at least the root"));
        self
    }

    /// Edits the last link, root included, before it is signed.
    pub(crate) fn edit(self, edit: impl Fn(&mut Envelope) + 'static) -> Self {
        self.change(|changes| changes.before_signing.push(Box::new(edit)))
    }

    /// Edits the last link after it is signed.
    pub(crate) fn tamper(self, edit: impl Fn(&mut Envelope) + 'static) -> Self {
        self.change(|changes| changes.after_signing.push(Box::new(edit)))
    }

    /// The last link is signed by this key.
    pub(crate) fn signed_by(self, seed: u8) -> Self {
        self.change(|changes| changes.signer = Some(seed))
    }

    /// Edits the bytes of the chain as a whole.
    pub(crate) fn chain(self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        Self { chain_edit: Some(Box::new(edit)), ..self }
    }

    /// The holder signs something else.
    pub(crate) fn signing(self, set: impl Fn(&mut Signing) + 'static) -> Self {
        Self { signing: Some(Box::new(set)), ..self }
    }

    /// Edits the signed call before it is signed.
    pub(crate) fn edit_call(mut self, edit: impl Fn(&mut Envelope) + 'static) -> Self {
        self.call_changes.before_signing.push(Box::new(edit));
        self
    }

    /// Edits the signed call after it is signed.
    pub(crate) fn tamper_call(mut self, edit: impl Fn(&mut Envelope) + 'static) -> Self {
        self.call_changes.after_signing.push(Box::new(edit));
        self
    }

    /// Edits the bytes of the signed call as a whole.
    pub(crate) fn call_token(self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        Self { call_token: Some(Box::new(edit)), ..self }
    }

    /// No signed call: the host says who calls.
    pub(crate) fn asserted(self, seed: u8) -> Self {
        Self { asserted: Some((seed, None)), ..self }
    }

    /// The host says who calls, and names this leaf.
    pub(crate) fn asserted_for(self, seed: u8, leaf: [u8; 32]) -> Self {
        Self { asserted: Some((seed, Some(leaf))), ..self }
    }

    pub(crate) fn seen(self, seen: Seen) -> Self {
        Self { seen: Some(seen), ..self }
    }

    /// The file's text.
    pub(crate) fn write(mut self) -> String {
        let (chain, bytes) = self.make_chain();
        self.verifier.anchors[0].ceiling = raw(self.ceiling.as_ref().unwrap_or(&self.powers));
        let file = File {
            expect: self.expect.clone(),
            description: self.description.clone(),
            now: self.now,
            audience: self.here.clone(),
            chain: BASE64URL_NOPAD.encode(&bytes),
            call: self.call.clone(),
            presenter: self.make_presenter(&chain),
            ledgers: self.make_ledgers(&chain),
            verifier: self.verifier,
        };
        serde_json::to_string_pretty(&file).expect("JSON") + "\n"
    }

    /// The chain, and its bytes after everything that was done to them. Links that can't be read any more are missing
    /// from the chain, which serves to sign a call.
    fn make_chain(&self) -> (Chain, Vec<u8>) {
        let hops = |link: usize| u8::try_from(self.below.len() - link).expect("few links");
        let mut root = self.root.clone();
        root.link.hops = self.hops.unwrap_or(hops(0));
        let root = issue(&lenient_anchor(), root).expect("the lenient anchor issues anything");
        let honest = Chain::from(root.clone().sign(&key(COMPANY)).expect("the company's key"));
        let mut tokens = vec![self.changes[0].apply(&root, COMPANY, |_| {})];
        let mut chain = Token::from_bytes(&tokens[0]).map_or(honest, Chain::from);
        let mut signer = holder(0);
        for ((link, below), changes) in (1..).zip(&self.below).zip(&self.changes[1..]) {
            let unsigned = below.mint(link, hops(usize::from(link)), &chain, signer);
            let parent = chain.leaf_id();
            tokens.push(changes.apply(&unsigned, signer, |envelope| {
                envelope.terms(|terms| put(terms, 11, Cbor::Bytes(parent.as_bytes().to_vec())));
            }));
            let child = tokens.last().and_then(|token| Token::from_bytes(token).ok());
            chain = child.and_then(|child| chain.extend(child).ok()).unwrap_or(chain);
            signer = below.holder;
        }
        let head = 0x80 | u8::try_from(tokens.len()).expect("fewer than 24 links");
        let bytes: Vec<u8> = [head].into_iter().chain(tokens.into_iter().flatten()).collect();
        (chain, self.chain_edit.as_ref().map_or(bytes.clone(), |edit| edit(bytes)))
    }

    fn make_presenter(&self, chain: &Chain) -> PresenterForm {
        if let Some((seed, leaf)) = self.asserted {
            let leaf = leaf.map_or(chain.leaf_id(), MandateId::from_bytes).to_string();
            return PresenterForm { signed: None, asserted: Some(key(seed).public().to_string()), leaf: Some(leaf) };
        }
        let by = self.below.last().map_or(holder(0), |below| below.holder);
        let mut signing = Signing { call: self.call.clone(), audience: self.here.clone(), at: self.now, by };
        if let Some(set) = &self.signing {
            set(&mut signing);
        }
        let audience = Audience::new(&signing.audience).expect("a name");
        let unsigned = sign_call(chain, &signing.call.to_call(), audience, time(signing.at));
        let token = self.call_changes.apply(&unsigned, signing.by, |_| {});
        let token = self.call_token.as_ref().map_or(token.clone(), |edit| edit(token));
        PresenterForm { signed: Some(BASE64URL_NOPAD.encode(&token)), asserted: None, leaf: None }
    }

    fn make_ledgers(&self, chain: &Chain) -> BTreeMap<&'static str, Ledger> {
        let audience = Audience::new(&self.here).expect("a name");
        let seen = self.seen.map(|seen| {
            let call = match seen {
                Seen::ThisCall => self.call.to_call(),
                Seen::AnotherCall => Call { id: CallId::from_bytes([0xff; 16]), ..self.call.to_call() },
            };
            Ledger { seen: vec![call.key(&chain.leaf_id(), &audience).to_string()] }
        });
        seen.map(|ledger| ("main", ledger)).into_iter().collect()
    }
}

impl Below {
    fn mint(&self, link: u8, hops: u8, chain: &Chain, signer: u8) -> Unsigned<Child> {
        let powers = self.powers.clone().unwrap_or_else(|| chain.leaf().powers.clone());
        let terms = Delegation::new([link; 16], key(self.holder).public(), powers.clone(), time(self.expires));
        let terms = (self.terms)(terms.hops(hops));
        let parent = if self.forged { &lenient_parent(signer, &powers) } else { chain };
        parent.delegate(terms, time(self.at)).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Changes {
    /// The token as it travels. Where nothing was changed, what is built here by hand is what the library builds.
    fn apply<C: Claims + Clone>(
        &self,
        unsigned: &Unsigned<C>,
        signer: u8,
        prepare: impl FnOnce(&mut Envelope),
    ) -> Vec<u8> {
        let mut envelope = Envelope::of(&unsigned.to_be_signed());
        prepare(&mut envelope);
        self.before_signing.iter().for_each(|edit| edit(&mut envelope));
        let key = key(self.signer.unwrap_or(signer));
        envelope.sign(&key);
        if let (true, Ok(token)) = (self.before_signing.is_empty(), unsigned.clone().sign(&key)) {
            assert!(token.as_bytes() == envelope.seal() || envelope.to_be_signed() != unsigned.to_be_signed());
        }
        self.after_signing.iter().for_each(|edit| edit(&mut envelope));
        envelope.seal()
    }
}

/// An anchor that issues anything, so that the case's own, stricter one has something to refuse.
fn lenient_anchor() -> Anchor {
    let (issuer, key) = (ISSUER.parse().expect("a name"), key(COMPANY).public());
    Anchor::new(issuer, key, Ceiling::Unlimited, Seconds::new(u64::MAX)).expect("an anchor")
}

/// A parent from which anything can be delegated; who forges a child then says that it has another parent.
fn lenient_parent(holder: u8, powers: &Powers) -> Chain {
    let powers = Powers::new(powers.capabilities().iter().cloned().map(Capability::delegable)).expect("as many");
    let lifetime = Lifetime::new(time(0), Timestamp::MAX).expect("a lifetime");
    let mut root = Scene::permit("", "").root;
    root.link = Link::new([0xee; 16], key(holder).public(), powers, lifetime).hops(u8::MAX);
    let unsigned = issue(&lenient_anchor(), root).expect("the lenient anchor issues anything");
    unsigned.sign(&key(COMPANY)).expect("the company's key").into()
}

pub(crate) fn grant(kind: GrantKind) -> AttestedGrant {
    let by = Label::new("alice").expect("a name");
    AttestedGrant { kind, by, at: time(ISSUED), evidence: Digest::of("consent record 17") }
}

/// `not-the-holder` of `NotTheHolder`.
fn kebab(code: &str) -> String {
    let mut kebab = String::new();
    for character in code.chars() {
        if character.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}
