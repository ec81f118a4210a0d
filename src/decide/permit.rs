use super::trace::Trace;
use crate::chain::{Call, VerifiedChain};
use crate::charge::{Charge, ChargeRefusal, Charges, LedgerAnswer, LedgerOutcome, Reservation};
use crate::claims::Outcome;
use crate::denial::{ChargeError, Denial, DenialPlace, DenialReason};
use crate::primitives::{Audience, CallKey, Digest, Label, MandateId, RequestDigest, Timestamp};

/// A decision in favour that is not yet worth anything: the host's ledger must first say that this
/// call was never decided before, and that all it is charged fits. Not `Clone`, so it is settled
/// once.
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

    /// What the ledger must remember and count.
    #[must_use]
    pub const fn charges(&self) -> &Charges {
        &self.permit.charges
    }

    /// The permit, if the host's ledger has marked this call for the first time and made its
    /// charges.
    ///
    /// # Errors
    /// [`Denial`]: `AlreadyDecided`, `CallConflict`, `LedgerFull`, `BeyondLedgerTerms`,
    /// `BudgetExhausted`, `RateExceeded` or `GroupClosed`, or `AnswerForAnotherCall` when the
    /// answer is not about this call and this request.
    pub fn settle(self, answer: LedgerAnswer) -> Result<Permit, Denial> {
        let (place, reason) = match answer.outcome {
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
                None => (DenialPlace::Verifier, DenialReason::AnswerForAnotherCall),
            },
        };
        Err(Denial::new(place, reason))
    }
}

fn refused(charge: &Charge, why: ChargeRefusal) -> ChargeError {
    let account = charge.name.clone();
    match why {
        ChargeRefusal::Exhausted { left } => ChargeError::BudgetExhausted { account, left },
        ChargeRefusal::TooFast { until } => ChargeError::RateExceeded { account, until },
        ChargeRefusal::GroupClosed => ChargeError::GroupClosed { account },
    }
}

/// Permission for one call, once, until something it rests on ends. Not `Clone`.
#[must_use = "a permit is for one operation, which starts with it"]
#[derive(Debug)]
pub struct Permit {
    pub(crate) chain: VerifiedChain,
    pub(crate) is_signed: bool,
    pub(crate) local_name: Option<Label>,
    pub(crate) decided_at: Timestamp,
    pub(crate) valid_until: Timestamp,
    pub(crate) charges: Charges,
    pub(crate) approvals: Vec<Digest>,
}

impl Permit {
    /// The first second in which it is no longer valid: the minimum of all it rests on.
    #[must_use]
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// The identity of the call.
    #[must_use]
    pub fn key(&self) -> CallKey {
        self.charges.key()
    }

    /// The digest of what the call asks for.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        self.charges.request()
    }

    /// The call that is permitted.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.charges.call().call
    }

    /// The principal's name in the server's own system, where the
    /// [context](crate::DecisionContext::with_system) asked for it.
    #[must_use]
    pub const fn local_name(&self) -> Option<&Label> {
        self.local_name.as_ref()
    }

    /// What the call was charged.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        self.charges.charges()
    }

    /// From the principal, through every holder, to the call.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace::new(self.chain.chain(), self.chain.tasks(), &self.call().action)
    }

    /// Starts the operation. Checked at the moment it starts, because a permit may have waited in a
    /// queue.
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

    /// Gives it up before anything ran. The ledger gives back what the call holds when it is told
    /// reservation and outcome of the [record](OperationRecord); the mark stays.
    #[must_use = "the ledger gives back what was charged when it is told"]
    pub fn cancel(self) -> OperationRecord {
        self.record(None, Outcome::Undone)
    }

    pub(crate) fn not_started(self, denial: Denial) -> Box<StartError> {
        Box::new(StartError {
            denial,
            record: self.cancel(),
        })
    }

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
    /// Why.
    #[source]
    pub denial: Denial,
    /// The end of the operation: nothing ran. The ledger closes its reservation, which gives back
    /// what was charged.
    pub record: OperationRecord,
}

/// An operation that runs on a permit.
#[must_use = "an operation ends with a record of its outcome"]
#[derive(Debug)]
pub struct RunningCall {
    pub(crate) permit: Permit,
    pub(crate) started_at: Timestamp,
}

impl RunningCall {
    /// The call that runs.
    #[must_use]
    pub const fn call(&self) -> &Call {
        self.permit.call()
    }

    /// The permit it runs on.
    pub const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Ends it with its outcome.
    #[must_use]
    pub fn finish(self, outcome: Outcome) -> OperationRecord {
        self.permit.record(Some(self.started_at), outcome)
    }
}

/// An operation that is over, for the receipt: which call, under which mandate, when, what it was
/// charged, and how it ended. The ledger is told [reservation](Self::reservation) and outcome; what
/// it gives back is what it stored with the mark, and not what stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationRecord {
    /// The identity of the call.
    pub key: CallKey,
    /// The digest of what it asked for.
    pub request: RequestDigest,
    /// When it was signed; of a call by the host's word, when it was decided.
    pub at: Timestamp,
    /// The mandate it ran under.
    pub leaf: MandateId,
    /// The server that permitted it.
    pub audience: Audience,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When it started; absent where it never did.
    pub started_at: Option<Timestamp>,
    /// What it was charged.
    pub charges: Vec<Charge>,
    /// How it ended.
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
