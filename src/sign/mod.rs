//! Keys, digests and signed tokens. Only this module uses Ed25519 (RFC 8032) and BLAKE3.
//!
//! Claims become a token in two steps: a function of another module makes [`Unsigned`] claims, and
//! a key signs them. One function builds the bytes that are signed, for signing and for verifying.
//! Signatures are verified strictly, over the bytes that came, each by itself.
//!
//! | type | what it is |
//! |---|---|
//! | [`SigningKey`] | a private key in this process |
//! | [`Unsigned`] | claims that wait for a signature |
//! | [`Token`] | the bytes of a token, and its claims |
//! | [`SignError`] | the reason why claims were not signed |
//! | [`SignatureError`] | a signature that does not verify |
//!
//! ```
//! use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
//! use mandatum::sign::{SignError, Token};
//! use mandatum::{SigningKey, Timestamp, primitives::MandateId};
//! let (holder, stranger) = (SigningKey::from_seed(&[7; 32]), SigningKey::from_seed(&[8; 32]));
//! let (mandate, at) = (MandateId::from_bytes([1; 32]), Timestamp::from_unix(1_767_225_600)?);
//! let header = NoticeHeader::new([2; 8], holder.public(), at);
//! let end = TaskEnd::by_holder(header, mandate, TaskEnding::Completed, at);
//! assert_eq!(end.clone().sign(&stranger), Err(SignError::WrongKey));
//! let token = end.sign(&holder)?;
//! assert_eq!(Token::<TaskEnd>::from_bytes(token.as_bytes())?, token);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod digest;
mod equation;
mod key;
#[cfg(test)]
#[path = "../../tests/unit/strict.rs"]
mod strict;
mod token;

pub use key::{SignatureError, SigningKey};
pub use token::{SignError, Token, Unsigned};

pub(crate) use digest::{account_id, config_digest, mandate_id, request_digest};
pub(crate) use equation::ComputedR;
pub(crate) use key::VerifyingKey;
