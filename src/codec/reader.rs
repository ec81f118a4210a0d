//! A pull reader for the one deterministic spelling of CBOR. It holds a position and nothing else,
//! allocates nothing, and never skips: what a caller does not ask for is an error, so the depth of
//! recursion is the callers' to bound.

use super::error::{CodecError, CodecErrorKind, Expected, InvalidValue};
use crate::primitives::tally;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

const FALSE: u64 = 20;
const TRUE: u64 = 21;
const NULL: u64 = 22;

/// What comes next, by its head: major type and argument.
#[derive(Clone, Copy)]
struct LogHead {
    major: u8,
    argument: u64,
}

/// The kinds of item a value may be.
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
    /// What is still to be read.
    rest: &'a [u8],
    /// Where that ends in the bytes that errors are about.
    end: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self::nested(bytes, 0)
    }

    /// A reader of `inner`, which starts `origin` bytes into what errors are about.
    pub(super) const fn nested(inner: &'a [u8], origin: usize) -> Self {
        Self {
            rest: inner,
            end: origin.saturating_add(inner.len()),
        }
    }

    /// The offset of the next item in what errors are about.
    pub(crate) const fn position(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    pub(super) fn fail<T>(&self, kind: impl Into<CodecErrorKind>) -> Result<T, CodecError> {
        Err(error_at(self.position(), kind))
    }

    /// Reads with `read` and then makes `T` of it; an error is placed at the item that was read.
    pub(super) fn make<R, T, E: Into<InvalidValue>>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<R, CodecError>,
        make: impl FnOnce(R) -> Result<T, E>,
    ) -> Result<T, CodecError> {
        let start = self.position();
        let raw = read(self)?;
        make(raw).map_err(|error| error_at(start, error.into()))
    }

    /// Ends the reading.
    pub(crate) fn end(&self) -> Result<(), CodecError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            self.fail(CodecErrorKind::TrailingBytes)
        }
    }

    /// Runs `read` and returns its result with the bytes it consumed.
    pub(crate) fn with_bytes<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<(T, &'a [u8]), CodecError> {
        let before = self.rest;
        let value = read(self)?;
        let consumed = before.len().saturating_sub(self.rest.len());
        Ok((value, before.get(..consumed).unwrap_or_default()))
    }

    /// What kind of item comes next.
    pub(super) fn peek(&self) -> Result<Next, CodecError> {
        match self.clone().head()?.major {
            UNSIGNED | NEGATIVE => Ok(Next::Integer),
            BYTES => Ok(Next::Bytes),
            TEXT => Ok(Next::Text),
            ARRAY => Ok(Next::Array),
            MAP => Ok(Next::Map),
            TAG => Ok(Next::Tag),
            _ => Ok(Next::Simple),
        }
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, CodecError> {
        self.expect(UNSIGNED, Expected::UnsignedInteger)
    }

    /// A number whose default is zero, which is never spelled out.
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

    /// A byte string of just so many bytes.
    pub(super) fn chunk_of<const N: usize>(&mut self) -> Result<&'a [u8; N], CodecError> {
        let start = self.position();
        let bytes = self.bytes(N)?;
        bytes
            .try_into()
            .map_err(|_| error_at(start, CodecErrorKind::Expected(Expected::BytesOfLength(N))))
    }

    /// A byte string whose content `read` makes something of; its errors are placed in what errors
    /// are about.
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

    /// Opens an array of `min` to `max` items and returns how many.
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

    /// Opens an array of just so many items.
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
            LogHead {
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
            LogHead {
                major: SIMPLE,
                argument: NULL,
            } => Ok(()),
            _ => Err(error_at(start, CodecErrorKind::Expected(Expected::Null))),
        }
    }

    /// `true`; a flag that is absent is false, so false itself is never written.
    pub(super) fn true_flag(&mut self) -> Result<(), CodecError> {
        let start = self.position();
        match self.head()? {
            LogHead {
                major: SIMPLE,
                argument: TRUE,
            } => Ok(()),
            LogHead {
                major: SIMPLE,
                argument: FALSE,
            } => Err(error_at(start, CodecErrorKind::DefaultSpelled)),
            _ => Err(error_at(start, CodecErrorKind::Expected(Expected::True))),
        }
    }

    /// False, true or null.
    pub(super) fn simple(&mut self) -> Result<Option<bool>, CodecError> {
        match self.expect(SIMPLE, Expected::Value)? {
            FALSE => Ok(Some(false)),
            TRUE => Ok(Some(true)),
            _ => Ok(None),
        }
    }

    /// Whether null comes next, which is then consumed.
    pub(super) fn is_null(&mut self) -> Result<bool, CodecError> {
        let mut ahead = self.clone();
        match ahead.head()? {
            LogHead {
                major: SIMPLE,
                argument: NULL,
            } => {
                *self = ahead;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Reads `count` items that ascend strictly by their encoded bytes.
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
        // A stranger may claim more than follow, so room is made only for as many as are common.
        let mut items = Vec::with_capacity(count.min(16));
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }

    fn expect(&mut self, major: u8, wanted: Expected) -> Result<u64, CodecError> {
        let start = self.position();
        let head = self.head()?;
        if head.major == major {
            Ok(head.argument)
        } else {
            Err(error_at(start, CodecErrorKind::Expected(wanted)))
        }
    }

    /// A head in its shortest form (RFC 8949 section 3). Simple values have an argument below 24
    /// here.
    #[inline]
    fn head(&mut self) -> Result<LogHead, CodecError> {
        tally::count(1);
        let start = self.position();
        let [first] = self.array_of::<1>()?;
        let (major, short) = (first >> 5, first & 0x1f);
        // Most heads are of one byte.
        if short < 24 && major != SIMPLE {
            return Ok(LogHead {
                major,
                argument: u64::from(short),
            });
        }
        self.long_head(start, major, short)
    }

    /// The rest of a head that began at `start`.
    fn long_head(&mut self, start: usize, major: u8, short: u8) -> Result<LogHead, CodecError> {
        let (argument, least) = match short {
            0..=23 => (u64::from(short), 0),
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
            _ => return Err(error_at(start, CodecErrorKind::Reserved)),
        };
        if argument < least {
            return Err(error_at(start, CodecErrorKind::NotShortest));
        }
        if major == SIMPLE && !(FALSE..=NULL).contains(&argument) {
            return Err(error_at(start, CodecErrorKind::Reserved));
        }
        Ok(LogHead { major, argument })
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

    fn take(&mut self, start: usize, length: u64, max: usize) -> Result<&'a [u8], CodecError> {
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

/// How many items an array or map that began at `start` has.
fn count(start: usize, length: u64, max: usize) -> Result<usize, CodecError> {
    match usize::try_from(length) {
        Ok(length) if length <= max => Ok(length),
        _ => Err(error_at(start, CodecErrorKind::TooMany { max })),
    }
}

#[cold]
fn error_at(at: usize, kind: impl Into<CodecErrorKind>) -> CodecError {
    CodecError {
        at,
        kind: kind.into(),
    }
}

/// The entries of an open map, whose keys ascend strictly by their encoded bytes.
pub(super) struct Entries<'a> {
    left: usize,
    order: Ascending<'a>,
}

impl<'a> Entries<'a> {
    pub(super) const fn left(&self) -> usize {
        self.left
    }

    /// The next key, read with `read`; `None` after the last entry.
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

    /// The next integer key.
    pub(super) fn next_key(&mut self, reader: &mut Reader<'a>) -> Result<Option<i64>, CodecError> {
        self.next(reader, |reader| {
            let start = reader.position();
            let head = reader.head()?;
            match (head.major, i64::try_from(head.argument)) {
                (UNSIGNED, Ok(key)) => Ok(key),
                // −1 − n, which is n with every bit turned.
                (NEGATIVE, Ok(below)) => Ok(!below),
                _ => Err(error_at(start, CodecErrorKind::Expected(Expected::Integer))),
            }
        })
    }
}

/// Strictly ascending encoded bytes.
#[derive(Default)]
struct Ascending<'a> {
    previous: Option<&'a [u8]>,
}

impl<'a> Ascending<'a> {
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
