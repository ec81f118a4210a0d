//! A server's whole part in one value: verifier, register, ledger and receipts around a tool.

mod guard;

pub use guard::{Guard, GuardError, OnFailure, ReceivedCall, StoreError};
