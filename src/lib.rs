//! Authorize what AI agents do: signed, attenuable mandates, each bound to a task of a mission.
//!
//! A server checks each tool call of an agent against the mandate that it is made under, and
//! refuses when the mission has ended, even if every signature is valid and nothing has expired.
//!
#![doc = include_str!("parties.svg")]
//!
//! # Quick start
//!
//! ```
//! use mandatum::{guard::ReceivedCall, *};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let [company, agent, server] = [1, 2, 3].map(|n| SigningKey::from_seed(&[n; 32]));
//!     let now = Timestamp::from_unix(1_767_225_600)?;
//!     let crm = Audience::new("https://crm.example")?;
//!
//!     // Issuer: Alice asks for a review of European accounts; her company signs for it.
//!     let read = Capability::new("crm.read", Effect::Read)?;
//!     let powers = Powers::new([read.require("account", Constraint::pattern("eu/*")?)?])?;
//!     let name = "https://acme.example".parse()?;
//!     let anchor = Anchor::new(name, company.public(), powers.clone(), Seconds::hours(8))?;
//!     let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
//!     let link = Link::new([0; 16], agent.public(), powers, hour);
//!     let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare Acme's review.");
//!     let (alice, task) = (Label::new("alice")?, "acme-qbr".parse()?);
//!     let grant = AttestedGrant::direct(alice.clone(), now, Digest::hash("consent 17"));
//!     let life = Life::ExpiryOnly;
//!     let root = Root::new(&anchor, link, alice, purpose, task, crm.clone(), life);
//!     let chain = Chain::from(issue(&anchor, root.with_grant(grant), now)?.sign(&company)?);
//!
//!     // Server: it knows the effects of its tools, and runs a tool only on a permit.
//!     let tools = ToolTable::new([("crm.read", Effect::Read)])?;
//!     let verifier = Verifier::new([anchor])?.with_tools(tools);
//!     let (register, ledger) = (Register::none().clone(), MemoryLedger::new(1_000));
//!     let store = |_receipt: &_| Ok(());
//!     let guard = Guard::new(verifier, crm.clone(), register, ledger, server, store);
//!
//!     // Agent: it signs each call under its mandate, and sends both.
//!     for (id, account) in [(1, "eu/acme"), (2, "us/acme")] {
//!         let action = Action::new("crm.read", [("account", account)], Effect::Read)?;
//!         let call = Call::new([id; 16], action);
//!         let signed = CallClaims::new(&chain, &call, crm.clone(), now).sign(&agent)?;
//!         let proof = ExecutionProof::new(chain.clone(), signed).to_bytes();
//!         let tool = |_: &_| Ok::<_, std::fmt::Error>("42 open deals");
//!         match guard.run(&ReceivedCall::new(&proof, &call.action), || now, tool) {
//!             Ok(answer) => println!("{account}: allowed, {answer}"),
//!             Err(denial) => println!("{account}: denied, {denial}"),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! It prints:
//!
//! ```text
//! eu/acme: allowed, 42 open deals
//! us/acme: denied, the root: argument `account` has a value that is not permitted
//! ```
//!
//! # Who uses what
//!
//! - An **issuer** acts for people: [`Anchor`], [`Root`], [`issue`]. Its permissions are in
//!   [`powers`], and what it takes away again in [`limits`].
//! - An **orchestrator** starts agents: [`Chain::delegate`] with a [`Delegation`]. [`graph`] merges
//!   branches and draws them.
//! - An **agent** calls tools: [`Call`], [`CallClaims`], [`ExecutionProof`].
//! - A **server** runs tools: [`Guard`], or a [`Verifier`] ([`decide`]) and a [`ledger`]. A refusal
//!   is a [`Denial`] ([`denial`]), and what ran is on record in [`receipts`].
//! - A **controller** ends work: [`Controller`], whose notices each server joins in a [`Register`]
//!   ([`mission`]).
//!
//! [`guide`] has a page for each topic, [`mod@format`] the bytes of every token, and [`bounds`]
//! every limit on their size.
//!
//! # Features
//!
//! - `json` (on by default) gives values, powers and limits their JSON form, with exact numbers and
//!   duplicate keys refused. It also gives `Serialize` to what hosts log ([`json`]).
//! - `time` (off by default) converts between [`Timestamp`] and the date and time of the crate of
//!   that name.

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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(test)]
#[path = "../tests/every_kind/mod.rs"]
mod every_kind;
#[cfg(test)]
#[path = "../tests/work_bound/mod.rs"]
mod work_bound;
