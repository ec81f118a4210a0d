//! Chains: root … leaf, the numbered rules between links, minting and verifying by the same
//! functions.

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
pub(crate) use carried_limits::each_once;
pub(crate) use chain::{Mandates, Whose};
pub(crate) use received_chain::{CacheView, ChainEndpoints, ReceivedChain};
pub(crate) use rules::{grant_accepted, issuer_anchored};
pub(crate) use settings::{DEFAULT_MAX_CALL_AGE, ISSUE_LEEWAY, Settings};
pub(crate) use verify::{
    Start, check_issuer, check_root_signature, holder_key, verify, verify_after,
};

#[cfg(test)]
pub(crate) use verify::verify_with;
