//! Missions: the laws of the register, what a decision needs of it, and the bound on ghost
//! execution.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod anchors;
mod controller;
mod drills;
mod for_good;
mod ghost_bound;
mod keys;
mod laws;
mod order;
mod retention;
mod support;
mod times;
mod watches;
mod work;
