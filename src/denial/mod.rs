//! Denials: the place and reason of a refusal, its code, and what its caller may be told.
//!
//! A [`Denial`] is data. [`Denial::public`], which `Display` writes, is for the caller: it states
//! what follows from the presented chain and call, and hides everything that only the host knows.
//! [`Denial::details`] is for the host's logs. A [`DenialCode`] names the reason precisely, and its
//! [`DenialKind`] groups the codes by what can be done next. Both are the host's;
//! [`PublicDenial`] has the code and kind for the caller. [`DenialCode`] lists the codes that a
//! caller can receive.
//!
//! | type | what it is |
//! |---|---|
//! | [`Denial`], [`DenialPlace`] | a refusal, and where it arose |
//! | [`PublicDenial`] | the part of a denial that its caller may read |
//! | [`DenialDetails`] | the sentence for the host |
//! | [`DenialReason`] | the reason with its facts |
//! | [`FloorError`], [`ChargeError`], [`ApprovalError`] | reasons of three steps |
//! | [`DenialCode`], [`DenialCodeError`] | the name of a reason |
//! | [`DenialKind`] | the group of a code, by what its caller can do |
//! | [`RecordedOutcome`], [`RecordedOutcomeError`] | the outcome of an earlier decision |
//! | [`AccessRequest`], [`AnswerError`] | a request for powers, and why it gets no answer |
//!
//! ```
//! # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
//! # let sample = setup::sample()?;
//! # let [(proof, call)] = sample.prove(["eu/acme"])?;
//! # let setup::Sample { verifier, here, now, .. } = sample;
//! use mandatum::{DecisionContext, DenialCode, Register, Seconds};
//! // Two hours later the mandates have expired.
//! let later = DecisionContext::new(here.with_now(now.plus(Seconds::hours(2))), Register::none());
//! let denial = verifier.check(&proof, &call.action, &later).unwrap_err();
//! assert_eq!(denial.code(), DenialCode::Expired);
//! let public = denial.public();
//! assert_eq!((public.code, public.link), ("Expired", Some(0)));
//! assert!(denial.details().to_string().starts_with("the root: expired at 2026-01-01T01:00:00Z"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
