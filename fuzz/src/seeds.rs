use mandatum::chain::{Ceiling, ChainCache};
use mandatum::claims::{
    Aliases, Approval, Ending, Holder, NoticeHeader, Principal, TaskEnd, TaskEnding,
};
use mandatum::codec::CodecError;
use mandatum::json::JsonForm;
use mandatum::limits::{
    ApprovalGate, Barrier, Condition, MaxAge, PerValue, RateLimit, Reporters, SeparationOfDuty,
    Source, ToolSet, Unit, Waves, Window,
};
use mandatum::powers::{ArgumentRules, Port, UrlRule};
use mandatum::primitives::{MandateId, Period, Value};
use mandatum::receipts::ReceiptLog;
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Budget, Call, CallClaims, Capability, Chain,
    Constraint, Controller, DecisionContext, Delegation, Digest, Effect, ExecutionProof, Label,
    Life, Lifetime, Limit, Limits, Link, LivesBy, MemoryLedger, Mission, Notice, Powers, Purpose,
    Register, Root, RootAudience, Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
};
use std::sync::OnceLock;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// One call that is permitted, the proof of it, and one that is not.
pub(crate) struct Scene {
    pub(crate) verifier: Verifier,
    pub(crate) proof: ExecutionProof,
    pub(crate) permitted: Action,
    pub(crate) refused: Action,
    pub(crate) context: DecisionContext<'static>,
    /// One that knows nothing, ever; one that knows all of the proof's chain but its leaf; one that
    /// knows it.
    pub(crate) caches: [ChainCache; 3],
    /// What the helper says when it is done, which ends the mandate.
    pub(crate) end: Notice,
}

pub(crate) fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(|| match make_scene() {
        Ok(scene) => scene,
        Err(error) => panic!("{error:?}"),
    })
}

/// The ledger that the scene's server is attached to.
fn attached() -> &'static [Label] {
    static ATTACHED: OnceLock<Option<Label>> = OnceLock::new();
    ATTACHED.get_or_init(|| "eu-1".parse().ok()).as_slice()
}

fn make_scene() -> Fallible<Scene> {
    let [company, orchestrator, helper] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let (now, crm) = (
        Timestamp::from_unix(1_767_225_600)?,
        Audience::new("https://crm.example")?,
    );
    let anchor = Anchor::new(
        "acme".parse()?,
        company.public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    )?;
    let anchor = anchor.with_systems(["crm".parse()?]);
    let powers = powers()?;
    let limits = [
        Limit::window(Window::new(now, now.plus(Seconds::hours(2)))?),
        Limit::audience(crm.clone()),
        Limit::signed_calls().with_tools(["crm.*", "plain"])?,
    ];
    let limits = Limits::new(
        limits
            .into_iter()
            .chain(of_another_tool(now)?)
            .chain(of_ledgers_and_people()?),
    )?;
    let lifetime = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
    let root = Root {
        link: Link::new(
            [0; 16],
            Holder::new(orchestrator.public()).with_name("orchestrator".parse()?),
            powers,
            lifetime,
        )
        .with_limits(limits)
        .with_hops(2),
        issuer: anchor.issuer().clone(),
        signed_by: company.public(),
        principal: Principal::new("alice".parse()?)
            .with_aliases(Aliases::new([("crm".parse()?, "a-17".parse()?)].into())?),
        purpose: Purpose::new("qbr".parse()?, "acme".parse()?, "the text"),
        grant: Some(AttestedGrant::direct(
            "alice".parse()?,
            now,
            Digest::hash("consent"),
        )),
        task: "acme-qbr".parse()?,
        audience: RootAudience::Only(crm.clone().into()),
        life: Life::ExpiryOnly,
    };
    let chain = Chain::from(issue(&anchor, root, now)?.sign(&company)?);
    let narrower = Powers::new([Capability::new("crm.read", Effect::Read)?
        .require("account", Constraint::one_of(["acme"])?)?
        .allow_delegation()])?;
    let terms = Delegation::new(
        [1; 8],
        helper.public(),
        narrower,
        now.plus(Seconds::minutes(5)),
    )
    .with_step("slides".parse()?)
    .with_limits(Limits::new([Limit::signed_calls()])?);
    let root = chain.clone();
    let chain = chain.extend(chain.delegate(terms, now)?.sign(&orchestrator)?)?;
    let read = |account: &str| Action::new("crm.read", [("account", account)], Effect::Read);
    let (permitted, refused) = (read("acme")?, read("globex")?);
    let call = Call::new([2; 16], permitted.clone());
    let call = CallClaims::new(&chain, &call, crm.clone(), now).sign(&helper)?;
    let proof = ExecutionProof::new(chain.clone(), call);
    let expires = chain.root().claims().link.lifetime.expires();
    let end = TaskEnd::by_holder(
        NoticeHeader::new([7; 16], helper.public(), now),
        chain.leaf_id(),
        TaskEnding::Completed,
        expires,
    )
    .sign(&helper)?;
    let verifier = Verifier::new([anchor])?.dangerous_effects_as_stated();
    let caches = [0, 1 << 20, 1 << 20].map(ChainCache::new);
    for (cache, known) in caches.iter().zip([&root, &root, &chain]) {
        verifier.verify_cached(known, cache)?;
    }
    Ok(Scene {
        verifier,
        proof,
        permitted,
        refused,
        context: DecisionContext::new(ServerContext::new(now, crm), Register::none())
            .with_ledgers(attached()),
        caches,
        end: end.into(),
    })
}

/// Limits of every other kind. The permitted call needs no news, so they are about a tool that it
/// does not use.
fn of_another_tool(now: Timestamp) -> Fallible<Vec<Limit>> {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    let mission = || -> Fallible<Mission> { Ok(Mission::new(key(50), "qbr".parse()?, [7; 16])) };
    let ages = MaxAge::new(Seconds::new(300), Seconds::new(60), Seconds::new(10))?;
    let task = |byte: u8| MandateId::from_bytes([byte; 32]);
    let tasks = [
        (task(1), Reporters::new([key(3), key(52)])?),
        (task(2), key(4).into()),
        (task(3), key(5).into()),
    ];
    let limits = [
        Limit::lives_by(LivesBy::new(mission()?, ages).with_enders([key(51)])?),
        Limit::condition(Condition {
            fact: "ticket".parse()?,
            holds: Constraint::one_of(["open"])?,
            max_age: Seconds::new(60),
        }),
        Limit::ends_on("done".parse()?),
        Limit::waves(Waves::new(mission()?, 1, 2)?.with_drain(Seconds::new(60))?),
        Limit::barrier(Barrier::new(tasks)?.with_quorum(2)?.with_deadline(now)),
    ];
    Ok(limits
        .into_iter()
        .map(|limit| limit.with_tools(["plain"]))
        .collect::<Result<_, _>>()?)
}

/// What ledgers and people stand behind, about the same tool.
fn of_ledgers_and_people() -> Fallible<Vec<Limit>> {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    let label = |text: &str| text.parse::<Label>();
    let tools = |tool: &str| -> Fallible<ToolSet> { Ok(ToolSet::new([tool.parse()?])?) };
    let dollars = Source::new("amount".parse()?).with_unit(Unit::new("currency".parse()?, "USD")?);
    let whole = Budget::sum(
        label("travel")?,
        label("eu-1")?,
        [dollars],
        "5000.5".parse()?,
    )?;
    let cents = Source::new("lines.cents".parse()?)
        .with_tool("plain".parse()?)
        .with_decimal_texts();
    let daily = Budget::sum(label("daily")?, label("eu-1")?, [cents], 9.into())?
        .with_period(Period::Day)
        .with_askable();
    let order = PerValue::new("order".parse()?, Seconds::new(60))?.with_any_case();
    let gate =
        ApprovalGate::new(2, [60, 61, 62].map(key), Seconds::new(300))?.with_effect(Effect::Write);
    let limits = [
        Limit::budget(Budget::calls(label("calls")?, label("eu-1")?, 9)),
        Limit::budget(daily),
        Limit::budget(Budget::calls(label("orders")?, label("eu-1")?, 1).with_per_value(order)),
        Limit::budget(whole.with_shares([
            (label("eu-1")?, "5000".parse()?),
            (label("us-1")?, "0.5".parse()?),
        ])?),
        Limit::rate_limit(RateLimit::new(
            label("pace")?,
            label("eu-1")?,
            2,
            Seconds::new(60),
        )?),
        Limit::approval_gate(
            gate.with_exemption("amount", Constraint::between(0.into(), 1_000.into())?)?,
        ),
    ];
    // Groups are set apart in a scope that has all their tools.
    let groups = SeparationOfDuty::new(
        label("duty")?,
        label("eu-1")?,
        [tools("crm.*")?, tools("plain")?],
    )?;
    let apart = Limit::separation_of_duty(groups).with_tools(["plain", "crm.*"]);
    Ok(limits
        .into_iter()
        .map(|limit| limit.with_tools(["plain"]))
        .chain([apart])
        .collect::<Result<_, _>>()?)
}

/// An approval of the scene's call, and an entry of each kind of a server's record.
fn approval_and_receipts(proof: &ExecutionProof) -> Fallible<Seeds> {
    let [approver, server] = [60, 61].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let Scene {
        verifier,
        permitted,
        context,
        ..
    } = scene();
    let (now, here) = (context.now(), context.audience().clone());
    let (leaf, id) = (proof.chain().leaf_id(), proof.call().claims().id);
    let call = Call::new(id, permitted.clone());
    let approval = Approval::new(
        &call,
        leaf,
        here,
        NoticeHeader::new([1; 8], approver.public(), now),
        now.plus(Seconds::hours(1)),
    );
    let mut log = ReceiptLog::new(server.public());
    let permit =
        MemoryLedger::new(9).settle(verifier.check(&proof.to_bytes(), permitted, context)?, now)?;
    let started = log.started(&permit, [2; 8], now, &server)?;
    log.count_denial();
    let finished = log.finished(&permit.cancel(), [3; 16], now, &server)?;
    let counted = log.counted([4; 16], now, &server)?;
    Ok(named([
        ("approval", approval.sign(&approver)?.as_bytes().to_vec()),
        ("receipt-started", started.as_bytes().to_vec()),
        ("receipt-finished", finished.as_bytes().to_vec()),
        ("receipt-counted", counted.as_bytes().to_vec()),
    ]))
}

/// One constraint of every kind.
fn powers() -> Fallible<Powers> {
    let text = Constraint::pattern("a*")?;
    let amount = Constraint::between("0.01".parse()?, "18446744073709551616".parse()?)?;
    let rules = ArgumentRules::closed()
        .require("title", text.clone())?
        .allow("n", amount.clone())?
        .allow_others();
    let url = UrlRule::https("example.com")?
        .with_port(Port::Only(8443))?
        .with_path("/v1")?;
    let constraints = [
        Constraint::any(),
        Constraint::one_of(["acme", "globex"])?,
        Constraint::none_of([1, 2])?,
        Constraint::one_of([false])?,
        amount.clone(),
        text.clone(),
        Constraint::path_under("/decks/acme")?,
        Constraint::host_under("example.com")?,
        Constraint::url(url),
        Constraint::network("10.0.0.0/8")?,
        Constraint::contains([Value::Bytes(vec![1, 2]), Value::Bytes(vec![])])?,
        Constraint::each(text.clone())?,
        Constraint::record(rules)?,
        Constraint::all_of([text.clone(), Constraint::pattern("*z")?])?,
        Constraint::any_of([text, amount])?,
    ];
    let all = constraints.iter().enumerate().try_fold(
        Capability::new("files.*", Effect::Write)?,
        |all, (at, each)| all.allow(&format!("argument-{at}"), each.clone()),
    )?;
    let read = Capability::new("crm.read", Effect::Read)?
        .require("account", Constraint::one_of(["acme", "globex"])?)?;
    Ok(Powers::new([
        read.allow_delegation(),
        all.allow_others().allow_delegation(),
        Capability::new("plain", Effect::Irreversible)?,
    ])?)
}

/// A notice of each kind, by the controller of the mission that the scene's chain may live by.
fn notices() -> Fallible<Seeds> {
    let (desk, now) = (SigningKey::from_seed(&[50; 32]), scene().context.now());
    let mut controller = Controller::new(desk.public(), Seconds::new(30));
    let mission = controller.mission("qbr".parse()?, [7; 16]);
    let begun = controller.begin(&mission, [1; 16], now)?.sign(&desk)?;
    let fired = controller
        .fire(&mission, "done".parse()?, [2; 16], now)?
        .sign(&desk)?;
    let withdrawn = controller
        .withdraw(&mission, "crm.*".parse()?, [3; 16], now)?
        .sign(&desk)?;
    let (mandate, expires) = (MandateId::from_bytes([9; 32]), now.plus(Seconds::hours(1)));
    let ended = controller
        .end_task(&mission, mandate, TaskEnding::Failed, expires, [4; 16], now)?
        .notice;
    let full = controller.suspend(&mission, [5; 16], now)?.sign(&desk)?;
    let over = controller
        .end(&mission, Ending::Revoked, [6; 16], now)?
        .sign(&desk)?;
    Ok(named([
        ("status", begun.as_bytes().to_vec()),
        ("status-full", full.as_bytes().to_vec()),
        ("event", fired.as_bytes().to_vec()),
        ("withdrawal", withdrawn.as_bytes().to_vec()),
        ("task-end", ended.sign(&desk)?.as_bytes().to_vec()),
        ("end", over.as_bytes().to_vec()),
    ]))
}

/// The scene's proof with a status stapled to it, which says nothing about the call, and with its
/// end.
fn stapled() -> Fallible<Seeds> {
    let Scene { proof, end, .. } = scene();
    let status = notices()?
        .into_iter()
        .next()
        .map(|(_, bytes)| Notice::from_bytes(&bytes))
        .transpose()?;
    let with =
        |notices: Vec<Notice>| Ok::<_, CodecError>(proof.clone().with_stapled(notices)?.to_bytes());
    Ok(named([
        ("proof", proof.to_bytes()),
        (
            "proof-with-status",
            with(status.clone().into_iter().collect())?,
        ),
        (
            "proof-with-end",
            with(status.into_iter().chain([end.clone()]).collect())?,
        ),
    ]))
}

/// A limit of every kind, some of them scoped.
pub(crate) fn limits_of_all_kinds() -> Vec<Limit> {
    let made = || -> Fallible<Vec<Limit>> {
        let now = scene().context.now();
        let own = [
            Limit::window(Window::closing(now)),
            Limit::audience(scene().context.audience().clone()),
        ];
        Ok(own
            .into_iter()
            .chain([Limit::signed_calls()])
            .chain(of_another_tool(now)?)
            .chain(of_ledgers_and_people()?)
            .collect())
    };
    match made() {
        Ok(limits) => limits,
        Err(error) => panic!("{error:?}"),
    }
}

/// Powers and limits in their JSON form, and JSON that is no form of them.
fn json_forms() -> Fallible<Seeds> {
    let limits = Limits::new(limits_of_all_kinds())?;
    Ok(named([
        ("powers", powers()?.to_json().into()),
        ("limits", limits.to_json().into()),
        ("twice", br#"{"a": {"b": 1, "b": 2}}"#.to_vec()),
        (
            "numbers",
            br#"[0, -0, 1e3, 1.50, 12345678901234567890.000000000000000001, 1E-19, "\u00e9\ud83d\ude00"]"#.to_vec(),
        ),
    ]))
}

/// Seeds of one target, by name.
pub type Seeds = Vec<(String, Vec<u8>)>;

fn named<const N: usize>(seeds: [(&str, Vec<u8>); N]) -> Seeds {
    seeds.map(|(name, seed)| (name.to_owned(), seed)).into()
}

/// The scene's proof and its parts, an approval and receipts of its call, notices.
fn tokens() -> Fallible<Seeds> {
    let proof = &scene().proof;
    let chain = proof.chain();
    let child = chain
        .children()
        .next()
        .map(|child| child.as_bytes().to_vec())
        .unwrap_or_default();
    let parts = named([
        ("chain", chain.to_bytes()),
        ("root", chain.root().as_bytes().to_vec()),
        ("child", child),
        ("call", proof.call().as_bytes().to_vec()),
    ]);
    Ok([parts, stapled()?, approval_and_receipts(proof)?, notices()?].concat())
}

/// The same in text, and texts that are names, numbers, keys and patterns.
fn texts() -> Fallible<Seeds> {
    let encoded = |(name, bytes): (String, Vec<u8>)| {
        let read = [
            Chain::from_bytes(&bytes).ok().map(|chain| chain.to_text()),
            ExecutionProof::from_bytes(&bytes)
                .ok()
                .map(|proof| proof.to_text()),
            Token::<Root>::from_bytes(&bytes)
                .ok()
                .map(|token| token.to_text()),
            Token::<Approval>::from_bytes(&bytes)
                .ok()
                .map(|token| token.to_text()),
        ];
        read.into_iter()
            .flatten()
            .next()
            .map(|text| (name, text.into_bytes()))
    };
    let key = SigningKey::from_seed(&[3; 32]).public().to_string();
    let id = MandateId::from_bytes([0xab; 32]).to_string();
    let plain = [
        "acme-qbr/slides",
        "crm.*",
        "crm.read",
        "-12.50",
        "https://acme.example",
        "é",
        &key,
        &id,
    ];
    let plain = plain
        .iter()
        .enumerate()
        .map(|(at, text)| (format!("text-{at}"), text.as_bytes().to_vec()));
    Ok(tokens()?
        .into_iter()
        .filter_map(encoded)
        .chain(plain)
        .collect())
}

/// Bytes without a meaning, for what is generated from them.
fn choices() -> Seeds {
    let bytes = |step: usize| {
        (0..512_usize)
            .map(|at| u8::try_from(at * step % 251).unwrap_or_default())
            .collect()
    };
    named([
        ("sevens", bytes(7)),
        ("primes", bytes(97)),
        ("large", bytes(241)),
        ("none", vec![]),
    ])
}

/// A target with what it begins from.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What it does with bytes.
    pub body: fn(&[u8]),
    /// Whether its bytes mean something themselves, so that one which is changed or missing is
    /// worth a try.
    pub is_read: bool,
    /// What it begins from.
    pub seeds: Seeds,
}

/// All targets.
#[must_use]
pub fn targets() -> Vec<Target> {
    let made = || -> Fallible<Vec<Target>> {
        let read = |name, body, seeds| Target {
            name,
            body,
            is_read: true,
            seeds,
        };
        let chosen = |name, body| Target {
            name,
            body,
            is_read: false,
            seeds: choices(),
        };
        let vectors = crate::vectors::vectors()?;
        Ok(vec![
            read("decode", crate::decode, tokens()?).and(vectors.tokens.clone()),
            read("check", crate::check, stapled()?).and(vectors.proofs),
            read("notices", crate::notices, notices()?).and(vectors.notices),
            read("json", crate::json, json_forms()?).and(vectors.forms),
            read("text", crate::text, texts()?).and(vectors.texts),
            chosen("covers", crate::covers),
            chosen("missions", crate::missions),
            chosen("decide", crate::decide),
            chosen("merge", crate::merge),
            chosen("receipts", crate::receipts),
            chosen("guard", crate::guard),
            chosen("cache", crate::cache),
            chosen("ledger", crate::ledger),
        ])
    };
    match made() {
        Ok(targets) => targets,
        Err(error) => panic!("{error:?}"),
    }
}

impl Target {
    /// With seeds from the vectors, beside its own.
    fn and(mut self, vectors: Seeds) -> Self {
        self.seeds.extend(vectors);
        self
    }
}
