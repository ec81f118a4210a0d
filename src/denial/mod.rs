//! Refusals: where a call failed, why, under which code, and what its caller may be told.

mod access_request;
mod approval_error;
mod charge_error;
mod code;
mod denial;
mod floor_error;
mod reason;
mod reason_code;
mod recorded_outcome;

pub use access_request::{AccessRequest, AnswerError};
pub use approval_error::ApprovalError;
pub use charge_error::ChargeError;
pub use code::{DenialCode, DenialCodeError, DenialKind};
pub use denial::{Denial, DenialDetails, DenialPlace, PublicDenial};
pub use floor_error::FloorError;
pub use reason::DenialReason;
pub use recorded_outcome::{RecordedOutcome, RecordedOutcomeError};
