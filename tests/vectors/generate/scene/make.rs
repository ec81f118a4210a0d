//! What a scene comes to: tokens, and a file.

use super::super::file::{Before, Decided, File, Ledger, PresenterForm, raw};
use super::super::forge::{Envelope, put};
use super::{
    Approved, Below, COMPANY, CacheView, Changes, ISSUER, Scene, Signing, holder, key, time,
};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use mandatum::chain::Ceiling;
use mandatum::claims::Child;
use mandatum::codec::Claims;
use mandatum::primitives::{CallKey, MandateId, RequestDigest};
use mandatum::sign::{Token, Unsigned};
use mandatum::{
    Anchor, Audience, Call, CallClaims, CallId, Capability, Chain, Delegation, Lifetime, Link,
    Powers, Root, Seconds, Timestamp, issue,
};
use std::collections::BTreeMap;

impl Scene {
    /// The file's text.
    pub(crate) fn write(mut self) -> String {
        let (chain, bytes) = self.make_chain();
        if let Some(effect) = self.call.effect {
            self.verifier
                .tools
                .entry(self.call.tool.clone())
                .or_insert(effect);
        }
        self.verifier.anchors[0].ceiling = raw(self.ceiling.as_ref().unwrap_or(&self.powers));
        let file = File {
            expect: self.expect.clone(),
            description: self.description.clone(),
            now: self.now,
            audience: self.here.clone(),
            system: self.system,
            chain: BASE64URL_NOPAD.encode(&bytes),
            call: self.call.clone(),
            presenter: self.make_presenter(&chain),
            before: self
                .before
                .iter()
                .map(|at| Before {
                    now: *at,
                    signed: self.sign_at(&chain, *at),
                })
                .collect(),
            facts: self.facts.clone(),
            notices: self
                .notices
                .iter()
                .map(|make| BASE64URL_NOPAD.encode(&make(&chain)))
                .collect(),
            approvals: self.make_approvals(&chain),
            ledgers: self.make_ledgers(&chain),
            verifier: self.verifier,
        };
        serde_json::to_string_pretty(&file).expect("JSON") + "\n"
    }

    /// The chain, and its bytes after everything that was done to them. Links that can't be read
    /// any more are missing from the chain, which serves to sign a call.
    fn make_chain(&self) -> (Chain, Vec<u8>) {
        let hops = |link: usize| u8::try_from(self.below.len() - link).expect("few links");
        let mut root = self.root.clone();
        root.link.hops = self.hops.unwrap_or(hops(0));
        root.signed_by = key(self.issuer).public();
        let root = issued(root);
        let honest = Chain::from(
            root.clone()
                .sign(&key(self.issuer))
                .expect("the issuer's key"),
        );
        let mut tokens = vec![self.changes[0].apply(&root, self.issuer, |_| {})];
        let mut chain = Token::from_bytes(&tokens[0]).map_or(honest, Chain::from);
        let mut signer = holder(0);
        for ((link, below), changes) in (1..).zip(&self.below).zip(&self.changes[1..]) {
            let unsigned = below.mint(link, hops(usize::from(link)), &chain, signer);
            let parent = chain.leaf_id();
            tokens.push(changes.apply(&unsigned, signer, |envelope| {
                envelope.terms(|terms| put(terms, 11, Cbor::Bytes(parent.as_bytes().to_vec())));
            }));
            let child = tokens
                .last()
                .and_then(|token| Token::from_bytes(token).ok());
            chain = child
                .and_then(|child| chain.extend(child).ok())
                .unwrap_or(chain);
            signer = below.holder;
        }
        let head = 0x80 | u8::try_from(tokens.len()).expect("fewer than 24 links");
        let bytes: Vec<u8> = [head]
            .into_iter()
            .chain(tokens.into_iter().flatten())
            .collect();
        (
            chain,
            self.chain_edit
                .as_ref()
                .map_or(bytes.clone(), |edit| edit(bytes)),
        )
    }

    fn make_presenter(&self, chain: &Chain) -> PresenterForm {
        if let Some((seed, leaf)) = self.asserted {
            let leaf = leaf
                .map_or(chain.leaf_id(), MandateId::from_bytes)
                .to_string();
            return PresenterForm {
                signed: None,
                asserted: Some(key(seed).public().to_string()),
                leaf: Some(leaf),
            };
        }
        PresenterForm {
            signed: Some(self.sign_at(chain, self.now)),
            asserted: None,
            leaf: None,
        }
    }

    fn sign_at(&self, chain: &Chain, at: u64) -> String {
        let by = self.below.last().map_or(holder(0), |below| below.holder);
        let mut signing = Signing {
            call: self.call.clone(),
            audience: self.here.clone(),
            at,
            by,
        };
        if let Some(set) = &self.signing {
            set(&mut signing);
        }
        let audience = Audience::new(&signing.audience).expect("a name");
        let unsigned = CallClaims::new(chain, &signing.call.to_call(), audience, time(signing.at));
        let token = self.call_changes.apply(&unsigned, signing.by, |_| {});
        let token = self
            .call_token
            .as_ref()
            .map_or(token.clone(), |edit| edit(token));
        BASE64URL_NOPAD.encode(&token)
    }

    fn make_approvals(&self, chain: &Chain) -> Vec<String> {
        let call = self.call.to_call();
        let of = Approved {
            leaf: chain.leaf_id(),
            call: self.key_of(&call, chain),
            request: call.request(),
        };
        self.approvals
            .iter()
            .map(|make| BASE64URL_NOPAD.encode(&make(of)))
            .collect()
    }

    fn make_ledgers(&self, chain: &Chain) -> BTreeMap<&'static str, Ledger> {
        let mut ledgers = self.ledgers.clone();
        for (seen, outcome) in &self.seen {
            let this = self.call.to_call();
            let mut decided = Decided {
                leaf: chain.leaf_id().to_string(),
                id: this.id.to_string(),
                request: this.request().to_string(),
                outcome,
            };
            match seen {
                CacheView::ThisCall => {}
                CacheView::AnotherCall => decided.id = CallId::from_bytes([0xff; 16]).to_string(),
                CacheView::AnotherRequest => {
                    decided.request = RequestDigest::from_bytes([0xff; 32]).to_string();
                }
                CacheView::AnotherLeaf => {
                    decided.leaf = MandateId::from_bytes([0xff; 32]).to_string();
                }
            }
            ledgers.entry("main").or_default().calls.push(decided);
        }
        ledgers
    }

    fn key_of(&self, call: &Call, chain: &Chain) -> CallKey {
        call.key(
            &chain.leaf_id(),
            &Audience::new(&self.here).expect("a name"),
        )
    }
}

impl Below {
    fn mint(&self, link: u8, hops: u8, chain: &Chain, signer: u8) -> Unsigned<Child> {
        let powers = self
            .powers
            .clone()
            .unwrap_or_else(|| chain.leaf().powers.clone());
        let terms = Delegation::new(
            [link; 16],
            key(self.holder).public(),
            powers.clone(),
            time(self.expires),
        );
        let terms = (self.terms)(terms.with_hops(hops));
        let parent = if self.forged {
            &lenient_parent(signer, &powers)
        } else {
            chain
        };
        parent
            .delegate(terms, time(self.at))
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Changes {
    /// The token as it travels. Where nothing was changed, what is built here by hand is what the
    /// library builds.
    fn apply<C: Claims + Clone>(
        &self,
        unsigned: &Unsigned<C>,
        signer: u8,
        prepare: impl FnOnce(&mut Envelope),
    ) -> Vec<u8> {
        let mut envelope = Envelope::of(&unsigned.to_be_signed());
        prepare(&mut envelope);
        self.before_signing
            .iter()
            .for_each(|edit| edit(&mut envelope));
        let key = key(self.signer.unwrap_or(signer));
        envelope.sign(&key);
        if let (true, Ok(token)) = (self.before_signing.is_empty(), unsigned.clone().sign(&key)) {
            assert!(
                token.as_bytes() == envelope.seal()
                    || envelope.to_be_signed() != unsigned.to_be_signed()
            );
        }
        self.after_signing
            .iter()
            .for_each(|edit| edit(&mut envelope));
        envelope.seal()
    }
}

/// An anchor that issues anything, so that the case's own, stricter one has something to refuse.
fn lenient_anchor(root: &Root) -> Anchor {
    let issuer = ISSUER.parse().expect("a name");
    let anchor = Anchor::new(
        issuer,
        root.signed_by,
        Ceiling::Unlimited,
        Seconds::new(u64::MAX),
    )
    .expect("an anchor");
    anchor.with_systems(
        root.principal
            .aliases
            .iter()
            .map(|(system, _)| system.clone()),
    )
}

/// The root, as whoever has its key issues it.
fn issued(root: Root) -> Unsigned<Root> {
    let issued_at = root.link.lifetime.issued_at();
    issue(&lenient_anchor(&root), root, issued_at).expect("the lenient anchor issues anything")
}

/// A parent from which anything can be delegated; who forges a child then says that it has another
/// parent.
fn lenient_parent(holder: u8, powers: &Powers) -> Chain {
    let powers = Powers::new(
        powers
            .capabilities()
            .iter()
            .cloned()
            .map(Capability::allow_delegation),
    )
    .expect("as many");
    let lifetime = Lifetime::new(time(0), Timestamp::MAX).expect("a lifetime");
    let mut root = Scene::permit("", "").root;
    root.link = Link::new([0xee; 16], key(holder).public(), powers, lifetime).with_hops(u8::MAX);
    issued(root)
        .sign(&key(COMPANY))
        .expect("the company's key")
        .into()
}
