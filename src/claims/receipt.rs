use super::notice::NoticeHeader;
use crate::powers::Powers;
use crate::primitives::{
    AccountId, Audience, CallKey, Digest, ForeignText, MandateId, Number, RequestDigest, Timestamp,
};
use std::fmt;

/// One entry of a server's record of what it permitted: signed, and linked to the entry before it
/// by that one's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Who keeps the record, when the entry was made.
    pub header: NoticeHeader,
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
        /// The digest of what the call asked for.
        request: RequestDigest,
        /// How.
        outcome: Outcome,
    },
    /// Nothing but the count of denials, so far.
    Counted,
    /// A call that would have been denied, at a server that only observes. The tool ran without a
    /// permit.
    WouldDeny(WouldDeny),
}

/// A call that a server which only observes would have denied.
///
/// It is a record and nothing else: no permit comes of it.
///
/// ```compile_fail
/// fn run(observed: mandatum::claims::WouldDeny, now: mandatum::Timestamp) {
///     observed.start(now);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldDeny {
    /// Its identity.
    pub call: CallKey,
    /// The digest of what it asks for.
    pub request: RequestDigest,
    /// The mandate that it is made under.
    pub leaf: MandateId,
    /// The server that observed it.
    pub audience: Audience,
    /// The name of the code of the first check that failed.
    pub code: ForeignText,
    /// The powers that would have permitted just this call, arguments included, where powers were
    /// what was missing. Absent where none can be named, or where they are too large for a receipt.
    pub missing: Option<Powers>,
}

/// A permitted call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its identity.
    pub call: CallKey,
    /// The digest of what it asks for: with the arguments at hand, it proves what ran.
    pub request: RequestDigest,
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
