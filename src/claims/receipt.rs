use super::Said;
use crate::ground::{AccountId, Audience, CallKey, Digest, MandateId, Number, Timestamp};
use std::fmt;

/// One entry of a server's record of what it permitted: signed, and linked to the entry before it by that one's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Who keeps the record, when the entry was made.
    pub said: Said,
    /// The entry's number, from 0.
    pub sequence: u64,
    /// The digest of the entry before it, signature included. Absent in the first.
    pub previous: Option<Digest>,
    /// How many calls were denied since the entry before it.
    pub denied: u64,
    /// What happened.
    pub event: ReceiptEvent,
}

/// What an entry records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptEvent {
    /// A call was permitted and starts.
    Started(Started),
    /// An operation ended.
    Finished {
        /// Its call.
        call: CallKey,
        /// How.
        outcome: Outcome,
    },
    /// Nothing but the count of denials, so far.
    Counted,
}

/// A permitted call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its one identity.
    pub call: CallKey,
    /// The mandate that it is made under.
    pub leaf: MandateId,
    /// The server that permitted it.
    pub audience: Audience,
    /// When that was decided.
    pub decided_at: Timestamp,
    /// The accounts that it was charged to, each with the amount where it is a sum.
    pub charges: Vec<(AccountId, Option<Number>)>,
    /// The digests of the approvals that it rests on.
    pub approvals: Vec<Digest>,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It did what it should.
    Done,
    /// It failed, and may have had part of its effect.
    Failed,
    /// It had no effect at all.
    Undone,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undone => "undone",
        })
    }
}
