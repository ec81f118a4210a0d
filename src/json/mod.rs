//! The JSON form of values, powers, limits, charges and requests. Behind the feature `json`.
//!
//! The form is for people who write and read terms, and for hosts that store them; nothing signed
//! is JSON. Numbers keep their digits exactly. A key that appears twice in one object is refused,
//! and so is a key that is not known. An entry that may be absent is left out when it has its
//! default. Errors name the place as a JSON pointer.
//!
//! | type | what it is |
//! |---|---|
//! | [`JsonForm`] | the conversions between a type and its JSON form |
//! | [`JsonError`] | the reason why a JSON form can't be read, and its place |
//! | [`JsonErrorKind`] | the reason alone |
//!
//! These types have a form; the documentation of each shows it:
//! [`Value`](crate::primitives::Value), [`Constraint`](crate::Constraint),
//! [`Capability`](crate::Capability), [`Powers`](crate::Powers), [`Limit`](crate::Limit),
//! [`Limits`](crate::Limits), [`LivesBy`](crate::LivesBy), [`Charge`](crate::charge::Charge),
//! [`AccessRequest`](crate::denial::AccessRequest).
//!
//! With this feature, the types that hosts log implement serde's `Serialize`: denials, traces,
//! permits, receipts and explanations. Their log form is written and never read back. It is for the
//! host alone. The form for a caller is that of [`PublicDenial`](crate::denial::PublicDenial),
//! which [`Denial::public`](crate::Denial::public) returns.
//!
//! ```
//! use mandatum::Limits;
//! use mandatum::json::{JsonErrorKind, JsonForm};
//! let limits = Limits::from_json(r#"[{"audience": ["crm"]}, {"ends_on": "deal-closed"}]"#)?;
//! assert_eq!(Limits::from_json(&limits.to_json())?, limits);
//!
//! let unknown = Limits::from_json(r#"[{"audience": ["crm"], "tols": ["pay"]}]"#).unwrap_err();
//! assert!(matches!(unknown.kind(), JsonErrorKind::Unknown { .. }));
//! assert_eq!(unknown.pointer(), "/0");
//! # Ok::<(), mandatum::json::JsonError>(())
//! ```

mod access_request;
mod budget;
mod charge;
mod error;
mod fields;
mod form;
mod limits;
mod log;
mod mission;
mod powers;
mod readiness;
mod spending;
mod text;

pub use error::{JsonError, JsonErrorKind};
pub use form::JsonForm;
