//! The scenarios: what must work, told as stories. One module each.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../examples/stage/mod.rs"]
mod stage;

mod controller;
mod edges;
mod s10_spending;
mod s11_swarm;
mod s12_three_in_parallel;
#[cfg(feature = "json")]
mod s13_discovery;
mod s14_borrowed_paper;
mod s1_qbr;
mod s2_board_meeting;
mod s3_incident;
mod s4_rotation;
mod s5_vendor;
mod s6_waves;
mod s7_merge_point;
mod s8_stragglers;
mod s9_sarah;
mod told;
