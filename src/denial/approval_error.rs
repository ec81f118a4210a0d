use crate::primitives::bounds::MAX_APPROVALS;
use crate::primitives::{Audience, PublicKey, Seconds, Ticked, Timestamp};
use thiserror::Error;

/// Why the people who must approve a call did not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// More approvals than may be presented.
    #[error("at most {MAX_APPROVALS} approvals, found {found}")]
    TooManyApprovals {
        /// Approvals presented.
        found: usize,
    },
    /// An approval by somebody whom no gate before this call names.
    #[error("approved by {by}, who may not")]
    ApprovalByStranger {
        /// Who.
        by: PublicKey,
    },
    /// One person's approval twice.
    #[error("approved twice by {by}")]
    ApprovedTwice {
        /// Who.
        by: PublicKey,
    },
    /// An approval of a call at another server.
    #[error("the approval by {by} is of a call at {}", Ticked(named.as_str()))]
    ApprovalForAnotherAudience {
        /// Who.
        by: PublicKey,
        /// Where.
        named: Audience,
    },
    /// An approval of another call, or of one whose arguments are others now.
    #[error("the approval by {by} is of another call")]
    ApprovalForAnotherCall {
        /// Who.
        by: PublicKey,
    },
    /// An approval from the future, further than the leeway.
    #[error("approved by {by} at {at}, now is {now}")]
    ApprovalFromFuture {
        /// Who.
        by: PublicKey,
        /// When.
        at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// An approval that no longer counts.
    #[error("the approval by {by} expired at {expires}, now is {now}")]
    ApprovalExpired {
        /// Who.
        by: PublicKey,
        /// When it expired.
        expires: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// An approval that is older than a gate allows, and without which too few are left.
    #[error("approved by {by} at {at}, at most {max_age} ago is accepted, now is {now}")]
    ApprovalTooOld {
        /// Who.
        by: PublicKey,
        /// When.
        at: Timestamp,
        /// How long ago that may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
    /// An approval that the key it claims did not sign.
    #[error("the approval by {by} is not signed by that key")]
    ApprovalSignature {
        /// Who it claims to be by.
        by: PublicKey,
    },
    /// Too few approvals.
    #[error("too few approvals: {needed} must approve, {given} did")]
    ApprovalsMissing {
        /// How many must.
        needed: usize,
        /// How many did.
        given: usize,
        /// Who still can. For the host, not for the caller.
        open: Vec<PublicKey>,
    },
}
