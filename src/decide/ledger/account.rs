use super::room::Tenant;
use super::total::Total;
use crate::claims::Outcome;
use crate::decide::charge::Demand;
use crate::decide::settle::ChargeRefusal;
use crate::ground::{AccountId, Number, Seconds, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;

/// One account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) state: State,
    /// The tenant that charged it first, whose room it takes.
    pub(super) tenant: Arc<Tenant>,
    /// When the latest call was charged.
    pub(super) last: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The amounts of calls that are closed, and of calls that are open.
    Spent { spent: Total, held: Total },
    /// GCRA's theoretical arrival time: seconds since 1970, each in `burst` parts.
    Arrival { next: u128 },
    /// The group that was used first.
    Latched { group: usize },
}

/// The amounts that were charged to an account of a budget.
///
/// They are counted exactly. Where a [`Number`] has too few digits for a sum, that is beyond 1.7 × 10²⁰ with 18 digits after the
/// point, it is shown rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// By calls that are closed as done or failed.
    pub spent: Number,
    /// By calls that are open: held until they are closed.
    pub held: Number,
}

impl Account {
    /// Returns the state of an account after a charge, if it fits.
    pub(super) fn after(known: Option<&Self>, demand: &Demand, now: Timestamp) -> Result<State, ChargeRefusal> {
        let known = known.map(|account| account.state);
        match *demand {
            Demand::Spend { amount, max } => {
                let (spent, held) = amounts(known);
                spend(spent, held, amount, max)
            }
            Demand::Pace { burst, per } => pace(arrival(known), burst, per, now),
            Demand::Latch { group } => match known {
                Some(State::Latched { group: latched }) if latched != group => Err(ChargeRefusal::GroupClosed),
                _ => Ok(State::Latched { group }),
            },
        }
    }

    /// Returns the state of an account after a charge that was made before, whether or not it fits; `None` where it can't be
    /// added up.
    pub(super) fn counted(known: Option<&Self>, demand: &Demand, at: Timestamp) -> Option<State> {
        let known = known.map(|account| account.state);
        match *demand {
            Demand::Spend { amount, .. } => {
                let (spent, held) = amounts(known);
                let spent = spent.checked_add(Total::try_from(amount.max(Number::ZERO)).ok()?)?;
                spent.checked_add(held).map(|_| State::Spent { spent, held })
            }
            Demand::Pace { burst, per } => {
                let at = u128::from(at.as_unix()).saturating_mul(u128::from(burst));
                Some(State::Arrival { next: arrival(known).max(at).saturating_add(u128::from(per.get())) })
            }
            Demand::Latch { group } => match known {
                Some(latched @ State::Latched { .. }) => Some(latched),
                _ => Some(State::Latched { group }),
            },
        }
    }

    /// Puts an account into a state; one that is new takes its tenant's room.
    pub(super) fn set(
        accounts: &mut HashMap<AccountId, Self>,
        id: AccountId,
        state: State,
        tenant: &Arc<Tenant>,
        at: Timestamp,
    ) {
        match accounts.get_mut(&id) {
            Some(account) => (account.state, account.last) = (state, at.max(account.last)),
            None => {
                accounts.insert(id, Self { state, tenant: Arc::clone(tenant), last: at });
            }
        }
    }

    /// Gives back or commits an amount that an open call held.
    pub(super) fn close(&mut self, amount: Number, outcome: Outcome) {
        let State::Spent { spent, held } = &mut self.state else { return };
        // It was added to `held` when the call was reserved, so both operations succeed; otherwise it stays held.
        let Some((amount, less)) =
            Total::try_from(amount).ok().and_then(|amount| Some((amount, held.checked_sub(amount)?)))
        else {
            return;
        };
        match outcome {
            Outcome::Undone => *held = less,
            Outcome::Done | Outcome::Failed => {
                if let Some(more) = spent.checked_add(amount) {
                    (*spent, *held) = (more, less);
                }
            }
        }
    }

    /// Returns whether an open call holds something of it.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.state, State::Spent { held, .. } if held != Total::ZERO)
    }

    pub(super) fn balance(&self) -> Option<Balance> {
        match self.state {
            State::Spent { spent, held } => Some(Balance { spent: spent.rounded_up(), held: held.rounded_up() }),
            State::Arrival { .. } | State::Latched { .. } => None,
        }
    }
}

/// The kind of limit is part of an account's identity, so a known state is of the demand's kind.
fn amounts(known: Option<State>) -> (Total, Total) {
    match known {
        Some(State::Spent { spent, held }) => (spent, held),
        Some(State::Arrival { .. } | State::Latched { .. }) | None => (Total::ZERO, Total::ZERO),
    }
}

fn arrival(known: Option<State>) -> u128 {
    match known {
        Some(State::Arrival { next }) => next,
        Some(State::Spent { .. } | State::Latched { .. }) | None => 0,
    }
}

/// A total that overflows is more than any maximum, and so is an amount below zero, which no limit ever charges.
fn spend(spent: Total, held: Total, amount: Number, max: Number) -> Result<State, ChargeRefusal> {
    let max = Total::try_from(max).unwrap_or(Total::ZERO);
    let before = spent.checked_add(held);
    let more = Total::try_from(amount).ok().and_then(|amount| Some((amount, before?.checked_add(amount)?)));
    match more {
        Some((amount, whole)) if whole <= max => match held.checked_add(amount) {
            Some(held) => Ok(State::Spent { spent, held }),
            // `held` and the amount are at most `whole`.
            None => Err(ChargeRefusal::Exhausted { left: Number::ZERO }),
        },
        _ => {
            let left = before.and_then(|before| max.checked_sub(before)).unwrap_or(Total::ZERO);
            Err(ChargeRefusal::Exhausted { left: left.rounded_down() })
        }
    }
}

/// GCRA (ITU-T I.371 annex A.1) in time units of a second's `burst`-th part, in which calls come `per` units apart and may come
/// `(burst − 1) · per` units early.
fn pace(next: u128, burst: u32, per: Seconds, now: Timestamp) -> Result<State, ChargeRefusal> {
    let (burst, increment) = (u128::from(burst), u128::from(per.get()));
    let arrival = u128::from(now.as_unix()).saturating_mul(burst);
    let tolerance = burst.saturating_sub(1).saturating_mul(increment);
    let earliest = next.saturating_sub(tolerance);
    if arrival < earliest {
        let until = u64::try_from(earliest.div_ceil(burst)).ok().and_then(|until| Timestamp::from_unix(until).ok());
        return Err(ChargeRefusal::TooFast { until: until.unwrap_or(Timestamp::MAX) });
    }
    Ok(State::Arrival { next: next.max(arrival).saturating_add(increment) })
}
