//! A seeded generator, keys, chains that live by missions, and news of them.

use mandatum::chain::Ceiling;
use mandatum::codec::Claims;
use mandatum::decide::Presentation;
use mandatum::limits::MaxAge;
use mandatum::mission::Retention;
use mandatum::primitives::MandateId;
use mandatum::sign::{Token, Unsigned};
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, Capability, Chain, ChainError,
    Controller, DecisionContext, Delegation, Denial, Digest, Effect, ExecutionProof, Label, Life,
    Lifetime, Limit, Limits, Link, LivesBy, Mission, Notice, Powers, PublicKey, Purpose, Register,
    Root, RootAudience, Seconds, ServerContext, SigningKey, Timestamp, Unsettled, VerifiedChain,
    Verifier, issue,
};

/// A `SplitMix64` generator: small, seeded, good enough to shake a system with.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The seed is mixed first: from neighbouring ones the generator would go along the same
    /// numbers, one step apart.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Self(seed).next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// From `from` to `to`, both included.
    pub(crate) fn within(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap();
        from + i64::try_from(self.next() % span).unwrap()
    }

    /// Whether it happens, in so many of a hundred times.
    pub(crate) fn chance(&mut self, per_cent: usize) -> bool {
        self.below(100) < per_cent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn name(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    pub(crate) fn id(&mut self) -> [u8; 16] {
        let (high, low) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        std::array::from_fn(|at| if at < 8 { high[at] } else { low[at - 8] })
    }
}

pub(crate) const COMPANY: u8 = 1;
pub(crate) const ORCHESTRATOR: u8 = 2;
pub(crate) const HELPER: u8 = 3;
pub(crate) const INTERN: u8 = 4;
pub(crate) const OFFICE: u8 = 10;
pub(crate) const DESK: u8 = 11;
pub(crate) const ENDER: u8 = 12;
pub(crate) const STRANGER: u8 = 20;

pub(crate) const START: u64 = 1_767_225_600;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(crate) fn public(seed: u8) -> PublicKey {
    key(seed).public()
}

/// So many seconds after the start.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(START + seconds).unwrap()
}

pub(crate) fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

pub(crate) fn mission(controller: u8, name: &str) -> Mission {
    Mission::new(public(controller), label(name), [7; 16])
}

/// How far clocks may differ.
pub(crate) const LEEWAY: Seconds = Seconds::new(30);

/// A register that knows nothing, and keeps everything for longer than a test lasts.
pub(crate) fn empty() -> Register {
    Register::new(Retention::new(
        Seconds::hours(24),
        Seconds::hours(8_784),
        LEEWAY,
    ))
}

/// The same for clocks that differ by up to so many seconds.
pub(crate) fn with_leeway(seconds: u64) -> Register {
    Register::new(Retention::new(
        Seconds::hours(24),
        Seconds::hours(8_784),
        Seconds::new(seconds),
    ))
}

pub(crate) fn ages(read: u64, write: u64, irreversible: u64) -> MaxAge {
    MaxAge::new(
        Seconds::new(read),
        Seconds::new(write),
        Seconds::new(irreversible),
    )
    .unwrap()
}

pub(crate) fn here() -> Audience {
    Audience::new("https://crm.example").unwrap()
}

/// How long the chains live.
pub(crate) const LIFETIME: u64 = 8 * 3600;

/// A verifier that takes the host's word for who calls: the news is what is tested here.
pub(crate) fn verifier() -> Verifier {
    Verifier::new([anchor()])
        .unwrap()
        .dangerous_effects_as_stated()
        .dangerous_accept_asserted_up_to(Effect::Irreversible)
}

fn anchor() -> Anchor {
    let issuer = "https://acme.example".parse().unwrap();
    Anchor::new(
        issuer,
        public(COMPANY),
        Ceiling::Unlimited,
        Seconds::new(LIFETIME),
    )
    .unwrap()
}

/// The tools of every chain: `crm.read` and `pay.send`, without arguments.
pub(crate) fn powers() -> Powers {
    let tool = |name: &str| {
        Capability::new(name, Effect::Irreversible)
            .unwrap()
            .allow_delegation()
    };
    Powers::new([tool("crm.read"), tool("pay.send")]).unwrap()
}

/// A root for the orchestrator that lives by this.
pub(crate) fn root(life: LivesBy, id: [u8; 16]) -> Chain {
    root_with(Life::Mission(life), [], id).unwrap()
}

/// A root for the orchestrator with this life and these limits, if it may be issued.
pub(crate) fn root_with(
    life: Life,
    limits: impl IntoIterator<Item = Limit>,
    id: [u8; 16],
) -> Result<Chain, ChainError> {
    let limits = Limits::new(limits).unwrap();
    let lifetime = Lifetime::new(at(0), at(LIFETIME)).unwrap();
    let root = Root {
        link: Link::new(id, public(ORCHESTRATOR), powers(), lifetime)
            .with_hops(3)
            .with_limits(limits),
        issuer: "https://acme.example".parse().unwrap(),
        signed_by: public(COMPANY),
        principal: label("alice").into(),
        purpose: Purpose::new("qbr".parse().unwrap(), "acme".parse().unwrap(), "text"),
        grant: Some(AttestedGrant::direct(
            "alice".parse().unwrap(),
            at(0),
            Digest::hash("consent"),
        )),
        task: "acme-qbr".parse().unwrap(),
        audience: RootAudience::Anywhere,
        life,
    };
    Ok(Chain::from(
        issue(&anchor(), root, at(0))?.sign(&key(COMPANY)).unwrap(),
    ))
}

/// The chain with a child for `to`, signed by `by`, with these limits.
pub(crate) fn child(
    chain: &Chain,
    by: u8,
    to: u8,
    limits: impl IntoIterator<Item = Limit>,
    id: [u8; 16],
) -> Chain {
    let hops = chain.leaf().hops - 1;
    let terms = Delegation::new(id, public(to), powers(), at(LIFETIME))
        .with_limits(Limits::new(limits).unwrap())
        .with_hops(hops);
    let child = chain
        .delegate(terms, at(0))
        .unwrap()
        .sign(&key(by))
        .unwrap();
    chain.extend(child).unwrap()
}

pub(crate) fn call(id: [u8; 16], tool: &str, effect: Effect) -> Call {
    let none: [(&str, bool); 0] = [];
    Call::new(id, Action::new(tool, none, effect).unwrap())
}

/// What is decided on a call by the holder of the leaf.
pub(crate) fn decide(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &Call,
    context: &DecisionContext<'_>,
) -> Result<Unsettled, Denial> {
    let (holder, leaf) = (chain.chain().leaf().holder.key, chain.chain().leaf_id());
    verifier.decide(chain, &Presentation::asserted(call, holder, leaf), context)
}

/// What is decided on a call, as a value: how long it would be good for, or why it is refused.
pub(crate) fn verdict(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &Call,
    register: &Register,
    now: Timestamp,
) -> Result<Timestamp, Denial> {
    let context = DecisionContext::new(ServerContext::new(now, here()), register);
    let unsettled = decide(verifier, chain, call, &context)?;
    let answer = unsettled
        .charges()
        .answer(mandatum::charge::LedgerOutcome::Reserved);
    let permit = unsettled.settle(answer)?;
    Ok(permit.valid_until())
}

/// What is decided on a call with notices stapled to its proof, as a value.
pub(crate) fn proven(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &Call,
    register: &Register,
    stapled: &[Notice],
    now: Timestamp,
) -> Result<Timestamp, Denial> {
    let holder = [ORCHESTRATOR, HELPER, INTERN][chain.chain().len() - 1];
    let signed = CallClaims::new(chain.chain(), call, here(), now)
        .sign(&key(holder))
        .unwrap();
    let proof = ExecutionProof::new(chain.chain().clone(), signed)
        .with_stapled(stapled.iter().cloned())
        .unwrap();
    let context = DecisionContext::new(ServerContext::new(now, here()), register);
    let unsettled = verifier.check(&proof.to_bytes(), &call.action, &context)?;
    let answer = unsettled
        .charges()
        .answer(mandatum::charge::LedgerOutcome::Reserved);
    let permit = unsettled.settle(answer)?;
    Ok(permit.valid_until())
}

/// A notice, signed.
pub(crate) fn signed<C: Claims>(unsigned: Unsigned<C>, by: &SigningKey) -> Notice
where
    Notice: From<Token<C>>,
{
    unsigned.sign(by).unwrap().into()
}

/// What every running mission's state is, as of `now`, in one status.
pub(crate) fn heartbeat(
    controller: &mut Controller,
    by: &SigningKey,
    id: [u8; 16],
    now: Timestamp,
) -> Notice {
    let mut statuses = controller.heartbeat(|| id.into(), now).unwrap();
    assert_eq!(statuses.len(), 1);
    signed(statuses.remove(0), by)
}

/// The mandates of a chain, root first.
pub(crate) fn mandates(chain: &VerifiedChain) -> Vec<MandateId> {
    chain.chain().ids().collect()
}
