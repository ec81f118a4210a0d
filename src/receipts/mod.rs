//! Receipts: the signed record of what a server permitted, each receipt linked to the one before.
//!
//! A [`ReceiptLog`] writes the record: one receipt when an operation starts, one when it ends, and
//! the number of denials in between. [`verify_receipts`] checks a whole record and sums it up. The
//! receipts themselves are the host's to store.
//!
//! | type | what it is |
//! |---|---|
//! | [`ReceiptLog`] | a record as it is written |
//! | [`LogHead`] | the end of a record, kept elsewhere |
//! | [`verify_receipts`] | verifies a record |
//! | [`ReceiptSummary`] | what a verified record states in all |
//! | [`ReceiptError`], [`ReceiptErrorKind`] | the first receipt that is wrong, and why |
//!
//! ```
//! # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
//! # let sample = setup::sample()?;
//! # let [(proof, call)] = sample.prove(["eu/acme"])?;
//! # let setup::Sample { verifier, here, now, server: key, .. } = sample;
//! # let context = mandatum::DecisionContext::new(here, mandatum::Register::none());
//! # let unsettled = verifier.check(&proof, &call.action, &context)?;
//! # let permit = mandatum::MemoryLedger::new(100).settle(unsettled, now)?;
//! use mandatum::claims::Outcome;
//! use mandatum::receipts::{ReceiptLog, verify_receipts};
//! let mut log = ReceiptLog::new(key.public());
//! let started = log.started(&permit, [1; 16], now, &key)?;
//! // The receipt is stored, and then the tool runs.
//! let record = permit.start(now)?.finish(Outcome::Done);
//! let finished = log.finished(&record, [2; 16], now, &key)?;
//!
//! let summary = verify_receipts(key.public(), [&started, &finished], Some(log.head()))?;
//! assert_eq!((summary.started, summary.open.len()), (1, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod log;
mod verify;

pub use log::{LogHead, ReceiptLog};
pub use verify::{ReceiptError, ReceiptErrorKind, ReceiptSummary, verify_receipts};
