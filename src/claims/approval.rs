use super::notice::NoticeHeader;
use crate::primitives::{Audience, CallKey, MandateId, RequestDigest, Timestamp};

/// A person's word that one very call may be made: this leaf, this call with its very tool and
/// arguments, at this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who approves, when.
    pub header: NoticeHeader,
    /// The mandate that the call is made under.
    pub leaf: MandateId,
    /// The identity of the call: it binds the call's id, leaf and server, and is decided once.
    pub call: CallKey,
    /// The digest of what the call asks for: it binds tool and arguments.
    pub request: RequestDigest,
    /// The server.
    pub audience: Audience,
    /// The first second in which it no longer counts.
    pub expires: Timestamp,
}
