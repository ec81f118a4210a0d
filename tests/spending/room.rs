//! How much a ledger keeps, and how tenants share it. `tenants` has the property.

use crate::stage::{agent, anchor, root_of};
use crate::support::{COMPANY, STRANGER, at};
use crate::till::{LEAD, Till, calls, number, numbered, pays, sum, using};
use mandatum::denial::RecordedOutcome;
use mandatum::ledger::CallMark;
use mandatum::primitives::{CallKey, MandateId, RequestDigest};
use mandatum::{
    Budget, DenialCode, Effect, Life, Limit, MemoryLedger, Seconds, VerifiedChain, Verifier,
};

fn code(till: &Till, chain: &VerifiedChain, call: usize, seconds: u64) -> Option<DenialCode> {
    till.asks(chain, &numbered(call, &using("crm.read")), at(seconds))
        .err()
        .map(|denial| denial.code())
}

fn job(name: usize) -> Limit {
    Limit::budget(Budget::calls(
        format!("job-{name}").parse().unwrap(),
        "eu-1".parse().unwrap(),
        1_000,
    ))
}

/// How many of a tenant's calls are taken before one is refused for want of room.
fn fills(till: &Till, chain: &VerifiedChain, from: usize, seconds: u64) -> usize {
    let refused = (from..)
        .map(|call| code(till, chain, call, seconds))
        .enumerate()
        .find(|(_, code)| code.is_some());
    let (taken, code) = refused.expect("room is bounded");
    assert_eq!(code, Some(DenialCode::LedgerFull));
    taken
}

/// A till that trusts another company as well, and that company's root.
fn two_companies(ledger: MemoryLedger) -> (Till, VerifiedChain) {
    let other = anchor("https://other.example", STRANGER);
    let verifier = Verifier::new([anchor("https://acme.example", COMPANY), other.clone()]).unwrap();
    let verifier = verifier
        .dangerous_effects_as_stated()
        .dangerous_accept_asserted_up_to(Effect::Write);
    let till = Till {
        verifier,
        ..Till::with(ledger)
    };
    let root = root_of(
        &other,
        STRANGER,
        &agent(LEAD),
        crate::till::all(),
        Life::ExpiryOnly,
        vec![],
        [9; 16],
    );
    let root = till.verifier.verify(&root).unwrap();
    (till, root)
}

/// Marks that are still needed are never forgotten for want of room; those that are not make room.
#[test]
fn a_full_ledger_refuses_until_a_mark_is_no_longer_needed() {
    let till = Till::with(MemoryLedger::new(9));
    let root = till.root([]);
    let child = till.child_until(&root, [LEAD, 11], [], 61);
    assert_eq!(code(&till, &child, 1, 0), None);
    assert_eq!([2, 3].map(|call| code(&till, &root, call, 0)), [None, None]);
    assert_eq!(code(&till, &root, 4, 60), Some(DenialCode::LedgerFull));
    assert_eq!(code(&till, &root, 2, 60), Some(DenialCode::AlreadyDecided));
    assert_eq!(till.ledger.len(), 3);
    assert_eq!(
        code(&till, &root, 4, 61),
        None,
        "refused for want of room, it was not marked"
    );
    assert_eq!(code(&till, &root, 5, 61), Some(DenialCode::LedgerFull));
    assert_eq!(till.ledger.len(), 3);
}

/// The mark of a call that was refused.
fn marked_until(seconds: u64) -> CallMark {
    let (request, recorded) = (RequestDigest::from_bytes([7; 32]), RecordedOutcome::Refused);
    CallMark {
        request,
        at: at(0),
        latest: at(0),
        attempt: None,
        recorded,
        keep_until: at(seconds),
    }
}

#[test]
fn a_ledger_with_a_mark_is_not_empty() {
    let ledger = MemoryLedger::new(9);
    let issuer = "https://acme.example".parse().unwrap();
    assert!(ledger.is_empty());
    let tenant = (&issuer, MandateId::from_bytes([2; 32]));
    assert!(ledger.restore_mark(CallKey::from_bytes([1; 32]), tenant, marked_until(60)));
    assert!(!ledger.is_empty());
}

/// One root takes a quarter; another of its issuer, and another issuer, half of what each may still
/// take.
#[test]
fn one_root_takes_all_it_can_and_the_others_are_served() {
    let (till, foreign) = two_companies(MemoryLedger::new(160));
    let [greedy, second, third] = [1, 2, 3].map(|number| till.root_numbered(number, []));
    let child = till.child(&greedy, [LEAD, 11], []);
    assert_eq!(fills(&till, &child, 0, 0), 40, "a quarter of all");
    assert_eq!(
        code(&till, &greedy, 1_000, 0),
        Some(DenialCode::LedgerFull),
        "its descendants take its room"
    );
    assert_eq!(fills(&till, &second, 0, 0), 20, "2 x + (40 + x) < 120 - x");
    assert_eq!(fills(&till, &third, 0, 0), 10, "2 x + (60 + x) < 100 - x");
    assert_eq!(fills(&till, &foreign, 0, 0), 23, "2 x + x < 90 - x");
    assert_eq!(till.ledger.len(), 40 + 20 + 10 + 23);
}

/// The same of accounts, whoever of the root's descendants named them.
#[test]
fn the_accounts_of_one_root_leave_room_for_the_others() {
    let (till, foreign) = two_companies(MemoryLedger::new(160));
    let [greedy, second] = [1, 2].map(|number| till.root_numbered(number, []));
    let junk = |number: usize| {
        till.child(
            &greedy,
            [LEAD, 100 + number],
            [job(2 * number), job(2 * number + 1)],
        )
    };
    let taken = (0..)
        .take_while(|number| code(&till, &junk(*number), *number, 0).is_none())
        .count();
    assert_eq!(2 * taken, 40, "a quarter of all");
    assert_eq!(
        code(&till, &junk(0), 1_000, 0),
        None,
        "known accounts need no room"
    );
    for (call, chain) in [(1, &second), (2, &foreign)] {
        let honest = till.child(chain, [LEAD, 99], (0..10).map(job));
        assert_eq!(code(&till, &honest, call, 0), None);
    }
}

/// One new account needs room as two do.
#[test]
fn one_new_account_takes_room() {
    let till = Till::with(MemoryLedger::new(6));
    let first = till.root_numbered(1, [job(1), job(2)]);
    let second = till.child(&first, [LEAD, 11], [job(3)]);
    assert_eq!(code(&till, &first, 1, 0), None);
    assert_eq!(code(&till, &second, 1, 0), Some(DenialCode::LedgerFull));
}

/// Marks that go and come keep count of the room exactly.
#[test]
fn room_is_counted_exactly() {
    let till = Till::with(MemoryLedger::new(40));
    let root = till.root([]);
    for round in 0..20_u64 {
        let (now, until) = (round * 61, round * 61 + 61);
        let child = till.child_until(
            &root,
            [LEAD, 100 + usize::try_from(round).unwrap()],
            [],
            until,
        );
        let taken: Vec<_> = (0..12).map(|call| code(&till, &child, call, now)).collect();
        assert_eq!(taken[..10], [None; 10]);
        assert_eq!(taken[10..], [Some(DenialCode::LedgerFull); 2]);
        till.ledger.forget_before(at(until));
        assert!(till.ledger.is_empty());
    }
}

/// Where an account has no room, nothing is charged at all, and the call is not marked.
#[test]
fn where_accounts_have_no_room_nothing_is_charged() {
    let till = Till::with(MemoryLedger::new(12));
    let root = till.root([]);
    let [first, second] =
        [0, 2].map(|of| till.child(&root, [LEAD, 11 + of], [job(of), job(of + 1)]));
    assert_eq!(code(&till, &first, 0, 0), None);
    assert_eq!(
        code(&till, &second, 1, 0),
        Some(DenialCode::LedgerFull),
        "for one of its accounts there is room"
    );
    let unsettled = till
        .decides(&second, &numbered(1, &using("crm.read")), at(0))
        .unwrap();
    let charged = unsettled
        .charges()
        .charges()
        .iter()
        .map(|charge| till.ledger.balance(&charge.account));
    assert_eq!(charged.collect::<Vec<_>>(), [None, None]);
    assert_eq!(till.ledger.len(), 1);
    assert_eq!(
        code(&till, &second, 1, 0),
        Some(DenialCode::LedgerFull),
        "it can be tried again"
    );
    assert_eq!(code(&till, &first, 2, 0), None, "known accounts need none");
}

/// An account is kept as long as it is used, and `unused` seconds more.
#[test]
fn accounts_are_forgotten_when_long_unused() {
    let till = Till::with(MemoryLedger::new(100));
    let [old, fresh] = [calls(5), sum("5")];
    let [old, fresh] =
        [(1, old), (2, fresh)].map(|(number, limit)| till.root_numbered(number, [limit]));
    let charged = |chain, call: usize, seconds| {
        let permit = till
            .asks(chain, &numbered(call, &pays("1")), at(seconds))
            .unwrap();
        let account = permit.charges()[0].account;
        till.closes(
            &permit
                .start(at(seconds))
                .unwrap()
                .finish(mandatum::claims::Outcome::Done),
        );
        account
    };
    let jobs = charged(&old, 1, 100);
    let travel = charged(&fresh, 2, 100);
    assert_eq!(charged(&fresh, 3, 150), travel);
    let spent = |account| till.ledger.balance(account).map(|balance| balance.spent);
    // The ledger's clock never goes back: it is 150, and the account was used 50 seconds ago.
    till.ledger.forget_accounts(at(140), Seconds::new(50));
    assert_eq!(
        [&jobs, &travel].map(spent),
        [Some(1.into()), Some(2.into())]
    );
    assert_eq!(charged(&fresh, 4, 120), travel, "at 150");
    till.ledger.forget_accounts(at(151), Seconds::new(50));
    assert_eq!([&jobs, &travel].map(spent), [None, Some(3.into())]);
    till.ledger.forget_accounts(at(190), Seconds::new(40));
    assert_eq!(spent(&travel), Some(number("3")));
    till.ledger.forget_accounts(at(191), Seconds::new(40));
    assert_eq!(spent(&travel), None);
    assert_eq!(charged(&old, 5, 191), jobs);
    assert_eq!(spent(&jobs), Some(1.into()), "it began anew");
}

#[test]
fn forgotten_accounts_make_room() {
    let till = Till::with(MemoryLedger::new(8));
    for round in 0..5_u8 {
        let (now, until) = (u64::from(round) * 61, u64::from(round) * 61 + 61);
        let root = till.root_numbered(
            round,
            [job(usize::from(round)), job(100 + usize::from(round))],
        );
        let child = till.child_until(&root, [LEAD, 20 + usize::from(round)], [], until);
        let permit = till
            .asks(&child, &numbered(1, &using("crm.read")), at(now))
            .unwrap();
        till.closes(&permit.cancel());
        till.ledger.forget_accounts(at(until), Seconds::new(9));
    }
}

/// A decision that waited until its mark would be forgotten is settled no more: it may have been,
/// before.
#[test]
fn a_decision_that_waited_too_long_is_not_settled() {
    let till = Till::new();
    let root = till.root([calls(5)]);
    let child = till.child_until(&root, [LEAD, 11], [], 60);
    let decided = |call| {
        till.decides(&child, &numbered(call, &using("crm.read")), at(0))
            .unwrap()
    };
    let [first, second, twin] = [1, 2, 1].map(decided);
    let settled = till.ledger.settle(first, at(59)).unwrap();
    let account = settled.charges()[0].account;
    till.closes(
        &settled
            .start(at(59))
            .unwrap()
            .finish(mandatum::claims::Outcome::Done),
    );
    let settle = |unsettled, seconds| {
        till.ledger
            .settle(unsettled, at(seconds))
            .map(drop)
            .unwrap_err()
            .code()
    };
    assert_eq!(settle(second, 60), DenialCode::LedgerFull);
    assert_eq!(
        settle(twin, 61),
        DenialCode::LedgerFull,
        "its mark is forgotten, and it is still not new"
    );
    assert!(till.ledger.is_empty());
    assert_eq!(till.ledger.balance(&account).unwrap().spent, 1.into());
    let late = decided(3);
    assert_eq!(settle(late, 61), DenialCode::LedgerFull);
    // The clock stepped back: what was forgotten stays forgotten.
    let late = decided(1);
    assert_eq!(settle(late, 30), DenialCode::LedgerFull);
    // Under a chain that goes on, a decision waits for a call's age and the leeway.
    for (call, seconds, expected) in [(1, 60, None), (2, 61, Some(DenialCode::LedgerFull))] {
        let till = Till::new();
        let waiting = till
            .decides(&root, &numbered(call, &using("crm.read")), at(0))
            .unwrap();
        assert_eq!(
            till.ledger
                .settle(waiting, at(seconds))
                .err()
                .map(|denial| denial.code()),
            expected
        );
    }
}

/// A root's calls that an account refuses fill its own room, and go when they are too old.
#[test]
fn refused_calls_keep_short_marks_in_their_roots_room() {
    let till = Till::with(MemoryLedger::new(40));
    let [none, other] =
        [1, 2].map(|number| till.root_numbered(number, [calls(u64::from(number) - 1)]));
    assert!((0..10).all(|call| code(&till, &none, call, 0) == Some(DenialCode::BudgetExhausted)));
    assert_eq!(code(&till, &none, 10, 0), Some(DenialCode::LedgerFull));
    assert_eq!(code(&till, &none, 1, 60), Some(DenialCode::AlreadyDecided));
    assert_eq!(code(&till, &other, 0, 60), None);
    assert_eq!(
        code(&till, &none, 0, 61),
        Some(DenialCode::BudgetExhausted),
        "forgotten long before its mandate ends"
    );
    till.ledger.forget_before(at(61));
    assert_eq!(
        till.ledger.len(),
        3,
        "one that was asked about again is kept until that call is too old"
    );
    till.ledger.forget_before(at(121));
    assert_eq!(till.ledger.len(), 2);
}

/// Restored in any order, whatever a ledger of this size held fits.
#[test]
fn a_restored_ledger_takes_tenants_in_any_order() {
    let issuer = "https://acme.example".parse().unwrap();
    let key = |byte: u8| CallKey::from_bytes([byte; 32]);
    let root = |byte: u8| MandateId::from_bytes([byte; 32]);
    // Of sixteen places one root had four, a second one two: the second comes first.
    let ledger = MemoryLedger::new(16);
    for (mark, of) in [(1, 2), (2, 2), (3, 1), (4, 1), (5, 1), (6, 1)] {
        assert!(ledger.restore_mark(key(mark), (&issuer, root(of)), marked_until(9)));
    }
    assert_eq!(ledger.len(), 6);
    assert!((7..=16).all(|mark| ledger.restore_mark(
        key(mark),
        (&issuer, root(1)),
        marked_until(9)
    )));
    assert!(
        !ledger.restore_mark(key(17), (&issuer, root(1)), marked_until(9)),
        "there is no room for more than there is"
    );
    // What was restored counts.
    let till = Till::with(MemoryLedger::new(16));
    let chain = till.root([]);
    let of = chain.chain().root().digest();
    assert!((1..=4).all(|mark| till.ledger.restore_mark(
        key(mark),
        (&issuer, of),
        marked_until(9)
    )));
    assert_eq!(code(&till, &chain, 1, 0), Some(DenialCode::LedgerFull));
    assert_eq!(code(&till, &till.root_numbered(2, []), 1, 0), None);
}
