//! Decisions: may this execution do this, right now, for this task?
//!
//! ```text
//! Verifier::verify(&Chain) -> VerifiedChain
//! Verifier::decide(&VerifiedChain, &Presentation, &Context) -> Result<Unsettled, Denial>
//! Unsettled::settle(the host ledger's answer) -> Result<Permit, Denial>
//! Permit::start(now) -> Result<Running, Denial>     Running::finish(outcome) -> Record
//! Verifier::open(bytes, &Action, &Here) -> Result<Opened, Denial>       authenticates, and asks nothing that changes
//! Opened::decide(&Context) -> Result<Unsettled, Denial>
//! Verifier::check(bytes, &Action, &Context)         both in one, for the common server
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
