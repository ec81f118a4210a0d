//! What a caller is told follows from what it presented.

use super::ladder::rows;
use crate::support::forge::{Forge, proof_bytes};
use crate::support::story::{
    COMPANY, HELPER, ISSUER, ORCHESTRATOR, anchor_with, call_of, call_under, ceiling, child_of,
    confirmation, encoded_powers, here, key, now, pay, powers, read_crm, reading, root, verifier,
    verifier_of,
};
use mandatum::chain::{AcceptedGrants, AnchorKey};
use mandatum::charge::{LedgerAnswer, LedgerOutcome};
use mandatum::claims::GrantKind;
use mandatum::denial::DenialKind;
use mandatum::{Anchor, Capability, Constraint, Denial, DenialCode, Effect, Seconds, Verifier};

/// The denial of a whole proof with this root.
fn with_root(verifier: &Verifier, change: impl FnOnce(Forge) -> Forge) -> Denial {
    with_root_of(ORCHESTRATOR, verifier, change)
}

/// The same for a root whose holder is another.
fn with_root_of(holder: u8, verifier: &Verifier, change: impl FnOnce(Forge) -> Forge) -> Denial {
    let root = change(root()).claim(8, confirmation(holder)).token();
    let child = child_of(&root).signed_by(holder).token();
    let call = call_under(&child).token();
    verifier
        .check(
            &proof_bytes(&[root, child], &call),
            &reading("acme"),
            &here(),
        )
        .map(drop)
        .unwrap_err()
}

/// Denials that rest on what is the host's own.
fn of_the_host() -> Vec<Denial> {
    let settle = |outcome, id: u8| {
        let scene = super::scene::scene();
        let unsettled = scene.decide().unwrap();
        let answer = LedgerAnswer {
            key: call_of_id(id),
            ..unsettled.charges().answer(outcome)
        };
        unsettled.settle(answer).map(drop).unwrap_err()
    };
    let retired = AnchorKey::retired(key(COMPANY).public(), now());
    let rotated = Anchor::with_keys(
        ISSUER.parse().unwrap(),
        [retired],
        ceiling(),
        Seconds::hours(8),
    );
    let brief = Anchor::new(
        ISSUER.parse().unwrap(),
        key(COMPANY).public(),
        ceiling(),
        Seconds::new(60),
    );
    let low = verifier_of(anchor_with(powers([read_crm(&["initech"]), pay(4_321)])));
    let ladder = |code: DenialCode| {
        rows()
            .into_iter()
            .find(|row| row.code == code)
            .unwrap()
            .scene
            .denial()
    };
    let slow = rows()
        .into_iter()
        .map(|row| row.scene.denial())
        .find(|denial| denial.place() == mandatum::denial::DenialPlace::Ceiling);
    vec![
        with_root(&verifier_of(brief.unwrap()), |root| root),
        with_root(&verifier(), |root| root.no_term(10)),
        with_root(
            &verifier().with_grants(AcceptedGrants::only([GrantKind::Policy])),
            |root| root,
        ),
        with_root(&verifier_of(rotated.unwrap()), |root| root),
        with_root(&low, |root| root),
        with_root_of(COMPANY, &verifier(), |root| root),
        ladder(DenialCode::OtherConfiguration),
        ladder(DenialCode::AssertionNotAccepted),
        settle(LedgerOutcome::NoRoom, 7),
        settle(LedgerOutcome::Reserved, 8),
        slow.unwrap(),
        slow_to_compare(),
    ]
}

fn call_of_id(id: u8) -> mandatum::primitives::CallKey {
    let leaf = super::scene::scene().chain().chain().leaf_id();
    call_of(id, reading("acme")).key(&leaf, here().audience())
}

/// A root that takes too long to compare with the ceiling.
fn slow_to_compare() -> Denial {
    let slow = |begin: &str| {
        let patterns =
            (0..256).map(|number| Constraint::pattern(&format!("{begin}{number:03}*")).unwrap());
        let capability = Capability::new("crm.read", Effect::Read).unwrap();
        powers([capability
            .require("account", Constraint::any_of(patterns).unwrap())
            .unwrap()])
    };
    // The last of the child's clauses is one of the parent's, so that all are compared with all.
    let verifier = verifier_of(anchor_with(slow("a*")));
    with_root(&verifier, |root| root.term(0, encoded_powers(slow("ab"))))
}

#[test]
fn of_the_hosts_own_business_a_caller_learns_nothing_at_all() {
    let denials = of_the_host();
    let mut codes: Vec<DenialCode> = denials.iter().map(Denial::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 11, "{codes:?}");
    let told: Vec<_> = denials.iter().map(Denial::public).collect();
    for (denial, told_here) in denials.iter().zip(&told) {
        assert_eq!(*told_here, told[0], "{denial:?}");
        assert_eq!(
            (told_here.code, told_here.link, told_here.kind),
            ("Refused", None, DenialKind::Untrusted)
        );
        assert_eq!(denial.to_string(), told_here.message);
    }
}

#[test]
fn of_its_own_call_a_caller_learns_what_is_wrong() {
    for row in rows() {
        let (denial, told) = (row.scene.denial(), row.scene.denial().public());
        if told.code != "Refused" {
            assert_eq!(
                (told.code, told.kind, told.link),
                (row.code.as_str(), denial.kind(), denial.place().link()),
                "{}",
                row.name
            );
            assert_eq!(told.message, denial.details().to_string());
            assert_eq!(denial.to_string(), told.message);
        }
    }
}

#[test]
fn nothing_of_the_ceiling_is_in_any_word_to_a_caller() {
    let secrets = [
        "initech", "4321", "5000", "ceiling", "anchor", "store", "ledger",
    ];
    let all = rows()
        .into_iter()
        .map(|row| row.scene.denial())
        .chain(of_the_host());
    for told in all.map(|denial| denial.public()) {
        assert!(
            secrets.iter().all(|secret| !told.message.contains(secret)),
            "{}",
            told.message
        );
    }
}

#[test]
fn the_missing_powers_stay_with_the_host() {
    let scene = super::scene::scene().calling(reading("globex"));
    assert!(!scene.denial().public().message.contains("globex"));
    assert!(
        scene
            .verifier(super::ladder::trusting(Effect::Read))
            .asserted(HELPER)
            .denial()
            .missing()
            .is_some()
    );
}
