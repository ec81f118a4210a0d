//! The bytes of tokens, read strictly in one pass. The page [`format`](mod@format) defines them.
//!
//! The reader accepts one deterministic encoding and nothing else, so each meaning has one form.
//! Every list has a bound, every nest has a greatest depth, and no item is skipped.
//!
//! | type | what it is |
//! |---|---|
//! | [`CodecError`] | the reason why bytes are not a token, and the byte |
//! | [`CodecErrorKind`] | the reason alone |
//! | [`TextError`] | the reason why a text is not a token, a chain or a proof |
//! | [`Expected`] | the kind of item that was expected |
//! | [`InvalidValue`] | the reason why a type refused a value |
//! | [`TokenType`] | the ten types of token |
//! | [`Claims`] | the claims that a token can carry |
//!
//! ```
//! use mandatum::codec::{Claims, CodecErrorKind, Expected, TokenType};
//! use mandatum::sign::Token;
//! use mandatum::{CallClaims, Root};
//! assert_eq!((Root::TYPE, CallClaims::TYPE.as_str()), (TokenType::Root, "mandate2-call+cwt"));
//!
//! let not_tagged = Token::<Root>::from_bytes(&[0x84]).unwrap_err();
//! assert_eq!(not_tagged.kind, CodecErrorKind::Expected(Expected::Tag(18)));
//! assert_eq!(not_tagged.to_string(), "byte 0: expected tag 18");
//! ```

mod account;
mod approval;
mod call;
mod child;
mod claims;
mod cose;
mod error;
pub mod format;
mod limits;
mod link;
mod listed;
mod mission;
mod notices;
mod powers;
mod reader;
mod receipt;
mod root;
#[cfg(test)]
#[path = "../../tests/unit/codec.rs"]
mod tests;
mod value;
mod writer;

pub use claims::{Claims, TokenType, TokenTypeError};
pub use error::{CodecError, CodecErrorKind, Expected, InvalidValue, TextError};

pub(crate) use account::{CountedValue, Owner, budget_account, exclusive_account, rate_account};
pub(crate) use claims::payload;
pub(crate) use cose::{Envelope, protected_header, seal, to_be_signed};
pub(crate) use mission::write_mission;
pub(crate) use notices::snapshot_bytes;
pub(crate) use powers::write_powers;
pub(crate) use reader::Reader;
pub(crate) use receipt::missing_fits;
pub(crate) use value::request;
pub(crate) use writer::Writer;

#[cfg(test)]
pub(crate) use limits::{read_limits, write_limits};
#[cfg(test)]
pub(crate) use powers::read_powers;
