//! The deterministic CBOR encoding of values (RFC 8949 section 4.2), and a reader for bytes that
//! were already checked. The strict reader for bytes from outside is in the codec.

use super::number::Number;
use super::tally;
use super::value::{Value, ValueType};
use super::work::{OutOfWork, Work};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Major types (RFC 8949 section 3.1).
pub(crate) const UNSIGNED: u8 = 0;
pub(crate) const NEGATIVE: u8 = 1;
pub(crate) const BYTES: u8 = 2;
pub(crate) const TEXT: u8 = 3;
pub(crate) const ARRAY: u8 = 4;
pub(crate) const MAP: u8 = 5;
pub(crate) const TAG: u8 = 6;
pub(crate) const SIMPLE: u8 = 7;

/// Simple values (RFC 8949 section 3.3).
pub(crate) const FALSE: u64 = 20;
pub(crate) const TRUE: u64 = 21;
pub(crate) const NULL: u64 = 22;

/// Tags of numbers (RFC 8949 section 3.4).
pub(crate) const POSITIVE_BIGNUM: u64 = 2;
pub(crate) const NEGATIVE_BIGNUM: u64 = 3;
pub(crate) const DECIMAL_FRACTION: u64 = 4;

/// Steps for one allocation on the heap and its release. They take 24 operations (see `tally`) and
/// a step stands for at most eight, so there is room for what surrounds them.
const TEXT_STEPS: usize = 8;
/// Steps for a node of a map, which is allocated with room for eleven entries at once.
const MAP_STEPS: usize = 32;

/// Steps for encoding a number, or the head of a text.
const KEY_STEPS: u64 = 16;

/// Writes the head of an item in its shortest form.
pub(crate) fn write_head(out: &mut impl Sink, major: u8, argument: u64) {
    let major = major << 5;
    if let Ok(byte) = u8::try_from(argument) {
        if byte < 24 {
            out.push(major | byte);
        } else {
            out.extend_from_slice(&[major | 24, byte]);
        }
    } else if let Ok(short) = u16::try_from(argument) {
        out.push(major | 25);
        out.extend_from_slice(&short.to_be_bytes());
    } else if let Ok(word) = u32::try_from(argument) {
        out.push(major | 26);
        out.extend_from_slice(&word.to_be_bytes());
    } else {
        out.push(major | 27);
        out.extend_from_slice(&argument.to_be_bytes());
    }
}

fn write_length(out: &mut impl Sink, major: u8, length: usize) {
    // A length fits 64 bits on every platform that Rust supports.
    write_head(out, major, u64::try_from(length).unwrap_or(u64::MAX));
}

/// Writes an integer from −2⁶⁴ to 2⁶⁴ − 1. Writes nothing and returns `false` for any other.
pub(crate) fn write_plain_integer(out: &mut impl Sink, integer: i128) -> bool {
    if let Ok(unsigned) = u64::try_from(integer) {
        write_head(out, UNSIGNED, unsigned);
    } else if let Ok(negative) = u64::try_from(integer.saturating_add(1).saturating_neg()) {
        // CBOR encodes a negative integer n as −1 − n.
        write_head(out, NEGATIVE, negative);
    } else {
        return false;
    }
    true
}

/// Writes a number as an integer, or as a decimal fraction (RFC 8949 section 3.4.4).
///
/// An integer is a bignum only beyond 64 bits. A decimal fraction is also the form of integers
/// beyond 128 bits.
pub(crate) fn write_number(out: &mut impl Sink, number: Number) {
    if number.exponent() != 0 {
        write_head(out, TAG, DECIMAL_FRACTION);
        write_head(out, ARRAY, 2);
        // An exponent has 16 bits, so this always writes.
        write_plain_integer(out, i128::from(number.exponent()));
    }
    write_integer(out, number.coefficient());
}

fn write_integer(out: &mut impl Sink, integer: i128) {
    if write_plain_integer(out, integer) {
        return;
    }
    let (tag, magnitude) = if integer < 0 {
        (NEGATIVE_BIGNUM, integer.saturating_add(1).unsigned_abs())
    } else {
        (POSITIVE_BIGNUM, integer.unsigned_abs())
    };
    let bytes = magnitude.to_be_bytes();
    // The shortest form has no leading zeros.
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    write_head(out, TAG, tag);
    write_bytes(out, BYTES, bytes.get(zeros..).unwrap_or_default());
}

fn write_bytes(out: &mut impl Sink, major: u8, bytes: &[u8]) {
    write_length(out, major, bytes.len());
    out.extend_from_slice(bytes);
}

/// Writes a value.
pub(crate) fn write_value(out: &mut impl Sink, value: &Value) {
    match value {
        Value::Null => write_head(out, SIMPLE, NULL),
        Value::Bool(bool) => write_head(out, SIMPLE, if *bool { TRUE } else { FALSE }),
        Value::Number(number) => write_number(out, *number),
        Value::Text(text) => write_bytes(out, TEXT, text.as_bytes()),
        Value::Bytes(bytes) => write_bytes(out, BYTES, bytes),
        Value::List(items) => {
            write_length(out, ARRAY, items.len());
            items.iter().for_each(|item| write_value(out, item));
        }
        Value::Map(entries) => write_map(out, entries),
    }
}

/// Writes a map with text keys.
pub(crate) fn write_map(out: &mut impl Sink, entries: &BTreeMap<String, Value>) {
    write_length(out, MAP, entries.len());
    for (key, value) in by_encoded_key(entries.iter().map(|(key, value)| (key.as_str(), value))) {
        write_bytes(out, TEXT, key.as_bytes());
        write_value(out, value);
    }
}

/// Returns the entries of a map with text keys in the order of their encoded keys.
///
/// The encoding begins with the length, so shorter keys come first, and keys of one length follow
/// in the order of their bytes.
pub(crate) fn by_encoded_key<'a, T>(
    entries: impl Iterator<Item = (&'a str, T)>,
) -> Vec<(&'a str, T)> {
    let mut entries: Vec<(&str, T)> = entries.collect();
    entries.sort_by(|(a, _), (b, _)| {
        tally::bulk(a.len().min(b.len()));
        a.len().cmp(&b.len()).then_with(|| a.cmp(b))
    });
    entries
}

/// The encoding of one value, for comparison with others. Only a list or map is copied for it.
#[derive(Debug)]
pub(crate) struct Key<'v> {
    head: Short,
    rest: Cow<'v, [u8]>,
}

/// A few bytes that are not on the heap.
#[derive(Debug, Default)]
struct Short {
    bytes: [u8; Key::HEAD],
    length: usize,
}

impl Short {
    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The target of an encoding.
pub(crate) trait Sink {
    fn push(&mut self, byte: u8) {
        self.extend_from_slice(&[byte]);
    }

    fn extend_from_slice(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn push(&mut self, byte: u8) {
        self.push(byte);
    }

    fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Short {
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        room.iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        self.length = self.length.saturating_add(bytes.len());
    }
}

impl Key<'_> {
    /// Room for the longest number. A decimal fraction with a coefficient of 16 bytes and an
    /// exponent of two bytes takes 23 bytes.
    const HEAD: usize = 24;
}

impl<'v> Key<'v> {
    /// Returns the encoding of `value`, or `None` when it is longer than `most` bytes.
    ///
    /// # Errors
    /// [`OutOfWork`] if fewer than sixteen steps are left. A list or map also counts steps for
    /// walking and writing it.
    pub(crate) fn new(
        value: &'v Value,
        most: usize,
        work: &mut Work,
    ) -> Result<Option<Self>, OutOfWork> {
        work.spend(KEY_STEPS)?;
        tally::count(4);
        let (major, length, rest): (u8, usize, &'v [u8]) = match value {
            Value::Text(text) => (TEXT, text.len(), text.as_bytes()),
            Value::Bytes(bytes) => (BYTES, bytes.len(), bytes),
            Value::List(_) | Value::Map(_) => return Self::of_parts(value, most, work),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                return Ok(Some(Self::written(&[], |out| write_value(out, value))));
            }
        };
        Ok((length <= most).then(|| Self::written(rest, |out| write_length(out, major, length))))
    }

    fn of_parts(value: &'v Value, most: usize, work: &mut Work) -> Result<Option<Self>, OutOfWork> {
        if !fits(value, &mut most.clone(), work)? {
            return Ok(None);
        }
        // The buffer that the value is written to.
        work.spend_len(TEXT_STEPS)?;
        tally::allocated(1);
        let mut encoded = Vec::with_capacity(most.min(256));
        write_value(&mut encoded, value);
        Ok(Some(Self {
            head: Short::default(),
            rest: Cow::Owned(encoded),
        }))
    }

    fn written(rest: &'v [u8], write: impl FnOnce(&mut Short)) -> Self {
        let mut head = Short::default();
        write(&mut head);
        Self {
            head,
            rest: Cow::Borrowed(rest),
        }
    }

    /// Returns the first eight bytes, filled up with zeros if there are fewer.
    pub(crate) fn start(&self) -> [u8; 8] {
        let mut start = [0; 8];
        let bytes = self.head.as_slice().iter().chain(self.rest.iter());
        start
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        start
    }

    /// Compares an encoded value with this one.
    pub(crate) fn compare(&self, encoded: &[u8]) -> Ordering {
        tally::bulk(encoded.len());
        let head = self.head.as_slice();
        let (start, rest) = encoded.split_at(encoded.len().min(head.len()));
        start.cmp(head).then_with(|| rest.cmp(&self.rest))
    }
}

/// Returns `false` if the parts of a value alone show that its encoding takes more than `room`
/// bytes.
///
/// Each head and each scalar is counted as one byte, so `true` does not promise that the encoding
/// fits.
fn fits(value: &Value, room: &mut usize, work: &mut Work) -> Result<bool, OutOfWork> {
    let mut takes = |bytes: usize, work: &mut Work| {
        // Three steps for walking to a part and writing it later, and one for each 64 bytes.
        work.spend_len((bytes >> 6).saturating_add(3))?;
        tally::bulk(bytes);
        tally::count(4);
        Ok(match room.checked_sub(bytes) {
            Some(left) => {
                *room = left;
                true
            }
            None => false,
        })
    };
    match value {
        Value::Text(text) => takes(text.len().saturating_add(1), work),
        Value::Bytes(bytes) => takes(bytes.len().saturating_add(1), work),
        Value::Null | Value::Bool(_) | Value::Number(_) => takes(1, work),
        Value::List(items) => {
            if !takes(1, work)? || items.len() > *room {
                return Ok(false);
            }
            for item in items {
                if !fits(item, room, work)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Value::Map(entries) => {
            if !takes(1, work)? || entries.len() > *room {
                return Ok(false);
            }
            // Writing sorts the entries by their keys, of at most 128 bytes each.
            let comparisons =
                usize::try_from(entries.len().checked_ilog2().unwrap_or(0)).unwrap_or(0);
            work.spend_len(
                entries
                    .len()
                    .saturating_mul(comparisons)
                    .saturating_mul(2)
                    .saturating_add(TEXT_STEPS),
            )?;
            tally::allocated(1);
            for (key, value) in entries {
                let bytes = key.len().saturating_add(1);
                work.spend_len((bytes >> 6).saturating_add(3))?;
                let Some(left) = room.checked_sub(bytes) else {
                    return Ok(false);
                };
                *room = left;
                if !fits(value, room, work)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

/// Reads an encoding that was checked when it was received.
///
/// # Errors
/// [`OutOfWork`] if fewer steps are left than the parts take: four for each part, and more for each
/// allocation.
pub(crate) fn read_back(encoded: &[u8], work: &mut Work) -> Result<Value, OutOfWork> {
    read_item(&mut &*encoded, work)
}

fn read_item(rest: &mut &[u8], work: &mut Work) -> Result<Value, OutOfWork> {
    work.spend(4)?;
    tally::count(8);
    // The bytes were checked before, so none of the fallbacks below is ever taken.
    let Some((major, argument)) = read_head(rest) else {
        return Ok(Value::Null);
    };
    Ok(match major {
        UNSIGNED | NEGATIVE => Value::Number(plain_integer(major, argument).into()),
        BYTES => Value::Bytes(read_chunk(rest, argument, work)?.to_vec()),
        TEXT => {
            Value::Text(String::from_utf8_lossy(read_chunk(rest, argument, work)?).into_owned())
        }
        ARRAY => {
            let count = usize::try_from(argument).unwrap_or_default();
            work.spend_len(TEXT_STEPS)?;
            tally::allocated(1);
            let mut items = Vec::with_capacity(count.min(rest.len()));
            for _ in 0..count.min(rest.len()) {
                items.push(read_item(rest, work)?);
            }
            Value::List(items)
        }
        MAP => {
            let mut entries = BTreeMap::new();
            work.spend_len(MAP_STEPS)?;
            tally::allocated(4);
            for _ in 0..argument {
                let Some((TEXT, length)) = read_head(rest) else {
                    return Ok(Value::Null);
                };
                let key = String::from_utf8_lossy(read_chunk(rest, length, work)?).into_owned();
                work.spend_len(MAP_STEPS)?;
                tally::allocated(2);
                entries.insert(key, read_item(rest, work)?);
            }
            Value::Map(entries)
        }
        TAG => Value::Number(read_tagged(rest, argument).unwrap_or(Number::ZERO)),
        _ => match argument {
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            _ => Value::Null,
        },
    })
}

fn read_head(rest: &mut &[u8]) -> Option<(u8, u64)> {
    let (first, after) = rest.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    let width = match short {
        0..=23 => 0,
        24 => 1,
        25 => 2,
        26 => 4,
        _ => 8,
    };
    let (bytes, after) = after.split_at_checked(width)?;
    *rest = after;
    let argument = bytes
        .iter()
        .fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    Some((major, if width == 0 { short.into() } else { argument }))
}

fn read_chunk<'a>(
    rest: &mut &'a [u8],
    length: u64,
    work: &mut Work,
) -> Result<&'a [u8], OutOfWork> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    work.spend_len((length >> 6).saturating_add(TEXT_STEPS))?;
    tally::bulk(length);
    tally::allocated(1);
    let Some((chunk, after)) = rest.split_at_checked(length) else {
        return Ok(&[]);
    };
    *rest = after;
    Ok(chunk)
}

fn plain_integer(major: u8, argument: u64) -> i128 {
    let argument = i128::from(argument);
    if major == NEGATIVE {
        argument.saturating_neg().saturating_sub(1)
    } else {
        argument
    }
}

fn read_tagged(rest: &mut &[u8], tag: u64) -> Option<Number> {
    if tag != DECIMAL_FRACTION {
        return read_big(rest, tag).map(Number::from);
    }
    let (_, (major, exponent)) = (read_head(rest)?, read_head(rest)?);
    let exponent = plain_integer(major, exponent);
    let coefficient = match read_head(rest)? {
        (TAG, tag) => read_big(rest, tag)?,
        (major, argument) => plain_integer(major, argument),
    };
    Number::from_form(coefficient, exponent).ok().flatten()
}

fn read_big(rest: &mut &[u8], tag: u64) -> Option<i128> {
    let (_, length) = read_head(rest)?;
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    let magnitude = bytes
        .iter()
        .fold(0_i128, |magnitude, byte| magnitude << 8 | i128::from(*byte));
    Some(if tag == NEGATIVE_BIGNUM {
        magnitude.saturating_neg().saturating_sub(1)
    } else {
        magnitude
    })
}

/// Returns the type of the value whose encoding begins with the byte `first`.
pub(crate) const fn type_of(first: u8) -> ValueType {
    match first >> 5 {
        BYTES => ValueType::Bytes,
        TEXT => ValueType::Text,
        ARRAY => ValueType::List,
        MAP => ValueType::Map,
        // The simple values are 20 and 21, which are booleans, and 22, which is null.
        SIMPLE if first & 0x1f < 22 => ValueType::Bool,
        SIMPLE => ValueType::Null,
        // Integers, and the tags of bignums and decimal fractions.
        _ => ValueType::Number,
    }
}
