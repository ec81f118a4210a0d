use super::charges::Charges;
use crate::denial::RecordedOutcome;
use crate::primitives::{CallKey, Number, RequestDigest, Timestamp};

/// What a ledger did about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerOutcome {
    /// The call was not marked before and is now, and all its charges are made; or it is the same
    /// attempt again at a reservation that is open, for which nothing is charged twice.
    Reserved,
    /// It was marked before, with the same request.
    Before {
        /// What became of it, for a call that was signed anew; absent for bytes that may have been
        /// captured.
        recorded: Option<RecordedOutcome>,
    },
    /// Its id was marked before, with another request.
    Conflict,
    /// It can't be marked or charged: there is no room for it, or marks as old as its own are
    /// forgotten already.
    NoRoom,
    /// It is neither marked nor charged: the verifier accepts older calls, or has a greater leeway,
    /// than the ledger's [terms](crate::charge::LedgerTerms) cover.
    BeyondTerms,
    /// It is marked now, but this charge does not fit, and none is made.
    Refused {
        /// Which, from 0.
        charge: usize,
        /// Why not.
        why: ChargeRefusal,
    },
}

/// Why an account refuses a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChargeRefusal {
    /// It would come to more than the most.
    Exhausted {
        /// What is left.
        left: Number,
    },
    /// Calls come too fast.
    TooFast {
        /// The first second in which one more may come.
        until: Timestamp,
    },
    /// A tool of another group was used.
    GroupClosed,
}

/// A ledger's answer about one call. Only the call whose id and request it names is settled by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerAnswer {
    /// Which call.
    pub key: CallKey,
    /// What it asks for.
    pub request: RequestDigest,
    /// What was done. All of it in one atomic step.
    pub outcome: LedgerOutcome,
}

/// One reservation of a call in a ledger, which is closed once.
///
/// A call's id can be used again when its mark is forgotten. The signed time tells the reservations
/// of one id apart, so that a late or repeated close of the first does not end the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reservation {
    /// Which call.
    pub key: CallKey,
    /// When the call that was reserved was signed; of a call by the host's word, when it was
    /// decided.
    pub at: Timestamp,
}

impl Charges {
    /// Returns a ledger's answer about this call.
    #[must_use]
    pub fn answer(&self, outcome: LedgerOutcome) -> LedgerAnswer {
        LedgerAnswer {
            key: self.key(),
            request: self.request(),
            outcome,
        }
    }

    /// Returns the reservation that a ledger makes of this call.
    #[must_use]
    pub fn reservation(&self) -> Reservation {
        Reservation {
            key: self.key(),
            at: self.at(),
        }
    }
}
