//! The same with threads: however they interleave, the balances are the sum of the permits.

use crate::reference::cents;
use crate::support::{Random, at};
use crate::till::{Till, action, calls, number, numbered, sum};
use mandatum::charge::{Demand, LedgerOutcome};
use mandatum::claims::Outcome;
use mandatum::primitives::{AccountId, AttemptId, Number};
use mandatum::{DenialCode, VerifiedChain};
use std::collections::BTreeMap;
use std::sync::Barrier;

const THREADS: usize = 4;

/// What threads were permitted to spend and did not give back, by account: by calls that are over,
/// and by others.
type Spent = BTreeMap<[u8; 32], (Number, Number, Number)>;

fn add(to: &mut Number, amount: Number) {
    *to = to.checked_add(amount).unwrap();
}

/// One thread's calls, at random; what it spent, and how often it was refused for a budget.
fn runs(till: &Till, chains: &[VerifiedChain], thread: usize) -> (Spent, usize) {
    let mut random = Random::new(u64::try_from(thread).unwrap());
    let (mut spent, mut refused) = (Spent::new(), 0);
    for number in 0..250 {
        let paid = action(
            "pay.send",
            [("amount", cents(random.within(0, 900)).into())],
        );
        let call = numbered(thread * 1000 + number, &paid);
        let permit = match till.asks(random.pick(chains), &call, at(0)) {
            Ok(permit) => permit,
            Err(denial) => {
                assert_eq!(denial.code(), DenialCode::BudgetExhausted);
                refused += 1;
                continue;
            }
        };
        let outcome = [
            None,
            Some(Outcome::Done),
            Some(Outcome::Failed),
            Some(Outcome::Undone),
        ][random.below(4)];
        for charge in permit.charges() {
            let Demand::Spend { amount, max, .. } = charge.demand else {
                panic!("{charge:?}")
            };
            let (over, open, most) =
                spent
                    .entry(*charge.account.as_bytes())
                    .or_insert((0.into(), 0.into(), max));
            assert_eq!(*most, max);
            match outcome {
                None => add(open, amount),
                Some(Outcome::Undone) => {}
                Some(_) => add(over, amount),
            }
        }
        if let Some(outcome) = outcome {
            till.closes(&permit.start(at(0)).unwrap().finish(outcome));
        }
    }
    (spent, refused)
}

#[test]
fn the_balances_are_the_sum_of_the_permits() {
    for round in 0..6 {
        let till = Till::new();
        let root = till.root([sum("600.00"), calls(400)]);
        let mut chains: Vec<VerifiedChain> = (0..4_u8)
            .map(|child| {
                let most = number(&format!("{}", 60 + 40 * u32::from(child)));
                let own = mandatum::Budget::sum(
                    "own".parse().unwrap(),
                    "eu-1".parse().unwrap(),
                    [crate::till::source("amount")],
                    most,
                );
                // Each below a lead of its own, so that each has an account of its own.
                let lead = till.child(&root, [1, 20 + usize::from(child)], []);
                let limit = mandatum::Limit::budget(own.unwrap());
                till.child(
                    &lead,
                    [20 + usize::from(child), 30 + usize::from(child)],
                    [limit],
                )
            })
            .collect();
        chains.push(root);
        let start = Barrier::new(THREADS);
        let all: Vec<(Spent, usize)> = std::thread::scope(|scope| {
            let threads = (0..THREADS).map(|thread| {
                let (till, chains, start) = (&till, &chains, &start);
                scope.spawn(move || {
                    start.wait();
                    runs(till, chains, round * THREADS + thread)
                })
            });
            threads
                .collect::<Vec<_>>()
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let mut spent = Spent::new();
        for (account, (over, open, max)) in all.iter().flat_map(|(spent, _)| spent) {
            let sum = spent.entry(*account).or_insert((0.into(), 0.into(), *max));
            add(&mut sum.0, *over);
            add(&mut sum.1, *open);
        }
        assert_eq!(spent.len(), 6, "two of the root, and one of each child");
        for (account, (over, open, max)) in spent {
            let balance = till
                .ledger
                .balance(&AccountId::from_bytes(account))
                .unwrap();
            assert_eq!((balance.spent, balance.held), (over, open));
            assert!(over.checked_add(open).unwrap() <= max);
        }
        assert!(all.iter().map(|(_, refused)| refused).sum::<usize>() > 100);
    }
}

/// To the last unit, and not one more: calls of one unit each, more of them than there is budget.
#[test]
fn a_budget_that_all_run_for_is_spent_to_the_last() {
    for _ in 0..5 {
        let till = Till::new();
        let root = till.root([calls(100)]);
        let children: Vec<_> = (0..THREADS)
            .map(|thread| till.child(&root, [1, 10 + thread], []))
            .collect();
        let start = Barrier::new(THREADS);
        let permitted: usize = std::thread::scope(|scope| {
            let threads = children.iter().map(|chain| {
                let (till, start) = (&till, &start);
                scope.spawn(move || {
                    start.wait();
                    let asks = |number| {
                        till.tries(chain, number, &crate::till::using("crm.read"))
                            .is_ok()
                    };
                    (0..50).filter(|number| asks(*number)).count()
                })
            });
            threads
                .collect::<Vec<_>>()
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(permitted, 100);
    }
}

#[test]
fn of_many_that_settle_one_call_one_is_permitted() {
    for _ in 0..20 {
        let till = Till::new();
        let chain = till.root([calls(10)]);
        let call = numbered(1, &crate::till::using("crm.read"));
        let start = Barrier::new(THREADS);
        let outcomes: Vec<LedgerOutcome> = std::thread::scope(|scope| {
            let threads = (0..THREADS).map(|thread| {
                let (till, chain, call, start) = (&till, &chain, &call, &start);
                scope.spawn(move || {
                    let unsettled = till.decides(chain, call, at(0)).unwrap();
                    let attempt = AttemptId::from_bytes([u8::try_from(thread).unwrap(); 16]);
                    start.wait();
                    till.ledger
                        .reserve(unsettled.charges(), attempt, at(0))
                        .outcome
                })
            });
            threads
                .collect::<Vec<_>>()
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let of = |wanted| {
            outcomes
                .iter()
                .filter(|outcome| **outcome == wanted)
                .count()
        };
        assert_eq!(
            (
                of(LedgerOutcome::Reserved),
                of(LedgerOutcome::Before { recorded: None })
            ),
            (1, THREADS - 1)
        );
        let account = till
            .decides(&chain, &call, at(0))
            .unwrap()
            .charges()
            .charges()[0]
            .account;
        assert_eq!(till.ledger.balance(&account).unwrap().held, 1.into());
    }
}

/// One record that many close is closed once.
#[test]
fn of_many_that_give_back_one_does() {
    let till = Till::new();
    let chain = till.root([calls(10)]);
    let permits: Vec<_> = (0..10)
        .map(|number| {
            till.tries(&chain, number, &crate::till::using("crm.read"))
                .unwrap()
        })
        .collect();
    let account = permits[0].charges()[0].account;
    let mut records = permits.into_iter().map(mandatum::Permit::cancel);
    let record = records.next().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| till.closes(&record));
        }
    });
    assert_eq!(till.ledger.balance(&account).unwrap().held, 9.into());
}

/// A ledger is shared between threads, by type; and a tool that panics takes down neither it nor
/// what it has counted.
#[test]
fn it_outlives_a_thread_that_panics() {
    fn shared<T: Send + Sync>() {}
    shared::<mandatum::MemoryLedger>();
    let till = Till::new();
    let chain = till.root([calls(2)]);
    let paid = |number| till.tries(&chain, number, &crate::till::using("crm.read"));
    let tool = std::thread::scope(|scope| {
        let tool = scope.spawn(|| {
            let permit = paid(0).unwrap();
            assert_eq!(permit.charges().len(), 0, "which it is not");
        });
        tool.join()
    });
    assert!(tool.is_err());
    let permit = paid(1).unwrap();
    assert_eq!(
        till.ledger
            .balance(&permit.charges()[0].account)
            .unwrap()
            .held,
        2.into()
    );
    assert_eq!(
        paid(2).map(drop).unwrap_err().code(),
        DenialCode::BudgetExhausted
    );
}

/// However threads interleave, a root takes a quarter of the room and not one place more, and all
/// room comes back.
#[test]
fn threads_take_no_more_room_than_their_root_may() {
    for _ in 0..10 {
        let till = Till::with(mandatum::MemoryLedger::new(80));
        let root = till.root([]);
        let start = Barrier::new(THREADS);
        let round = |seconds: u64| -> usize {
            let chains: Vec<_> = (0..THREADS)
                .map(|thread| till.child_until(&root, [1, 10 + thread], [], seconds + 61))
                .collect();
            std::thread::scope(|scope| {
                let threads = chains.iter().map(|chain| {
                    let (till, start) = (&till, &start);
                    scope.spawn(move || {
                        start.wait();
                        let call = |number| numbered(number, &crate::till::using("crm.read"));
                        (0..30)
                            .filter(|number| till.asks(chain, &call(*number), at(seconds)).is_ok())
                            .count()
                    })
                });
                threads
                    .collect::<Vec<_>>()
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .sum()
            })
        };
        assert_eq!([round(0), round(61)], [20, 20]);
    }
}
