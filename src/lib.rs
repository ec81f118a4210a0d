#![doc = include_str!("../README.md")]
//!
//! # How it fits together
//!
//! - [`issue`] makes a [`Root`] under an [`Anchor`]; [`Chain::delegate`] makes children, each less
//!   than its parent.
//! - The holder of the leaf signs each call with [`sign_call`] and sends an [`ExecutionProof`].
//! - A [`Verifier`] checks it: [`Verifier::check`] from bytes to a decision, or step by step with
//!   [`Verifier::verify`] and [`Verifier::decide`].
//! - A [`ChainCache`] spares what was verified before; it changes no verdict.
//! - A chain lives by missions. Their [`Controller`] signs news, a [`Register`] joins what was
//!   heard of it, and a decision's [`Context`] carries it; [`VerifiedChain::watches`] names what a
//!   host must fetch.
//! - A decision in favour is [`Unsettled`] until a ledger says that the call is new and fits its
//!   [`Budget`]s and [`Rate`]s ([`MemoryLedger`] ships; [`Charges`] say what another must do), and
//!   then a [`Permit`], which starts one operation. How that ended is a [`Record`], which the
//!   ledger is told of.
//! - People stand before a call by a [`Gate`], and sign an [`Approval`] of it, which comes in with
//!   the [`Context`].
//! - A [`ReceiptLog`] puts on record what was permitted and how it ended, and [`verify_receipts`]
//!   checks it; a [`Trace`] names who stands behind a call.
//! - A [`Guard`] is all of a server's part in one value: verifier, register, ledger and receipts
//!   around a tool.
//! - A refusal is a [`Denial`]: where, why, what is missing, and what the caller may be told. Where
//!   asking helps, it has a [`Request`], which a parent answers with a child and a person with a
//!   new root; either carries the limits of whoever asks.
//! - Work that fans out comes together again with [`VerifiedChain::merge`], behind a [`Barrier`];
//!   [`Waves`] say when a mandate is good, [`minimal_for`] gives a step the least powers, a
//!   [`Portfolio`] picks among an agent's chains, and an [`ExecutionGraph`] shows it all as a
//!   [`Picture`].
//!
//! **Powers shrink, limits pile up.** [`Powers`] say what is permitted, and a child's must be
//! covered by its parent's delegable ones, as the root's by the anchor's [`Ceiling`]. [`Limits`]
//! only take away, and every limit of every link is checked at every call.
//!
//! # Features
//!
//! `json` (on by default) gives values, powers and limits their JSON form, with exact numbers and
//! duplicate keys refused.

pub mod chain;
pub mod charge;
pub mod claims;
pub mod codec;
pub mod decide;
pub mod denial;
pub mod graph;
pub mod guard;
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
#[path = "../tests/work_bound/mod.rs"]
mod work_bound;
