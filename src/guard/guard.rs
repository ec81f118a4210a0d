use crate::chain::ChainCache;
use crate::claims::{Approval, Outcome, Receipt};
use crate::decide::{
    DecisionContext, Facts, OpenedProof, OperationRecord, Permit, RunningCall, ServerContext,
    Verifier,
};
use crate::denial::Denial;
use crate::ledger::MemoryLedger;
use crate::mission::{Notice, Register, Watches};
use crate::powers::Action;
use crate::primitives::{Audience, CallKey, Label, Timestamp, TokenId};
use crate::receipts::{LogHead, ReceiptLog};
use crate::sign::{SignError, SigningKey, Token};
use std::fmt;
use std::sync::{Mutex, PoisonError, RwLock};
use thiserror::Error;

/// Everything that a host needs around a tool, in one value: verifier, register, ledger, receipts.
/// Threads share it.
///
/// [`run`](Self::run) walks the whole ladder: check, settle, receipt, start, the tool, outcome. The
/// tool runs on a started permit, at most once, or not at all.
///
/// # The ladder of an async host
///
/// A guard blocks the thread that it runs on. A host whose ledger, store and tools are awaited
/// walks the same ladder in a function of its own. Every step takes the value that the step before
/// it gave, so none can be left out; a future that is dropped half-way leaves the charges spent and
/// the call open in the record. Denials are counted where the error arrives.
///
/// ```
/// use mandatum::charge::{Charges, LedgerAnswer, Reservation};
/// use mandatum::claims::Outcome;
/// use mandatum::decide::{OperationRecord, RunningCall};
/// use mandatum::guard::{GuardError, StoreError};
/// use mandatum::primitives::AttemptId;
/// use mandatum::{Action, DecisionContext, Permit, Timestamp, Verifier};
///
/// /// What the host brings along: its ledger, the store of its receipts, its clock, its randomness.
/// trait Host {
///     async fn reserve(&self, charges: &Charges, attempt: AttemptId) -> LedgerAnswer;
///     async fn close(&self, reservation: Reservation, outcome: Outcome);
///     async fn put_started(&self, permit: &Permit) -> Result<(), StoreError>;
///     async fn put_finished(&self, record: &OperationRecord) -> Result<(), StoreError>;
///     fn now(&self) -> Timestamp;
///     fn random(&self) -> AttemptId;
/// }
///
/// async fn guarded<T, E>(
///     host: &impl Host,
///     verifier: &Verifier,
///     (proof, action, context): (&[u8], &Action, &DecisionContext<'_>),
///     tool: impl AsyncFnOnce(&RunningCall) -> Result<T, E>,
/// ) -> Result<T, GuardError<E>> {
///     let unsettled = verifier.check(proof, action, context)?;
///     // Where the reply is lost, the host asks again with the same id.
///     let answer = host.reserve(unsettled.charges(), host.random()).await;
///     let permit = unsettled.settle(answer)?;
///     if let Err(not_stored) = host.put_started(&permit).await {
///         let record = permit.cancel();
///         host.close(record.reservation(), record.outcome).await;
///         return Err(not_stored.into());
///     }
///     let (result, record) = match permit.start(host.now()) {
///         Ok(running) => {
///             let result = tool(&running).await.map_err(GuardError::Tool);
///             let outcome = if result.is_ok() { Outcome::Done } else { Outcome::Failed };
///             (result, running.finish(outcome))
///         }
///         Err(late) => (Err(late.denial.into()), late.record),
///     };
///     host.close(record.reservation(), record.outcome).await;
///     let _stays_open_if_not_stored = host.put_finished(&record).await;
///     result
/// }
/// ```
pub struct Guard {
    verifier: Verifier,
    audience: Audience,
    system: Option<Label>,
    ledgers: Vec<Label>,
    known: Option<ChainCache>,
    ledger: MemoryLedger,
    register: RwLock<Register>,
    source: Option<Source>,
    receipts: Mutex<ReceiptLog>,
    key: SigningKey,
    store: Store,
    on_failure: OnFailure,
}

type Source = Box<dyn Fn(&Watches) -> Vec<(Notice, Timestamp)> + Send + Sync>;
type Store = Box<dyn Fn(&Token<Receipt>) -> Result<(), StoreError> + Send + Sync>;

/// The host could not store a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the receipt could not be stored")]
pub struct StoreError;

/// The treatment of the charges of an operation whose closure returned an error. Those of one that
/// panicked stay spent: whoever can make a tool panic after its effect would else spend without
/// end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// They stay spent: it may have had part of its effect.
    #[default]
    Commit,
    /// They are given back: the host knows that a tool that returns an error has had no effect at
    /// all.
    Release,
}

/// Why a guarded tool gave no result. `Display` shows what a caller may be told of a denial; see
/// [`Denial::details`].
#[derive(Debug, Error)]
pub enum GuardError<E> {
    /// The call was refused, and the tool did not run.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The permit could not be put on record, and the tool did not run.
    #[error(transparent)]
    NotStored(#[from] StoreError),
    /// The tool ran, and failed.
    #[error("the tool failed: {0}")]
    Tool(E),
}

/// A call as a server received it: the execution proof's bytes, and what the server is about to
/// run.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedCall<'a> {
    proof: &'a [u8],
    action: &'a Action,
    facts: Option<&'a Facts>,
    approvals: &'a [Token<Approval>],
}

impl<'a> ReceivedCall<'a> {
    /// The proof that came, and the action that it must be for.
    #[must_use]
    pub const fn new(proof: &'a [u8], action: &'a Action) -> Self {
        Self {
            proof,
            action,
            facts: None,
            approvals: &[],
        }
    }

    /// With what the host observed.
    #[must_use]
    pub const fn with_facts(self, facts: &'a Facts) -> Self {
        Self {
            facts: Some(facts),
            ..self
        }
    }

    /// With the approvals that came with it.
    #[must_use]
    pub const fn with_approvals(self, approvals: &'a [Token<Approval>]) -> Self {
        Self { approvals, ..self }
    }
}

impl Guard {
    /// A guard of the tools of `audience`, which starts with what `register` knows. Its receipts
    /// are signed with `key` and handed to `store`, in order and one at a time, each before what it
    /// permits begins; what can't be stored does not begin. `store` returns an error only for what
    /// it has not stored, and does not panic.
    #[must_use]
    pub fn new(
        verifier: Verifier,
        audience: Audience,
        register: Register,
        ledger: MemoryLedger,
        key: SigningKey,
        store: impl Fn(&Token<Receipt>) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            register: RwLock::new(register),
            receipts: Mutex::new(ReceiptLog::new(key.public())),
            source: None,
            store: Box::new(store),
            verifier,
            audience,
            system: None,
            ledgers: Vec::new(),
            known: None,
            ledger,
            key,
            on_failure: OnFailure::default(),
        }
    }

    /// Whose ledger counts for these names. See [`DecisionContext::with_ledgers`].
    #[must_use]
    pub fn with_ledgers(self, ledgers: impl IntoIterator<Item = Label>) -> Self {
        Self {
            ledgers: ledgers.into_iter().collect(),
            ..self
        }
    }

    /// Acting on principals' accounts in this system. See [`DecisionContext::with_system`].
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self {
            system: Some(system),
            ..self
        }
    }

    /// Not verifying again what `cache` knows. See [`ChainCache`].
    #[must_use]
    pub fn with_cache(self, cache: ChainCache) -> Self {
        Self {
            known: Some(cache),
            ..self
        }
    }

    /// Fetches stored notices between authenticating a call and deciding on it: `source` is asked
    /// for all that the chain at hand watches, and what it returns is applied to the register, each
    /// notice with the time of its receipt, which is stored beside it. It is asked at every
    /// authenticated call, while no lock is held, and does not panic.
    ///
    /// Without it, a notice about a mandate that this server has not yet seen must be applied again
    /// by the host when it has; see [`Register::apply`].
    #[must_use]
    pub fn with_source(
        self,
        source: impl Fn(&Watches) -> Vec<(Notice, Timestamp)> + Send + Sync + 'static,
    ) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..self
        }
    }

    /// What becomes of the charges of tools that fail.
    #[must_use]
    pub fn with_on_failure(self, on_failure: OnFailure) -> Self {
        Self { on_failure, ..self }
    }

    /// Going on with the record that ends at `head`.
    #[must_use]
    pub fn with_head(self, head: LogHead) -> Self {
        let receipts = Mutex::new(ReceiptLog::resume(self.key.public(), head));
        Self { receipts, ..self }
    }

    /// Changes what is known of missions: takes in notices, forgets old ones.
    pub fn update<T>(&self, change: impl FnOnce(&mut Register) -> T) -> T {
        change(
            &mut self
                .register
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Its ledger.
    #[must_use]
    pub const fn ledger(&self) -> &MemoryLedger {
        &self.ledger
    }

    /// How far its record goes.
    #[must_use]
    pub fn head(&self) -> LogHead {
        self.receipts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .head()
    }

    /// Puts the denials since the last receipt on record, for a host that does so every so often,
    /// or before it stops: else they wait for the next permit. `id` is unique, from the host.
    ///
    /// # Errors
    /// [`StoreError`]; they are then still counted.
    pub fn record_denials(
        &self,
        id: impl Into<TokenId>,
        clock: impl FnOnce() -> Timestamp,
    ) -> Result<(), StoreError> {
        self.record(|log| log.counted(id, clock(), &self.key))
    }

    /// Runs a tool for a call, if it is permitted; `clock` is read when it is decided, when it
    /// starts, when it ends, and for each receipt. It does not step back, nor panic, nor ask the
    /// guard.
    ///
    /// A failed tool, one that panics included, is put on record, and its charges are treated as
    /// the host [chose](Self::with_on_failure). The outcome of an operation whose last receipt can't be
    /// stored stays open in the record.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn run<T, E>(
        &self,
        received: &ReceivedCall<'_>,
        clock: impl Fn() -> Timestamp,
        tool: impl FnOnce(&RunningCall) -> Result<T, E>,
    ) -> Result<T, GuardError<E>> {
        let permit = self
            .permitted(received, &clock)
            .map_err(|denial| self.denied(denial))?;
        let recorded =
            self.record(|log| log.started(&permit, next_id(log, permit.key()), clock(), &self.key));
        if let Err(not_stored) = recorded {
            let record = permit.cancel();
            self.ledger.close(record.reservation(), record.outcome);
            return Err(GuardError::NotStored(not_stored));
        }
        // Storing takes time, so the permit is asked last.
        let running = permit.start(clock()).map_err(|not_started| {
            self.close(&not_started.record, &clock);
            self.denied(not_started.denial)
        })?;
        // Dropped while panicking, it says that the tool failed: a panic may come after the effect,
        // so nothing is given back.
        let mut closing = Closing {
            guard: self,
            running: Some(running),
            clock: &clock,
            outcome: Outcome::Failed,
        };
        let result = match &closing.running {
            Some(running) => tool(running),
            None => return Err(GuardError::NotStored(StoreError)),
        };
        closing.outcome = if result.is_ok() {
            Outcome::Done
        } else {
            self.failed()
        };
        result.map_err(GuardError::Tool)
    }

    fn permitted(
        &self,
        received: &ReceivedCall<'_>,
        clock: &impl Fn() -> Timestamp,
    ) -> Result<Permit, Denial> {
        let here = ServerContext::new(clock(), self.audience.clone());
        let here = self
            .system
            .iter()
            .cloned()
            .fold(here, ServerContext::with_system);
        let opened = match &self.known {
            Some(cache) => self
                .verifier
                .open_cached(received.proof, received.action, &here, cache),
            None => self.verifier.open(received.proof, received.action, &here),
        }?;
        let here = self.fetch(&opened, here, clock);
        let now = here.now();
        let unsettled = {
            let register = self.register.read().unwrap_or_else(PoisonError::into_inner);
            let context = DecisionContext::new(here, &register)
                .with_ledgers(&self.ledgers)
                .with_approvals(received.approvals);
            opened.decide(
                &received
                    .facts
                    .into_iter()
                    .fold(context, DecisionContext::with_facts),
            )?
        };
        self.ledger.settle(unsettled, now)
    }

    /// Applies what is stored about this chain's missions and tasks. Fetching takes time, so it
    /// returns the time after it.
    fn fetch(
        &self,
        opened: &OpenedProof<'_>,
        here: ServerContext,
        clock: &impl Fn() -> Timestamp,
    ) -> ServerContext {
        let Some(source) = &self.source else {
            return here;
        };
        let watches = opened.watches();
        let notices = source(&watches);
        let here = here.with_now(clock());
        // Signatures are verified while no lock is held, and none again of what is known.
        let retention = *self
            .register
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .retention();
        let mut received = Register::new(retention);
        for (notice, receipt) in notices {
            // A receipt that is still to come would let a notice from further ahead count.
            let receipt = receipt.min(here.now());
            let is_known = self
                .register
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .knows(&notice, &watches, receipt);
            if !is_known {
                // What does not count for this chain is passed over.
                let _ = received.apply(&notice, &watches, receipt);
            }
        }
        if !received.is_empty() {
            self.update(|register| register.merge(&received));
        }
        here
    }

    fn denied<E>(&self, denial: Denial) -> GuardError<E> {
        self.receipts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count_denial();
        GuardError::Denied(denial)
    }

    const fn failed(&self) -> Outcome {
        match self.on_failure {
            OnFailure::Commit => Outcome::Failed,
            OnFailure::Release => Outcome::Undone,
        }
    }

    /// Puts a receipt on record, or leaves the record as it was.
    fn record(
        &self,
        receipt: impl FnOnce(&mut ReceiptLog) -> Result<Token<Receipt>, SignError>,
    ) -> Result<(), StoreError> {
        let mut log = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut longer = log.clone();
        let receipt = receipt(&mut longer).map_err(|_| StoreError)?;
        (self.store)(&receipt)?;
        *log = longer;
        Ok(())
    }

    /// The clock is read while the record is held, so that its receipts are in the order of their
    /// times.
    fn close(&self, record: &OperationRecord, clock: &impl Fn() -> Timestamp) {
        self.ledger.close(record.reservation(), record.outcome);
        // It stays open in the record if this can't be stored, and who verifies the record sees
        // that.
        let _ =
            self.record(|log| log.finished(record, next_id(log, record.key), clock(), &self.key));
    }
}

/// What ends an operation, however its tool ends.
struct Closing<'g, C: Fn() -> Timestamp> {
    guard: &'g Guard,
    running: Option<RunningCall>,
    clock: &'g C,
    outcome: Outcome,
}

impl<C: Fn() -> Timestamp> Drop for Closing<'_, C> {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.guard.close(&running.finish(self.outcome), self.clock);
        }
    }
}

/// An id for the next receipt of a record. The digests of its receipts are unique, and a call can
/// be permitted more than once, so the id is taken from the receipt before; that of the first one
/// from the call.
fn next_id(log: &ReceiptLog, key: CallKey) -> TokenId {
    let unique = log
        .head()
        .last
        .map_or(*key.as_bytes(), |last| *last.as_bytes());
    let mut half = [0; 16];
    half.iter_mut()
        .zip(unique)
        .for_each(|(to, byte)| *to = byte);
    half.into()
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}
