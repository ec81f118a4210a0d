//! Decisions: whether a call may run now, for its task.
//!
//! A [`Verifier`] holds anchors and settings. It checks an execution proof against the action that
//! the server is about to run, in the numbered order of [`Step`], and returns an [`Unsettled`]
//! decision or a [`Denial`](crate::Denial). A ledger then [settles](Unsettled::settle) the
//! decision, and the [`Permit`] starts one operation, whose outcome becomes an [`OperationRecord`].
//!
//! | type | what it is |
//! |---|---|
//! | [`ExecutionProof`] | a chain and a signed call, as a server receives them |
//! | [`Verifier`] | anchors and settings; makes every decision |
//! | [`ServerContext`] | the time, the server's name and its system |
//! | [`DecisionContext`] | a server context with the state that the host knows |
//! | [`Facts`] | values that the host observed, for conditions |
//! | [`OpenedProof`] | an authenticated proof that is not yet decided |
//! | [`Presentation`], [`Presenter`] | a call, and the evidence for who makes it |
//! | [`Unsettled`] | a decision in favour that a ledger must settle |
//! | [`Permit`], [`StartError`] | the permission for one operation, and its failure to start |
//! | [`RunningCall`], [`OperationRecord`] | an operation that runs, and one that is over |
//! | [`Explanation`], [`Check`], [`Verdict`] | every check of a decision, for the host |
//! | [`Step`] | one check, with its number |
//! | [`Trace`], [`Hop`] | the principal and the holders behind a call |
//!
//! From bytes to a permit, and a denial that is explained:
//!
//! ```
//! # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
//! # let sample = setup::sample()?;
//! # let [(proof, call), (other_proof, other)] = sample.prove(["eu/acme", "us/acme"])?;
//! # let setup::Sample { verifier, chain, here, now, .. } = sample;
//! # let signed = mandatum::ExecutionProof::from_bytes(&other_proof)?.call().clone();
//! use mandatum::decide::Presentation;
//! use mandatum::{DecisionContext, DenialCode, MemoryLedger, Register};
//! let context = DecisionContext::new(here, Register::none());
//! let unsettled = verifier.check(&proof, &call.action, &context)?;
//! let permit = MemoryLedger::new(1_000).settle(unsettled, now)?;
//! assert_eq!(permit.call(), &call);
//!
//! // Its mandate covers accounts under `eu/` only.
//! let denial = verifier.check(&other_proof, &other.action, &context).unwrap_err();
//! assert_eq!(denial.code(), DenialCode::ArgumentRefused);
//! let (chain, presentation) = (verifier.verify(&chain)?, Presentation::signed(&other, &signed));
//! let explanation = verifier.explain(&chain, &presentation, &context).to_string();
//! assert!(explanation.contains("FAIL within powers (link 1): ArgumentRefused"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod approvals;
mod checks;
mod context;
mod early_refusal;
mod explanation;
mod facts;
mod floors;
mod ladder;
mod opened_proof;
mod permit;
mod presentation;
mod proof;
mod rules_in_scope;
#[cfg(test)]
#[path = "../../tests/unit/second_lock.rs"]
mod second_lock;
mod server_context;
mod step;
mod step_result;
mod trace;
mod verifier;

pub use context::DecisionContext;
pub use explanation::{Check, Explanation, Verdict};
pub use facts::Facts;
pub use opened_proof::OpenedProof;
pub use permit::{OperationRecord, Permit, RunningCall, StartError, Unsettled};
pub use presentation::{Presentation, Presenter};
pub use proof::ExecutionProof;
pub use server_context::ServerContext;
pub use step::Step;
pub use trace::{Hop, Trace};
pub use verifier::Verifier;
