use super::trace::Trace;
use crate::chain::{Call, VerifiedChain};
use crate::charge::{Charge, ChargeRefusal, Charges, LedgerAnswer, LedgerOutcome, Reservation};
use crate::claims::{Outcome, Started};
use crate::denial::{ChargeError, Denial, DenialPlace, DenialReason};
use crate::primitives::{Audience, CallKey, Digest, Label, MandateId, RequestDigest, Timestamp};

/// A decision in favour that has no effect yet. The host's ledger must first state that this call
/// was never decided before and that all its charges fit. It is not `Clone`, so it is settled once.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// use mandatum::{DecisionContext, DenialCode, MemoryLedger, Register};
/// let (context, ledger) = (DecisionContext::new(here, Register::none()), MemoryLedger::new(100));
/// let (first, again) = (verifier.check(&proof, &call.action, &context)?,
///                       verifier.check(&proof, &call.action, &context)?);
/// assert!(ledger.settle(first, now).is_ok());
/// assert_eq!(ledger.settle(again, now).unwrap_err().code(), DenialCode::AlreadyDecided);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Nothing starts before it is settled:
///
/// ```compile_fail
/// fn run_without_settling(unsettled: mandatum::Unsettled, now: mandatum::Timestamp) {
///     unsettled.start(now);
/// }
/// ```
#[must_use = "a decision must be settled with the host's ledger before anything runs"]
#[derive(Debug)]
pub struct Unsettled {
    permit: Permit,
}

impl Unsettled {
    pub(crate) const fn new(permit: Permit) -> Self {
        Self { permit }
    }

    /// Returns what the ledger must remember and count.
    #[must_use]
    pub const fn charges(&self) -> &Charges {
        &self.permit.charges
    }

    /// Returns the permit, if the host's ledger has marked this call for the first time and made
    /// its charges.
    ///
    /// # Errors
    /// - [`Denial`] with `AlreadyDecided` or `CallConflict`: the call's id was used before.
    /// - `LedgerFull` or `BeyondLedgerTerms`: the ledger can't remember the call.
    /// - `BudgetExhausted`, `RateExceeded` or `GroupClosed`: a charge does not fit.
    /// - `AnswerForAnotherCall`: the answer is not about this call and this request.
    pub fn settle(self, answer: LedgerAnswer) -> Result<Permit, Denial> {
        let (place, reason) = match answer.outcome {
            // Checked before the outcome, so that one answer can't settle two decisions.
            outcome if answer != self.charges().answer(outcome) => {
                (DenialPlace::Verifier, DenialReason::AnswerForAnotherCall)
            }
            LedgerOutcome::Reserved => return Ok(self.permit),
            LedgerOutcome::Before { recorded } => (
                DenialPlace::Verifier,
                DenialReason::AlreadyDecided { recorded },
            ),
            LedgerOutcome::Conflict => (DenialPlace::Call, DenialReason::CallConflict),
            LedgerOutcome::NoRoom => (DenialPlace::Verifier, DenialReason::LedgerFull),
            LedgerOutcome::BeyondTerms => (DenialPlace::Verifier, DenialReason::BeyondLedgerTerms),
            LedgerOutcome::Refused { charge, why } => match self.charges().charges().get(charge) {
                Some(charge) => (DenialPlace::Link(charge.link), refused(charge, why).into()),
                // A ledger that names a charge which this call does not have answers another call.
                None => (DenialPlace::Verifier, DenialReason::AnswerForAnotherCall),
            },
        };
        Err(Denial::new(place, reason))
    }
}

/// Returns the error of a refused charge, with the account's name.
fn refused(charge: &Charge, why: ChargeRefusal) -> ChargeError {
    let account = charge.name.clone();
    match why {
        ChargeRefusal::Exhausted { left } => ChargeError::BudgetExhausted { account, left },
        ChargeRefusal::TooFast { until } => ChargeError::RateExceeded { account, until },
        ChargeRefusal::GroupClosed => ChargeError::GroupClosed { account },
    }
}

/// The permission for one call, once, until something that it depends on ends. It is not `Clone`.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// use mandatum::claims::Outcome;
/// use mandatum::{DecisionContext, MemoryLedger, Register, Seconds};
/// let (context, ledger) = (DecisionContext::new(here, Register::none()), MemoryLedger::new(100));
/// let permit = ledger.settle(verifier.check(&proof, &call.action, &context)?, now)?;
/// // The mandates expire after an hour.
/// assert_eq!(permit.valid_until(), now.plus(Seconds::hours(1)));
/// let running = permit.start(now.plus(Seconds::new(1)))?;
/// let record = running.finish(Outcome::Done);
/// ledger.close(record.reservation(), record.outcome);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a permit is for one operation, which starts with it"]
#[derive(Debug)]
pub struct Permit {
    pub(crate) chain: VerifiedChain,
    pub(super) is_signed: bool,
    pub(crate) local_name: Option<Label>,
    pub(crate) decided_at: Timestamp,
    pub(crate) valid_until: Timestamp,
    pub(crate) charges: Charges,
    pub(crate) approvals: Vec<Digest>,
}

impl Permit {
    /// Returns the first second in which the permit is no longer valid: the earliest end of
    /// anything that the permit depends on.
    #[must_use]
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// Returns the identity of the call.
    #[must_use]
    pub fn key(&self) -> CallKey {
        self.charges.key()
    }

    /// Returns the digest of what the call asks for.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        self.charges.request()
    }

    /// Returns the call that is permitted.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.charges.call().call
    }

    /// Returns the principal's name in the server's own system, where the
    /// [context](crate::DecisionContext::with_system) names the system.
    #[must_use]
    pub const fn local_name(&self) -> Option<&Label> {
        self.local_name.as_ref()
    }

    /// Returns the charges of the call.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        self.charges.charges()
    }

    /// Returns the claims for the receipt that states the start of the operation.
    #[must_use]
    pub fn started(&self) -> Started {
        let charge = |charge: &Charge| (charge.account, charge.amount());
        Started {
            call: self.key(),
            request: self.request(),
            leaf: self.chain.chain().leaf_id(),
            audience: self.charges.call().audience.clone(),
            decided_at: self.decided_at,
            charges: self.charges().iter().map(charge).collect(),
            approvals: self.approvals.clone(),
        }
    }

    /// Returns the principal, every holder in turn, and the tool.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace::new(self.chain.chain(), self.chain.tasks(), &self.call().action)
    }

    /// Starts the operation. The time is checked when it starts, because a permit may have waited
    /// in a queue.
    ///
    /// # Errors
    /// [`StartError`] from [`valid_until`](Self::valid_until) on: the denial `PermitExpired`, and
    /// the record that gives back what was charged.
    pub fn start(self, now: Timestamp) -> Result<RunningCall, Box<StartError>> {
        if now < self.valid_until {
            return Ok(RunningCall {
                permit: self,
                started_at: now,
            });
        }
        let expired = DenialReason::PermitExpired {
            until: self.valid_until,
            now,
        };
        Err(self.not_started(Denial::new(DenialPlace::Verifier, expired)))
    }

    /// Ends the operation before anything ran. The ledger gives back what the call holds when it
    /// receives reservation and outcome of the [record](OperationRecord). The mark stays.
    #[must_use = "the ledger gives back what was charged when it is told"]
    pub fn cancel(self) -> OperationRecord {
        self.record(None, Outcome::Undone)
    }

    /// Returns the error of a permit that is denied before anything ran.
    pub(crate) fn not_started(self, denial: Denial) -> Box<StartError> {
        Box::new(StartError {
            denial,
            record: self.cancel(),
        })
    }

    /// Returns the record of an operation that is over.
    fn record(self, started_at: Option<Timestamp>, outcome: Outcome) -> OperationRecord {
        let at = self.charges.at();
        let (call, charges) = self.charges.into_parts();
        OperationRecord {
            key: call.key(),
            request: call.request(),
            at,
            leaf: call.leaf,
            audience: call.audience,
            decided_at: self.decided_at,
            started_at,
            charges,
            outcome,
        }
    }
}

/// A permit that is no longer valid: it was started too late, or denied when it was [decided
/// again](crate::Verifier::recheck).
#[derive(Debug, thiserror::Error)]
#[error("{denial}")]
pub struct StartError {
    /// Denial of the start.
    #[source]
    pub denial: Denial,
    /// Record of an operation that did not run. The ledger closes its reservation, which gives back
    /// what was charged.
    pub record: OperationRecord,
}

/// An operation that runs on a permit.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// # use mandatum::{DecisionContext, MemoryLedger, Register};
/// # let (context, ledger) = (DecisionContext::new(here, Register::none()), MemoryLedger::new(9));
/// # let permit = ledger.settle(verifier.check(&proof, &call.action, &context)?, now)?;
/// use mandatum::claims::Outcome;
/// let running = permit.start(now)?;
/// assert_eq!(running.call(), &call);
/// // The tool runs here, with the arguments of `running.call()`.
/// let record = running.finish(Outcome::Done);
/// assert_eq!((record.started_at, record.outcome), (Some(now), Outcome::Done));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an operation ends with a record of its outcome"]
#[derive(Debug)]
pub struct RunningCall {
    pub(crate) permit: Permit,
    pub(super) started_at: Timestamp,
}

impl RunningCall {
    /// Returns the call that runs.
    #[must_use]
    pub const fn call(&self) -> &Call {
        self.permit.call()
    }

    /// Returns the permit that it runs on.
    pub const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Ends the operation with its outcome.
    #[must_use]
    pub fn finish(self, outcome: Outcome) -> OperationRecord {
        self.permit.record(Some(self.started_at), outcome)
    }
}

/// An operation that is over, for its receipt: the call, its mandate, the times, the charges and
/// the outcome.
///
/// The ledger receives [reservation](Self::reservation) and outcome. It gives back what it stored
/// with the mark, not what this record states.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationRecord {
    /// Identity of the call.
    pub key: CallKey,
    /// Digest of what the call asked for.
    pub request: RequestDigest,
    /// Time at which the call was signed. For an asserted call, the time of the decision.
    pub at: Timestamp,
    /// Mandate that the call was made under.
    pub leaf: MandateId,
    /// Server that permitted it.
    pub audience: Audience,
    /// Time of the decision.
    pub decided_at: Timestamp,
    /// Time of the start; absent for an operation that never started.
    pub started_at: Option<Timestamp>,
    /// Charges of the call.
    pub charges: Vec<Charge>,
    /// Outcome of the operation.
    pub outcome: Outcome,
}

impl OperationRecord {
    /// Returns the reservation that the ledger closes with the outcome.
    #[must_use]
    pub const fn reservation(&self) -> Reservation {
        Reservation {
            key: self.key,
            at: self.at,
        }
    }
}
