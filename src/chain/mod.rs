//! Chains of mandates: a root, the children below it, and the numbered rules between them.
//!
//! An issuer signs a root under an [`Anchor`]. A holder delegates a part of its mandate to another
//! key by signing a child, offline and without the issuer. A verifier checks the chain as a whole
//! by the rules that [`Chain`] lists. Issuing, minting and verifying call the same function for a
//! rule that they share.
//!
//! Only verifying makes a [`VerifiedChain`], and only a verified chain can decide. Nothing that
//! changes is part of it: every decision checks times, limits and the state of missions again.
//!
//! | type | what it is |
//! |---|---|
//! | [`Anchor`] | An issuer that a verifier trusts: its name, keys and ceiling |
//! | [`AnchorKey`], [`AnchorKeyState`] | A key of an anchor: in service, retired or revoked |
//! | [`Ceiling`] | The most that the roots of an anchor can permit |
//! | [`Chain`] | A decoded chain, not verified |
//! | [`Delegation`] | The terms of a child |
//! | [`VerifiedChain`] | A chain that a verifier has verified |
//! | [`ChainCache`] | Verified chains that a host keeps |
//! | [`Call`] | A tool, its arguments and the call's id |
//! | [`AcceptedGrants`] | The kinds of grant that a verifier accepts |
//! | [`Floors`] | The minimum that a verifier demands of every chain |
//! | [`ChainError`], [`ChainErrorKind`] | The rule that a chain breaks, and the link |
//! | [`AnchorError`], [`VerifierError`] | The reason why parts make no anchor or verifier |
//!
//! ```
//! use mandatum::*;
//! let [company, lead, helper] = [1, 2, 3].map(|n| SigningKey::from_seed(&[n; 32]));
//! let now = Timestamp::from_unix(1_767_225_600)?;
//! let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
//! let read = Powers::new([Capability::new("crm.read", Effect::Read)?.allow_delegation()])?;
//!
//! // The issuer signs a root for the lead. The lead delegates to its helper.
//! let issuer = "https://acme.example".parse()?;
//! let anchor = Anchor::new(issuer, company.public(), read.clone(), Seconds::hours(8))?;
//! let link = Link::new([0; 16], lead.public(), read.clone(), hour).with_hops(1);
//! let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
//! let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
//! let grant = AttestedGrant::direct("alice".parse()?, now, Digest::hash("consent record 17"));
//! let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
//! let chain = Chain::from(issue(&anchor, root.with_grant(grant), now)?.sign(&company)?);
//! let terms = Delegation::new([1; 16], helper.public(), read, hour.expires());
//! let chain = chain.extend(chain.delegate(terms, now)?.sign(&lead)?)?;
//!
//! // A verifier with this anchor accepts the chain. One with another issuer's anchor does not.
//! let verified = Verifier::new([anchor])?.verify(&chain)?;
//! assert_eq!(verified.chain().leaf().holder.key, helper.public());
//! let issuer = "https://globex.example".parse()?;
//! let other = Anchor::new(issuer, company.public(), Powers::none(), Seconds::hours(8))?;
//! assert_eq!(Verifier::new([other])?.verify(&chain).unwrap_err().kind.rule(), 8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod anchor;
mod cache;
mod call;
mod carried_limits;
mod chain;
mod error;
mod floors;
mod mint;
mod received_chain;
mod rules;
mod settings;
mod verified_chain;
mod verify;

pub use anchor::{Anchor, AnchorError, AnchorKey, AnchorKeyState, Ceiling};
pub use cache::ChainCache;
pub use call::Call;
pub use chain::Chain;
pub use error::{ChainError, ChainErrorKind};
pub use floors::Floors;
pub use mint::{Delegation, issue};
pub use settings::{AcceptedGrants, VerifierError};
pub use verified_chain::VerifiedChain;

pub(crate) use anchor::IssuerKeys;
pub(crate) use call::CallAt;
pub(crate) use carried_limits::{carried_limits, each_once};
pub(crate) use chain::{Mandates, Whose};
pub(crate) use received_chain::{CacheView, ChainEndpoints, ReceivedChain};
pub(crate) use rules::{grant_accepted, issuer_anchored};
pub(crate) use settings::{DEFAULT_MAX_CALL_AGE, ISSUE_LEEWAY, Settings};
pub(crate) use verify::{
    Start, check_issuer, check_root_signature, holder_key, verify, verify_after,
};

#[cfg(test)]
pub(crate) use verify::verify_with;
