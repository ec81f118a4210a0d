//! Rates: by GCRA, and exactly.

use crate::reference::may_come;
use crate::support::{Random, START, at, label};
use crate::till::{EU, Till, calls, numbered, refusal, sum, using};
use mandatum::charge::ChargeRefusal;
use mandatum::denial::ChargeError;
use mandatum::limits::{LimitError, RateLimit};
use mandatum::{DenialCode, Limit, Seconds, Timestamp, VerifiedChain};

fn rate(burst: u32, per: u64) -> Limit {
    Limit::rate_limit(RateLimit::new(label("pace"), label(EU), burst, Seconds::new(per)).unwrap())
}

/// Whether a call comes through at this time; if not, when the next may.
fn comes(till: &Till, chain: &VerifiedChain, number: usize, seconds: u64) -> Result<(), u64> {
    match till.asks(chain, &numbered(number, &using("crm.read")), at(seconds)) {
        Ok(_) => Ok(()),
        Err(denial) => match refusal::<()>(Err(denial)) {
            ChargeError::RateExceeded { account, until } if account == label("pace") => {
                Err(until.as_unix() - START)
            }
            other => panic!("{other:?}"),
        },
    }
}

/// Burst, period, and how far apart calls come at most.
const RATES: [(u32, u64, u64); 9] = [
    (1, 1, 3),
    (1, 10, 6),
    (2, 10, 6),
    (3, 7, 3),
    (7, 3, 2),
    (5, 60, 20),
    (10, 10, 2),
    (60, 60, 1),
    (20, 9, 1),
];

#[test]
fn in_any_stretch_come_at_most_the_burst_and_its_share_of_the_time() {
    for (burst, per, apart) in RATES {
        let (till, mut random, mut admitted, mut now) =
            (Till::new(), Random::new(u64::from(burst)), vec![], 0);
        let (chain, mut refused) = (till.root([rate(burst, per)]), 0);
        for number in 0..600 {
            now += if random.chance(60) {
                0
            } else {
                random.next() % (apart + 1)
            };
            match comes(&till, &chain, number, now) {
                Ok(()) => admitted.push(now),
                Err(_) => refused += 1,
            }
        }
        assert!(
            refused > 20 && admitted.len() > 20,
            "{burst} in {per} s: {} came, {refused} not",
            admitted.len()
        );
        let most = |time: u64| u64::from(burst) + u64::from(burst) * time / per;
        let mut fullest = false;
        for (first, from) in admitted.iter().enumerate() {
            for (last, to) in admitted.iter().enumerate().skip(first) {
                let came = u64::try_from(last - first + 1).unwrap();
                assert!(
                    came <= most(to - from),
                    "{came} in {} s of {burst} in {per} s",
                    to - from
                );
                fullest |= to > from && came == most(to - from);
            }
        }
        assert!(fullest, "{burst} in {per} s: never as many as may come");
    }
}

/// The second that a refusal names is the first in which one more comes; in the second before it
/// does not.
#[test]
fn a_refusal_says_the_first_second_in_which_one_more_may_come() {
    for (burst, per, apart) in RATES {
        let mut random = Random::new(per);
        let (till, mut times, mut now, mut told) = (Till::new(), Vec::new(), 0, 0);
        let (chain, mut number) = (till.root([rate(burst, per)]), 0..);
        for _ in 0..300 {
            now += if random.chance(90) {
                0
            } else {
                random.next() % (apart + 1)
            };
            let came = comes(&till, &chain, number.next().unwrap(), now);
            assert_eq!(came.is_ok(), may_come(&times, burst, per, now));
            let Err(until) = came else {
                times.push(now);
                continue;
            };
            assert!(until > now);
            assert_eq!(
                comes(&till, &chain, number.next().unwrap(), until - 1),
                Err(until)
            );
            assert_eq!(comes(&till, &chain, number.next().unwrap(), until), Ok(()));
            times.push(until);
            (now, told) = (until, told + 1);
        }
        assert!(told > 10, "{burst} in {per} s: {told}");
    }
}

#[test]
fn a_clock_that_steps_back_admits_nothing_more() {
    let till = Till::new();
    let chain = till.root([rate(3, 30)]);
    for number in 0..3 {
        assert_eq!(comes(&till, &chain, number, 100), Ok(()));
    }
    for (number, back) in (3..).zip([100, 99, 70, 41, 40]) {
        assert_eq!(comes(&till, &chain, number, back), Err(110), "at {back}");
    }
    assert_eq!(comes(&till, &chain, 8, 110), Ok(()));
    assert_eq!(comes(&till, &chain, 9, 50), Err(120));
}

/// By a clock that goes to and fro, no more come than in the whole time that it ever showed.
#[test]
fn nor_does_one_that_goes_to_and_fro() {
    for (burst, per, _) in RATES {
        let (till, mut random, mut came) = (Till::new(), Random::new(7), 0);
        let chain = till.root([rate(burst, per)]);
        for number in 0..400 {
            came += u64::from(comes(&till, &chain, number, random.next() % 31).is_ok());
        }
        assert!(
            came <= u64::from(burst) + u64::from(burst) * 30 / per,
            "{came} of {burst} in {per} s"
        );
        assert!(came > u64::from(burst) / 2);
    }
}

#[test]
fn a_rate_holds_for_all_descendants_together() {
    let till = Till::new();
    let root = till.root([rate(2, 10)]);
    let children = [11, 12, 13].map(|to| till.child(&root, [1, to], []));
    assert_eq!(comes(&till, &children[0], 0, 0), Ok(()));
    assert_eq!(comes(&till, &children[1], 1, 0), Ok(()));
    assert_eq!(comes(&till, &children[2], 2, 0), Err(5));
    assert_eq!(comes(&till, &root, 3, 4), Err(5));
    assert_eq!(comes(&till, &root, 4, 5), Ok(()));
}

/// A rate that refuses leaves the budget beside it alone, and the other way around.
#[test]
fn what_a_rate_refuses_is_not_spent_and_what_a_budget_refuses_sets_no_pace() {
    let till = Till::new();
    let chain = till.root([calls(2), rate(1, 10)]);
    let spent = till.tries(&chain, 0, &using("crm.read")).unwrap();
    assert_eq!(comes(&till, &chain, 1, 9), Err(10));
    let balance = till.ledger.balance(&spent.charges()[0].account).unwrap();
    assert_eq!(
        (
            balance.held,
            till.ledger.balance(&spent.charges()[1].account)
        ),
        (1.into(), None)
    );
    assert_eq!(comes(&till, &chain, 2, 10), Ok(()));
    for number in 3..6 {
        let code = till
            .asks(&chain, &numbered(number, &using("crm.read")), at(20))
            .map(drop)
            .unwrap_err()
            .code();
        assert_eq!(
            code,
            DenialCode::BudgetExhausted,
            "not too fast, however often it is tried"
        );
    }
}

#[test]
fn at_the_ends_of_time_and_of_what_a_rate_may_be() {
    let slot = |burst, per| RateLimit::new(label("pace"), label(EU), burst, per);
    let year = Seconds::hours(24 * 366);
    let cases = [
        (0, Seconds::new(1), false),
        (1, Seconds::new(0), false),
        (1, Seconds::new(year.get() + 1), false),
        (1_000_001, Seconds::new(1), false),
        (1, year, true),
        (1_000_000, Seconds::new(1), true),
    ];
    for (burst, per, is_one) in cases {
        assert_eq!(
            slot(burst, per).err(),
            (!is_one).then_some(LimitError::Rate),
            "{burst} in {per}"
        );
    }
    let till = Till::new();
    let chain = till.root([Limit::rate_limit(slot(1, year).unwrap()), sum("0")]);
    let call = |number| numbered(number, &crate::till::pays("0"));
    let first = till.decides(&chain, &call(1), at(0)).unwrap();
    let second = till.decides(&chain, &call(2), at(0)).unwrap();
    // Only the ledger's clock counts, and it is at the end of time.
    let ledger = mandatum::MemoryLedger::new(10);
    let late = Timestamp::MAX.minus(Seconds::new(1));
    let attempt = mandatum::primitives::AttemptId::from_bytes([1; 16]);
    let chain_is_over = ledger.reserve(first.charges(), attempt, late).outcome;
    assert_eq!(
        chain_is_over,
        mandatum::charge::LedgerOutcome::NoRoom,
        "its mark would be forgotten"
    );
    assert_eq!(
        till.ledger.reserve(first.charges(), attempt, at(0)).outcome,
        mandatum::charge::LedgerOutcome::Reserved
    );
    let why = ChargeRefusal::TooFast {
        until: at(year.get()),
    };
    let refused = mandatum::charge::LedgerOutcome::Refused { charge: 0, why };
    assert_eq!(
        till.ledger
            .reserve(second.charges(), attempt, at(1))
            .outcome,
        refused
    );
}

/// The terms of a rate are part of the account, so another rate begins anew, a slower one too.
#[test]
fn a_rate_with_other_terms_begins_anew() {
    let till = Till::new();
    let fast = till.root_numbered(1, [rate(2, 3_600)]);
    assert_eq!(
        [0, 1].map(|number| comes(&till, &fast, number, 0)),
        [Ok(()), Ok(())]
    );
    assert!(
        comes(&till, &till.root_numbered(2, [rate(2, 3_600)]), 2, 0).is_err(),
        "issued again as it was"
    );
    assert_eq!(
        comes(&till, &till.root_numbered(3, [rate(1, 3_600)]), 3, 0),
        Ok(())
    );
}
