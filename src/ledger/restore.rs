//! Restoring a ledger from what was kept of an earlier one.

use super::account::Account;
use super::mark::CallMark;
use super::memory::{MemoryLedger, lock, shard};
use crate::charge::Charge;
use crate::primitives::{CallKey, Issuer, MandateId, Timestamp};
use std::sync::Arc;

/// Restoring, for a host that restarts or moves to another ledger.
///
/// Before it settles anything, the host restores what it kept of the
/// [charges](crate::charge::Charges) of every call (key, issuer, root, [mark](CallMark)) and of
/// their accounts. What it did not keep is forgotten. Restored marks and accounts take room
/// whatever their tenant holds, and count in the quotas of all that follows.
///
/// ```
/// use mandatum::charge::{Charge, Demand};
/// use mandatum::primitives::{AccountId, MandateId};
/// use mandatum::{Issuer, MemoryLedger, Timestamp};
/// let (now, account) = (Timestamp::from_unix(1_767_225_600)?, AccountId::from_bytes([7; 32]));
/// let (amount, max) = (120.into(), 5_000.into());
/// let demand = Demand::Spend { amount, max, period: None, remember: None };
/// let (ledger, name) = ("eu-1".parse()?, "travel".parse()?);
/// let spent = Charge { link: 0, ledger, account, name, demand };
///
/// let ledger = MemoryLedger::new(1_000);
/// let (issuer, root) = (Issuer::new("https://acme.example")?, MandateId::from_bytes([2; 32]));
/// assert!(ledger.restore_charge(&spent, (&issuer, root), now, None));
/// assert_eq!(ledger.balance(&account).map(|balance| balance.spent), Some(120.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl MemoryLedger {
    /// Marks a call that was decided before under a root of an issuer, as it was marked then.
    /// Returns `false` where there is no room.
    ///
    /// Nothing is charged for it, and nothing is given back for it any more; where it is open, it
    /// can still be closed with its outcome. A call that is marked already keeps its mark.
    #[must_use = "a call that is not marked can be decided again"]
    pub fn restore_mark(
        &self,
        key: CallKey,
        (issuer, root): (&Issuer, MandateId),
        mark: CallMark,
    ) -> bool {
        let Some(marks) = shard(&self.marks, key.as_bytes()) else {
            return false;
        };
        let mut marks = lock(marks);
        if marks.contains(&key) {
            return true;
        }
        let Some(tenant) = self.room_for_marks.take_restored(issuer, root) else {
            return false;
        };
        // The clock of a new ledger is at 1970, so the mark's own time is taken.
        marks.insert(
            key,
            mark,
            tenant,
            mark.at.max(self.clock.now()),
            Box::default(),
        );
        true
    }

    /// Counts a charge that was made before under a root of an issuer at `at`, whether or not it
    /// fits now. Returns `false` where there is no room, or where the sum is larger than can be
    /// counted.
    ///
    /// - A sum is spent for good, or in the period of `at` unless a later one has begun.
    /// - The group that is restored first stays.
    /// - Calls of a rate that are restored out of order count as later ones.
    ///
    /// A value is remembered from `closed` on, the time at which the call was closed. `None` is for
    /// a call that is still open. Its value is then remembered for good, because the close of a
    /// restored mark does not state what the call was charged.
    #[must_use = "a charge that is not counted can be made again"]
    pub fn restore_charge(
        &self,
        charge: &Charge,
        (issuer, root): (&Issuer, MandateId),
        at: Timestamp,
        closed: Option<Timestamp>,
    ) -> bool {
        let Some(accounts) = shard(&self.accounts, charge.account.as_bytes()) else {
            return false;
        };
        let mut accounts = lock(accounts);
        let known = accounts.get(&charge.account);
        let Some(state) = Account::counted(known, &charge.demand, at) else {
            return false;
        };
        let tenant = match known {
            Some(known) => Arc::clone(&known.tenant),
            None => match self.room_for_accounts.take_restored(issuer, root) {
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
}
