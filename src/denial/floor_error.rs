use crate::primitives::{Seconds, Timestamp};
use thiserror::Error;

/// The reason why a chain does not satisfy the verifier's floors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FloorError {
    /// The root does not live by a mission for this call.
    #[error("the verifier demands a mission, and nothing in the chain lives by one for this call")]
    MissionRequired,
    /// The root names no server for this call.
    #[error("the verifier demands an audience, and the chain names none for this call")]
    AudienceRequired,
    /// The chain has more links than the verifier allows.
    #[error("the chain has {links} links, the verifier accepts {max}")]
    ChainTooLong {
        /// Number of links of the chain.
        links: usize,
        /// Greatest number that is accepted.
        max: usize,
    },
    /// The root was issued too long ago for the call's effect.
    #[error("the root was issued at {issued_at}, at most {max_age} ago is accepted, now is {now}")]
    RootTooOld {
        /// Time of issuing.
        issued_at: Timestamp,
        /// Greatest age that is accepted.
        max_age: Seconds,
        /// Time of the decision.
        now: Timestamp,
    },
    /// The root has no person's grant, or one further in the future than the leeway.
    #[error("the verifier demands a recent grant, and the chain has none")]
    GrantRequired,
    /// The grant was given too long ago.
    #[error("the grant was given at {at}, at most {max_age} ago is accepted, now is {now}")]
    GrantTooOld {
        /// Time of the grant.
        at: Timestamp,
        /// Greatest age that is accepted.
        max_age: Seconds,
        /// Time of the decision.
        now: Timestamp,
    },
}
