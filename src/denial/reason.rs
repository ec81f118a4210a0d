use super::access_request::AccessRequest;
use super::approval_error::ApprovalError;
use super::charge_error::ChargeError;
use super::code::DenialCode;
use super::floor_error::FloorError;
use super::reason_code::{
    below_floor_code, broken_code, fault_code, not_alive_code, not_approved_code, not_charged_code,
    not_its_turn_code, refusal_code,
};
use super::recorded_outcome::RecordedOutcome;
use crate::chain::ChainErrorKind;
use crate::claims::Outcome;
use crate::codec::CodecError;
use crate::limits::AudienceSet;
use crate::mission::{LivenessError, NotReadyError};
use crate::powers::{Effect, PermissionError, Powers};
use crate::primitives::{Audience, Label, MandateId, OutOfWork, Seconds, Ticked, Timestamp};
use std::fmt;
use thiserror::Error;

/// The reason of a denial, with its facts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DenialReason {
    /// The bytes are not an execution proof.
    #[error("malformed at {0}")]
    Malformed(CodecError),
    /// The chain breaks a rule.
    #[error("{0}")]
    Chain(ChainErrorKind),
    /// The chain was verified under another configuration of the verifier.
    #[error("the chain was verified under another configuration; verify it again")]
    OtherConfiguration,
    /// A link is issued in the future, further than the leeway.
    #[error("issued in the future, at {issued_at}, now is {now}")]
    IssuedInFuture {
        /// Time of issuing.
        issued_at: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// A link has expired.
    #[error("expired at {expires}, now is {now}")]
    Expired {
        /// Time of the expiry.
        expires: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// A window has not opened.
    #[error("not before {opens}, now is {now}")]
    NotYet {
        /// Time of the opening.
        opens: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// A window has closed.
    #[error("the window closed at {closes}, now is {now}")]
    WindowClosed {
        /// Time of the closing.
        closes: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// This server is none of the audiences of a link.
    #[error("valid at {named}, not at {}", Ticked(here.as_str()))]
    WrongAudience {
        /// Name of this server.
        here: Audience,
        /// Servers that the link names.
        named: AudienceSet,
    },
    /// A link demands signed calls.
    #[error("a signed call is required")]
    SignedCallRequired,
    /// A link's powers do not permit the call.
    #[error("{refusal}")]
    NotPermitted {
        /// Reason of the refusal.
        refusal: PermissionError,
        /// Powers that would have permitted just this call, where they can be named and there is no
        /// request.
        missing: Option<Powers>,
        /// Request of the leaf's holder for these powers. It is absent for an unverified chain,
        /// because nobody may ask in another's name.
        request: Option<Box<AccessRequest>>,
    },
    /// The anchor's ceiling does not permit the call.
    #[error("beyond the anchor's ceiling: {refusal}")]
    CeilingRefuses {
        /// Reason of the refusal.
        refusal: PermissionError,
        /// Powers that would have permitted just this call, where they can be named.
        missing: Option<Powers>,
    },
    /// The host's statement of the holder is not accepted for this effect.
    #[error("an asserted holder is not accepted for effect {effect}")]
    AssertionNotAccepted {
        /// Effect of the call.
        effect: Effect,
    },
    /// The presenter names another mandate than the leaf.
    #[error("presented for mandate {named}, the leaf is {leaf}")]
    WrongLeaf {
        /// Mandate that the presenter names.
        named: MandateId,
        /// Leaf of the chain.
        leaf: MandateId,
    },
    /// The presenter is not the leaf's holder: another key, or a signature that does not verify
    /// under the holder's key.
    #[error("not presented by the holder")]
    NotTheHolder,
    /// The signed call has another id.
    #[error("the signed call has another id")]
    CallIdMismatch,
    /// The signed call is about another tool or other arguments. Only a digest was signed, so the
    /// difference is not known; often a number lost digits on the way.
    #[error("the signed call is about another tool or other arguments")]
    RequestMismatch,
    /// The signed call is for another server.
    #[error("the call was signed for {}", Ticked(named.as_str()))]
    CallForAnotherAudience {
        /// Server that it was signed for.
        named: Audience,
    },
    /// The signed call is too old.
    #[error("the call was signed at {at}, too long before {now}")]
    CallTooOld {
        /// Time of the signature.
        at: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// The signed call is from the future, further than the leeway.
    #[error("the call was signed in the future, at {at}, now is {now}")]
    CallFromFuture {
        /// Time of the signature.
        at: Timestamp,
        /// Time of the decision.
        now: Timestamp,
    },
    /// The mission or task that the call depends on has ended or is suspended, or its state is
    /// unknown.
    #[error(transparent)]
    NotAlive(#[from] LivenessError),
    /// A wave or barrier is not yet open, or no longer.
    #[error(transparent)]
    NotItsTurn(#[from] NotReadyError),
    /// The fact of a condition was not observed, or is not open to the chain's issuer.
    #[error("fact {} is not known to chains of this issuer", Ticked(fact.as_str()))]
    FactUnknown {
        /// Name of the fact.
        fact: Label,
    },
    /// The fact of a condition was observed too long ago.
    #[error(
        "fact {} was observed at {at}, at most {max_age} ago is accepted, now is {now}",
        Ticked(fact.as_str())
    )]
    FactTooOld {
        /// Name of the fact.
        fact: Label,
        /// Time of the observation.
        at: Timestamp,
        /// Greatest age that the condition accepts.
        max_age: Seconds,
        /// Time of the decision.
        now: Timestamp,
    },
    /// The condition takes more work than is granted.
    #[error("condition on fact {}: {out}", Ticked(fact.as_str()))]
    FactOutOfWork {
        /// Name of the fact.
        fact: Label,
        /// The error of the work.
        out: OutOfWork,
    },
    /// The fact does not satisfy the condition.
    #[error("fact {} does not satisfy the condition", Ticked(fact.as_str()))]
    ConditionFails {
        /// Name of the fact.
        fact: Label,
    },
    /// The call can't be charged to an account.
    #[error(transparent)]
    NotCharged(Box<ChargeError>),
    /// The people who must approve did not.
    #[error(transparent)]
    NotApproved(Box<ApprovalError>),
    /// The root has no alias of its principal in the server's system.
    #[error("the root has no alias of its principal in system {}", Ticked(system.as_str()))]
    AliasMissing {
        /// Name of the system.
        system: Label,
    },
    /// The chain does not satisfy what the verifier demands of every chain.
    #[error(transparent)]
    Floor(#[from] FloorError),
    /// The call was decided before.
    #[error("this call was decided before{}", OutcomeOf(*recorded))]
    AlreadyDecided {
        /// Recorded outcome, for a call that its holder signed anew. It is absent for bytes that
        /// were presented before.
        recorded: Option<RecordedOutcome>,
    },
    /// The call's id was used before, for another request.
    #[error("the call's id was used before, for another request")]
    CallConflict,
    /// The ledger is full, or has forgotten calls as old as this.
    #[error("the ledger has no room for the call, or has forgotten calls as old as it")]
    LedgerFull,
    /// The verifier's call age or leeway is greater than the ledger's.
    #[error("the verifier's call age or leeway is greater than the ledger's")]
    BeyondLedgerTerms,
    /// The ledger's answer is about another call.
    #[error("the ledger's answer is about another call")]
    AnswerForAnotherCall,
    /// The permit is no longer valid.
    #[error("the permit was valid until {until}, now is {now}")]
    PermitExpired {
        /// First second in which it was no longer valid.
        until: Timestamp,
        /// Time of the start.
        now: Timestamp,
    },
    /// The decision takes more work than is granted.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// A recorded outcome at the end of a sentence.
struct OutcomeOf(Option<RecordedOutcome>);

impl fmt::Display for OutcomeOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(RecordedOutcome::Open) => f.write_str(", and is still open"),
            Some(RecordedOutcome::Closed(Outcome::Done)) => f.write_str(", and is done"),
            Some(RecordedOutcome::Closed(Outcome::Failed)) => f.write_str(", and failed"),
            Some(RecordedOutcome::Closed(Outcome::Undone)) => f.write_str(", and had no effect"),
            Some(RecordedOutcome::Refused) => f.write_str(", and was refused"),
        }
    }
}

impl From<ChargeError> for DenialReason {
    fn from(not_charged: ChargeError) -> Self {
        Self::NotCharged(Box::new(not_charged))
    }
}

impl From<ApprovalError> for DenialReason {
    fn from(not_approved: ApprovalError) -> Self {
        Self::NotApproved(Box::new(not_approved))
    }
}

impl DenialReason {
    /// Returns its name.
    #[must_use]
    pub fn code(&self) -> DenialCode {
        match self {
            Self::Malformed(error) => fault_code(&error.kind),
            Self::Chain(kind) => broken_code(kind),
            Self::OtherConfiguration => DenialCode::OtherConfiguration,
            Self::IssuedInFuture { .. } => DenialCode::IssuedInFuture,
            Self::Expired { .. } => DenialCode::Expired,
            Self::NotYet { .. } => DenialCode::NotYet,
            Self::WindowClosed { .. } => DenialCode::WindowClosed,
            Self::WrongAudience { .. } => DenialCode::WrongAudience,
            Self::SignedCallRequired => DenialCode::SignedCallRequired,
            Self::NotPermitted { refusal, .. } => refusal_code(refusal),
            Self::CeilingRefuses { .. } => DenialCode::CeilingRefuses,
            Self::AssertionNotAccepted { .. } => DenialCode::AssertionNotAccepted,
            Self::WrongLeaf { .. } => DenialCode::WrongLeaf,
            Self::NotTheHolder => DenialCode::NotTheHolder,
            Self::CallIdMismatch => DenialCode::CallIdMismatch,
            Self::RequestMismatch => DenialCode::RequestMismatch,
            Self::CallForAnotherAudience { .. } => DenialCode::CallForAnotherAudience,
            Self::CallTooOld { .. } => DenialCode::CallTooOld,
            Self::CallFromFuture { .. } => DenialCode::CallFromFuture,
            Self::NotAlive(not_alive) => not_alive_code(not_alive),
            Self::NotItsTurn(not_its_turn) => not_its_turn_code(not_its_turn),
            Self::FactUnknown { .. } => DenialCode::FactUnknown,
            Self::FactTooOld { .. } => DenialCode::FactTooOld,
            Self::FactOutOfWork { .. } => DenialCode::OutOfWork,
            Self::ConditionFails { .. } => DenialCode::ConditionFails,
            Self::NotCharged(not_charged) => not_charged_code(not_charged),
            Self::NotApproved(not_approved) => not_approved_code(not_approved),
            Self::AliasMissing { .. } => DenialCode::AliasMissing,
            Self::Floor(below) => below_floor_code(below),
            Self::AlreadyDecided { .. } => DenialCode::AlreadyDecided,
            Self::CallConflict => DenialCode::CallConflict,
            Self::LedgerFull => DenialCode::LedgerFull,
            Self::BeyondLedgerTerms => DenialCode::BeyondLedgerTerms,
            Self::AnswerForAnotherCall => DenialCode::AnswerForAnotherCall,
            Self::PermitExpired { .. } => DenialCode::PermitExpired,
            Self::OutOfWork(_) => DenialCode::OutOfWork,
        }
    }

    /// Returns whether it reveals what only the host knows: terms and ceilings of anchors, floors,
    /// policy, missions, facts, ledger. The issuers that it trusts are public.
    pub(crate) const fn is_hosts_own(&self) -> bool {
        // No wildcard arm, so that whoever adds a reason decides whether it is public.
        match self {
            Self::Chain(kind) => is_anchors_own(kind),
            Self::NotCharged(not_charged) => not_charged.is_hosts_own(),
            Self::NotAlive(_)
            | Self::NotItsTurn(_)
            | Self::FactUnknown { .. }
            | Self::FactTooOld { .. }
            | Self::FactOutOfWork { .. }
            | Self::ConditionFails { .. }
            | Self::AliasMissing { .. }
            | Self::OtherConfiguration
            | Self::CeilingRefuses { .. }
            | Self::AssertionNotAccepted { .. }
            | Self::Floor(_)
            | Self::PermitExpired { .. }
            | Self::LedgerFull
            | Self::BeyondLedgerTerms
            | Self::AnswerForAnotherCall => true,
            // From the bytes that were presented, the clock and the server's name.
            Self::Malformed(_)
            | Self::IssuedInFuture { .. }
            | Self::Expired { .. }
            | Self::NotYet { .. }
            | Self::WindowClosed { .. }
            | Self::WrongAudience { .. }
            | Self::SignedCallRequired
            | Self::NotPermitted { .. }
            | Self::WrongLeaf { .. }
            | Self::NotTheHolder
            | Self::CallIdMismatch
            | Self::RequestMismatch
            | Self::CallForAnotherAudience { .. }
            | Self::CallTooOld { .. }
            | Self::CallFromFuture { .. }
            // The work of powers of links. That of the ceiling has the ceiling's place, which
            // `Denial::public` hides; facts and missions have reasons of their own.
            | Self::OutOfWork(_)
            // From the gates of the chain and the approvals that were presented.
            | Self::NotApproved(_)
            // About calls of the very leaf that signed this one.
            | Self::AlreadyDecided { .. }
            | Self::CallConflict => false,
        }
    }
}

/// Returns whether a broken rule reveals an anchor's terms. Even the holders of its issuer are told
/// only that they are refused.
const fn is_anchors_own(kind: &ChainErrorKind) -> bool {
    match kind {
        ChainErrorKind::LivesTooLong { .. }
        | ChainErrorKind::NoAttestedGrant
        | ChainErrorKind::GrantNotAccepted { .. }
        | ChainErrorKind::RetiredKey { .. }
        | ChainErrorKind::RevokedKey { .. }
        | ChainErrorKind::BeyondCeiling(_)
        | ChainErrorKind::AnchorKeyHeld
        | ChainErrorKind::AliasOfAnother { .. } => true,
        ChainErrorKind::TooManyLinks
        | ChainErrorKind::TokenTooLarge { .. }
        | ChainErrorKind::ChainTooLarge { .. }
        | ChainErrorKind::TooManyLimits { .. }
        | ChainErrorKind::ParentMismatch { .. }
        | ChainErrorKind::IssuedBeforeParent { .. }
        | ChainErrorKind::OutlivesParent { .. }
        | ChainErrorKind::NeverValid { .. }
        | ChainErrorKind::TooManyHops { .. }
        | ChainErrorKind::Task(_)
        // The issuers that a verifier trusts are public.
        | ChainErrorKind::UnknownIssuer { .. }
        | ChainErrorKind::Signature(_)
        | ChainErrorKind::SignerUnknown { .. }
        | ChainErrorKind::HolderKey(_)
        | ChainErrorKind::BeyondParent(_)
        | ChainErrorKind::KeyReused { .. }
        | ChainErrorKind::KeyNotReused
        | ChainErrorKind::OwnController { .. }
        | ChainErrorKind::OwnApprover
        | ChainErrorKind::EventUntold { .. }
        | ChainErrorKind::WaveUntold { .. }
        | ChainErrorKind::TooManyMissions
        | ChainErrorKind::TooManyMeters
        | ChainErrorKind::TooManyWatched
        | ChainErrorKind::ScopeMeetsNothing { .. }
        | ChainErrorKind::FactUnnamed { .. }
        | ChainErrorKind::NotADelegate { .. }
        | ChainErrorKind::IssuedAhead { .. }
        | ChainErrorKind::OutOfWork(_) => false,
    }
}
