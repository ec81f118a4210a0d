"""Constraints, argument rules and capabilities: their shapes, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import bounds, cbor
from .cbor import Reader, malformed
from .grammars import ANY_PORT, Network, UrlRule, is_host, is_path, is_pattern
from .number import Number
from .tools import Pattern, read_pattern
from .values import ValueSet, read_value

READ, WRITE, IRREVERSIBLE = range(3)
EFFECTS = {"read": READ, "write": WRITE, "irreversible": IRREVERSIBLE}


@dataclass(frozen=True)
class Any:
    pass


@dataclass(frozen=True)
class OneOf:
    set: ValueSet


@dataclass(frozen=True)
class NoneOf:
    set: ValueSet

    @staticmethod
    def new(values: ValueSet) -> NoneOf:
        if len(values.values) == {"null": 1, "bool": 2}.get(values.type):
            raise ValueError("nothing is left")
        return NoneOf(values)


@dataclass(frozen=True)
class End:
    """One end of a range."""

    number: Number
    is_inclusive: bool


@dataclass(frozen=True)
class Range:
    low: End | None
    high: End | None

    @staticmethod
    def new(low: End | None, high: End | None) -> Range:
        if low and high:
            inclusive = low.is_inclusive and high.is_inclusive
            if low.number > high.number or (low.number == high.number and not inclusive):
                raise ValueError("empty range")
        return Range(low, high)

    def admits(self, number: Number) -> bool:
        above = not self.low or number > self.low.number or (self.low.is_inclusive and number == self.low.number)
        below = not self.high or number < self.high.number or (self.high.is_inclusive and number == self.high.number)
        return above and below

    def single(self) -> Number | None:
        """The one number within, if there is just one."""
        return self.low.number if self.low and self.high and self.low.number == self.high.number else None

    def covers(self, child: Range) -> bool:
        return _end_covers(self.low, child.low, 1) and _end_covers(self.high, child.high, -1)


def _end_covers(mine: End | None, child: End | None, inward: int) -> bool:
    """Whether the child's end lies at mine or further inward."""
    if mine is None:
        return True
    if child is None:
        return False
    if mine.number == child.number:
        return mine.is_inclusive or not child.is_inclusive
    return (mine.number < child.number) == (inward > 0)


@dataclass(frozen=True)
class TextPattern:
    text: str


@dataclass(frozen=True)
class PathUnder:
    path: str


@dataclass(frozen=True)
class HostUnder:
    host: str


@dataclass(frozen=True)
class UrlUnder:
    rule: UrlRule


@dataclass(frozen=True)
class InNetwork:
    network: Network


@dataclass(frozen=True)
class Contains:
    set: ValueSet


@dataclass(frozen=True)
class Each:
    inner: Constraint


@dataclass(frozen=True)
class Record:
    rules: Rules


@dataclass(frozen=True)
class AllOf:
    clauses: tuple[Constraint, ...]


@dataclass(frozen=True)
class AnyOf:
    clauses: tuple[Constraint, ...]


Constraint = (
    Any | OneOf | NoneOf | Range | TextPattern | PathUnder | HostUnder | UrlUnder | InNetwork | Contains | Each | Record | AllOf | AnyOf
)


@dataclass(frozen=True)
class Rules:
    """Rules for named arguments: a closed world, unless it is open."""

    named: dict[str, tuple[bool, Constraint]] = field(default_factory=dict)
    """By name: whether it is required, and what it may be."""
    is_open: bool = False

    def in_order(self) -> Iterator[tuple[str, bool, Constraint]]:
        """Name, whether it is required, constraint: by name."""
        for name in sorted(self.named):
            required, constraint = self.named[name]
            yield name, required, constraint


@dataclass(frozen=True)
class Capability:
    tool: Pattern
    effect: int
    rules: Rules
    is_delegable: bool


Powers = list[Capability]


def depth(constraint: Constraint) -> int:
    """How deep a constraint nests; a plain one is 1."""
    match constraint:
        case Each(inner):
            return 1 + depth(inner)
        case Record(rules):
            return 1 + max((depth(inner) for _, _, inner in rules.in_order()), default=0)
        case AllOf(clauses) | AnyOf(clauses):
            return 1 + max(map(depth, clauses))
    return 1


# Reading.

_REQUIRED, _OPTIONAL, _OPEN = 2, 3, 4


def read_powers(r: Reader) -> Powers:
    return r.items(r.array(0, bounds.CAPABILITIES), _read_capability)


def read_effect(r: Reader) -> int:
    effect = r.unsigned()
    if effect > IRREVERSIBLE:
        raise malformed("UnknownClaim")
    return effect


def _read_capability(r: Reader) -> Capability:
    entries = r.map(6)
    tool, effect, is_delegable, rules = None, None, False, Rules()
    while (key := entries.next_key()) is not None:
        if key == 0:
            tool = read_pattern(r)
        elif key == 1:
            effect = read_effect(r)
        elif key in (_REQUIRED, _OPTIONAL, _OPEN):
            rules = _read_rules_entry(r, key, rules, bounds.CONSTRAINT_DEPTH)
        elif key == 5:
            is_delegable = r.flag()
        else:
            raise malformed("UnknownClaim")
    if tool is None or effect is None:
        raise malformed("MissingClaim")
    return Capability(tool, effect, rules, is_delegable)


def _read_rules_entry(r: Reader, key: int, rules: Rules, depth_left: int) -> Rules:
    if key == _OPEN:
        return Rules(rules.named, r.flag())
    entries = r.map(bounds.ARGUMENT_RULES)
    if entries.left == 0:
        raise malformed("NotDeterministic")
    named = dict(rules.named)
    while (name := entries.next(lambda r: r.text(bounds.KEY_BYTES))) is not None:
        constraint = read_constraint(r, depth_left)
        if name in rules.named or len(named) >= bounds.ARGUMENT_RULES:
            raise malformed("InvalidValue")
        named[name] = (key == _REQUIRED, constraint)
    return Rules(named, rules.is_open)


def read_constraint(r: Reader, depth_left: int = bounds.CONSTRAINT_DEPTH) -> Constraint:
    if depth_left == 0:
        raise malformed("OutOfBounds")
    parts = r.array(1, 2)
    kind = r.unsigned()
    if kind > 13:
        raise malformed("UnknownClaim")
    if parts != (1 if kind == 0 else 2):
        raise malformed("UnexpectedItem")
    try:
        return _read_kind(r, kind, depth_left - 1)
    except ValueError:
        raise malformed("InvalidValue") from None


def _read_kind(r: Reader, kind: int, deeper: int) -> Constraint:
    match kind:
        case 0:
            return Any()
        case 1:
            return OneOf(_read_set(r))
        case 2:
            return NoneOf.new(_read_set(r))
        case 3:
            return _read_range(r)
        case 4:
            return TextPattern(_checked(r, is_pattern))
        case 5:
            return PathUnder(_checked(r, is_path))
        case 6:
            return HostUnder(_checked(r, is_host))
        case 7:
            return UrlUnder(_read_url(r))
        case 8:
            return InNetwork(_network(r.text(bounds.PATTERN_BYTES)))
        case 9:
            return Contains(_read_set(r))
        case 10:
            return Each(read_constraint(r, deeper))
        case 11:
            return Record(_read_record(r, deeper))
    clauses = tuple(r.items(r.array(0, bounds.MEMBERS), lambda r: read_constraint(r, deeper)))
    if not clauses:
        raise ValueError("no clause")
    return AllOf(clauses) if kind == 12 else AnyOf(clauses)


def _checked(r: Reader, is_right) -> str:  # type: ignore[no-untyped-def]
    text = r.text(bounds.PATTERN_BYTES)
    if not is_right(text):
        raise ValueError(text)
    return text


def _network(text: str) -> Network:
    network = Network.parse(text)
    if network is None:
        raise ValueError(text)
    return network


def _read_set(r: Reader) -> ValueSet:
    count = r.array(0, bounds.MEMBERS)
    return ValueSet.new(r.sorted(count, read_value))


def _read_range(r: Reader) -> Range:
    entries = r.map(2)
    ends: list[End | None] = [None, None]
    while (key := entries.next_key()) is not None:
        if not 0 <= key <= 3:
            raise malformed("UnknownClaim")
        end = End(cbor.read_number(r), key % 2 == 0)
        if ends[key // 2] is not None:
            raise malformed("NotDeterministic")
        ends[key // 2] = end
    return Range.new(*ends)


def _read_url(r: Reader) -> UrlRule:
    entries = r.map(4)
    schemes, host, port, path = None, None, None, "/"
    while (key := entries.next_key()) is not None:
        if key == 0:
            schemes = r.sorted(r.array(1, bounds.SCOPE_MEMBERS), lambda r: r.text(bounds.PATTERN_BYTES))
        elif key == 1:
            host = _checked(r, is_host)
        elif key == 2:
            port = ANY_PORT if r.is_null() else _read_port(r)
        elif key == 3:
            path = r.text(bounds.PATTERN_BYTES)
            if path == "/":
                raise malformed("NotDeterministic")
        else:
            raise malformed("UnknownClaim")
    if schemes is None or host is None:
        raise malformed("MissingClaim")
    if port == -1:
        raise ValueError("port 0")
    return UrlRule.new(schemes, host, port, path)


def _read_port(r: Reader) -> int:
    port = r.unsigned()
    if port > 65535:
        raise malformed("UnexpectedItem")
    return port or -1


def _read_record(r: Reader, deeper: int) -> Rules:
    entries = r.map(3)
    rules = Rules()
    while (key := entries.next_key()) is not None:
        if key not in (_REQUIRED, _OPTIONAL, _OPEN):
            raise malformed("UnknownClaim")
        rules = _read_rules_entry(r, key, rules, deeper)
    return rules
