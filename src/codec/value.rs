//! Numbers and values.

use super::error::{CodecError, CodecErrorKind, Expected};
use super::reader::{Next, Reader};
use super::writer::Writer;
use crate::powers::ToolName;
use crate::primitives::bounds::{MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH, MAX_VALUE_NODES};
use crate::primitives::encoded::{DECIMAL_FRACTION, NEGATIVE_BIGNUM, POSITIVE_BIGNUM};
use crate::primitives::{Arguments, Number, NumberError, ValueError, ValueType};

/// Writes the bytes of which a request digest is taken: `[tool, arguments]`.
pub(crate) fn request(tool: &ToolName, arguments: &Arguments) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(2);
    w.text(tool.as_str());
    w.values(arguments.as_map());
    w.into_bytes()
}

pub(super) fn write_number(w: &mut Writer, number: Number) {
    w.number(number);
}

/// Checks a value. Returns its type.
///
/// No value is made: a caller keeps the bytes, which are the only encoding of the value.
pub(super) fn check_value(r: &mut Reader<'_>) -> Result<ValueType, CodecError> {
    check_nested(r, MAX_VALUE_DEPTH, &mut MAX_VALUE_NODES.clone())
}

/// Checks a value that may be nested `depth` levels deep and have as many nodes as are left.
fn check_nested(
    r: &mut Reader<'_>,
    depth: usize,
    nodes: &mut usize,
) -> Result<ValueType, CodecError> {
    let Some(deeper) = depth.checked_sub(1) else {
        return r.fail(CodecErrorKind::TooDeep);
    };
    match nodes.checked_sub(1) {
        Some(left) => *nodes = left,
        None => return r.fail(super::InvalidValue::from(ValueError::TooManyNodes)),
    }
    Ok(match r.peek()? {
        Next::Integer => {
            r.negative_or_unsigned()?;
            ValueType::Number
        }
        Next::Tag => {
            read_number(r)?;
            ValueType::Number
        }
        Next::Bytes => {
            r.bytes(MAX_VALUE_BYTES)?;
            ValueType::Bytes
        }
        Next::Text => {
            r.text(MAX_VALUE_BYTES)?;
            ValueType::Text
        }
        Next::Array => {
            for _ in 0..r.array(0, MAX_VALUE_NODES)? {
                check_nested(r, deeper, nodes)?;
            }
            ValueType::List
        }
        Next::Map => {
            let mut entries = r.map(MAX_VALUE_NODES)?;
            while entries.next(r, |r| r.text(MAX_KEY_BYTES))?.is_some() {
                check_nested(r, deeper, nodes)?;
            }
            ValueType::Map
        }
        Next::Simple => r.simple()?.map_or(ValueType::Null, |_| ValueType::Bool),
    })
}

/// Reads a number in its one form: an integer, a bignum only if needed, or a decimal fraction that
/// no integer of 128 bits equals.
pub(super) fn read_number(r: &mut Reader<'_>) -> Result<Number, CodecError> {
    let mut ahead = r.clone();
    if !matches!(ahead.peek()?, Next::Tag) || ahead.any_tag()? != DECIMAL_FRACTION {
        return read_integer(r).map(Number::from);
    }
    r.tag(DECIMAL_FRACTION)?;
    let at = r.clone();
    if r.array(2, 2)? != 2 {
        return at.fail(CodecErrorKind::Expected(Expected::ArrayOfLength(2)));
    }
    let exponent = r.negative_or_unsigned()?;
    // An error about the form is placed at the coefficient.
    let start = r.clone();
    let coefficient = read_integer(r)?;
    match Number::from_form(coefficient, exponent) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => start.fail(CodecErrorKind::NotShortest),
        Err(error) => start.fail(super::InvalidValue::from(error)),
    }
}

fn read_integer(r: &mut Reader<'_>) -> Result<i128, CodecError> {
    match r.peek()? {
        Next::Integer => return r.negative_or_unsigned(),
        Next::Tag => {}
        Next::Bytes | Next::Text | Next::Array | Next::Map | Next::Simple => {
            return r.fail(CodecErrorKind::Expected(Expected::Integer));
        }
    }
    let start = r.clone();
    let tag = r.any_tag()?;
    if tag != POSITIVE_BIGNUM && tag != NEGATIVE_BIGNUM {
        return start.fail(CodecErrorKind::Expected(Expected::Value));
    }
    let bytes = r.bytes(16)?;
    // A number of fewer than nine bytes fits a plain integer, and a leading zero byte is not
    // needed. So these have a shorter form.
    if bytes.len() < 9 || bytes.first() == Some(&0) {
        return start.fail(CodecErrorKind::NotShortest);
    }
    let magnitude = bytes
        .iter()
        .fold(0_u128, |magnitude, byte| magnitude << 8 | u128::from(*byte));
    match i128::try_from(magnitude) {
        Ok(magnitude) if tag == POSITIVE_BIGNUM => Ok(magnitude),
        // −1 − n (RFC 8949 section 3.4.3), which fits because n is below 2¹²⁷.
        Ok(magnitude) => Ok(magnitude.saturating_neg().saturating_sub(1)),
        Err(_) => start.fail(super::InvalidValue::from(NumberError::Overflow)),
    }
}
