//! The public API as a user meets it: types that threads share, the conversions of the standard
//! library, and what hosts log.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod conversions;
mod front;
#[cfg(feature = "json")]
mod log;
mod surface;
mod threads;
