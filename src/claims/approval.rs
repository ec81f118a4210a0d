use super::notice::NoticeHeader;
use crate::primitives::{Audience, CallKey, MandateId, RequestDigest, Timestamp};

/// A person's approval of one call: this leaf, this call with its tool and arguments, at this
/// server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The id, approver and time of the approval.
    pub header: NoticeHeader,
    /// The mandate that the call is made under.
    pub leaf: MandateId,
    /// The identity of the call: it binds the call's id, leaf and server, and is decided once.
    pub call: CallKey,
    /// The digest of what the call asks for: it binds tool and arguments.
    pub request: RequestDigest,
    /// The server at which the call is made.
    pub audience: Audience,
    /// The first second in which the approval no longer counts.
    pub expires: Timestamp,
}
