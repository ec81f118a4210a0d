//! Tokens against COSE and CBOR libraries that are not ours: `coset` reads what we write and writes
//! what we read, and `ciborium` agrees about every byte.
//!
//! The other languages' libraries are asked the same in `tests/python`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod cbor;
mod coset_reads;
mod coset_writes;
mod examples;
mod generated;
