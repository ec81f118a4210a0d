use super::received_call::ReceivedCall;
use crate::chain::ChainCache;
use crate::claims::{Outcome, Receipt};
use crate::decide::{
    DecisionContext, OpenedProof, OperationRecord, Permit, RunningCall, ServerContext, Verifier,
};
use crate::denial::Denial;
use crate::ledger::MemoryLedger;
use crate::mission::{Notice, Register, Watches};
use crate::primitives::{Audience, CallKey, Label, Timestamp, TokenId};
use crate::receipts::{LogHead, ReceiptLog};
use crate::sign::{SignError, SigningKey, Token};
use std::fmt;
use std::sync::{Mutex, PoisonError, RwLock};
use thiserror::Error;

/// Everything that a host needs around a tool, in one value: verifier, register, ledger, receipts.
/// Threads share it.
///
/// [`run`](Self::run) walks the whole ladder: check, settle, receipt, start, tool, outcome. The
/// tool runs on a started permit, at most once, or not at all.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, audience, now, server: key, .. } = sample;
/// use mandatum::guard::{ReceivedCall, StoreError};
/// use mandatum::{Guard, MemoryLedger, Register};
/// let (register, ledger) = (Register::none().clone(), MemoryLedger::new(1_000));
/// let guard = Guard::new(verifier, audience, register, ledger, key, |_receipt| Ok(()));
/// let received = ReceivedCall::new(&proof, &call.action);
/// assert!(guard.run(&received, || now, |_running| Ok::<_, StoreError>(())).is_ok());
/// // One receipt of the start, one of the end; the same bytes are refused.
/// assert_eq!(guard.head().length, 2);
/// assert!(guard.run(&received, || now, |_running| Ok::<_, StoreError>(())).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # An async host
///
/// A guard blocks the thread that it runs on. A host whose ledger, store and tools are awaited
/// walks the same ladder in a function of its own. Every step takes the value of the step before
/// it, so none can be left out. A future that is dropped half-way leaves the charges spent and the
/// call open in the record. The host counts denials where the error arrives.
///
/// ```
/// use mandatum::charge::{Charges, LedgerAnswer, Reservation};
/// use mandatum::claims::Outcome;
/// use mandatum::decide::{OperationRecord, RunningCall};
/// use mandatum::guard::{GuardError, StoreError};
/// use mandatum::primitives::AttemptId;
/// use mandatum::{Action, DecisionContext, Permit, Timestamp, Verifier};
///
/// /// The parts of the host: its ledger, the store of its receipts, its clock, its randomness.
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
///     // If the reply is lost, the host asks again with the same id.
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

/// The treatment of the charges of an operation whose closure returned an error. The charges of one
/// that panicked stay spent: otherwise a caller who can make a tool panic after its effect could
/// spend without end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// The charges stay spent, because the tool may have had part of its effect.
    #[default]
    Commit,
    /// The charges are given back. It is for a host that knows that a tool which returns an error
    /// has had no effect at all.
    Release,
}

/// The reason why a guarded tool gave no result.
///
/// `Display` of [`Denied`](Self::Denied) and [`NotStored`](Self::NotStored) is safe for a caller:
/// it hides the host's own state, which [`Denial::details`] has for the logs. `Display` of
/// [`Tool`](Self::Tool) writes the tool's own error in full, which may leak paths, queries or
/// secrets to a caller. Match the variant and answer a caller with a text of your own:
///
/// ```
/// use mandatum::guard::{GuardError, StoreError};
/// fn answer<E>(error: &GuardError<E>) -> String {
///     match error {
///         GuardError::Denied(denial) => denial.public().to_string(),
///         GuardError::NotStored(_) | GuardError::Tool(_) => "the call failed".into(),
///     }
/// }
/// let failed = GuardError::Tool("no table `payroll` at db7");
/// assert_eq!(answer(&failed), "the call failed");
/// assert_eq!(failed.to_string(), "the tool failed: no table `payroll` at db7");
/// assert_eq!(answer::<&str>(&StoreError.into()), "the call failed");
/// ```
#[derive(Debug, Error)]
pub enum GuardError<E> {
    /// The call was refused, and the tool did not run.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The permit could not be put on record, and the tool did not run.
    #[error(transparent)]
    NotStored(#[from] StoreError),
    /// The tool ran, and failed. Its error is not for a caller.
    #[error("the tool failed: {0}")]
    Tool(E),
}

impl Guard {
    /// Creates a guard of the tools of `audience`, which starts with the state in `register`.
    ///
    /// Its receipts are signed with `key` and given to `store`, in order and one at a time, each
    /// before what it permits begins. An operation whose receipt can't be stored does not begin.
    /// `store` must return an error only for a receipt that it has not stored, and must not panic.
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

    /// Sets the names of the ledgers that its ledger counts for. Budgets name a ledger, and a
    /// [`MemoryLedger`] has no name of its own. Without its name here, a call under a budget is
    /// refused with [`LedgerUnknown`](crate::DenialCode::LedgerUnknown). See
    /// [`DecisionContext::with_ledgers`].
    #[must_use]
    pub fn with_ledgers(self, ledgers: impl IntoIterator<Item = Label>) -> Self {
        Self {
            ledgers: ledgers.into_iter().collect(),
            ..self
        }
    }

    /// Sets the system on whose accounts it acts. See [`DecisionContext::with_system`].
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self {
            system: Some(system),
            ..self
        }
    }

    /// Sets a cache, so that links which it knows are not verified again. See [`ChainCache`].
    #[must_use]
    pub fn with_cache(self, cache: ChainCache) -> Self {
        Self {
            known: Some(cache),
            ..self
        }
    }

    /// Fetches stored notices between authenticating a call and deciding on it.
    ///
    /// `source` receives everything that the chain at hand watches. The notices that it returns are
    /// applied to the register, each with the time of its receipt, which is stored beside it. A
    /// notice that the chain does not watch is skipped. `source` is called at every authenticated
    /// call, while no lock is held, and must not panic.
    ///
    /// Without a source, the host must apply a notice about a mandate again when this server has
    /// first seen the mandate; see [`Register::apply`].
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

    /// Sets the treatment of the charges of tools that fail.
    #[must_use]
    pub fn with_on_failure(self, on_failure: OnFailure) -> Self {
        Self { on_failure, ..self }
    }

    /// Continues the record that ends at `head`.
    #[must_use]
    pub fn with_head(self, head: LogHead) -> Self {
        let receipts = Mutex::new(ReceiptLog::resume(self.key.public(), head));
        Self { receipts, ..self }
    }

    /// Changes the state of missions: applies notices, forgets old ones.
    pub fn update<T>(&self, change: impl FnOnce(&mut Register) -> T) -> T {
        // Every function of a register leaves it whole, so a lock that a panicking `change`
        // poisoned still guards a whole one.
        change(
            &mut self
                .register
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Returns its ledger.
    #[must_use]
    pub const fn ledger(&self) -> &MemoryLedger {
        &self.ledger
    }

    /// Returns the end of its record.
    #[must_use]
    pub fn head(&self) -> LogHead {
        self.receipts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .head()
    }

    /// Puts the denials since the last receipt on record. A host calls it every so often and before
    /// it stops; otherwise the denials wait for the next permit. `id` is unique, from the host.
    ///
    /// # Errors
    /// [`StoreError`] where `store` returned one. The denials are then still counted.
    pub fn record_denials(
        &self,
        id: impl Into<TokenId>,
        clock: impl FnOnce() -> Timestamp,
    ) -> Result<(), StoreError> {
        self.record(|log| log.counted(id, clock(), &self.key))
    }

    /// Runs a tool for a call, if it is permitted.
    ///
    /// `clock` is read when the call is decided, when it starts, when it ends, and for each
    /// receipt. It must not step back, panic, or call the guard.
    ///
    /// A failed tool, one that panics included, is put on record, and its charges are treated as
    /// the host [chose](Self::with_on_failure). An operation whose last receipt can't be stored
    /// stays open in the record.
    ///
    /// # Errors
    /// [`GuardError`]: `Denied` for a call that is refused, `NotStored` where the receipt of its
    /// start is not stored, `Tool` with the error of the tool.
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
        // Storing takes time, so the permit is checked after it.
        let running = permit.start(clock()).map_err(|not_started| {
            self.close(&not_started.record, &clock);
            self.denied(not_started.denial)
        })?;
        // If the tool panics, this is dropped as it is and records a failure: the panic may come
        // after the effect, so nothing is given back.
        let mut closing = Closing {
            guard: self,
            running: Some(running),
            clock: &clock,
            outcome: Outcome::Failed,
        };
        let result = match &closing.running {
            Some(running) => tool(running),
            // Unreachable: it was set above. Nothing runs without it.
            None => return Err(GuardError::NotStored(StoreError)),
        };
        closing.outcome = if result.is_ok() {
            Outcome::Done
        } else {
            self.failed()
        };
        result.map_err(GuardError::Tool)
    }

    /// Returns the permit of a call, settled with the ledger.
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
        // Signatures are verified while no lock is held, and those of known notices not at all.
        let retention = *self
            .register
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .retention();
        let mut received = Register::new(retention);
        for (notice, receipt) in notices {
            // A time of receipt in the future would let a notice from further ahead count.
            let receipt = receipt.min(here.now());
            let is_known = self
                .register
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .knows(&notice, &watches, receipt);
            if !is_known {
                // A notice that does not count for this chain is ignored.
                let _ = received.apply(&notice, &watches, receipt);
            }
        }
        if !received.is_empty() {
            self.update(|register| register.merge(&received));
        }
        here
    }

    /// Counts a denial for the next receipt.
    fn denied<E>(&self, denial: Denial) -> GuardError<E> {
        self.receipts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count_denial();
        GuardError::Denied(denial)
    }

    /// Returns the outcome of a tool that returned an error.
    const fn failed(&self) -> Outcome {
        match self.on_failure {
            OnFailure::Commit => Outcome::Failed,
            OnFailure::Release => Outcome::Undone,
        }
    }

    /// Puts a receipt on record, or leaves the record unchanged.
    fn record(
        &self,
        receipt: impl FnOnce(&mut ReceiptLog) -> Result<Token<Receipt>, SignError>,
    ) -> Result<(), StoreError> {
        let mut log = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        // A copy, so that a receipt that is not stored leaves no gap in the record.
        let mut longer = log.clone();
        // Unreachable error: the log's signer is the key that signs.
        let receipt = receipt(&mut longer).map_err(|_| StoreError)?;
        (self.store)(&receipt)?;
        *log = longer;
        Ok(())
    }

    /// Closes the operation in the ledger, then puts its end on record.
    fn close(&self, record: &OperationRecord, clock: &impl Fn() -> Timestamp) {
        // Below, the clock is read while the record is locked, so receipts are in order of time.
        self.ledger.close(record.reservation(), record.outcome);
        // If this can't be stored, the call stays open in the record, and verifying shows that.
        let _ =
            self.record(|log| log.finished(record, next_id(log, record.key), clock(), &self.key));
    }
}

/// The end of an operation, which is recorded however its tool ends.
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

/// Returns an id for the next receipt of a record. A call can be permitted more than once, so the
/// id is taken from the receipt before, whose digest is unique. The id of the first receipt is
/// taken from the call.
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
