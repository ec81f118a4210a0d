"""JSON: exact values, and the forms of powers and charges."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import TypeVar

from . import bounds
from .cbor import Value
from .constraints import (
    EFFECTS,
    AllOf,
    Any,
    AnyOf,
    Capability,
    Constraint,
    Contains,
    Each,
    End,
    HostUnder,
    InNetwork,
    NoneOf,
    OneOf,
    PathUnder,
    Powers,
    Range,
    Record,
    Rules,
    TextPattern,
    UrlUnder,
    depth,
)
from .ed25519 import is_key
from .grammars import ANY_PORT, Network, UrlRule, is_host, is_path, is_pattern
from .ledger import Charge, Latch, Pace, Spend
from .names import is_name
from .number import NotANumber, Number
from .refused import Unreadable
from .tools import Pattern
from .values import Extent, ValueSet

T = TypeVar("T")

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_HEX = re.compile(r"([0-9a-f]{2})*")


def read(text: str) -> Value:
    """A JSON text with exact numbers; no key comes twice; `{"$bytes": …}` is a byte string."""
    if len(text.encode()) > bounds.JSON_BYTES:
        raise Unreadable("too large")
    try:
        value: Value = json.loads(
            text, object_pairs_hook=_object, parse_int=Number.parse, parse_float=Number.parse, parse_constant=_no_constant
        )
    except (NotANumber, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from None
    if _nesting(value) > bounds.JSON_DEPTH:
        raise Unreadable("too deep")
    return value


def _no_constant(name: str) -> Value:
    raise Unreadable(name)


def _object(pairs: list[tuple[str, Value]]) -> Value:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise Unreadable("a key twice")
    if "$bytes" not in entries:
        return entries
    if len(entries) > 1:
        raise Unreadable("$bytes")
    return base64url(text(entries["$bytes"]), bounds.VALUE_BYTES)


def _nesting(value: Value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_nesting, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_nesting, value), default=0)
    return 2 if isinstance(value, bytes) else 1


def base64url(text: str, most: int | None = None) -> bytes:
    """The bytes of base64url without padding; no stray bits."""
    if (most is not None and len(text) > (most * 8 + 5) // 6) or not _BASE64URL.fullmatch(text):
        raise Unreadable("base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise Unreadable("base64url") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Unreadable("base64url")
    return data


def hex_of(text: str, length: int) -> bytes:
    if not _HEX.fullmatch(text) or len(text) != 2 * length:
        raise Unreadable("hex")
    return bytes.fromhex(text)


class Fields:
    """The entries of an object, each taken once; what is left at the end is not known."""

    def __init__(self, value: Value) -> None:
        if not isinstance(value, dict):
            raise Unreadable("an object")
        self.left = dict(value)

    def optional(self, key: str, read: Callable[[Value], T], default: T) -> T:
        return read(self.left.pop(key)) if key in self.left else default

    def required(self, key: str, read: Callable[[Value], T]) -> T:
        if key not in self.left:
            raise Unreadable(key)
        return read(self.left.pop(key))

    def kind(self) -> tuple[str, Value]:
        """The only entry that is left, which names a kind."""
        if len(self.left) != 1:
            raise Unreadable("kind")
        return next(iter(self.left.items()))

    def end(self) -> None:
        if self.left:
            raise Unreadable(f"unknown: {sorted(self.left)}")


def text(value: Value) -> str:
    if not isinstance(value, str):
        raise Unreadable("a text")
    return value


def flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("true or false")
    return value


def only_true(value: Value) -> bool:
    if value is not True:
        raise Unreadable("only true")
    return value


def items(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise Unreadable("a list")
    return value


def mapping(value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise Unreadable("an object")
    return value


def exact(value: Value) -> Number:
    if not isinstance(value, Number):
        raise Unreadable("a number")
    return value


def whole(value: Value) -> int:
    number = exact(value)
    integer = number.to_integer()
    if integer is None or not 0 <= integer < 1 << 64:
        raise Unreadable("a whole number")
    return integer


def time(value: Value) -> int:
    seconds = whole(value)
    if seconds > bounds.TIMESTAMP:
        raise Unreadable("a time")
    return seconds


def name(value: Value) -> str:
    if not is_name(text(value)):
        raise Unreadable("a name")
    return text(value)


def key(value: Value) -> bytes:
    data = base64url(text(value), 32)
    if not is_key(data):
        raise Unreadable("a key")
    return data


def effect(value: Value) -> int:
    if text(value) not in EFFECTS:
        raise Unreadable("an effect")
    return EFFECTS[text(value)]


# Powers.


def powers(value: Value) -> Powers:
    try:
        capabilities = [_capability(each) for each in items(value)]
    except ValueError as error:
        raise Unreadable(str(error)) from None
    if len(capabilities) > bounds.CAPABILITIES:
        raise Unreadable("capabilities")
    return capabilities


def _capability(value: Value) -> Capability:
    fields = Fields(value)
    tool = fields.required("tool", lambda tool: Pattern.parse(text(tool)))
    ceiling = fields.required("effect", effect)
    rules = _rules(fields)
    is_delegable = fields.optional("delegable", flag, False)
    fields.end()
    return Capability(tool, ceiling, rules, is_delegable)


def _rules(fields: Fields) -> Rules:
    named: dict[str, tuple[bool, Constraint]] = {}
    for entry, is_required in (("args", True), ("optional", False)):
        for argument, form in fields.optional(entry, mapping, {}).items():
            if argument in named or len(argument.encode()) > bounds.KEY_BYTES:
                raise Unreadable(argument)
            named[argument] = (is_required, constraint(form))
    if len(named) > bounds.ARGUMENT_RULES:
        raise Unreadable("arguments")
    return Rules(named, fields.optional("open", flag, False))


def constraint(value: Value) -> Constraint:
    kind, content = Fields(value).kind()
    made = _constraint(kind, content)
    if depth(made) > bounds.CONSTRAINT_DEPTH:
        raise Unreadable("too deep")
    return made


def _constraint(kind: str, content: Value) -> Constraint:
    match kind:
        case "any":
            only_true(content)
            return Any()
        case "one_of":
            return OneOf(_set(content))
        case "none_of":
            return NoneOf.new(_set(content))
        case "range":
            return _range(content)
        case "pattern":
            return TextPattern(_checked(content, is_pattern))
        case "path_under":
            path = _checked(content, is_path)
            if len(path.encode()) > bounds.PATTERN_BYTES:
                raise Unreadable("path")
            return PathUnder(path)
        case "host_under":
            return HostUnder(_checked(content, is_host))
        case "url":
            return UrlUnder(_url(content))
        case "network":
            network = Network.parse(text(content))
            if network is None:
                raise Unreadable("network")
            return InNetwork(network)
        case "contains":
            return Contains(_set(content))
        case "each":
            return Each(constraint(content))
        case "record":
            fields = Fields(content)
            rules = _rules(fields)
            fields.end()
            return Record(rules)
        case "all_of" | "any_of":
            clauses = tuple(map(constraint, items(content)))
            if not 1 <= len(clauses) <= bounds.MEMBERS:
                raise Unreadable("clauses")
            return AllOf(clauses) if kind == "all_of" else AnyOf(clauses)
    raise Unreadable(kind)


def _checked(value: Value, is_right: Callable[[str], bool]) -> str:
    if not is_right(text(value)):
        raise Unreadable(text(value))
    return text(value)


def _set(value: Value) -> ValueSet:
    for each in items(value):
        Extent().add(each)
    return ValueSet.new(items(value))


def _range(value: Value) -> Range:
    fields = Fields(value)

    def end(inclusive: str, exclusive: str) -> End | None:
        included = fields.optional(inclusive, exact, None)
        excluded = fields.optional(exclusive, exact, None)
        if included is not None and excluded is not None:
            raise Unreadable(inclusive)
        if included is not None:
            return End(included, True)
        return None if excluded is None else End(excluded, False)

    low, high = end("min", "above"), end("max", "below")
    fields.end()
    return Range.new(low, high)


def _url(value: Value) -> UrlRule:
    def port(value: Value) -> int:
        if value == "any":
            return ANY_PORT
        number = whole(value)
        if not 1 <= number <= 65535:
            raise Unreadable("port")
        return number

    fields = Fields(value)
    schemes = fields.required("schemes", lambda schemes: list(map(text, items(schemes))))
    host = fields.required("host", lambda host: _checked(host, is_host))
    number = fields.optional("port", port, None)
    path = fields.optional("path_under", text, "/")
    fields.end()
    return UrlRule.new(schemes, host, number, path)


# Charges.


def charge(value: Value, now: int) -> tuple[Charge, int]:
    """A charge that was made before, and when."""
    fields = Fields(value)
    at = fields.optional("at", time, now)
    link, ledger, label = fields.required("link", whole), fields.required("ledger", name), fields.required("name", name)
    account = fields.required("account", lambda account: hex_of(text(account), 32))
    kind, content = fields.kind()
    demand = {"spend": _spend, "pace": _pace, "latch": _latch}.get(kind)
    if demand is None:
        raise Unreadable(kind)
    return Charge(link, ledger, account, label, demand(content)), at


def _spend(value: Value) -> Spend:
    def amount(value: Value) -> Number:
        if exact(value).units() is None:
            raise Unreadable("amount")
        return exact(value)

    def remember(value: Value) -> int:
        seconds = whole(value)
        if not 1 <= seconds <= bounds.REMEMBER:
            raise Unreadable("remember")
        return seconds

    fields = Fields(value)
    spend = Spend(
        fields.required("amount", amount),
        fields.required("max", amount),
        fields.optional("each", _period, None),
        fields.optional("remember", remember, None),
    )
    fields.end()
    return spend


PERIODS = ("day", "week", "month")


def _period(value: Value) -> int:
    if text(value) not in PERIODS:
        raise Unreadable("a period")
    return PERIODS.index(text(value))


def _pace(value: Value) -> Pace:
    fields = Fields(value)
    pace = Pace(fields.required("burst", whole), fields.required("per", whole))
    fields.end()
    if not (1 <= pace.burst <= bounds.BURST and 1 <= pace.per <= bounds.YEAR):
        raise Unreadable("pace")
    return pace


def _latch(value: Value) -> Latch:
    fields = Fields(value)
    latch = Latch(fields.required("group", whole))
    fields.end()
    return latch


def charge_form(charge: Charge) -> dict[str, Value]:
    """A charge as results say it."""
    demand: dict[str, Value]
    match charge.demand:
        case Spend(amount, most, period, remember):
            kind, demand = "spend", {"amount": amount, "max": most}
            if period is not None:
                demand["each"] = PERIODS[period]
            if remember is not None:
                demand["remember"] = Number(remember)
        case Pace(burst, per):
            kind, demand = "pace", {"burst": Number(burst), "per": Number(per)}
        case Latch(group):
            kind, demand = "latch", {"group": Number(group)}
    return {
        "link": Number(charge.link),
        "ledger": charge.ledger,
        "account": charge.account.hex(),
        "name": charge.name,
        kind: demand,
    }
