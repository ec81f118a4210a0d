//! The scenarios: what must work, told as stories. One module each.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod s1_qbr;
