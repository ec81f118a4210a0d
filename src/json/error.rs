use crate::codec::InvalidValue;
use crate::primitives::bounds::{MAX_JSON_BYTES, MAX_JSON_DEPTH};
use crate::primitives::{ForeignText, NumberError, TextFormError, Ticked, ValueError};
use std::fmt;
use thiserror::Error;

/// Why a JSON form can't be read: where, as a JSON pointer (RFC 6901), and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The place, innermost first, because it is found on the way out.
    path: Vec<ForeignText>,
    /// What is wrong.
    kind: JsonErrorKind,
}

impl JsonError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> &JsonErrorKind {
        &self.kind
    }

    /// The place, as a JSON pointer; empty for the whole.
    #[must_use]
    pub fn pointer(&self) -> String {
        let escape = |segment: &str| segment.replace('~', "~0").replace('/', "~1");
        self.path
            .iter()
            .rev()
            .map(|segment| format!("/{}", escape(segment)))
            .collect()
    }

    /// The same error, seen from one level up.
    pub(super) fn under(mut self, segment: &str) -> Self {
        self.path.push(segment.into());
        self
    }
}

impl<F: Into<JsonErrorKind>> From<F> for JsonError {
    fn from(kind: F) -> Self {
        Self {
            path: Vec::new(),
            kind: kind.into(),
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "{}", self.kind)
        } else {
            write!(f, "at {}: {}", Ticked(&self.pointer()), self.kind)
        }
    }
}

impl std::error::Error for JsonError {}

/// What is wrong with a JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Not JSON.
    #[error("not JSON, at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1; 0 at the end of a line.
        column: usize,
    },
    /// Larger than may be read.
    #[error("more than {MAX_JSON_BYTES} bytes")]
    TooLarge,
    /// Deeper than may be read.
    #[error("nested more than {MAX_JSON_DEPTH} deep")]
    TooDeep,
    /// A key twice in one object.
    #[error("key {key} appears twice")]
    DuplicateKey {
        /// The key.
        key: ForeignText,
    },
    /// A number that is not exact here.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A `$bytes` that is not base64url.
    #[error(transparent)]
    Bytes(#[from] TextFormError),
    /// Another type of value than expected.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A key that must be there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A key that is not known.
    #[error("{key} is not known here")]
    Unknown {
        /// The key.
        key: ForeignText,
    },
    /// A flag that is not `true`, or one that may be absent but is spelled.
    #[error("only `true` is written here")]
    NotTrue,
    /// A well-formed value that is not right.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
}

impl From<ValueError> for JsonErrorKind {
    fn from(error: ValueError) -> Self {
        Self::Invalid(error.into())
    }
}
