//! The code of each reason that another room, or another file of this one, gives.

use super::charge::NotCharged;
use super::code::Code;
use super::floors::BelowFloor;
use super::not_approved::NotApproved;
use crate::chain::Broken;
use crate::codec::Fault;
use crate::mission::{NotAlive, NotItsTurn};
use crate::powers::{ArgumentRefusal, Refusal};

pub(super) fn fault_code(fault: &Fault) -> Code {
    match fault {
        Fault::Truncated => Code::Truncated,
        Fault::TrailingBytes
        | Fault::NotShortest
        | Fault::Indefinite
        | Fault::Float
        | Fault::Reserved
        | Fault::Unsorted
        | Fault::Duplicate
        | Fault::DefaultSpelled
        | Fault::NotUtf8 => Code::NotDeterministic,
        Fault::TooLarge { .. } | Fault::TooMany { .. } | Fault::TooDeep => Code::OutOfBounds,
        Fault::Expected(_) => Code::UnexpectedItem,
        Fault::UnknownKey { .. } | Fault::UnknownKind { .. } => Code::UnknownClaim,
        Fault::MissingKey { .. } => Code::MissingClaim,
        Fault::TokenType { .. } => Code::WrongTokenType,
        Fault::Algorithm { .. } | Fault::HeaderParameter { .. } | Fault::UnprotectedHeader => {
            Code::HeaderNotAccepted
        }
        Fault::CoseKey | Fault::Invalid(_) => Code::InvalidValue,
    }
}

pub(super) const fn broken_code(broken: &Broken) -> Code {
    match broken {
        Broken::TooManyLinks => Code::TooManyLinks,
        Broken::TokenTooLarge { .. }
        | Broken::ChainTooLarge { .. }
        | Broken::TooManyLimits { .. } => Code::TooLarge,
        Broken::ParentMismatch { .. } => Code::ParentMismatch,
        Broken::IssuedBeforeParent { .. } => Code::IssuedBeforeParent,
        Broken::OutlivesParent { .. } | Broken::NeverValid { .. } => Code::OutlivesParent,
        Broken::TooManyHops { .. } => Code::TooManyHops,
        Broken::Task(_) => Code::TaskOutOfBounds,
        Broken::UnknownIssuer { .. } => Code::UnknownIssuer,
        Broken::LivesTooLong { .. } => Code::LivesTooLong,
        Broken::NoAttestedGrant => Code::NoAttestedGrant,
        Broken::GrantNotAccepted { .. } => Code::GrantNotAccepted,
        // To strangers both are one, and so they are in logs.
        Broken::Signature(_) | Broken::SignerUnknown { .. } => Code::BadSignature,
        Broken::RevokedKey { .. } => Code::RevokedKey,
        Broken::RetiredKey { .. } => Code::RetiredKey,
        Broken::HolderKey(_) => Code::BadHolderKey,
        Broken::BeyondCeiling(_) => Code::BeyondCeiling,
        Broken::BeyondParent(_) => Code::BeyondParent,
        Broken::AnchorKeyHeld => Code::AnchorKeyHeld,
        Broken::KeyReused { .. } => Code::KeyReused,
        Broken::KeyNotReused => Code::KeyNotReused,
        Broken::OwnController { .. } => Code::OwnController,
        Broken::EventUntold { .. } => Code::EventUntold,
        Broken::WaveUntold { .. } => Code::WaveUntold,
        Broken::TooManyMissions => Code::TooManyMissions,
        Broken::TooManyMeters => Code::TooManyMeters,
        Broken::TooManyWatched => Code::TooManyWatched,
        Broken::OwnApprover => Code::OwnApprover,
        Broken::AliasOfAnother { .. } => Code::AliasOfAnother,
        Broken::ScopeMeetsNothing { .. } => Code::ScopeMeetsNothing,
        Broken::FactUnnamed { .. } => Code::FactUnnamed,
        Broken::NotADelegate { .. } => Code::NotADelegate,
        // Only issuing meets it.
        Broken::IssuedAhead { .. } => Code::IssuedInFuture,
        Broken::OutOfWork(_) => Code::OutOfWork,
    }
}

pub(super) const fn below_floor_code(below: &BelowFloor) -> Code {
    match below {
        BelowFloor::MissionRequired => Code::MissionRequired,
        BelowFloor::AudienceRequired => Code::AudienceRequired,
        BelowFloor::ChainTooLong { .. } => Code::ChainTooLong,
        BelowFloor::RootTooOld { .. } => Code::RootTooOld,
        BelowFloor::GrantRequired => Code::NoAttestedGrant,
        BelowFloor::GrantTooOld { .. } => Code::GrantTooOld,
    }
}

pub(super) const fn not_alive_code(not_alive: &NotAlive) -> Code {
    match not_alive {
        NotAlive::MissionEnded { .. } => Code::MissionEnded,
        NotAlive::MissionSuspended { .. } => Code::MissionSuspended,
        NotAlive::StatusMissing { .. } => Code::StatusMissing,
        NotAlive::StatusStale { .. } => Code::StatusStale,
        NotAlive::ControllerEquivocated { .. } => Code::ControllerEquivocated,
        NotAlive::TooMuchNews { .. } => Code::TooMuchNews,
        NotAlive::ToolWithdrawn { .. } => Code::ToolWithdrawn,
        NotAlive::TaskEnded { .. } => Code::TaskEnded,
        NotAlive::KeyRevoked { .. } => Code::KeyRevoked,
        NotAlive::EventFired { .. } => Code::EventFired,
        NotAlive::OutOfWork(_) => Code::OutOfWork,
    }
}

pub(super) const fn not_its_turn_code(not_its_turn: &NotItsTurn) -> Code {
    match not_its_turn {
        NotItsTurn::WaveUnknown { .. } => Code::WaveUnknown,
        NotItsTurn::WaveNotYet { .. } => Code::NotYet,
        NotItsTurn::WaveClosed { .. } => Code::WaveClosed,
        NotItsTurn::BarrierClosed { .. } => Code::BarrierClosed,
        NotItsTurn::BarrierBroken { .. } => Code::BarrierBroken,
        NotItsTurn::OutOfWork(_) => Code::OutOfWork,
    }
}

pub(super) const fn not_charged_code(not_charged: &NotCharged) -> Code {
    match not_charged {
        NotCharged::LedgerUnknown { .. } => Code::LedgerUnknown,
        NotCharged::AmountMissing { .. } => Code::AmountMissing,
        NotCharged::AmountNotANumber { .. } => Code::AmountNotANumber,
        NotCharged::AmountNegative { .. } => Code::AmountNegative,
        NotCharged::AmountOutOfRange { .. } | NotCharged::SumOutOfRange => Code::AmountOutOfRange,
        NotCharged::WrongUnit { .. } => Code::WrongUnit,
        NotCharged::ValueMissing { .. } => Code::ValueMissing,
        NotCharged::ValueNotScalar { .. } => Code::ValueNotScalar,
        NotCharged::OutOfWork(_) => Code::OutOfWork,
        NotCharged::BudgetExhausted { .. } => Code::BudgetExhausted,
        NotCharged::RateExceeded { .. } => Code::RateExceeded,
        NotCharged::GroupClosed { .. } => Code::GroupClosed,
    }
}

pub(super) const fn not_approved_code(not_approved: &NotApproved) -> Code {
    match not_approved {
        NotApproved::TooManyApprovals { .. } => Code::TooManyApprovals,
        NotApproved::ApprovalByStranger { .. } => Code::ApprovalByStranger,
        NotApproved::ApprovedTwice { .. } => Code::ApprovedTwice,
        NotApproved::ApprovalForAnotherAudience { .. } => Code::ApprovalForAnotherAudience,
        NotApproved::ApprovalForAnotherCall { .. } => Code::ApprovalForAnotherCall,
        NotApproved::ApprovalFromFuture { .. } => Code::ApprovalFromFuture,
        NotApproved::ApprovalExpired { .. } => Code::ApprovalExpired,
        NotApproved::ApprovalTooOld { .. } => Code::ApprovalTooOld,
        NotApproved::ApprovalSignature { .. } => Code::ApprovalSignature,
        NotApproved::ApprovalsMissing { .. } => Code::ApprovalsMissing,
    }
}

pub(super) const fn refusal_code(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::Tool => Code::ToolNotPermitted,
        Refusal::Effect { .. } => Code::EffectTooHigh,
        Refusal::ArgumentMissing { .. } => Code::ArgumentMissing,
        Refusal::ArgumentUnknown { .. } => Code::ArgumentUnknown,
        Refusal::Argument {
            reason: ArgumentRefusal::NotAdmitted,
            ..
        } => Code::ArgumentRefused,
        Refusal::Argument { .. } => Code::ArgumentNotCanonical,
        Refusal::OutOfWork(_) => Code::OutOfWork,
    }
}
