//! Other notations of the same things. Behind features.

mod budget;
mod charge;
mod error;
mod fields;
mod form;
mod json;
mod limits;
mod mission;
mod order;
mod powers;
mod request;
mod spending;

pub use error::{FormError, FormFault};
pub use form::JsonForm;
