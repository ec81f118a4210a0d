//! Chains: root … leaf, the numbered rules between links, minting and verifying by the same
//! functions.

mod anchor;
mod arrival;
mod cache;
mod carry;
mod error;
mod floors;
mod mint;
mod path;
mod rules;
mod verified;
mod verifier;

pub use anchor::{Anchor, AnchorError, AnchorKey, AnchorKeyState, Ceiling};
pub use cache::ChainCache;
pub use error::{Broken, ChainError};
pub use floors::Floors;
pub use mint::{Delegation, issue};
pub use path::{Chain, ChainTextError};
pub use verified::VerifiedChain;
pub use verifier::{AcceptedGrants, Verifier, VerifierError};

pub(crate) use arrival::{Arrival, Ends, Seen};
pub(crate) use carry::each_once;
pub(crate) use path::{Mandates, Whose};
pub(crate) use rules::grant_accepted;
pub(crate) use verified::{Start, holder_key};
