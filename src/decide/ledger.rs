mod restore;

use super::charge::{Charge, Charges, Demand};
use super::denial::Denial;
use super::permit::{Permit, Record, Unsettled};
use super::settle::{ChargeRefusal, LedgerAnswer, LedgerOutcome};
use crate::claims::Outcome;
use crate::ground::{AccountId, CallKey, MandateId, Number, Seconds, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A ledger in memory, for verifiers of one process: what was decided, and what every account has spent. `Send` and `Sync`.
///
/// Bounded: when it is full of marks that are still needed, calls are refused, never forgotten; a decision that is settled so
/// late that its mark would be forgotten is refused too, because its first settling may be. The mark of a signed call lives about
/// as long as that may be old, and one that was approved, or is by the host's word, until a mandate of its chain expires; an
/// account until the host [forgets](Self::forget_accounts) it.
///
/// Verifiers that share one mean the same issuer by the same name, because that is what the accounts of roots are known by, and
/// take signed calls of the same age: so tenants who name their issuers themselves have a ledger each.
///
/// Marks and accounts are spread over shards, each under a lock of its own, taken in one order; a call takes its mark's, then
/// those of its accounts, and within either its root's.
///
/// ```
/// use mandatum::MemoryLedger;
/// let ledger = MemoryLedger::new(100_000);
/// assert!(ledger.is_empty());
/// ```
#[derive(Debug)]
pub struct MemoryLedger {
    marks: Vec<Mutex<Marks>>,
    accounts: Vec<Mutex<HashMap<AccountId, Account>>>,
    /// What was taken under each root.
    roots: Vec<Mutex<HashMap<MandateId, Taken>>>,
    /// Most calls marked, and most accounts begun, under one root.
    per_root: usize,
    marks_left: AtomicUsize,
    accounts_left: AtomicUsize,
}

/// The calls of a shard.
#[derive(Debug, Default)]
struct Marks {
    marks: HashMap<CallKey, Mark>,
    by_time: BTreeSet<(Timestamp, CallKey)>,
    /// Marks that were needed until then or less are forgotten.
    forgotten: Option<Timestamp>,
}

#[derive(Debug)]
struct Mark {
    root: MandateId,
    /// Whether its charges may still be given back.
    is_open: bool,
}

/// How much of the ledger's room is taken under a root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Taken {
    marks: usize,
    accounts: usize,
}

/// One account.
#[derive(Debug)]
struct Account {
    state: State,
    /// The root under which it was charged first.
    root: MandateId,
    /// The latest call charged.
    last: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// What was spent by calls that are over, and what is held by those that run.
    Spent { spent: Number, held: Number },
    /// GCRA's theoretical arrival time: seconds since 1970, each in `burst` parts.
    Arrival { next: u128 },
    /// The group that was used first.
    Latched { group: usize },
}

/// What an account of a budget has spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// By calls that are over.
    pub spent: Number,
    /// By calls that were permitted and are not over: held until they are, and spent if that is never said.
    pub held: Number,
}

const ONE_MARK: Taken = Taken { marks: 1, accounts: 0 };

/// As many locks as make two calls seldom meet.
const SHARDS: usize = 64;

impl MemoryLedger {
    /// Room for `capacity` marks, each of about 250 bytes, and as many accounts.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            marks: shards(),
            accounts: shards(),
            roots: shards(),
            per_root: capacity,
            marks_left: capacity.into(),
            accounts_left: capacity.into(),
        }
    }

    /// With room for so many marks under one root, and as many accounts that were charged under it first, so that the holders of
    /// one can't fill the ledger for all others.
    #[must_use]
    pub fn at_most_per_root(self, room: usize) -> Self {
        Self { per_root: room, ..self }
    }

    /// Marks the call, charges it, and settles the decision. `now` lets old marks go, and is the clock of rates.
    ///
    /// # Errors
    /// As [`Unsettled::settle`].
    pub fn settle(&self, unsettled: Unsettled, now: Timestamp) -> Result<Permit, Denial> {
        let answer = self.reserve(unsettled.charges(), now);
        unsettled.settle(answer)
    }

    /// Marks a call and makes its charges.
    #[must_use = "the answer settles the decision"]
    pub fn reserve(&self, charges: &Charges, now: Timestamp) -> LedgerAnswer {
        let outcome = match self.mark(charges, now) {
            Ok(()) => self.charge(charges, now).map_or_else(|refused| refused, |()| LedgerOutcome::Reserved),
            Err(refused) => refused,
        };
        LedgerAnswer { key: charges.key(), outcome }
    }

    /// Takes in how an operation ended. What had no effect at all is given back, once, and as long as its mark is kept;
    /// everything else, and what this is never told of, stays spent. A rate and a latch are not given back.
    pub fn close(&self, record: &Record) {
        let Some(marks) = shard(&self.marks, record.key.as_bytes()) else { return };
        let was_open = lock(marks).close(record.key);
        if !was_open {
            return;
        }
        for charge in &record.charges {
            let Some(accounts) = shard(&self.accounts, charge.account.as_bytes()) else { continue };
            let mut accounts = lock(accounts);
            if let Some(account) = accounts.get_mut(&charge.account) {
                account.close(&charge.demand, record.outcome);
            }
        }
    }

    /// What an account of a budget has spent; `None` where nothing was ever charged to it.
    #[must_use]
    pub fn balance(&self, account: &AccountId) -> Option<Balance> {
        let accounts = lock(shard(&self.accounts, account.as_bytes())?);
        match accounts.get(account)?.state {
            State::Spent { spent, held } => Some(Balance { spent, held }),
            State::Arrival { .. } | State::Latched { .. } => None,
        }
    }

    /// Forgets the marks that are no longer needed at `now`.
    pub fn forget_before(&self, now: Timestamp) {
        self.marks.iter().for_each(|marks| self.forget_marks(&mut lock(marks), now));
    }

    /// Forgets the accounts that no call was charged to for longer than `unused`. An account that is forgotten begins anew, so
    /// this is longer than any mandate lives, and than any period in which its issuer issues it again.
    pub fn forget_accounts(&self, now: Timestamp, unused: Seconds) {
        for accounts in &self.accounts {
            lock(accounts).retain(|_, account| {
                let is_kept = now.since(account.last) <= unused;
                if !is_kept {
                    self.give_room(account.root, Taken { marks: 0, accounts: 1 });
                }
                is_kept
            });
        }
    }

    /// How many calls are marked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.marks.iter().map(|marks| lock(marks).marks.len()).sum()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn mark(&self, charges: &Charges, now: Timestamp) -> Result<(), LedgerOutcome> {
        match self.mark_in_room(charges, now) {
            Err(LedgerOutcome::NoRoom) => {
                self.forget_before(now);
                self.mark_in_room(charges, now)
            }
            marked => marked,
        }
    }

    fn mark_in_room(&self, charges: &Charges, now: Timestamp) -> Result<(), LedgerOutcome> {
        let (key, root, keep_until) = (charges.key(), charges.root(), charges.keep_until());
        let mut marks = lock(shard(&self.marks, key.as_bytes()).ok_or(LedgerOutcome::NoRoom)?);
        self.forget_marks(&mut marks, now);
        if marks.marks.contains_key(&key) {
            return Err(LedgerOutcome::Before);
        }
        if Some(keep_until) <= marks.forgotten || !self.take_room(root, ONE_MARK) {
            return Err(LedgerOutcome::NoRoom);
        }
        marks.marks.insert(key, Mark { root, is_open: true });
        marks.by_time.insert((keep_until, key));
        Ok(())
    }

    /// Whether there is so much room under a root, for marks or for accounts; if so, it is taken.
    fn take_room(&self, root: MandateId, wanted: Taken) -> bool {
        let Some(roots) = shard(&self.roots, root.as_bytes()) else { return false };
        let mut roots = lock(roots);
        let taken = roots.get(&root).copied().unwrap_or_default();
        let more = Taken {
            marks: taken.marks.saturating_add(wanted.marks),
            accounts: taken.accounts.saturating_add(wanted.accounts),
        };
        let is_within = more.marks <= self.per_root && more.accounts <= self.per_root;
        if !is_within || !take(&self.marks_left, wanted.marks) || !take(&self.accounts_left, wanted.accounts) {
            return false;
        }
        roots.insert(root, more);
        true
    }

    fn forget_marks(&self, marks: &mut Marks, now: Timestamp) {
        marks.forgotten = marks.forgotten.max(Some(now));
        while let Some((keep_until, key)) = marks.by_time.first().copied() {
            if keep_until > now {
                return;
            }
            marks.by_time.remove(&(keep_until, key));
            if let Some(Mark { root, .. }) = marks.marks.remove(&key) {
                self.give_room(root, ONE_MARK);
            }
        }
    }

    fn give_room(&self, root: MandateId, given: Taken) {
        self.marks_left.fetch_add(given.marks, Ordering::Relaxed);
        self.accounts_left.fetch_add(given.accounts, Ordering::Relaxed);
        let Some(roots) = shard(&self.roots, root.as_bytes()) else { return };
        let mut roots = lock(roots);
        let Some(taken) = roots.get_mut(&root) else { return };
        taken.marks = taken.marks.saturating_sub(given.marks);
        taken.accounts = taken.accounts.saturating_sub(given.accounts);
        if *taken == Taken::default() {
            roots.remove(&root);
        }
    }

    /// All charges or none.
    fn charge(&self, charges: &Charges, now: Timestamp) -> Result<(), LedgerOutcome> {
        let (root, charges) = (charges.root(), charges.charges());
        let places: BTreeSet<usize> = charges.iter().map(|charge| place(charge.account.as_bytes())).collect();
        let mut locked: Vec<(usize, MutexGuard<'_, HashMap<AccountId, Account>>)> = Vec::with_capacity(places.len());
        for place in places {
            let accounts = self.accounts.get(place).ok_or(LedgerOutcome::NoRoom)?;
            locked.push((place, lock(accounts)));
        }
        let mut charged = Vec::with_capacity(charges.len());
        for (index, charge) in charges.iter().enumerate() {
            let place = place(charge.account.as_bytes());
            let accounts = locked.iter().find(|(at, _)| *at == place).map(|(_, accounts)| accounts);
            let accounts = accounts.ok_or(LedgerOutcome::NoRoom)?;
            let known = accounts.get(&charge.account).map(|account| account.state);
            let state = after(known, &charge.demand, now);
            charged.push(state.map_err(|why| LedgerOutcome::Refused { charge: index, why })?);
        }
        let known = |charge: &&Charge| locked.iter().any(|(_, accounts)| accounts.contains_key(&charge.account));
        let new = charges.iter().filter(|charge| !known(charge)).count();
        if new > 0 && !self.take_room(root, Taken { marks: 0, accounts: new }) {
            return Err(LedgerOutcome::NoRoom);
        }
        for (charge, state) in charges.iter().zip(charged) {
            let place = place(charge.account.as_bytes());
            if let Some((_, accounts)) = locked.iter_mut().find(|(at, _)| *at == place) {
                let account = accounts.entry(charge.account).or_insert(Account { state, root, last: now });
                (account.state, account.last) = (state, now.max(account.last));
            }
        }
        Ok(())
    }
}

fn shards<T: Default>() -> Vec<Mutex<T>> {
    (0..SHARDS).map(|_| Mutex::default()).collect()
}

/// No code that holds a lock panics, so what is behind a poisoned one is whole all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take(left: &AtomicUsize, wanted: usize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(wanted)).is_ok()
}

/// Digests are spread evenly, so their first byte is as good as any.
fn place(digest: &[u8; 32]) -> usize {
    usize::from(digest.first().copied().unwrap_or_default()) & (SHARDS - 1)
}

fn shard<'s, T>(shards: &'s [Mutex<T>], digest: &[u8; 32]) -> Option<&'s Mutex<T>> {
    shards.get(place(digest))
}

impl Marks {
    /// Whether a call's charges could still be given back; they can't be afterwards.
    fn close(&mut self, key: CallKey) -> bool {
        self.marks.get_mut(&key).is_some_and(|mark| std::mem::take(&mut mark.is_open))
    }
}

impl Account {
    fn close(&mut self, demand: &Demand, outcome: Outcome) {
        let (State::Spent { spent, held }, Demand::Spend { amount, .. }) = (&mut self.state, demand) else { return };
        // An account that was forgotten meanwhile began anew without this charge.
        let Some(less) = held.checked_sub(*amount).ok().filter(|less| *less >= Number::ZERO) else { return };
        match outcome {
            Outcome::Undone => *held = less,
            Outcome::Done | Outcome::Failed => {
                if let Ok(more) = spent.checked_add(*amount) {
                    (*spent, *held) = (more, less);
                }
            }
        }
    }
}

/// An account's state after a charge, if it fits.
fn after(known: Option<State>, demand: &Demand, now: Timestamp) -> Result<State, ChargeRefusal> {
    match *demand {
        Demand::Spend { amount, max } => {
            let (spent, held) = match known {
                Some(State::Spent { spent, held }) => (spent, held),
                _ => (Number::ZERO, Number::ZERO),
            };
            spend(spent, held, amount, max)
        }
        Demand::Pace { burst, per } => {
            let next = match known {
                Some(State::Arrival { next }) => next,
                _ => 0,
            };
            pace(next, burst, per, now)
        }
        Demand::Latch { group } => match known {
            Some(State::Latched { group: latched }) if latched != group => Err(ChargeRefusal::GroupClosed),
            _ => Ok(State::Latched { group }),
        },
    }
}

/// What can't be added up is more than any budget.
fn spend(spent: Number, held: Number, amount: Number, max: Number) -> Result<State, ChargeRefusal> {
    let more = held.checked_add(amount);
    let whole = more.and_then(|held| spent.checked_add(held));
    match (more, whole) {
        (Ok(held), Ok(whole)) if whole <= max => Ok(State::Spent { spent, held }),
        _ => {
            let left = spent.checked_add(held).and_then(|whole| max.checked_sub(whole));
            Err(ChargeRefusal::Exhausted { left: left.unwrap_or(Number::ZERO).max(Number::ZERO) })
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
