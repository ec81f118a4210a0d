//! One case being built: everything has a default, so that a row of a table says the one thing that
//! is different.

mod make;

use super::file::{AnchorForm, CallForm, Expect, Fact, KeyForm, Ledger, Verifier, raw};
use super::forge::Envelope;
use mandatum::charge::Charge;
use mandatum::claims::GrantKind;
use mandatum::json::JsonForm;
use mandatum::primitives::{CallKey, MandateId, RequestDigest};
use mandatum::{
    AttestedGrant, Audience, Chain, Delegation, DenialCode, Digest, Label, Life, Lifetime, Limits,
    Link, Powers, Purpose, Root, RootAudience, SigningKey, Timestamp,
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
/// The bytes of a notice, which may be about a mandate of the chain.
type MakeNotice = Box<dyn Fn(&Chain) -> Vec<u8>>;
/// The bytes of an approval of a call.
type MakeApproval = Box<dyn Fn(Approved) -> Vec<u8>>;

/// What an approval names.
#[derive(Clone, Copy)]
pub(crate) struct Approved {
    pub(crate) leaf: MandateId,
    pub(crate) call: CallKey,
    pub(crate) request: RequestDigest,
}

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
    /// The key of the issuer that the root names and is signed by.
    issuer: u8,
    hops: Option<u8>,
    below: Vec<Below>,
    changes: Vec<Changes>,
    chain_edit: Option<EditBytes>,
    call: CallForm,
    signing: Option<EditSigning>,
    call_changes: Changes,
    call_token: Option<EditBytes>,
    asserted: Option<(u8, Option<[u8; 32]>)>,
    seen: Vec<(CacheView, &'static str)>,
    facts: BTreeMap<&'static str, Fact>,
    notices: Vec<MakeNotice>,
    approvals: Vec<MakeApproval>,
    system: Option<&'static str>,
    ledgers: BTreeMap<&'static str, Ledger>,
    before: Vec<u64>,
}

#[derive(Clone, Copy)]
pub(crate) enum CacheView {
    ThisCall,
    /// The same under another id.
    AnotherCall,
    /// Another request under the same id.
    AnotherRequest,
    /// The same id and request under another mandate.
    AnotherLeaf,
}

impl Scene {
    /// A call that is permitted until the root expires.
    pub(crate) fn permit(name: &str, description: &str) -> Self {
        let valid_until = Some(EXPIRES);
        let expect = Expect {
            decision: "permit",
            code: None,
            link: None,
            outcome: None,
            valid_until,
            charges: Vec::new(),
        };
        Self::new(format!("permit-{name}"), expect, description)
    }

    /// A call that is denied.
    pub(crate) fn deny(code: DenialCode, name: &str, description: &str) -> Self {
        let code_name = Some(code.as_str());
        let (link, outcome, valid_until, charges) = (None, None, None, Vec::new());
        let expect = Expect {
            decision: "deny",
            code: code_name,
            link,
            outcome,
            valid_until,
            charges,
        };
        Self::new(
            format!("deny-{}-{name}", kebab(code.as_str())),
            expect,
            description,
        )
    }

    fn new(name: String, expect: Expect, description: &str) -> Self {
        let reading = r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}},"delegable":true}]"#;
        let lifetime = Lifetime::new(time(ISSUED), time(EXPIRES)).expect("a lifetime");
        let root = Root {
            link: Link::new([0; 16], key(holder(0)).public(), powers(reading), lifetime),
            issuer: ISSUER.parse().expect("a name"),
            signed_by: key(COMPANY).public(),
            principal: Label::new("alice").expect("a name").into(),
            purpose: Purpose::new(
                "qbr".parse().expect("a name"),
                "acme".parse().expect("a name"),
                "Prepare Acme's quarterly review.",
            ),
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
                    keys: vec![KeyForm::InService(key(COMPANY).public().to_string())],
                    ceiling: raw("null"),
                    max_lifetime: 86_400,
                    systems: Vec::new(),
                }],
                leeway: None,
                max_call_age: None,
                grants: None,
                asserted_up_to: None,
                tools: BTreeMap::new(),
                floors: None,
            },
            powers: reading.to_owned(),
            ceiling: None,
            root,
            issuer: COMPANY,
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
            seen: Vec::new(),
            facts: BTreeMap::new(),
            notices: Vec::new(),
            approvals: Vec::new(),
            system: None,
            ledgers: BTreeMap::new(),
            before: Vec::new(),
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
        Self {
            ceiling: Some(json.to_owned()),
            ..self
        }
    }

    pub(crate) fn root(mut self, set: impl FnOnce(&mut Root)) -> Self {
        set(&mut self.root);
        self
    }

    /// What the root permits, as JSON.
    pub(crate) fn powers(mut self, json: &str) -> Self {
        self.root.link.powers = powers(json);
        Self {
            powers: json.to_owned(),
            ..self
        }
    }

    /// The root has a power for this tool or family besides, for limits that are about other tools
    /// than the call's.
    pub(crate) fn also(self, tool: &str) -> Self {
        let entries = self.powers.strip_suffix(']').expect("a list").to_owned();
        self.powers(&format!(
            r#"{entries},{{"tool":"{tool}","effect":"read","delegable":true}}]"#
        ))
    }

    /// What the root's limits are, as JSON.
    pub(crate) fn limits(self, json: &str) -> Self {
        self.root(|root| root.link.limits = limits(json))
    }

    /// The delegations that may follow the root; without, as many as do.
    pub(crate) fn hops(self, hops: u8) -> Self {
        Self {
            hops: Some(hops),
            ..self
        }
    }

    pub(crate) fn lives(self, from: u64, until: u64) -> Self {
        self.root(|root| {
            root.link.lifetime = Lifetime::new(time(from), time(until)).expect("a lifetime");
        })
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

    /// The root names this key of the issuer's, and is signed by it.
    pub(crate) fn issued_by(self, seed: u8) -> Self {
        Self {
            issuer: seed,
            ..self
        }
    }

    /// The last link is signed by this key, whatever it says.
    pub(crate) fn signed_by(self, seed: u8) -> Self {
        self.change(|changes| changes.signer = Some(seed))
    }

    /// Edits the bytes of the chain as a whole.
    pub(crate) fn chain(self, edit: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Self {
        Self {
            chain_edit: Some(Box::new(edit)),
            ..self
        }
    }

    /// The holder signs something else.
    pub(crate) fn signing(self, set: impl Fn(&mut Signing) + 'static) -> Self {
        Self {
            signing: Some(Box::new(set)),
            ..self
        }
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
        Self {
            call_token: Some(Box::new(edit)),
            ..self
        }
    }

    /// No signed call: the host says who calls.
    pub(crate) fn asserted(self, seed: u8) -> Self {
        Self {
            asserted: Some((seed, None)),
            ..self
        }
    }

    /// The host says who calls, and names this leaf.
    pub(crate) fn asserted_for(self, seed: u8, leaf: [u8; 32]) -> Self {
        Self {
            asserted: Some((seed, Some(leaf))),
            ..self
        }
    }

    /// The host observed a fact, its value as JSON.
    pub(crate) fn fact(self, name: &'static str, value: &str, at: u64) -> Self {
        self.fact_open_to(name, value, at, &[ISSUER])
    }

    /// The host observed a fact that chains of these issuers may ask for.
    pub(crate) fn fact_open_to(
        mut self,
        name: &'static str,
        value: &str,
        at: u64,
        open_to: &[&'static str],
    ) -> Self {
        self.facts.insert(
            name,
            Fact {
                value: raw(value),
                at,
                open_to: open_to.to_vec(),
            },
        );
        self
    }

    /// What the verifier demands of every chain, as JSON.
    pub(crate) fn floors(self, json: &str) -> Self {
        self.verifier(|verifier| verifier.floors = Some(raw(json)))
    }

    /// The host heard a notice.
    pub(crate) fn heard(self, notice: Vec<u8>) -> Self {
        self.heard_of(move |_| notice.clone())
    }

    /// The host heard a notice about a mandate of the chain.
    pub(crate) fn heard_of(mut self, notice: impl Fn(&Chain) -> Vec<u8> + 'static) -> Self {
        self.notices.push(Box::new(notice));
        self
    }

    /// An approval came along, of this call or another.
    pub(crate) fn approved(mut self, approval: impl Fn(Approved) -> Vec<u8> + 'static) -> Self {
        self.approvals.push(Box::new(approval));
        self
    }

    /// The server acts in this system of its issuer's.
    pub(crate) fn system(self, system: &'static str) -> Self {
        Self {
            system: Some(system),
            ..self
        }
    }

    /// The server is attached to this ledger.
    pub(crate) fn attached(mut self, ledger: &'static str) -> Self {
        self.ledgers.entry(ledger).or_default();
        self
    }

    /// This was charged before, now.
    pub(crate) fn charged(self, ledger: &'static str, charge: &Charge) -> Self {
        self.charged_as(ledger, charge.to_json())
    }

    /// This was charged before, then.
    pub(crate) fn charged_at(self, ledger: &'static str, charge: &Charge, at: u64) -> Self {
        let charge = charge.to_json();
        let fields = charge.strip_suffix('}').expect("an object");
        self.charged_as(ledger, format!(r#"{fields},"at":{at}}}"#))
    }

    fn charged_as(mut self, ledger: &'static str, charge: String) -> Self {
        self.ledgers
            .entry(ledger)
            .or_default()
            .charges
            .push(raw(&charge));
        self
    }

    /// The call is charged this.
    pub(crate) fn charges(mut self, charges: impl IntoIterator<Item = Charge>) -> Self {
        self.expect.charges = charges
            .into_iter()
            .map(|charge| raw(&charge.to_json()))
            .collect();
        self
    }

    /// The call was signed and decided then as well.
    pub(crate) fn before(mut self, at: u64) -> Self {
        self.before.push(at);
        self
    }

    /// A ledger has decided this before, with this outcome.
    pub(crate) fn seen(mut self, seen: CacheView, outcome: &'static str) -> Self {
        self.seen.push((seen, outcome));
        self
    }

    /// The caller is told this outcome.
    pub(crate) fn outcome(mut self, outcome: &'static str) -> Self {
        self.expect.outcome = Some(outcome);
        self
    }
}

pub(crate) fn grant(kind: GrantKind) -> AttestedGrant {
    let by = Label::new("alice").expect("a name");
    AttestedGrant {
        kind,
        by,
        at: time(ISSUED),
        evidence: Digest::hash("consent record 17"),
    }
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
