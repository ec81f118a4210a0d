//! The execution graph: its laws over random graphs, and each of its parts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod answers;
#[path = "../attacks/support/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod forging;
mod laws;
mod merge;
mod minimal;
mod picture;
mod portfolio;
mod requests;
mod stage;
mod states;
#[path = "../missions/support.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;
mod world;
