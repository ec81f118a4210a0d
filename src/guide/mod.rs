//! Guides: a page for each topic, with code that compiles.
//!
//! | page | read it to |
//! |---|---|
//! | [`integration`] | put a guard around a server's tools, and learn what a caller is told |
//! | [`missions`] | end work early, and bound how late a server notices |
//! | [`facts`] | tie a power to what the host observes, such as an open ticket |
//! | [`budgets`] | bound what all calls come to, and run your own ledger |
//! | [`approvals`] | have people sign single calls |
//! | [`owners`] | work across systems of several owners, each with a ceiling |
//! | [`receipts`] | prove afterwards what was permitted, for whom, and how it ended |
//! | [`graphs`] | fan work out, bring it together, and answer requests for more |
//! | [`tools`] | run the examples, decide a case, inspect a token, draw a graph |
//!
//! The bytes of every token, and every rule by which they are read, are in
//! [`format`](crate::format). What an attacker controls at each boundary, and the drill for each
//! lost key, are in `.github/SECURITY.md`.

#[doc = include_str!("approvals.md")]
pub mod approvals {}

#[doc = include_str!("budgets.md")]
pub mod budgets {}

#[doc = include_str!("facts.md")]
pub mod facts {}

#[doc = include_str!("graphs.md")]
pub mod graphs {}

#[doc = include_str!("integration.md")]
pub mod integration {}

#[doc = include_str!("missions.md")]
pub mod missions {}

#[doc = include_str!("owners.md")]
pub mod owners {}

#[doc = include_str!("receipts.md")]
pub mod receipts {}

#[doc = include_str!("tools.md")]
pub mod tools {}
