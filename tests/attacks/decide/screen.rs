//! What is refused before any signature is verified and before the links between are decoded; and
//! what is not told by then.

use super::ladder::{files, slow, slow_powers};
use crate::notices::{CONTROLLER, alive, end, read, status, task_end};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, chain_of, id_of, proof_bytes};
use crate::support::order::register as empty;
use crate::support::spending::{LEDGER, approval, budget, calls, gate, needing};
use crate::support::story::{
    BANK, COMPANY, CRM, FILES, INTERN, ISSUER, NOW, THIEF, after, anchor_with, audience, call_of,
    call_under, child_of, encoded_limits, encoded_powers, grandchild_of, here, now, reading, root,
    verifier, verifier_of,
};
use mandatum::chain::{AcceptedGrants, Ceiling, ChainCache};
use mandatum::claims::{Approval, GrantKind};
use mandatum::decide::Facts;
use mandatum::denial::{AccessRequest, DenialPlace};
use mandatum::limits::{AudienceSet, Window};
use mandatum::mission::Watches;
use mandatum::sign::Token;
use mandatum::{
    Action, DecisionContext, Denial, DenialCode, Effect, Label, Limit, Powers, Register,
    ServerContext, Verifier,
};

type Change = Box<dyn Fn(Forge) -> Forge>;

/// The intern reads the CRM for acme under a chain of three links, with which everything is right
/// until something is changed.
struct Shown {
    root: Change,
    child: Change,
    leaf: Change,
    call: Change,
    action: Action,
    verifier: Verifier,
    context: DecisionContext<'static>,
}

/// Where a proof is forged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forged {
    Nowhere,
    /// A bit of this link's signature; what is below names the link as it then is.
    Link(usize),
    /// What the middle link says is no claims.
    Claims,
    /// A bit of the call's signature.
    Call,
}

const ANYWHERE: [Forged; 5] = [
    Forged::Link(0),
    Forged::Link(1),
    Forged::Link(2),
    Forged::Claims,
    Forged::Call,
];

impl Forged {
    /// What it is refused for where nothing else is wrong.
    const fn refused(self) -> Option<(DenialCode, DenialPlace)> {
        match self {
            Self::Nowhere => None,
            Self::Link(link) => Some((DenialCode::BadSignature, DenialPlace::Link(link))),
            Self::Claims => Some((DenialCode::UnexpectedItem, DenialPlace::Bytes)),
            Self::Call => Some((DenialCode::NotTheHolder, DenialPlace::Call)),
        }
    }
}

fn shown() -> Shown {
    let as_is = || -> Change { Box::new(|forge| forge) };
    let (action, context) = (
        reading("acme"),
        DecisionContext::new(ServerContext::new(now(), audience(CRM)), Register::none()),
    );
    Shown {
        root: as_is(),
        child: as_is(),
        leaf: as_is(),
        call: as_is(),
        action,
        verifier: verifier(),
        context,
    }
}

/// A bit of its signature, which comes last.
fn tampered(mut token: Vec<u8>) -> Vec<u8> {
    let first = token.len() - 64;
    token[first] ^= 1;
    token
}

impl Shown {
    fn root(self, change: impl Fn(Forge) -> Forge + 'static) -> Self {
        Self {
            root: Box::new(change),
            ..self
        }
    }

    fn child(self, change: impl Fn(Forge) -> Forge + 'static) -> Self {
        Self {
            child: Box::new(change),
            ..self
        }
    }

    fn leaf(self, change: impl Fn(Forge) -> Forge + 'static) -> Self {
        Self {
            leaf: Box::new(change),
            ..self
        }
    }

    fn call(self, change: impl Fn(Forge) -> Forge + 'static) -> Self {
        Self {
            call: Box::new(change),
            ..self
        }
    }

    fn calling(self, action: Action) -> Self {
        Self { action, ..self }
    }

    fn by(self, verifier: Verifier) -> Self {
        Self { verifier, ..self }
    }

    fn at(self, seconds: i64, server: &str) -> Self {
        Self {
            context: DecisionContext::new(
                ServerContext::new(after(seconds), audience(server)),
                Register::none(),
            ),
            ..self
        }
    }

    /// All links have these powers, which are within no ceiling.
    fn empowered(self, powers: Powers) -> Self {
        let powers = encoded_powers(powers);
        let change = move || {
            let powers = powers.clone();
            move |forge: Forge| forge.term(0, powers.clone())
        };
        let verifier = verifier_of(anchor_with(Ceiling::Unlimited));
        self.root(change())
            .child(change())
            .leaf(change())
            .by(verifier)
    }

    fn links(&self, forged: Forged) -> [Vec<u8>; 3] {
        let sealed = |link, forge: Forge| match forged {
            Forged::Link(at) if at == link => tampered(forge.token()),
            Forged::Claims if link == 1 => forge.token_of(&cbor::text("no claims")),
            _ => forge.token(),
        };
        let root = sealed(0, (self.root)(root()));
        let child = sealed(1, (self.child)(child_of(&root)));
        let leaf = sealed(2, (self.leaf)(grandchild_of(&child)));
        [root, child, leaf]
    }

    fn proof(&self, forged: Forged) -> Vec<u8> {
        let links = self.links(forged);
        let request = call_of(7, self.action.clone()).request();
        let call = call_under(&links[2])
            .signed_by(INTERN)
            .term(1, cbor::bytes(request.as_bytes()));
        let call = (self.call)(call).token();
        proof_bytes(
            &links,
            &if forged == Forged::Call {
                tampered(call)
            } else {
                call
            },
        )
    }

    fn check(&self, forged: Forged) -> Result<(), Denial> {
        self.verifier
            .check(&self.proof(forged), &self.action, &self.context)
            .map(drop)
    }

    fn request(&self, forged: Forged) -> Option<AccessRequest> {
        self.verifier
            .request_for(&self.proof(forged), &self.action, &self.context)
    }
}

fn met(verdict: Result<(), Denial>) -> Option<(DenialCode, DenialPlace)> {
    verdict.err().map(|denial| (denial.code(), denial.place()))
}

type Row = (&'static str, Shown, DenialCode, DenialPlace);

/// Every reason that can be told by the root, the leaf and the call themselves, in the order in
/// which they are asked.
fn rows() -> Vec<Row> {
    [
        of_the_issuer(),
        of_time_and_place(),
        of_the_call(),
        of_powers(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_the_issuer() -> Vec<Row> {
    let unknown = shown().root(|root| root.claim(1, cbor::text("https://evil.example")));
    vec![(
        "an issuer whom nobody knows",
        unknown,
        DenialCode::UnknownIssuer,
        DenialPlace::Link(0),
    )]
}

/// What a verifier accepts of an issuer's roots, which is the host's own.
fn of_policy() -> Vec<Row> {
    let row = |name, shown, code| (name, shown, code, DenialPlace::Link(0));
    let policies = || AcceptedGrants::only([GrantKind::Policy]);
    let aliased = || Map(vec![(cbor::text("bank"), cbor::text("aj"))]).bytes();
    vec![
        row(
            "a second more than the anchor allows",
            shown().root(|root| root.claim(4, cbor::int(NOW + 28_801))),
            DenialCode::LivesTooLong,
        ),
        row(
            "no grant",
            shown().root(|root| root.no_term(10)),
            DenialCode::NoAttestedGrant,
        ),
        row(
            "another kind of grant",
            shown().by(verifier().with_grants(policies())),
            DenialCode::GrantNotAccepted,
        ),
        row(
            "a name in another's system",
            shown().root(move |root| root.term(8, aliased())),
            DenialCode::AliasOfAnother,
        ),
    ]
}

fn of_time_and_place() -> Vec<Row> {
    let limited = |limit: Limit| {
        let limits = encoded_limits([limit]);
        move |forge: Forge| forge.term(1, limits.clone())
    };
    let opening = || limited(Limit::window(Window::opening(after(31))));
    let closed = || limited(Limit::window(Window::closing(now())));
    let elsewhere = || {
        limited(Limit::audience(
            AudienceSet::new([audience(FILES)]).unwrap(),
        ))
    };
    let until = |seconds: i64| move |forge: Forge| forge.claim(4, cbor::int(NOW + seconds));
    let (first, last) = (DenialPlace::Link(0), DenialPlace::Link(2));
    vec![
        (
            "before the root",
            shown().at(-31, CRM),
            DenialCode::IssuedInFuture,
            first,
        ),
        (
            "before the leaf",
            shown().leaf(|leaf| leaf.claim(6, cbor::int(NOW + 31))),
            DenialCode::IssuedInFuture,
            last,
        ),
        (
            "after the root",
            shown().at(3600, CRM),
            DenialCode::Expired,
            first,
        ),
        (
            "after the leaf",
            shown().leaf(until(30)).at(30, CRM),
            DenialCode::Expired,
            last,
        ),
        (
            "at a server of which the root says nothing",
            shown().at(0, BANK),
            DenialCode::WrongAudience,
            first,
        ),
        (
            "before the root's window",
            shown().root(opening()),
            DenialCode::NotYet,
            first,
        ),
        (
            "before the leaf's window",
            shown().leaf(opening()),
            DenialCode::NotYet,
            last,
        ),
        (
            "after the root's window",
            shown().root(closed()),
            DenialCode::WindowClosed,
            first,
        ),
        (
            "after the leaf's window",
            shown().leaf(closed()),
            DenialCode::WindowClosed,
            last,
        ),
        (
            "at a server that the root's limits leave out",
            shown().root(elsewhere()),
            DenialCode::WrongAudience,
            first,
        ),
        (
            "at a server that the leaf's limits leave out",
            shown().leaf(elsewhere()),
            DenialCode::WrongAudience,
            last,
        ),
    ]
}

fn of_powers() -> Vec<Row> {
    let row = |name, shown, code| (name, shown, code, DenialPlace::Link(2));
    let action = |tool, arguments: &[(&str, &str)], effect| {
        Action::new(tool, arguments.iter().copied(), effect).unwrap()
    };
    let (read, acme) = (Effect::Read, ("account", "acme"));
    let asking =
        |tool, arguments: &[(&str, &str)], effect| shown().calling(action(tool, arguments, effect));
    let climbing = action("files.read", &[("path", "/decks/../etc/passwd")], read);
    vec![
        row(
            "another tool",
            asking("crm.export", &[acme], read),
            DenialCode::ToolNotPermitted,
        ),
        row(
            "a higher effect",
            asking("crm.read", &[acme], Effect::Write),
            DenialCode::EffectTooHigh,
        ),
        row(
            "an argument is missing",
            asking("crm.read", &[], read),
            DenialCode::ArgumentMissing,
        ),
        row(
            "an argument too many",
            asking("crm.read", &[acme, ("limit", "9")], read),
            DenialCode::ArgumentUnknown,
        ),
        row(
            "the account of another",
            shown().calling(reading("globex")),
            DenialCode::ArgumentRefused,
        ),
        row(
            "a path that climbs",
            shown().empowered(files()).calling(climbing),
            DenialCode::ArgumentNotCanonical,
        ),
    ]
}

fn of_the_call() -> Vec<Row> {
    let row = |name, shown, code| (name, shown, code, DenialPlace::Call);
    vec![
        row(
            "signed under another leaf",
            shown().call(|call| call.term(0, cbor::bytes([9; 32]))),
            DenialCode::WrongLeaf,
        ),
        row(
            "signed for another server",
            shown().call(|call| call.claim(3, cbor::text(FILES))),
            DenialCode::CallForAnotherAudience,
        ),
        row(
            "from the future",
            shown().call(|call| call.claim(6, cbor::int(NOW + 31))),
            DenialCode::CallFromFuture,
        ),
        row("too old", shown().at(31, CRM), DenialCode::CallTooOld),
    ]
}

/// Without any of the reasons, it is the signature or the middle link that a forged proof is
/// refused for.
#[test]
fn what_is_forged_is_refused_for_that_where_nothing_else_is_wrong() {
    for forged in ANYWHERE.into_iter().chain([Forged::Nowhere]) {
        assert_eq!(met(shown().check(forged)), forged.refused(), "{forged:?}");
    }
}

/// With a reason, it is refused for the reason, whatever is forged: no signature is verified, and
/// the middle not decoded.
#[test]
fn every_reason_comes_before_signatures() {
    for (name, shown, code, place) in rows() {
        let genuine = shown.check(Forged::Nowhere);
        assert_eq!(met(genuine.clone()), Some((code, place)), "{name}");
        for forged in ANYWHERE {
            let verdict = shown.check(forged);
            // The leaf that it names is another where a link is another.
            match code {
                DenialCode::WrongLeaf => {
                    assert_eq!(met(verdict), Some((code, place)), "{name}, {forged:?}");
                }
                _ => assert_eq!(verdict, genuine, "{name}, {forged:?}"),
            }
        }
    }
}

/// Who can't sign in an issuer's name learns nothing of what is accepted in it.
#[test]
fn what_a_verifier_accepts_of_an_issuer_shows_after_signatures() {
    for (name, shown, code, place) in of_policy() {
        assert_eq!(
            met(shown.check(Forged::Nowhere)),
            Some((code, place)),
            "{name}"
        );
        for forged in ANYWHERE {
            assert_eq!(
                met(shown.check(forged)),
                forged.refused(),
                "{name}, {forged:?}"
            );
        }
        let public = shown.check(Forged::Nowhere).unwrap_err().public();
        assert_eq!((public.code, public.link), ("Refused", None), "{name}");
    }
}

/// Of two reasons the one that is asked first is given, so a row's reason hides those after it, and
/// no other.
#[test]
fn reasons_are_asked_in_the_order_of_the_ladder() {
    let late = || {
        shown()
            .calling(reading("globex"))
            .call(|call| call.claim(3, cbor::text(FILES)))
    };
    let table = [
        (
            shown().calling(reading("globex")),
            DenialCode::ArgumentRefused,
        ),
        (late(), DenialCode::CallForAnotherAudience),
        (
            late().leaf(|leaf| leaf.claim(6, cbor::int(NOW + 31))),
            DenialCode::IssuedInFuture,
        ),
        (late().at(3600, BANK), DenialCode::Expired),
        (late().at(31, BANK), DenialCode::WrongAudience),
        (
            late()
                .at(3600, BANK)
                .root(|root| root.claim(1, cbor::text("https://evil.example"))),
            DenialCode::UnknownIssuer,
        ),
        (
            shown()
                .at(31, CRM)
                .call(|call| call.claim(3, cbor::text(FILES))),
            DenialCode::CallForAnotherAudience,
        ),
    ];
    for (shown, code) in table {
        for forged in ANYWHERE.into_iter().chain([Forged::Nowhere]) {
            assert_eq!(
                met(shown.check(forged)).map(|(code, _)| code),
                Some(code),
                "{forged:?}"
            );
        }
    }
}

/// What a link between says is asked when it is known who said it.
#[test]
fn the_middle_is_asked_after_signatures() {
    let limits = encoded_limits([Limit::window(Window::closing(now()))]);
    let closed = shown().child(move |child| child.term(1, limits.clone()));
    assert_eq!(
        met(closed.check(Forged::Nowhere)),
        Some((DenialCode::WindowClosed, DenialPlace::Link(1)))
    );
    for forged in ANYWHERE {
        assert_eq!(met(closed.check(forged)), forged.refused(), "{forged:?}");
    }
}

/// A stranger's leaf doesn't make the server work: what takes long to ask is asked when it is known
/// who said it.
#[test]
fn powers_that_take_long_are_asked_after_signatures() {
    let long = shown().empowered(slow_powers()).calling(reading(&slow().1));
    assert_eq!(
        met(long.check(Forged::Nowhere)),
        Some((DenialCode::OutOfWork, DenialPlace::Link(2)))
    );
    for forged in ANYWHERE {
        assert_eq!(met(long.check(forged)), forged.refused(), "{forged:?}");
    }
}

/// What a host knows and its caller may not.
#[derive(Default)]
struct Host {
    news: Vec<Forge>,
    facts: Facts,
    ledgers: Vec<Label>,
    /// Who approves the call as it is presented, by the seeds of their keys.
    approving: Vec<u8>,
    system: Option<Label>,
}

const ANNA: u8 = 60;

impl Host {
    /// What a host that knows this says to the proof, with what is known of the genuine chain and
    /// without.
    fn verdict(&self, shown: &Shown, forged: Forged) -> Result<(), Denial> {
        let (genuine, links) = (shown.links(Forged::Nowhere), shown.links(forged));
        let known = shown.verifier.verify(&chain_of(&genuine)).unwrap();
        let mut register = empty();
        for notice in &self.news {
            register
                .apply(&read(notice), &Watches::new(&known), now())
                .unwrap();
        }
        let leaf = id_of(&links[2]);
        let call = call_of(7, shown.action.clone());
        let (key, request) = (call.key(&leaf, shown.context.audience()), call.request());
        let digests = [key.as_bytes(), request.as_bytes()];
        let approvals: Vec<Token<Approval>> = self
            .approving
            .iter()
            .map(|by| {
                Token::from_bytes(&approval(*by, leaf.as_bytes(), digests, CRM).token()).unwrap()
            })
            .collect();
        let context = shown
            .context
            .clone()
            .with_register(&register)
            .with_facts(&self.facts);
        let context = context
            .with_approvals(&approvals)
            .with_ledgers(&self.ledgers);
        let context = self
            .system
            .iter()
            .cloned()
            .fold(context, DecisionContext::with_system);
        let (proof, cache) = (shown.proof(forged), ChainCache::new(1 << 20));
        let verdict = shown
            .verifier
            .check(&proof, &shown.action, &context)
            .map(drop);
        for (what, chain) in [("nothing", None), ("the genuine chain", Some(&genuine))] {
            if let Some(chain) = chain {
                shown
                    .verifier
                    .verify_cached(&chain_of(chain), &cache)
                    .unwrap();
            }
            let cached = shown
                .verifier
                .check_cached(&proof, &shown.action, &context, &cache)
                .map(drop);
            assert_eq!(cached, verdict, "{what} is known, {forged:?}");
        }
        verdict
    }
}

/// A call that hangs by something that only the host knows, and what comes of it with what the host
/// knows.
type Hidden = (&'static str, Shown, Vec<(Host, Option<DenialCode>)>);

fn hidden() -> Vec<Hidden> {
    let limited =
        |limit: Vec<u8>| shown().leaf(move |leaf| leaf.term(1, cbor::array([limit.clone()])));
    let open = cbor::array([cbor::int(1), cbor::array([cbor::text("open")])]);
    let condition = cbor::array([cbor::text("ticket"), open, cbor::int(60)]);
    // The root names the fact, for other calls.
    let named = cbor::array([
        cbor::int(4),
        condition.clone(),
        cbor::array([cbor::text("pay")]),
    ]);
    let heard = |news: &[Forge]| Host {
        news: news.to_vec(),
        ..Host::default()
    };
    let active = || status(CONTROLLER);
    let observed = |value: &str| Host {
        facts: Facts::none().with_fact(
            "ticket".parse().unwrap(),
            value,
            now(),
            [ISSUER.parse().unwrap()],
        ),
        ..Host::default()
    };
    let approved = |by| Host {
        approving: vec![by],
        ..Host::default()
    };
    let mission = || shown().root(|root| root.term(6, alive()));
    vec![
        (
            "a mission",
            mission(),
            vec![
                (Host::default(), Some(DenialCode::StatusMissing)),
                (heard(&[active()]), None),
                (
                    heard(&[active(), end(CONTROLLER)]),
                    Some(DenialCode::MissionEnded),
                ),
                (
                    heard(&[
                        active(),
                        task_end(COMPANY, &mission().links(Forged::Nowhere)[0]),
                    ]),
                    Some(DenialCode::TaskEnded),
                ),
            ],
        ),
        (
            "a fact",
            limited(cbor::array([cbor::int(4), condition]))
                .root(move |root| root.term(1, cbor::array([named.clone()]))),
            vec![
                (Host::default(), Some(DenialCode::FactUnknown)),
                (observed("closed"), Some(DenialCode::ConditionFails)),
                (observed("open"), None),
            ],
        ),
        (
            "a ledger",
            limited(budget(&calls(5))),
            vec![
                (Host::default(), Some(DenialCode::LedgerUnknown)),
                (
                    Host {
                        ledgers: vec![LEDGER.parse().unwrap()],
                        ..Host::default()
                    },
                    None,
                ),
            ],
        ),
        (
            "an approval",
            limited(gate(&needing(1, &[ANNA]))),
            vec![
                (Host::default(), Some(DenialCode::ApprovalsMissing)),
                (approved(ANNA), None),
                (approved(THIEF), Some(DenialCode::ApprovalByStranger)),
            ],
        ),
        (
            "a system",
            shown(),
            vec![
                (Host::default(), None),
                (
                    Host {
                        system: Some("crm".parse().unwrap()),
                        ..Host::default()
                    },
                    Some(DenialCode::AliasMissing),
                ),
            ],
        ),
    ]
}

/// Who shows a forged chain, or a genuine one with a call that it can't sign, learns that, and
/// nothing of what the host knows.
#[test]
fn nothing_of_the_hosts_shows_before_the_holder_is_authenticated() {
    for (name, shown, hosts) in hidden() {
        for (host, code) in &hosts {
            let verdict = host.verdict(&shown, Forged::Nowhere);
            assert_eq!(met(verdict).map(|(code, _)| code), *code, "{name}");
        }
        for forged in ANYWHERE {
            let [first, others @ ..] = hosts.as_slice() else {
                panic!("{name}")
            };
            let verdict = first.0.verdict(&shown, forged);
            assert_eq!(met(verdict.clone()), forged.refused(), "{name}, {forged:?}");
            for (host, code) in others {
                assert_eq!(
                    host.verdict(&shown, forged),
                    verdict,
                    "{name}, {code:?}, {forged:?}"
                );
            }
        }
    }
}

/// Nor where the leaf does not permit what is asked: then not even a genuine chain is told.
#[test]
fn what_the_leaf_does_not_permit_shows_nothing_either() {
    for (name, shown, hosts) in hidden() {
        let shown = shown.calling(reading("globex"));
        for forged in ANYWHERE.into_iter().chain([Forged::Nowhere]) {
            for (host, _) in &hosts {
                let refused = Some((DenialCode::ArgumentRefused, DenialPlace::Link(2)));
                assert_eq!(
                    met(host.verdict(&shown, forged)),
                    refused,
                    "{name}, {forged:?}"
                );
            }
        }
    }
}

#[test]
fn a_refusal_by_the_leaf_says_what_is_missing_and_offers_no_request() {
    for (name, shown, code, _) in of_powers() {
        for forged in ANYWHERE.into_iter().chain([Forged::Nowhere]) {
            let denial = shown.check(forged).unwrap_err();
            assert_eq!(denial.request(), None, "{name}, {forged:?}");
            assert_eq!(
                denial.missing().is_some(),
                code != DenialCode::OutOfWork,
                "{name}, {forged:?}"
            );
        }
    }
}

/// Whoever is to ask is the holder of the leaf, by its signature under a chain that verifies.
#[test]
fn a_request_is_made_of_a_genuine_call_that_lacks_powers() {
    let globex = || shown().calling(reading("globex"));
    let request = globex().request(Forged::Nowhere).unwrap();
    assert_eq!(request.mandate, id_of(&globex().links(Forged::Nowhere)[2]));
    assert_eq!(
        request.powers,
        globex()
            .check(Forged::Nowhere)
            .unwrap_err()
            .missing()
            .unwrap()
    );
    assert_eq!(request.powers.permits(&reading("globex")), Ok(()));
    assert!(request.powers.permits(&reading("acme")).is_err());

    for forged in ANYWHERE {
        assert_eq!(globex().request(forged), None, "{forged:?}");
    }
    for signer in [COMPANY, THIEF] {
        assert_eq!(
            globex()
                .call(move |call| call.signed_by(signer))
                .request(Forged::Nowhere),
            None,
            "{signer}"
        );
    }
    let proof = globex().proof(Forged::Nowhere);
    for length in 0..proof.len() {
        assert_eq!(
            verifier().request_for(&proof[..length], &reading("globex"), &here()),
            None,
            "{length}"
        );
    }
}

/// A captured call asks for nothing but what it was signed for: here, now, under this leaf, with
/// these arguments.
#[test]
fn nobody_asks_with_a_call_that_was_signed_for_something_else() {
    let globex = || shown().calling(reading("globex"));
    assert!(globex().request(Forged::Nowhere).is_some());
    for (name, other, code, _) in of_the_call() {
        let other = other.calling(reading("globex"));
        assert_eq!(other.request(Forged::Nowhere), None, "{name}: {code}");
    }
    let proof = globex().proof(Forged::Nowhere);
    assert_eq!(
        verifier().request_for(&proof, &reading("initech"), &here()),
        None,
        "other arguments"
    );
}

/// What a host prints of a decision's charges shows nobody's arguments.
#[test]
fn charges_are_printed_without_arguments() {
    let unsettled = verifier()
        .check(&shown().proof(Forged::Nowhere), &reading("acme"), &here())
        .unwrap();
    let printed = format!("{:?}", unsettled.charges());
    assert!(
        printed.contains(&unsettled.charges().key().to_string()),
        "{printed}"
    );
    // The issuer has the argument's value in its name.
    let printed = printed.replace(unsettled.charges().issuer().as_str(), "");
    assert!(
        !printed.contains("acme") && !printed.contains("crm.read"),
        "{printed}"
    );
}

#[test]
fn there_is_nothing_to_ask_for_where_powers_are_not_what_is_missing() {
    assert_eq!(shown().request(Forged::Nowhere), None, "it is permitted");
    for (name, shown, code, _) in rows() {
        let asks = shown
            .check(Forged::Nowhere)
            .unwrap_err()
            .missing()
            .is_some();
        assert_eq!(
            shown.request(Forged::Nowhere).is_some(),
            asks,
            "{name}: {code}"
        );
        for forged in ANYWHERE {
            assert_eq!(shown.request(forged), None, "{name}, {forged:?}");
        }
    }
}
