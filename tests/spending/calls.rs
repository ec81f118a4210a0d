//! One call, one decision: conflicts, recorded outcomes, attempts, and how long a call is
//! remembered.

use crate::stage::agent;
use crate::support::{LIFETIME, at, here, label};
use crate::till::{EU, LEAD, Till, calls, number, numbered, pays, sum, using};
use mandatum::charge::{Charges, LedgerOutcome, LedgerTerms, Reservation};
use mandatum::claims::Outcome;
use mandatum::decide::Presentation;
use mandatum::denial::{DenialKind, RecordedOutcome};
use mandatum::ledger::CallMark;
use mandatum::primitives::AttemptId;
use mandatum::{
    Action, CallClaims, DecisionContext, Denial, DenialCode, Effect, MemoryLedger, Permit,
    Register, Seconds, ServerContext, Unsettled, VerifiedChain,
};

/// Signed by the lead at `signed` and decided at `now`.
fn decides(
    till: &Till,
    chain: &VerifiedChain,
    id: usize,
    action: &Action,
    [signed, now]: [u64; 2],
) -> Unsettled {
    let call = numbered(id, action);
    let token = CallClaims::new(chain.chain(), &call, here(), at(signed))
        .sign(&agent(LEAD))
        .unwrap();
    let presentation = Presentation::signed(&call, &token);
    let ledgers = [label(EU)];
    let context = DecisionContext::new(ServerContext::new(at(now), here()), Register::none())
        .with_ledgers(&ledgers);
    till.verifier
        .decide(chain, &presentation, &context)
        .unwrap()
}

/// Signed, decided and settled in one second.
fn asks(
    till: &Till,
    chain: &VerifiedChain,
    id: usize,
    action: &Action,
    now: u64,
) -> Result<Permit, Denial> {
    till.ledger
        .settle(decides(till, chain, id, action, [now, now]), at(now))
}

fn recorded(result: Result<Permit, Denial>) -> Option<RecordedOutcome> {
    let denial = result.map(drop).unwrap_err();
    assert_eq!(
        (denial.code(), denial.kind()),
        (DenialCode::AlreadyDecided, DenialKind::Replayed)
    );
    let public = denial.public();
    assert_eq!(
        (public.code, public.kind),
        ("AlreadyDecided", DenialKind::Replayed)
    );
    assert_eq!(
        public.recorded,
        denial.recorded(),
        "the caller is told what the host is"
    );
    denial.recorded()
}

fn attempt(byte: u8) -> AttemptId {
    AttemptId::from_bytes([byte; 16])
}

#[test]
fn an_id_is_for_one_request() {
    let till = Till::new();
    let of_payments = || sum("100").with_tools(["pay.*"]).unwrap();
    let chain = till.root([of_payments()]);
    let permit = asks(&till, &chain, 1, &pays("3"), 0).unwrap();
    let others = [
        pays("4"),
        using("crm.read"),
        Action {
            effect: Effect::Irreversible,
            ..pays("5")
        },
    ];
    for (now, other) in (0..).zip(others) {
        let denial = asks(&till, &chain, 1, &other, now).map(drop).unwrap_err();
        assert_eq!(
            (denial.code(), denial.kind()),
            (DenialCode::CallConflict, DenialKind::Replayed)
        );
        let public = denial.public();
        assert_eq!((public.code, public.recorded), ("CallConflict", None));
        assert_eq!(
            public.message,
            "the call's id was used before, for another request"
        );
    }
    let balance = till.ledger.balance(&permit.charges()[0].account).unwrap();
    assert_eq!(
        (balance.spent, balance.held),
        (number("0"), number("3")),
        "a conflict is charged nothing"
    );
    assert!(
        asks(&till, &chain, 2, &pays("4"), 3).is_ok(),
        "another id is another call"
    );
    let other_leaf = till.root_numbered(2, [of_payments()]);
    assert!(
        asks(&till, &other_leaf, 1, &pays("4"), 3).is_ok(),
        "and so is the id under another mandate"
    );
}

#[test]
fn a_call_signed_anew_is_told_what_became_of_it() {
    for outcome in [Outcome::Done, Outcome::Failed, Outcome::Undone] {
        let till = Till::new();
        let chain = till.root([sum("3")]);
        let permit = asks(&till, &chain, 1, &pays("3"), 0).unwrap();
        assert_eq!(
            recorded(asks(&till, &chain, 1, &pays("3"), 1)),
            Some(RecordedOutcome::Open)
        );
        let record = permit.start(at(1)).unwrap().finish(outcome);
        till.closes(&record);
        assert_eq!(
            recorded(asks(&till, &chain, 1, &pays("3"), 2)),
            Some(RecordedOutcome::Closed(outcome))
        );
        till.ledger.close(record.reservation(), Outcome::Done);
        assert_eq!(
            recorded(asks(&till, &chain, 1, &pays("3"), 3)),
            Some(RecordedOutcome::Closed(outcome))
        );
    }
}

#[test]
fn a_call_that_was_refused_is_told_so_until_it_is_too_old() {
    let till = Till::new();
    let chain = till.root([sum("3")]);
    let refused = asks(&till, &chain, 1, &pays("4"), 0).map(drop).unwrap_err();
    assert_eq!(refused.code(), DenialCode::BudgetExhausted);
    assert_eq!(
        recorded(asks(&till, &chain, 1, &pays("4"), 1)),
        Some(RecordedOutcome::Refused)
    );
    let smaller = asks(&till, &chain, 1, &pays("3"), 2).map(drop).unwrap_err();
    assert_eq!(
        smaller.code(),
        DenialCode::CallConflict,
        "a retry takes a new id"
    );
    assert!(asks(&till, &chain, 2, &pays("3"), 2).is_ok());
    till.ledger.close(
        Reservation {
            key: decides(&till, &chain, 1, &pays("4"), [3, 3])
                .charges()
                .key(),
            at: at(0),
        },
        Outcome::Done,
    );
    assert_eq!(
        recorded(asks(&till, &chain, 1, &pays("4"), 3)),
        Some(RecordedOutcome::Refused),
        "it is not closed"
    );
    till.ledger.forget_before(at(3 + 61));
    assert_eq!(
        asks(&till, &chain, 1, &pays("4"), 64).unwrap_err().code(),
        DenialCode::BudgetExhausted
    );
}

/// Captured bytes are told nothing, neither those of the first call nor those of a retry.
#[test]
fn bytes_that_were_presented_before_are_told_no_outcome() {
    let till = Till::new();
    let chain = till.root([]);
    let present = |signed, now| {
        till.ledger.settle(
            decides(&till, &chain, 1, &using("crm.read"), [signed, now]),
            at(now),
        )
    };
    assert!(present(10, 10).is_ok());
    assert_eq!(recorded(present(10, 11)), None, "the same bytes");
    assert_eq!(recorded(present(9, 11)), None, "signed before the first");
    assert_eq!(recorded(present(12, 12)), Some(RecordedOutcome::Open));
    assert_eq!(recorded(present(12, 13)), None, "the bytes of the retry");
    assert_eq!(recorded(present(11, 13)), None, "signed before the retry");
    assert_eq!(recorded(present(13, 13)), Some(RecordedOutcome::Open));
}

/// A retry that was answered must not run either, once the first call is forgotten.
#[test]
fn a_mark_is_kept_until_every_call_that_it_answered_is_too_old() {
    let till = Till::new();
    let chain = till.root([]);
    let present = |tool, signed, now| {
        till.ledger.settle(
            decides(&till, &chain, 1, &using(tool), [signed, now]),
            at(now),
        )
    };
    assert!(present("crm.read", 0, 0).is_ok());
    assert_eq!(
        recorded(present("crm.read", 60, 60)),
        Some(RecordedOutcome::Open)
    );
    till.ledger.forget_before(at(90));
    assert_eq!(recorded(present("crm.read", 60, 90)), None);
    let conflict = |signed, now| {
        present("mail.send", signed, now)
            .map(drop)
            .unwrap_err()
            .code()
    };
    assert_eq!(conflict(100, 120), DenialCode::CallConflict);
    assert_eq!(conflict(100, 130), DenialCode::CallConflict);
    till.ledger.forget_before(at(100 + 61));
    assert!(till.ledger.is_empty());
}

/// A lost reply is asked for again, while the reservation is open.
#[test]
fn an_attempt_is_answered_the_same_while_its_reservation_is_open() {
    let till = Till::new();
    let chain = till.root([sum("10")]);
    let decided = |action: &Action, signed| decides(&till, &chain, 1, action, [signed, signed]);
    let first = decided(&pays("3"), 0);
    let reserve =
        |charges: &Charges, by, now| till.ledger.reserve(charges, attempt(by), at(now)).outcome;
    for now in 0..3 {
        assert_eq!(reserve(first.charges(), 1, now), LedgerOutcome::Reserved);
    }
    let account = first.charges().charges()[0].account;
    assert_eq!(
        till.ledger.balance(&account).unwrap().held,
        number("3"),
        "charged once"
    );

    let before = |recorded| LedgerOutcome::Before { recorded };
    assert_eq!(
        reserve(first.charges(), 2, 3),
        before(None),
        "another attempt"
    );
    assert_eq!(
        reserve(decided(&pays("3"), 4).charges(), 1, 4),
        before(Some(RecordedOutcome::Open)),
        "signed anew"
    );
    assert_eq!(
        reserve(decided(&pays("4"), 5).charges(), 1, 5),
        LedgerOutcome::Conflict,
        "another request"
    );

    till.ledger
        .close(first.charges().reservation(), Outcome::Done);
    assert_eq!(reserve(first.charges(), 1, 6), before(None), "it is closed");
    assert!(till.ledger.settle(decided(&pays("3"), 7), at(7)).is_err());
}

/// What was reserved without an attempt is nobody's attempt.
#[test]
fn a_reservation_without_an_attempt_is_answered_once() {
    let till = Till::new();
    let chain = till.root([]);
    let decided = || decides(&till, &chain, 1, &using("crm.read"), [0, 0]);
    assert!(till.ledger.settle(decided(), at(0)).is_ok());
    assert!(till.ledger.settle(decided(), at(0)).is_err());
    assert_eq!(
        till.ledger
            .reserve(decided().charges(), attempt(0), at(0))
            .outcome,
        LedgerOutcome::Before { recorded: None }
    );
    let refused = decides(
        &till,
        &till.root_numbered(2, [sum("3")]),
        1,
        &pays("4"),
        [0, 0],
    );
    let reserve = || {
        till.ledger
            .reserve(refused.charges(), attempt(1), at(0))
            .outcome
    };
    assert!(matches!(reserve(), LedgerOutcome::Refused { .. }));
    assert_eq!(
        reserve(),
        LedgerOutcome::Before { recorded: None },
        "nothing is reserved for an attempt that was refused"
    );
}

/// An id can be reserved again once its mark is forgotten; a close of the first reservation that
/// arrives again is not one of the second.
#[test]
fn a_repeated_close_does_not_end_another_reservation_of_the_same_id() {
    let till = Till::new();
    let chain = till.root([sum("10")]);
    let first = asks(&till, &chain, 1, &pays("3"), 0).unwrap();
    let account = first.charges()[0].account;
    let given_up = first.cancel();
    till.closes(&given_up);
    till.ledger.forget_before(at(61));
    let second = asks(&till, &chain, 1, &pays("3"), 61).unwrap();
    till.closes(&given_up);
    assert_eq!(till.ledger.balance(&account).unwrap().held, number("3"));
    assert_eq!(
        recorded(asks(&till, &chain, 1, &pays("3"), 62)),
        Some(RecordedOutcome::Open)
    );
    let record = second.start(at(62)).unwrap().finish(Outcome::Done);
    till.closes(&record);
    assert_eq!(till.ledger.balance(&account).unwrap().spent, number("3"));
}

/// Irreversible and asserted calls until the chain expires, all others until they are too old; see
/// the tests of gates for those.
#[test]
fn each_class_of_calls_is_remembered_for_its_time() {
    let forgotten = |till: &Till| {
        (0..).find(|now| {
            till.ledger.forget_before(at(*now));
            till.ledger.is_empty()
        })
    };
    for (effect, until) in [
        (Effect::Read, 61),
        (Effect::Write, 61),
        (Effect::Irreversible, LIFETIME),
    ] {
        let till = Till::new();
        let action = Action {
            effect,
            ..using("crm.read")
        };
        assert!(asks(&till, &till.root([]), 1, &action, 0).is_ok());
        assert_eq!(forgotten(&till), Some(until), "{effect}");
    }
    let till = Till::new();
    assert!(
        till.tries(&till.root([]), 1, &using("crm.read")).is_ok(),
        "by the host's word"
    );
    assert_eq!(forgotten(&till), Some(LIFETIME));
    let till = Till::new();
    let irreversible = Action {
        effect: Effect::Irreversible,
        ..using("crm.read")
    };
    assert!(asks(&till, &till.root([calls(0)]), 1, &irreversible, 0).is_err());
    assert_eq!(
        forgotten(&till),
        Some(61),
        "a call that was refused keeps its short mark"
    );
}

#[test]
fn what_is_open_for_too_long_is_recorded_as_failed() {
    let till = Till::new();
    let chain = till.root([]);
    let _running = asks(&till, &chain, 1, &using("crm.read"), 0).unwrap();
    till.ledger.close_abandoned(at(11), Seconds::new(10));
    let failed = Some(RecordedOutcome::Closed(Outcome::Failed));
    assert_eq!(
        recorded(asks(&till, &chain, 1, &using("crm.read"), 12)),
        failed
    );
}

/// What was kept of the marks is restored with request and outcome.
#[test]
fn after_a_restart_a_call_is_told_what_became_of_it() {
    for recorded_before in RecordedOutcome::ALL {
        let till = Till::with(MemoryLedger::new(100));
        let chain = till.root([]);
        let charges = decides(&till, &chain, 1, &using("crm.read"), [0, 0])
            .charges()
            .clone();
        let keep_until = LedgerTerms::default()
            .keep_until(&charges, at(0))
            .unwrap()
            .reserved;
        let (request, attempt_id) = (charges.request(), Some(attempt(1)));
        let mark = CallMark {
            request,
            at: at(0),
            latest: at(3),
            attempt: attempt_id,
            recorded: recorded_before,
            keep_until,
        };
        assert!(
            till.ledger
                .restore_mark(charges.key(), (charges.issuer(), charges.root()), mark)
        );
        assert_eq!(
            recorded(asks(&till, &chain, 1, &using("crm.read"), 3)),
            None,
            "the bytes of a retry before it"
        );
        let again = till.ledger.reserve(&charges, attempt(1), at(4)).outcome;
        assert_eq!(
            again == LedgerOutcome::Reserved,
            recorded_before == RecordedOutcome::Open,
            "the reply was lost"
        );
        assert_eq!(
            recorded(asks(&till, &chain, 1, &using("crm.read"), 5)),
            Some(recorded_before)
        );
        let conflict = asks(&till, &chain, 1, &using("mail.send"), 6)
            .map(drop)
            .unwrap_err();
        assert_eq!(conflict.code(), DenialCode::CallConflict);
        till.ledger.close(charges.reservation(), Outcome::Undone);
        let closed = match recorded_before {
            RecordedOutcome::Open => RecordedOutcome::Closed(Outcome::Undone),
            other => other,
        };
        assert_eq!(
            recorded(asks(&till, &chain, 1, &using("crm.read"), 7)),
            Some(closed)
        );
    }
}
