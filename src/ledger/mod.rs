//! The ledger of one process, and the parts that a host's own ledger shares with it.
//!
//! A ledger remembers decided calls, so that none runs twice, and counts what accounts have spent.
//! [`MemoryLedger`] does both for the threads of one process. A database uses [`CallMark`] and
//! [`LedgerTerms`](crate::charge::LedgerTerms), as [`charge`](crate::charge) shows.
//!
//! | type | what it is |
//! |---|---|
//! | [`MemoryLedger`] | a ledger in memory |
//! | [`Balance`] | the amounts that an account of a budget has spent and holds |
//! | [`CallMark`] | what a ledger remembers of a decided call |
//!
//! ```
//! # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
//! # use mandatum::{Budget, Label, Limit};
//! # let (account, name) = (Label::new("reads")?, Label::new("main")?);
//! # let budget = Limit::budget(Budget::calls(account, name.clone(), 5));
//! # let sample = setup::sample_with([budget])?;
//! # let [(proof, call)] = sample.prove(["eu/acme"])?;
//! # let setup::Sample { verifier, here, now, .. } = sample;
//! # let ledgers = [name];
//! use mandatum::claims::Outcome;
//! use mandatum::{DecisionContext, MemoryLedger, Register};
//! // The root has a budget of five calls.
//! let ledger = MemoryLedger::new(1_000);
//! let context = DecisionContext::new(here, Register::none()).with_ledgers(&ledgers);
//! let permit = ledger.settle(verifier.check(&proof, &call.action, &context)?, now)?;
//! let account = permit.charges()[0].account;
//! assert_eq!(ledger.balance(&account).map(|balance| balance.held), Some(1.into()));
//! let record = permit.start(now)?.finish(Outcome::Done);
//! ledger.close(record.reservation(), record.outcome);
//! assert_eq!(ledger.balance(&account).map(|balance| balance.spent), Some(1.into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
