//! Other notations of the same things. Behind features.

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
