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

/// Why a call is refused, with the facts.
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
    /// A link's beginning lies in the future, further than the leeway.
    #[error("issued at {issued_at}, now is {now}")]
    IssuedInFuture {
        /// When the link was issued.
        issued_at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// A link has expired.
    #[error("expired at {expires}, now is {now}")]
    Expired {
        /// When it expired.
        expires: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// A window has not opened.
    #[error("not before {opens}, now is {now}")]
    NotYet {
        /// When it opens.
        opens: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// A window has closed.
    #[error("the window closed at {closes}, now is {now}")]
    WindowClosed {
        /// When it closed.
        closes: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// This server is none of the audiences of a link.
    #[error("for {named}, not for {}", Ticked(here.as_str()))]
    WrongAudience {
        /// This server.
        here: Audience,
        /// The servers that the link names.
        named: AudienceSet,
    },
    /// A link demands signed calls.
    #[error("a signed call is required")]
    SignedCallRequired,
    /// A link's powers do not permit the call.
    #[error("{refusal}")]
    NotPermitted {
        /// Why not.
        refusal: PermissionError,
        /// What would have permitted just this call, where that can be named and no request does.
        missing: Option<Powers>,
        /// The leaf's holder's request for it, where the chain was verified: nobody asks in
        /// another's name.
        request: Option<Box<AccessRequest>>,
    },
    /// The anchor's ceiling does not permit the call.
    #[error("beyond the anchor's ceiling: {refusal}")]
    CeilingRefuses {
        /// Why not.
        refusal: PermissionError,
        /// What would have permitted just this call, where that can be named.
        missing: Option<Powers>,
    },
    /// The host's word for the holder is not accepted for this effect.
    #[error("an asserted holder is not accepted for effect {effect}")]
    AssertionNotAccepted {
        /// The call's effect.
        effect: Effect,
    },
    /// The presenter speaks of another mandate than the leaf.
    #[error("presented for mandate {named}, the leaf is {leaf}")]
    WrongLeaf {
        /// The mandate spoken of.
        named: MandateId,
        /// The leaf.
        leaf: MandateId,
    },
    /// The presenter is not the leaf's holder: another key, or a signature that does not verify
    /// under the holder's.
    #[error("not presented by the holder")]
    NotTheHolder,
    /// The signed call has another id.
    #[error("the signed call has another id")]
    CallIdMismatch,
    /// The signed call is about another tool or other arguments. Only a digest was signed, so it is
    /// not known which; often a number lost digits on the way.
    #[error("the signed call is about another tool or other arguments")]
    RequestMismatch,
    /// The signed call is for another server.
    #[error("the call was signed for {}", Ticked(named.as_str()))]
    CallForAnotherAudience {
        /// The server it was signed for.
        named: Audience,
    },
    /// The signed call is too old.
    #[error("the call was signed at {at}, too long before {now}")]
    CallTooOld {
        /// When it was signed.
        at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// The signed call is from the future, further than the leeway.
    #[error("the call was signed at {at}, now is {now}")]
    CallFromFuture {
        /// When it was signed.
        at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// What it serves has ended, is suspended, or is not known to go on.
    #[error(transparent)]
    NotAlive(#[from] LivenessError),
    /// It is not its turn, or no longer: its waves, or the tasks that it waits for.
    #[error(transparent)]
    NotItsTurn(#[from] NotReadyError),
    /// A condition's fact was not observed, or is not open to the chain's issuer.
    #[error("fact {} is not known to chains of this issuer", Ticked(fact.as_str()))]
    FactUnknown {
        /// The fact.
        fact: Label,
    },
    /// A condition's fact was observed too long ago.
    #[error("fact {} was observed at {at}, at most {max_age} ago is accepted, now is {now}", Ticked(fact.as_str()))]
    FactTooOld {
        /// The fact.
        fact: Label,
        /// When it was observed.
        at: Timestamp,
        /// How long ago that may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
    /// Asking whether a condition holds takes more work than is granted.
    #[error("condition on fact {}: {out}", Ticked(fact.as_str()))]
    FactOutOfWork {
        /// The fact.
        fact: Label,
        /// How it was told.
        out: OutOfWork,
    },
    /// A condition's fact is otherwise.
    #[error("fact {} does not satisfy the condition", Ticked(fact.as_str()))]
    ConditionFails {
        /// The fact.
        fact: Label,
    },
    /// It can't be charged to an account.
    #[error(transparent)]
    NotCharged(Box<ChargeError>),
    /// The people who must approve did not.
    #[error(transparent)]
    NotApproved(Box<ApprovalError>),
    /// The root has no name for its principal in the server's system.
    #[error("no name for the principal in {}", Ticked(system.as_str()))]
    AliasMissing {
        /// The system.
        system: Label,
    },
    /// The verifier demands more of every chain than this one says.
    #[error(transparent)]
    Floor(#[from] FloorError),
    /// The call was decided before.
    #[error("this call was decided before{}", OutcomeOf(*recorded))]
    AlreadyDecided {
        /// What became of it, for a call that its holder signed anew; absent for bytes that were
        /// presented before.
        recorded: Option<RecordedOutcome>,
    },
    /// The call's id was used before, for another request.
    #[error("the call's id was used before, for another request")]
    CallConflict,
    /// The ledger is full, or has forgotten calls as old as this.
    #[error("the call can't be remembered")]
    LedgerFull,
    /// The verifier accepts older calls, or has a greater leeway, than the ledger remembers.
    #[error("the verifier's call age or leeway is greater than the ledger's")]
    BeyondLedgerTerms,
    /// The ledger's answer is about another call.
    #[error("the ledger's answer is about another call")]
    AnswerForAnotherCall,
    /// The permit is no longer valid.
    #[error("the permit was valid until {until}, now is {now}")]
    PermitExpired {
        /// The first second in which it was not.
        until: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// Deciding takes more work than is granted.
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
    /// Its name.
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

    /// Whether it rests on what is the host's own: terms and ceilings of anchors, floors, policy,
    /// missions, facts, ledger. The issuers that it trusts are public.
    ///
    /// Spelled out, so that a new reason is said to be public or is not.
    pub(crate) const fn is_hosts_own(&self) -> bool {
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
            // Of the powers of links; those of the ceiling are at its place, and those of facts and
            // missions apart.
            | Self::OutOfWork(_)
            // From the gates of the chain and the approvals that came along.
            | Self::NotApproved(_)
            // Of what was done under the very leaf that signed the call.
            | Self::AlreadyDecided { .. }
            | Self::CallConflict => false,
        }
    }
}

/// Whether a broken rule rests on an anchor's terms, which only its issuer's holders are told of,
/// and they only that they are refused.
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
        // Whose roots a verifier trusts is public.
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
