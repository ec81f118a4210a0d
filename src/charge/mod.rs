//! Charges: what a call asks of accounts, and what a ledger answers.

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
