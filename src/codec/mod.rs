//! Bytes: what tokens look like on the wire, read strictly in one pass over the bytes received. The
//! format itself is written down in [`format`].
//!
//! The reader accepts the one deterministic encoding and nothing else, so no byte of a token can be
//! changed without changing what is signed. Every list has a bound, every nest a depth, and nothing
//! is skipped.

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
