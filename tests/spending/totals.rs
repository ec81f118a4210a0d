//! Sums of amounts are exact, whatever their digits: charges against a model that adds up decimal
//! digits.

use crate::support::{Random, at, label};
use crate::till::{EU, Till, action, exhausted, number, pays, refusal, source, sum};
use mandatum::claims::Outcome;
use mandatum::primitives::Number;
use mandatum::{Budget, Limit};

/// A sum in units of 10⁻¹⁸, as decimal digits, the lowest first. 60 digits are more than all sums
/// here have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Digits([u8; 60]);

impl Digits {
    fn of(number: Number) -> Self {
        let mut digits = [0; 60];
        let text = number.coefficient().to_string();
        let shift = usize::try_from(18 + number.exponent()).unwrap();
        for (place, digit) in text.bytes().rev().enumerate() {
            digits[place + shift] = digit - b'0';
        }
        Self(digits)
    }

    fn plus(self, other: Self) -> Self {
        let (mut sum, mut carry) = ([0; 60], 0);
        for (place, digit) in sum.iter_mut().enumerate() {
            let all = self.0[place] + other.0[place] + carry;
            (*digit, carry) = (all % 10, all / 10);
        }
        assert_eq!(carry, 0);
        Self(sum)
    }

    fn is_at_most(self, other: Self) -> bool {
        self.0.iter().rev().le(other.0.iter().rev())
    }
}

/// A number of any size: few digits or many, before and after the point.
fn amount(random: &mut Random, most: Number) -> Number {
    loop {
        let bits = u32::try_from(random.below(128)).unwrap();
        let coefficient =
            (u128::from(random.next()) << 64 | u128::from(random.next())) >> 1 >> bits.min(126);
        let scale = u32::try_from(random.below(19)).unwrap();
        let amount = Number::new(i128::try_from(coefficient).unwrap(), scale).unwrap();
        if amount <= most {
            return amount;
        }
    }
}

#[test]
fn every_sum_is_exact() {
    let (mut fitting, mut refused) = (0, 0);
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let most = amount(&mut random, i128::MAX.into());
        let till = Till::new();
        let budget = Limit::budget(
            Budget::sum(label("travel"), label(EU), [source("amount")], most).unwrap(),
        );
        let chain = till.root([budget]);
        // What is spent or held.
        let mut whole = Digits::of(Number::ZERO);
        for call in 0..40 {
            // Often a large part of the budget, so that it is spent before long.
            let part = Number::scientific(
                most.coefficient() / i128::from(random.within(2, 30)),
                most.exponent().into(),
            );
            let amount = if random.chance(50) {
                part.unwrap()
            } else {
                amount(&mut random, most)
            };
            let more = whole.plus(Digits::of(amount));
            let settled = till.tries(
                &chain,
                call,
                &action("pay.send", [("amount", amount.into())]),
            );
            assert_eq!(
                settled.is_ok(),
                more.is_at_most(Digits::of(most)),
                "seed {seed}, call {call}: {amount} of {most}"
            );
            let Ok(permit) = settled else {
                refused += 1;
                continue;
            };
            fitting += 1;
            let outcome = *random.pick(&[Outcome::Done, Outcome::Failed, Outcome::Undone]);
            match random.below(3) {
                0 => whole = more,
                _ => {
                    till.closes(&permit.start(at(0)).unwrap().finish(outcome));
                    whole = if outcome == Outcome::Undone {
                        whole
                    } else {
                        more
                    };
                }
            }
        }
    }
    assert!(
        fitting > 1_000 && refused > 1_000,
        "{fitting} fit, {refused} do not"
    );
}

/// The smallest of all charges takes itself and nothing more of the largest of all budgets.
#[test]
fn a_tiny_charge_leaves_a_large_budget_usable() {
    let most = Number::from(i128::MAX).to_string();
    let less = Number::from(i128::MAX - 1).to_string();
    let till = Till::new();
    let chain = till.root([sum(&most)]);
    let tiny = till
        .tries(&chain, 1, &pays("0.000000000000000001"))
        .unwrap();
    // What is left has more digits than a number, so it is rounded down to one that fits.
    assert_eq!(
        refusal(till.tries(&chain, 2, &pays(&most))),
        exhausted("travel", &less)
    );
    let large = till.tries(&chain, 3, &pays(&less)).unwrap();
    let account = large.charges()[0].account;
    assert_eq!(
        till.ledger.balance(&account).unwrap().held,
        number(&most),
        "rounded up"
    );
    assert_eq!(
        refusal(till.tries(&chain, 4, &pays("1"))),
        exhausted("travel", "0.999999999999999999")
    );
    assert!(till.tries(&chain, 5, &pays("0.999999999999999999")).is_ok());
    assert_eq!(
        refusal(till.tries(&chain, 6, &pays("0.000000000000000001"))),
        exhausted("travel", "0")
    );
    // And it is given back exactly.
    till.closes(&tiny.cancel());
    assert!(till.tries(&chain, 7, &pays("0.000000000000000001")).is_ok());
    assert_eq!(
        refusal(till.tries(&chain, 8, &pays("0.000000000000000001"))),
        exhausted("travel", "0")
    );
}

/// Whatever is said to be left, a call for it fits.
#[test]
fn what_is_left_fits() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let most = amount(&mut random, i128::MAX.into());
        let till = Till::new();
        let chain = till.root([Limit::budget(
            Budget::sum(label("travel"), label(EU), [source("amount")], most).unwrap(),
        )]);
        for call in 0..6 {
            let _ = till.tries(
                &chain,
                call,
                &action("pay.send", [("amount", amount(&mut random, most).into())]),
            );
        }
        let Err(denial) = till.tries(&chain, 98, &action("pay.send", [("amount", most.into())]))
        else {
            continue;
        };
        let mandatum::denial::ChargeError::BudgetExhausted { left, .. } =
            refusal::<()>(Err(denial))
        else {
            panic!("exhausted")
        };
        assert!(
            till.tries(&chain, 99, &action("pay.send", [("amount", left.into())]))
                .is_ok(),
            "{left} of {most}"
        );
    }
}
