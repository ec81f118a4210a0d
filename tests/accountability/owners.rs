//! Whose root it is, and what its owner controls: beyond its anchor's ceiling a forged root is
//! worth nothing.

use crate::forging::cbor;
use crate::forging::forge::{Forge, chain_of};
use crate::forging::story::{
    COMPANY, ISSUER, NOW, THIEF, after, anchor_with, audience, call_of, encoded_powers, key, now,
    powers, root, verifier_of,
};
use crate::stage::*;
use mandatum::chain::{AnchorKey, Ceiling, ChainErrorKind};
use mandatum::claims::GrantKind;
use mandatum::denial::DenialPlace;
use mandatum::graph::Portfolio;
use mandatum::limits::MaxAge;
use mandatum::mission::Watches;
use mandatum::powers::CoverageGap;
use mandatum::{
    Action, Anchor, CallClaims, Capability, Chain, ChainError, Constraint, Controller,
    DecisionContext, Delegation, DenialCode, Effect, ExecutionProof, Life, Lifetime, LivesBy,
    Mission, Powers, Register, Root, Seconds, ServerContext, Verifier, issue,
};

/// Refunds of up to 5 000 USD to two shops, reading any customer, notes.
fn ceiling() -> Powers {
    let shops = Constraint::one_of(["north", "south"]).unwrap();
    let amount = Constraint::between(0.into(), 5_000.into()).unwrap();
    let refund = Capability::new("refund", Effect::Irreversible).unwrap();
    let refund = refund
        .require("shop", shops)
        .unwrap()
        .require("amount", amount)
        .unwrap();
    let refund = refund
        .require("currency", Constraint::one_of(["USD"]).unwrap())
        .unwrap();
    let path = Constraint::path_under("/notes").unwrap();
    powers([
        refund.allow_delegation(),
        Capability::new("crm.read", Effect::Read)
            .unwrap()
            .allow_others()
            .allow_delegation(),
        Capability::new("notes.*", Effect::Write)
            .unwrap()
            .require("path", path)
            .unwrap()
            .allow_delegation(),
    ])
}

const REVOKED: u8 = 31;

fn anchor() -> Anchor {
    let retired = AnchorKey::retired(public(THIEF), now());
    let keys = [
        public(COMPANY).into(),
        retired,
        AnchorKey::revoked(public(REVOKED)),
    ];
    Anchor::with_keys(ISSUER.parse().unwrap(), keys, ceiling(), Seconds::hours(8))
        .unwrap()
        .with_systems([label("crm")])
        .with_owner(label("sales"))
        .with_policy(label("refunds v3"))
}

/// A root beyond what its owner controls, as it is forged with the owner's own key, and what
/// issuing it says.
struct Row {
    name: &'static str,
    forged: Forge,
    issued: Option<Root>,
    kind: ChainErrorKind,
    place: DenialPlace,
}

fn lawful(change: impl FnOnce(&mut Root)) -> Root {
    root_with(|root| {
        root.link.powers = ceiling();
        change(root);
    })
}

fn row(
    name: &'static str,
    forge: impl FnOnce(Forge) -> Forge,
    issue: impl FnOnce(&mut Root),
    broken: ChainErrorKind,
) -> Row {
    let forged = forge(root().term(0, encoded_powers(ceiling())));
    Row {
        name,
        forged,
        issued: Some(lawful(issue)),
        kind: broken,
        place: DenialPlace::Link(0),
    }
}

/// Powers beyond the ceiling: the refusal has a call that shows it.
fn beyond(name: &'static str, powers: Powers) -> Row {
    let broken = ChainErrorKind::BeyondCeiling(ceiling().covers(&powers).unwrap_err());
    let forged = root().term(0, encoded_powers(powers.clone()));
    Row {
        name,
        forged,
        issued: Some(lawful(|root| root.link.powers = powers)),
        kind: broken,
        place: DenialPlace::Ceiling,
    }
}

fn refunds(shops: &[&str], most: i64, currencies: &[&str]) -> Capability {
    let amount = Constraint::between(0.into(), most.into()).unwrap();
    let one_of = |values: &[&str]| Constraint::one_of(values.iter().copied()).unwrap();
    let refund = Capability::new("refund", Effect::Irreversible).unwrap();
    let refund = refund
        .require("shop", one_of(shops))
        .unwrap()
        .require("amount", amount)
        .unwrap();
    refund.require("currency", one_of(currencies)).unwrap()
}

fn tool(name: &str, effect: Effect) -> Capability {
    Capability::new(name, effect).unwrap()
}

fn beyond_the_ceiling() -> Vec<Row> {
    let shop = &["north"];
    let usd = &["USD"];
    let notes = |base: &str| {
        tool("notes.add", Effect::Write).require("path", Constraint::path_under(base).unwrap())
    };
    vec![
        beyond("a tool", powers([tool("crm.export", Effect::Read)])),
        beyond(
            "a tool besides what is lawful",
            powers([refunds(shop, 1, usd), tool("crm.export", Effect::Read)]),
        ),
        beyond(
            "a family over the tool",
            powers([tool("crm.*", Effect::Read).allow_others()]),
        ),
        beyond(
            "a family over the family",
            powers([tool("notes.*", Effect::Write).allow_others()]),
        ),
        beyond("a value", powers([refunds(&["north", "west"], 1, usd)])),
        beyond(
            "a value in another case",
            powers([refunds(&["North"], 1, usd)]),
        ),
        beyond("an amount", powers([refunds(shop, 10_000, usd)])),
        beyond("an amount by one", powers([refunds(shop, 5_001, usd)])),
        beyond("a currency", powers([refunds(shop, 1, &["EUR"])])),
        beyond(
            "one more currency",
            powers([refunds(shop, 1, &["USD", "EUR"])]),
        ),
        beyond(
            "any value",
            powers([{
                let any = tool("refund", Effect::Irreversible)
                    .require("shop", Constraint::any())
                    .unwrap();
                any.require("amount", Constraint::any())
                    .unwrap()
                    .require("currency", Constraint::any())
                    .unwrap()
            }]),
        ),
        beyond(
            "an argument left out",
            powers([{
                let currency = Constraint::one_of(["USD"]).unwrap();
                tool("refund", Effect::Irreversible)
                    .require("currency", currency)
                    .unwrap()
            }]),
        ),
        beyond(
            "an argument that may be absent",
            powers([{
                let amount = Constraint::between(0.into(), 1.into()).unwrap();
                let refund = tool("refund", Effect::Irreversible)
                    .allow("amount", amount)
                    .unwrap();
                let refund = refund
                    .require("shop", Constraint::one_of(["north"]).unwrap())
                    .unwrap();
                refund
                    .require("currency", Constraint::one_of(["USD"]).unwrap())
                    .unwrap()
            }]),
        ),
        beyond(
            "an argument more",
            powers([refunds(shop, 1, usd)
                .require("memo", Constraint::any())
                .unwrap()]),
        ),
        beyond(
            "open arguments",
            powers([refunds(shop, 1, usd).allow_others()]),
        ),
        beyond("a path above", powers([notes("/").unwrap()])),
        beyond("a path beside", powers([notes("/notes2").unwrap()])),
        beyond(
            "an effect",
            powers([tool("crm.read", Effect::Write).allow_others()]),
        ),
        beyond(
            "an effect by two",
            powers([tool("crm.read", Effect::Irreversible).allow_others()]),
        ),
    ]
}

/// What else an owner is bounded in.
fn beyond_the_anchor() -> Vec<Row> {
    let cap = Seconds::hours(8);
    let lives = |seconds: u64| ChainErrorKind::LivesTooLong {
        lives: Seconds::new(seconds),
        cap,
    };
    let lasting = |seconds: i64| move |root: Forge| root.claim(4, cbor::int(NOW + seconds));
    let living = |seconds: i64| {
        move |root: &mut Root| root.link.lifetime = Lifetime::new(now(), after(seconds)).unwrap()
    };
    let aliased = cbor::Map(vec![(cbor::text("bank"), cbor::text("aj"))]);
    let bank = ChainErrorKind::AliasOfAnother {
        system: label("bank"),
    };
    let theirs = || "https://finance.example".parse().unwrap();
    let policy = |root: Forge| {
        let kind = cbor::int(2);
        root.term(
            10,
            cbor::array([
                kind,
                cbor::text("alice"),
                cbor::int(NOW),
                cbor::bytes([10; 32]),
            ]),
        )
    };
    let only_verified = |row: Row| Row {
        issued: None,
        ..row
    };
    vec![
        row(
            "a second more than it may live",
            lasting(28_801),
            living(28_801),
            lives(28_801),
        ),
        row(
            "a year",
            lasting(31_536_000),
            living(31_536_000),
            lives(31_536_000),
        ),
        row(
            "an alias in another's system",
            |root| root.term(8, aliased.bytes()),
            |root| {
                root.principal.aliases =
                    mandatum::claims::Aliases::new([(label("bank"), label("aj"))].into()).unwrap();
            },
            bank,
        ),
        row(
            "an owner whom nobody knows",
            |root| root.claim(1, cbor::text("https://finance.example")),
            |root| {
                root.issuer = theirs();
            },
            ChainErrorKind::UnknownIssuer { issuer: theirs() },
        ),
        only_verified(row(
            "a kind of grant",
            policy,
            |_| (),
            ChainErrorKind::GrantNotAccepted {
                kind: GrantKind::Policy,
            },
        )),
        only_verified(row(
            "no grant",
            |root| root.no_term(10),
            |_| (),
            ChainErrorKind::NoAttestedGrant,
        )),
        row(
            "a retired key",
            |root| root.issued_by(THIEF),
            |root| root.signed_by = public(THIEF),
            {
                ChainErrorKind::RetiredKey {
                    before: now(),
                    issued_at: now(),
                }
            },
        ),
        row(
            "a revoked key",
            |root| root.issued_by(REVOKED),
            |root| root.signed_by = public(REVOKED),
            {
                ChainErrorKind::RevokedKey {
                    key: public(REVOKED),
                }
            },
        ),
        row(
            "a stranger's key",
            |root| root.issued_by(STRANGER),
            |root| root.signed_by = public(STRANGER),
            {
                ChainErrorKind::SignerUnknown {
                    key: public(STRANGER),
                }
            },
        ),
        only_verified(row(
            "another's key",
            |root| root.signed_by(STRANGER),
            |_| (),
            ChainErrorKind::Signature(mandatum::sign::SignatureError),
        )),
    ]
}

fn rows() -> Vec<Row> {
    [beyond_the_ceiling(), beyond_the_anchor()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn a_root_beyond_its_owner_is_refused_at_issue_and_at_verification() {
    let verifier = verifier_of(anchor());
    assert!(
        verifier
            .verify(&chain_of(&[root()
                .term(0, encoded_powers(ceiling()))
                .token()]))
            .is_ok()
    );
    for row in rows() {
        let refused = Err(ChainError {
            link: 0,
            kind: row.kind,
        });
        assert_eq!(
            verifier.verify(&chain_of(&[row.forged.token()])).map(drop),
            refused,
            "{}",
            row.name
        );
        if let Some(root) = row.issued {
            assert_eq!(
                issue(&anchor(), root, after(0)).map(drop),
                refused,
                "{}",
                row.name
            );
        }
    }
}

/// Where it is about powers, the witness is a call that the root would permit and its owner does
/// not control.
#[test]
fn what_is_beyond_the_ceiling_is_shown_by_a_call() {
    for row in beyond_the_ceiling() {
        let ChainErrorKind::BeyondCeiling(beyond) = row.kind else {
            panic!("{}", row.name)
        };
        let witness = beyond.witness.expect(row.name);
        let root = row.issued.unwrap();
        assert!(
            root.link.powers.permits(&witness).is_ok(),
            "{}: {witness}",
            row.name
        );
        assert!(
            ceiling().permits(&witness).is_err(),
            "{}: {witness}",
            row.name
        );
    }
}

/// At a server, whatever of it follows from the server's own policy is told as nothing but a
/// refusal. Whose roots it trusts is public.
#[test]
fn a_server_says_where_it_is_and_tells_the_caller_nothing() {
    for row in rows() {
        // Something that the root itself permits: beyond the ceiling it is the call that shows it.
        let action = match row.kind {
            ChainErrorKind::BeyondCeiling(beyond) => *beyond.witness.expect(row.name),
            _ => Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
        };
        let token = row.forged.token();
        let request = cbor::bytes(call_of(7, action.clone()).request().as_bytes());
        let call = crate::forging::story::call_under(&token)
            .term(1, request)
            .signed_by(2)
            .token();
        let proof = crate::forging::forge::proof_bytes(&[token], &call);
        let denial = verifier_of(anchor())
            .check(&proof, &action, &context(0))
            .map(drop)
            .expect_err(row.name);
        assert_eq!(denial.place(), row.place, "{}", row.name);
        let expected = match denial.code() {
            public @ (DenialCode::BadSignature | DenialCode::UnknownIssuer) => public.as_str(),
            _ => "Refused",
        };
        assert_eq!(denial.public().code, expected, "{}", row.name);
    }
}

/// Owner and policy are for people: they change no decision, so they are no other configuration.
#[test]
fn who_the_owner_is_can_be_read_from_the_anchor() {
    let (owner, policy) = (label("sales"), label("refunds v3"));
    assert_eq!(
        (anchor().owner(), anchor().policy()),
        (Some(&owner), Some(&policy))
    );
    let renamed = anchor()
        .with_owner(label("sales emea"))
        .with_policy(label("refunds v4"));
    assert_eq!(
        verifier_of(renamed).configuration(),
        verifier_of(anchor()).configuration()
    );
    let chain = chain_of(&[root().term(0, encoded_powers(ceiling())).token()]);
    let verified = verifier_of(anchor()).verify(&chain).unwrap();
    assert_eq!(verified.anchor().owner(), Some(&owner));
}

/// The ceiling stands above the root as a parent: what it does not let be delegated is used by the
/// root's holder alone.
#[test]
fn what_the_ceiling_keeps_to_the_root_is_delegated_by_nobody() {
    let pay = || tool("pay", Effect::Irreversible).allow_others();
    let read = || tool("crm.read", Effect::Read).allow_others();
    let owner = anchor_with(powers([pay(), read().allow_delegation()]));
    let root = |held: [Capability; 2]| {
        let mut root = root_with(|root| root.link.powers = powers(held));
        root.link = root.link.with_hops(15);
        root
    };
    // The root may hold it, and may delegate the rest.
    let honest = issue(&owner, root([pay(), read().allow_delegation()]), after(0))
        .unwrap()
        .sign(&key(COMPANY))
        .unwrap();
    let honest = Chain::from(honest);
    let verifier = verifier_of(owner.clone());
    assert!(verifier.verify(&honest).is_ok());
    let terms = |held: Capability| Delegation::new([3; 16], public(3), powers([held]), after(60));
    assert!(honest.delegate(terms(read()), after(0)).is_ok());
    assert!(matches!(
        honest.delegate(terms(pay()), after(0)).unwrap_err().kind,
        ChainErrorKind::BeyondParent(_)
    ));

    // Marked as delegable it is refused where it is issued, and where it comes from whoever does
    // not ask the ceiling.
    let marked = || root([pay().allow_delegation(), read().allow_delegation()]);
    let beyond = |error: ChainError| match error.kind {
        ChainErrorKind::BeyondCeiling(beyond) => (error.link, beyond.entry, beyond.gap),
        broken => panic!("{broken}"),
    };
    assert_eq!(
        beyond(issue(&owner, marked(), after(0)).unwrap_err()),
        (0, 0, CoverageGap::NotDelegable)
    );
    let careless = issue(&anchor_with(Ceiling::Unlimited), marked(), after(0))
        .unwrap()
        .sign(&key(COMPANY))
        .unwrap();
    let lead = Chain::from(careless);
    let leaf = lead
        .extend(
            lead.delegate(terms(pay()), after(0))
                .unwrap()
                .sign(&key(2))
                .unwrap(),
        )
        .unwrap();
    for chain in [lead, leaf] {
        assert_eq!(
            beyond(verifier.verify(&chain).unwrap_err()),
            (0, 0, CoverageGap::NotDelegable)
        );
    }
}

// Several owners on one mission.

const FINANCE: u8 = 30;
const OFFICE: u8 = 41;

fn owner(issuer: &str, company: u8, tools: &[&str]) -> Anchor {
    let tools = tools.iter().map(|name| {
        tool(name, Effect::Irreversible)
            .allow_others()
            .allow_delegation()
    });
    Anchor::new(
        issuer.parse().unwrap(),
        public(company),
        powers(tools),
        Seconds::hours(8),
    )
    .unwrap()
}

fn sales() -> Anchor {
    owner("https://sales.example", COMPANY, &["crm.read", "notes.add"])
}

fn finance() -> Anchor {
    owner("https://finance.example", FINANCE, &["pay", "notes.add"])
}

/// An owner's root for the helper, on the one mission.
fn granted(anchor: &Anchor, company: u8, limit: Option<mandatum::Limit>) -> Chain {
    let root = root_with(|root| {
        let Ceiling::Powers(powers) = anchor.ceiling() else {
            panic!("an owner has a ceiling")
        };
        root.link.powers = powers.clone();
        root.link.holder = public(3).into();
        root.link.limits = limits(limit);
        root.issuer = anchor.issuer().clone();
        root.signed_by = public(company);
        let mission = Mission::new(public(OFFICE), label("qbr"), [7; 16]);
        root.life = Life::Mission(LivesBy::new(mission, MaxAge::uniform(Seconds::new(600))));
    });
    Chain::from(
        issue(anchor, root, after(0))
            .unwrap()
            .sign(&key(company))
            .unwrap(),
    )
}

fn chains(limit: Option<mandatum::Limit>) -> [Chain; 2] {
    [
        granted(&sales(), COMPANY, None),
        granted(&finance(), FINANCE, limit),
    ]
}

fn both() -> Verifier {
    Verifier::new([sales(), finance()])
        .unwrap()
        .dangerous_effects_as_stated()
}

/// What was heard: the mission is active.
fn register(chains: &[Chain]) -> Register {
    let mut watches = Watches::none();
    chains
        .iter()
        .for_each(|chain| watches.extend(&Watches::new(&both().verify(chain).unwrap())));
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let mission = controller.mission(label("qbr"), [7; 16]);
    let begun = controller
        .begin(&mission, [1; 16], after(0))
        .unwrap()
        .sign(&key(OFFICE))
        .unwrap();
    let mut register = Register::new(both().retention(Seconds::minutes(10)));
    register.apply(&begun.into(), &watches, after(0)).unwrap();
    register
}

fn asked(tool: &str) -> mandatum::Call {
    call_of(
        7,
        Action::new(tool, [("x", 1)], Effect::Irreversible).unwrap(),
    )
}

/// What a server with these anchors says to the helper's call under a chain.
fn decided(
    verifier: &Verifier,
    chain: &Chain,
    tool: &str,
    register: &Register,
) -> Option<(DenialCode, DenialPlace)> {
    let signed = CallClaims::new(chain, &asked(tool), here(), after(0))
        .sign(&key(3))
        .unwrap();
    let proof = ExecutionProof::new(chain.clone(), signed).to_bytes();
    let context = context(0).with_register(register);
    code_and_place(verifier.check(&proof, &asked(tool).action, &context))
}

#[test]
fn whose_chain_a_resource_accepts_is_its_verifiers_to_say() {
    let [ours, theirs] = chains(None);
    let register = register(&[ours.clone(), theirs.clone()]);
    let unknown = Some((DenialCode::UnknownIssuer, DenialPlace::Link(0)));
    let not_held = Some((DenialCode::ToolNotPermitted, DenialPlace::Link(0)));
    let (at_sales, at_finance) = (verifier_of(sales()), verifier_of(finance()));
    // Both may add notes; whose notes they are is for the server to say.
    for (verifier, chain, tool, expected) in [
        (&at_sales, &ours, "notes.add", None),
        (&at_sales, &theirs, "notes.add", unknown),
        (&at_finance, &theirs, "notes.add", None),
        (&at_finance, &ours, "notes.add", unknown),
        (&at_finance, &theirs, "pay", None),
        (&at_finance, &ours, "pay", unknown),
        (&both(), &ours, "crm.read", None),
        (&both(), &ours, "pay", not_held),
        (&both(), &theirs, "crm.read", not_held),
    ] {
        assert_eq!(
            decided(verifier, chain, tool, &register),
            expected,
            "{tool}"
        );
    }
}

/// Sales, with its own key, in the name of finance; and a root for what finance controls in its
/// own.
#[test]
fn no_owner_grants_what_is_anothers() {
    let wide = root_with(|root| {
        root.link.powers = powers([tool("pay", Effect::Irreversible).allow_others()]);
        root.issuer = sales().issuer().clone();
    });
    let refused = issue(&sales(), wide, after(0)).unwrap_err();
    let ChainErrorKind::BeyondCeiling(beyond) = refused.kind else {
        panic!("{refused}")
    };
    assert_eq!(beyond.witness.as_ref().unwrap().tool.as_str(), "pay");

    let by = |issuer: &str, named: u8, signer: u8| {
        let pay = powers([tool("pay", Effect::Irreversible).allow_others()]);
        let forged = root()
            .term(0, encoded_powers(pay))
            .claim(1, cbor::text(issuer));
        let forged = forged.issued_by(named).signed_by(signer);
        both()
            .verify(&chain_of(&[forged.token()]))
            .map(drop)
            .map_err(|error| error.kind)
    };
    let signature = || Err(ChainErrorKind::Signature(mandatum::sign::SignatureError));
    let unknown = |seed| Err(ChainErrorKind::SignerUnknown { key: public(seed) });
    let named = |issuer: &str, seed| by(issuer, seed, seed);
    assert_eq!(named("https://finance.example", FINANCE), Ok(()));
    assert_eq!(named("https://finance.example", COMPANY), unknown(COMPANY));
    assert_eq!(by("https://finance.example", FINANCE, COMPANY), signature());
    assert_eq!(
        named("https://sales.example", COMPANY),
        Err(ChainErrorKind::BeyondCeiling(beyond))
    );
    assert_eq!(named("https://sales.example", FINANCE), unknown(FINANCE));
    assert_eq!(by("https://sales.example", COMPANY, FINANCE), signature());
}

/// An agent with a chain of each owner plans with what it was given: where a gate stands and nobody
/// has approved, another owner's chain that suffices is taken.
#[test]
fn a_portfolio_minds_gates() {
    let gated = mandatum::Limit::approval_gate(gate(1, &[ANNA]));
    let [theirs, ours] = {
        let [ours, theirs] = chains(Some(gated));
        [theirs, ours]
    };
    let register = register(&[ours.clone(), theirs.clone()]);
    let mut portfolio = Portfolio::new(Mission::new(public(OFFICE), label("qbr"), [7; 16]));
    for chain in [&theirs, &ours] {
        portfolio.add(both().verify(chain).unwrap()).unwrap();
    }
    let choose = |tool: &str, words: &[mandatum::sign::Token<mandatum::claims::Approval>]| {
        let context = DecisionContext::new(
            ServerContext::new(after(0), audience("https://crm.example")),
            &register,
        );
        let chosen = portfolio.choose(&both(), &asked(tool), &context.with_approvals(words));
        chosen.map(|chain| chain.chain().leaf_id()).map_err(|none| {
            none.denials
                .iter()
                .map(|(_, denial)| denial.code())
                .collect::<Vec<_>>()
        })
    };
    let words = |chain: &Chain, tool: &str| approvals(chain, &asked(tool), &[ANNA]);
    assert_eq!(choose("notes.add", &[]), Ok(ours.leaf_id()));
    assert_eq!(
        choose("notes.add", &words(&theirs, "notes.add")),
        Ok(theirs.leaf_id())
    );
    assert_eq!(
        choose("notes.add", &words(&ours, "notes.add")),
        Ok(ours.leaf_id()),
        "words for another chain don't count"
    );
    assert_eq!(
        choose("pay", &[]),
        Err(vec![
            DenialCode::ApprovalsMissing,
            DenialCode::ToolNotPermitted
        ])
    );
    assert_eq!(choose("pay", &words(&theirs, "pay")), Ok(theirs.leaf_id()));
}
