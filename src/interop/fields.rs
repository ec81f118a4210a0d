//! Reading objects and lists of a form.

use super::error::{FormError, FormFault};
use crate::codec::Invalid;
use crate::ground::{KeyError, Label, MandateId, PublicKey, Seconds, Timestamp, Value};
use std::collections::BTreeMap;

/// The entries of an object, each taken once; what is left at the end is unknown.
pub(super) struct Fields<'v>(BTreeMap<&'v str, &'v Value>);

impl<'v> Fields<'v> {
    pub(super) fn of(value: &'v Value) -> Result<Self, FormError> {
        match value {
            Value::Map(entries) => Ok(Self(
                entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), value))
                    .collect(),
            )),
            _ => Err(FormFault::Expected("an object").into()),
        }
    }

    /// An entry that may be absent, read with `read`.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'v Value) -> Result<T, FormError>,
    ) -> Result<Option<T>, FormError> {
        self.0
            .remove(key)
            .map(read)
            .transpose()
            .map_err(|error| error.under(key))
    }

    /// An entry that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'v Value) -> Result<T, FormError>,
    ) -> Result<T, FormError> {
        self.optional(key, read)?
            .ok_or_else(|| FormFault::Missing(key).into())
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
    value
        .as_text()
        .ok_or_else(|| FormFault::Expected("a text").into())
}

pub(super) fn bool(value: &Value) -> Result<bool, FormError> {
    match value {
        Value::Bool(bool) => Ok(*bool),
        _ => Err(FormFault::Expected("true or false").into()),
    }
}

pub(super) fn only_true(value: &Value) -> Result<(), FormError> {
    if *value == Value::Bool(true) {
        Ok(())
    } else {
        Err(FormFault::NotTrue.into())
    }
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
    items
        .map(|(index, item)| read(item).map_err(|error| error.under(&index.to_string())))
        .collect()
}

/// An object from its entries; absent ones are left out.
pub(super) fn object(entries: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let present = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Map(present.collect())
}

/// What a constructor refused.
pub(super) fn invalid(error: impl Into<Invalid>) -> FormError {
    FormFault::Invalid(error.into()).into()
}

pub(super) fn time(value: &Value) -> Result<Timestamp, FormError> {
    let seconds = whole(value).ok_or(FormFault::Expected("seconds since 1970"))?;
    Timestamp::from_unix(seconds).map_err(invalid)
}

pub(super) fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number
            .to_integer()
            .and_then(|whole| u64::try_from(whole).ok()),
        _ => None,
    }
}

pub(super) fn label(value: &Value) -> Result<Label, FormError> {
    Label::new(text(value)?).map_err(invalid)
}

pub(super) fn key(value: &Value) -> Result<PublicKey, FormError> {
    text(value)?
        .parse()
        .map_err(|error: KeyError| invalid(error))
}

pub(super) fn seconds(value: &Value) -> Result<Seconds, FormError> {
    whole(value)
        .map(Seconds::new)
        .ok_or_else(|| FormFault::Expected("a number of seconds").into())
}

pub(super) fn digest(value: &Value) -> Result<MandateId, FormError> {
    text(value)?
        .parse()
        .map_err(|_| FormFault::Expected("a digest in hex").into())
}
