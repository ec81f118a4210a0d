use super::notice::NoticeHeader;
use crate::powers::Powers;
use crate::primitives::{
    AccountId, Audience, CallKey, Digest, ForeignText, MandateId, Number, RequestDigest, Timestamp,
};
use std::fmt;

/// One entry of a server's record of the calls that it permitted. It is signed, and has the digest
/// of the entry before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The id, server and time of the entry.
    pub header: NoticeHeader,
    /// Number of the entry, from 0.
    pub sequence: u64,
    /// Digest of the entry before it, signature included. The first entry has none.
    pub previous: Option<Digest>,
    /// Number of calls that were denied since the entry before it.
    pub denied: u64,
    /// The recorded event.
    pub event: ReceiptEvent,
}

/// The event that an entry records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptEvent {
    /// A call was permitted and starts.
    Started(Started),
    /// An operation ended.
    Finished {
        /// The identity of its call.
        call: CallKey,
        /// The digest of what the call asked for.
        request: RequestDigest,
        /// The outcome of the operation.
        outcome: Outcome,
    },
    /// Only the number of denials up to now.
    Counted,
    /// A call that would have been denied, at a server that only observes. The tool ran without a
    /// permit.
    WouldDeny(WouldDeny),
}

/// A call that a server which only observes would have denied.
///
/// It is a record and nothing else, so no permit can be made of it.
///
/// ```compile_fail
/// fn run(observed: mandatum::claims::WouldDeny, now: mandatum::Timestamp) {
///     observed.start(now);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldDeny {
    /// Identity of the call.
    pub call: CallKey,
    /// The digest of what the call asks for.
    pub request: RequestDigest,
    /// The mandate that the call is made under.
    pub leaf: MandateId,
    /// The server that observed it.
    pub audience: Audience,
    /// Name of the code of the first check that failed.
    pub code: ForeignText,
    /// The powers that would have permitted just this call, arguments included, where powers were
    /// missing. They are absent where none can be named, or where they are too large for a receipt.
    pub missing: Option<Powers>,
}

/// A permitted call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Identity of the call.
    pub call: CallKey,
    /// The digest of what the call asks for. Together with the arguments it proves what ran.
    pub request: RequestDigest,
    /// The mandate that the call is made under.
    pub leaf: MandateId,
    /// The server that permitted it.
    pub audience: Audience,
    /// Time of the decision.
    pub decided_at: Timestamp,
    /// The accounts that the call was charged to, each with the amount where it is a sum.
    pub charges: Vec<(AccountId, Option<Number>)>,
    /// The digests of the approvals that the decision used.
    pub approvals: Vec<Digest>,
}

/// The outcome of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It had the intended effect.
    Done,
    /// It failed, and may have had a part of its effect.
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
