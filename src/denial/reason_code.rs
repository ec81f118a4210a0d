//! The codes of the reasons that other modules, or other files of this one, give.

use super::approval_error::ApprovalError;
use super::charge_error::ChargeError;
use super::code::DenialCode;
use super::floor_error::FloorError;
use crate::chain::ChainErrorKind;
use crate::codec::CodecErrorKind;
use crate::mission::{LivenessError, NotReadyError};
use crate::powers::{ArgumentError, PermissionError};

/// Returns the code of bytes that can't be read.
pub(super) fn fault_code(kind: &CodecErrorKind) -> DenialCode {
    match kind {
        CodecErrorKind::Truncated => DenialCode::Truncated,
        CodecErrorKind::TrailingBytes
        | CodecErrorKind::NotShortest
        | CodecErrorKind::Indefinite
        | CodecErrorKind::Float
        | CodecErrorKind::Reserved
        | CodecErrorKind::Unsorted
        | CodecErrorKind::Duplicate
        | CodecErrorKind::DefaultSpelled
        | CodecErrorKind::NotUtf8 => DenialCode::NotDeterministic,
        CodecErrorKind::TooLarge { .. }
        | CodecErrorKind::TooMany { .. }
        | CodecErrorKind::TooDeep => DenialCode::OutOfBounds,
        CodecErrorKind::Expected(_) => DenialCode::UnexpectedItem,
        CodecErrorKind::UnknownKey { .. } | CodecErrorKind::UnknownKind { .. } => {
            DenialCode::UnknownClaim
        }
        CodecErrorKind::MissingKey { .. } => DenialCode::MissingClaim,
        CodecErrorKind::TokenType { .. } => DenialCode::WrongTokenType,
        CodecErrorKind::Algorithm { .. }
        | CodecErrorKind::HeaderParameter { .. }
        | CodecErrorKind::UnprotectedHeader => DenialCode::HeaderNotAccepted,
        CodecErrorKind::CoseKey | CodecErrorKind::Invalid(_) => DenialCode::InvalidValue,
    }
}

/// Returns the code of a broken rule.
pub(super) const fn broken_code(kind: &ChainErrorKind) -> DenialCode {
    match kind {
        ChainErrorKind::TooManyLinks => DenialCode::TooManyLinks,
        ChainErrorKind::TokenTooLarge { .. }
        | ChainErrorKind::ChainTooLarge { .. }
        | ChainErrorKind::TooManyLimits { .. } => DenialCode::TooLarge,
        ChainErrorKind::ParentMismatch { .. } => DenialCode::ParentMismatch,
        ChainErrorKind::IssuedBeforeParent { .. } => DenialCode::IssuedBeforeParent,
        ChainErrorKind::OutlivesParent { .. } | ChainErrorKind::NeverValid { .. } => {
            DenialCode::OutlivesParent
        }
        ChainErrorKind::TooManyHops { .. } => DenialCode::TooManyHops,
        ChainErrorKind::Task(_) => DenialCode::TaskOutOfBounds,
        ChainErrorKind::UnknownIssuer { .. } => DenialCode::UnknownIssuer,
        ChainErrorKind::LivesTooLong { .. } => DenialCode::LivesTooLong,
        ChainErrorKind::NoAttestedGrant => DenialCode::NoAttestedGrant,
        ChainErrorKind::GrantNotAccepted { .. } => DenialCode::GrantNotAccepted,
        // Callers can't tell the two apart (`Denial::public`), so they share a code in logs, too.
        ChainErrorKind::Signature(_) | ChainErrorKind::SignerUnknown { .. } => {
            DenialCode::BadSignature
        }
        ChainErrorKind::RevokedKey { .. } => DenialCode::RevokedKey,
        ChainErrorKind::RetiredKey { .. } => DenialCode::RetiredKey,
        ChainErrorKind::HolderKey(_) => DenialCode::BadHolderKey,
        ChainErrorKind::BeyondCeiling(_) => DenialCode::BeyondCeiling,
        ChainErrorKind::BeyondParent(_) => DenialCode::BeyondParent,
        ChainErrorKind::AnchorKeyHeld => DenialCode::AnchorKeyHeld,
        ChainErrorKind::KeyReused { .. } => DenialCode::KeyReused,
        ChainErrorKind::KeyNotReused => DenialCode::KeyNotReused,
        ChainErrorKind::OwnController { .. } => DenialCode::OwnController,
        ChainErrorKind::EventUntold { .. } => DenialCode::EventUntold,
        ChainErrorKind::WaveUntold { .. } => DenialCode::WaveUntold,
        ChainErrorKind::TooManyMissions => DenialCode::TooManyMissions,
        ChainErrorKind::TooManyMeters => DenialCode::TooManyMeters,
        ChainErrorKind::TooManyWatched => DenialCode::TooManyWatched,
        ChainErrorKind::OwnApprover => DenialCode::OwnApprover,
        ChainErrorKind::AliasOfAnother { .. } => DenialCode::AliasOfAnother,
        ChainErrorKind::ScopeMeetsNothing { .. } => DenialCode::ScopeMeetsNothing,
        ChainErrorKind::FactUnnamed { .. } => DenialCode::FactUnnamed,
        ChainErrorKind::NotADelegate { .. } => DenialCode::NotADelegate,
        // Unreachable in a decision: only issuing returns it (rule 23). The code is step 2's.
        ChainErrorKind::IssuedAhead { .. } => DenialCode::IssuedInFuture,
        ChainErrorKind::OutOfWork(_) => DenialCode::OutOfWork,
    }
}

/// Returns the code of a floor that is not satisfied.
pub(super) const fn below_floor_code(below: &FloorError) -> DenialCode {
    match below {
        FloorError::MissionRequired => DenialCode::MissionRequired,
        FloorError::AudienceRequired => DenialCode::AudienceRequired,
        FloorError::ChainTooLong { .. } => DenialCode::ChainTooLong,
        FloorError::RootTooOld { .. } => DenialCode::RootTooOld,
        FloorError::GrantRequired => DenialCode::NoAttestedGrant,
        FloorError::GrantTooOld { .. } => DenialCode::GrantTooOld,
    }
}

/// Returns the code of an execution that should no longer run.
pub(super) const fn not_alive_code(not_alive: &LivenessError) -> DenialCode {
    match not_alive {
        LivenessError::MissionEnded { .. } => DenialCode::MissionEnded,
        LivenessError::MissionSuspended { .. } => DenialCode::MissionSuspended,
        LivenessError::StatusMissing { .. } => DenialCode::StatusMissing,
        LivenessError::StatusStale { .. } => DenialCode::StatusStale,
        LivenessError::ControllerEquivocated { .. } => DenialCode::ControllerEquivocated,
        LivenessError::TooMuchNews { .. } => DenialCode::TooMuchNews,
        LivenessError::ToolWithdrawn { .. } => DenialCode::ToolWithdrawn,
        LivenessError::TaskEnded { .. } => DenialCode::TaskEnded,
        LivenessError::KeyRevoked { .. } => DenialCode::KeyRevoked,
        LivenessError::EventFired { .. } => DenialCode::EventFired,
        LivenessError::OutOfWork(_) => DenialCode::OutOfWork,
    }
}

/// Returns the code of a call in a closed wave or before a closed barrier.
pub(super) const fn not_its_turn_code(not_its_turn: &NotReadyError) -> DenialCode {
    match not_its_turn {
        NotReadyError::WaveUnknown { .. } => DenialCode::WaveUnknown,
        NotReadyError::WaveNotYet { .. } => DenialCode::NotYet,
        NotReadyError::WaveClosed { .. } => DenialCode::WaveClosed,
        NotReadyError::BarrierClosed { .. } => DenialCode::BarrierClosed,
        NotReadyError::BarrierBroken { .. } => DenialCode::BarrierBroken,
        NotReadyError::OutOfWork(_) => DenialCode::OutOfWork,
    }
}

/// Returns the code of a call that can't be charged.
pub(super) const fn not_charged_code(not_charged: &ChargeError) -> DenialCode {
    match not_charged {
        ChargeError::LedgerUnknown { .. } => DenialCode::LedgerUnknown,
        ChargeError::AmountMissing { .. } => DenialCode::AmountMissing,
        ChargeError::AmountNotANumber { .. } => DenialCode::AmountNotANumber,
        ChargeError::AmountNegative { .. } => DenialCode::AmountNegative,
        ChargeError::AmountOutOfRange { .. } | ChargeError::SumOutOfRange => {
            DenialCode::AmountOutOfRange
        }
        ChargeError::WrongUnit { .. } => DenialCode::WrongUnit,
        ChargeError::ValueMissing { .. } => DenialCode::ValueMissing,
        ChargeError::ValueNotScalar { .. } => DenialCode::ValueNotScalar,
        ChargeError::OutOfWork(_) => DenialCode::OutOfWork,
        ChargeError::BudgetExhausted { .. } => DenialCode::BudgetExhausted,
        ChargeError::RateExceeded { .. } => DenialCode::RateExceeded,
        ChargeError::GroupClosed { .. } => DenialCode::GroupClosed,
    }
}

/// Returns the code of a call that is not approved.
pub(super) const fn not_approved_code(not_approved: &ApprovalError) -> DenialCode {
    match not_approved {
        ApprovalError::TooManyApprovals { .. } => DenialCode::TooManyApprovals,
        ApprovalError::ApprovalByStranger { .. } => DenialCode::ApprovalByStranger,
        ApprovalError::ApprovedTwice { .. } => DenialCode::ApprovedTwice,
        ApprovalError::ApprovalForAnotherAudience { .. } => DenialCode::ApprovalForAnotherAudience,
        ApprovalError::ApprovalForAnotherCall { .. } => DenialCode::ApprovalForAnotherCall,
        ApprovalError::ApprovalFromFuture { .. } => DenialCode::ApprovalFromFuture,
        ApprovalError::ApprovalExpired { .. } => DenialCode::ApprovalExpired,
        ApprovalError::ApprovalTooOld { .. } => DenialCode::ApprovalTooOld,
        ApprovalError::ApprovalSignature { .. } => DenialCode::ApprovalSignature,
        ApprovalError::ApprovalsMissing { .. } => DenialCode::ApprovalsMissing,
    }
}

/// Returns the code of a call that powers refuse.
pub(super) const fn refusal_code(refusal: &PermissionError) -> DenialCode {
    match refusal {
        PermissionError::Tool => DenialCode::ToolNotPermitted,
        PermissionError::Effect { .. } => DenialCode::EffectTooHigh,
        PermissionError::ArgumentMissing { .. } => DenialCode::ArgumentMissing,
        PermissionError::ArgumentUnknown { .. } => DenialCode::ArgumentUnknown,
        PermissionError::Argument {
            reason: ArgumentError::NotAdmitted,
            ..
        } => DenialCode::ArgumentRefused,
        PermissionError::Argument { .. } => DenialCode::ArgumentNotCanonical,
        PermissionError::OutOfWork(_) => DenialCode::OutOfWork,
    }
}
