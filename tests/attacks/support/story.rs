//! The story: a company issues a root to an orchestrator, which passes some of it on to a helper,
//! which calls the CRM.

use super::cbor;
use super::cbor::Map;
use super::forge::{CALL, CHILD, Forge, MANDATE, ROOT, chain_of, id_of, proof_bytes};
use super::order::public;
use ciborium::Value;
use mandatum::chain::Ceiling;
use mandatum::claims::GrantKind;
use mandatum::limits::{AudienceSet, Scope};
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, Capability, Chain, Constraint, DecisionContext,
    Digest, Effect, Life, Lifetime, Limits, Link, Powers, Purpose, Register, Root, RootAudience,
    Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
};
use std::sync::LazyLock;

/// Seeds of the keys.
pub(crate) const COMPANY: u8 = 1;
pub(crate) const ORCHESTRATOR: u8 = 2;
pub(crate) const HELPER: u8 = 3;
pub(crate) const THIEF: u8 = 4;
pub(crate) const INTERN: u8 = 5;

pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const ISSUER: &str = "https://acme.example";
pub(crate) const CRM: &str = "https://crm.example";
pub(crate) const FILES: &str = "https://files.example";
pub(crate) const BANK: &str = "https://bank.example";

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// So many seconds after the story's now.
pub(crate) fn after(seconds: i64) -> Timestamp {
    Timestamp::from_unix(u64::try_from(NOW + seconds).unwrap()).unwrap()
}

pub(crate) fn now() -> Timestamp {
    after(0)
}

pub(crate) fn audience(name: &str) -> Audience {
    Audience::new(name).unwrap()
}

pub(crate) fn here() -> DecisionContext<'static> {
    DecisionContext::new(ServerContext::new(now(), audience(CRM)), Register::none())
}

/// Reading the CRM for these accounts, passed on freely.
pub(crate) fn read_crm(accounts: &[&str]) -> Capability {
    let accounts = Constraint::one_of(accounts.iter().copied()).unwrap();
    Capability::new("crm.read", Effect::Read)
        .unwrap()
        .require("account", accounts)
        .unwrap()
        .allow_delegation()
}

/// Paying up to an amount, not passed on.
pub(crate) fn pay(most: i64) -> Capability {
    let amount = Constraint::between(0.into(), most.into()).unwrap();
    Capability::new("pay", Effect::Irreversible)
        .unwrap()
        .require("amount", amount)
        .unwrap()
}

pub(crate) fn powers(capabilities: impl IntoIterator<Item = Capability>) -> Powers {
    Powers::new(capabilities).unwrap()
}

pub(crate) fn ceiling() -> Powers {
    powers([read_crm(&["acme", "globex", "initech"]), pay(5_000)])
}

pub(crate) fn anchor_with(ceiling: impl Into<Ceiling>) -> Anchor {
    Anchor::new(
        ISSUER.parse().unwrap(),
        key(COMPANY).public(),
        ceiling,
        Seconds::hours(8),
    )
    .unwrap()
}

pub(crate) fn anchor() -> Anchor {
    anchor_with(ceiling())
}

pub(crate) fn verifier_of(anchor: Anchor) -> Verifier {
    Verifier::new([anchor])
        .unwrap()
        .dangerous_effects_as_stated()
}

pub(crate) fn verifier() -> Verifier {
    verifier_of(anchor())
}

pub(crate) fn purpose() -> Purpose {
    Purpose::new("qbr".parse().unwrap(), "acme".parse().unwrap(), "the text")
}

pub(crate) fn grant(kind: GrantKind) -> AttestedGrant {
    AttestedGrant {
        kind,
        by: "alice".parse().unwrap(),
        at: now(),
        evidence: Digest::hash("consent record 17"),
    }
}

/// The company's root for the orchestrator, as the library's own type.
pub(crate) fn root_claims(powers: Powers) -> Root {
    let lifetime = Lifetime::new(now(), after(3600)).unwrap();
    Root {
        link: Link::new([0; 16], key(ORCHESTRATOR).public(), powers, lifetime).with_hops(3),
        issuer: ISSUER.parse().unwrap(),
        signed_by: key(COMPANY).public(),
        principal: mandatum::Label::new("alice").unwrap().into(),
        purpose: purpose(),
        grant: Some(grant(GrantKind::Direct)),
        task: "acme-qbr".parse().unwrap(),
        audience: RootAudience::Only(AudienceSet::new([audience(CRM), audience(FILES)]).unwrap()),
        life: Life::ExpiryOnly,
    }
}

/// How the library encodes an entry of what stands under our claim in a root with these powers and
/// limits.
fn encoded_term(key_of_term: i64, powers: Powers, limits: Limits) -> Vec<u8> {
    let mut root = root_claims(powers);
    root.link = root.link.with_limits(limits);
    let token = issue(&anchor_with(Ceiling::Unlimited), root, now())
        .unwrap()
        .sign(&key(COMPANY))
        .unwrap();
    let payload = match cbor::decode(token.as_bytes()) {
        Value::Tag(18, parts) => parts.as_array().unwrap()[2].as_bytes().unwrap().clone(),
        other => panic!("not a token: {other:?}"),
    };
    let claims = cbor::decode(&payload);
    cbor::encode(entry(entry(&claims, MANDATE), key_of_term))
}

fn entry(map: &Value, key: i64) -> &Value {
    &map.as_map()
        .unwrap()
        .iter()
        .find(|(other, _)| *other == Value::from(key))
        .unwrap()
        .1
}

/// These powers, encoded.
pub(crate) fn encoded_powers(powers: Powers) -> Vec<u8> {
    encoded_term(0, powers, Limits::none())
}

/// These limits, encoded.
pub(crate) fn encoded_limits(limits: impl IntoIterator<Item = mandatum::Limit>) -> Vec<u8> {
    let limits = Limits::new(limits).unwrap();
    // Capabilities for whatever the limits are about, or they would not be issued.
    let scoped = limits.iter().filter_map(|limit| match limit.scope() {
        Scope::All => None,
        Scope::Tools(tools) => tools.iter().next(),
    });
    let about = scoped.map(|tool| Capability::for_tool(tool.clone(), Effect::Read));
    encoded_term(1, powers(about), limits.clone())
}

/// `cnf` with the public key of a seed.
pub(crate) fn confirmation(seed: u8) -> Vec<u8> {
    confirmation_of(key(seed).public().as_bytes())
}

/// `cnf` with these bytes for a key.
pub(crate) fn confirmation_of(x: &[u8]) -> Vec<u8> {
    Map::of([(1, cose_key(x).bytes())]).bytes()
}

pub(crate) fn cose_key(x: &[u8]) -> Map {
    Map::of([(1, cbor::int(1)), (-1, cbor::int(6)), (-2, cbor::bytes(x))])
}

fn registered(seed_of_holder: u8, id: u8) -> Map {
    Map::of([
        (4, cbor::int(NOW + 3600)),
        (6, cbor::int(NOW)),
        (7, cbor::bytes([id; 16])),
        (8, confirmation(seed_of_holder)),
    ])
}

static ROOT_POWERS: LazyLock<Vec<u8>> =
    LazyLock::new(|| encoded_powers(powers([read_crm(&["acme", "globex"]), pay(1_000)])));
static CHILD_POWERS: LazyLock<Vec<u8>> =
    LazyLock::new(|| encoded_powers(powers([read_crm(&["acme"])])));

/// The root, by hand: reading the CRM for acme and globex, three more delegations.
pub(crate) fn root() -> Forge {
    let terms = Map::of([
        (0, ROOT_POWERS.clone()),
        (2, cbor::int(3)),
        (4, cbor::text("acme-qbr")),
        (5, cbor::array([cbor::text(CRM), cbor::text(FILES)])),
        (6, cbor::null()),
        (7, cbor::text("alice")),
        (
            9,
            cbor::array([cbor::text("qbr"), cbor::text("acme"), cbor::bytes([9; 32])]),
        ),
        (
            10,
            cbor::array([
                cbor::int(0),
                cbor::text("alice"),
                cbor::int(NOW),
                cbor::bytes([10; 32]),
            ]),
        ),
        (13, public(COMPANY)),
    ]);
    Forge::new(
        ROOT,
        registered(ORCHESTRATOR, 0).set(1, cbor::text(ISSUER)),
        terms,
        COMPANY,
    )
}

/// A child for the helper below this token, by hand: reading the CRM for acme, two more
/// delegations.
pub(crate) fn child_of(parent: &[u8]) -> Forge {
    let terms = Map::of([
        (0, CHILD_POWERS.clone()),
        (2, cbor::int(2)),
        (4, cbor::text("slides")),
        (11, cbor::bytes(id_of(parent).as_bytes())),
    ]);
    Forge::new(CHILD, registered(HELPER, 1), terms, ORCHESTRATOR)
}

/// A child for the intern below this token of the helper's, by hand, with the same powers and one
/// more delegation.
pub(crate) fn grandchild_of(parent: &[u8]) -> Forge {
    child_of(parent)
        .claim(8, confirmation(INTERN))
        .claim(7, cbor::bytes([2; 16]))
        .term(2, cbor::int(1))
        .signed_by(HELPER)
}

/// The root, the child, the grandchild.
pub(crate) fn three_links() -> [Vec<u8>; 3] {
    let root = root().token();
    let child = child_of(&root).token();
    let grandchild = grandchild_of(&child).token();
    [root, child, grandchild]
}

/// The root and the child.
pub(crate) fn two_links() -> [Vec<u8>; 2] {
    let root = root().token();
    let child = child_of(&root).token();
    [root, child]
}

/// The chain of root and child.
pub(crate) fn chain() -> Chain {
    chain_of(&two_links())
}

/// Reading the CRM for an account.
pub(crate) fn reading(account: &str) -> Action {
    Action::new("crm.read", [("account", account)], Effect::Read).unwrap()
}

pub(crate) fn call_of(id: u8, action: Action) -> Call {
    Call::new([id; 16], action)
}

/// The helper's call under this leaf: reading the CRM for acme, by hand.
pub(crate) fn call_under(leaf: &[u8]) -> Forge {
    let request = call_of(7, reading("acme")).request();
    let claims = Map::of([
        (3, cbor::text(CRM)),
        (6, cbor::int(NOW)),
        (7, cbor::bytes([7; 16])),
    ]);
    let terms = Map::of([
        (0, cbor::bytes(id_of(leaf).as_bytes())),
        (1, cbor::bytes(request.as_bytes())),
    ]);
    Forge::new(CALL, claims, terms, HELPER)
}

/// A proof with which everything is right.
pub(crate) fn proof() -> Vec<u8> {
    let links = two_links();
    proof_bytes(&links, &call_under(&links[1]).token())
}
