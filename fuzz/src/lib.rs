//! What each fuzz target asserts, as ordinary functions of the bytes that a fuzzer chooses.
//!
//! They panic when a law is broken, because that is how a fuzzer hears of it.

mod check;
mod covers;
mod decode;
mod generate;
mod seeds;
#[cfg(test)]
mod smoke;

pub use check::check;
pub use covers::covers;
pub use decode::decode;
pub use seeds::{Seeds, seeds};
