use super::account::State;
use super::mark::CallMark;
use super::tenants::{Room, Tenant};
use crate::charge::{Charge, Charges, Demand, LedgerOutcome, LedgerTerms, Reservation};
use crate::claims::Outcome;
use crate::denial::RecordedOutcome;
use crate::primitives::{AccountId, AttemptId, CallKey, Number, Seconds, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The marked calls of a shard.
#[derive(Debug, Default)]
pub(super) struct Marks {
    by_key: HashMap<CallKey, Kept>,
    /// The calls that may be forgotten, each with its time. A call that holds something is not
    /// among them.
    by_time: BTreeSet<(Timestamp, CallKey)>,
}

/// A mark with what the ledger keeps beside it.
#[derive(Debug)]
struct Kept {
    mark: CallMark,
    tenant: Arc<Tenant>,
    /// The time of the reservation by the ledger's clock.
    since: Timestamp,
    /// The amounts that the call holds; empty for a call that is closed or never held anything.
    held: Box<[Hold]>,
}

/// An amount of an account that an open call holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(crate) account: AccountId,
    pub(crate) amount: Number,
    /// The index of the period in which it was taken, for a budget that renews.
    pub(crate) index: Option<u64>,
    /// The time for which the value is remembered after the close, for a budget per value.
    pub(crate) remember: Option<Seconds>,
}

impl Hold {
    /// Returns what a charge holds once it is made and its account is in a state; `None` for rates,
    /// groups and amounts of zero, where nothing can be given back. A budget per value holds the
    /// value, whatever the amount.
    pub(crate) fn new(charge: &Charge, state: State) -> Option<Self> {
        match (charge.demand, state) {
            (
                Demand::Spend {
                    amount, remember, ..
                },
                State::Spent { period, .. },
            ) if amount > Number::ZERO || remember.is_some() => Some(Self {
                account: charge.account,
                amount,
                index: period.map(|(_, index)| index),
                remember,
            }),
            _ => None,
        }
    }
}

impl Marks {
    /// Returns the number of marked calls.
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Returns whether a call is marked.
    pub(crate) fn contains(&self, key: &CallKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// Marks a call that is not marked. The caller has taken room for it.
    pub(crate) fn insert(
        &mut self,
        key: CallKey,
        mark: CallMark,
        tenant: Arc<Tenant>,
        since: Timestamp,
        held: Box<[Hold]>,
    ) {
        if held.is_empty() {
            self.by_time.insert((mark.keep_until, key));
        }
        self.by_key.insert(
            key,
            Kept {
                mark,
                tenant,
                since,
                held,
            },
        );
    }

    /// Answers a call that is marked; `None` for one that is not.
    pub(crate) fn answer(
        &mut self,
        charges: &Charges,
        attempt: Option<AttemptId>,
        terms: &LedgerTerms,
    ) -> Option<LedgerOutcome> {
        let key = charges.key();
        let kept = self.by_key.get_mut(&key)?;
        let before = kept.mark.keep_until;
        let outcome = kept.mark.answer(charges, attempt, terms);
        // A call that holds something has no place in the order of time.
        if kept.mark.keep_until != before && self.by_time.remove(&(before, key)) {
            self.by_time.insert((kept.mark.keep_until, key));
        }
        Some(outcome)
    }

    /// Closes a reservation and returns what it held; nothing for a reservation that is not open.
    pub(crate) fn close(
        &mut self,
        Reservation { key, at }: Reservation,
        outcome: Outcome,
    ) -> Box<[Hold]> {
        let Some(kept) = self.by_key.get_mut(&key) else {
            return Box::default();
        };
        if !kept.mark.close(at, outcome) {
            return Box::default();
        }
        let held = std::mem::take(&mut kept.held);
        // It held something, so it had no place in the order of time, and has one from now on.
        if !held.is_empty() {
            self.by_time.insert((kept.mark.keep_until, key));
        }
        held
    }

    /// Closes every call that is open for longer than `open_for`, and returns what they held.
    pub(super) fn close_older(
        &mut self,
        now: Timestamp,
        open_for: Seconds,
        outcome: Outcome,
    ) -> Vec<Hold> {
        let is_older = |kept: &Kept| {
            kept.mark.recorded == RecordedOutcome::Open && now.since(kept.since) > open_for
        };
        let older = self.by_key.iter().filter(|(_, kept)| is_older(kept));
        let older: Vec<Reservation> = older
            .map(|(key, kept)| Reservation {
                key: *key,
                at: kept.mark.at,
            })
            .collect();
        older
            .into_iter()
            .flat_map(|reservation| self.close(reservation, outcome))
            .collect()
    }

    /// Forgets the marks that are no longer needed, and gives their room back.
    pub(crate) fn forget(&mut self, now: Timestamp, room: &Room) {
        while let Some((keep_until, key)) = self.by_time.first().copied() {
            if keep_until > now {
                return;
            }
            self.by_time.remove(&(keep_until, key));
            if let Some(kept) = self.by_key.remove(&key) {
                room.give(&kept.tenant, 1);
            }
        }
    }
}
