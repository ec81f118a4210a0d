use crate::codec::InvalidValue;
use crate::primitives::bounds::{MAX_JSON_BYTES, MAX_JSON_DEPTH};
use crate::primitives::{ForeignText, NumberError, TextFormError, Ticked, ValueError};
use std::fmt;
use thiserror::Error;

/// The reason why a JSON form can't be read, with its place as a JSON pointer (RFC 6901).
///
/// ```
/// use mandatum::Capability;
/// use mandatum::json::{JsonErrorKind, JsonForm};
/// let error = Capability::from_json(r#"{"tool": "pay", "effect": "delete"}"#).unwrap_err();
/// assert_eq!(error.pointer(), "/effect");
/// assert!(matches!(error.kind(), JsonErrorKind::Expected(_)));
/// assert_eq!(error.to_string(), "at `/effect`: expected `read`, `write` or `irreversible`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The segments of the place, innermost first: each level adds its own on the way out.
    path: Vec<ForeignText>,
    /// The reason.
    kind: JsonErrorKind,
}

impl JsonError {
    /// Returns the reason.
    #[must_use]
    pub const fn kind(&self) -> &JsonErrorKind {
        &self.kind
    }

    /// Returns the place as a JSON pointer. It is empty for the whole form.
    #[must_use]
    pub fn pointer(&self) -> String {
        // In this order: else the `~` of a `/` would be escaped again (RFC 6901 section 3).
        let escape = |segment: &str| segment.replace('~', "~0").replace('/', "~1");
        self.path
            .iter()
            .rev()
            .map(|segment| format!("/{}", escape(segment)))
            .collect()
    }

    /// Adds the segment of the level above to the place.
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

/// The reason why a JSON form can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The text is not JSON.
    #[error("not JSON, at line {line}, column {column}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1; 0 at the end of a line.
        column: usize,
    },
    /// The text has more than 1 MiB.
    #[error("more than {MAX_JSON_BYTES} bytes")]
    TooLarge,
    /// The text is nested more than 64 deep.
    #[error("nested more than {MAX_JSON_DEPTH} deep")]
    TooDeep,
    /// A key appears twice in one object.
    #[error("key {key} appears twice")]
    DuplicateKey {
        /// The key.
        key: ForeignText,
    },
    /// A number can't be held exactly.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// The text of a `$bytes` is not base64url.
    #[error(transparent)]
    Bytes(#[from] TextFormError),
    /// A value is not of the expected type or form.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A required key is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A key is not known at this place.
    #[error("{key} is not known here")]
    Unknown {
        /// The key.
        key: ForeignText,
    },
    /// A flag whose absence means false has another value than `true`.
    #[error("only `true` is written here")]
    NotTrue,
    /// A value of the expected type is refused by its constructor.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
}

impl From<ValueError> for JsonErrorKind {
    fn from(error: ValueError) -> Self {
        Self::Invalid(error.into())
    }
}
