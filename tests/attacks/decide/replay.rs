//! One call, one permit.

use super::scene::{Scene, scene};
use crate::support::cbor;
use crate::support::forge::{id_of, proof_bytes};
use crate::support::story::{
    CRM, FILES, HELPER, NOW, after, audience, call_of, call_under, child_of, now, proof, read_crm,
    reading, root, two_links, verifier,
};
use mandatum::charge::{KeepUntil, LedgerAnswer, LedgerOutcome, LedgerTerms};
use mandatum::denial::{DenialKind, DenialPlace};
use mandatum::primitives::AttemptId;
use mandatum::{
    DecisionContext, Denial, DenialCode, MemoryLedger, Permit, Register, Seconds, ServerContext,
    Unsettled,
};

const ATTEMPT: AttemptId = AttemptId::from_bytes([1; 16]);
const OTHER: AttemptId = AttemptId::from_bytes([2; 16]);
const BEFORE: LedgerOutcome = LedgerOutcome::Before { recorded: None };

fn store() -> MemoryLedger {
    MemoryLedger::new(100)
}

/// Decided and settled in the same second.
fn run(store: &MemoryLedger, scene: &Scene, seconds: i64) -> Result<Permit, Denial> {
    store.settle(scene.clone().at(seconds).decide().unwrap(), after(seconds))
}

fn with_call_id(id: u8) -> Scene {
    scene()
        .with_id(id)
        .signing(|call| call.claim(7, cbor::bytes([id; 16])))
}

fn code(result: Result<Permit, Denial>) -> DenialCode {
    let denial = result.map(drop).unwrap_err();
    assert_eq!(denial.place(), DenialPlace::Verifier);
    denial.code()
}

fn seen_before() -> Denial {
    let store = store();
    run(&store, &scene(), 0).map(drop).unwrap();
    run(&store, &scene(), 0).map(drop).unwrap_err()
}

/// The same id with other arguments.
fn in_conflict() -> Denial {
    let store = store();
    let tree = |account| {
        super::ladder::empowered(crate::support::story::powers([read_crm(&[
            "acme", "globex",
        ])]))
        .calling(reading(account))
    };
    run(&store, &tree("acme"), 0).map(drop).unwrap();
    run(&store, &tree("globex"), 1).map(drop).unwrap_err()
}

fn no_room() -> Denial {
    run(&MemoryLedger::new(0), &scene(), 0)
        .map(drop)
        .unwrap_err()
}

/// A verifier that takes older calls than its ledger remembers.
fn beyond_terms() -> Denial {
    let verifier = verifier().with_max_call_age(Seconds::new(31));
    run(&store(), &scene().verifier(verifier), 0)
        .map(drop)
        .unwrap_err()
}

fn about_another() -> Denial {
    let answer = with_call_id(8)
        .decide()
        .unwrap()
        .charges()
        .answer(LedgerOutcome::Reserved);
    scene()
        .decide()
        .unwrap()
        .settle(answer)
        .map(drop)
        .unwrap_err()
}

fn too_late() -> Denial {
    let permit = run(&store(), &scene(), 0).unwrap();
    permit.start(after(3600)).map(drop).unwrap_err().denial
}

/// The codes that come after the ladder.
pub(crate) fn codes() -> Vec<DenialCode> {
    let all = [
        seen_before(),
        in_conflict(),
        no_room(),
        beyond_terms(),
        about_another(),
        too_late(),
    ];
    all.iter().map(Denial::code).collect()
}

#[test]
fn each_has_its_code_and_kind() {
    let all = [
        seen_before(),
        no_room(),
        beyond_terms(),
        about_another(),
        too_late(),
    ];
    let found = all.map(|denial| (denial.code(), denial.kind(), denial.place()));
    let expected = [
        (DenialCode::AlreadyDecided, DenialKind::Replayed),
        (DenialCode::LedgerFull, DenialKind::Undecidable),
        (DenialCode::BeyondLedgerTerms, DenialKind::Undecidable),
        (DenialCode::AnswerForAnotherCall, DenialKind::Undecidable),
        (DenialCode::PermitExpired, DenialKind::OutOfTime),
    ];
    assert_eq!(
        found,
        expected.map(|(code, kind)| (code, kind, DenialPlace::Verifier))
    );
    let conflict = in_conflict();
    assert_eq!(
        (conflict.code(), conflict.place()),
        (DenialCode::CallConflict, DenialPlace::Call)
    );
    assert_eq!(conflict.public().code, "CallConflict");
}

#[test]
fn the_same_proof_is_permitted_once() {
    let store = store();
    let attempt = |seconds| {
        let context = DecisionContext::new(
            ServerContext::new(after(seconds), audience(CRM)),
            Register::none(),
        );
        let unsettled: Unsettled = verifier()
            .check(&proof(), &reading("acme"), &context)
            .unwrap();
        store
            .settle(unsettled, after(seconds))
            .map(drop)
            .map_err(|denial| denial.code())
    };
    assert_eq!(attempt(0), Ok(()));
    for seconds in 0..=30 {
        assert_eq!(attempt(seconds), Err(DenialCode::AlreadyDecided));
    }
}

#[test]
fn another_call_is_another_call() {
    let store = store();
    let root = root().token();
    let other_leaf = child_of(&root).claim(7, cbor::bytes([42; 16])).token();
    let other_chain = super::scene::under([root, other_leaf]);
    let elsewhere = scene()
        .at_server(FILES)
        .signing(|call| call.claim(3, cbor::text(FILES)));
    for scene in [scene(), with_call_id(8), other_chain, elsewhere] {
        assert!(run(&store, &scene, 0).is_ok());
        assert_eq!(code(run(&store, &scene, 0)), DenialCode::AlreadyDecided);
    }
    assert_eq!(store.len(), 4);
}

/// What a call asks for is not in its identity, so that one id for two requests is found to be a
/// conflict.
#[test]
fn one_identity_is_of_leaf_id_and_server() {
    let [root, child] = two_links();
    let here = audience(CRM);
    let key = call_of(7, reading("acme")).key(&id_of(&child), &here);
    let others = [
        call_of(8, reading("acme")).key(&id_of(&child), &here),
        call_of(7, reading("acme")).key(&id_of(&root), &here),
        call_of(7, reading("acme")).key(&id_of(&child), &audience(FILES)),
    ];
    assert!(others.iter().all(|other| *other != key));
    assert_eq!(scene().decide().unwrap().charges().key(), key);
    assert_eq!(
        call_of(7, reading("globex")).key(&id_of(&child), &here),
        key
    );
}

#[test]
fn the_same_call_by_the_hosts_word_is_the_same_call() {
    let trusting = || scene().verifier(super::ladder::trusting(mandatum::Effect::Read));
    let store = store();
    assert!(run(&store, &trusting(), 0).is_ok());
    assert_eq!(
        code(run(&store, &trusting().asserted(HELPER), 0)),
        DenialCode::AlreadyDecided
    );
}

#[test]
fn a_full_store_refuses_and_forgets_nothing() {
    let store = MemoryLedger::new(5);
    assert!(run(&store, &with_call_id(1), 0).is_ok());
    assert!(run(&store, &with_call_id(2), 0).is_ok());
    assert_eq!(
        code(run(&store, &with_call_id(3), 0)),
        DenialCode::LedgerFull
    );
    assert_eq!(
        code(run(&store, &with_call_id(1), 30)),
        DenialCode::AlreadyDecided
    );
    let later = with_call_id(3).signing(|call| call.claim(6, cbor::int(NOW + 61)));
    assert!(
        run(&store, &later, 61).is_ok(),
        "marks that are no longer needed make room"
    );
}

/// By any clock within the leeway.
#[test]
fn a_mark_is_kept_while_the_call_could_be_permitted() {
    let mark = scene().decide().unwrap().charges().clone();
    let store = store();
    assert_eq!(
        store.reserve(&mark, ATTEMPT, now()).outcome,
        LedgerOutcome::Reserved
    );
    let last = (0..60)
        .rev()
        .find(|seconds| scene().at(*seconds).is_permitted())
        .unwrap();
    let last = last + 30;
    let keep_until = LedgerTerms::default().keep_until(&mark, after(last));
    assert_eq!(
        keep_until,
        Ok(KeepUntil {
            reserved: after(last + 1),
            refused: after(last + 1)
        })
    );
    assert_eq!(
        LedgerTerms::default().keep_until(&mark, after(last + 1)),
        Err(LedgerOutcome::NoRoom)
    );
    store.forget_before(after(last));
    assert_eq!(store.len(), 1);
    store.forget_before(after(last + 1));
    assert!(store.is_empty());
}

/// Both copies are decided in the last second of the call's age; the clock turns before they are
/// settled.
#[test]
fn two_copies_settled_across_the_second_in_which_the_mark_lapses_are_not_both_permitted() {
    let copy = || scene().at(30).decide().unwrap();
    for (first, second) in [(30, 61), (60, 61), (61, 61), (61, 60), (60, 500), (500, 30)] {
        let store = store();
        let copies = [(copy(), first), (copy(), second)];
        let permits = copies
            .into_iter()
            .filter_map(|(copy, seconds)| store.settle(copy, after(seconds)).ok())
            .count();
        assert!(permits <= 1, "settled at {first} and {second}");
    }
}

#[test]
fn a_call_of_the_farthest_future_is_still_marked() {
    let verifier = verifier().with_max_call_age(Seconds::new(u64::MAX));
    let unsettled = scene().verifier(verifier).decide().unwrap();
    let store = MemoryLedger::with_terms(
        100,
        LedgerTerms::new(Seconds::new(u64::MAX), Seconds::new(30)),
    );
    assert_eq!(
        store.reserve(unsettled.charges(), ATTEMPT, now()).outcome,
        LedgerOutcome::Reserved
    );
    assert_eq!(
        store
            .reserve(unsettled.charges(), OTHER, after(1_000_000))
            .outcome,
        BEFORE
    );
}

#[test]
fn an_answer_that_says_no_is_no() {
    let answer = |scene: Scene| {
        scene
            .decide()
            .unwrap()
            .charges()
            .answer(LedgerOutcome::Reserved)
    };
    let settle = |answer: LedgerAnswer, outcome| {
        scene()
            .decide()
            .unwrap()
            .settle(LedgerAnswer { outcome, ..answer })
    };
    let own = answer(scene());
    assert!(settle(own, LedgerOutcome::Reserved).is_ok());
    assert_eq!(code(settle(own, BEFORE)), DenialCode::AlreadyDecided);
    assert_eq!(
        code(settle(own, LedgerOutcome::NoRoom)),
        DenialCode::LedgerFull
    );
    assert_eq!(
        code(settle(own, LedgerOutcome::BeyondTerms)),
        DenialCode::BeyondLedgerTerms
    );
    let conflict = settle(own, LedgerOutcome::Conflict).map(drop).unwrap_err();
    assert_eq!(
        (conflict.code(), conflict.place()),
        (DenialCode::CallConflict, DenialPlace::Call)
    );
    let other_request = LedgerAnswer {
        request: call_of(7, reading("globex")).request(),
        ..own
    };
    let all = [
        LedgerOutcome::Reserved,
        BEFORE,
        LedgerOutcome::Conflict,
        LedgerOutcome::NoRoom,
        LedgerOutcome::BeyondTerms,
    ];
    for outcome in all {
        for other in [answer(with_call_id(8)), other_request] {
            assert_eq!(
                code(settle(other, outcome)),
                DenialCode::AnswerForAnotherCall
            );
        }
    }
}

#[test]
fn a_second_signature_over_the_same_call_is_the_same_call() {
    let [root, child] = two_links();
    let call = |seconds: i64| {
        call_under(&child)
            .claim(6, cbor::int(NOW + seconds))
            .token()
    };
    let store = store();
    let attempt = |seconds| {
        let proof = proof_bytes(&[root.clone(), child.clone()], &call(seconds));
        let unsettled = verifier()
            .check(
                &proof,
                &reading("acme"),
                &DecisionContext::new(ServerContext::new(now(), audience(CRM)), Register::none()),
            )
            .unwrap();
        store.settle(unsettled, now()).is_ok()
    };
    assert_eq!([attempt(0), attempt(-1), attempt(1)], [true, false, false]);
}
