//! What is given back, and what is not.

use crate::support::{LIFETIME, at};
use crate::till::{LEAD, Till, calls, exhausted, number, numbered, pays, refusal, sum};
use mandatum::charge::Demand;
use mandatum::claims::Outcome;
use mandatum::decide::OperationRecord;
use mandatum::primitives::AccountId;
use mandatum::{DenialCode, Permit, Seconds, VerifiedChain};

/// A till, a mandate with a budget of ten, and its account.
fn stage() -> (Till, VerifiedChain, AccountId) {
    let till = Till::new();
    let chain = till.root([sum("10")]);
    let unsettled = till
        .decides(&chain, &numbered(0, &pays("0")), at(0))
        .unwrap();
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
        assert_eq!(not_started.denial.code(), DenialCode::PermitExpired);
        not_started.record
    };
    type ChainEndpoints = Box<dyn Fn(Permit) -> OperationRecord>;
    let cases: [(&str, ChainEndpoints, &str, &str); 5] = [
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
            till.closes(&record);
            assert_eq!(
                spent_and_held(&till, &account),
                (spent.into(), held.into()),
                "{how}"
            );
        }
        let left = number("10").checked_sub(number(spent)).unwrap().to_string();
        assert_eq!(
            refusal(till.tries(&chain, 2, &pays("10.01"))),
            exhausted("travel", &left),
            "{how}"
        );
        let again = till.tries(&chain, 1, &pays("4")).map(drop).unwrap_err();
        assert_eq!(
            again.code(),
            DenialCode::AlreadyDecided,
            "{how}: the mark stays"
        );
    }
}

/// What is never told of stays spent.
#[test]
fn what_is_dropped_stays_held() {
    let (till, chain, account) = stage();
    drop(till.tries(&chain, 1, &pays("4")).unwrap());
    drop(till.tries(&chain, 2, &pays("6")).unwrap().cancel());
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "10".into()));
    assert_eq!(
        refusal(till.tries(&chain, 3, &pays("1"))),
        exhausted("travel", "0")
    );
}

/// Once said to be done, it stays done, whatever is said afterwards; the first word counts.
#[test]
fn the_first_word_counts() {
    for (first, second, spent) in [
        (Outcome::Done, Outcome::Undone, "4"),
        (Outcome::Undone, Outcome::Done, "0"),
    ] {
        let (till, chain, account) = stage();
        let record = till.tries(&chain, 1, &pays("4")).unwrap().cancel();
        for outcome in [first, second] {
            let mut record = record.clone();
            record.outcome = outcome;
            till.closes(&record);
            assert_eq!(spent_and_held(&till, &account), (spent.into(), "0".into()));
        }
    }
}

/// However late a call is closed: its mark is kept for as long as it holds something, and not a
/// second longer than is needed.
#[test]
fn held_work_stays_held_until_it_is_closed() {
    for (outcome, spent) in [
        (Outcome::Undone, "0"),
        (Outcome::Done, "3"),
        (Outcome::Failed, "3"),
    ] {
        for late in [0, 31, 59, 60, 61, 3_600, LIFETIME, 100 * LIFETIME] {
            let (till, root, account) = stage();
            let child = till.child_until(&root, [LEAD, 11], [], 60);
            let record = till.tries(&child, 1, &pays("3")).unwrap().cancel();
            till.ledger.forget_before(at(late));
            till.ledger.forget_accounts(at(late), Seconds::new(0));
            assert_eq!(
                spent_and_held(&till, &account),
                ("0".into(), "3".into()),
                "at {late}"
            );
            assert_eq!(till.ledger.len(), 1);
            till.ledger.close(record.reservation(), outcome);
            assert_eq!(
                spent_and_held(&till, &account),
                (spent.into(), "0".into()),
                "at {late}"
            );
            assert_eq!(
                till.ledger.is_empty(),
                late > 60,
                "the mark is kept until {late}"
            );
        }
    }
}

/// Permitted, queued, and given up: what comes later finds the budget whole.
#[test]
fn what_waits_in_a_queue_and_is_given_up_is_given_back() {
    let till = Till::new();
    let chain = till.root([sum("10")]);
    for round in 0..5_u64 {
        let (now, call) = (round * 400, usize::try_from(round).unwrap());
        let permit = till
            .asks(&chain, &numbered(call, &pays("10")), at(now))
            .unwrap();
        till.ledger.forget_before(at(now + 399));
        till.closes(&permit.cancel());
    }
}

/// Queued work that is denied when it is decided again gives back as well.
#[test]
fn a_recheck_that_denies_gives_back() {
    let till = Till::new();
    let root = till.root([sum("10")]);
    let child = till.child_until(&root, [LEAD, 11], [], 100);
    let permit = till.asks(&child, &numbered(1, &pays("10")), at(0)).unwrap();
    let (key, account) = (permit.key(), permit.charges()[0].account);
    let recheck = |permit, seconds| {
        let here = mandatum::ServerContext::new(at(seconds), till.name.clone());
        let context = mandatum::DecisionContext::new(here, mandatum::Register::none())
            .with_ledgers(&till.attached);
        till.verifier.recheck(permit, &context)
    };
    let permit = recheck(permit, 99).unwrap();
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "10".into()));
    till.ledger.forget_before(at(5_000));
    let not_started = recheck(permit, 5_000).map(drop).unwrap_err();
    assert_eq!(not_started.denial.code(), DenialCode::Expired);
    assert_eq!(
        (not_started.record.key, not_started.record.outcome),
        (key, Outcome::Undone)
    );
    assert_eq!(not_started.record.started_at, None);
    till.closes(&not_started.record);
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "0".into()));
}

/// The ledger knows what a call holds, so a record that was changed says nothing to it but key and
/// outcome.
#[test]
fn a_record_that_is_changed_gives_back_what_its_own_call_holds() {
    let (till, chain, account) = stage();
    let running = till.tries(&chain, 1, &pays("9")).unwrap();
    let mut record = till.tries(&chain, 2, &pays("1")).unwrap().cancel();
    record.charges[0].demand = Demand::Spend {
        amount: 10.into(),
        max: 10.into(),
        period: None,
        remember: None,
    };
    record.charges.push(running.charges()[0].clone());
    for _ in 0..2 {
        till.closes(&record);
        assert_eq!(spent_and_held(&till, &account), ("0".into(), "9".into()));
    }
    assert_eq!(
        refusal(till.tries(&chain, 3, &pays("1.01"))),
        exhausted("travel", "1")
    );
}

/// A host that lost track of calls commits what they hold, and their marks go.
#[test]
fn abandoned_calls_are_committed_when_the_host_says_so() {
    let (till, root, account) = stage();
    let child = till.child_until(&root, [LEAD, 11], [], 61);
    let asks = |call, amount, seconds| {
        till.asks(&child, &numbered(call, &pays(amount)), at(seconds))
            .unwrap()
    };
    let (old, young) = (asks(1, "4", 0).cancel(), asks(2, "3", 30).cancel());
    till.ledger.close_abandoned(at(100), Seconds::new(100));
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "7".into()));
    till.ledger.close_abandoned(at(101), Seconds::new(100));
    assert_eq!(spent_and_held(&till, &account), ("4".into(), "3".into()));
    assert_eq!(till.ledger.len(), 1);
    till.closes(&old);
    assert_eq!(spent_and_held(&till, &account), ("4".into(), "3".into()));
    till.closes(&young);
    assert_eq!(spent_and_held(&till, &account), ("4".into(), "0".into()));
}

#[test]
fn another_ledgers_records_are_nothing_to_it() {
    let (till, chain, account) = stage();
    drop(till.tries(&chain, 1, &pays("4")).unwrap());
    let other = Till::new();
    let chain = other.root([sum("10")]);
    till.closes(&other.tries(&chain, 2, &pays("4")).unwrap().cancel());
    assert_eq!(spent_and_held(&till, &account), ("0".into(), "4".into()));
}

/// An account of which an open call holds something is in use, so it is not forgotten, and nothing
/// is given back to another one.
#[test]
fn an_account_that_is_held_is_not_forgotten() {
    let (till, chain, account) = stage();
    let record = till.tries(&chain, 1, &pays("8")).unwrap().cancel();
    till.ledger.forget_accounts(at(1), Seconds::new(0));
    assert_eq!(
        refusal(till.tries(&chain, 2, &pays("9"))),
        exhausted("travel", "2")
    );
    till.closes(&record);
    till.ledger.forget_accounts(at(1), Seconds::new(0));
    assert_eq!(till.ledger.balance(&account), None);
    drop(till.asks(&chain, &numbered(3, &pays("2")), at(1)).unwrap());
    till.closes(&record);
    assert_eq!(
        spent_and_held(&till, &account),
        ("0".into(), "2".into()),
        "it began anew"
    );
}

/// All of a call's budgets are given back, and nobody else's.
#[test]
fn every_account_of_a_call_is_given_back() {
    let till = Till::new();
    let root = till.root([sum("10"), calls(3)]);
    let child = till.child(&root, [LEAD, 11], [sum("5")]);
    drop(till.tries(&root, 1, &pays("1")).unwrap());
    let permit = till.tries(&child, 2, &pays("5")).unwrap();
    let accounts: Vec<AccountId> = permit
        .charges()
        .iter()
        .map(|charge| charge.account)
        .collect();
    let held = || {
        accounts
            .iter()
            .map(|account| spent_and_held(&till, account).1)
            .collect::<Vec<_>>()
    };
    assert_eq!(held(), ["6", "2", "5"]);
    till.closes(&permit.cancel());
    assert_eq!(held(), ["1", "1", "0"]);
}
