"""Does a constraint admit a value, a capability permit a call? With the steps that each question takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from . import grammars
from .cbor import Value
from .constraints import (
    AllOf,
    Any,
    AnyOf,
    Capability,
    Constraint,
    Contains,
    Each,
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
)
from .grammars import Url, UrlRule
from .number import Number
from .refused import Work
from .values import type_of

T = TypeVar("T")

TOOL, EFFECT, UNKNOWN, MISSING, ARGUMENT = range(5)
"""How far a refused call came at a capability."""

CODES = {TOOL: "ToolNotPermitted", EFFECT: "EffectTooHigh", UNKNOWN: "ArgumentUnknown", MISSING: "ArgumentMissing"}


@dataclass(frozen=True)
class Action:
    """A call as powers are asked about it."""

    tool: str
    arguments: dict[str, Value]
    effect: int


@dataclass(frozen=True)
class Miss:
    """A refusal by one capability."""

    closeness: int
    constraint: Constraint | None = None
    value: Value = None


def permits(powers: Powers, action: Action, counts: Callable[[Capability], bool], work: Work) -> str | None:
    """None where a capability permits the call, else the code of the refusal that came closest."""
    closest = Miss(TOOL)
    for capability in filter(counts, powers):
        miss = _permits_one(capability, action, work)
        if miss is None:
            return None
        if miss.closeness > closest.closeness:
            closest = miss
    if closest.closeness < ARGUMENT:
        return CODES[closest.closeness]
    return "ArgumentRefused" if _is_canonical(closest, work) else "ArgumentNotCanonical"


def _permits_one(capability: Capability, action: Action, work: Work) -> Miss | None:
    work.spend(1)
    if not capability.tool.matches(action.tool):
        return Miss(TOOL)
    if action.effect > capability.effect:
        return Miss(EFFECT)
    return permits_named(capability.rules, action.arguments, work)


def permits_named(rules: Rules, named: dict[str, Value], work: Work) -> Miss | None:
    """One walk over rules and arguments, both by name: two steps for each comparison of names."""
    arguments = sorted(named)
    at, has_unknown = 0, False
    for name, is_required, constraint in rules.in_order():
        value: list[Value] = []
        while True:
            work.spend(2)
            if at < len(arguments) and arguments[at] < name:
                has_unknown = True
                at += 1
                continue
            if at < len(arguments) and arguments[at] == name:
                value.append(named[name])
                at += 1
            break
        if not value:
            if is_required:
                return Miss(MISSING)
        elif not admits(constraint, value[0], work):
            return Miss(ARGUMENT, constraint, value[0])
    if (has_unknown or at < len(arguments)) and not rules.is_open:
        return Miss(UNKNOWN)
    return None


def _is_canonical(miss: Miss, work: Work) -> bool:
    """Whether the spelling of a refused value is not at fault."""
    if not isinstance(miss.value, str):
        return True
    spelling = Spelling(miss.value)
    match miss.constraint:
        case PathUnder():
            return spelling.is_path(work)
        case HostUnder():
            return spelling.is_host(work)
        case UrlUnder():
            return spelling.url(work) is not None
        case InNetwork():
            return spelling.address(work) is not None
    return True


class Spelling:
    """A text's readings, each found out once, for the steps that it takes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.length = len(text.encode())
        self.known: dict[str, object] = {}

    def _once(self, name: str, steps: int, find: Callable[[str], T], work: Work) -> T:
        if name not in self.known:
            work.spend(steps)
            self.known[name] = find(self.text)
        return self.known[name]  # type: ignore[return-value]

    def is_path(self, work: Work) -> bool:
        return self._once("path", self.length + 1, grammars.is_path, work)

    def is_host(self, work: Work) -> bool:
        steps = 1 if self.length > 253 else (self.length >> 1) + 1
        return self._once("host", steps, grammars.is_host, work)

    def url(self, work: Work) -> Url | None:
        return self._once("url", 2 * self.length + 16, grammars.parse_url, work)

    def address(self, work: Work) -> grammars.Address | None:
        return self._once("address", 1 if self.length > 45 else 72, grammars.parse_address, work)


def admits(constraint: Constraint, value: Value, work: Work) -> bool:
    return _admits(constraint, value, Spelling(value) if isinstance(value, str) else None, work)


def _admits(constraint: Constraint, value: Value, spelling: Spelling | None, work: Work) -> bool:
    work.spend(1)
    match constraint:
        case Any():
            return True
        case OneOf(values):
            return values.holds(value, work)
        case NoneOf(values):
            return values.type == type_of(value) and not values.holds(value, work)
        case AllOf(clauses):
            return all(_admits(clause, value, spelling, work) for clause in clauses)
        case AnyOf(clauses):
            return any(_admits(clause, value, spelling, work) for clause in clauses)
        case Range() if isinstance(value, Number):
            work.spend(4)
            return constraint.admits(value)
        case TextPattern(pattern) if isinstance(value, str):
            return grammars.pattern_matches(pattern, value, work)
        case Contains(required) if isinstance(value, list):
            return required.all_among(value, work)
        case Each(inner) if isinstance(value, list):
            return all(admits(inner, item, work) for item in value)
        case Record(rules) if isinstance(value, dict):
            return permits_named(rules, value, work) is None
    return spelling is not None and _admits_spelling(constraint, spelling, work)


def _admits_spelling(constraint: Constraint, spelling: Spelling, work: Work) -> bool:
    match constraint:
        case PathUnder(base):
            if not spelling.is_path(work):
                return False
            count_base(base, work)
            return grammars.path_holds(base, spelling.text)
        case HostUnder(base):
            if not spelling.is_host(work):
                return False
            count_base(base, work)
            return grammars.host_holds(base, spelling.text)
        case UrlUnder(rule):
            url = spelling.url(work)
            if url is None:
                return False
            count_url(rule, work)
            return rule.holds(url)
        case InNetwork(network):
            address = spelling.address(work)
            return address is not None and network.holds(address)
    return False


def count_base(base: str, work: Work) -> None:
    work.spend((len(base.encode()) >> 6) + 1)


def count_url(rule: UrlRule, work: Work) -> None:
    work.spend(6)
    count_base(rule.host, work)
    count_base(rule.path, work)


