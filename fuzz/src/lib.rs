//! What each fuzz target asserts, as ordinary functions of the bytes that a fuzzer chooses.
//!
//! They panic when a law is broken, because that is how a fuzzer hears of it.

mod cache;
mod check;
mod choices;
mod covers;
mod decide;
mod decode;
mod generate;
mod guard;
mod json;
mod ledger;
mod merge;
mod missions;
mod notices;
mod receipts;
mod seeds;
#[cfg(test)]
mod smoke;
mod text;
mod vectors;
mod world;

pub use cache::cache;
pub use check::check;
pub use covers::covers;
pub use decide::decide;
pub use decode::decode;
pub use guard::guard;
pub use json::json;
pub use ledger::ledger;
pub use merge::merge;
pub use missions::missions;
pub use notices::notices;
pub use receipts::receipts;
pub use seeds::{Seeds, Target, targets};
pub use text::text;
