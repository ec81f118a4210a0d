use crate::claims::{AliasesError, ReplacedError, StatusError};
use crate::limits::LimitError;
use crate::powers::{ConstraintError, NetworkError, PowersError, ToolError};
use crate::primitives::{
    ForeignText, IdError, KeyError, NameError, NumberError, TextFormError, TimeError, ValueError,
};
use std::fmt;
use thiserror::Error;

/// The reason why bytes are not a token, and the byte at which they are not.
///
/// ```
/// use mandatum::codec::CodecErrorKind;
/// use mandatum::sign::Token;
/// use mandatum::Root;
/// let error = Token::<Root>::from_bytes(&[0xd2, 0x9f]).unwrap_err();
/// assert_eq!((error.at, &error.kind), (1, &CodecErrorKind::Indefinite));
/// assert_eq!(error.to_string(), "byte 1: an item of indefinite length");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("byte {at}: {kind}")]
pub struct CodecError {
    /// The offset of the offending item in the bytes given.
    pub at: usize,
    /// The reason.
    pub kind: CodecErrorKind,
}

/// The reason why a text is not the base64url form of a chain, a proof, a token or a notice.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// The text is not base64url.
    #[error(transparent)]
    Text(#[from] TextFormError),
    /// The decoded bytes are not of that kind.
    #[error(transparent)]
    Bytes(#[from] CodecError),
}

/// The reason why bytes are not a token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodecErrorKind {
    /// The bytes end within an item.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes follow the end of a token, a header, a payload, a chain or a proof.
    #[error("bytes follow the end")]
    TrailingBytes,
    /// A head is longer than needed, or a number has another form than its own.
    #[error("a number or length is not in its shortest form")]
    NotShortest,
    /// A text, byte string, array or map has an indefinite length.
    #[error("an item of indefinite length")]
    Indefinite,
    /// An item is a floating-point number.
    #[error("a floating-point number")]
    Float,
    /// A head is reserved, or is a simple value other than false, true and null.
    #[error("a reserved or unknown simple value")]
    Reserved,
    /// Map keys, or elements of a sorted array, are out of order.
    #[error("keys or members are out of order")]
    Unsorted,
    /// A map key, or an element of a sorted array, appears twice. Or a range has two ends on one
    /// side.
    #[error("a key or member appears twice")]
    Duplicate,
    /// A text, byte string or token has more bytes than its bound.
    #[error("more than {max} bytes")]
    TooLarge {
        /// Most bytes accepted.
        max: usize,
    },
    /// An array or map has more items than its bound.
    #[error("more than {max} items")]
    TooMany {
        /// Most items accepted.
        max: usize,
    },
    /// A constraint or value is nested deeper than its bound.
    #[error("nested too deep")]
    TooDeep,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// An item is of another kind than expected.
    #[error("expected {0}")]
    Expected(Expected),
    /// A map has a key that is not known.
    #[error("unknown key {key}")]
    UnknownKey {
        /// The key.
        key: i64,
    },
    /// A map lacks a required key.
    #[error("key {key} is missing")]
    MissingKey {
        /// The key.
        key: i64,
    },
    /// A number stands for no known kind, such as of a constraint, a limit or an effect.
    #[error("unknown kind {kind}")]
    UnknownKind {
        /// Its number.
        kind: u64,
    },
    /// An optional part is written with its default, which its absence means.
    #[error("a default is spelled out")]
    DefaultSpelled,
    /// The token is of another type.
    #[error("the token's type is {found}, expected `{expected}`")]
    TokenType {
        /// The type expected here.
        expected: &'static str,
        /// The type found.
        found: ForeignText,
    },
    /// The signature algorithm is neither `EdDSA` nor Ed25519.
    #[error("signature algorithm {found} is not accepted")]
    Algorithm {
        /// Its COSE number.
        found: i128,
    },
    /// The protected header has an unknown parameter, such as a key or a critical extension.
    #[error("header parameter {parameter} is not accepted")]
    HeaderParameter {
        /// Its COSE number.
        parameter: i64,
    },
    /// The unprotected header is not empty.
    #[error("the unprotected header is not empty")]
    UnprotectedHeader,
    /// The key is not an Ed25519 public key in a `COSE_Key`.
    #[error("not a COSE_Key of an Ed25519 public key")]
    CoseKey,
    /// A type refused a well-formed value.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
}

/// The kind of item that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant names the item")]
pub enum Expected {
    UnsignedInteger,
    Integer,
    Bytes,
    BytesOfLength(usize),
    BytesInGroupsOf(usize),
    Text,
    Array,
    ArrayOfLength(usize),
    Map,
    Tag(u64),
    True,
    Null,
    Value,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsignedInteger => f.write_str("an unsigned integer"),
            Self::Integer => f.write_str("an integer"),
            Self::Bytes => f.write_str("a byte string"),
            Self::BytesOfLength(length) => write!(f, "a byte string of {length} bytes"),
            Self::BytesInGroupsOf(length) => write!(f, "a byte string of {length} bytes an entry"),
            Self::Text => f.write_str("a text"),
            Self::Array => f.write_str("an array"),
            Self::ArrayOfLength(length) => write!(f, "an array of {length}"),
            Self::Map => f.write_str("a map"),
            Self::Tag(tag) => write!(f, "tag {tag}"),
            Self::True => f.write_str("true"),
            Self::Null => f.write_str("null"),
            Self::Value => f.write_str("a value"),
        }
    }
}

/// The reason why a well-formed value was refused, by the type that refused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each variant wraps the error of the type that refused"
)]
pub enum InvalidValue {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Time(#[from] TimeError),
    #[error(transparent)]
    Number(#[from] NumberError),
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error(transparent)]
    Powers(#[from] PowersError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Aliases(#[from] AliasesError),
    #[error(transparent)]
    Replaced(#[from] ReplacedError),
    #[error(transparent)]
    Status(#[from] StatusError),
}

impl From<ConstraintError> for InvalidValue {
    fn from(error: ConstraintError) -> Self {
        Self::Powers(error.into())
    }
}

impl From<ToolError> for InvalidValue {
    fn from(error: ToolError) -> Self {
        Self::Powers(error.into())
    }
}

impl From<NetworkError> for InvalidValue {
    fn from(error: NetworkError) -> Self {
        ConstraintError::from(error).into()
    }
}
