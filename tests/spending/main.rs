//! Budgets, rates, exclusive groups, and the ledger that keeps them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod anew;
mod boundaries;
mod calls;
mod conservation;
mod latches;
mod owners;
mod rates;
mod reference;
mod release;
mod renewing;
mod replay;
mod room;
#[path = "../graph/stage.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod stage;
#[path = "../missions/support.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;
mod tenants;
mod threads;
mod till;
mod totals;
mod values;
