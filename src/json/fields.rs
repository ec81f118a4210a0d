//! The parts that forms have in common: objects, lists, names, times.

use super::error::{JsonError, JsonErrorKind};
use crate::codec::InvalidValue;
use crate::primitives::{KeyError, Label, MandateId, PublicKey, Seconds, Timestamp, Value};
use std::collections::BTreeMap;

/// The entries of an object that are not read yet. Those left at the end are unknown, and refused.
pub(super) struct Fields<'v>(BTreeMap<&'v str, &'v Value>);

impl<'v> Fields<'v> {
    pub(super) fn new(value: &'v Value) -> Result<Self, JsonError> {
        let Value::Map(entries) = value else {
            return Err(JsonErrorKind::Expected("an object").into());
        };
        let entries = entries.iter();
        Ok(Self(
            entries.map(|(key, value)| (key.as_str(), value)).collect(),
        ))
    }

    /// Reads an entry that may be absent.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'v Value) -> Result<T, JsonError>,
    ) -> Result<Option<T>, JsonError> {
        self.0
            .remove(key)
            .map(read)
            .transpose()
            .map_err(|error| error.under(key))
    }

    /// Reads an entry that is required.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'v Value) -> Result<T, JsonError>,
    ) -> Result<T, JsonError> {
        self.optional(key, read)?
            .ok_or_else(|| JsonErrorKind::Missing(key).into())
    }

    /// Reads a flag that may be `true`, `false` or absent. Absent is false.
    pub(super) fn flag(&mut self, key: &'static str) -> Result<bool, JsonError> {
        Ok(self.optional(key, bool)?.unwrap_or_default())
    }

    /// Returns the only entry left, for objects with one key that names a kind.
    pub(super) fn kind(mut self) -> Result<(&'v str, &'v Value), JsonError> {
        match (self.0.pop_first(), self.0.pop_first()) {
            (Some(only), None) => Ok(only),
            (_, Some((key, _))) => Err(JsonErrorKind::Unknown { key: key.into() }.into()),
            (None, None) => Err(JsonErrorKind::Expected("an object that names a kind").into()),
        }
    }

    /// Checks that every entry was read.
    pub(super) fn end(self) -> Result<(), JsonError> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(key) => Err(JsonErrorKind::Unknown { key: (*key).into() }.into()),
        }
    }
}

pub(super) fn text(value: &Value) -> Result<&str, JsonError> {
    value
        .as_text()
        .ok_or_else(|| JsonErrorKind::Expected("a text").into())
}

pub(super) fn bool(value: &Value) -> Result<bool, JsonError> {
    if let Value::Bool(bool) = value {
        Ok(*bool)
    } else {
        Err(JsonErrorKind::Expected("true or false").into())
    }
}

/// Reads a flag whose absence is false. `false` is refused, so that a flag has one form.
pub(super) fn only_true(value: &Value) -> Result<(), JsonError> {
    if *value == Value::Bool(true) {
        Ok(())
    } else {
        Err(JsonErrorKind::NotTrue.into())
    }
}

pub(super) fn list(value: &Value) -> Result<&[Value], JsonError> {
    if let Value::List(items) = value {
        Ok(items)
    } else {
        Err(JsonErrorKind::Expected("a list").into())
    }
}

/// Reads each item of a list.
pub(super) fn each<'v, T>(
    value: &'v Value,
    read: impl Fn(&'v Value) -> Result<T, JsonError>,
) -> Result<Vec<T>, JsonError> {
    let items = list(value)?.iter().enumerate();
    items
        .map(|(index, item)| read(item).map_err(|error| error.under(&index.to_string())))
        .collect()
}

/// Makes an object of the entries that have a value.
pub(super) fn object(entries: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let present = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Map(present.collect())
}

/// Makes an error of what a constructor refused.
pub(super) fn invalid(error: impl Into<InvalidValue>) -> JsonError {
    JsonErrorKind::Invalid(error.into()).into()
}

pub(super) fn time(value: &Value) -> Result<Timestamp, JsonError> {
    let seconds = whole(value).ok_or(JsonErrorKind::Expected("seconds since 1970"))?;
    Timestamp::from_unix(seconds).map_err(invalid)
}

/// Returns a number as a whole one that is not negative.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else {
        return None;
    };
    number
        .to_integer()
        .and_then(|whole| u64::try_from(whole).ok())
}

pub(super) fn label(value: &Value) -> Result<Label, JsonError> {
    Label::new(text(value)?).map_err(invalid)
}

pub(super) fn key(value: &Value) -> Result<PublicKey, JsonError> {
    text(value)?
        .parse()
        .map_err(|error: KeyError| invalid(error))
}

pub(super) fn seconds(value: &Value) -> Result<Seconds, JsonError> {
    whole(value)
        .map(Seconds::new)
        .ok_or_else(|| JsonErrorKind::Expected("a number of seconds").into())
}

pub(super) fn digest(value: &Value) -> Result<MandateId, JsonError> {
    text(value)?
        .parse()
        .map_err(|_| JsonErrorKind::Expected("a digest in hex").into())
}
