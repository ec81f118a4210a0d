//! The people, servers and chains that the targets are about.

use mandatum::chain::Ceiling;
use mandatum::decide::Presentation;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, Capability, Chain, DecisionContext,
    Delegation, Denial, Digest, Effect, ExecutionProof, Label, Life, Lifetime, Limit, Limits, Link,
    Mission, Powers, PublicKey, Purpose, Register, Root, RootAudience, Seconds, SigningKey,
    Timestamp, Unsettled, VerifiedChain, Verifier, issue,
};
use std::fmt::Debug;
use std::sync::OnceLock;

pub(crate) const COMPANY: u8 = 1;
pub(crate) const LEAD: u8 = 2;
pub(crate) const HELPER: u8 = 3;
pub(crate) const INTERN: u8 = 4;
pub(crate) const OFFICE: u8 = 50;
pub(crate) const ENDER: u8 = 51;
pub(crate) const DESK: u8 = 52;
pub(crate) const APPROVERS: [u8; 3] = [60, 61, 62];
pub(crate) const SERVER: u8 = 70;
pub(crate) const STRANGER: u8 = 99;

pub(crate) const LIFETIME: u64 = 3_600;

/// What the world itself is made of can't fail.
#[track_caller]
pub(crate) fn sure<T, E: Debug>(made: Result<T, E>) -> T {
    match made {
        Ok(made) => made,
        Err(error) => panic!("{error:?}"),
    }
}

pub(crate) fn key(seed: u8) -> &'static SigningKey {
    static KEYS: OnceLock<Vec<SigningKey>> = OnceLock::new();
    &KEYS.get_or_init(|| {
        (0..=u8::MAX)
            .map(|seed| SigningKey::from_seed(&[seed; 32]))
            .collect()
    })[usize::from(seed)]
}

pub(crate) fn public(seed: u8) -> PublicKey {
    key(seed).public()
}

/// So many seconds after the beginning.
pub(crate) fn at(seconds: u64) -> Timestamp {
    sure(Timestamp::from_unix(1_767_225_600 + seconds))
}

pub(crate) fn label(text: &str) -> Label {
    sure(text.parse())
}

pub(crate) fn here() -> Audience {
    sure(Audience::new("https://crm.example"))
}

pub(crate) fn mission(controller: u8, name: &str) -> Mission {
    Mission::new(public(controller), label(name), [7; 16])
}

/// A register that has received nothing, and finds no status stale that a mandate accepts.
pub(crate) fn empty_register() -> Register {
    Register::new(verifier().retention(Seconds::new(LIFETIME)))
}

pub(crate) fn anchor() -> Anchor {
    sure(Anchor::new(
        sure("acme".parse()),
        public(COMPANY),
        Ceiling::Unlimited,
        Seconds::new(LIFETIME),
    ))
}

/// It takes a host's word for who calls as well as a signature, and for what a call does.
pub(crate) fn verifier() -> &'static Verifier {
    static VERIFIER: OnceLock<Verifier> = OnceLock::new();
    VERIFIER.get_or_init(|| {
        let verifier = sure(Verifier::new([anchor()])).dangerous_effects_as_stated();
        verifier.dangerous_accept_asserted_up_to(Effect::Irreversible)
    })
}

/// The tools of chains that are not about powers.
pub(crate) const TOOLS: [&str; 3] = ["crm.read", "notes.add", "pay.send"];

/// Each of the tools, with any arguments.
pub(crate) fn all_tools() -> Powers {
    let tool = |name| {
        sure(Capability::new(name, Effect::Irreversible))
            .allow_others()
            .allow_delegation()
    };
    sure(Powers::new(TOOLS.map(tool)))
}

/// A root of the company's for the lead, as it is before something is changed.
pub(crate) fn root_claims(id: [u8; 16], powers: Powers) -> Root {
    let lifetime = sure(Lifetime::new(at(0), at(LIFETIME)));
    Root {
        link: Link::new(id, public(LEAD), powers, lifetime).with_hops(3),
        issuer: sure("acme".parse()),
        signed_by: public(COMPANY),
        principal: label("alice").into(),
        purpose: Purpose::new(label("qbr"), label("acme"), "the text"),
        grant: Some(AttestedGrant::direct(
            label("alice"),
            at(0),
            Digest::hash("consent"),
        )),
        task: sure("acme-qbr".parse()),
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    }
}

/// A root with these limits; `None` where a rule is against it.
pub(crate) fn root(id: [u8; 16], life: Life, limits: &[Limit]) -> Option<Chain> {
    let mut root = root_claims(id, all_tools());
    root.link.limits = Limits::new(limits.iter().cloned()).ok()?;
    root.life = life;
    Some(Chain::from(sure(
        issue(&anchor(), root, at(0)).ok()?.sign(key(COMPANY)),
    )))
}

/// A child with these limits; `None` where a rule is against it.
pub(crate) fn child(
    above: &Chain,
    [by, to]: [u8; 2],
    powers: Powers,
    limits: &[Limit],
    id: [u8; 16],
) -> Option<Chain> {
    let terms = Delegation::new(id, public(to), powers, at(LIFETIME))
        .with_hops(above.leaf().hops.checked_sub(1)?);
    let terms = terms.with_limits(Limits::new(limits.iter().cloned()).ok()?);
    let child = sure(above.delegate(terms, at(0)).ok()?.sign(key(by)));
    Some(sure(above.extend(child)))
}

pub(crate) fn call(id: [u8; 16], tool: &str, effect: Effect, amount: i64) -> Call {
    Call::new(id, sure(Action::new(tool, [("amount", amount)], effect)))
}

/// A proof of the call, signed by this key.
pub(crate) fn proof(chain: &Chain, call: &Call, by: u8, now: Timestamp) -> ExecutionProof {
    ExecutionProof::new(
        chain.clone(),
        sure(CallClaims::new(chain, call, here(), now).sign(key(by))),
    )
}

/// What is decided on a call by the leaf's holder, by the host's word.
pub(crate) fn decide(
    chain: &VerifiedChain,
    call: &Call,
    context: &DecisionContext<'_>,
) -> Result<Unsettled, Denial> {
    let (holder, leaf) = (chain.chain().leaf().holder.key, chain.chain().leaf_id());
    verifier().decide(chain, &Presentation::asserted(call, holder, leaf), context)
}
