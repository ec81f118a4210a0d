//! Attacks: one broken rule a row, each with the exact refusal it meets. Tokens are forged by hand
//! here, with a CBOR writer of their own, so that nothing the library would not write is out of
//! reach.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod accounts;
mod chain;
mod codec;
mod codes;
mod decide;
mod names;
mod notices;
mod optional_fields;
mod sizes;
mod support;
mod texts;
