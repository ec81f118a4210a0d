//! The ledger of one process, and the parts that other ledgers share with it.

mod account;
mod accounts;
mod clock;
mod mark;
mod marks;
mod memory;
mod restore;
mod tenants;

pub use account::Balance;
pub use mark::CallMark;
pub use memory::MemoryLedger;
