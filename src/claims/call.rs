use crate::primitives::{Audience, CallId, MandateId, RequestDigest, Timestamp};

/// What a holder signs to make a call: digests and names, never the arguments themselves. The
/// effect is not in it, because the server states that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallClaims {
    /// The call's id, never used twice.
    pub id: CallId,
    /// The mandate it is made under.
    pub leaf: MandateId,
    /// The digest of tool and arguments.
    pub request: RequestDigest,
    /// The server it is made at.
    pub audience: Audience,
    /// When it was signed.
    pub at: Timestamp,
}
