//! Authorize what AI agents do: signed, attenuable mandates, each bound to a task of a mission.
//!
//! A server checks each tool call of an agent against the mandate that it is made under, and refuses
//! when the mission has ended, even if every signature is valid and nothing has expired.
//!
#![doc = include_str!("parties.svg")]
//!
//! # Quick start
//!
//! ```
//! // <!-- QUICK START -->
//! ```
//!
//! # Who uses what
//!
//! | you are | you start from | and go on with |
//! |---|---|---|
//! | an issuer, who acts for people | [`Anchor`], [`Root`], [`issue`] | [`chain`], [`powers`], [`limits`] |
//! | an orchestrator, which starts agents | [`Chain::delegate`], [`Delegation`] | [`graph`] |
//! | an agent, which calls tools | [`Call`], [`ExecutionProof`] | [`graph::Portfolio`] |
//! | a server, which runs tools | [`Guard`], or [`Verifier`] and a ledger | [`guard`], [`decide`], [`denial`], [`ledger`] |
//! | a controller, which ends work | [`Controller`] | [`mission`] |
//! | an auditor | [`receipts::verify_receipts`] | [`receipts`], [`decide::Trace`] |
//!
//! The [`guide`] has a page for each topic. [`format`] defines the bytes of every token, and
//! [`bounds`] every limit on their size.
//!
//! # How values are made
//!
//! - A constructor takes the required parts: `new`, or a noun for one kind ([`Budget::calls`]).
//! - An optional part is set with `with_<noun>`, which fails where the part can be out of bounds,
//!   and is read with `<noun>()`. A setting that is only on or off is set the same way
//!   ([`Budget::with_askable`]) and read with `is_<adjective>()`.
//! - A [`Capability`] and its [`ArgumentRules`] are written as rules instead, one verb each:
//!   `require`, `allow`, `allow_others`, `allow_delegation`.
//! - Settings that give up protection begin with `dangerous_`.
//!
//! # Features
//!
//! - `json` (on by default) gives values, powers and limits their JSON form, with exact numbers and
//!   duplicate keys refused. It also gives `Serialize` to what hosts log: denials, traces,
//!   permits, receipts, explanations, and the ids and names in them.
//! - `time` (off by default) converts between [`Timestamp`] and the date and time of the crate of
//!   that name. Without it, the standard library's system time and the text form convert.

#![deny(
    clippy::wildcard_enum_match_arm,
    reason = "a new kind of limit, constraint or denial is answered wherever one is asked of"
)]

pub mod chain;
pub mod charge;
pub mod claims;
pub mod codec;
pub mod decide;
pub mod denial;
pub mod graph;
pub mod guard;
pub mod guide;
#[cfg(feature = "json")]
pub mod json;
pub mod ledger;
pub mod limits;
pub mod mission;
pub mod powers;
pub mod primitives;
pub mod receipts;
pub mod sign;

pub use chain::{Anchor, Call, Chain, ChainError, Delegation, VerifiedChain, issue};
pub use claims::{AttestedGrant, CallClaims, Life, Link, Purpose, Root, RootAudience};
pub use codec::format;
pub use decide::{DecisionContext, ExecutionProof, Permit, ServerContext, Unsettled, Verifier};
pub use denial::{Denial, DenialCode};
pub use guard::Guard;
pub use ledger::MemoryLedger;
pub use limits::{Budget, Limit, Limits, LivesBy};
pub use mission::{Controller, Notice, Register};
pub use powers::{Action, Capability, Constraint, Effect, Powers, ToolTable};
pub use primitives::{
    Audience, CallId, Digest, Issuer, Label, Lifetime, Mission, PublicKey, Seconds, TaskPath,
    Timestamp, bounds,
};
pub use sign::SigningKey;

#[cfg(test)]
#[path = "../tests/every_kind/mod.rs"]
mod every_kind;
#[cfg(test)]
#[path = "../tests/work_bound/mod.rs"]
mod work_bound;
