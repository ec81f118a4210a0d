//! Other notations of the same things. Behind features.

mod form;
mod json;
mod limits;
mod powers;

pub use form::{FormError, FormFault, JsonForm};
