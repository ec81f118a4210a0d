//! Budgets that begin anew with each day, week or month.

use crate::support::{at, label};
use crate::till::{EU, Till, exhausted, numbered, pays, refusal, source};
use mandatum::claims::Outcome;
use mandatum::ledger::Balance;
use mandatum::primitives::Period;
use mandatum::{Budget, Limit, Permit, Seconds, VerifiedChain};

const DAY: u64 = 86_400;

/// Ten a period, and a mandate that lives for a hundred days from the first second of January 2026,
/// a Thursday.
fn stage(period: Period) -> (Till, VerifiedChain) {
    let till = Till::living(100 * DAY);
    let budget = Budget::sum(label("travel"), label(EU), [source("amount")], 10.into()).unwrap();
    let chain = till.root([Limit::budget(budget.with_period(period))]);
    (till, chain)
}

fn balance(till: &Till, permit: &Permit) -> [String; 2] {
    let Balance { spent, held } = till.ledger.balance(&permit.charges()[0].account).unwrap();
    [spent.to_string(), held.to_string()]
}

/// The last second of one period and the first of the next: all of it may be spent in each.
#[test]
fn across_a_boundary_up_to_twice_the_amount_passes() {
    for (period, begins) in [
        (Period::Day, DAY),
        (Period::Week, 4 * DAY),
        (Period::Month, 31 * DAY),
        (Period::Month, 59 * DAY),
    ] {
        let (till, chain) = stage(period);
        let asks = |call: usize, amount: &str, second: u64| {
            till.asks(&chain, &numbered(call, &pays(amount)), at(second))
        };
        let last = asks(1, "10", begins - 1).unwrap();
        assert_eq!(
            refusal(asks(2, "0.01", begins - 1)),
            exhausted("travel", "0"),
            "{period}"
        );
        let first = asks(3, "10", begins).unwrap();
        assert_eq!(
            first.charges()[0].account,
            last.charges()[0].account,
            "one row"
        );
        assert_eq!(
            refusal(asks(4, "0.01", begins)),
            exhausted("travel", "0"),
            "{period}"
        );
        // And no more before the next one.
        let next = match period {
            Period::Day => begins + DAY,
            Period::Week => begins + 7 * DAY,
            Period::Month if begins == 31 * DAY => 59 * DAY,
            Period::Month => 90 * DAY,
        };
        assert_eq!(
            refusal(asks(5, "0.01", next - 1)),
            exhausted("travel", "0"),
            "{period}"
        );
        assert!(asks(6, "10", next).is_ok(), "{period}");
    }
}

/// The ledger's clock never goes back, so neither does the period.
#[test]
fn a_clock_that_is_set_back_stays_in_the_later_period() {
    let (till, chain) = stage(Period::Day);
    let permit = till
        .asks(&chain, &numbered(1, &pays("4")), at(DAY))
        .unwrap();
    let back = till.asks(&chain, &numbered(2, &pays("7")), at(DAY - 30));
    assert_eq!(refusal(back), exhausted("travel", "6"));
    assert!(
        till.asks(&chain, &numbered(3, &pays("6")), at(DAY - 30))
            .is_ok()
    );
    assert_eq!(balance(&till, &permit), ["0", "10"]);
}

/// What is given back, or committed, goes to the period in which it was taken.
#[test]
fn giving_back_does_nothing_to_a_later_period() {
    for outcome in [Outcome::Done, Outcome::Failed, Outcome::Undone] {
        let (till, chain) = stage(Period::Day);
        let old = till
            .asks(&chain, &numbered(1, &pays("3")), at(DAY - 1))
            .unwrap();
        let new = till
            .asks(&chain, &numbered(2, &pays("8")), at(DAY))
            .unwrap();
        assert_eq!(balance(&till, &new), ["0", "8"]);
        till.closes(&old.start(at(DAY)).unwrap().finish(outcome));
        assert_eq!(balance(&till, &new), ["0", "8"], "{outcome}");
        assert_eq!(
            refusal(till.asks(&chain, &numbered(3, &pays("2.01")), at(DAY))),
            exhausted("travel", "2")
        );
        till.closes(&new.start(at(DAY)).unwrap().finish(Outcome::Undone));
        assert!(
            till.asks(&chain, &numbered(4, &pays("10")), at(DAY))
                .is_ok()
        );
    }
}

/// Until the next charge comes, yesterday's is not shown as today's.
#[test]
fn a_balance_is_of_the_period_that_the_clock_is_in() {
    let (till, chain) = stage(Period::Day);
    let permit = till.asks(&chain, &numbered(1, &pays("10")), at(0)).unwrap();
    assert_eq!(balance(&till, &permit), ["0", "10"]);
    till.ledger.forget_before(at(DAY));
    assert_eq!(balance(&till, &permit), ["0", "0"]);
    // A row that holds something for an earlier period is kept all the same.
    till.ledger.forget_accounts(at(9 * DAY), Seconds::new(0));
    assert_eq!(balance(&till, &permit), ["0", "0"]);
}

/// A ledger that is restored counts each charge in its own period, in whatever order they come.
#[test]
fn what_is_restored_counts_in_its_own_period() {
    let (till, chain) = stage(Period::Day);
    let unsettled = till
        .decides(&chain, &numbered(0, &pays("4")), at(DAY))
        .unwrap();
    let (charges, charge) = (
        unsettled.charges(),
        unsettled.charges().charges()[0].clone(),
    );
    let tenant = (charges.issuer(), charges.root());
    for second in [DAY - 1, DAY, 2, DAY + 1] {
        assert!(
            till.ledger
                .restore_charge(&charge, tenant, at(second), None)
        );
    }
    till.ledger.forget_before(at(DAY));
    assert_eq!(
        till.ledger.balance(&charge.account).unwrap().spent,
        8.into()
    );
}
