//! A pull reader for the deterministic encoding of CBOR.
//!
//! It holds a position and allocates nothing but the lists that it returns. It never skips an item:
//! an item that a caller does not ask for is an error. So the callers bound the depth of recursion.

use super::error::{CodecError, CodecErrorKind, Expected, InvalidValue};
use crate::primitives::tally;

// Major types (RFC 8949 section 3.1).
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

// Simple values (RFC 8949 section 3.3).
const FALSE: u64 = 20;
const TRUE: u64 = 21;
const NULL: u64 = 22;

/// The head of an item: its major type and argument.
#[derive(Clone, Copy)]
struct Head {
    major: u8,
    argument: u64,
}

/// The kind of the next item.
pub(super) enum Next {
    Integer,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Simple,
}

/// A position in bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// The bytes that are not read yet.
    rest: &'a [u8],
    /// The offset of their end in the bytes in which errors are placed.
    end: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self::nested(bytes, 0)
    }

    /// Makes a reader of `inner`, which starts at offset `origin` of the bytes in which errors are
    /// placed.
    pub(super) const fn nested(inner: &'a [u8], origin: usize) -> Self {
        Self {
            rest: inner,
            end: origin.saturating_add(inner.len()),
        }
    }

    /// Returns the offset of the next item in the bytes in which errors are placed.
    pub(crate) const fn position(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    /// Returns an error that is placed at the next item.
    pub(super) fn fail<T>(&self, kind: impl Into<CodecErrorKind>) -> Result<T, CodecError> {
        Err(error_at(self.position(), kind))
    }

    /// Reads an item with `read` and makes a `T` of it. An error of `make` is placed at the item.
    pub(super) fn make<R, T, E: Into<InvalidValue>>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<R, CodecError>,
        make: impl FnOnce(R) -> Result<T, E>,
    ) -> Result<T, CodecError> {
        let start = self.position();
        let raw = read(self)?;
        make(raw).map_err(|error| error_at(start, error.into()))
    }

    /// Checks that nothing is left.
    pub(crate) fn end(&self) -> Result<(), CodecError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            self.fail(CodecErrorKind::TrailingBytes)
        }
    }

    /// Runs `read`. Returns its result, and the bytes that it consumed.
    pub(crate) fn with_bytes<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<(T, &'a [u8]), CodecError> {
        let before = self.rest;
        let value = read(self)?;
        // The rest is always the end of the rest before, so the bytes are there.
        let consumed = before.len().saturating_sub(self.rest.len());
        Ok((value, before.get(..consumed).unwrap_or_default()))
    }

    /// Returns the kind of the next item. It is not consumed.
    pub(super) fn peek(&self) -> Result<Next, CodecError> {
        match self.clone().head()?.major {
            UNSIGNED | NEGATIVE => Ok(Next::Integer),
            BYTES => Ok(Next::Bytes),
            TEXT => Ok(Next::Text),
            ARRAY => Ok(Next::Array),
            MAP => Ok(Next::Map),
            TAG => Ok(Next::Tag),
            // A major type has three bits, so this is 7.
            _ => Ok(Next::Simple),
        }
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, CodecError> {
        self.expect(UNSIGNED, Expected::UnsignedInteger)
    }

    /// Reads a number whose default is zero. Zero is refused, because it is left out.
    pub(super) fn positive(&mut self) -> Result<u64, CodecError> {
        let start = self.clone();
        match self.unsigned()? {
            0 => start.fail(CodecErrorKind::DefaultSpelled),
            number => Ok(number),
        }
    }

    pub(super) fn negative_or_unsigned(&mut self) -> Result<i128, CodecError> {
        let start = self.position();
        let head = self.head()?;
        match head.major {
            UNSIGNED => Ok(i128::from(head.argument)),
            // −1 − n, which always fits: n has 64 bits.
            NEGATIVE => Ok(i128::from(head.argument).saturating_neg().saturating_sub(1)),
            _ => Err(error_at(start, CodecErrorKind::Expected(Expected::Integer))),
        }
    }

    pub(super) fn bytes(&mut self, max: usize) -> Result<&'a [u8], CodecError> {
        let start = self.position();
        let length = self.expect(BYTES, Expected::Bytes)?;
        self.take(start, length, max)
    }

    pub(super) fn bytes_of<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        self.chunk_of().copied()
    }

    /// Reads a byte string of exactly `N` bytes.
    pub(super) fn chunk_of<const N: usize>(&mut self) -> Result<&'a [u8; N], CodecError> {
        let start = self.position();
        let bytes = self.bytes(N)?;
        bytes
            .try_into()
            .map_err(|_| error_at(start, CodecErrorKind::Expected(Expected::BytesOfLength(N))))
    }

    /// Reads a byte string, and its content with `read`. Errors of `read` are moved to their place
    /// in the bytes in which errors are placed.
    pub(crate) fn embedded<T>(
        &mut self,
        max: usize,
        read: impl FnOnce(&[u8]) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let inner = self.bytes(max)?;
        let origin = self.position().saturating_sub(inner.len());
        read(inner).map_err(|error| CodecError {
            at: origin.saturating_add(error.at),
            ..error
        })
    }

    pub(super) fn text(&mut self, max: usize) -> Result<&'a str, CodecError> {
        let start = self.position();
        let length = self.expect(TEXT, Expected::Text)?;
        let bytes = self.take(start, length, max)?;
        std::str::from_utf8(bytes).map_err(|_| error_at(start, CodecErrorKind::NotUtf8))
    }

    /// Opens an array of `min` to `max` items. Returns their number.
    pub(crate) fn array(&mut self, min: usize, max: usize) -> Result<usize, CodecError> {
        let start = self.position();
        let length = self.expect(ARRAY, Expected::Array)?;
        let length = count(start, length, max)?;
        if length < min {
            Err(error_at(
                start,
                CodecErrorKind::Expected(Expected::ArrayOfLength(min)),
            ))
        } else {
            Ok(length)
        }
    }

    /// Opens an array of exactly `length` items.
    pub(super) fn array_of_length(&mut self, length: usize) -> Result<(), CodecError> {
        let start = self.position();
        if self.array(0, length)? == length {
            Ok(())
        } else {
            Err(error_at(
                start,
                CodecErrorKind::Expected(Expected::ArrayOfLength(length)),
            ))
        }
    }

    /// Opens a map of at most `max` entries.
    pub(super) fn map(&mut self, max: usize) -> Result<Entries<'a>, CodecError> {
        let start = self.position();
        let length = self.expect(MAP, Expected::Map)?;
        Ok(Entries {
            left: count(start, length, max)?,
            order: Ascending::default(),
        })
    }

    pub(super) fn tag(&mut self, expected: u64) -> Result<(), CodecError> {
        let start = self.position();
        match self.head()? {
            Head {
                major: TAG,
                argument,
            } if argument == expected => Ok(()),
            _ => Err(error_at(
                start,
                CodecErrorKind::Expected(Expected::Tag(expected)),
            )),
        }
    }

    pub(super) fn any_tag(&mut self) -> Result<u64, CodecError> {
        self.expect(TAG, Expected::Value)
    }

    pub(super) fn null(&mut self) -> Result<(), CodecError> {
        let start = self.position();
        match self.head()? {
            Head {
                major: SIMPLE,
                argument: NULL,
            } => Ok(()),
            _ => Err(error_at(start, CodecErrorKind::Expected(Expected::Null))),
        }
    }

    /// Reads `true`. An absent flag is false, so false is refused.
    pub(super) fn true_flag(&mut self) -> Result<(), CodecError> {
        let start = self.position();
        match self.head()? {
            Head {
                major: SIMPLE,
                argument: TRUE,
            } => Ok(()),
            Head {
                major: SIMPLE,
                argument: FALSE,
            } => Err(error_at(start, CodecErrorKind::DefaultSpelled)),
            _ => Err(error_at(start, CodecErrorKind::Expected(Expected::True))),
        }
    }

    /// Reads false, true or null.
    pub(super) fn simple(&mut self) -> Result<Option<bool>, CodecError> {
        match self.expect(SIMPLE, Expected::Value)? {
            FALSE => Ok(Some(false)),
            TRUE => Ok(Some(true)),
            // The head refuses every other simple value, so this is null.
            _ => Ok(None),
        }
    }

    /// Returns whether the next item is null, which is then consumed.
    pub(super) fn is_null(&mut self) -> Result<bool, CodecError> {
        let mut ahead = self.clone();
        match ahead.head()? {
            Head {
                major: SIMPLE,
                argument: NULL,
            } => {
                *self = ahead;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Reads `count` items that strictly ascend by their encoded bytes.
    pub(super) fn sorted<T>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Vec<T>, CodecError> {
        let mut order = Ascending::default();
        self.items(count, |r| order.next(r, &mut read))
    }

    /// Reads `count` items.
    pub(crate) fn items<T>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Vec<T>, CodecError> {
        // A stranger may claim more items than follow. Room is made for 16 at most, which most
        // arrays have; it grows with the items that do follow.
        let mut items = Vec::with_capacity(count.min(16));
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }

    /// Reads a head of this major type. Returns its argument.
    fn expect(&mut self, major: u8, wanted: Expected) -> Result<u64, CodecError> {
        let start = self.position();
        let head = self.head()?;
        if head.major == major {
            Ok(head.argument)
        } else {
            Err(error_at(start, CodecErrorKind::Expected(wanted)))
        }
    }

    /// Reads a head, which must be in its shortest form (RFC 8949 section 3).
    #[inline]
    fn head(&mut self) -> Result<Head, CodecError> {
        tally::count(1);
        let start = self.position();
        let [first] = self.array_of::<1>()?;
        let (major, short) = (first >> 5, first & 0x1f);
        // Most heads have one byte.
        if short < 24 && major != SIMPLE {
            return Ok(Head {
                major,
                argument: u64::from(short),
            });
        }
        self.long_head(start, major, short)
    }

    /// Reads the rest of a head that began at `start`.
    fn long_head(&mut self, start: usize, major: u8, short: u8) -> Result<Head, CodecError> {
        // `least` is the least argument that needs a head of this length.
        let (argument, least) = match short {
            0..=23 => (u64::from(short), 0),
            // No simple value above 23 is accepted, and 25 to 27 are floats of 2, 4 and 8 bytes.
            24..=27 if major == SIMPLE => {
                return Err(error_at(
                    start,
                    if short == 24 {
                        CodecErrorKind::Reserved
                    } else {
                        CodecErrorKind::Float
                    },
                ));
            }
            24 => (u64::from(u8::from_be_bytes(self.array_of()?)), 24),
            25 => (u64::from(u16::from_be_bytes(self.array_of()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.array_of()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.array_of()?), 1 << 32),
            31 => return Err(error_at(start, CodecErrorKind::Indefinite)),
            // 28 to 30, which RFC 8949 reserves.
            _ => return Err(error_at(start, CodecErrorKind::Reserved)),
        };
        if argument < least {
            return Err(error_at(start, CodecErrorKind::NotShortest));
        }
        if major == SIMPLE && !(FALSE..=NULL).contains(&argument) {
            return Err(error_at(start, CodecErrorKind::Reserved));
        }
        Ok(Head { major, argument })
    }

    #[inline]
    fn array_of<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        match self.rest.split_first_chunk() {
            Some((array, rest)) => {
                self.rest = rest;
                Ok(*array)
            }
            None => Err(error_at(self.end, CodecErrorKind::Truncated)),
        }
    }

    /// Takes the content of a text or byte string that began at `start`.
    fn take(&mut self, start: usize, length: u64, max: usize) -> Result<&'a [u8], CodecError> {
        // The bound comes before the bytes are looked for. A length that does not fit is above it.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > max {
            return Err(error_at(start, CodecErrorKind::TooLarge { max }));
        }
        match self.rest.split_at_checked(length) {
            Some((slice, rest)) => {
                tally::bulk(length);
                self.rest = rest;
                Ok(slice)
            }
            None => Err(error_at(self.end, CodecErrorKind::Truncated)),
        }
    }
}

/// Checks the number of items of an array or map that began at `start`.
fn count(start: usize, length: u64, max: usize) -> Result<usize, CodecError> {
    match usize::try_from(length) {
        Ok(length) if length <= max => Ok(length),
        _ => Err(error_at(start, CodecErrorKind::TooMany { max })),
    }
}

/// Makes an error. Errors are rare, so the compiler keeps this out of the way.
#[cold]
fn error_at(at: usize, kind: impl Into<CodecErrorKind>) -> CodecError {
    CodecError {
        at,
        kind: kind.into(),
    }
}

/// The entries of an open map, whose keys strictly ascend by their encoded bytes.
pub(super) struct Entries<'a> {
    left: usize,
    order: Ascending<'a>,
}

impl<'a> Entries<'a> {
    /// Returns the number of entries not read yet.
    pub(super) const fn left(&self) -> usize {
        self.left
    }

    /// Reads the next key; `None` after the last entry. The caller then reads the value.
    pub(super) fn next<K>(
        &mut self,
        reader: &mut Reader<'a>,
        read: impl FnOnce(&mut Reader<'a>) -> Result<K, CodecError>,
    ) -> Result<Option<K>, CodecError> {
        match self.left.checked_sub(1) {
            None => Ok(None),
            Some(left) => {
                self.left = left;
                self.order.next(reader, read).map(Some)
            }
        }
    }

    /// Reads the next key, which is an integer.
    pub(super) fn next_key(&mut self, reader: &mut Reader<'a>) -> Result<Option<i64>, CodecError> {
        self.next(reader, |reader| {
            let start = reader.position();
            let head = reader.head()?;
            match (head.major, i64::try_from(head.argument)) {
                (UNSIGNED, Ok(key)) => Ok(key),
                // −1 − n, which is n with every bit inverted.
                (NEGATIVE, Ok(below)) => Ok(!below),
                _ => Err(error_at(start, CodecErrorKind::Expected(Expected::Integer))),
            }
        })
    }
}

/// The check that items strictly ascend by their encoded bytes.
#[derive(Default)]
struct Ascending<'a> {
    previous: Option<&'a [u8]>,
}

impl<'a> Ascending<'a> {
    /// Reads the next item, and compares its bytes with those of the item before.
    fn next<T>(
        &mut self,
        reader: &mut Reader<'a>,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let start = reader.position();
        let (item, bytes) = reader.with_bytes(read)?;
        tally::bulk(bytes.len());
        match self.previous.map(|previous| previous.cmp(bytes)) {
            Some(std::cmp::Ordering::Equal) => {
                return Err(error_at(start, CodecErrorKind::Duplicate));
            }
            Some(std::cmp::Ordering::Greater) => {
                return Err(error_at(start, CodecErrorKind::Unsorted));
            }
            Some(std::cmp::Ordering::Less) | None => self.previous = Some(bytes),
        }
        Ok(item)
    }
}
