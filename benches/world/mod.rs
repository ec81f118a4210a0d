//! The world of the benchmarks: one issuer, one server, one tool with two constrained arguments at
//! every link.

#![allow(dead_code, reason = "each benchmark uses its part of it")]

use mandatum::chain::ChainCache;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, Capability, Chain, Constraint,
    DecisionContext, Delegation, Digest, Effect, ExecutionProof, Label, Life, Lifetime, Limits,
    Link, Powers, Purpose, Register, Root, RootAudience, Seconds, ServerContext, SigningKey,
    Timestamp, Verifier, issue,
};

pub(crate) const DEPTHS: [usize; 5] = [1, 2, 4, 8, 16];

/// One tool with two constrained arguments, at every link.
pub(crate) fn powers() -> Powers {
    let read = Capability::new("crm.read", Effect::Read).unwrap();
    let read = read
        .require("account", Constraint::one_of(["acme"]).unwrap())
        .unwrap();
    let read = read
        .require("limit", Constraint::between(1.into(), 100.into()).unwrap())
        .unwrap();
    Powers::new([read.allow_delegation()]).unwrap()
}

pub(crate) fn key(link: usize) -> SigningKey {
    SigningKey::from_seed(&[u8::try_from(link).unwrap(); 32])
}

/// Everyone and everything that the benchmarks need. Key 0 is the anchor's, key n that of the
/// holder of link n − 1.
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) server: Audience,
    pub(crate) anchor: Anchor,
    pub(crate) powers: Powers,
    /// What every root lives by.
    pub(crate) life: Life,
    /// The limits of every root.
    pub(crate) limits: Limits,
    pub(crate) verifier: Verifier,
    pub(crate) call: Call,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_powers(powers())
    }

    /// The same with these powers at every link.
    pub(crate) fn with_powers(powers: Powers) -> Self {
        let issuer = "https://acme.example".parse().unwrap();
        let anchor =
            Anchor::new(issuer, key(0).public(), powers.clone(), Seconds::hours(8)).unwrap();
        let arguments = [
            ("account", mandatum::primitives::Value::from("acme")),
            ("limit", 10.into()),
        ];
        Self {
            now: Timestamp::from_unix(1_767_225_600).unwrap(),
            server: Audience::new("https://crm.example").unwrap(),
            verifier: Verifier::new([anchor.clone()])
                .unwrap()
                .dangerous_effects_as_stated()
                .dangerous_accept_asserted_up_to(Effect::Read),
            anchor,
            powers,
            life: Life::ExpiryOnly,
            limits: Limits::none(),
            call: Call::new(
                [9; 16],
                Action::new("crm.read", arguments, Effect::Read).unwrap(),
            ),
        }
    }

    pub(crate) fn root(&self) -> Root {
        let lifetime = Lifetime::new(self.now, self.now.plus(Seconds::hours(1))).unwrap();
        Root {
            link: Link::new([0; 16], key(1).public(), self.powers.clone(), lifetime)
                .with_hops(15)
                .with_limits(self.limits.clone()),
            issuer: self.anchor.issuer().clone(),
            signed_by: key(0).public(),
            principal: Label::new("alice").unwrap().into(),
            purpose: Purpose::new("qbr".parse().unwrap(), "acme".parse().unwrap(), ""),
            grant: Some(AttestedGrant::direct(
                "alice".parse().unwrap(),
                self.now,
                Digest::hash(""),
            )),
            task: "acme-qbr".parse().unwrap(),
            audience: RootAudience::Only(self.server.clone().into()),
            life: self.life.clone(),
        }
    }

    pub(crate) fn delegation(&self, link: usize) -> Delegation {
        let id = [u8::try_from(link).unwrap(); 16];
        Delegation::new(
            id,
            key(link.saturating_add(1)).public(),
            self.powers.clone(),
            self.now.plus(Seconds::hours(1)),
        )
        .with_hops(u8::try_from(15_usize.saturating_sub(link)).unwrap())
    }

    pub(crate) fn chain(&self, depth: usize) -> Chain {
        self.numbered(0, depth)
    }

    /// One of many chains of this depth, without a signature in common.
    pub(crate) fn numbered(&self, number: u8, depth: usize) -> Chain {
        let mut root = self.root();
        root.link.id = [number; 16].into();
        let root = issue(&self.anchor, root, self.now)
            .unwrap()
            .sign(&key(0))
            .unwrap();
        self.continued(root.into(), depth)
    }

    /// Proofs of a call under so many chains.
    pub(crate) fn proofs(&self, count: u8, depth: usize) -> Vec<Vec<u8>> {
        (0..count)
            .map(|number| self.proof(&self.numbered(number, depth)).to_bytes())
            .collect()
    }

    /// The same chain, delegated on until it has so many links.
    pub(crate) fn continued(&self, chain: Chain, depth: usize) -> Chain {
        (chain.len()..depth).fold(chain, |chain, link| {
            let child = chain
                .delegate(self.delegation(link), self.now)
                .unwrap()
                .sign(&key(link))
                .unwrap();
            chain.extend(child).unwrap()
        })
    }

    /// One of many leaves below a chain.
    pub(crate) fn leaf(&self, above: &Chain, leaf: u8) -> Chain {
        let link = above.len();
        let expires = self.now.plus(Seconds::hours(1));
        let terms = Delegation::new(
            [leaf; 8],
            key(link.saturating_add(1)).public(),
            self.powers.clone(),
            expires,
        );
        above
            .extend(
                above
                    .delegate(terms, self.now)
                    .unwrap()
                    .sign(&key(link))
                    .unwrap(),
            )
            .unwrap()
    }

    /// A cache with room for a chain and one leaf below it, so that a leaf is forgotten before it
    /// comes again: the chain above is always the one asked for last.
    pub(crate) fn room_for_one_leaf(&self, above: &Chain) -> ChainCache {
        let both = ChainCache::new(usize::MAX);
        for chain in [above, &self.leaf(above, 0)] {
            self.verifier.verify_cached(chain, &both).unwrap();
        }
        // A leaf of another number may be a byte longer; a second leaf is far more than this beside
        // the first.
        ChainCache::new(both.bytes().saturating_add(64))
    }

    pub(crate) fn proof(&self, chain: &Chain) -> ExecutionProof {
        let signed = CallClaims::new(chain, &self.call, self.server.clone(), self.now)
            .sign(&key(chain.len()))
            .unwrap();
        ExecutionProof::new(chain.clone(), signed)
    }

    pub(crate) fn context(&self) -> DecisionContext<'static> {
        DecisionContext::new(
            ServerContext::new(self.now, self.server.clone()),
            Register::none(),
        )
    }
}
