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
mod verified_chain;
mod verifier;

pub use anchor::{Anchor, AnchorError, AnchorKey, AnchorKeyState, Ceiling};
pub use cache::ChainCache;
pub use call::Call;
pub use chain::{Chain, ChainTextError};
pub use error::{ChainError, ChainErrorKind};
pub use floors::Floors;
pub use mint::{Delegation, issue};
pub use verified_chain::VerifiedChain;
pub use verifier::{AcceptedGrants, Verifier, VerifierError};

pub(crate) use call::CallAt;
pub(crate) use carried_limits::each_once;
pub(crate) use chain::{Mandates, Whose};
pub(crate) use received_chain::{CacheView, ChainEndpoints, ReceivedChain};
pub(crate) use rules::grant_accepted;
pub(crate) use verified_chain::{Start, holder_key};
