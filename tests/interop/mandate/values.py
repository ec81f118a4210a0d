"""Values: their types, their bounds, and sets of them."""

from __future__ import annotations

from dataclasses import dataclass

from . import bounds, cbor
from .cbor import Reader, Value, malformed
from .number import Number
from .refused import Unreadable, Work

TYPES = ("null", "bool", "number", "text", "bytes", "list", "map")
ALL_TYPES = frozenset(TYPES)


def type_of(value: Value) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "bool"), (Number, "number"), (str, "text"), (bytes, "bytes"), (list, "list")):
        if isinstance(value, kind):
            return name
    return "map"


def read_value(r: Reader) -> Value:
    """A value of a mandate, within the bounds of one."""
    return _read(r, bounds.VALUE_DEPTH, [bounds.VALUE_NODES])


def _read(r: Reader, depth: int, nodes: list[int]) -> Value:
    if depth == 0:
        raise malformed("OutOfBounds")
    if nodes[0] == 0:
        raise malformed("InvalidValue")
    nodes[0] -= 1
    major, _ = r.peek()
    if major in (cbor.UNSIGNED, cbor.NEGATIVE, cbor.TAG):
        return cbor.read_number(r)
    if major == cbor.BYTES:
        return r.bytes(bounds.VALUE_BYTES)
    if major == cbor.TEXT:
        return r.text(bounds.VALUE_BYTES)
    if major == cbor.ARRAY:
        count = r.array(0, bounds.VALUE_NODES)
        return r.items(count, lambda r: _read(r, depth - 1, nodes))
    if major == cbor.MAP:
        entries = r.map(bounds.VALUE_NODES)
        values: dict[str, Value] = {}
        while (key := entries.next(lambda r: r.text(bounds.KEY_BYTES))) is not None:
            values[key] = _read(r, depth - 1, nodes)
        return values
    _, simple = r.head()
    return {cbor.FALSE: False, cbor.TRUE: True, cbor.NULL: None}[simple]


class Extent:
    """How much of the bounds of arguments is taken up. What is beyond makes a case unreadable."""

    def __init__(self) -> None:
        self.nodes = 0
        self.bytes = 0

    def add(self, value: Value, depth: int = 1) -> None:
        self.nodes += 1
        if depth > bounds.VALUE_DEPTH or self.nodes > bounds.VALUE_NODES:
            raise Unreadable("value")
        if isinstance(value, str):
            self.add_bytes(len(value.encode()))
        elif isinstance(value, bytes):
            self.add_bytes(len(value))
        elif isinstance(value, list):
            for item in value:
                self.add(item, depth + 1)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.add_key(key)
                self.add(item, depth + 1)

    def add_key(self, key: str) -> None:
        if len(key.encode()) > bounds.KEY_BYTES:
            raise Unreadable("key")
        self.add_bytes(len(key.encode()))

    def add_bytes(self, length: int) -> None:
        self.bytes += length
        if length > bounds.VALUE_BYTES or self.bytes > bounds.ARGUMENT_BYTES:
            raise Unreadable("bytes")


def size_of_arguments(arguments: dict[str, Value]) -> int:
    """Bytes of texts, byte strings and names, and one for each value; Unreadable beyond the bounds of a call."""
    if len(arguments) > bounds.ARGUMENT_RULES:
        raise Unreadable("arguments")
    extent = Extent()
    for name, value in arguments.items():
        extent.add_key(name)
        extent.add(value)
    return extent.bytes + extent.nodes


def log2(count: int) -> int:
    """The logarithm, rounded down; 0 of nothing."""
    return max(count.bit_length() - 1, 0)


@dataclass(frozen=True)
class ValueSet:
    """1 to 256 values of one type, in the order of their encodings."""

    values: tuple[Value, ...]
    encoded: tuple[bytes, ...]

    @staticmethod
    def new(values: list[Value]) -> ValueSet:
        """The set of values that are in bounds; ValueError when it can't be one."""
        by_encoding = {cbor.encode(value): value for value in values}
        encoded = sorted(by_encoding)
        types = {type_of(value) for value in values}
        if not 1 <= len(encoded) <= bounds.MEMBERS or len(types) != 1:
            raise ValueError("set")
        return ValueSet(tuple(by_encoding[each] for each in encoded), tuple(encoded))

    @property
    def type(self) -> str:
        return type_of(self.values[0])

    @property
    def longest(self) -> int:
        return max(len(each) for each in self.encoded)

    def holds(self, value: Value, work: Work) -> bool:
        """Whether a value is a member, for the steps of a binary search over encodings."""
        if type_of(value) != self.type:
            return False
        work.spend(16)
        if isinstance(value, (str, bytes)):
            length = len(value.encode()) if isinstance(value, str) else len(value)
            if length > self.longest:
                return False
        elif isinstance(value, (list, dict)):
            if _fits(value, self.longest, work) is None:
                return False
            work.spend(8)
        halves = log2(len(self.encoded)) + 2
        comparison = 4 if self.longest <= 8 else (self.longest >> 6) + 8
        work.spend(halves * comparison)
        return cbor.encode(value) in self.encoded

    def all_among(self, items: list[Value], work: Work) -> bool:
        """Whether every member is one of the items. Ends with the item that completes the set."""
        missing = set(self.encoded)
        work.spend(1)
        for item in items:
            work.spend(1)
            if self.holds(item, work):
                missing.discard(cbor.encode(item))
                if not missing:
                    return True
        return False

    def is_within(self, other: ValueSet, work: Work) -> bool:
        if len(self.encoded) > len(other.encoded):
            return False
        work.spend(len(other.encoded) * ((other.longest >> 6) + 3))
        return set(self.encoded) <= set(other.encoded)

    def read_back(self, work: Work) -> list[Value]:
        """The members, for the steps of making each of its encoding."""
        work.spend(len(self.encoded) + 8)
        for value in self.values:
            _count_reading(value, work)
        return list(self.values)


def _fits(value: Value, room: int, work: Work) -> int | None:
    """What is left of the room for an encoding, by a count of its parts; None when it is too little."""

    def takes(length: int, room: int) -> int | None:
        work.spend((length >> 6) + 3)
        return room - length if length <= room else None

    if isinstance(value, str):
        return takes(len(value.encode()) + 1, room)
    if isinstance(value, bytes):
        return takes(len(value) + 1, room)
    left = takes(1, room)
    if left is None or not isinstance(value, (list, dict)):
        return left
    if len(value) > left:
        return None
    if isinstance(value, list):
        for item in value:
            left = _fits(item, left, work)
            if left is None:
                return None
        return left
    work.spend(len(value) * log2(len(value)) * 2 + 8)
    for key in sorted(value):
        left = takes(len(key.encode()) + 1, left)
        left = None if left is None else _fits(value[key], left, work)
        if left is None:
            return None
    return left


def _count_reading(value: Value, work: Work) -> None:
    work.spend(4)
    if isinstance(value, (str, bytes)):
        length = len(value.encode()) if isinstance(value, str) else len(value)
        work.spend((length >> 6) + 8)
    elif isinstance(value, list):
        work.spend(8)
        for item in value:
            _count_reading(item, work)
    elif isinstance(value, dict):
        work.spend(32)
        for key, item in value.items():
            work.spend((len(key.encode()) >> 6) + 8)
            work.spend(32)
            _count_reading(item, work)
