use crate::denial::RecordedOutcome;
use crate::primitives::{CallKey, Number, RequestDigest, Timestamp};

/// The outcome of a call at a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerOutcome {
    /// The call was not marked before. It is marked now, and all its charges are made. It is also
    /// the outcome of the same attempt at an open reservation, for which nothing is charged twice.
    Reserved,
    /// The call was marked before, with the same request.
    Before {
        /// Recorded outcome, for a call that was signed anew. It is absent for bytes that may have
        /// been captured.
        recorded: Option<RecordedOutcome>,
    },
    /// The call's id was marked before, with another request.
    Conflict,
    /// The call can't be marked or charged: there is no room for it, or marks as old as its own are
    /// already forgotten.
    NoRoom,
    /// The call is neither marked nor charged: the verifier's call age or leeway is greater than
    /// the ledger's [terms](crate::charge::LedgerTerms) cover.
    BeyondTerms,
    /// The call is marked now, but this charge does not fit, so none is made.
    Refused {
        /// Charge that does not fit, from 0.
        charge: usize,
        /// Reason of the refusal.
        why: ChargeRefusal,
    },
}

/// The reason why an account refuses a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChargeRefusal {
    /// The sum would be more than the maximum.
    Exhausted {
        /// Amount that is left.
        left: Number,
    },
    /// Calls come too fast.
    TooFast {
        /// First second in which one more call may come.
        until: Timestamp,
    },
    /// A tool of another group was used.
    GroupClosed,
}

/// A ledger's answer about one call. Only the call whose id and request it names is settled by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerAnswer {
    /// Identity of the call.
    pub key: CallKey,
    /// Digest of what the call asks for.
    pub request: RequestDigest,
    /// Outcome, reached in one atomic step.
    pub outcome: LedgerOutcome,
}

/// A reservation of a call in a ledger, which is closed once.
///
/// A call's id can be used again when its mark is forgotten. The signed time distinguishes the
/// reservations of one id, so that a late or repeated close of the first does not end the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reservation {
    /// Identity of the call.
    pub key: CallKey,
    /// Time at which the reserved call was signed. For an asserted call, the time of the decision.
    pub at: Timestamp,
}
