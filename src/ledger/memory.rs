use super::account::{Account, Balance};
use super::accounts::Accounts;
use super::clock::Clock;
use super::mark::CallMark;
use super::marks::{Hold, Marks};
use super::restore;
use super::tenants::{Room, Tenant};
use crate::charge::{Charge, Charges, LedgerAnswer, LedgerOutcome, LedgerTerms, Reservation};
use crate::claims::Outcome;
use crate::decide::{Permit, Unsettled};
use crate::denial::{Denial, RecordedOutcome};
use crate::primitives::{AccountId, AttemptId, CallKey, Issuer, MandateId, Seconds, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A ledger in memory, for verifiers of one process. It remembers decided calls and counts what
/// every account has spent. It is `Send` and `Sync`.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// use mandatum::claims::Outcome;
/// use mandatum::{DecisionContext, MemoryLedger, Register};
/// let (context, ledger) = (DecisionContext::new(here, Register::none()), MemoryLedger::new(100));
/// let permit = ledger.settle(verifier.check(&proof, &call.action, &context)?, now)?;
/// assert_eq!(ledger.len(), 1);
/// let record = permit.start(now)?.finish(Outcome::Done);
/// ledger.close(record.reservation(), record.outcome);
/// // The same bytes are refused.
/// assert!(ledger.settle(verifier.check(&proof, &call.action, &context)?, now).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Marks
///
/// A call is marked under its [`CallKey`](crate::primitives::CallKey), which is made of leaf, id
/// and audience, with the digest of its request.
///
/// - A call that was reserved is never reserved again while its mark is kept, and its mark is kept
///   for as long as any verifier accepts the call. The ledger's [`LedgerTerms`] alone determine
///   that time.
/// - Another request under the same id is a conflict.
/// - The same request signed anew is answered with the recorded outcome: open, done, failed, undone
///   or refused. The call must be signed later than all before it, because captured bytes are the
///   same or older. A retry takes a new id.
/// - The mark of an irreversible, gated or asserted call is kept until its chain expires. So a
///   retry under the same id, signed anew, is answered with `AlreadyDecided` for all that time.
/// - The mark of a call that an account refuses is kept until the signed call is too old.
/// - A mark is kept until every signed call that it answered is too old.
/// - While a call holds an amount of a budget, its mark is kept until the call is
///   [closed](Self::close), however late that is.
///
/// # Room
///
/// The ledger has room for `capacity` marks and for as many accounts. When room is short, calls are
/// refused and nothing is forgotten that is still needed. The quota applies to marks and to
/// accounts separately:
///
/// - An issuer takes room only while it holds less than what is free.
/// - A root takes room only while it holds less than its issuer may still take, which is half of
///   what is free beyond what the issuer holds.
///
/// One root therefore takes a quarter of an empty ledger at most, and each further root or issuer
/// is left half of the rest. A host with one root needs four times the room that the root needs.
/// For example, `MemoryLedger::new(1_000)` has room for 250 calls of one root at a time. The 251st
/// is refused with [`LedgerFull`](crate::DenialCode::LedgerFull), which its caller sees as a
/// refusal by the server's policy. Tools that a [`ToolTable`](crate::ToolTable) does not list are
/// irreversible.
///
/// Irreversible, gated and asserted calls take their room until the chain expires, all others for
/// about a minute on the default terms. Calls that hold an amount of a budget and are never closed
/// take it until the host [closes them as abandoned](Self::close_abandoned).
///
/// # Time
///
/// The ledger has a clock of its own: the latest `now` that it was given. It marks, forgets and
/// paces calls by that clock, which never goes back; an earlier `now` counts as the latest. Callers
/// can't move it, because no time from a token sets it. The clocks of verifiers that share a ledger
/// must differ by no more than its leeway. A clock that is further ahead stops all others: their
/// signed calls are refused as too old, and rates stand still, until they catch up.
///
/// # Accounts
///
/// An account is kept until the host [forgets](Self::forget_accounts) it, and begins anew after
/// that. Its identity is made of its ledger, its owner, its name and what it counts:
///
/// - The owner is the issuer for a limit of the root. For any other limit it is the key of the
///   parent's holder under that issuer.
/// - A [`Budget`](crate::Budget) counts its sources, its period and the value.
/// - A [`RateLimit`](crate::limits::RateLimit) counts its terms.
/// - A [`SeparationOfDuty`](crate::limits::SeparationOfDuty) limit counts its groups in their
///   order.
///
/// A value of a budget per value is remembered for as long as its limit states, from the last
/// charge or the last close as done or failed, and longer while a call is open. Then it is
/// forgotten, and gives its room back. A budget that renews keeps one row: the period that it is
/// in, the amounts spent in it, and those held. A clock that is set back changes none of this.
///
/// Limits continue or begin anew as follows:
///
/// - A mandate is issued again unchanged: all limits continue.
/// - A mandate is issued again with other terms: budgets continue, with another maximum too. These
///   begin anew: a rate with another burst or period; groups that are not the same or in another
///   order; a budget with other sources, another period, another value argument or another ledger.
/// - A mandate is re-bound to another key: its own limits and those above continue. Those that its
///   holder set on mandates directly below begin anew.
/// - A mandate further above is re-bound: all limits continue except those that the re-bound holder
///   set directly below.
/// - Branches are merged: the limits of the one who merges continue. Those that other keys set
///   begin anew, renamed `name of KEY`.
/// - A request is answered: the limits of the one who answers continue. Those that other keys set
///   begin anew, renamed `name of KEY`.
///
/// Put a limit that must last on the root. Its owner is the issuer, whatever happens to the keys
/// below.
///
/// Verifiers that share a ledger must mean the same issuer by the same name, because the name
/// identifies the accounts of roots.
///
/// # Threads
///
/// Marks and accounts are spread over shards, each under a lock of its own. Locks are taken in one
/// order: the mark's shard, those of its accounts in ascending order, the tenant's room.
#[derive(Debug)]
pub struct MemoryLedger {
    pub(super) terms: LedgerTerms,
    pub(super) clock: Clock,
    /// The latest second in which all shards were searched for marks and values to forget.
    pub(super) swept: Clock,
    pub(super) marks: Vec<Mutex<Marks>>,
    pub(super) accounts: Vec<Mutex<Accounts>>,
    pub(super) room_for_marks: Room,
    pub(super) room_for_accounts: Room,
}

/// The number of locks: two calls at the same time share one in one of 64 cases. It is a power of
/// two, so that [`place`] can mask.
pub(super) const SHARDS: usize = 64;

impl MemoryLedger {
    /// Creates a ledger with room for `capacity` marks and as many accounts, on the default
    /// [`LedgerTerms`].
    ///
    /// One root takes a quarter of an empty ledger at most. So with `MemoryLedger::new(1_000)` the
    /// 251st call of one root within a minute is refused with
    /// [`LedgerFull`](crate::DenialCode::LedgerFull). An irreversible call keeps its room until its
    /// chain expires, and a tool that no [`ToolTable`](crate::ToolTable) lists is irreversible.
    /// Size the ledger for four times the calls of the busiest root; see [Room](Self#room).
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self::with_terms(capacity, LedgerTerms::default())
    }

    /// Creates a ledger with room for `capacity` marks and as many accounts, on these terms. They
    /// are fixed from the beginning, because marks that were forgotten on one set of terms can't be
    /// restored for another.
    #[must_use]
    pub fn with_terms(capacity: usize, terms: LedgerTerms) -> Self {
        Self {
            terms,
            clock: Clock::default(),
            swept: Clock::default(),
            marks: shards(),
            accounts: shards(),
            room_for_marks: Room::new(capacity),
            room_for_accounts: Room::new(capacity),
        }
    }

    /// Returns the terms on which it marks calls.
    #[must_use]
    pub const fn terms(&self) -> LedgerTerms {
        self.terms
    }

    /// Marks the call, charges it, and settles the decision. It takes no attempt id, because within
    /// a process no reply is lost.
    ///
    /// # Errors
    /// [`Denial`], as for [`Unsettled::settle`].
    pub fn settle(&self, unsettled: Unsettled, now: Timestamp) -> Result<Permit, Denial> {
        let answer = self.reserve_as(unsettled.charges(), None, now);
        unsettled.settle(answer)
    }

    /// Marks a call and makes its charges, in one atomic step. A host whose reply was lost asks
    /// again with the same `attempt`, and receives the same answer while the reservation is open.
    ///
    /// An attempt id is random and made for each reservation. Two reservations with one id could
    /// both be answered as reserved.
    #[must_use = "the answer settles the decision"]
    pub fn reserve(&self, charges: &Charges, attempt: AttemptId, now: Timestamp) -> LedgerAnswer {
        self.reserve_as(charges, Some(attempt), now)
    }

    /// Reserves a call, after a second try with everything forgotten that is due.
    fn reserve_as(
        &self,
        charges: &Charges,
        attempt: Option<AttemptId>,
        now: Timestamp,
    ) -> LedgerAnswer {
        self.clock.advance(now);
        let outcome = self.reserve_in_room(charges, attempt).or_else(|| {
            self.forget_due();
            self.reserve_in_room(charges, attempt)
        });
        charges.answer(outcome.unwrap_or(LedgerOutcome::NoRoom))
    }

    /// Closes a reservation and records its outcome. [`Outcome::Undone`] gives back what the call
    /// holds of budgets; [`Outcome::Done`] and [`Outcome::Failed`] commit it. The first close
    /// counts, however late it comes. Rates and groups are not given back.
    ///
    /// The ledger knows what the call holds, so nobody can give back more, or what another call
    /// holds. A close that is repeated after the same id was reserved anew names another
    /// reservation, and changes nothing.
    pub fn close(&self, reservation: Reservation, outcome: Outcome) {
        let Some(marks) = shard(&self.marks, reservation.key.as_bytes()) else {
            return;
        };
        let mut marks = lock(marks);
        let held = marks.close(reservation, outcome);
        marks.forget(self.clock.now(), &self.room_for_marks);
        // An account that is held is not forgotten, so all of them exist still when the mark's lock
        // is released.
        drop(marks);
        self.release(&held, outcome);
    }

    /// Closes every call that is open for longer than `open_for` with [`Outcome::Failed`]: what it
    /// holds is committed. It is for a host that lost track of calls, for instance because it
    /// dropped their permits. Without it they take their root's room for ever.
    pub fn close_abandoned(&self, now: Timestamp, open_for: Seconds) {
        self.clock.advance(now);
        for marks in &self.marks {
            let mut marks = lock(marks);
            let now = self.clock.now();
            let held = marks.close_older(now, open_for, Outcome::Failed);
            marks.forget(now, &self.room_for_marks);
            drop(marks);
            self.release(&held, Outcome::Failed);
        }
    }

    /// Returns the amounts of an account of a budget; `None` where nothing was ever charged to it.
    #[must_use]
    pub fn balance(&self, account: &AccountId) -> Option<Balance> {
        lock(shard(&self.accounts, account.as_bytes())?)
            .get(account)?
            .balance(self.clock.now())
    }

    /// Forgets the marks that are no longer needed at `now`, and the values that are no longer
    /// remembered.
    pub fn forget_before(&self, now: Timestamp) {
        self.clock.advance(now);
        self.forget_due();
    }

    /// Forgets the accounts that no call was charged to for longer than `unused`, and of which no
    /// open call holds anything. A forgotten account begins anew, so `unused` must be longer than
    /// any mandate lives, and than any period in which its issuer issues it again. The values of
    /// budgets per value are remembered for as long as their limits say, and then forgotten,
    /// whatever `unused` is.
    pub fn forget_accounts(&self, now: Timestamp, unused: Seconds) {
        self.clock.advance(now);
        for accounts in &self.accounts {
            let mut accounts = lock(accounts);
            accounts.forget_unused(self.clock.now(), unused, &self.room_for_accounts);
        }
    }

    /// Returns the number of marked calls.
    #[must_use]
    pub fn len(&self) -> usize {
        self.marks.iter().map(|marks| lock(marks).len()).sum()
    }

    /// Returns whether no call is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the outcome; `None` where there is no room for the mark. The call is then unknown as
    /// before.
    fn reserve_in_room(
        &self,
        charges: &Charges,
        attempt: Option<AttemptId>,
    ) -> Option<LedgerOutcome> {
        let key = charges.key();
        let mut marks = lock(shard(&self.marks, key.as_bytes())?);
        // Read while the shard is locked, so it is no earlier than the time by which another thread
        // forgot a mark of this shard.
        let now = self.clock.now();
        marks.forget(now, &self.room_for_marks);
        if let Some(known) = marks.answer(charges, attempt, &self.terms) {
            return Some(known);
        }
        let keep_until = match self.terms.keep_until(charges, now) {
            Ok(keep_until) => keep_until,
            Err(refused) => return Some(refused),
        };
        let tenant = self
            .room_for_marks
            .take(charges.issuer(), charges.root(), 1)?;
        let charged = self.charge(&tenant, charges.charges(), now);
        let (outcome, mark, held) = match charged {
            Ok(held) => (
                LedgerOutcome::Reserved,
                CallMark::new(charges, attempt, keep_until.reserved),
                held,
            ),
            // Without room for its accounts the call is not marked either, so it can be tried
            // again.
            Err(LedgerOutcome::NoRoom) => {
                self.room_for_marks.give(&tenant, 1);
                return None;
            }
            Err(refused) => {
                let mark = CallMark::new(charges, None, keep_until.refused);
                (
                    refused,
                    CallMark {
                        recorded: RecordedOutcome::Refused,
                        ..mark
                    },
                    Box::default(),
                )
            }
        };
        marks.insert(key, mark, tenant, now, held);
        Some(outcome)
    }

    /// Makes all charges or none; returns what is now held.
    fn charge(
        &self,
        tenant: &Arc<Tenant>,
        charges: &[Charge],
        now: Timestamp,
    ) -> Result<Box<[Hold]>, LedgerOutcome> {
        let places: BTreeSet<usize> = charges
            .iter()
            .map(|charge| place(charge.account.as_bytes()))
            .collect();
        // In ascending order, so that two calls never wait for each other.
        let mut locked: Vec<(usize, MutexGuard<'_, Accounts>)> = Vec::with_capacity(places.len());
        for place in places {
            // Unreachable: every place is below the number of shards.
            let mut accounts = lock(self.accounts.get(place).ok_or(LedgerOutcome::NoRoom)?);
            // Forgotten here, so that a value begins anew at its time, not at the next sweep.
            accounts.forget(now, &self.room_for_accounts);
            locked.push((place, accounts));
        }
        // First every state is computed, then every state is set, so a refusal changes nothing.
        let mut charged = Vec::with_capacity(charges.len());
        let mut begun: usize = 0;
        for (index, charge) in charges.iter().enumerate() {
            let place = place(charge.account.as_bytes());
            let accounts = locked
                .iter()
                .find(|(at, _)| *at == place)
                .map(|(_, accounts)| accounts);
            let known = accounts.ok_or(LedgerOutcome::NoRoom)?.get(&charge.account);
            let state = Account::after(known, &charge.demand, now);
            charged.push(state.map_err(|why| LedgerOutcome::Refused { charge: index, why })?);
            begun = begun.saturating_add(usize::from(known.is_none()));
        }
        if begun > 0 {
            self.room_for_accounts
                .take(&tenant.issuer, tenant.root, begun)
                .ok_or(LedgerOutcome::NoRoom)?;
        }
        for (charge, state) in charges.iter().zip(&charged) {
            let place = place(charge.account.as_bytes());
            if let Some((_, accounts)) = locked.iter_mut().find(|(at, _)| *at == place) {
                let until = charge.demand.remember().map(|remember| now.plus(remember));
                accounts.set(charge.account, *state, tenant, (now, until));
                if until.is_some() {
                    accounts.open(charge.account);
                }
            }
        }
        Ok(charges
            .iter()
            .zip(charged)
            .filter_map(|(charge, state)| Hold::new(charge, state))
            .collect())
    }

    /// Gives back or commits what a call held.
    fn release(&self, held: &[Hold], outcome: Outcome) {
        for hold in held {
            if let Some(accounts) = shard(&self.accounts, hold.account.as_bytes()) {
                let mut accounts = lock(accounts);
                accounts.close(hold, outcome, self.clock.now());
            }
        }
    }

    /// Forgets marks and values in all shards, once for each second of the clock: a second search
    /// in it would find none.
    fn forget_due(&self) {
        let now = self.clock.now();
        if self.swept.now() < now {
            self.marks
                .iter()
                .for_each(|marks| lock(marks).forget(now, &self.room_for_marks));
            self.accounts
                .iter()
                .for_each(|accounts| lock(accounts).forget(now, &self.room_for_accounts));
            self.swept.advance(now);
        }
    }
}

/// Restoring, for a host that restarts or moves to another ledger.
///
/// Before it settles anything, the host restores what it kept of the
/// [charges](crate::charge::Charges) of every call (key, issuer, root, [mark](CallMark)) and of
/// their accounts. Calls and accounts that it did not keep are forgotten. Restored marks and
/// accounts take room whatever their tenant holds, and count in the quotas of all that follows.
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
    pub fn restore_mark(&self, key: CallKey, tenant: (&Issuer, MandateId), mark: CallMark) -> bool {
        restore::mark(self, key, tenant, mark)
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
        tenant: (&Issuer, MandateId),
        at: Timestamp,
        closed: Option<Timestamp>,
    ) -> bool {
        restore::charge(self, charge, tenant, at, closed)
    }
}

/// Returns one empty value for each shard.
pub(super) fn shards<T: Default>() -> Vec<Mutex<T>> {
    (0..SHARDS).map(|_| Mutex::default()).collect()
}

/// Locks a mutex. No code that holds a lock panics, so the value behind a poisoned one is whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the shard of a digest. Digests are spread evenly, so their first byte is as good as any.
fn place(digest: &[u8; 32]) -> usize {
    usize::from(digest.first().copied().unwrap_or_default()) & (SHARDS - 1)
}

/// Returns the shard that a digest belongs to.
pub(super) fn shard<'s, T>(shards: &'s [Mutex<T>], digest: &[u8; 32]) -> Option<&'s Mutex<T>> {
    shards.get(place(digest))
}
