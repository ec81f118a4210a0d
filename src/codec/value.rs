//! Numbers and values.

use super::error::{CodecError, Fault, Wanted};
use super::reader::{Next, Reader};
use super::writer::{Writer, by_encoded_key};
use crate::ground::bounds::{MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH, MAX_VALUE_NODES};
use crate::ground::{Arguments, Number, NumberError, Value, ValueError};
use crate::powers::ToolName;
use std::collections::BTreeMap;

const POSITIVE_BIGNUM: u64 = 2;
const NEGATIVE_BIGNUM: u64 = 3;
const DECIMAL_FRACTION: u64 = 4;

/// The bytes of which a request digest is taken.
pub(crate) fn request(tool: &ToolName, arguments: &Arguments) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(2);
    w.text(tool.as_str());
    write_map(&mut w, arguments.as_map());
    w.into_bytes()
}

pub(super) fn write_value(w: &mut Writer, value: &Value) {
    match value {
        Value::Null => w.null(),
        Value::Bool(bool) => w.bool(*bool),
        Value::Number(number) => write_number(w, *number),
        Value::Text(text) => w.text(text),
        Value::Bytes(bytes) => w.bytes(bytes),
        Value::List(items) => {
            w.array(items.len());
            items.iter().for_each(|item| write_value(w, item));
        }
        Value::Map(entries) => write_map(w, entries),
    }
}

fn write_map(w: &mut Writer, entries: &BTreeMap<String, Value>) {
    w.map(entries.len());
    for (key, value) in by_encoded_key(entries.iter().map(|(key, value)| (key.as_str(), value))) {
        w.text(key);
        write_value(w, value);
    }
}

pub(super) fn write_number(w: &mut Writer, number: Number) {
    if number.scale() > 0 {
        w.tag(DECIMAL_FRACTION);
        w.array(2);
        w.integer(i128::from(number.scale()).saturating_neg());
    }
    write_integer(w, number.coefficient());
}

fn write_integer(w: &mut Writer, integer: i128) {
    if w.integer(integer) {
        return;
    }
    let (tag, magnitude) = if integer < 0 {
        (NEGATIVE_BIGNUM, integer.saturating_add(1).unsigned_abs())
    } else {
        (POSITIVE_BIGNUM, integer.unsigned_abs())
    };
    let bytes = magnitude.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    w.tag(tag);
    w.bytes(bytes.get(zeros..).unwrap_or_default());
}

pub(super) fn read_value(r: &mut Reader<'_>) -> Result<Value, CodecError> {
    read_nested(r, MAX_VALUE_DEPTH, &mut MAX_VALUE_NODES.clone())
}

fn read_nested(r: &mut Reader<'_>, depth: usize, nodes: &mut usize) -> Result<Value, CodecError> {
    let Some(deeper) = depth.checked_sub(1) else { return r.fail(Fault::TooDeep) };
    match nodes.checked_sub(1) {
        Some(left) => *nodes = left,
        None => return r.fail(super::Invalid::from(ValueError::TooManyNodes)),
    }
    Ok(match r.peek()? {
        Next::Integer | Next::Tag => Value::Number(read_number(r)?),
        Next::Bytes => Value::Bytes(r.bytes(MAX_VALUE_BYTES)?.to_vec()),
        Next::Text => Value::Text(r.text(MAX_VALUE_BYTES)?.to_owned()),
        Next::Array => {
            let count = r.array(0, MAX_VALUE_NODES)?;
            Value::List(r.items(count, |r| read_nested(r, deeper, nodes))?)
        }
        Next::Map => {
            let mut entries = r.map(MAX_VALUE_NODES)?;
            let mut map = BTreeMap::new();
            while let Some(key) = entries.next(r, |r| r.text(MAX_KEY_BYTES))? {
                map.insert(key.to_owned(), read_nested(r, deeper, nodes)?);
            }
            Value::Map(map)
        }
        Next::Simple => r.simple()?.map_or(Value::Null, Value::Bool),
    })
}

/// A number in its one spelling: an integer, big only where it must be, or a decimal fraction that is none.
pub(super) fn read_number(r: &mut Reader<'_>) -> Result<Number, CodecError> {
    let mut ahead = r.clone();
    if !matches!(ahead.peek()?, Next::Tag) || ahead.any_tag()? != DECIMAL_FRACTION {
        return read_integer(r).map(Number::from);
    }
    r.tag(DECIMAL_FRACTION)?;
    let at = r.clone();
    if r.array(2, 2)? != 2 {
        return at.fail(Fault::Expected(Wanted::ArrayOfLength(2)));
    }
    let scale = r.make(Reader::negative_or_unsigned, |exponent| {
        u32::try_from(exponent.saturating_neg()).map_err(|_| NumberError::NotANumber)
    })?;
    let start = r.clone();
    let coefficient = read_integer(r)?;
    match Number::new(coefficient, scale) {
        Ok(number) if u32::from(number.scale()) == scale && scale > 0 => Ok(number),
        Ok(_) => start.fail(Fault::NotShortest),
        Err(error) => start.fail(super::Invalid::from(error)),
    }
}

fn read_integer(r: &mut Reader<'_>) -> Result<i128, CodecError> {
    match r.peek()? {
        Next::Integer => return r.negative_or_unsigned(),
        Next::Tag => {}
        _ => return r.fail(Fault::Expected(Wanted::Integer)),
    }
    let start = r.clone();
    let tag = r.any_tag()?;
    if tag != POSITIVE_BIGNUM && tag != NEGATIVE_BIGNUM {
        return start.fail(Fault::Expected(Wanted::Value));
    }
    let bytes = r.bytes(16)?;
    // Fewer than nine bytes fit a plain integer, and a leading zero byte adds nothing.
    if bytes.len() < 9 || bytes.first() == Some(&0) {
        return start.fail(Fault::NotShortest);
    }
    let magnitude = bytes.iter().fold(0_u128, |magnitude, byte| magnitude << 8 | u128::from(*byte));
    match i128::try_from(magnitude) {
        Ok(magnitude) if tag == POSITIVE_BIGNUM => Ok(magnitude),
        Ok(magnitude) => Ok(magnitude.saturating_neg().saturating_sub(1)),
        Err(_) => start.fail(super::Invalid::from(NumberError::Overflow)),
    }
}
