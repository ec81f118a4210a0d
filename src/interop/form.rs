use super::json;
use crate::codec::Invalid;
use crate::ground::bounds::{MAX_JSON_BYTES, MAX_JSON_DEPTH};
use crate::ground::{NumberError, TextFormError, Value, ValueError};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// Things with a JSON form. The form is defined over [`Value`], so numbers are exact and duplicate keys are refused; bytes
/// are `{"$bytes": "<base64url>"}`.
///
/// ```
/// use mandatum::{Capability, JsonForm, Value};
/// let text = r#"{"tool":"pay","effect":"irreversible","args":{"amount":{"range":{"max":5000.10}}}}"#;
/// let capability = Capability::from_json(text)?;
/// assert_eq!(capability.to_string(), "pay(amount ≤ 5000.1) up to irreversible");
/// assert_eq!(Capability::from_json(&capability.to_json())?, capability);
///
/// let twice = Value::from_json(r#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
/// assert_eq!(twice.to_string(), "at /a: key `b` appears twice");
/// # Ok::<(), mandatum::FormError>(())
/// ```
pub trait JsonForm: Sized {
    /// The form as a value.
    fn to_value(&self) -> Value;

    /// Reads the form from a value.
    ///
    /// # Errors
    /// [`FormError`], with the place and what is wrong there.
    fn from_value(value: &Value) -> Result<Self, FormError>;

    /// The form as JSON text, in one line.
    fn to_json(&self) -> String {
        json::write(&self.to_value())
    }

    /// Reads JSON text.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value); also for text that is not JSON, repeats a key, has a number that is not exact
    /// here, or is larger or deeper than may be read.
    fn from_json(text: &str) -> Result<Self, FormError> {
        Self::from_value(&json::read(text)?)
    }
}

impl JsonForm for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }

    fn from_value(value: &Value) -> Result<Self, FormError> {
        Ok(value.clone())
    }
}

/// Why a JSON form can't be read: where, as a JSON pointer (RFC 6901), and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// The place, outermost first.
    path: Vec<Box<str>>,
    /// What is wrong.
    fault: FormFault,
}

impl FormError {
    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> &FormFault {
        &self.fault
    }

    /// The place, as a JSON pointer; empty for the whole.
    #[must_use]
    pub fn pointer(&self) -> String {
        let escape = |segment: &str| segment.replace('~', "~0").replace('/', "~1");
        self.path.iter().map(|segment| format!("/{}", escape(segment))).collect()
    }

    /// The same error, seen from one level up.
    pub(super) fn under(mut self, segment: &str) -> Self {
        self.path.insert(0, segment.into());
        self
    }
}

impl<F: Into<FormFault>> From<F> for FormError {
    fn from(fault: F) -> Self {
        Self { path: Vec::new(), fault: fault.into() }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "{}", self.fault)
        } else {
            write!(f, "at {}: {}", self.pointer(), self.fault)
        }
    }
}

impl std::error::Error for FormError {}

/// What is wrong with a JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormFault {
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
    #[error("key `{key}` appears twice")]
    DuplicateKey {
        /// The key.
        key: Box<str>,
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
    #[error("`{key}` is not known here")]
    Unknown {
        /// The key.
        key: Box<str>,
    },
    /// A flag that is not `true`, or one that may be absent but is spelled.
    #[error("only `true` is written here")]
    NotTrue,
    /// A well-formed value that is not right.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl From<ValueError> for FormFault {
    fn from(error: ValueError) -> Self {
        Self::Invalid(error.into())
    }
}

/// The entries of an object, each taken once; what is left at the end is unknown.
pub(super) struct Fields<'v>(BTreeMap<&'v str, &'v Value>);

impl<'v> Fields<'v> {
    pub(super) fn of(value: &'v Value) -> Result<Self, FormError> {
        match value {
            Value::Map(entries) => Ok(Self(entries.iter().map(|(key, value)| (key.as_str(), value)).collect())),
            _ => Err(FormFault::Expected("an object").into()),
        }
    }

    /// An entry that may be absent, read with `read`.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'v Value) -> Result<T, FormError>,
    ) -> Result<Option<T>, FormError> {
        self.0.remove(key).map(read).transpose().map_err(|error| error.under(key))
    }

    /// An entry that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'v Value) -> Result<T, FormError>,
    ) -> Result<T, FormError> {
        self.optional(key, read)?.ok_or_else(|| FormFault::Missing(key).into())
    }

    /// A flag: absent is false.
    pub(super) fn flag(&mut self, key: &'static str) -> Result<bool, FormError> {
        Ok(self.optional(key, bool)?.unwrap_or_default())
    }

    /// The only entry left, for objects with one key that names a kind.
    pub(super) fn kind(mut self) -> Result<(&'v str, &'v Value), FormError> {
        match (self.0.pop_first(), self.0.pop_first()) {
            (Some(only), None) => Ok(only),
            (_, Some((key, _))) => Err(FormFault::Unknown { key: key.into() }.into()),
            (None, None) => Err(FormFault::Expected("an object that names a kind").into()),
        }
    }

    pub(super) fn end(self) -> Result<(), FormError> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(key) => Err(FormFault::Unknown { key: (*key).into() }.into()),
        }
    }
}

pub(super) fn text(value: &Value) -> Result<&str, FormError> {
    value.as_text().ok_or_else(|| FormFault::Expected("a text").into())
}

pub(super) fn bool(value: &Value) -> Result<bool, FormError> {
    match value {
        Value::Bool(bool) => Ok(*bool),
        _ => Err(FormFault::Expected("true or false").into()),
    }
}

pub(super) fn only_true(value: &Value) -> Result<(), FormError> {
    if *value == Value::Bool(true) { Ok(()) } else { Err(FormFault::NotTrue.into()) }
}

pub(super) fn list(value: &Value) -> Result<&[Value], FormError> {
    match value {
        Value::List(items) => Ok(items),
        _ => Err(FormFault::Expected("a list").into()),
    }
}

/// Each item of a list, read with `read`.
pub(super) fn each<'v, T>(
    value: &'v Value,
    read: impl Fn(&'v Value) -> Result<T, FormError>,
) -> Result<Vec<T>, FormError> {
    let items = list(value)?.iter().enumerate();
    items.map(|(index, item)| read(item).map_err(|error| error.under(&index.to_string()))).collect()
}

/// An object from its entries; absent ones are left out.
pub(super) fn object(entries: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let present = entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Map(present.collect())
}

/// What a constructor refused.
pub(super) fn invalid(error: impl Into<Invalid>) -> FormError {
    FormFault::Invalid(error.into()).into()
}
