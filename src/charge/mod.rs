//! Charges: what a call takes from accounts, and how a ledger answers.
//!
//! The limits of a chain demand amounts, calls and groups of accounts. A decision in favour
//! collects them as [`Charges`], and the host's ledger makes all of them or none.
//! [`MemoryLedger`](crate::MemoryLedger) is a ledger for one process. A database does the same in
//! one transaction, as [`Charges`] lists. The methods of the types below make each of its
//! decisions, as the example shows.
//!
//! | type | what it is |
//! |---|---|
//! | [`Charges`] | a call to mark, with everything it is charged |
//! | [`Charge`], [`Demand`] | one account, and what the call takes from it |
//! | [`LedgerTerms`], [`KeepUntil`] | how long a ledger keeps the mark of a call |
//! | [`LedgerAnswer`], [`LedgerOutcome`] | a ledger's answer about one call |
//! | [`ChargeRefusal`] | the reason why an account refuses a charge |
//! | [`Reservation`] | a call that a ledger has reserved, to be closed once |
//!
//! In the transaction that decides on a call, a database does this:
//!
//! ```
//! use mandatum::charge::{Charges, LedgerOutcome, LedgerTerms};
//! use mandatum::denial::RecordedOutcome;
//! use mandatum::ledger::CallMark;
//! use mandatum::primitives::AttemptId;
//! use mandatum::Timestamp;
//! fn mark(
//!     row: &mut Option<CallMark>, charges: &Charges, attempt: AttemptId, now: Timestamp,
//! ) -> LedgerOutcome {
//!     let terms = LedgerTerms::default();
//!     if let Some(mark) = row {
//!         return mark.answer(charges, Some(attempt), &terms);
//!     }
//!     let keep_until = match terms.keep_until(charges, now) {
//!         Ok(keep_until) => keep_until.reserved,
//!         Err(refused) => return refused,
//!     };
//!     // Here it makes every charge, or none and returns `LedgerOutcome::Refused`.
//!     let (request, at, recorded) = (charges.request(), charges.at(), RecordedOutcome::Open);
//!     let attempt = Some(attempt);
//!     *row = Some(CallMark { request, at, latest: at, attempt, recorded, keep_until });
//!     LedgerOutcome::Reserved
//! }
//! # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
//! # let sample = setup::sample()?;
//! # let [(proof, call)] = sample.prove(["eu/acme"])?;
//! # let setup::Sample { verifier, here, now, .. } = sample;
//! # let context = mandatum::DecisionContext::new(here, mandatum::Register::none());
//! # let unsettled = verifier.check(&proof, &call.action, &context)?;
//! let (charges, mut row) = (unsettled.charges(), None);
//! let [first, second] = [1, 2].map(|id| AttemptId::from_bytes([id; 16]));
//! assert_eq!(mark(&mut row, charges, first, now), LedgerOutcome::Reserved);
//! // The reply was lost, so the host asks again with the same id; a new id is another attempt.
//! assert_eq!(mark(&mut row, charges, first, now), LedgerOutcome::Reserved);
//! assert_ne!(mark(&mut row, charges, second, now), LedgerOutcome::Reserved);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod amount;
mod answer;
mod charge;
mod charges;
mod terms;

pub use answer::{ChargeRefusal, LedgerAnswer, LedgerOutcome, Reservation};
pub use charge::{Charge, Demand};
pub use charges::Charges;
pub use terms::{KeepUntil, LedgerTerms};

pub(crate) use charge::{charge_of, one_an_account};
pub(crate) use charges::Accepted;

#[cfg(test)]
pub(crate) use amount::{amount, counted_value};
