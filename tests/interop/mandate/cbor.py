"""Deterministic CBOR: the reader that accepts one spelling, and the writer of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .number import MAX_EXPONENT, Number
from .refused import Malformed

T = TypeVar("T")

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
FALSE, TRUE, NULL = 20, 21, 22
POSITIVE_BIGNUM, NEGATIVE_BIGNUM, DECIMAL_FRACTION = 2, 3, 4

Value = None | bool | Number | str | bytes | list["Value"] | dict[str, "Value"]


def malformed(code: str) -> Malformed:
    return Malformed(code)


class Reader:
    """A position in bytes. Whatever is read must be in its one spelling."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def end(self) -> None:
        if self.at != len(self.data):
            raise malformed("NotDeterministic")

    def take(self, length: int) -> bytes:
        chunk = self.data[self.at : self.at + length]
        if len(chunk) != length:
            raise malformed("Truncated")
        self.at += length
        return chunk

    def head(self) -> tuple[int, int]:
        """Major type and argument of the next item, in the shortest form (RFC 8949 section 4.2.1)."""
        first = self.take(1)[0]
        major, short = first >> 5, first & 31
        if short < 24:
            argument = short
        elif major == SIMPLE or short > 27:
            # Floats, simple values of two bytes, reserved heads, indefinite lengths.
            raise malformed("NotDeterministic")
        else:
            width = 1 << (short - 24)
            argument = int.from_bytes(self.take(width), "big")
            least = 24 if width == 1 else 1 << (4 * width)
            if argument < least:
                raise malformed("NotDeterministic")
        if major == SIMPLE and argument not in (FALSE, TRUE, NULL):
            raise malformed("NotDeterministic")
        return major, argument

    def peek(self) -> tuple[int, int]:
        start = self.at
        try:
            return self.head()
        finally:
            self.at = start

    def expect(self, wanted: int) -> int:
        major, argument = self.head()
        if major != wanted:
            raise malformed("UnexpectedItem")
        return argument

    def unsigned(self) -> int:
        return self.expect(UNSIGNED)

    def positive(self) -> int:
        """A number whose default is zero, which is never spelled out."""
        number = self.unsigned()
        if number == 0:
            raise malformed("NotDeterministic")
        return number

    def integer(self) -> int:
        major, argument = self.head()
        if major == UNSIGNED:
            return argument
        if major == NEGATIVE:
            return -1 - argument
        raise malformed("UnexpectedItem")

    def bytes(self, most: int) -> bytes:
        return self._chunk(BYTES, most)

    def bytes_of(self, length: int) -> bytes:
        chunk = self.bytes(length)
        if len(chunk) != length:
            raise malformed("UnexpectedItem")
        return chunk

    def text(self, most: int) -> str:
        try:
            return self._chunk(TEXT, most).decode("utf-8")
        except UnicodeDecodeError:
            raise malformed("NotDeterministic") from None

    def _chunk(self, major: int, most: int) -> bytes:
        length = self.expect(major)
        if length > most:
            raise malformed("OutOfBounds")
        return self.take(length)

    def array(self, least: int, most: int) -> int:
        length = self.expect(ARRAY)
        if length > most:
            raise malformed("OutOfBounds")
        if length < least:
            raise malformed("UnexpectedItem")
        return length

    def array_of(self, length: int) -> None:
        if self.array(0, length) != length:
            raise malformed("UnexpectedItem")

    def map(self, most: int) -> Entries:
        length = self.expect(MAP)
        if length > most:
            raise malformed("OutOfBounds")
        return Entries(self, length)

    def tag(self, expected: int) -> None:
        if self.head() != (TAG, expected):
            raise malformed("UnexpectedItem")

    def null(self) -> None:
        if self.head() != (SIMPLE, NULL):
            raise malformed("UnexpectedItem")

    def is_null(self) -> bool:
        """Whether null comes next, which is then consumed."""
        if self.peek() != (SIMPLE, NULL):
            return False
        self.head()
        return True

    def flag(self) -> bool:
        """True. A flag that is false is absent."""
        head = self.head()
        if head == (SIMPLE, TRUE):
            return True
        raise malformed("NotDeterministic" if head == (SIMPLE, FALSE) else "UnexpectedItem")

    def items(self, count: int, read: Callable[[Reader], T]) -> list[T]:
        return [read(self) for _ in range(count)]

    def sorted(self, count: int, read: Callable[[Reader], T]) -> list[T]:
        """Items whose encodings ascend strictly."""
        order = Ascending(self)
        return [order.next(read) for _ in range(count)]


class Ascending:
    """Encodings that ascend strictly, byte by byte."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.previous: bytes | None = None

    def next(self, read: Callable[[Reader], T]) -> T:
        start = self.reader.at
        item = read(self.reader)
        encoded = self.reader.data[start : self.reader.at]
        if self.previous is not None and encoded <= self.previous:
            raise malformed("NotDeterministic")
        self.previous = encoded
        return item


class Entries:
    """The entries of a map that was opened: the caller reads each value after its key."""

    def __init__(self, reader: Reader, left: int) -> None:
        self.left = left
        self.order = Ascending(reader)

    def next(self, read: Callable[[Reader], T]) -> T | None:
        if self.left == 0:
            return None
        self.left -= 1
        return self.order.next(read)

    def next_key(self) -> int | None:
        return self.next(_key)


def _key(reader: Reader) -> int:
    major, argument = reader.head()
    if major not in (UNSIGNED, NEGATIVE) or argument >= 1 << 63:
        raise malformed("UnexpectedItem")
    return argument if major == UNSIGNED else -1 - argument


def read_number(r: Reader) -> Number:
    """An integer, big only where it must be, or a decimal fraction that is no integer of 128 bits."""
    if r.peek() != (TAG, DECIMAL_FRACTION):
        return Number(read_integer(r))
    r.head()
    r.array_of(2)
    exponent = r.integer()
    coefficient = read_integer(r)
    if exponent == 0 or coefficient % 10 == 0:
        raise malformed("NotDeterministic")
    if abs(exponent) > MAX_EXPONENT:
        raise malformed("InvalidValue")
    if Number.new(coefficient, exponent) != Number(coefficient, exponent):
        raise malformed("NotDeterministic")
    return Number(coefficient, exponent)


def read_integer(r: Reader) -> int:
    major, argument = r.peek()
    if major in (UNSIGNED, NEGATIVE):
        return r.integer()
    if major != TAG or argument not in (POSITIVE_BIGNUM, NEGATIVE_BIGNUM):
        raise malformed("UnexpectedItem")
    r.head()
    magnitude = r.bytes(16)
    if len(magnitude) < 9 or magnitude[0] == 0:
        raise malformed("NotDeterministic")
    number = int.from_bytes(magnitude, "big")
    if number >= 1 << 127:
        raise malformed("InvalidValue")
    return number if argument == POSITIVE_BIGNUM else -1 - number


def head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for short, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * width):
            return bytes([major << 5 | short]) + argument.to_bytes(width, "big")
    raise OverflowError(argument)


def integer(number: int) -> bytes:
    if 0 <= number < 1 << 64:
        return head(UNSIGNED, number)
    if -(1 << 64) <= number < 0:
        return head(NEGATIVE, -1 - number)
    tag, magnitude = (POSITIVE_BIGNUM, number) if number > 0 else (NEGATIVE_BIGNUM, -1 - number)
    return head(TAG, tag) + byte_string(magnitude.to_bytes((magnitude.bit_length() + 7) // 8, "big"))


def byte_string(data: bytes) -> bytes:
    return head(BYTES, len(data)) + data


def text(data: str) -> bytes:
    encoded = data.encode("utf-8")
    return head(TEXT, len(encoded)) + encoded


def array(items: list[bytes]) -> bytes:
    return head(ARRAY, len(items)) + b"".join(items)


def number(value: Number) -> bytes:
    if value.exponent == 0:
        return integer(value.coefficient)
    return head(TAG, DECIMAL_FRACTION) + array([integer(value.exponent), integer(value.coefficient)])


def encode(value: Value) -> bytes:
    """The one encoding of a value."""
    if value is None:
        return head(SIMPLE, NULL)
    if isinstance(value, bool):
        return head(SIMPLE, TRUE if value else FALSE)
    if isinstance(value, Number):
        return number(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return byte_string(value)
    if isinstance(value, list):
        return array([encode(item) for item in value])
    entries = sorted((text(key), encode(item)) for key, item in value.items())
    return head(MAP, len(entries)) + b"".join(key + item for key, item in entries)
