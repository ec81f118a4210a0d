use crate::primitives::bounds::MAX_APPROVALS;
use crate::primitives::{Audience, PublicKey, Seconds, Ticked, Timestamp};
use thiserror::Error;

/// The reason why a call is not approved.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// More approvals than may be presented.
    #[error("at most {MAX_APPROVALS} approvals, found {found}")]
    TooManyApprovals {
        /// Number of approvals presented.
        found: usize,
    },
    /// An approval by somebody whom no gate before this call names.
    #[error("approved by {by}, whom no gate of this call names")]
    ApprovalByStranger {
        /// Signer of the approval.
        by: PublicKey,
    },
    /// Two approvals by one person.
    #[error("approved twice by {by}")]
    ApprovedTwice {
        /// Signer of both.
        by: PublicKey,
    },
    /// An approval of a call at another server.
    #[error("the approval by {by} is of a call at {}", Ticked(named.as_str()))]
    ApprovalForAnotherAudience {
        /// Signer of the approval.
        by: PublicKey,
        /// Server that the approval names.
        named: Audience,
    },
    /// An approval of another call, or of this call with other arguments.
    #[error("the approval by {by} is of another call")]
    ApprovalForAnotherCall {
        /// Signer of the approval.
        by: PublicKey,
    },
    /// An approval further in the future than the leeway.
    #[error("approved by {by} at {at}, now is {now}")]
    ApprovalFromFuture {
        /// Signer of the approval.
        by: PublicKey,
        /// Time of the approval.
        at: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// An approval that has expired.
    #[error("the approval by {by} expired at {expires}, now is {now}")]
    ApprovalExpired {
        /// Signer of the approval.
        by: PublicKey,
        /// Time of the expiry.
        expires: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// An approval older than a gate allows. Without it too few are left.
    #[error("approved by {by} at {at}, at most {max_age} ago is accepted, now is {now}")]
    ApprovalTooOld {
        /// Signer of the approval.
        by: PublicKey,
        /// Time of the approval.
        at: Timestamp,
        /// Greatest age that the gate accepts.
        max_age: Seconds,
        /// Time of the decision.
        now: Timestamp,
    },
    /// An approval that the key it names did not sign.
    #[error("the approval by {by} is not signed by that key")]
    ApprovalSignature {
        /// Key that the approval names.
        by: PublicKey,
    },
    /// Too few approvals.
    #[error("too few approvals: {needed} must approve, {given} did")]
    ApprovalsMissing {
        /// Number of approvals that the gate requires.
        needed: usize,
        /// Number of approvals that count.
        given: usize,
        /// Approvers who have not approved. It is for the host, not for the caller.
        open: Vec<PublicKey>,
    },
}
