//! What a ledger takes in from before it was made.

use super::{Account, Mark, MemoryLedger, ONE_MARK, State, Taken, lock, shard};
use crate::decide::charge::{Charge, Demand};
use crate::ground::{CallKey, MandateId, Number, Timestamp};

/// For a host that restarts, or moves to another ledger. What it kept of the [charges](crate::Charges) of every call (key, root,
/// until when to keep them) and of their accounts it restores before it settles anything; what it did not keep is forgotten.
///
/// ```
/// use mandatum::{AccountId, CallKey, Charge, Demand, MandateId, MemoryLedger, Timestamp};
/// let (now, keep_until) = (Timestamp::from_unix(1_767_225_600)?, Timestamp::from_unix(1_767_225_660)?);
/// let account = AccountId::from_bytes([7; 32]);
/// let demand = Demand::Spend { amount: 120.into(), max: 5_000.into() };
/// let spent = Charge { link: 0, ledger: "eu-1".parse()?, account, name: "travel".parse()?, demand };
///
/// let ledger = MemoryLedger::new(1_000);
/// let root = MandateId::from_bytes([2; 32]);
/// assert!(ledger.restore_mark(CallKey::from_bytes([1; 32]), root, keep_until));
/// assert!(ledger.restore_charge(&spent, root, now));
/// assert_eq!(ledger.balance(&account).map(|balance| balance.spent), Some(120.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl MemoryLedger {
    /// Marks a call that was decided before. Nothing is charged for it, and nothing is given back for it any more. `false` where
    /// there is no room.
    #[must_use = "a call that is not marked can be decided again"]
    pub fn restore_mark(&self, key: CallKey, root: MandateId, keep_until: Timestamp) -> bool {
        let Some(marks) = shard(&self.marks, key.as_bytes()) else { return false };
        let mut marks = lock(marks);
        if marks.marks.contains_key(&key) {
            return true;
        }
        if !self.take_room(root, ONE_MARK) {
            return false;
        }
        marks.marks.insert(key, Mark { root, is_open: false });
        marks.by_time.insert((keep_until, key));
        true
    }

    /// Counts a charge that was made before, under `root` at `at`, whether or not it fits now. A sum is spent for good; of groups the one that
    /// is restored first stays; of a rate's calls, those out of their order count for later ones. `false` where there is no
    /// room, or where the sum is larger than a number can be.
    #[must_use = "what is not counted can be spent again"]
    pub fn restore_charge(&self, charge: &Charge, root: MandateId, at: Timestamp) -> bool {
        let Some(accounts) = shard(&self.accounts, charge.account.as_bytes()) else { return false };
        let mut accounts = lock(accounts);
        let known = accounts.get(&charge.account).map(|account| account.state);
        let Some(state) = counted(known, &charge.demand, at) else { return false };
        if known.is_none() && !self.take_room(root, Taken { marks: 0, accounts: 1 }) {
            return false;
        }
        let account = accounts.entry(charge.account).or_insert(Account { state, root, last: at });
        (account.state, account.last) = (state, at.max(account.last));
        true
    }
}

/// An account's state after a charge that was made; `None` where it can't be added up.
fn counted(known: Option<State>, demand: &Demand, at: Timestamp) -> Option<State> {
    match *demand {
        Demand::Spend { amount, .. } => {
            let (spent, held) = match known {
                Some(State::Spent { spent, held }) => (spent, held),
                _ => (Number::ZERO, Number::ZERO),
            };
            let spent = spent.checked_add(amount.max(Number::ZERO)).ok()?;
            spent.checked_add(held).ok().map(|_| State::Spent { spent, held })
        }
        Demand::Pace { burst, per } => {
            let next = match known {
                Some(State::Arrival { next }) => next,
                _ => 0,
            };
            let arrival = u128::from(at.as_unix()).saturating_mul(u128::from(burst));
            Some(State::Arrival { next: next.max(arrival).saturating_add(u128::from(per.get())) })
        }
        Demand::Latch { group } => match known {
            Some(latched @ State::Latched { .. }) => Some(latched),
            _ => Some(State::Latched { group }),
        },
    }
}
