use crate::ground::{CallKey, Number, Timestamp};

/// What a ledger did about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerOutcome {
    /// The call was not marked before and is now, and all its charges are made.
    Reserved,
    /// It was marked before.
    Before,
    /// It can't be marked or charged: there is no room for it, or marks as old as its own are forgotten already.
    NoRoom,
    /// It is neither marked nor charged: the verifier accepts older calls, or has a greater leeway, than the ledger's
    /// [terms](crate::LedgerTerms) cover.
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

/// A ledger's answer about one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerAnswer {
    /// Which call.
    pub key: CallKey,
    /// What was done. All of it in one atomic step.
    pub outcome: LedgerOutcome,
}
