use super::room::{Room, Tenant};
use crate::decide::charge::{Charge, Demand};
use crate::ground::{AccountId, CallKey, Number, Seconds, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The marked calls of a shard.
#[derive(Debug, Default)]
pub(super) struct Marks {
    by_key: HashMap<CallKey, Mark>,
    /// Those that may be forgotten, each with its time. Open calls are not among them.
    by_time: BTreeSet<(Timestamp, CallKey)>,
}

#[derive(Debug)]
struct Mark {
    tenant: Arc<Tenant>,
    keep_until: Timestamp,
    since: Timestamp,
    /// Amounts that the call holds; empty where it is closed, or never held anything.
    held: Box<[Hold]>,
}

/// An amount of an account that an open call holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(super) account: AccountId,
    pub(super) amount: Number,
}

impl Hold {
    /// Returns what a charge holds once it is made; `None` of rates, groups and amounts of zero, of which nothing can be given back.
    pub(super) fn of_charge(charge: &Charge) -> Option<Self> {
        match charge.demand {
            Demand::Spend { amount, .. } if amount > Number::ZERO => Some(Self { account: charge.account, amount }),
            Demand::Spend { .. } | Demand::Pace { .. } | Demand::Latch { .. } => None,
        }
    }
}

impl Marks {
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn contains(&self, key: &CallKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// Marks a call that is not marked; room for it was taken. It is open while it holds something.
    pub(super) fn insert(
        &mut self,
        key: CallKey,
        tenant: Arc<Tenant>,
        keep_until: Timestamp,
        since: Timestamp,
        held: Box<[Hold]>,
    ) {
        if held.is_empty() {
            self.by_time.insert((keep_until, key));
        }
        self.by_key.insert(key, Mark { tenant, keep_until, since, held });
    }

    /// Closes a call and returns what it held; nothing where it is not open.
    pub(super) fn close(&mut self, key: &CallKey) -> Box<[Hold]> {
        let Some(mark) = self.by_key.get_mut(key) else { return Box::default() };
        let held = std::mem::take(&mut mark.held);
        if !held.is_empty() {
            self.by_time.insert((mark.keep_until, *key));
        }
        held
    }

    /// Closes every call that is open for longer, and returns what they held.
    pub(super) fn close_older(&mut self, now: Timestamp, open_for: Seconds) -> Vec<Hold> {
        let is_older = |mark: &Mark| !mark.held.is_empty() && now.since(mark.since) > open_for;
        let older = self.by_key.iter().filter(|(_, mark)| is_older(mark)).map(|(key, _)| *key);
        let older: Vec<CallKey> = older.collect();
        older.iter().flat_map(|key| self.close(key)).collect()
    }

    /// Forgets the marks that are no longer needed, and gives their room back.
    pub(super) fn forget(&mut self, now: Timestamp, room: &Room) {
        while let Some((keep_until, key)) = self.by_time.first().copied() {
            if keep_until > now {
                return;
            }
            self.by_time.remove(&(keep_until, key));
            if let Some(mark) = self.by_key.remove(&key) {
                room.give(&mark.tenant, 1);
            }
        }
    }
}
