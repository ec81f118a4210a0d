//! A principal's local names: each system gets its own, or a denial, and never a guess.

use crate::forging::cbor;
use crate::forging::forge::{Forge, chain_of};
use crate::forging::story::{
    COMPANY, anchor_with, audience, call_of, encoded_powers, key, now, root,
};
use crate::stage::*;
use mandatum::chain::{Ceiling, ChainErrorKind};
use mandatum::claims::Aliases;
use mandatum::denial::{DenialPlace, DenialReason};
use mandatum::{
    Action, Anchor, Chain, ChainError, DecisionContext, Denial, DenialCode, Effect, Label, Permit,
    Register, Root, ServerContext, Verifier, issue,
};
use std::collections::BTreeMap;

const SYSTEMS: [&str; 3] = ["crm", "tickets", "wiki"];

fn anchor() -> Anchor {
    anchor_with(Ceiling::Unlimited).with_systems(SYSTEMS.map(label))
}

fn aliases(names: &[(&str, &str)]) -> Aliases {
    Aliases::new(
        names
            .iter()
            .map(|(system, name)| (label(system), label(name)))
            .collect(),
    )
    .unwrap()
}

fn named(names: &[(&str, &str)]) -> Root {
    root_with(|root| root.principal.aliases = aliases(names))
}

/// The orchestrator's chain of one root, with Alice's name in two systems.
fn chain() -> Chain {
    let root = named(&[("crm", "alice.j"), ("tickets", "ajones")]);
    below(
        &Chain::from(
            issue(&anchor(), root, now())
                .unwrap()
                .sign(&key(COMPANY))
                .unwrap(),
        ),
        limits([]),
        1,
    )
}

fn verifier() -> Verifier {
    Verifier::new([anchor()])
        .unwrap()
        .dangerous_effects_as_stated()
}

fn asked() -> mandatum::Call {
    call_of(
        7,
        Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    )
}

fn decided(chain: &Chain, context: &DecisionContext<'_>) -> Result<Permit, Denial> {
    let call = asked();
    let signed = signed(chain, &call, 0);
    let presentation = mandatum::decide::Presentation {
        call: &call,
        presenter: mandatum::decide::Presenter::Signed(&signed),
    };
    let verifier = verifier();
    verifier
        .decide(&verifier.verify(chain).unwrap(), &presentation, context)
        .map(settled)
}

fn at_system(system: &str) -> DecisionContext<'static> {
    context(0).with_system(label(system))
}

#[test]
fn each_system_gets_its_own_name_and_no_other() {
    for (system, name) in [("crm", "alice.j"), ("tickets", "ajones")] {
        let permit = decided(&chain(), &at_system(system)).unwrap();
        assert_eq!(permit.local_name(), Some(&label(name)));
    }
    // Who asks for none gets none.
    assert_eq!(decided(&chain(), &context(0)).unwrap().local_name(), None);
}

/// The nearest name there is does not do.
#[test]
fn a_system_without_a_name_is_denied_and_told_no_other() {
    for system in [
        "wiki",
        "CRM",
        "Crm",
        "cr",
        "crm2",
        "crm-",
        "crm.eu",
        "https://crm",
        "alice",
        "ticket",
        "tickets/crm",
    ] {
        let denial = decided(&chain(), &at_system(system)).map(drop).unwrap_err();
        assert_eq!(
            (denial.code(), denial.place()),
            (DenialCode::AliasMissing, DenialPlace::Link(0)),
            "{system}"
        );
        assert_eq!(
            *denial.reason(),
            DenialReason::AliasMissing {
                system: label(system)
            }
        );
        // Which system the server is, and who has a name there, is its own business.
        let told = denial.public();
        assert_eq!(
            (told.code, told.link, &*told.message),
            ("Refused", None, "refused by the server's policy")
        );
    }
}

/// The principal's own name is no local one, even where it would fit.
#[test]
fn the_name_at_the_issuer_is_no_local_name() {
    let unnamed = Chain::from(
        issue(&anchor(), named(&[]), now())
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap(),
    );
    let chain = below(&unnamed, limits([]), 1);
    let refused = decided(&chain, &at_system("crm")).map(drop);
    assert_eq!(
        code_and_place(refused),
        Some((DenialCode::AliasMissing, DenialPlace::Link(0)))
    );
}

#[test]
fn a_recheck_for_another_system_gives_its_name_or_none() {
    let rechecked = |context: &DecisionContext<'_>| {
        let permit = decided(&chain(), &at_system("crm")).unwrap();
        let rechecked = verifier()
            .recheck(permit, context)
            .map_err(|refused| refused.denial);
        rechecked.map(|permit| permit.local_name().cloned())
    };
    assert_eq!(rechecked(&at_system("crm")), Ok(Some(label("alice.j"))));
    assert_eq!(rechecked(&at_system("tickets")), Ok(Some(label("ajones"))));
    assert_eq!(rechecked(&context(0)), Ok(None));
    assert_eq!(
        code_and_place(rechecked(&at_system("wiki"))),
        Some((DenialCode::AliasMissing, DenialPlace::Link(0)))
    );
}

fn of_another(system: &str) -> ChainError {
    ChainError {
        link: 0,
        kind: ChainErrorKind::AliasOfAnother {
            system: label(system),
        },
    }
}

/// The root by hand, with these aliases.
fn forged(names: &[(&str, &str)]) -> Forge {
    let entries = names
        .iter()
        .map(|(system, name)| (cbor::text(system), cbor::text(name)))
        .collect();
    root()
        .term(0, encoded_powers(tools()))
        .term(8, cbor::Map(entries).bytes())
}

/// Rule 19, at issue and at verification alike: a name for a system that is not the issuer's own,
/// however like it is.
#[test]
fn an_issuer_names_nobody_in_the_systems_of_others() {
    for system in ["bank", "CRM", "crm-", "cr", "crm.eu", "w", "wiki2"] {
        let root = named(&[(system, "aj")]);
        assert_eq!(
            issue(&anchor(), root, now()).map(drop),
            Err(of_another(system)),
            "{system}"
        );
        let chain = chain_of(&[forged(&[(system, "aj")]).token()]);
        assert_eq!(
            verifier().verify(&chain).map(drop),
            Err(of_another(system)),
            "{system}"
        );
    }
    // Of several it is the first that is named.
    let several = named(&[("bank", "a"), ("crm", "b"), ("zoo", "c")]);
    assert_eq!(
        issue(&anchor(), several, now()).map(drop),
        Err(of_another("bank"))
    );
    let own = chain_of(&[forged(&[("crm", "alice.j"), ("wiki", "Alice")]).token()]);
    assert!(verifier().verify(&own).is_ok());
}

/// Which systems are whose is the verifier's own business, so a caller is not told.
#[test]
fn whose_a_system_is_stays_with_the_host() {
    let token = forged(&[("bank", "aj")]).token();
    let call = crate::forging::story::call_under(&token)
        .signed_by(2)
        .token();
    let proof = crate::forging::forge::proof_bytes(&[token], &call);
    let context = DecisionContext::new(
        ServerContext::new(now(), audience("https://crm.example")),
        Register::none(),
    );
    let denial = verifier()
        .check(&proof, &asked().action, &context)
        .map(drop)
        .unwrap_err();
    assert_eq!(
        (denial.code(), denial.public().code),
        (DenialCode::AliasOfAnother, "Refused")
    );
    assert!(!denial.public().message.contains("bank"));
}

/// A verifier whose anchor has no systems takes no names at all, and one that learns of them is
/// another configuration.
#[test]
fn the_systems_are_part_of_the_configuration() {
    let with = |systems: &[&str]| {
        Verifier::new([anchor_with(Ceiling::Unlimited)
            .with_systems(systems.iter().map(|system| label(system)))])
        .unwrap()
        .dangerous_effects_as_stated()
    };
    let kinds = [
        with(&[]),
        with(&["crm"]),
        with(&["crm", "tickets"]),
        with(&["tickets"]),
        with(&["crm", "tickets", "wiki"]),
    ];
    let mut digests: Vec<_> = kinds.iter().map(Verifier::configuration).collect();
    assert_eq!(
        with(&["tickets", "crm"]).configuration(),
        digests[2],
        "their order is of no matter"
    );
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), kinds.len());

    assert_eq!(with(&[]).verify(&chain()).map(drop), Err(of_another("crm")));
    assert_eq!(
        with(&["crm"]).verify(&chain()).map(drop),
        Err(of_another("tickets"))
    );
    let verified = with(&["crm", "tickets"]).verify(&chain()).unwrap();
    let preview = with(&["crm", "tickets", "wiki"]).preview(&verified, &asked(), &context(0));
    assert_eq!(
        code_and_place(preview),
        Some((DenialCode::OtherConfiguration, DenialPlace::Verifier))
    );
}

#[test]
fn a_root_carries_at_most_32_names() {
    let names = |count: usize| -> BTreeMap<Label, Label> {
        (0..count)
            .map(|number| (label(&format!("s{number}")), label("alice")))
            .collect()
    };
    assert!(Aliases::new(names(32)).is_ok());
    assert_eq!(Aliases::new(names(33)).unwrap_err().found, 33);
}
