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

/// The rule that a chain breaks, and the link that breaks it.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # use mandatum::*;
/// # let setup::Sample { chain, now, .. } = setup::sample()?;
/// use mandatum::chain::ChainErrorKind;
/// // The helper is link 1, and its mandate allows no delegation to a link 2.
/// let agent = SigningKey::from_seed(&[9; 32]).public();
/// let terms = Delegation::new([2; 16], agent, Powers::none(), now.plus(Seconds::minutes(5)));
/// let error = chain.delegate(terms, now).unwrap_err();
/// assert_eq!(error.link, 2);
/// assert!(matches!(error.kind, ChainErrorKind::TooManyHops { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("link {link}: {kind}")]
pub struct ChainError {
    /// The link, from 0 for the root.
    pub link: usize,
    /// The broken rule.
    pub kind: ChainErrorKind,
}

/// A broken chain rule, numbered as on [`Chain`](super::Chain#rules).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChainErrorKind {
    /// Rule 1: a chain has at most 16 links.
    #[error("a chain has at most {MAX_CHAIN_LINKS} links")]
    TooManyLinks,
    /// Rule 2: a token has at most 16 KiB. Only issuing and minting report it here, because the
    /// reader refuses such bytes.
    #[error("the token takes {found} bytes, at most {MAX_TOKEN_BYTES} are accepted")]
    TokenTooLarge {
        /// Number of bytes that it would take.
        found: usize,
    },
    /// Rule 2: a chain has at most 64 KiB. Only minting and extending report it here, because the
    /// reader refuses such bytes.
    #[error("the chain takes {found} bytes, at most {MAX_CHAIN_BYTES} are accepted")]
    ChainTooLarge {
        /// Number of bytes that it would take.
        found: usize,
    },
    /// Rule 2: a link has at most 32 limits. Only minting reports it here, because the reader
    /// refuses more.
    #[error(
        "a link has at most {MAX_LIMITS} limits, found {found} with those that it carries for others"
    )]
    TooManyLimits {
        /// Number of limits that it would have.
        found: usize,
    },
    /// Rule 3: a child names its parent by digest.
    #[error("the child names parent {named}, but the link above is {above}")]
    ParentMismatch {
        /// The parent that the child names.
        named: MandateId,
        /// The link above it.
        above: MandateId,
    },
    /// Rule 4: a child is issued no earlier than its parent.
    #[error("issued at {issued_at}, before its parent at {parent}")]
    IssuedBeforeParent {
        /// Time at which the child was issued.
        issued_at: Timestamp,
        /// Time at which its parent was issued.
        parent: Timestamp,
    },
    /// Rule 5: a child expires no later than its parent.
    #[error("expires at {expires}, after its parent at {parent}")]
    OutlivesParent {
        /// Time at which the child expires.
        expires: Timestamp,
        /// Time at which its parent expires.
        parent: Timestamp,
    },
    /// Rule 5, in minting: the child would expire before it begins.
    #[error("expires at {expires}, but can begin no earlier than {begins}")]
    NeverValid {
        /// Time at which the child would expire.
        expires: Timestamp,
        /// The later of now and the parent's time of issue.
        begins: Timestamp,
    },
    /// Rule 6: fewer delegations may follow a child than its parent.
    #[error("allows {hops} further delegations, which is not fewer than its parent's {parent}")]
    TooManyHops {
        /// Number of delegations that the child allows.
        hops: u8,
        /// Number of delegations that its parent allows.
        parent: u8,
    },
    /// Rule 7: the joined task path is within bounds.
    #[error("the task path: {0}")]
    Task(NameError),
    /// Rule 8: the root's issuer has an anchor.
    #[error("issuer `{issuer}` is not trusted here")]
    UnknownIssuer {
        /// The issuer.
        issuer: Issuer,
    },
    /// Rule 9: a root lives no longer than its anchor allows.
    #[error("the root lives {lives}, its anchor allows at most {cap}")]
    LivesTooLong {
        /// Lifetime of the root.
        lives: Seconds,
        /// The longest lifetime that is allowed.
        cap: Seconds,
    },
    /// Rule 10: a root carries an attested grant of a kind that the verifier accepts.
    #[error("the root has no attested grant")]
    NoAttestedGrant,
    /// Rule 10: the verifier does not accept grants of this kind.
    #[error("a grant of kind {kind} is not accepted")]
    GrantNotAccepted {
        /// Kind of the grant.
        kind: GrantKind,
    },
    /// Rule 11: a root is signed by a key of its anchor, a child by its parent's holder.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Rule 11: the key that a root names is one of its anchor's.
    #[error("the root names key {key}, which its anchor does not have")]
    SignerUnknown {
        /// The key that the root names.
        key: PublicKey,
    },
    /// Rule 11: the key that signed the root is revoked.
    #[error("the issuer's key {key} is revoked")]
    RevokedKey {
        /// The revoked key.
        key: PublicKey,
    },
    /// Rule 11: the key that signed the root was retired before the root was issued.
    #[error(
        "the issuer's key signs only roots issued before {before}, this one is from {issued_at}"
    )]
    RetiredKey {
        /// The first second whose roots are refused.
        before: Timestamp,
        /// Time at which this root was issued.
        issued_at: Timestamp,
    },
    /// Rule 11: a holder's key is a point of the curve.
    #[error("the holder's key: {0}")]
    HolderKey(KeyError),
    /// Rule 12: a root's powers are covered by its anchor's ceiling, and its delegable powers by
    /// the ceiling's delegable ones.
    #[error("beyond the anchor's ceiling: {0}")]
    BeyondCeiling(CoverageError),
    /// Rule 13: a child's powers are covered by its parent's delegable ones.
    #[error("beyond the parent: {0}")]
    BeyondParent(CoverageError),
    /// Rule 14: no holder has a key of the anchor.
    #[error("the holder's key is the issuer's")]
    AnchorKeyHeld,
    /// Rule 15: no holder has an ancestor's key, unless the link states it.
    #[error("the holder's key is that of link {ancestor}")]
    KeyReused {
        /// The link that has the same holder.
        ancestor: usize,
    },
    /// Rule 15: a link that states that its key is an ancestor's is right.
    #[error("states that the holder's key is an ancestor's, but no ancestor has it")]
    KeyNotReused,
    /// Rule 16: no holder keeps itself alive.
    #[error("the holder controls or may end mission {mission}, which keeps it alive")]
    OwnController {
        /// The mission.
        mission: Label,
    },
    /// Rule 16: no holder approves its own calls.
    #[error("the holder is an approver of a gate before its own calls")]
    OwnApprover,
    /// Rule 17: all calls that end on an event live by a mission.
    #[error("some calls that end on event {event} live by no mission that could fire it")]
    EventUntold {
        /// The event.
        event: Label,
    },
    /// Rule 17: all calls that are bound to waves live by the mission of these waves.
    #[error("some calls that are bound to waves of mission {mission} do not live by it")]
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
    /// Rule 19: a root's aliases are for systems that its anchor lists as the issuer's.
    #[error("the root has an alias in {system}, which is not a system of the issuer")]
    AliasOfAnother {
        /// The system.
        system: Label,
    },
    /// Rule 20: a limit's scope meets a capability of the link that has it, or of its parent.
    #[error("limit {limit} is for tools that no capability of its link is for")]
    ScopeMeetsNothing {
        /// The limit of the link, from 0.
        limit: usize,
    },
    /// Rule 21: a child's conditions name only facts that a condition of the root names.
    #[error("has a condition on fact {fact}, which no condition of the root names")]
    FactUnnamed {
        /// The fact.
        fact: Label,
    },
    /// Rule 22: a holder below a limit on delegates is one of them.
    #[error("the holder's key is not one of the delegates that link {by} allows")]
    NotADelegate {
        /// The link that has the limit.
        by: usize,
    },
    /// Rule 23: a root is dated ahead of the issuing clock by at most the leeway.
    #[error(
        "issued at {issued_at}, now is {now}: a root is issued at most {ISSUE_LEEWAY} ahead; use `Limit::window` for a later start"
    )]
    IssuedAhead {
        /// Time at which the root states that it was issued.
        issued_at: Timestamp,
        /// The present time.
        now: Timestamp,
    },
    /// Verifying the chain takes more steps of work than its budget has.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

impl ChainErrorKind {
    /// Returns the number of the rule, as in the list on [`Chain`](super::Chain#rules); 0 for work.
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

    /// Places the error at a link.
    pub(crate) const fn at(self, link: usize) -> ChainError {
        ChainError { link, kind: self }
    }
}
