//! How much a ledger keeps.

use crate::support::at;
use crate::till::{LEAD, Till, calls, number, numbered, pays, sum, using};
use mandatum::{Budget, Code, Limit, MemoryLedger, Seconds};

fn code(till: &Till, chain: &mandatum::VerifiedChain, call: usize, seconds: u64) -> Option<Code> {
    till.asks(chain, &numbered(call, &using("crm.read")), at(seconds)).err().map(|denial| denial.code())
}

/// Marks that are still needed are never forgotten for want of room; those that are not make room.
#[test]
fn a_full_ledger_refuses_until_a_mark_is_no_longer_needed() {
    let till = Till::with(MemoryLedger::new(3));
    let root = till.root([]);
    let child = till.child_until(&root, [LEAD, 11], [], 60);
    assert_eq!(code(&till, &child, 1, 0), None);
    assert_eq!([2, 3].map(|call| code(&till, &root, call, 0)), [None, None]);
    assert_eq!(code(&till, &root, 4, 59), Some(Code::LedgerFull));
    assert_eq!(code(&till, &root, 2, 59), Some(Code::AlreadyDecided));
    assert_eq!(till.ledger.len(), 3);
    assert_eq!(code(&till, &root, 4, 60), None, "refused for want of room, it was not marked");
    assert_eq!(code(&till, &root, 5, 60), Some(Code::LedgerFull));
    assert_eq!(till.ledger.len(), 3);
}

#[test]
fn the_holders_of_one_root_do_not_fill_it_for_all() {
    let till = Till::with(MemoryLedger::new(5).at_most_per_root(3));
    let [greedy, other] = [1, 2].map(|number| till.root_numbered(number, []));
    let child = till.child_until(&greedy, [LEAD, 11], [], 60);
    assert_eq!(code(&till, &child, 1, 0), None);
    assert_eq!([2, 3].map(|call| code(&till, &greedy, call, 0)), [None, None]);
    assert_eq!(code(&till, &child, 4, 0), Some(Code::LedgerFull), "its descendants are its own");
    assert_eq!([5, 6].map(|call| code(&till, &other, call, 0)), [None, None]);
    assert_eq!(code(&till, &other, 7, 0), Some(Code::LedgerFull), "all room is taken");
    assert_eq!(code(&till, &greedy, 8, 60), None, "where one was forgotten");
    assert_eq!(code(&till, &greedy, 9, 60), Some(Code::LedgerFull));
}

/// Marks that go and come keep count of the room exactly.
#[test]
fn room_is_counted_exactly() {
    let till = Till::with(MemoryLedger::new(10).at_most_per_root(10));
    let root = till.root([]);
    for round in 0..20_u64 {
        let (now, until) = (round * 10, round * 10 + 10);
        let child = till.child_until(&root, [LEAD, 100 + usize::try_from(round).unwrap()], [], until);
        let taken: Vec<_> = (0..12).map(|call| code(&till, &child, call, now)).collect();
        assert_eq!(taken[..10], [None; 10]);
        assert_eq!(taken[10..], [Some(Code::LedgerFull); 2]);
        till.ledger.forget_before(at(until));
        assert!(till.ledger.is_empty());
    }
}

/// Where an account has no room, nothing is charged at all; the call is marked, because it was tried.
#[test]
fn accounts_take_room_too() {
    let till = Till::with(MemoryLedger::new(4));
    let budget =
        |name: usize| Limit::budget(Budget::calls(format!("job-{name}").parse().unwrap(), "eu-1".parse().unwrap(), 9));
    let chains: Vec<_> =
        (0..3).map(|n| till.root_numbered(u8::try_from(n).unwrap(), [budget(2 * n), budget(2 * n + 1)])).collect();
    assert_eq!([0, 1].map(|n| code(&till, &chains[n], n, 0)), [None, None]);
    assert_eq!(code(&till, &chains[2], 2, 0), Some(Code::LedgerFull));
    let unsettled = till.decides(&chains[2], &numbered(2, &using("crm.read")), at(0)).unwrap();
    let charged = unsettled.charges().charges().iter().map(|charge| till.ledger.balance(&charge.account));
    assert_eq!(charged.collect::<Vec<_>>(), [None, None]);
    assert_eq!(code(&till, &chains[2], 2, 0), Some(Code::AlreadyDecided));
    assert_eq!(code(&till, &chains[0], 3, 0), None, "known accounts need none");
}

/// An account is kept as long as it is used, and `unused` seconds more.
#[test]
fn accounts_are_forgotten_when_long_unused() {
    let till = Till::with(MemoryLedger::new(100));
    let [old, fresh] = [calls(5), sum("5")];
    let [old, fresh] = [(1, old), (2, fresh)].map(|(number, limit)| till.root_numbered(number, [limit]));
    let charged = |chain, call: usize, seconds| {
        let permit = till.asks(chain, &numbered(call, &pays("1")), at(seconds)).unwrap();
        permit.charges()[0].account
    };
    let jobs = charged(&old, 1, 100);
    let travel = charged(&fresh, 2, 100);
    assert_eq!(charged(&fresh, 3, 150), travel);
    // A clock that stepped back makes nothing older.
    assert_eq!(charged(&fresh, 4, 120), travel);
    let held = |account| till.ledger.balance(account).map(|balance| balance.held);
    till.ledger.forget_accounts(at(140), Seconds::new(40));
    assert_eq!([&jobs, &travel].map(held), [Some(1.into()), Some(3.into())]);
    till.ledger.forget_accounts(at(141), Seconds::new(40));
    assert_eq!([&jobs, &travel].map(held), [None, Some(3.into())]);
    till.ledger.forget_accounts(at(190), Seconds::new(40));
    assert_eq!(held(&travel), Some(number("3")));
    till.ledger.forget_accounts(at(191), Seconds::new(40));
    assert_eq!(held(&travel), None);
    assert_eq!(charged(&old, 5, 191), jobs);
    assert_eq!(held(&jobs), Some(1.into()), "it began anew");
}

#[test]
fn forgotten_accounts_make_room() {
    let till = Till::with(MemoryLedger::new(2));
    let budgets = |number: u8| {
        let budget = |name: String| Limit::budget(Budget::calls(name.parse().unwrap(), "eu-1".parse().unwrap(), 9));
        [budget(format!("a{number}")), budget(format!("b{number}"))]
    };
    for round in 0..5_u8 {
        let (now, until) = (u64::from(round) * 10, u64::from(round) * 10 + 10);
        let root = till.root_numbered(round, budgets(round));
        let child = till.child_until(&root, [LEAD, 20 + usize::from(round)], [], until);
        assert_eq!(code(&till, &child, 1, now), None);
        till.ledger.forget_accounts(at(until), Seconds::new(9));
    }
}

/// A decision that waited until its mark would be forgotten is settled no more: it may have been, before.
#[test]
fn a_decision_that_waited_too_long_is_not_settled() {
    let till = Till::new();
    let root = till.root([calls(5)]);
    let child = till.child_until(&root, [LEAD, 11], [], 60);
    let decided = |call| till.decides(&child, &numbered(call, &using("crm.read")), at(0)).unwrap();
    let [first, second, twin] = [1, 2, 1].map(decided);
    let settled = till.ledger.settle(first, at(59)).unwrap();
    let settle = |unsettled, seconds| till.ledger.settle(unsettled, at(seconds)).map(drop).unwrap_err().code();
    assert_eq!(settle(second, 60), Code::LedgerFull);
    assert_eq!(settle(twin, 60), Code::LedgerFull, "its mark is forgotten, and it is still not new");
    assert_eq!(till.ledger.balance(&settled.charges()[0].account).unwrap().held, 1.into());
    let late = decided(3);
    assert_eq!(settle(late, 61), Code::LedgerFull);
    // The clock stepped back: what was forgotten stays forgotten.
    let late = decided(1);
    assert_eq!(settle(late, 30), Code::LedgerFull);
}
