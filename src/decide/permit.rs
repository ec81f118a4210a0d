use super::call::{Call, Context};
use super::denial::{Denial, Place};
use super::mark::{LedgerAnswer, Mark, Marked};
use super::reason::Reason;
use super::trace::Trace;
use crate::chain::VerifiedChain;
use crate::ground::{Audience, CallKey, MandateId, Timestamp};
use crate::powers::Action;

/// A decision in favour that is not yet worth anything: the host's ledger must first say that this call was never decided
/// before. Not `Clone`, so it is settled once.
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
    mark: Mark,
}

impl Unsettled {
    pub(super) fn new(
        chain: VerifiedChain,
        call: Call,
        is_signed: bool,
        context: &Context<'_>,
        until: Timestamp,
        mark: Mark,
    ) -> Self {
        let permit = Permit {
            chain,
            call,
            is_signed,
            key: mark.key(),
            audience: context.audience().clone(),
            decided_at: context.now(),
            valid_until: until,
        };
        Self { permit, mark }
    }

    /// What the ledger must remember, and until when.
    #[must_use]
    pub const fn mark(&self) -> &Mark {
        &self.mark
    }

    /// The permit, if the host's ledger has marked this call for the first time.
    ///
    /// # Errors
    /// [`Denial`]: `AlreadyDecided`, `ReplayStoreFull`, or `AnswerForAnotherCall` when the answer is not about this call.
    pub fn settle(self, answer: LedgerAnswer) -> Result<Permit, Denial> {
        let reason = match answer.outcome {
            _ if answer.key != self.mark.key() => Reason::AnswerForAnotherCall,
            Marked::First => return Ok(self.permit),
            Marked::Before => Reason::AlreadyDecided,
            Marked::NoRoom => Reason::ReplayStoreFull,
        };
        Err(Denial::new(Place::Verifier, reason))
    }
}

/// Permission for one call, once, until something it rests on ends. Not `Clone`.
#[must_use = "a permit is for one operation, which starts with it"]
#[derive(Debug)]
pub struct Permit {
    chain: VerifiedChain,
    call: Call,
    is_signed: bool,
    key: CallKey,
    audience: Audience,
    decided_at: Timestamp,
    valid_until: Timestamp,
}

impl Permit {
    /// The first second in which it is no longer valid: the minimum of all it rests on.
    #[must_use]
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// The one identity of the call.
    #[must_use]
    pub const fn key(&self) -> CallKey {
        self.key
    }

    /// The call that is permitted.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// From the principal, through every holder, to the call.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace::new(self.chain.chain(), self.chain.tasks(), &self.call.action)
    }

    pub(super) const fn rests_on(&self) -> (&VerifiedChain, &Action, bool) {
        (&self.chain, &self.call.action, self.is_signed)
    }

    /// The same permit, decided again.
    pub(super) fn again(self, decided_at: Timestamp, valid_until: Timestamp) -> Self {
        Self { decided_at, valid_until, ..self }
    }

    /// Starts the operation. Checked at the moment it starts, because a permit may have waited in a queue.
    ///
    /// # Errors
    /// [`Denial`] `PermitExpired` from [`valid_until`](Self::valid_until) on.
    pub fn start(self, now: Timestamp) -> Result<Running, Denial> {
        if now < self.valid_until {
            Ok(Running { permit: self, started_at: now })
        } else {
            let expired = Reason::PermitExpired { until: self.valid_until, now };
            Err(Denial::new(Place::Verifier, expired))
        }
    }
}

/// An operation that runs on a permit.
#[must_use = "an operation ends with a record of its outcome"]
#[derive(Debug)]
pub struct Running {
    permit: Permit,
    started_at: Timestamp,
}

impl Running {
    /// The call that runs.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.permit.call
    }

    /// Ends it with its outcome.
    #[must_use]
    pub fn finish(self, outcome: Outcome) -> Record {
        Record {
            key: self.permit.key,
            leaf: self.permit.chain.chain().leaf_id(),
            audience: self.permit.audience,
            decided_at: self.permit.decided_at,
            started_at: self.started_at,
            outcome,
        }
    }
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It did what it should.
    Done,
    /// It failed, and may have had part of its effect.
    Failed,
}

/// What is left of an operation: which call, under which mandate, when, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The one identity of the call.
    pub key: CallKey,
    /// The mandate it ran under.
    pub leaf: MandateId,
    /// The server that permitted it.
    pub audience: Audience,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When it started.
    pub started_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
}
