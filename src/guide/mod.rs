//! Guides: a page for each topic, with code that compiles.
//!
//! | page | read it to |
//! |---|---|
//! | [`integration`] | put a guard around a server's tools, and see what a caller learns |
//! | [`server`] | copy a complete server, from a request's text to verified receipts |
//! | [`missions`] | end work early, and bound the delay until a server notices |
//! | [`facts`] | tie a power to what the host observes, such as an open ticket |
//! | [`budgets`] | bound the sum of all calls, and run your own ledger |
//! | [`approvals`] | have people sign single calls |
//! | [`owners`] | work across systems of several owners, each with a ceiling |
//! | [`receipts`] | prove afterwards what was permitted, for whom, and how it ended |
//! | [`graphs`] | fan work out, bring it together, and answer requests for more |
//! | [`tools`] | run the examples, decide a case, inspect a token, draw a graph |
//!
//! # How values are made
//!
//! - A constructor takes the required parts: `new`, or a noun for one kind
//!   ([`Budget::calls`](crate::Budget::calls)).
//! - An optional part is set with `with_<noun>`, which returns an error if the part can be out of
//!   bounds, and is read with `<noun>()`. A setting that is only on or off is set the same way
//!   ([`Budget::with_askable`](crate::Budget::with_askable)) and read with `is_<adjective>()`.
//! - A [`Capability`](crate::Capability) and its
//!   [`ArgumentRules`](crate::powers::ArgumentRules) are written as rules instead, one verb each:
//!   `require`, `allow`, `allow_others`, `allow_delegation`.
//! - Settings that give up protection begin with `dangerous_`.
//!
//! # Dangerous settings
//!
//! Three settings of [`Verifier`](crate::Verifier) and
//! [`AcceptedGrants`](crate::chain::AcceptedGrants) give up a protection:
//!
//! - [`dangerous_accept_asserted_up_to`](crate::Verifier::dangerous_accept_asserted_up_to): calls
//!   up to an effect need no signature. Whoever makes the host state a holder can use every mandate
//!   that it has seen.
//! - [`dangerous_effects_as_stated`](crate::Verifier::dangerous_effects_as_stated): no
//!   table raises the effect of a call. A host that copies the effect from a request lets the
//!   caller choose it.
//! - [`dangerous_any_or_none`](crate::chain::AcceptedGrants::dangerous_any_or_none): a root needs
//!   no grant, so no human has to stand behind an execution.
//!
//! # Reference
//!
//! The bytes of every token, and every rule by which they are read, are in
//! [`format`](mod@crate::format). The threat model of each boundary, and the drill for each lost
//! key, are in `.github/SECURITY.md`.

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

#[doc = include_str!("server.md")]
pub mod server {}

#[doc = include_str!("tools.md")]
pub mod tools {}
