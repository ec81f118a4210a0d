use super::settings::ISSUE_LEEWAY;
use crate::claims::GrantKind;
use crate::powers::CoverageError;
use crate::primitives::bounds::{
    MAX_CHAIN_BYTES, MAX_CHAIN_LINKS, MAX_CHAIN_METERS, MAX_CHAIN_MISSIONS, MAX_LIMITS,
    MAX_TOKEN_BYTES, MAX_WATCHED_PAIRS,
};
use crate::primitives::{
    Issuer, KeyError, Label, MandateId, NameError, OutOfWork, PublicKey, Seconds, Timestamp,
};
use crate::sign::SignatureError;
use thiserror::Error;

/// Which rule a chain breaks, and at which link.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("link {link}: {kind}")]
pub struct ChainError {
    /// The link, from 0 for the root.
    pub link: usize,
    /// What is broken there.
    pub kind: ChainErrorKind,
}

/// A broken chain rule. The numbers are those of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChainErrorKind {
    /// Rule 1: a chain has at most 16 links.
    #[error("a chain has at most {MAX_CHAIN_LINKS} links")]
    TooManyLinks,
    /// Rule 2: a token has at most 16 KiB. Only minting meets it here; the reader refuses such
    /// bytes.
    #[error("the token takes {found} bytes, at most {MAX_TOKEN_BYTES} are accepted")]
    TokenTooLarge {
        /// Bytes it would take.
        found: usize,
    },
    /// Rule 2: a chain has at most 64 KiB. Only minting meets it here; the reader refuses such
    /// bytes.
    #[error("the chain takes {found} bytes, at most {MAX_CHAIN_BYTES} are accepted")]
    ChainTooLarge {
        /// Bytes it would take.
        found: usize,
    },
    /// Rule 2: a link has at most 32 limits. Only minting meets it here; the reader refuses more.
    #[error(
        "a link has at most {MAX_LIMITS} limits, with those that it carries for others {found}"
    )]
    TooManyLimits {
        /// Limits it would have.
        found: usize,
    },
    /// Rule 3: a child names its parent by digest.
    #[error("the parent named is {named}, the link above is {above}")]
    ParentMismatch {
        /// The parent that the child names.
        named: MandateId,
        /// The link above it.
        above: MandateId,
    },
    /// Rule 4: a child is issued no earlier than its parent.
    #[error("issued at {issued_at}, before its parent at {parent}")]
    IssuedBeforeParent {
        /// When the child was issued.
        issued_at: Timestamp,
        /// When its parent was.
        parent: Timestamp,
    },
    /// Rule 5: a child expires no later than its parent.
    #[error("expires at {expires}, after its parent at {parent}")]
    OutlivesParent {
        /// When the child expires.
        expires: Timestamp,
        /// When its parent does.
        parent: Timestamp,
    },
    /// Rule 5, met by minting: the child would expire before it begins.
    #[error("expires at {expires}, but can begin no earlier than {begins}")]
    NeverValid {
        /// When the child would expire.
        expires: Timestamp,
        /// The later of now and the parent's beginning.
        begins: Timestamp,
    },
    /// Rule 6: fewer delegations may follow a child than its parent.
    #[error("its parent allows {parent} further delegations, it is one and allows {hops} more")]
    TooManyHops {
        /// Delegations the child allows.
        hops: u8,
        /// Delegations its parent allows.
        parent: u8,
    },
    /// Rule 7: the task path, all steps joined, is within bounds.
    #[error("the task path: {0}")]
    Task(NameError),
    /// Rule 8: the root's issuer has an anchor.
    #[error("issuer `{issuer}` is not trusted here")]
    UnknownIssuer {
        /// The issuer.
        issuer: Issuer,
    },
    /// Rule 9: a root lives no longer than its anchor allows.
    #[error("lives {lives}, its anchor allows {cap}")]
    LivesTooLong {
        /// The root's lifetime.
        lives: Seconds,
        /// The longest that is allowed.
        cap: Seconds,
    },
    /// Rule 10: a root carries an attested grant of a kind that the verifier accepts.
    #[error("no attested grant")]
    NoAttestedGrant,
    /// Rule 10, for a grant of another kind.
    #[error("a grant of kind {kind} is not accepted")]
    GrantNotAccepted {
        /// Its kind.
        kind: GrantKind,
    },
    /// Rule 11: a root is signed by a key of its anchor, a child by its parent's holder.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Rule 11: the key that a root names is its anchor's.
    #[error("key {key}, which the root names, is none of its issuer's")]
    SignerUnknown {
        /// The key.
        key: PublicKey,
    },
    /// Rule 11, for a root signed by a key that is revoked.
    #[error("the issuer's key {key} is revoked")]
    RevokedKey {
        /// The key.
        key: PublicKey,
    },
    /// Rule 11, for a root signed by a key that was retired before it was issued.
    #[error(
        "the issuer's key signs only roots issued before {before}, this one is from {issued_at}"
    )]
    RetiredKey {
        /// From when on its roots are refused.
        before: Timestamp,
        /// When this root was issued.
        issued_at: Timestamp,
    },
    /// Rule 11: a holder's key is a point of the curve.
    #[error("the holder's key: {0}")]
    HolderKey(KeyError),
    /// Rule 12: a root's powers are covered by its anchor's ceiling, and what is delegable by what
    /// is delegable there.
    #[error("beyond the anchor's ceiling: {0}")]
    BeyondCeiling(CoverageError),
    /// Rule 13: a child's powers are covered by its parent's delegable ones.
    #[error("beyond the parent: {0}")]
    BeyondParent(CoverageError),
    /// Rule 14: the anchor's keys are no holder's.
    #[error("the holder's key is the issuer's")]
    AnchorKeyHeld,
    /// Rule 15: a holder's key is no ancestor's, unless the link says so.
    #[error("the holder's key is that of link {ancestor}")]
    KeyReused {
        /// The link that has the same holder.
        ancestor: usize,
    },
    /// Rule 15, for a link that says so although it is not.
    #[error("says that the holder's key is an ancestor's, which it is not")]
    KeyNotReused,
    /// Rule 16: nobody keeps themself alive.
    #[error("the holder controls mission {mission}, which keeps it alive, or may end it")]
    OwnController {
        /// The mission.
        mission: Label,
    },
    /// Rule 16: nobody approves their own calls.
    #[error("the holder may approve at a gate that stands before it")]
    OwnApprover,
    /// Rule 17: what ends on an event lives by a mission, in all that ends.
    #[error("ends on event {event}, but not all that ends lives by a mission that could fire it")]
    EventUntold {
        /// The event.
        event: Label,
    },
    /// Rule 17: what is good in waves lives by the mission whose waves they are, in all that is.
    #[error("is good in waves of mission {mission}, but not all of it lives by that mission")]
    WaveUntold {
        /// The mission.
        mission: Label,
    },
    /// Rule 18: the links of a chain live by at most 32 missions, each scope counted.
    #[error("the links of a chain live by at most {MAX_CHAIN_MISSIONS} missions")]
    TooManyMissions,
    /// Rule 18: the links of a chain have at most 64 budgets, rates, exclusive groups and gates.
    #[error(
        "the links of a chain have at most {MAX_CHAIN_METERS} budgets, rates, exclusive groups and gates"
    )]
    TooManyMeters,
    /// Rule 18: a verifier watches at most 4,096 pairs of a subject and a signer for a chain.
    #[error(
        "a verifier would watch more than {MAX_WATCHED_PAIRS} pairs of a subject and a signer for the links down to this"
    )]
    TooManyWatched,
    /// Rule 19: a root's aliases are for systems that its anchor says are the issuer's.
    #[error("an alias in {system}, which is not a system of the issuer")]
    AliasOfAnother {
        /// The system.
        system: Label,
    },
    /// Rule 20: a limit's scope meets a capability of the link that has it, or of its parent.
    #[error("limit {limit} is for tools that no capability of its link is for")]
    ScopeMeetsNothing {
        /// Which limit of the link, from 0.
        limit: usize,
    },
    /// Rule 21: a child's conditions name only facts that a condition of the root names.
    #[error("a condition on fact {fact}, which no condition of the root names")]
    FactUnnamed {
        /// The fact.
        fact: Label,
    },
    /// Rule 22: a holder below a limit on delegates is one of them.
    #[error("the holder's key is none of those to whom link {by} lets anything be delegated")]
    NotADelegate {
        /// The link that has the limit.
        by: usize,
    },
    /// Rule 23: a root is not dated ahead of the clock that issues it, but for the leeway.
    #[error(
        "issued at {issued_at}, now is {now}: a root is issued at most {ISSUE_LEEWAY} ahead; use `Limit::window` for a later start"
    )]
    IssuedAhead {
        /// When the root says that it was issued.
        issued_at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// The chain takes more work than is granted.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

impl ChainErrorKind {
    /// The number of the rule, as in the list on [`Chain`](super::Chain); 0 for work.
    #[must_use]
    pub const fn rule(&self) -> u8 {
        match self {
            Self::OutOfWork(_) => 0,
            Self::TooManyLinks => 1,
            Self::TokenTooLarge { .. }
            | Self::ChainTooLarge { .. }
            | Self::TooManyLimits { .. } => 2,
            Self::ParentMismatch { .. } => 3,
            Self::IssuedBeforeParent { .. } => 4,
            Self::OutlivesParent { .. } | Self::NeverValid { .. } => 5,
            Self::TooManyHops { .. } => 6,
            Self::Task(_) => 7,
            Self::UnknownIssuer { .. } => 8,
            Self::LivesTooLong { .. } => 9,
            Self::NoAttestedGrant | Self::GrantNotAccepted { .. } => 10,
            Self::Signature(_)
            | Self::SignerUnknown { .. }
            | Self::RevokedKey { .. }
            | Self::RetiredKey { .. }
            | Self::HolderKey(_) => 11,
            Self::BeyondCeiling(_) => 12,
            Self::BeyondParent(_) => 13,
            Self::AnchorKeyHeld => 14,
            Self::KeyReused { .. } | Self::KeyNotReused => 15,
            Self::OwnController { .. } | Self::OwnApprover => 16,
            Self::EventUntold { .. } | Self::WaveUntold { .. } => 17,
            Self::TooManyMissions | Self::TooManyMeters | Self::TooManyWatched => 18,
            Self::AliasOfAnother { .. } => 19,
            Self::ScopeMeetsNothing { .. } => 20,
            Self::FactUnnamed { .. } => 21,
            Self::NotADelegate { .. } => 22,
            Self::IssuedAhead { .. } => 23,
        }
    }

    /// Places the rule at a link.
    pub(crate) const fn at(self, link: usize) -> ChainError {
        ChainError { link, kind: self }
    }
}
