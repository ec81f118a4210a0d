//! The record of what a server permitted: signed, each entry linked to the one before.

mod receipts;

pub use receipts::{
    LogHead, ReceiptError, ReceiptErrorKind, ReceiptLog, ReceiptSummary, verify_receipts,
};
