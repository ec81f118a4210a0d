use crate::primitives::{Seconds, Timestamp};
use thiserror::Error;

/// Why a chain is below what the verifier demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FloorError {
    /// The call lives by no mission.
    #[error("the verifier demands a mission, and nothing in the chain lives by one for this call")]
    MissionRequired,
    /// No server is named.
    #[error("the verifier demands an audience, and the chain names none for this call")]
    AudienceRequired,
    /// The chain has more links than the verifier allows.
    #[error("the chain has {links} links, the verifier accepts {max}")]
    ChainTooLong {
        /// Links of the chain.
        links: usize,
        /// The most that are accepted.
        max: usize,
    },
    /// The root was issued too long ago for the call's effect.
    #[error("the root was issued at {issued_at}, at most {max_age} ago is accepted, now is {now}")]
    RootTooOld {
        /// When it was issued.
        issued_at: Timestamp,
        /// How long ago that may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
    /// No person's grant stands behind the root, or one that is dated further ahead than clocks may
    /// differ.
    #[error("the verifier demands a recent grant, and the chain has none")]
    GrantRequired,
    /// The grant was given too long ago.
    #[error("the grant was given at {at}, at most {max_age} ago is accepted, now is {now}")]
    GrantTooOld {
        /// When it was given.
        at: Timestamp,
        /// How long ago that may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
}
