//! Who answers for what: approvals, receipts, the guard around a tool, aliases, owners, traces.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod aliases;
mod approvals;
#[path = "../attacks/support/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod forging;
mod gates;
mod guard;
mod making;
mod monotone;
mod owners;
mod receipts;
mod stage;
#[path = "../missions/support.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;
mod trace;
