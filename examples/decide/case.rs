//! A decision stated as JSON. The project's vectors are such files, and their test runs them
//! through this very code.

use data_encoding::BASE64URL_NOPAD;
use mandatum::chain::{AcceptedGrants, AnchorKey, Ceiling, Floors};
use mandatum::charge::{Charge, Demand, LedgerTerms};
use mandatum::claims::{Approval, GrantKind};
use mandatum::decide::{Facts, Presentation};
use mandatum::denial::RecordedOutcome;
use mandatum::json::JsonForm;
use mandatum::ledger::CallMark;
use mandatum::limits::MaxAge;
use mandatum::mission::Watches;
use mandatum::powers::ToolName;
use mandatum::primitives::{Arguments, CallKey, MandateId, RequestDigest, Value};
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, Audience, Call, CallClaims, CallId, Chain, DecisionContext, Denial, DenialCode,
    Effect, Issuer, Label, MemoryLedger, Notice, Permit, Powers, PublicKey, Register, Seconds,
    ServerContext, Timestamp, ToolTable, VerifiedChain, Verifier, bounds,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

/// A case that was read: everything a decision needs.
#[derive(Debug)]
pub(crate) struct Case {
    verifier: Verifier,
    now: Timestamp,
    audience: Audience,
    facts: Facts,
    notices: Vec<Notice>,
    chain: Vec<u8>,
    call: Call,
    presenter: Presented,
    approvals: Vec<Token<Approval>>,
    system: Option<Label>,
    /// The ledgers that the server is attached to.
    ledgers: Vec<Label>,
    /// Earlier charges to them, with their times.
    charged: Vec<(Charge, Timestamp)>,
    /// The calls that they have decided before, each with its mark.
    calls: Vec<(CallKey, CallMark)>,
    /// When this call was decided before, and by which bytes.
    before: Vec<(Timestamp, Presented)>,
}

#[derive(Debug)]
enum Presented {
    Signed(Vec<u8>),
    Asserted { holder: PublicKey, leaf: MandateId },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase<'a> {
    #[serde(rename = "description")]
    _description: Option<String>,
    now: u64,
    audience: String,
    #[serde(borrow)]
    verifier: RawVerifier<'a>,
    chain: String,
    #[serde(borrow)]
    call: RawCall<'a>,
    presenter: RawPresenter,
    #[serde(default, borrow)]
    facts: BTreeMap<String, RawFact<'a>>,
    #[serde(default)]
    notices: Vec<String>,
    #[serde(default)]
    approvals: Vec<String>,
    system: Option<String>,
    #[serde(default, borrow)]
    ledgers: BTreeMap<String, RawLedger<'a>>,
    #[serde(default)]
    before: Vec<RawBefore>,
    /// The expected result, which the test of a vector reads and the decision does not.
    #[serde(borrow, rename = "expect")]
    _expect: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBefore {
    now: u64,
    signed: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVerifier<'a> {
    #[serde(borrow)]
    anchors: Vec<RawAnchor<'a>>,
    leeway: Option<u64>,
    max_call_age: Option<u64>,
    grants: Option<RawGrants>,
    asserted_up_to: Option<String>,
    /// Pattern and effect; unlisted is irreversible.
    tools: Option<BTreeMap<String, String>>,
    #[serde(default)]
    floors: RawFloors,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawFloors {
    mission: bool,
    audience: bool,
    max_links: Option<usize>,
    grant_age: Option<u64>,
    status_age: Option<RawAges>,
    root_age: Option<RawAges>,
}

/// Seconds by effect. An age that is absent is not bounded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAges {
    read: Option<u64>,
    write: Option<u64>,
    irreversible: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`grants` is a list of kinds, or `any`")]
enum RawGrants {
    Any(String),
    Only(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnchor<'a> {
    issuer: String,
    keys: Vec<RawKey>,
    #[serde(borrow)]
    ceiling: &'a RawValue,
    max_lifetime: u64,
    #[serde(default)]
    systems: Vec<String>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a key of an anchor is base64url, or an object of `key` and `roots_issued_before` or `revoked`"
)]
enum RawKey {
    InService(String),
    Retired(RetiredKey),
    Revoked(RevokedKey),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetiredKey {
    key: String,
    roots_issued_before: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokedKey {
    key: String,
    revoked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall<'a> {
    id: String,
    tool: String,
    #[serde(borrow)]
    args: &'a RawValue,
    /// Stands for a table of this one tool.
    effect: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFact<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    at: u64,
    /// The issuers whose chains may ask for it; absent: all that the verifier trusts.
    open_to: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPresenter {
    signed: Option<String>,
    asserted: Option<String>,
    leaf: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLedger<'a> {
    #[serde(default, borrow)]
    charges: Vec<&'a RawValue>,
    #[serde(default)]
    calls: Vec<RawDecided>,
}

/// A call that was decided before by this server, signed before the one at hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDecided {
    leaf: String,
    id: String,
    request: String,
    /// `open`, `done`, `failed`, `undone` or `refused`.
    outcome: String,
}

impl Case {
    /// Reads a case; an error states what can't be read.
    pub(crate) fn read(text: &str) -> Result<Self, Box<dyn Error>> {
        // A key that comes twice, or a number that is not exact, is refused wherever it is.
        Value::from_json(text)?;
        let raw: RawCase<'_> = serde_json::from_str(text)?;
        let Value::Map(arguments) = Value::from_json(raw.call.args.get())? else {
            return Err("`args`: expected an object".into());
        };
        // The verifier's table has the effect of the tool; a case's call states no effect.
        let action = Action {
            tool: field("tool", ToolName::new(&raw.call.tool))?,
            arguments: field("args", Arguments::new(arguments))?,
            effect: Effect::Read,
        };
        let now = field("now", Timestamp::from_unix(raw.now))?;
        let approvals = raw
            .approvals
            .iter()
            .map(|approval| Token::from_text(approval));
        let audience = field("audience", Audience::new(&raw.audience))?;
        let calls = raw.ledgers.values().flat_map(|ledger| &ledger.calls);
        let calls = calls
            .map(|call| decided(call, &audience))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            verifier: verifier(&raw.verifier)?.with_tools(tools(&raw)?),
            now,
            audience,
            facts: facts(&raw)?,
            notices: field(
                "notices",
                raw.notices
                    .iter()
                    .map(|notice| Notice::from_text(notice))
                    .collect(),
            )?,
            chain: field("chain", bytes(&raw.chain))?,
            call: Call::new(field("id", CallId::from_str(&raw.call.id))?, action),
            presenter: presented(&raw.presenter)?,
            approvals: field("approvals", approvals.collect())?,
            system: field("system", raw.system.as_deref().map(Label::new).transpose())?,
            ledgers: field(
                "ledgers",
                raw.ledgers.keys().map(|name| Label::new(name)).collect(),
            )?,
            charged: charged(&raw.ledgers, now)?,
            calls,
            before: raw.before.iter().map(before).collect::<Result<_, _>>()?,
        })
    }

    /// The decision.
    pub(crate) fn decide(&self) -> Decision {
        match self.permit() {
            Ok(permit) => Decision::Permit(Box::new(permit)),
            Err(denial) => Decision::Deny(Box::new(denial)),
        }
    }

    fn permit(&self) -> Result<Permit, Denial> {
        let chain = self.verified()?;
        let ledger = self.ledger(&chain);
        let settle = |now, presenter| {
            let unsettled =
                self.with_presentation(&chain, now, presenter, |presentation, context| {
                    self.verifier.decide(&chain, &presentation, context)
                })??;
            ledger.settle(unsettled, now)
        };
        for (now, presenter) in &self.before {
            // The ledger has its outcome.
            drop(settle(*now, presenter));
        }
        settle(self.now, &self.presenter)
    }

    /// The ledgers as they are before this call, all in one: their accounts are apart by their
    /// names.
    fn ledger(&self, chain: &VerifiedChain) -> MemoryLedger {
        let room = [
            self.charged.len(),
            self.calls.len(),
            self.before.len(),
            bounds::MAX_CHAIN_METERS,
        ];
        // One root takes a quarter of the room at most.
        let room = room.into_iter().sum::<usize>().saturating_mul(4);
        let ledger = MemoryLedger::with_terms(room, LedgerTerms::from(&self.verifier));
        let root = chain
            .chain()
            .ids()
            .next()
            .unwrap_or_else(|| chain.chain().leaf_id());
        let tenant = (chain.anchor().issuer(), root);
        let marked = self
            .calls
            .iter()
            .all(|(key, mark)| ledger.restore_mark(*key, tenant, *mark));
        let charged = self
            .charged
            .iter()
            .all(|(charge, at)| ledger.restore_charge(charge, tenant, *at, Some(*at)));
        assert!(
            marked && charged,
            "there is room for what a case says, and its sums were tried when it was read"
        );
        ledger
    }

    /// Every check, for people, one a line: the chain first, then the ladder, the ledger last. What
    /// can't be asked because of what failed before is not there.
    pub(crate) fn explain(&self) -> String {
        let line = |check: &str, failed: Option<&Denial>| match failed {
            None => format!("ok   {check}\n"),
            Some(denial) => format!("FAIL {check}: {}: {}\n", denial.code(), denial.details()),
        };
        let chain = match self.verified() {
            Ok(chain) => chain,
            Err(denial) => return line("the chain verifies", Some(&denial)),
        };
        let explained = self.with_presentation(
            &chain,
            self.now,
            &self.presenter,
            |presentation, context| self.verifier.explain(&chain, &presentation, context),
        );
        let checks = match explained {
            Ok(explanation) if explanation.denial().is_some() => explanation.to_string(),
            Ok(explanation) => format!("{explanation}{}", self.explain_settling(line)),
            Err(denial) => line("the signed call can be read", Some(&denial)),
        };
        line("the chain verifies", None) + &checks
    }

    /// The ledgers' answers.
    fn explain_settling(&self, line: impl Fn(&str, Option<&Denial>) -> String) -> String {
        let (new, fits) = ("not decided before", "the charges fit");
        match self.permit() {
            Ok(permit) => permit
                .charges()
                .iter()
                .map(explain_charge)
                .fold(line(new, None), |all, charge| all + &line(&charge, None)),
            Err(denial)
                if [DenialCode::AlreadyDecided, DenialCode::CallConflict]
                    .contains(&denial.code()) =>
            {
                line(new, Some(&denial))
            }
            Err(denial) => line(new, None) + &line(fits, Some(&denial)),
        }
    }

    fn verified(&self) -> Result<VerifiedChain, Denial> {
        Ok(self.verifier.verify(&Chain::from_bytes(&self.chain)?)?)
    }

    /// The state of the missions and tasks of this chain. A notice that does not count there is
    /// passed over.
    fn register(&self, chain: &VerifiedChain) -> Register {
        // One decision forgets nothing, so the case's mandates and floors alone bound the age of a
        // status.
        let mut register = Register::new(self.verifier.retention(Seconds::new(u64::MAX)));
        let watches = Watches::new(chain);
        for notice in &self.notices {
            let _ = register.apply(notice, &watches, self.now);
        }
        register
    }

    fn with_presentation<T>(
        &self,
        chain: &VerifiedChain,
        now: Timestamp,
        presenter: &Presented,
        then: impl FnOnce(Presentation<'_>, &DecisionContext<'_>) -> T,
    ) -> Result<T, Denial> {
        let call = &self.call;
        let register = self.register(chain);
        let context =
            DecisionContext::new(ServerContext::new(now, self.audience.clone()), &register)
                .with_facts(&self.facts);
        let context = context
            .with_approvals(&self.approvals)
            .with_ledgers(&self.ledgers);
        let context = &match &self.system {
            Some(system) => context.with_system(system.clone()),
            None => context,
        };
        Ok(match presenter {
            Presented::Signed(token) => {
                let signed = Token::<CallClaims>::from_bytes(token)?;
                then(Presentation::signed(call, &signed), context)
            }
            Presented::Asserted { holder, leaf } => {
                then(Presentation::asserted(call, *holder, *leaf), context)
            }
        })
    }
}

/// A decision on a case.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Permitted.
    Permit(Box<Permit>),
    /// Denied.
    Deny(Box<Denial>),
}

impl Decision {
    /// One line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let fields = match self {
            Self::Permit(permit) => {
                let trace = permit.trace();
                let holders = trace.hops.iter().map(|hop| hop.holder.to_string());
                let stations: Vec<String> = [trace.principal.to_string()]
                    .into_iter()
                    .chain(holders)
                    .chain([trace.tool.to_string()])
                    .collect();
                vec![
                    ("decision", Value::from("permit")),
                    (
                        "valid_until",
                        Value::Number(permit.valid_until().as_unix().into()),
                    ),
                    (
                        "charges",
                        Value::List(permit.charges().iter().map(JsonForm::to_value).collect()),
                    ),
                    ("trace", stations.into()),
                ]
            }
            Self::Deny(denial) => {
                let link = denial.place().link().map(|link| ("link", link.into()));
                let missing = denial
                    .missing()
                    .map(|powers| ("missing", powers.to_value()));
                let code = [
                    ("decision", Value::from("deny")),
                    ("code", denial.code().as_str().into()),
                ];
                let outcome = denial
                    .recorded()
                    .map(|recorded| ("outcome", recorded.as_str().into()));
                let message = [("message", denial.details().to_string().into())];
                code.into_iter()
                    .chain(link)
                    .chain(outcome)
                    .chain(message)
                    .chain(missing)
                    .collect()
            }
        };
        in_order(&fields)
    }

    /// One plain sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Permit(permit) => {
                format!("permit until {}: {}", permit.valid_until(), permit.trace())
            }
            Self::Deny(denial) => format!("deny for {}: {}", denial.code(), denial.details()),
        }
    }
}

/// One charge, for people.
fn explain_charge(charge: &Charge) -> String {
    let Charge {
        link, ledger, name, ..
    } = charge;
    let link = if *link == 0 {
        "the root".to_owned()
    } else {
        format!("link {link}")
    };
    let demand = match charge.demand {
        Demand::Spend {
            amount,
            max,
            period,
            ..
        } => {
            let each = period
                .map(|period| format!(" each UTC {period}"))
                .unwrap_or_default();
            format!("{amount} of at most {max}{each}")
        }
        Demand::Pace { burst, per } => format!("one of {burst} calls in {per}"),
        Demand::Latch { group } => format!("group {group}"),
    };
    format!("charged: {demand}, on account {name} of ledger {ledger} ({link})")
}

/// A call that a ledger has decided before.
fn decided(call: &RawDecided, audience: &Audience) -> Result<(CallKey, CallMark), Box<dyn Error>> {
    let (leaf, id) = (
        field("leaf", MandateId::from_str(&call.leaf))?,
        field("id", CallId::from_str(&call.id))?,
    );
    let recorded = RecordedOutcome::ALL
        .into_iter()
        .find(|recorded| recorded.as_str() == call.outcome);
    let mark = CallMark {
        request: field("request", RequestDigest::from_str(&call.request))?,
        at: Timestamp::EPOCH,
        latest: Timestamp::EPOCH,
        attempt: None,
        recorded: recorded.ok_or("`outcome` is `open`, `done`, `failed`, `undone` or `refused`")?,
        keep_until: Timestamp::MAX,
    };
    Ok((CallKey::new(&leaf, &id, audience), mark))
}

/// The earlier charges of each ledger: charges as results have them, with the time `at` besides,
/// which is `now` where it is absent.
fn charged(
    ledgers: &BTreeMap<String, RawLedger<'_>>,
    now: Timestamp,
) -> Result<Vec<(Charge, Timestamp)>, Box<dyn Error>> {
    let charges = ledgers
        .iter()
        .flat_map(|(name, ledger)| ledger.charges.iter().map(move |charge| (name, charge)));
    let charged: Vec<(Charge, Timestamp)> = charges
        .map(|(name, charge)| {
            let (charge, at) = charge_at(charge.get(), now)?;
            if charge.ledger.as_str() == name {
                Ok((charge, at))
            } else {
                Err(format!(
                    "`charges`: a charge of ledger {} under {name}",
                    charge.ledger
                )
                .into())
            }
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    // Under whichever issuer and root: what a ledger can't add up of one account is no case.
    let (trial, issuer) = (
        MemoryLedger::new(charged.len()),
        Issuer::new("https://issuer.example")?,
    );
    let tenant = (&issuer, MandateId::from_bytes([0; 32]));
    match charged
        .iter()
        .find(|(charge, at)| !trial.restore_charge(charge, tenant, *at, Some(*at)))
    {
        None => Ok(charged),
        Some((charge, _)) => Err(format!(
            "`charges`: more than can be added up on account {}",
            charge.name
        )
        .into()),
    }
}

fn charge_at(json: &str, now: Timestamp) -> Result<(Charge, Timestamp), Box<dyn Error>> {
    let mut charge = Value::from_json(json)?;
    let at = match &mut charge {
        Value::Map(fields) => fields.remove("at"),
        _ => None,
    };
    let at = match at {
        None => now,
        Some(Value::Number(at)) => {
            let seconds = at.to_integer().and_then(|at| u64::try_from(at).ok());
            field(
                "at",
                Timestamp::from_unix(seconds.ok_or("`at`: expected seconds since 1970")?),
            )?
        }
        Some(_) => return Err("`at`: expected seconds since 1970".into()),
    };
    Ok((field("charges", Charge::from_value(&charge))?, at))
}

/// A JSON object with its fields in the order given, the most important first.
fn in_order(fields: &[(&str, Value)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("\"{key}\":{}", value.to_json()))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn verifier(raw: &RawVerifier<'_>) -> Result<Verifier, Box<dyn Error>> {
    let anchors = raw
        .anchors
        .iter()
        .map(anchor)
        .collect::<Result<Vec<_>, _>>()?;
    let mut verifier = Verifier::new(anchors)?.with_floors(floors(&raw.floors)?);
    if let Some(leeway) = raw.leeway {
        verifier = verifier.with_leeway(Seconds::new(leeway));
    }
    if let Some(age) = raw.max_call_age {
        verifier = verifier.with_max_call_age(Seconds::new(age));
    }
    verifier = match &raw.grants {
        None => verifier,
        Some(RawGrants::Any(any)) if any == "any" => {
            verifier.with_grants(AcceptedGrants::dangerous_any_or_none())
        }
        Some(RawGrants::Any(other)) => {
            return Err(format!("`grants`: a list of kinds, or `any`, not `{other}`").into());
        }
        Some(RawGrants::Only(kinds)) => {
            let kinds = kinds
                .iter()
                .map(|kind| GrantKind::from_str(kind))
                .collect::<Result<Vec<_>, _>>();
            verifier.with_grants(AcceptedGrants::only(field("grants", kinds)?))
        }
    };
    match &raw.asserted_up_to {
        None => Ok(verifier),
        Some(effect) => {
            Ok(verifier.dangerous_accept_asserted_up_to(field("asserted_up_to", effect.parse())?))
        }
    }
}

fn anchor(raw: &RawAnchor<'_>) -> Result<Anchor, Box<dyn Error>> {
    let ceiling = match Value::from_json(raw.ceiling.get())? {
        Value::Text(text) if text == "unlimited" => Ceiling::Unlimited,
        powers => Ceiling::Powers(field("ceiling", Powers::from_value(&powers))?),
    };
    let keys = raw
        .keys
        .iter()
        .map(anchor_key)
        .collect::<Result<Vec<_>, _>>()?;
    let issuer = field("issuer", Issuer::new(&raw.issuer))?;
    let systems = field(
        "systems",
        raw.systems
            .iter()
            .map(|system| Label::new(system))
            .collect::<Result<Vec<_>, _>>(),
    )?;
    Ok(
        Anchor::with_keys(issuer, keys, ceiling, Seconds::new(raw.max_lifetime))?
            .with_systems(systems),
    )
}

fn anchor_key(raw: &RawKey) -> Result<AnchorKey, String> {
    Ok(match raw {
        RawKey::InService(key) => AnchorKey::in_service(field("keys", PublicKey::from_str(key))?),
        RawKey::Retired(RetiredKey {
            key,
            roots_issued_before,
        }) => AnchorKey::retired(
            field("keys", PublicKey::from_str(key))?,
            field(
                "roots_issued_before",
                Timestamp::from_unix(*roots_issued_before),
            )?,
        ),
        RawKey::Revoked(RevokedKey { key, revoked: true }) => {
            AnchorKey::revoked(field("keys", PublicKey::from_str(key))?)
        }
        RawKey::Revoked(RevokedKey { revoked: false, .. }) => {
            return Err("keys: `revoked` is true or absent".to_owned());
        }
    })
}

fn tools(raw: &RawCase<'_>) -> Result<ToolTable, Box<dyn Error>> {
    let listed = raw
        .verifier
        .tools
        .iter()
        .flatten()
        .map(|(tool, effect)| (tool.as_str(), effect.as_str()));
    let stated = raw
        .call
        .effect
        .iter()
        .map(|effect| (raw.call.tool.as_str(), effect.as_str()));
    let entries = listed
        .chain(stated)
        .map(|(tool, effect)| Ok((tool, field("effect", Effect::from_str(effect))?)));
    Ok(field(
        "tools",
        ToolTable::new(entries.collect::<Result<Vec<_>, String>>()?),
    )?)
}

fn floors(raw: &RawFloors) -> Result<Floors, Box<dyn Error>> {
    let bounded = |age: Option<u64>| age.map_or(Seconds::new(u64::MAX), Seconds::new);
    let ages = |raw: &RawAges| {
        MaxAge::new(
            bounded(raw.read),
            bounded(raw.write),
            bounded(raw.irreversible),
        )
    };
    let mut floors = Floors::default();
    if raw.mission {
        floors = floors.with_mission();
    }
    if raw.audience {
        floors = floors.with_audience();
    }
    if let Some(links) = raw.max_links {
        floors = floors.with_max_links(links);
    }
    if let Some(age) = raw.grant_age {
        floors = floors.with_grant_age(Seconds::new(age));
    }
    if let Some(raw) = &raw.status_age {
        floors = floors.with_status_age(field("status_age", ages(raw))?);
    }
    if let Some(raw) = &raw.root_age {
        floors = floors.with_root_age(field("root_age", ages(raw))?);
    }
    Ok(floors)
}

fn facts(raw: &RawCase<'_>) -> Result<Facts, Box<dyn Error>> {
    let all = || {
        raw.verifier
            .anchors
            .iter()
            .map(|anchor| anchor.issuer.clone())
            .collect()
    };
    raw.facts
        .iter()
        .try_fold(Facts::none(), |facts, (name, fact)| {
            let name = field("facts", Label::new(name))?;
            let value = Value::from_json(fact.value.get())?;
            let open_to = fact.open_to.clone().unwrap_or_else(all);
            let open_to = open_to
                .iter()
                .map(|issuer| Issuer::new(issuer))
                .collect::<Result<Vec<_>, _>>();
            let at = field("at", Timestamp::from_unix(fact.at))?;
            Ok(facts.with_fact(name, value, at, field("open_to", open_to)?))
        })
}

fn before(raw: &RawBefore) -> Result<(Timestamp, Presented), String> {
    let now = field("before", Timestamp::from_unix(raw.now))?;
    Ok((now, Presented::Signed(field("signed", bytes(&raw.signed))?)))
}

fn presented(raw: &RawPresenter) -> Result<Presented, String> {
    match (&raw.signed, &raw.asserted, &raw.leaf) {
        (Some(signed), None, None) => Ok(Presented::Signed(field("signed", bytes(signed))?)),
        (None, Some(key), Some(leaf)) => Ok(Presented::Asserted {
            holder: field("asserted", key.parse())?,
            leaf: field("leaf", leaf.parse())?,
        }),
        _ => Err("`presenter` has `signed`, or `asserted` and `leaf`".into()),
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let decoded = BASE64URL_NOPAD.decode(text.as_bytes());
    decoded.map_err(|error| format!("not base64url without padding, at byte {}", error.position))
}

/// An error, and the field that it is in.
fn field<T, E: Display>(name: &str, read: Result<T, E>) -> Result<T, String> {
    read.map_err(|error| format!("`{name}`: {error}"))
}
