//! The types of token, and what their claims sets have in common.

use super::error::{CodecError, CodecErrorKind, InvalidValue};
use super::reader::{Entries, Reader};
use super::writer::Writer;
use crate::primitives::Label;
use crate::primitives::bounds::{MAX_NAME_BYTES, MAX_TOKEN_BYTES};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The time at which a token was issued (RFC 8392 section 3.1.6).
pub(super) const IAT: i64 = 6;
/// The unique id of a token (RFC 8392 section 3.1.7).
pub(super) const CTI: i64 = 7;
/// The claim that holds all of ours, in the private-use range (RFC 8392 section 9.1: below −65536).
pub(super) const MANDATE: i64 = -65537;

/// The type of a token. Each has a media type of its own (RFC 9596: without `application/`), which
/// has the version of the format in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenType {
    /// A root mandate.
    Root,
    /// A mandate below a root.
    Child,
    /// A signed call.
    Call,
    /// A snapshot of missions.
    Status,
    /// The end of a mission.
    End,
    /// The end of a task.
    TaskEnd,
    /// An event that has fired.
    Fired,
    /// A tool that is withdrawn.
    Withdrawal,
    /// An approval of one call.
    Approval,
    /// A receipt.
    Receipt,
}

impl TokenType {
    /// All ten types.
    pub const ALL: [Self; 10] = [
        Self::Root,
        Self::Child,
        Self::Call,
        Self::Status,
        Self::End,
        Self::TaskEnd,
        Self::Fired,
        Self::Withdrawal,
        Self::Approval,
        Self::Receipt,
    ];

    /// Returns the value of the `typ` header parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "mandate2-root+cwt",
            Self::Child => "mandate2+cwt",
            Self::Call => "mandate2-call+cwt",
            Self::Status => "mandate2-status+cwt",
            Self::End => "mandate2-end+cwt",
            Self::TaskEnd => "mandate2-task-end+cwt",
            Self::Fired => "mandate2-event+cwt",
            Self::Withdrawal => "mandate2-withdrawal+cwt",
            Self::Approval => "mandate2-approval+cwt",
            Self::Receipt => "mandate2-receipt+cwt",
        }
    }
}

impl AsRef<str> for TokenType {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is not the media type of a token of this format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the media type of a token of this format")]
pub struct TokenTypeError;

impl FromStr for TokenType {
    type Err = TokenTypeError;
    fn from_str(text: &str) -> Result<Self, TokenTypeError> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(TokenTypeError)
    }
}

/// Claims that a token can carry: [`Root`](crate::Root), [`Child`](crate::claims::Child),
/// [`CallClaims`](crate::CallClaims), and those of notices, approvals and receipts.
///
/// The trait is sealed: the types of token are fixed.
pub trait Claims: Sized + sealed::Payload {
    /// The type of token that carries them.
    const TYPE: TokenType;
    /// The most bytes of a token of this type.
    const MAX_BYTES: usize = MAX_TOKEN_BYTES;
}

pub(crate) mod sealed {
    use super::{CodecError, Reader, Writer};

    /// The payload of a token.
    pub trait Payload: Sized {
        /// Writes the payload.
        fn write(&self, w: &mut Writer);
        /// Reads the payload.
        ///
        /// # Errors
        /// [`CodecError`] for another encoding, an unknown or missing key, and a value that is
        /// refused.
        fn read(r: &mut Reader<'_>) -> Result<Self, CodecError>;
    }
}

/// Returns the bytes of the payload.
pub(crate) fn payload<C: Claims>(claims: &C) -> Vec<u8> {
    let mut w = Writer::new();
    claims.write(&mut w);
    w.into_bytes()
}

/// Reads the claims of a payload that begins at byte `at` of the bytes in which errors are placed.
pub(super) fn read_payload<C: Claims>(payload: &[u8], at: usize) -> Result<C, CodecError> {
    let mut r = Reader::nested(payload, at);
    let claims = C::read(&mut r)?;
    r.end()?;
    Ok(claims)
}

/// The end of a map, which is the place of an error about a missing entry.
pub(super) struct End(usize);

impl End {
    pub(super) const fn missing(&self, key: i64) -> CodecError {
        CodecError {
            at: self.0,
            kind: CodecErrorKind::MissingKey { key },
        }
    }

    /// Makes the error about entries that are each valid, but not together.
    pub(super) fn invalid(&self, error: impl Into<InvalidValue>) -> CodecError {
        CodecError {
            at: self.0,
            kind: CodecErrorKind::Invalid(error.into()),
        }
    }
}

/// Most entries of a map of claims: 23, the most whose head takes one byte.
///
/// No map of the format has as many, so a map with one unknown key fails for that key and not for
/// its size.
const MAX_ENTRIES: usize = 23;

/// Reads a map, each value with `read`. Keys strictly ascend, so none comes twice.
pub(super) fn read_entries<'a>(
    r: &mut Reader<'a>,
    read: &mut dyn FnMut(&mut Reader<'a>, i64) -> Result<(), CodecError>,
) -> Result<End, CodecError> {
    let mut entries: Entries<'a> = r.map(MAX_ENTRIES)?;
    while let Some(key) = entries.next_key(r)? {
        read(r, key)?;
    }
    Ok(End(r.position()))
}

/// Fills the slot of an entry.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it ends an arm of a closure that returns a result"
)]
pub(super) fn set<T>(slot: &mut Option<T>, value: T) -> Result<(), CodecError> {
    *slot = Some(value);
    Ok(())
}

pub(super) fn read_label(r: &mut Reader<'_>) -> Result<Label, CodecError> {
    r.make(|r| r.text(MAX_NAME_BYTES), Label::new)
}
