//! The algebra of powers against its laws, against brute force, and against people who wish it ill.
//!
//! The meaning of constraints is written a second time in [`model`], as plainly as it can be, and
//! everything the library answers is held against it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod bounds;
mod brute_force;
mod generate;
mod grammar;
mod keys;
mod laws;
mod model;
mod number;
mod steps;
mod tools;
