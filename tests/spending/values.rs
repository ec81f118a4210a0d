//! Budgets per value of an argument: the same effect once.

use crate::support::{at, label};
use crate::till::{EU, LEAD, Till, action, exhausted, numbered, refusal};
use mandatum::charge::Reservation;
use mandatum::claims::Outcome;
use mandatum::denial::RecordedOutcome;
use mandatum::ledger::CallMark;
use mandatum::limits::{PerValue, Source};
use mandatum::primitives::{Period, Value};
use mandatum::{
    Action, Budget, Denial, DenialCode, Limit, MemoryLedger, Permit, Seconds, VerifiedChain,
};

const HOUR: u64 = 3_600;

fn per_order() -> PerValue {
    PerValue::new("order".parse().unwrap(), Seconds::new(HOUR)).unwrap()
}

/// One call for each order.
fn once(per_value: PerValue) -> Limit {
    Limit::budget(Budget::calls(label("refunds"), label(EU), 1).with_per_value(per_value))
}

fn refund(order: impl Into<Value>) -> Action {
    action("pay.send", [("order", order.into())])
}

fn stage() -> (Till, VerifiedChain) {
    let till = Till::new();
    let chain = till.root([once(per_order())]);
    (till, chain)
}

fn done(till: &Till, permit: Permit, second: u64) {
    till.closes(&permit.start(at(second)).unwrap().finish(Outcome::Done));
}

/// Across ids, retries, and on a root the mandates that are issued again and those below.
#[test]
fn an_effect_happens_once_for_each_value() {
    let (till, chain) = stage();
    done(&till, till.tries(&chain, 1, &refund("A-1")).unwrap(), 0);
    assert_eq!(
        refusal(till.tries(&chain, 2, &refund("A-1"))),
        exhausted("refunds", "0")
    );
    let again = till.root_numbered(2, [once(per_order())]);
    let below = till.child(&again, [LEAD, 11], []);
    for chain in [&again, &below] {
        assert_eq!(
            refusal(till.tries(chain, 3, &refund("A-1"))),
            exhausted("refunds", "0")
        );
    }
    assert!(till.tries(&below, 4, &refund("A-2")).is_ok());
    // Below, another key gives it out, so it is another account.
    let own = till.child(&till.root_numbered(3, []), [LEAD, 11], [once(per_order())]);
    assert!(till.tries(&own, 5, &refund("A-1")).is_ok());
}

#[test]
fn values_are_told_apart_by_spelling_and_type() {
    let (till, chain) = stage();
    let apart: [Value; 6] = [
        "A-1".into(),
        "a-1".into(),
        7.into(),
        "7".into(),
        true.into(),
        "true".into(),
    ];
    for (call, value) in (0..).zip(&apart) {
        assert!(
            till.tries(&chain, call, &refund(value.clone())).is_ok(),
            "{value}"
        );
    }
    for (call, value) in (10..).zip(apart) {
        assert_eq!(
            refusal(till.tries(&chain, call, &refund(value))),
            exhausted("refunds", "0")
        );
    }
    let folding = till.root_numbered(2, [once(per_order().with_any_case())]);
    assert!(till.tries(&folding, 20, &refund("A-1")).is_ok());
    assert_eq!(
        refusal(till.tries(&folding, 21, &refund("a-1"))),
        exhausted("refunds", "0")
    );
    assert!(till.tries(&folding, 22, &refund("Ä")).is_ok());
    assert!(
        till.tries(&folding, 23, &refund("ä")).is_ok(),
        "only ASCII letters are folded"
    );
}

#[test]
fn a_value_that_is_given_back_may_come_again() {
    let (till, chain) = stage();
    let permit = till.tries(&chain, 1, &refund("A-1")).unwrap();
    assert_eq!(
        refusal(till.tries(&chain, 2, &refund("A-1"))),
        exhausted("refunds", "0")
    );
    till.closes(&permit.cancel());
    assert!(till.tries(&chain, 3, &refund("A-1")).is_ok());
}

/// It is remembered from the call on, and from its end on, and while it runs.
#[test]
fn a_value_is_remembered_for_as_long_as_the_limit_says() {
    let (till, chain) = stage();
    let asks =
        |call: usize, second: u64| till.asks(&chain, &numbered(call, &refund("A-1")), at(second));
    let permit = asks(1, 0).unwrap();
    let account = permit.charges()[0].account;
    assert_eq!(
        refusal(asks(2, 3 * HOUR)),
        exhausted("refunds", "0"),
        "while it runs"
    );
    done(&till, permit, 3 * HOUR);
    assert_eq!(
        refusal(asks(3, 4 * HOUR - 1)),
        exhausted("refunds", "0"),
        "until an hour after its end"
    );
    assert!(till.ledger.balance(&account).is_some());
    till.ledger.forget_before(at(4 * HOUR));
    assert_eq!(till.ledger.balance(&account), None);
    assert!(asks(4, 4 * HOUR).is_ok());
}

/// Whatever the period in which the call began, and whatever it comes to.
#[test]
fn a_value_is_remembered_while_any_call_with_it_is_open() {
    const DAY: u64 = 86_400;
    let till = Till::living(9 * DAY);
    let budget = Budget::calls(label("refunds"), label(EU), 1)
        .with_per_value(per_order())
        .with_period(Period::Day);
    let chain = till.root([Limit::budget(budget)]);
    let asks =
        |call: usize, second: u64| till.asks(&chain, &numbered(call, &refund("A-1")), at(second));
    let yesterdays = asks(1, DAY - 10).unwrap();
    done(&till, asks(2, DAY + 10).unwrap(), DAY + 10);
    assert_eq!(refusal(asks(3, DAY + 20)), exhausted("refunds", "0"));
    assert_eq!(
        refusal(asks(4, DAY + 10 + HOUR)),
        exhausted("refunds", "0"),
        "yesterday's call is open"
    );
    done(&till, yesterdays, DAY + 10 + HOUR);
    assert_eq!(
        refusal(asks(5, DAY + 9 + 2 * HOUR)),
        exhausted("refunds", "0"),
        "an hour from its end"
    );
    assert!(asks(6, DAY + 10 + 2 * HOUR).is_ok());

    // A call that comes to nothing.
    let till = Till::new();
    let sum = Budget::sum(
        label("refunds"),
        label(EU),
        [Source::new("amount".parse().unwrap())],
        10.into(),
    )
    .unwrap();
    let chain = till.root([Limit::budget(sum.with_per_value(per_order()))]);
    let asks = |call: usize, amount: i64, second: u64| {
        let entries = [
            ("order", Value::from("A-1")),
            ("amount", Value::from(amount)),
        ];
        till.asks(
            &chain,
            &numbered(call, &action("pay.send", entries)),
            at(second),
        )
    };
    done(&till, asks(1, 10, 0).unwrap(), 0);
    let nothing = asks(2, 0, 1).unwrap();
    assert_eq!(
        refusal(asks(3, 10, HOUR + 1)),
        exhausted("refunds", "0"),
        "a call with the value is open"
    );
    done(&till, nothing, HOUR + 1);
    assert_eq!(refusal(asks(4, 10, 2 * HOUR)), exhausted("refunds", "0"));
    assert!(asks(5, 10, 2 * HOUR + 1).is_ok());
}

/// The clock of a new ledger has not begun: what it restores is as old as its mark says.
#[test]
fn a_restored_open_call_is_not_abandoned_at_once() {
    let (till, chain) = stage();
    let permit = till
        .asks(&chain, &numbered(1, &refund("A-1")), at(100))
        .unwrap();
    let (request, recorded) = (permit.request(), RecordedOutcome::Open);
    let mark = CallMark {
        request,
        at: at(100),
        latest: at(100),
        attempt: None,
        recorded,
        keep_until: at(9 * HOUR),
    };
    let ledger = MemoryLedger::new(1_000);
    let tenant = (chain.anchor().issuer(), chain.chain().leaf_id());
    assert!(ledger.restore_mark(permit.key(), tenant, mark));
    let told = |second: u64| {
        let again = till
            .decides(&chain, &numbered(1, &refund("A-1")), at(second))
            .unwrap();
        ledger.settle(again, at(second)).unwrap_err().recorded()
    };
    ledger.close_abandoned(at(101), Seconds::hours(1));
    assert_eq!(told(102), Some(RecordedOutcome::Open));
    ledger.close_abandoned(at(101 + HOUR), Seconds::hours(1));
    assert_eq!(
        told(102 + HOUR),
        Some(RecordedOutcome::Closed(Outcome::Failed))
    );
}

/// A ledger that is restored remembers from the end of the call, and for good where nobody told of
/// an end.
#[test]
fn a_restored_value_is_remembered_from_the_end_of_its_call() {
    let (till, chain) = stage();
    let permit = till
        .asks(&chain, &numbered(1, &refund("A-1")), at(0))
        .unwrap();
    let (charge, request) = (permit.charges()[0].clone(), permit.request());
    let (issuer, root) = (chain.anchor().issuer().clone(), chain.chain().leaf_id());
    let mark = |recorded| CallMark {
        request,
        at: at(0),
        latest: at(0),
        attempt: None,
        recorded,
        keep_until: at(9 * HOUR),
    };
    let restored = |closed: Option<u64>, recorded| {
        let till = Till::new();
        assert!(
            till.ledger
                .restore_mark(permit.key(), (&issuer, root), mark(recorded))
        );
        assert!(
            till.ledger
                .restore_charge(&charge, (&issuer, root), at(0), closed.map(at))
        );
        till
    };
    let asks = |till: &Till, second: u64| {
        let number = usize::try_from(second / HOUR).unwrap();
        till.asks(&chain, &numbered(2 + number, &refund("A-1")), at(second))
    };
    let till = restored(Some(3 * HOUR), RecordedOutcome::Closed(Outcome::Done));
    assert_eq!(
        refusal(asks(&till, 4 * HOUR - 1)),
        exhausted("refunds", "0")
    );
    assert!(asks(&till, 4 * HOUR).is_ok());
    let till = restored(None, RecordedOutcome::Open);
    till.ledger.forget_before(at(HOUR));
    till.ledger.close(
        Reservation {
            key: permit.key(),
            at: at(0),
        },
        Outcome::Done,
    );
    assert_eq!(
        refusal(asks(&till, 7 * HOUR)),
        exhausted("refunds", "0"),
        "the ledger can't tell whose it was"
    );
}

/// No later charge, nor a limit that is issued again with less time, makes it forgotten earlier.
#[test]
fn a_remembered_time_never_moves_earlier() {
    let till = Till::new();
    let remembering = |seconds: u64, number: u8| {
        let per_value = PerValue::new("order".parse().unwrap(), Seconds::new(seconds)).unwrap();
        let budget = Budget::calls(label("refunds"), label(EU), 2).with_per_value(per_value);
        till.root_numbered(number, [Limit::budget(budget)])
    };
    let (long, short) = (remembering(HOUR, 1), remembering(60, 2));
    let asks = |chain, call: usize, second: u64| {
        till.asks(chain, &numbered(call, &refund("A-1")), at(second))
    };
    done(&till, asks(&long, 1, 0).unwrap(), 0);
    done(&till, asks(&short, 2, 10).unwrap(), 10);
    assert_eq!(
        refusal(asks(&short, 3, HOUR - 1)),
        exhausted("refunds", "0")
    );
    assert!(asks(&short, 4, HOUR).is_ok());
}

/// A host can't forget a value early, and one that is forgotten gives its room back.
#[test]
fn values_take_room_for_as_long_as_they_are_remembered() {
    let till = Till::with(MemoryLedger::new(8));
    let chain = till.root([once(per_order())]);
    let mut accounts = Vec::new();
    while let Ok(permit) = till.asks(
        &chain,
        &numbered(accounts.len(), &refund(accounts.len().to_string())),
        at(0),
    ) {
        accounts.push(permit.charges()[0].account);
        done(&till, permit, 0);
    }
    assert_eq!(
        accounts.len(),
        2,
        "a root takes a quarter of an empty ledger"
    );
    till.ledger.forget_accounts(at(HOUR - 1), Seconds::new(0));
    assert!(
        accounts
            .iter()
            .all(|account| till.ledger.balance(account).is_some())
    );
    till.ledger.forget_accounts(at(HOUR), Seconds::hours(9));
    assert!(
        accounts
            .iter()
            .all(|account| till.ledger.balance(account).is_none())
    );
}

#[test]
fn a_forgotten_value_gives_its_room_back() {
    let till = Till::with(MemoryLedger::new(100));
    let short = |account: &str| {
        let per_value = PerValue::new("order".parse().unwrap(), Seconds::new(60)).unwrap();
        Limit::budget(Budget::calls(label(account), label(EU), 1).with_per_value(per_value))
    };
    // Two accounts for each mark, so that these run out first.
    let chain = till.root([short("a"), short("b")]);
    let asks = |call: usize, second: u64| {
        let permit = till.asks(
            &chain,
            &numbered(call, &refund(call.to_string())),
            at(second),
        )?;
        done(&till, permit, second);
        Ok(())
    };
    let fit = (0..50).take_while(|call| asks(*call, 0).is_ok()).count();
    assert!((10..14).contains(&fit), "{fit}");
    let full: Denial = asks(60, 59).unwrap_err();
    assert_eq!(full.code(), DenialCode::LedgerFull);
    assert!((70..70 + fit).all(|call| call >= 78 || asks(call, 60).is_ok()));
}

/// A value with a period: so many a day for each.
#[test]
fn a_value_may_have_its_budget_each_day() {
    let day = 86_400;
    let till = Till::living(10 * day);
    let per_value = PerValue::new("order".parse().unwrap(), Seconds::hours(48)).unwrap();
    let daily = Budget::calls(label("mails"), label(EU), 1)
        .with_period(Period::Day)
        .with_per_value(per_value);
    let chain = till.root([Limit::budget(daily)]);
    let asks =
        |call: usize, second: u64| till.asks(&chain, &numbered(call, &refund("ana")), at(second));
    done(&till, asks(1, 0).unwrap(), 0);
    assert_eq!(refusal(asks(2, day - 1)), exhausted("mails", "0"));
    done(&till, asks(3, day).unwrap(), day);
    assert_eq!(refusal(asks(4, day + 1)), exhausted("mails", "0"));
}
