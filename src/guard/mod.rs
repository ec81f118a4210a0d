//! The guard: verifier, register, ledger and receipts around a server's tools, in one value.
//!
//! [`Guard::run`] takes a [`ReceivedCall`], decides on it, records the permit, runs the tool, and
//! records how it ended. The tool runs at most once for a call, and not without a stored receipt.
//!
//! | type | what it is |
//! |---|---|
//! | [`Guard`] | everything that a server needs around its tools |
//! | [`ReceivedCall`] | the proof that arrived, and the action that the server is about to run |
//! | [`GuardError`] | the reason why a call gave no result |
//! | [`OnFailure`] | what happens to the charges of a tool that fails |
//! | [`StoreError`] | a receipt could not be stored |
//!
//! ```
//! # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
//! # let sample = setup::sample()?;
//! # let [(proof, call), (other_proof, other)] = sample.prove(["eu/acme", "us/acme"])?;
//! # let setup::Sample { verifier, audience, now, server: key, .. } = sample;
//! use mandatum::guard::{ReceivedCall, StoreError};
//! use mandatum::{Guard, MemoryLedger, Register};
//! let (register, ledger) = (Register::none().clone(), MemoryLedger::new(1_000));
//! let guard = Guard::new(verifier, audience, register, ledger, key, |_receipt| Ok(()));
//! let tool = |_: &_| Ok::<_, StoreError>("42 open deals");
//! let deals = guard.run(&ReceivedCall::new(&proof, &call.action), || now, tool)?;
//! assert_eq!(deals, "42 open deals");
//! // Its mandate covers accounts under `eu/` only, so the tool does not run.
//! assert!(guard.run(&ReceivedCall::new(&other_proof, &other.action), || now, tool).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod guard;
mod received_call;

pub use guard::{Guard, GuardError, OnFailure, StoreError};
pub use received_call::ReceivedCall;
