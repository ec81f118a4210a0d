//! Restoring a ledger from what was kept of an earlier one.

use super::account::Account;
use super::mark::CallMark;
use super::memory::{MemoryLedger, lock, shard};
use crate::charge::Charge;
use crate::primitives::{CallKey, Issuer, MandateId, Timestamp};
use std::sync::Arc;

/// Marks a call that was decided before; `false` where there is no room.
pub(super) fn mark(
    ledger: &MemoryLedger,
    key: CallKey,
    (issuer, root): (&Issuer, MandateId),
    mark: CallMark,
) -> bool {
    let Some(marks) = shard(&ledger.marks, key.as_bytes()) else {
        return false;
    };
    let mut marks = lock(marks);
    if marks.contains(&key) {
        return true;
    }
    let Some(tenant) = ledger.room_for_marks.take_restored(issuer, root) else {
        return false;
    };
    // The clock of a new ledger is at 1970, so the mark's own time is taken.
    marks.insert(
        key,
        mark,
        tenant,
        mark.at.max(ledger.clock.now()),
        Box::default(),
    );
    true
}

/// Counts a charge that was made before; `false` where there is no room, or the sum is too large.
pub(super) fn charge(
    ledger: &MemoryLedger,
    charge: &Charge,
    (issuer, root): (&Issuer, MandateId),
    at: Timestamp,
    closed: Option<Timestamp>,
) -> bool {
    let Some(accounts) = shard(&ledger.accounts, charge.account.as_bytes()) else {
        return false;
    };
    let mut accounts = lock(accounts);
    let known = accounts.get(&charge.account);
    let Some(state) = Account::counted(known, &charge.demand, at) else {
        return false;
    };
    let tenant = match known {
        Some(known) => Arc::clone(&known.tenant),
        None => match ledger.room_for_accounts.take_restored(issuer, root) {
            Some(tenant) => tenant,
            None => return false,
        },
    };
    let until = |remember| closed.map_or(Timestamp::MAX, |closed| closed.plus(remember));
    accounts.set(
        charge.account,
        state,
        &tenant,
        (at, charge.demand.remember().map(until)),
    );
    true
}
