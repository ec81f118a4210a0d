//! JSON text to values and back, exactly. `serde_json` scans; numbers keep their digits because they are read from the text
//! itself, which changes nothing for other users of that crate.

use super::error::{FormError, FormFault};
use crate::ground::bounds::{MAX_JSON_BYTES, MAX_JSON_DEPTH, MAX_VALUE_BYTES};
use crate::ground::{Number, Value, base64url, from_base64url};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// The key that marks bytes.
const BYTES: &str = "$bytes";

pub(super) fn read(text: &str) -> Result<Value, FormError> {
    if text.len() > MAX_JSON_BYTES {
        return Err(FormFault::TooLarge.into());
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(syntax)?;
    read_raw(raw, MAX_JSON_DEPTH)
}

fn syntax(error: serde_json::Error) -> FormError {
    FormFault::Syntax { line: error.line(), column: error.column() }.into()
}

fn read_raw(raw: &RawValue, depth: usize) -> Result<Value, FormError> {
    let Some(deeper) = depth.checked_sub(1) else { return Err(FormFault::TooDeep.into()) };
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text).map_err(syntax)?;
            read_object(entries, deeper)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(syntax)?;
            let read = |(index, item): (usize, &&RawValue)| {
                read_raw(item, deeper).map_err(|error| error.under(&index.to_string()))
            };
            Ok(Value::List(items.iter().enumerate().map(read).collect::<Result<_, _>>()?))
        }
        Some(b'"') => Ok(Value::Text(serde_json::from_str(text).map_err(syntax)?)),
        Some(b't' | b'f') => Ok(Value::Bool(text == "true")),
        Some(b'n') => Ok(Value::Null),
        _ => Ok(Value::Number(text.parse::<Number>().map_err(FormFault::from)?)),
    }
}

fn read_object(entries: Vec<(String, &RawValue)>, depth: usize) -> Result<Value, FormError> {
    let mut map = BTreeMap::new();
    for (key, raw) in entries {
        let value = read_raw(raw, depth).map_err(|error| error.under(&key))?;
        if map.insert(key.clone(), value).is_some() {
            return Err(FormFault::DuplicateKey { key: key.into() }.into());
        }
    }
    match map.get(BYTES) {
        None => Ok(Value::Map(map)),
        Some(Value::Text(text)) if map.len() == 1 => {
            Ok(Value::Bytes(from_base64url(text, MAX_VALUE_BYTES).map_err(FormFault::from)?))
        }
        Some(_) => Err(FormFault::Expected("`$bytes` alone, with a base64url text").into()),
    }
}

/// An object's entries as they come, so that repeated keys are seen.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}

pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::Text(text) => write_text(out, text),
        Value::Bytes(bytes) => {
            out.push_str("{\"$bytes\":");
            write_text(out, &base64url(bytes));
            out.push('}');
        }
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(out, key);
                out.push(':');
                write_value(out, value);
            }
            out.push('}');
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    // A text always has a JSON form, so there is no error to lose.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// A value from any data format that serde reads, such as the `serde_json::Value` a host already has. Floats become the
/// shortest decimal that reads back as them; keys that come twice, non-finite floats and numbers out of bounds are refused.
/// Where digits matter beyond a float's, read the text with [`JsonForm::from_json`](super::JsonForm::from_json).
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a boolean, a number, a text, bytes, a list or a map with text keys")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Value, E> {
        Ok(Value::Bool(bool))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Value, E> {
        Ok(Value::Number(integer.into()))
    }

    fn visit_u64<E>(self, integer: u64) -> Result<Value, E> {
        Ok(Value::Number(integer.into()))
    }

    fn visit_i128<E>(self, integer: i128) -> Result<Value, E> {
        Ok(Value::Number(integer.into()))
    }

    fn visit_u128<E: serde::de::Error>(self, integer: u128) -> Result<Value, E> {
        Number::try_from(integer).map(Value::Number).map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, float: f64) -> Result<Value, E> {
        Number::try_from(float).map(Value::Number).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(bytes.to_vec()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<String, Value>()? {
            if map.insert(key.clone(), value).is_some() {
                return Err(A::Error::custom(FormFault::DuplicateKey { key: key.into() }));
            }
        }
        Ok(Value::Map(map))
    }
}
