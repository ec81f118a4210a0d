//! Whose call it is: theft, siblings, and chains that meet another configuration.

use super::scene::{scene, under};
use crate::support::cbor;
use crate::support::forge::{chain_of, id_of, proof_bytes};
use crate::support::story::{
    COMPANY, HELPER, INTERN, ISSUER, ORCHESTRATOR, THIEF, after, anchor, anchor_with, call_under,
    ceiling, child_of, confirmation, encoded_powers, grandchild_of, here, key, powers, read_crm,
    reading, root, two_links, verifier, verifier_of,
};
use mandatum::chain::{AcceptedGrants, Floors};
use mandatum::claims::GrantKind;
use mandatum::denial::DenialPlace;
use mandatum::{
    Anchor, DecisionContext, DenialCode, Effect, ExecutionProof, Register, Seconds, Verifier,
};

#[test]
fn only_the_holder_of_the_leaf_makes_its_calls() {
    let [root, child] = two_links();
    let tokens = [root, child.clone()];
    for signer in [COMPANY, ORCHESTRATOR, HELPER, INTERN, THIEF] {
        let proof = proof_bytes(&tokens, &call_under(&child).signed_by(signer).token());
        let decided = verifier()
            .check(&proof, &reading("acme"), &here())
            .map(drop)
            .map_err(|denial| denial.code());
        assert_eq!(
            decided,
            if signer == HELPER {
                Ok(())
            } else {
                Err(DenialCode::NotTheHolder)
            }
        );
    }
}

/// By the step-by-step way, too: nothing of the host is asked on behalf of a thief.
#[test]
fn whoever_does_not_hold_the_leaf_is_told_that_alone() {
    let demanding = || scene().verifier(verifier().with_floors(Floors::default().with_mission()));
    assert_eq!(demanding().denial().code(), DenialCode::MissionRequired);
    assert_eq!(
        demanding()
            .signing(|call| call.signed_by(THIEF))
            .denial()
            .code(),
        DenialCode::NotTheHolder
    );
}

/// A proof that was opened in time and is decided later is decided by the later clock.
#[test]
fn what_was_opened_is_as_old_as_when_it_is_decided() {
    let [root, child] = two_links();
    let (verifier, proof) = (
        verifier(),
        proof_bytes(&[root, child.clone()], &call_under(&child).token()),
    );
    let decided = [30, 31].map(|seconds| {
        let opened = verifier
            .open(&proof, &reading("acme"), here().here())
            .unwrap();
        let later = DecisionContext::new(here().here().with_now(after(seconds)), Register::none());
        opened
            .decide(&later)
            .map(drop)
            .map_err(|denial| denial.code())
    });
    assert_eq!(decided, [Ok(()), Err(DenialCode::CallTooOld)]);
}

#[test]
fn a_stolen_chain_can_not_be_extended_to_the_thief() {
    let [root, child] = two_links();
    for signer in [COMPANY, ORCHESTRATOR, INTERN, THIEF] {
        let stolen = grandchild_of(&child)
            .claim(8, confirmation(THIEF))
            .signed_by(signer)
            .token();
        let proof = proof_bytes(
            &[root.clone(), child.clone(), stolen.clone()],
            &call_under(&stolen).signed_by(THIEF).token(),
        );
        let denial = verifier()
            .check(&proof, &reading("acme"), &here())
            .unwrap_err();
        assert_eq!(
            (denial.code(), denial.place()),
            (DenialCode::BadSignature, DenialPlace::Link(2))
        );
    }
}

#[test]
fn equal_siblings_of_one_task_are_two_mandates() {
    let root = root().token();
    let one = child_of(&root).token();
    let other = child_of(&root).claim(7, cbor::bytes([42; 16])).token();
    assert_ne!(id_of(&one), id_of(&other));
    let call = call_under(&one).token();
    let verify = |leaf: &[u8]| {
        verifier().check(
            &proof_bytes(&[root.clone(), leaf.to_vec()], &call),
            &reading("acme"),
            &here(),
        )
    };
    assert!(verify(&one).is_ok());
    assert_eq!(verify(&other).unwrap_err().code(), DenialCode::WrongLeaf);
}

#[test]
fn a_call_taken_from_one_proof_into_another_is_refused() {
    let root = root().token();
    let [narrow, wide] = [["acme"].as_slice(), &["acme", "globex"]].map(|accounts| {
        child_of(&root)
            .term(0, encoded_powers(powers([read_crm(accounts)])))
            .token()
    });
    let call = call_under(&narrow).token();
    let swapped = proof_bytes(&[root, wide], &call);
    assert!(ExecutionProof::from_bytes(&swapped).is_ok());
    assert_eq!(
        verifier()
            .check(&swapped, &reading("acme"), &here())
            .unwrap_err()
            .code(),
        DenialCode::WrongLeaf
    );
}

#[test]
fn a_shorter_chain_does_not_make_its_holder_the_roots() {
    let [root, _] = two_links();
    let call = call_under(&root).token();
    let denial = verifier()
        .check(&proof_bytes(&[root], &call), &reading("globex"), &here())
        .unwrap_err();
    assert_eq!(denial.code(), DenialCode::RequestMismatch);
    let [root, _] = two_links();
    let denial = under([root]).denial();
    assert_eq!(denial.code(), DenialCode::NotTheHolder);
}

/// Verifiers that differ in one thing each.
fn others() -> Vec<Verifier> {
    let issuer = || ISSUER.parse().unwrap();
    let lasting = |ceiling, seconds| {
        Anchor::new(
            issuer(),
            key(COMPANY).public(),
            ceiling,
            Seconds::new(seconds),
        )
        .unwrap()
    };
    let second = Anchor::new(
        "https://b.example".parse().unwrap(),
        key(THIEF).public(),
        powers([]),
        Seconds::new(1),
    )
    .unwrap();
    let retired = mandatum::chain::AnchorKey::retired(key(COMPANY).public(), after(9));
    vec![
        verifier().with_leeway(Seconds::new(29)),
        verifier().with_max_call_age(Seconds::new(31)),
        verifier().with_grants(AcceptedGrants::only([GrantKind::Direct])),
        verifier().with_grants(AcceptedGrants::only(GrantKind::ALL)),
        verifier().with_grants(AcceptedGrants::dangerous_any_or_none()),
        verifier().dangerous_accept_asserted_up_to(Effect::Read),
        verifier().dangerous_accept_asserted_up_to(Effect::Write),
        verifier_of(lasting(ceiling(), 3_600)),
        verifier_of(lasting(powers([read_crm(&["acme"])]), 28_800)),
        verifier_of(anchor_with(mandatum::chain::Ceiling::Unlimited)),
        verifier_of(Anchor::with_keys(issuer(), [retired], ceiling(), Seconds::hours(8)).unwrap()),
        verifier_of(
            Anchor::with_keys(
                issuer(),
                [key(COMPANY).public().into(), key(THIEF).public().into()],
                ceiling(),
                Seconds::hours(8),
            )
            .unwrap(),
        ),
        Verifier::new([anchor(), second])
            .unwrap()
            .dangerous_effects_as_stated(),
    ]
}

#[test]
fn every_change_of_configuration_is_another_configuration() {
    let mut all = others();
    all.push(verifier());
    for (index, verifier) in all.iter().enumerate() {
        assert!(
            all.iter()
                .skip(index + 1)
                .all(|other| other.configuration() != verifier.configuration()),
            "{index}"
        );
    }
    assert_eq!(
        verifier().configuration(),
        verifier()
            .with_leeway(Seconds::new(1))
            .with_leeway(Seconds::new(30))
            .configuration()
    );
}

#[test]
fn a_chain_is_decided_under_the_configuration_that_verified_it() {
    for other in others() {
        assert_eq!(
            scene().decider(other).denial().code(),
            DenialCode::OtherConfiguration
        );
    }
    assert!(
        scene().decider(verifier()).is_permitted(),
        "equal is the same"
    );
}

#[test]
fn a_chain_of_one_issuer_is_nothing_to_a_server_of_another() {
    let other = Anchor::new(
        "https://b.example".parse().unwrap(),
        key(COMPANY).public(),
        mandatum::chain::Ceiling::Unlimited,
        Seconds::hours(8),
    );
    let refused = verifier_of(other.unwrap())
        .verify(&chain_of(&two_links()))
        .map(drop)
        .unwrap_err();
    assert_eq!(
        mandatum::Denial::from(refused).code(),
        DenialCode::UnknownIssuer
    );
}
