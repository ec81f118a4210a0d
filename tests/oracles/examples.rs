//! Tokens that we write: the ones that say least and the ones that say everything.

use mandatum::chain::{AcceptedGrants, Ceiling};
use mandatum::claims::{
    Aliases, Approval, Child, Holder, NoticeHeader, Principal, Receipt, Replaced,
};
use mandatum::decide::{Presentation, Presenter};
use mandatum::limits::{
    ApprovalGate, ArgumentPath, AudienceSet, Barrier, Condition, LimitRule, MaxAge, Meter,
    PerValue, RateLimit, Reporters, Scope, SeparationOfDuty, Source, Sources, ToolSet, Unit, Waves,
    Window,
};
use mandatum::powers::{ArgumentRules, Bound, Host, Port, Presence, Range, ToolPattern, UrlRule};
use mandatum::primitives::{MandateId, Number, Period, TokenId, Value};
use mandatum::receipts::ReceiptLog;
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Budget, Call, CallClaims, Capability, Chain,
    Constraint, DecisionContext, Delegation, Digest, Effect, Label, Life, Lifetime, Limit, Limits,
    Link, LivesBy, MemoryLedger, Mission, Permit, Powers, PublicKey, Purpose, Register, Root,
    RootAudience, Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
};
use std::collections::BTreeMap;

pub(crate) const NOW: u64 = 1_767_225_600;

pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

pub(crate) fn keys() -> [SigningKey; 3] {
    [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]))
}

/// A chain of two mandates and a call, as three tokens, and the keys that signed them.
pub(crate) struct Example {
    pub(crate) root: Token<Root>,
    pub(crate) child: Token<Child>,
    pub(crate) call: Token<CallClaims>,
    pub(crate) signers: [PublicKey; 3],
}

/// What an example's root and child say beside what they must.
pub(crate) struct Terms {
    pub(crate) root_powers: Powers,
    pub(crate) child_powers: Powers,
    pub(crate) limits: Limits,
    pub(crate) full: bool,
}

impl Terms {
    /// With a power for each scope, because a limit that is about no power is refused.
    fn about_something(self) -> Self {
        let scoped = self.limits.iter().filter_map(|limit| match limit.scope() {
            Scope::All => None,
            Scope::Tools(tools) => tools.iter().next().cloned(),
        });
        let tools: std::collections::BTreeSet<ToolPattern> = scoped.collect();
        let about = |powers: &Powers| {
            let entry = |tool: &ToolPattern| {
                Capability::for_tool(tool.clone(), Effect::Read).allow_delegation()
            };
            Powers::new(
                powers
                    .capabilities()
                    .iter()
                    .cloned()
                    .chain(tools.iter().map(entry)),
            )
            .unwrap()
        };
        Self {
            root_powers: about(&self.root_powers),
            child_powers: about(&self.child_powers),
            ..self
        }
    }
}

impl Example {
    /// Nothing optional, and no power at all.
    pub(crate) fn least() -> Self {
        Self::of(Terms {
            root_powers: Powers::none(),
            child_powers: Powers::none(),
            limits: Limits::none(),
            full: false,
        })
    }

    /// Every optional part, every kind of constraint, limit and number.
    pub(crate) fn fullest() -> Self {
        let powers = everything();
        Self::of(Terms {
            root_powers: powers.clone(),
            child_powers: powers,
            limits: all_limits(),
            full: true,
        })
    }

    pub(crate) fn of(terms: Terms) -> Self {
        let [issuer, orchestrator, helper] = keys();
        let terms = terms.about_something();
        let named = |key: &SigningKey| match terms.full {
            true => Holder::new(key.public()).with_name(label("spiffe://acme.example/agent/ö")),
            false => key.public().into(),
        };
        let anchor = Anchor::new(
            "https://acme.example".parse().unwrap(),
            issuer.public(),
            Ceiling::Unlimited,
            Seconds::new(u64::MAX),
        )
        .unwrap()
        .with_systems(aliases().iter().map(|(system, _)| system.clone()));
        let id: TokenId = if terms.full {
            [7; 16].into()
        } else {
            [7; 8].into()
        };
        let root = Root {
            link: Link {
                id,
                holder: named(&orchestrator),
                powers: terms.root_powers,
                limits: terms.limits.clone(),
                hops: if terms.full { 255 } else { 1 },
                lifetime: Lifetime::new(
                    at(NOW),
                    if terms.full {
                        Timestamp::MAX
                    } else {
                        at(NOW + 60)
                    },
                )
                .unwrap(),
                replaces: if terms.full {
                    replaced()
                } else {
                    Replaced::default()
                },
            },
            issuer: anchor.issuer().clone(),
            signed_by: issuer.public(),
            principal: Principal::new(label("alice")).with_aliases(if terms.full {
                aliases()
            } else {
                Aliases::default()
            }),
            purpose: Purpose::new(label("qbr"), label("acme"), "the text"),
            grant: terms
                .full
                .then(|| AttestedGrant::policy(label("alice"), at(0), Digest::hash("consent"))),
            task: "acme-qbr".parse().unwrap(),
            audience: if terms.full {
                RootAudience::Only(audiences())
            } else {
                RootAudience::Anywhere
            },
            life: if terms.full {
                Life::Mission(lives_by(4))
            } else {
                Life::ExpiryOnly
            },
        };
        let root = issue(&anchor, root, at(NOW))
            .unwrap()
            .sign(&issuer)
            .unwrap();
        let chain = Chain::from(root.clone());
        // In the full one the orchestrator keeps the mandate to itself, so that its key stands
        // there twice on purpose.
        let holder = if terms.full { &orchestrator } else { &helper };
        let delegation = Delegation::new(id, named(holder), terms.child_powers, at(NOW + 60))
            .with_limits(terms.limits.clone());
        let delegation = match terms.full {
            true => delegation
                .with_step("slides/draft".parse().unwrap())
                .with_hops(254)
                .with_same_key(),
            false => delegation,
        };
        let child = chain
            .delegate(delegation, at(NOW))
            .unwrap()
            .sign(&orchestrator)
            .unwrap();
        let chain = chain.extend(child.clone()).unwrap();
        let call = Call::new(
            [9; 16],
            Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
        );
        let unsigned = CallClaims::new(
            &chain,
            &call,
            "https://crm.example".try_into().unwrap(),
            at(NOW),
        );
        let call = unsigned.sign(holder).unwrap();
        Self {
            root,
            child,
            call,
            signers: [issuer.public(), orchestrator.public(), holder.public()],
        }
    }
}

pub(crate) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn audiences() -> AudienceSet {
    AudienceSet::new(
        ["https://crm.example", "a", "urn:bb"].map(|name| Audience::new(name).unwrap()),
    )
    .unwrap()
}

/// Their order by name is not that of their encoded keys, which the shorter comes first in.
fn aliases() -> Aliases {
    Aliases::new(BTreeMap::from(
        [("crm", "a-17"), ("z", "alice"), ("a-longer-one", "42")]
            .map(|(system, name)| (label(system), label(name))),
    ))
    .unwrap()
}

fn all_limits() -> Limits {
    let windows = [
        Window::opening(at(NOW)),
        Window::closing(Timestamp::MAX),
        Window::new(at(0), at(NOW + 60)).unwrap(),
    ];
    let rules = windows
        .map(Limit::window)
        .into_iter()
        .chain([Limit::audience(audiences()), Limit::signed_calls()]);
    // All that one mandate has room for.
    let scope = ["crm.read", "b", "crm.*", "a-longer.tool"];
    let scoped = rules
        .clone()
        .skip(3)
        .take(1)
        .map(|limit| limit.with_tools(scope).unwrap());
    Limits::new(rules.clone().chain(scoped).chain(mission_limits())).unwrap()
}

/// Waves and barriers of every shape.
fn order_limits() -> Vec<Limit> {
    let mission = || lives_by(0).mission().clone();
    let longest = Waves::new(mission(), 1, u64::MAX)
        .unwrap()
        .with_drain(Seconds::new(u64::MAX))
        .unwrap();
    let waves = [
        Waves::starting_at(mission(), 0),
        Waves::starting_at(mission(), 300),
        Waves::only(mission(), 0),
        longest,
    ];
    // Neither the tasks nor their reporters are in the order of their bytes.
    let reporters = |count: u8| {
        Reporters::new(
            (51..51 + count)
                .rev()
                .map(|n| SigningKey::from_seed(&[n; 32]).public()),
        )
    };
    let tasks = (1..=3)
        .rev()
        .map(|n| (MandateId::from_bytes([n; 32]), reporters(n + 1).unwrap()));
    let all = Barrier::new(tasks).unwrap();
    let barriers = [
        all.clone(),
        all.clone().with_quorum(1).unwrap(),
        all.with_quorum(2).unwrap().with_deadline(at(NOW)),
    ];
    let rules = waves
        .map(Limit::waves)
        .into_iter()
        .chain(barriers.map(Limit::barrier));
    let scoped = rules
        .clone()
        .skip(3)
        .step_by(2)
        .map(|limit| limit.with_tools(["crm.*", "b"]).unwrap());
    rules.clone().chain(scoped).collect()
}

/// A mission with so many enders besides its controller, and ages of every length.
pub(crate) fn lives_by(enders: u8) -> LivesBy {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    let ages = MaxAge::new(Seconds::new(u64::MAX), Seconds::new(300), Seconds::new(0)).unwrap();
    let mission = Mission::new(key(50), label("acme-qbr/2026"), [7; 16]);
    LivesBy::new(mission, ages)
        .with_enders((51..51 + enders).map(key))
        .unwrap()
}

fn mission_limits() -> Vec<Limit> {
    let fact = label("ticket/INC-42");
    let condition = |holds, max_age| {
        Limit::condition(Condition {
            fact: fact.clone(),
            holds,
            max_age: Seconds::new(max_age),
        })
    };
    vec![
        Limit::lives_by(lives_by(0)),
        Limit::lives_by(lives_by(1)).with_tools(["crm.*"]).unwrap(),
        condition(Constraint::one_of(["open", "a"]).unwrap(), 0),
        condition(Constraint::any(), u64::MAX)
            .with_tools(["b"])
            .unwrap(),
        Limit::ends_on(label("deal closed")),
        Limit::ends_on(label("ö")).with_tools(["b", "a.c"]).unwrap(),
    ]
    .into_iter()
    .chain(order_limits())
    .chain(spending_limits())
    .collect()
}

/// Budgets, rates, groups and gates of every shape.
pub(crate) fn spending_limits() -> Vec<Limit> {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    let (account, ledger) = (|| label("travel"), || label("eu-1"));
    // By their encodings the shorter name comes first.
    let lines = || {
        [
            ("us-10", "0.5"),
            ("eu-1", "5000"),
            ("ö", "18446744073709551616"),
        ]
    };
    let lines = || lines().map(|(ledger, max)| (label(ledger), max.parse::<Number>().unwrap()));
    let path = |names: &[&str]| ArgumentPath::new(names.iter().copied()).unwrap();
    let sum = |sources: Vec<Source>| {
        Budget::new(
            account(),
            Meter::Sum(Sources::new(sources).unwrap()),
            lines(),
        )
        .unwrap()
    };
    let euros = || Unit::new(path(&["", "b"]), "€").unwrap();
    // In no order: by their encodings the ones with fewer parts come first, then those with the
    // shorter path.
    let sources = vec![
        Source::new(path(&["a", "b"]))
            .with_tool("pay.*".parse().unwrap())
            .with_unit(euros())
            .with_decimal_texts(),
        Source::new(path(&["long"])).with_tool("pay".parse().unwrap()),
        Source::new(path(&["b"])).with_unit(euros()),
        Source::new(path(&["b"])).with_tool("crm.read".parse().unwrap()),
        Source::new(path(&["b"])).with_tool("web".parse().unwrap()),
        Source::new(path(&["b"])).with_decimal_texts(),
        Source::new(path(&["ab"])),
    ];
    let once = PerValue::new(path(&["order", "id"]), Seconds::new(316_224_000)).unwrap();
    let budgets = [
        Budget::calls(account(), ledger(), 0),
        Budget::calls(account(), ledger(), u64::MAX),
        sum(vec![Source::new(path(&["amount"])).with_unit(euros())]),
        sum(sources).with_period(Period::Month).with_askable(),
        Budget::calls(account(), ledger(), 1)
            .with_per_value(once.clone())
            .with_period(Period::Week),
        Budget::calls(account(), ledger(), 1)
            .with_per_value(once.with_any_case())
            .with_period(Period::Day),
    ];
    let rates = [(1_000_000, 31_622_400)];
    let rates = rates
        .map(|(burst, per)| RateLimit::new(account(), ledger(), burst, Seconds::new(per)).unwrap());
    // Neither group's tools are in the order of their encodings.
    let tools = |tools: [&str; 2]| ToolSet::new(tools.map(|tool| tool.parse().unwrap())).unwrap();
    let groups = SeparationOfDuty::new(
        account(),
        ledger(),
        [tools(["web.read", "crm.*"]), tools(["mail.send", "b"])],
    )
    .unwrap();
    let gate = || ApprovalGate::new(2, (80..83).rev().map(key), Seconds::new(u64::MAX)).unwrap();
    let gates = [
        gate(),
        gate().with_effect(Effect::Write),
        gate()
            .with_effect(Effect::Irreversible)
            .with_exemption(
                "amount",
                Constraint::between(0.into(), 1_000.into()).unwrap(),
            )
            .unwrap(),
    ];
    let rules = budgets
        .map(Limit::budget)
        .into_iter()
        .chain(rates.map(Limit::rate_limit));
    let rules = rules
        .chain([Limit::separation_of_duty(groups)])
        .chain(gates.map(Limit::approval_gate));
    rules
        .enumerate()
        .map(|(place, limit)| match limit.rule() {
            // Groups are for all calls, or for a scope that has all their tools.
            LimitRule::SeparationOfDuty(_) => limit,
            _ if place % 3 == 2 => limit.with_tools(["b"]).unwrap(),
            _ => limit,
        })
        .collect()
}

/// A token that no chain is made of, and the key that signed it.
pub(crate) struct Told<C> {
    pub(crate) token: Token<C>,
    pub(crate) signer: PublicKey,
}

/// An approval of the example's call.
pub(crate) fn approval() -> Told<Approval> {
    let key = SigningKey::from_seed(&[80; 32]);
    let leaf = MandateId::from_bytes([3; 32]);
    let call = Call::new(
        [9; 16],
        Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    );
    let server = "https://crm.example".try_into().unwrap();
    let approval = Approval::new(
        &call,
        leaf,
        server,
        NoticeHeader::new([7; 8], key.public(), at(NOW)),
        Timestamp::MAX,
    );
    Told {
        token: approval.sign(&key).unwrap(),
        signer: key.public(),
    }
}

/// A record with an entry of every kind, of which a permit is worth the accounts of every kind of
/// limit.
pub(crate) fn receipts() -> Vec<Told<Receipt>> {
    let key = SigningKey::from_seed(&[81; 32]);
    let mut log = ReceiptLog::new(key.public());
    let told = |token| Told {
        token,
        signer: key.public(),
    };
    let permit = permitted();
    let first = told(log.started(&permit, [1; 8], at(NOW), &key).unwrap());
    log.count_denial();
    let second = told(
        log.finished(&permit.cancel(), [2; 16], at(NOW), &key)
            .unwrap(),
    );
    vec![
        first,
        second,
        told(log.counted([3; 16], at(NOW + 1), &key).unwrap()),
    ]
}

/// A call that is charged to accounts of all kinds and rests on an approval.
fn permitted() -> Permit {
    let [issuer, orchestrator, _] = keys();
    let (account, ledger) = (|| label("travel"), || label("eu-1"));
    let tools = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
    let amount = Meter::Sum(Sources::new([Source::new("amount".parse().unwrap())]).unwrap());
    let approver = SigningKey::from_seed(&[80; 32]);
    let limits = [
        Limit::budget(Budget::new(account(), amount, [(ledger(), 10.into())]).unwrap()),
        Limit::rate_limit(RateLimit::new(account(), ledger(), 1, Seconds::new(1)).unwrap()),
        Limit::separation_of_duty(
            SeparationOfDuty::new(account(), ledger(), [tools("pay"), tools("crm.*")]).unwrap(),
        ),
        Limit::approval_gate(ApprovalGate::new(1, [approver.public()], Seconds::new(60)).unwrap()),
    ];
    let anchor = Anchor::new(
        "acme".parse().unwrap(),
        issuer.public(),
        Ceiling::Unlimited,
        Seconds::hours(1),
    )
    .unwrap();
    let lifetime = Lifetime::new(at(NOW), at(NOW + 60)).unwrap();
    let powers = Powers::new([Capability::new("pay", Effect::Irreversible)
        .unwrap()
        .allow_others()])
    .unwrap();
    let root = Root {
        link: Link::new([7; 8], orchestrator.public(), powers, lifetime)
            .with_limits(Limits::new(limits).unwrap()),
        issuer: anchor.issuer().clone(),
        signed_by: issuer.public(),
        principal: label("alice").into(),
        purpose: Purpose::new(label("qbr"), label("acme"), "the text"),
        grant: None,
        task: "acme-qbr".parse().unwrap(),
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    };
    let chain = Chain::from(
        issue(&anchor, root, at(NOW))
            .unwrap()
            .sign(&issuer)
            .unwrap(),
    );
    let amount = "0.5".parse::<Number>().unwrap();
    let call = Call::new(
        [9; 16],
        Action::new("pay", [("amount", amount)], Effect::Irreversible).unwrap(),
    );
    let here: Audience = "https://crm.example".try_into().unwrap();
    let leaf = chain.leaf_id();
    let approval = Approval::new(
        &call,
        leaf,
        here.clone(),
        NoticeHeader::new([7; 8], approver.public(), at(NOW)),
        at(NOW + 60),
    );
    let (approvals, ledgers) = ([approval.sign(&approver).unwrap()], [ledger()]);
    let context = DecisionContext::new(ServerContext::new(at(NOW), here), Register::none())
        .with_approvals(&approvals)
        .with_ledgers(&ledgers);
    let verifier = Verifier::new([anchor])
        .unwrap()
        .dangerous_effects_as_stated()
        .with_grants(AcceptedGrants::dangerous_any_or_none());
    let verifier = verifier.dangerous_accept_asserted_up_to(Effect::Irreversible);
    let presenter = Presenter::Asserted {
        holder: orchestrator.public(),
        leaf,
    };
    let presentation = Presentation {
        call: &call,
        presenter,
    };
    let unsettled = verifier
        .decide(&verifier.verify(&chain).unwrap(), &presentation, &context)
        .unwrap();
    MemoryLedger::new(9).settle(unsettled, at(NOW)).unwrap()
}

/// As many as may be replaced, not in the order of their bytes.
fn replaced() -> Replaced {
    Replaced::new((0..8).rev().map(|n| MandateId::from_bytes([n; 32]))).unwrap()
}

/// Numbers at every length of their encoding: integers, big ones, decimal fractions of both.
pub(crate) fn numbers() -> Vec<Number> {
    let edges = [
        0,
        23,
        24,
        255,
        256,
        65_535,
        65_536,
        1 << 32,
        u64::MAX.into(),
        1 << 64,
        i128::MAX,
    ];
    let integers = edges.into_iter().flat_map(|edge| [edge, -edge - 1]);
    let fractions = [
        5,
        -5,
        i128::MAX,
        i128::MIN + 1,
        (1 << 64) + 1,
        -(1 << 64) - 1,
    ];
    let scaled = [1, 18]
        .into_iter()
        .flat_map(|scale| fractions.map(|number| Number::new(number, scale).unwrap()));
    let exponents = [-400, -257, -256, -25, -24, 39, 255, 256, 400];
    let wide = exponents.into_iter().flat_map(|exponent| {
        [5, i128::MIN + 1].map(|coefficient| Number::scientific(coefficient, exponent).unwrap())
    });
    integers
        .map(Number::from)
        .chain(scaled)
        .chain(wide)
        .collect()
}

/// Values of every type, the compound ones with keys whose order by name is not that of their
/// encoding.
pub(crate) fn values() -> Vec<Vec<Value>> {
    let map = BTreeMap::from([
        ("bb".to_owned(), Value::Null),
        ("c".to_owned(), true.into()),
        ("".to_owned(), 1.into()),
    ]);
    let nested = Value::List(vec![
        Value::Map(map.clone()),
        Value::Bytes(vec![0; 300]),
        "ü*".into(),
        false.into(),
    ]);
    vec![
        vec![Value::Null],
        vec![true.into()],
        numbers().into_iter().map(Value::Number).collect(),
        ["", "b", "aa", "\u{10ffff}"].map(Value::from).to_vec(),
        vec![Value::Bytes(vec![]), Value::Bytes(vec![255; 24])],
        vec![nested.clone(), Value::List(vec![])],
        vec![
            Value::Map(map),
            Value::Map(BTreeMap::from([("deeper".to_owned(), nested)])),
        ],
    ]
}

/// One constraint of every kind and, where a kind has several shapes, of every shape.
pub(crate) fn constraints() -> Vec<Constraint> {
    let mut all = vec![
        Constraint::any(),
        Constraint::pattern("").unwrap(),
        Constraint::pattern("*").unwrap(),
        Constraint::pattern("q*/2026-*.pdf").unwrap(),
        Constraint::path_under("/").unwrap(),
        Constraint::path_under("/decks/acme ü").unwrap(),
        Constraint::host_under("example.com").unwrap(),
        Constraint::network("10.0.0.0/8").unwrap(),
        Constraint::network("2001:db8::/32").unwrap(),
    ];
    for set in values() {
        all.push(Constraint::one_of(set.clone()).unwrap());
        all.push(Constraint::contains(set.clone()).unwrap());
        all.extend(Constraint::none_of(set));
    }
    let ends = |number: i64| {
        [
            None,
            Some(Bound::Inclusive(number.into())),
            Some(Bound::Exclusive(number.into())),
        ]
    };
    for low in ends(-1) {
        all.extend(ends(1_000).map(|high| Constraint::range(Range::new(low, high).unwrap())));
    }
    for port in [Port::Default, Port::Only(8443), Port::Any] {
        let rule =
            UrlRule::new(["https", "wss", "http"], Host::new("example.com").unwrap()).unwrap();
        all.push(Constraint::url(rule.clone().with_port(port).unwrap()));
        all.push(Constraint::url(
            rule.with_port(port)
                .unwrap()
                .with_path("/v1/%C3%BC")
                .unwrap(),
        ));
    }
    let (text, number) = (
        Constraint::pattern("a*").unwrap(),
        Constraint::at_most("2.5".parse().unwrap()),
    );
    let rules = ArgumentRules::closed()
        .require("title", text.clone())
        .unwrap()
        .allow("n", number.clone())
        .unwrap();
    all.extend([
        Constraint::each(text.clone()).unwrap(),
        Constraint::record(ArgumentRules::closed()).unwrap(),
        Constraint::record(rules.clone()).unwrap(),
        Constraint::record(rules.allow_others()).unwrap(),
        Constraint::all_of([text.clone(), Constraint::pattern("*z").unwrap()]).unwrap(),
        Constraint::any_of([text.clone(), number]).unwrap(),
        (1..8).fold(text, |inner, _| Constraint::each(inner).unwrap()),
    ]);
    all
}

/// Every constraint, required and optional, under every shape of capability. All of it is
/// delegable.
fn everything() -> Powers {
    let constraints = constraints();
    let capabilities = constraints
        .chunks(16)
        .zip(["crm.read", "crm.write", "files.*"].iter().cycle())
        .flat_map(|(chunk, tool)| {
            let rules = chunk.iter().enumerate().fold(
                ArgumentRules::closed(),
                |rules, (index, constraint)| {
                    let presence = if index % 2 == 0 {
                        Presence::Required
                    } else {
                        Presence::Optional
                    };
                    // Names of growing length, so that their order is not that of their encoding.
                    let name = format!(
                        "{}{index}",
                        "abcdefghijklmnop".chars().rev().nth(index).unwrap()
                    );
                    rules
                        .with_rule(&name, presence, constraint.clone())
                        .unwrap()
                },
            );
            let tool: ToolPattern = tool.parse().unwrap();
            [
                Capability::for_tool(tool.clone(), Effect::Read)
                    .with_arguments(rules.clone())
                    .allow_delegation(),
                Capability::for_tool(tool, Effect::Irreversible)
                    .with_arguments(rules)
                    .allow_others()
                    .allow_delegation(),
            ]
        });
    let plain = [Effect::Read, Effect::Write]
        .map(|effect| Capability::new("plain", effect).unwrap().allow_delegation());
    Powers::new(plain.into_iter().chain(capabilities)).unwrap()
}
