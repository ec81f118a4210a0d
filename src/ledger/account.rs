use super::marks::Hold;
use super::tenants::Tenant;
use crate::charge::{ChargeRefusal, Demand};
use crate::claims::Outcome;
use crate::primitives::{Number, Period, Seconds, Timestamp, Total};
use std::sync::Arc;

/// An account, with its state and how long it is kept.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) state: State,
    /// The tenant that charged it first, whose room it takes.
    pub(super) tenant: Arc<Tenant>,
    /// The time of the latest charge.
    pub(crate) last: Timestamp,
    /// The first second in which a value is no longer remembered; `None` for an account that the
    /// host forgets. It never moves earlier.
    pub(crate) keep_until: Option<Timestamp>,
    /// The number of calls that hold a value, in whatever period they began.
    pub(crate) open: u32,
}

/// The state of an account, by its kind of limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The amounts of calls that are closed and of calls that are open. A budget that renews has
    /// them for a period, with the period's index.
    Spent {
        period: Option<(Period, u64)>,
        spent: Total,
        held: Total,
    },
    /// GCRA's theoretical arrival time: seconds since 1970, each in `burst` parts.
    Arrival { next: u128 },
    /// The group that was used first.
    Latched { group: usize },
}

/// The amounts that were charged to an account of a budget. For a budget that renews they are those
/// of the period that the ledger's clock is in.
///
/// They are counted exactly. Where a [`Number`] has too few digits for a sum, that is beyond 1.7 ×
/// 10²⁰ with 18 digits after the point, it is shown rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Amounts of calls that are closed as done or failed.
    pub spent: Number,
    /// Amounts of calls that are open, held until they are closed.
    pub held: Number,
}

impl Account {
    /// Returns the state of an account after a charge, if the charge fits.
    pub(crate) fn after(
        known: Option<&Self>,
        demand: &Demand,
        now: Timestamp,
    ) -> Result<State, ChargeRefusal> {
        let known = known.map(|account| account.state);
        match *demand {
            Demand::Spend {
                amount,
                max,
                period,
                ..
            } => Amounts::at(known, period, now).spend(amount, max),
            Demand::Pace { burst, per } => pace(arrival(known), burst, per, now),
            Demand::Latch { group } => match known {
                Some(State::Latched { group: latched }) if latched != group => {
                    Err(ChargeRefusal::GroupClosed)
                }
                // A new account, or one that this group closed already.
                _ => Ok(State::Latched { group }),
            },
        }
    }

    /// Returns the state of an account after a restored charge, whether or not it fits; `None` for
    /// a sum that is too large.
    pub(crate) fn counted(known: Option<&Self>, demand: &Demand, at: Timestamp) -> Option<State> {
        let known = known.map(|account| account.state);
        match *demand {
            Demand::Spend { amount, period, .. } => {
                let Amounts {
                    period: latest,
                    spent,
                    held,
                } = Amounts::at(known, period, at);
                let is_of_earlier = latest.is_some_and(|(period, index)| period.index(at) < index);
                // A charge of an earlier period was counted there, and nothing is left of it now.
                let amount = if is_of_earlier {
                    Number::ZERO
                } else {
                    // A restored charge is the host's data, so its amount may be anything.
                    amount.max(Number::ZERO)
                };
                let spent = spent.checked_add(Total::try_from(amount).ok()?)?;
                // Only a total that can be compared with a maximum is kept.
                spent.checked_add(held).map(|_| State::Spent {
                    period: latest,
                    spent,
                    held,
                })
            }
            Demand::Pace { burst, per } => {
                let at = u128::from(at.as_unix()).saturating_mul(u128::from(burst));
                Some(State::Arrival {
                    next: arrival(known).max(at).saturating_add(u128::from(per.get())),
                })
            }
            Demand::Latch { group } => match known {
                Some(latched @ State::Latched { .. }) => Some(latched),
                _ => Some(State::Latched { group }),
            },
        }
    }

    /// Remembers a value until then, or longer if it already is.
    pub(crate) fn keep(&mut self, until: Option<Timestamp>) {
        // `None` is less than any time.
        self.keep_until = self.keep_until.max(until);
    }

    /// Returns when the account is forgotten by itself. That is only a value that is remembered for
    /// a time and is held by no open call.
    pub(super) fn forget_at(&self) -> Option<Timestamp> {
        self.keep_until.filter(|_| !self.is_held())
    }

    /// Gives back or commits an amount that an open call held. An amount of one period changes
    /// nothing in a later one.
    pub(crate) fn close(&mut self, hold: &Hold, outcome: Outcome, now: Timestamp) {
        if hold.remember.is_some() {
            self.open = self.open.saturating_sub(1);
            if outcome != Outcome::Undone {
                self.keep(hold.remember.map(|remember| now.plus(remember)));
            }
        }
        let State::Spent {
            period,
            spent,
            held,
        } = &mut self.state
        else {
            return;
        };
        if period.map(|(_, index)| index) != hold.index {
            return;
        }
        // The amount was added to `held` when the call was reserved, so both operations succeed. If
        // one failed, the amount would stay held.
        let Some((amount, less)) = Total::try_from(hold.amount)
            .ok()
            .and_then(|amount| Some((amount, held.checked_sub(amount)?)))
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
        self.open > 0 || matches!(self.state, State::Spent { held, .. } if held != Total::ZERO)
    }

    /// Returns the amounts at `now`; `None` for an account of a rate or of groups, and for a value
    /// that is no longer remembered.
    pub(super) fn balance(&self, now: Timestamp) -> Option<Balance> {
        let State::Spent { period, .. } = self.state else {
            return None;
        };
        if self.forget_at().is_some_and(|forget_at| forget_at <= now) {
            return None;
        }
        let period = period.map(|(period, _)| period);
        let Amounts { spent, held, .. } = Amounts::at(Some(self.state), period, now);
        Some(Balance {
            spent: spent.rounded_up(),
            held: held.rounded_up(),
        })
    }
}

/// The amounts that count at a time.
struct Amounts {
    period: Option<(Period, u64)>,
    spent: Total,
    held: Total,
}

impl Amounts {
    /// Returns the amounts of an account in the period that `now` is in. If the account is in a
    /// later period already, because a clock was set back, that period stays.
    ///
    /// The kind of limit and the period are part of an account's identity, so a known state is of
    /// the demand's kind.
    fn at(known: Option<State>, period: Option<Period>, now: Timestamp) -> Self {
        let begun = period.map(|period| (period, period.index(now)));
        match known {
            Some(State::Spent {
                period,
                spent,
                held,
            }) if period >= begun => Self {
                period,
                spent,
                held,
            },
            Some(_) | None => Self {
                period: begun,
                spent: Total::ZERO,
                held: Total::ZERO,
            },
        }
    }

    /// Returns the state after the amount is held. A total that overflows is more than any maximum,
    /// and so is an amount below zero, which no limit ever charges.
    fn spend(self, amount: Number, max: Number) -> Result<State, ChargeRefusal> {
        let Self {
            period,
            spent,
            held,
        } = self;
        // A maximum is never negative. If one were, nothing would fit.
        let max = Total::try_from(max).unwrap_or(Total::ZERO);
        let before = spent.checked_add(held);
        let more = Total::try_from(amount)
            .ok()
            .and_then(|amount| Some((amount, before?.checked_add(amount)?)));
        match more {
            Some((amount, whole)) if whole <= max => match held.checked_add(amount) {
                Some(held) => Ok(State::Spent {
                    period,
                    spent,
                    held,
                }),
                // Unreachable: `held` and the amount together are at most `whole`.
                None => Err(ChargeRefusal::Exhausted { left: Number::ZERO }),
            },
            _ => {
                let left = before
                    .and_then(|before| max.checked_sub(before))
                    .unwrap_or(Total::ZERO);
                Err(ChargeRefusal::Exhausted {
                    left: left.rounded_down(),
                })
            }
        }
    }
}

/// Returns the theoretical arrival time of a rate.
fn arrival(known: Option<State>) -> u128 {
    match known {
        Some(State::Arrival { next }) => next,
        // A known state of another kind is unreachable; see `Amounts::at`.
        Some(State::Spent { .. } | State::Latched { .. }) | None => 0,
    }
}

/// Returns the state after a call of a rate, by GCRA (ITU-T I.371 annex A.1). The unit of time is
/// the `burst`-th part of a second. Calls come `per` units apart, and may come `(burst − 1) · per`
/// units early.
fn pace(next: u128, burst: u32, per: Seconds, now: Timestamp) -> Result<State, ChargeRefusal> {
    let (burst, increment) = (u128::from(burst), u128::from(per.get()));
    let arrival = u128::from(now.as_unix()).saturating_mul(burst);
    let tolerance = burst.saturating_sub(1).saturating_mul(increment);
    let earliest = next.saturating_sub(tolerance);
    if arrival < earliest {
        let until = u64::try_from(earliest.div_ceil(burst))
            .ok()
            .and_then(|until| Timestamp::from_unix(until).ok());
        return Err(ChargeRefusal::TooFast {
            // Beyond the last second that can be written, there is no better answer.
            until: until.unwrap_or(Timestamp::MAX),
        });
    }
    Ok(State::Arrival {
        next: next.max(arrival).saturating_add(increment),
    })
}
