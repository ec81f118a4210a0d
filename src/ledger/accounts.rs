use super::account::{Account, State};
use super::marks::Hold;
use super::tenants::{Room, Tenant};
use crate::claims::Outcome;
use crate::primitives::{AccountId, Seconds, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The accounts of a shard.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    by_id: HashMap<AccountId, Account>,
    /// The accounts that are remembered for a time, each with that time. An account that an open
    /// call holds is not among them.
    by_time: BTreeSet<(Timestamp, AccountId)>,
}

impl Accounts {
    /// Returns an account.
    pub(crate) fn get(&self, id: &AccountId) -> Option<&Account> {
        self.by_id.get(id)
    }

    /// Puts an account into a state, by a charge at `at`, and remembers a value until then at
    /// least. A new account takes its tenant's room, which the caller has taken.
    pub(crate) fn set(
        &mut self,
        id: AccountId,
        state: State,
        tenant: &Arc<Tenant>,
        (at, until): (Timestamp, Option<Timestamp>),
    ) {
        self.change(id, |by_id| {
            let account = by_id.entry(id).or_insert_with(|| Account {
                state,
                tenant: Arc::clone(tenant),
                last: at,
                keep_until: None,
                open: 0,
            });
            // Restored charges come in any order, so the latest counts.
            (account.state, account.last) = (state, at.max(account.last));
            account.keep(until);
        });
    }

    /// Keeps a value while a call with it is open.
    pub(crate) fn open(&mut self, id: AccountId) {
        self.change(id, |by_id| {
            if let Some(account) = by_id.get_mut(&id) {
                account.open = account.open.saturating_add(1);
            }
        });
    }

    /// Gives back or commits an amount that an open call held.
    pub(crate) fn close(&mut self, hold: &Hold, outcome: Outcome, now: Timestamp) {
        self.change(hold.account, |by_id| {
            if let Some(account) = by_id.get_mut(&hold.account) {
                account.close(hold, outcome, now);
            }
        });
    }

    /// Forgets the accounts whose time has passed, and gives their room back.
    pub(crate) fn forget(&mut self, now: Timestamp, room: &Room) {
        while let Some((keep_until, id)) = self.by_time.first().copied() {
            if keep_until > now {
                return;
            }
            self.by_time.remove(&(keep_until, id));
            if let Some(account) = self.by_id.remove(&id) {
                room.give(&account.tenant, 1);
            }
        }
    }

    /// Forgets the accounts that no call was charged to for longer than `unused`, except those that
    /// are remembered for a time.
    pub(super) fn forget_unused(&mut self, now: Timestamp, unused: Seconds, room: &Room) {
        self.forget(now, room);
        self.by_id.retain(|_, account| {
            let is_kept = account.is_held()
                || account.keep_until.is_some()
                || now.since(account.last) <= unused;
            if !is_kept {
                room.give(&account.tenant, 1);
            }
            is_kept
        });
    }

    /// Changes an account, and keeps its place in the order of time.
    fn change(&mut self, id: AccountId, change: impl FnOnce(&mut HashMap<AccountId, Account>)) {
        let forget_at =
            |by_id: &HashMap<AccountId, Account>| by_id.get(&id).and_then(Account::forget_at);
        if let Some(before) = forget_at(&self.by_id) {
            self.by_time.remove(&(before, id));
        }
        change(&mut self.by_id);
        if let Some(after) = forget_at(&self.by_id) {
            self.by_time.insert((after, id));
        }
    }
}
