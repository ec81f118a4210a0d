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

mod amount;
mod approvals;
mod call;
mod charge;
mod checks;
mod code;
mod code_of;
mod context;
mod denial;
mod explain;
mod facts;
mod floors;
mod guard;
mod held;
mod here;
mod in_scope;
mod ladder;
mod ledger;
mod not_approved;
mod opened;
mod permit;
mod proof;
mod reason;
mod receipts;
mod request;
mod screen;
mod settle;
mod trace;

pub use call::{Call, Presentation, Presenter};
pub use charge::{Charge, Charges, Demand, NotCharged};
pub use code::{Code, DenialKind};
pub use context::Context;
pub use denial::{Denial, DenialDetails, Place, PublicDenial};
pub use explain::{Check, Explanation, Verdict};
pub use facts::Facts;
pub use floors::BelowFloor;
pub use guard::{Guard, GuardError, NotStored, OnFailure, Received};
pub use here::Here;
pub use ladder::Step;
pub use ledger::{Balance, KeepUntil, LedgerTerms, Mark, MemoryLedger};
pub use not_approved::NotApproved;
pub use opened::Opened;
pub use permit::{NotStarted, Permit, Record, Running, Unsettled};
pub use proof::{ExecutionProof, ProofTextError, sign_call};
pub use reason::Reason;
pub use receipts::{Head, ReceiptError, ReceiptFault, ReceiptLog, ReceiptSummary, verify_receipts};
pub use request::{AnswerError, Request};
pub use settle::{ChargeRefusal, LedgerAnswer, LedgerOutcome, RecordedOutcome, Reservation};
pub use trace::{Hop, Trace};

#[cfg(test)]
pub(crate) use amount::{amount, counted_value};

#[cfg(test)]
mod second_lock;
