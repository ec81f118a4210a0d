use crate::claims::{AliasesError, ReplacedError, StatusError};
use crate::limits::LimitError;
use crate::powers::{ConstraintError, NetworkError, PowersError, ToolError};
use crate::primitives::{
    ForeignText, IdError, KeyError, NameError, NumberError, TextFormError, TimeError, ValueError,
};
use std::fmt;
use thiserror::Error;

/// Why bytes are not a token: what is wrong, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("byte {at}: {kind}")]
pub struct CodecError {
    /// Offset of the offending item in the bytes given.
    pub at: usize,
    /// What is wrong with it.
    pub kind: CodecErrorKind,
}

/// Why a text is not the base64url form of a chain, a proof, a token or a notice.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// The text is not base64url.
    #[error(transparent)]
    Text(#[from] TextFormError),
    /// The bytes behind it are not of that kind.
    #[error(transparent)]
    Bytes(#[from] CodecError),
}

/// What is wrong with bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodecErrorKind {
    /// The bytes end within an item.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes follow the end.
    #[error("bytes follow the end")]
    TrailingBytes,
    /// A head is longer than it must be.
    #[error("a number or length is not in its shortest form")]
    NotShortest,
    /// A text, byte string, array or map of indefinite length.
    #[error("an item of indefinite length")]
    Indefinite,
    /// A floating-point number.
    #[error("a floating-point number")]
    Float,
    /// A reserved head, or a simple value other than false, true and null.
    #[error("a reserved or unknown simple value")]
    Reserved,
    /// Map keys, or elements of a sorted array, out of order.
    #[error("keys or members are out of order")]
    Unsorted,
    /// The same map key, or element of a sorted array, twice.
    #[error("a key or member appears twice")]
    Duplicate,
    /// More bytes than there may be.
    #[error("more than {max} bytes")]
    TooLarge {
        /// Most bytes accepted.
        max: usize,
    },
    /// More items than there may be.
    #[error("more than {max} items")]
    TooMany {
        /// Most items accepted.
        max: usize,
    },
    /// Nested deeper than there may be.
    #[error("nested too deep")]
    TooDeep,
    /// A text that is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// Another kind of item than expected.
    #[error("expected {0}")]
    Expected(Expected),
    /// A key that the map does not have.
    #[error("unknown key {key}")]
    UnknownKey {
        /// The key.
        key: i64,
    },
    /// A key that the map must have.
    #[error("key {key} is missing")]
    MissingKey {
        /// The key.
        key: i64,
    },
    /// The kind of constraint or limit is unknown.
    #[error("unknown kind {kind}")]
    UnknownKind {
        /// Its number.
        kind: u64,
    },
    /// An optional part that says what its absence says.
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
    /// The signature algorithm is none of ours.
    #[error("signature algorithm {found} is not accepted")]
    Algorithm {
        /// Its COSE number.
        found: i128,
    },
    /// A parameter that the protected header does not have, such as a key or a critical extension.
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
    /// A value is well-formed but not right.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
}

/// What kind of item was expected.
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

/// Why a well-formed value is not right, by the type that refused it.
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
