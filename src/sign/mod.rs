//! Keys, digests and signed tokens. Ed25519 (RFC 8032) and BLAKE3 are named here and nowhere else.
//!
//! One function builds the bytes that are signed, for signing and for verifying; signatures are
//! checked over the bytes that came, strictly, each once.

mod digest;
mod key;
#[cfg(test)]
#[path = "../../tests/unit/strict.rs"]
mod strict;
mod token;

pub use key::{SignatureError, SigningKey};
pub use token::{SignError, Token, Unsigned};

pub(crate) use digest::{account_id, config_digest, mandate_id, request_digest};
pub(crate) use key::{ComputedR, VerifyingKey};
