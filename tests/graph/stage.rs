//! A small universe of calls, and chains whose powers and limits are chosen freely.

use crate::support::{
    COMPANY, LIFETIME, OFFICE, at, key, label, mission, public, root_with, verifier,
};
use mandatum::chain::Ceiling;
use mandatum::limits::MaxAge;
use mandatum::{
    Action, Anchor, Call, Capability, Chain, Delegation, Effect, Issuer, Life, Limit, Limits,
    LivesBy, Mission, Powers, Register, Seconds, SigningKey, VerifiedChain, Verifier, issue,
};
use std::collections::BTreeSet;

pub(crate) const TOOLS: [&str; 6] = [
    "crm.read",
    "crm.write",
    "crm.notes.add",
    "pay.send",
    "files.read",
    "files.write",
];
pub(crate) const ACCOUNTS: [&str; 3] = ["acme", "beta", "gamma"];
pub(crate) const EFFECTS: [Effect; 3] = [Effect::Read, Effect::Write, Effect::Irreversible];

/// Calls of the universe, by their number.
pub(crate) type Calls = BTreeSet<usize>;

/// Every tool with every account and every effect.
pub(crate) fn universe() -> Vec<Action> {
    let mut calls = Vec::new();
    for tool in TOOLS {
        for account in ACCOUNTS {
            calls.extend(EFFECTS.map(|effect| action(tool, account, effect)));
        }
    }
    calls
}

pub(crate) fn action(tool: &str, account: &str, effect: Effect) -> Action {
    Action::new(tool, [("account", account)], effect).unwrap()
}

/// A call of an action, with an id of no matter.
pub(crate) fn asked(action: &Action) -> Call {
    Call::new([9; 16], action.clone())
}

/// The calls that powers permit, each asked for itself.
pub(crate) fn permitted(powers: &Powers, universe: &[Action]) -> Calls {
    (0..universe.len())
        .filter(|call| powers.permits(&universe[*call]).is_ok())
        .collect()
}

/// What of powers may be passed on.
pub(crate) fn delegable(powers: &Powers) -> Powers {
    Powers::new(
        powers
            .capabilities()
            .iter()
            .filter(|entry| entry.is_delegable())
            .cloned(),
    )
    .unwrap()
}

/// Capabilities on any account, delegable.
pub(crate) fn tools(names: &[&str]) -> Powers {
    let tool = |name: &&str| {
        Capability::new(name, Effect::Irreversible)
            .unwrap()
            .allow_others()
            .allow_delegation()
    };
    Powers::new(names.iter().map(tool)).unwrap()
}

pub(crate) fn agent(number: usize) -> SigningKey {
    let mut seed = [0xa6; 32];
    seed[..8].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
    SigningKey::from_seed(&seed)
}

/// The mission that most chains live by.
pub(crate) fn qbr() -> Mission {
    mission(OFFICE, "qbr")
}

/// A register that has received nothing, and finds no status stale that a mandate accepts.
pub(crate) fn empty_register() -> Register {
    Register::new(verifier().retention(Seconds::new(LIFETIME)))
}

pub(crate) fn life(mission: &Mission) -> Life {
    Life::Mission(LivesBy::new(
        mission.clone(),
        MaxAge::uniform(Seconds::new(600)),
    ))
}

pub(crate) fn anchor(issuer: &str, company: u8) -> Anchor {
    let issuer: Issuer = issuer.parse().unwrap();
    Anchor::new(
        issuer,
        public(company),
        Ceiling::Unlimited,
        Seconds::new(LIFETIME),
    )
    .unwrap()
}

pub(crate) const ISSUER: &str = "https://acme.example";

/// A root of the company's for `holder`, with as many hops as a chain has room for.
pub(crate) fn root(
    holder: &SigningKey,
    powers: Powers,
    life: Life,
    limits: Vec<Limit>,
    id: [u8; 16],
) -> Chain {
    root_of(
        &anchor(ISSUER, COMPANY),
        COMPANY,
        holder,
        powers,
        life,
        limits,
        id,
    )
}

pub(crate) fn root_of(
    anchor: &Anchor,
    company: u8,
    holder: &SigningKey,
    powers: Powers,
    life: Life,
    limits: Vec<Limit>,
    id: [u8; 16],
) -> Chain {
    // The root that other tests use, but for what is chosen here.
    let mut root = root_with(Life::ExpiryOnly, [], id)
        .unwrap()
        .root()
        .claims()
        .clone();
    root.issuer = anchor.issuer().clone();
    root.signed_by = public(company);
    root.link.holder = holder.public().into();
    root.link.powers = powers;
    root.link.limits = Limits::new(limits).unwrap();
    root.link.hops = 15;
    root.life = life;
    Chain::from(
        issue(anchor, root, at(0))
            .unwrap()
            .sign(&key(company))
            .unwrap(),
    )
}

/// Terms for `holder`, until the root ends, with all the hops that are left.
pub(crate) fn terms(
    above: &Chain,
    holder: &SigningKey,
    powers: Powers,
    id: [u8; 16],
) -> Delegation {
    Delegation::new(id, holder.public(), powers, at(LIFETIME)).with_hops(above.leaf().hops - 1)
}

/// A verified child below a chain that `by` holds.
pub(crate) fn child(
    verifier: &Verifier,
    above: &VerifiedChain,
    by: &SigningKey,
    holder: &SigningKey,
    powers: Powers,
    limits: Vec<Limit>,
    id: [u8; 16],
) -> VerifiedChain {
    let step = label(&format!("step-{}", id[0])).as_str().parse().unwrap();
    let terms = terms(above.chain(), holder, powers, id)
        .with_limits(Limits::new(limits).unwrap())
        .with_step(step);
    let child = above
        .chain()
        .delegate(terms, at(0))
        .unwrap()
        .sign(by)
        .unwrap();
    verifier
        .verify(&above.chain().extend(child).unwrap())
        .unwrap()
}
