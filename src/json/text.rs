//! JSON text to values and back, exactly.
//!
//! `serde_json` checks the grammar in a first pass, and errors report its line and column. A second
//! pass reads the values from the text itself, so that numbers keep their digits. The feature of
//! `serde_json` for that (`arbitrary_precision`) would change the crate for its other users, too.

use super::error::{JsonError, JsonErrorKind};
use crate::primitives::bounds::{MAX_JSON_BYTES, MAX_JSON_DEPTH, MAX_VALUE_BYTES};
use crate::primitives::{Number, Value, base64url, from_base64url, tally};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// The bytes of a text that are compared one by one. A text of ordinary length ends within them; to
/// start a search of many bytes at once would cost it more.
const SHORT: usize = 32;

/// The key of an object that stands for bytes.
const BYTES: &str = "$bytes";

/// Reads a JSON text.
pub(super) fn read(text: &str) -> Result<Value, JsonError> {
    if text.len() > MAX_JSON_BYTES {
        return Err(JsonErrorKind::TooLarge.into());
    }
    // Checks all of the grammar in one pass, without recursion, and copies nothing.
    let _: &RawValue = serde_json::from_str(text).map_err(syntax)?;
    let mut scanner = Scanner { text, at: 0 };
    scanner.white_space();
    scanner.value(MAX_JSON_DEPTH).map_err(|error| *error)
}

fn syntax(error: serde_json::Error) -> JsonError {
    JsonErrorKind::Syntax {
        line: error.line(),
        column: error.column(),
    }
    .into()
}

/// A result with its error in a box: an error takes much more room than a value, and every level
/// moves the result.
type Read<T> = Result<T, Box<JsonError>>;

/// Makes an error that has no place yet.
fn kind<T>(kind: impl Into<JsonErrorKind>) -> Read<T> {
    Err(Box::new(kind.into().into()))
}

/// Adds the segment of the level above to the place of an error.
#[expect(clippy::boxed_local, reason = "the box is what comes in")]
fn under(error: Box<JsonError>, segment: &str) -> Box<JsonError> {
    Box::new(error.under(segment))
}

/// A position in a text that is known to be JSON.
///
/// The characters that the grammar demands next are therefore not compared again. Each byte is
/// passed once, and those of texts and numbers once more.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn peek(&self) -> Option<u8> {
        tally::count(1);
        self.text.as_bytes().get(self.at).copied()
    }

    fn pass(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.pass(1);
        }
    }

    /// Passes `,` or `:` with the white space around it, and returns `true`. Or passes the bracket
    /// that ends a list or an object, and returns `false`.
    fn goes_on(&mut self) -> bool {
        self.white_space();
        let separator = self.peek();
        self.pass(1);
        self.white_space();
        !matches!(separator, Some(b']' | b'}') | None)
    }

    /// Passes an opening bracket. Returns whether the closing one follows, which is then passed,
    /// too.
    fn is_empty(&mut self) -> bool {
        self.pass(1);
        self.white_space();
        let empty = matches!(self.peek(), Some(b']' | b'}'));
        if empty {
            self.pass(1);
        }
        empty
    }

    /// Reads a value that may nest `depth` levels deep, itself included.
    fn value(&mut self, depth: usize) -> Read<Value> {
        let Some(deeper) = depth.checked_sub(1) else {
            return kind(JsonErrorKind::TooDeep);
        };
        match self.peek() {
            Some(b'{') => self.object(deeper),
            Some(b'[') => self.list(deeper),
            Some(b'"') => self.string().map(|text| Value::Text(text.into_owned())),
            Some(b't') => Ok(self.word("true", Value::Bool(true))),
            Some(b'f') => Ok(self.word("false", Value::Bool(false))),
            Some(b'n') => Ok(self.word("null", Value::Null)),
            // The grammar allows nothing else here.
            _ => self.number(),
        }
    }

    /// Passes a word that the grammar allows here, and returns its value.
    fn word(&mut self, word: &str, value: Value) -> Value {
        self.pass(word.len());
        value
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let is_of_number =
            |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        self.pass(
            rest.iter()
                .position(|byte| !is_of_number(byte))
                .unwrap_or(rest.len()),
        );
        let digits = self.text.get(start..self.at).unwrap_or_default();
        tally::count(digits.len());
        digits.parse::<Number>().map(Value::Number).or_else(kind)
    }

    /// Reads a text. One without escapes is not copied.
    fn string(&mut self) -> Read<Cow<'t, str>> {
        let start = self.at;
        self.pass(1);
        let mut escaped = false;
        // Most texts are short and have no escapes. In a long one the next quotation mark is
        // searched for in many bytes at once.
        let rest = self.text.get(self.at..).unwrap_or_default();
        let short = rest
            .as_bytes()
            .iter()
            .take(SHORT)
            .position(|byte| matches!(byte, b'"' | b'\\'));
        let plain = match short {
            Some(end) if rest.as_bytes().get(end) == Some(&b'"') => Some(end),
            Some(_) => None,
            None => rest
                .find('"')
                .filter(|end| rest.get(..*end).is_some_and(|plain| !plain.contains('\\'))),
        };
        match plain {
            Some(end) => self.pass(end),
            None => escaped = self.pass_escaped(),
        }
        self.pass(1);
        tally::bulk(self.at.saturating_sub(start));
        let literal = self.text.get(start..self.at).unwrap_or_default();
        let inner = literal
            .get(1..literal.len().saturating_sub(1))
            .unwrap_or_default();
        if !escaped {
            return Ok(Cow::Borrowed(inner));
        }
        // The grammar is checked, so this can fail only for an escape of half a surrogate pair,
        // which the grammar allows.
        serde_json::from_str(literal)
            .map(Cow::Owned)
            .map_err(|error| self.syntax_at(start, &error).into())
    }

    /// Passes a text to its end, escape by escape. Returns whether it has any.
    fn pass_escaped(&mut self) -> bool {
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\'))
                .unwrap_or(rest.len());
            self.pass(plain);
            match rest.get(plain) {
                Some(b'\\') => {
                    // The byte after it belongs to the escape, also if it is a quotation mark.
                    escaped = true;
                    self.pass(2);
                }
                _ => return escaped,
            }
        }
    }

    /// Returns an error in a part of the text, with its place in the whole text. The part begins at
    /// `start` and has no line break.
    fn syntax_at(&self, start: usize, error: &serde_json::Error) -> JsonError {
        let before = self.text.as_bytes().get(..start).unwrap_or_default();
        let line = before
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1);
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at.saturating_add(1));
        JsonErrorKind::Syntax {
            line,
            column: start
                .saturating_sub(line_start)
                .saturating_add(error.column()),
        }
        .into()
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        let mut items = Vec::new();
        if self.is_empty() {
            return Ok(Value::List(items));
        }
        loop {
            tally::count(2);
            items.push(
                self.value(depth)
                    .map_err(|error| under(error, &items.len().to_string()))?,
            );
            if !self.goes_on() {
                return Ok(Value::List(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        let mut map = BTreeMap::new();
        if self.is_empty() {
            return Ok(Value::Map(map));
        }
        loop {
            tally::count(2);
            let key = self.string()?;
            self.goes_on();
            let value = self.value(depth).map_err(|error| under(error, &key))?;
            // The key is searched among the keys before it, with a comparison or two for each time
            // that their number doubles.
            let halves = map.len().checked_ilog2().unwrap_or(0);
            tally::count(usize::try_from(halves).unwrap_or(0).saturating_mul(2));
            match map.entry(key.into_owned()) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(place) => {
                    return kind(JsonErrorKind::DuplicateKey {
                        key: place.key().as_str().into(),
                    });
                }
            }
            if !self.goes_on() {
                break;
            }
        }
        // An object with this key stands for bytes. With another value or another entry it is
        // refused, so that a misspelled one is not taken for a map.
        match map.get(BYTES) {
            None => Ok(Value::Map(map)),
            Some(Value::Text(text)) if map.len() == 1 => from_base64url(text, MAX_VALUE_BYTES)
                .map(Value::Bytes)
                .or_else(kind),
            Some(_) => kind(JsonErrorKind::Expected(
                "`$bytes` alone, with a base64url text",
            )),
        }
    }
}

/// Writes a value as JSON text in one line.
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
    // Every text has a JSON form, so this never fails and the default is never used.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Reads a value from any data format that serde reads, such as the `serde_json::Value` that a host
/// already has.
///
/// A float becomes the shortest decimal that reads back as that float. Refused are a key that
/// appears twice, a float that is not finite, and a number out of bounds. Where digits matter
/// beyond those of a float, read the text with [`JsonForm::from_json`](super::JsonForm::from_json).
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
        Number::try_from(integer)
            .map(Value::Number)
            .map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, float: f64) -> Result<Value, E> {
        // These are the shortest digits that read back as the float. NaN and infinity have none,
        // and their names do not parse.
        format!("{float:e}")
            .parse()
            .map(Value::Number)
            .map_err(E::custom)
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
            match map.entry(key) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(place) => {
                    let key = place.key().as_str().into();
                    return Err(A::Error::custom(JsonErrorKind::DuplicateKey { key }));
                }
            }
        }
        Ok(Value::Map(map))
    }
}
