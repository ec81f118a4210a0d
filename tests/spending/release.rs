//! What is given back, and what is not.

use crate::support::{LIFETIME, at};
use crate::till::{LEAD, Till, calls, exhausted, number, numbered, pays, refusal, sum};
use mandatum::{AccountId, Code, Outcome, Permit, Record, Seconds, VerifiedChain};

/// A till, a mandate with a budget of ten, and its account.
fn stage() -> (Till, VerifiedChain, AccountId) {
    let till = Till::new();
    let chain = till.root([sum("10")]);
    let unsettled = till.decides(&chain, &numbered(0, &pays("0")), at(0)).unwrap();
    let account = unsettled.charges().charges()[0].account;
    (till, chain, account)
}

fn spent_and_held(till: &Till, account: &AccountId) -> (String, String) {
    let balance = till.ledger.balance(account).unwrap();
    (balance.spent.to_string(), balance.held.to_string())
}

#[test]
fn only_what_had_no_effect_is_given_back() {
    let finish = |outcome| move |permit: Permit| permit.start(at(1)).unwrap().finish(outcome);
    let expired = |permit: Permit| {
        let not_started = permit.start(at(LIFETIME)).map(drop).unwrap_err();
        assert_eq!(not_started.denial.code(), Code::PermitExpired);
        not_started.record
    };
    type Ends = Box<dyn Fn(Permit) -> Record>;
    let cases: [(&str, Ends, &str, &str); 5] = [
        ("cancelled", Box::new(Permit::cancel), "0", "0"),
        ("too late", Box::new(expired), "0", "0"),
        ("undone", Box::new(finish(Outcome::Undone)), "0", "0"),
        ("done", Box::new(finish(Outcome::Done)), "4", "0"),
        ("failed", Box::new(finish(Outcome::Failed)), "4", "0"),
    ];
    for (how, ends, spent, held) in cases {
        let (till, chain, account) = stage();
        let permit = till.tries(&chain, 1, &pays("4")).unwrap();
        assert_eq!(spent_and_held(&till, &account), ("0".into(), "4".into()));
        let record = ends(permit);
        for _ in 0..2 {
            till.ledger.close(&record);
            assert_eq!(spent_and_held(&till, &account), (spent.into(), held.into()), "{how}");
        }
        let left = number("10").checked_sub(number(spent)).unwrap().to_string();
        assert_eq!(refusal(till.tries(&chain, 2, &pays("10.01"))), exhausted("travel", &left), "{how}");
        let again = till.tries(&chain, 1, &pays("4")).map(drop).unwrap_err();
        assert_eq!(again.code(), Code::AlreadyDecided, "{how}: the mark stays");
    }
}

/// What is never told of stays spent.
#[test]
fn what_is_dropped_stays_held() {
    let (till, chain, account) = stage();
    drop(till.tries(&chain, 1, &pays("4")).unwrap());
    drop(till.tries(&chain, 2, &pays("6")).unwrap().cancel());
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "10".into()));
    assert_eq!(refusal(till.tries(&chain, 3, &pays("1"))), exhausted("travel", "0"));
}

/// Once said to be done, it stays done, whatever is said afterwards; the first word counts.
#[test]
fn the_first_word_counts() {
    for (first, second, spent) in [(Outcome::Done, Outcome::Undone, "4"), (Outcome::Undone, Outcome::Done, "0")] {
        let (till, chain, account) = stage();
        let record = till.tries(&chain, 1, &pays("4")).unwrap().cancel();
        for outcome in [first, second] {
            let mut record = record.clone();
            record.outcome = outcome;
            till.ledger.close(&record);
            assert_eq!(spent_and_held(&till, &account), (spent.into(), "0".into()));
        }
    }
}

/// A mark that is forgotten can't say whether its call was given back already.
#[test]
fn what_is_closed_after_its_mark_is_forgotten_stays_held() {
    let (till, root, account) = stage();
    let child = till.child_until(&root, [LEAD, 11], [], 60);
    let [early, late] = [1, 2].map(|call| till.tries(&child, call, &pays("3")).unwrap().cancel());
    till.ledger.forget_before(at(59));
    till.ledger.close(&early);
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "3".into()));
    till.ledger.forget_before(at(60));
    for record in [&late, &early] {
        till.ledger.close(record);
        assert_eq!(spent_and_held(&till, &account), ("0".into(), "3".into()));
    }
}

#[test]
fn another_ledgers_records_are_nothing_to_it() {
    let (till, chain, account) = stage();
    drop(till.tries(&chain, 1, &pays("4")).unwrap());
    let other = Till::new();
    let chain = other.root([sum("10")]);
    till.ledger.close(&other.tries(&chain, 2, &pays("4")).unwrap().cancel());
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "4".into()));
}

/// What was charged to an account before it was forgotten is not given back to the one that began anew.
#[test]
fn an_account_that_began_anew_is_never_below_nothing() {
    let (till, chain, account) = stage();
    let before = till.tries(&chain, 1, &pays("8")).unwrap().cancel();
    till.ledger.forget_accounts(at(1), Seconds::new(0));
    assert_eq!(till.ledger.balance(&account), None);
    drop(till.tries(&chain, 2, &pays("2")).unwrap());
    till.ledger.close(&before);
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "2".into()));
    assert_eq!(refusal(till.tries(&chain, 3, &pays("9"))), exhausted("travel", "8"));
}

/// All of a call's budgets are given back, and nobody else's.
#[test]
fn every_account_of_a_call_is_given_back() {
    let till = Till::new();
    let root = till.root([sum("10"), calls(3)]);
    let child = till.child(&root, [LEAD, 11], [sum("5")]);
    drop(till.tries(&root, 1, &pays("1")).unwrap());
    let permit = till.tries(&child, 2, &pays("5")).unwrap();
    let accounts: Vec<AccountId> = permit.charges().iter().map(|charge| charge.account).collect();
    let held = || accounts.iter().map(|account| spent_and_held(&till, account).1).collect::<Vec<_>>();
    assert_eq!(held(), ["6", "2", "5"]);
    till.ledger.close(&permit.cancel());
    assert_eq!(held(), ["1", "1", "0"]);
}
