"""Limits: their shapes, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from . import bounds, cbor, digests
from .cbor import Reader, malformed
from .constraints import Constraint, OneOf, Powers, Range, read_constraint, read_effect
from .ed25519 import read_key
from .names import read_name, read_time
from .number import Number
from .refused import Work
from .tools import Pattern, ToolSet, read_pattern, read_tool_set


@dataclass(frozen=True)
class Mission:
    controller: bytes
    name: str
    nonce: bytes

    @cached_property
    def id(self) -> bytes:
        return digests.mission(self.controller, self.name, self.nonce)


@dataclass(frozen=True)
class Window:
    opens: int | None
    closes: int | None


@dataclass(frozen=True)
class Audience:
    names: tuple[str, ...]


@dataclass(frozen=True)
class SignedCalls:
    pass


@dataclass(frozen=True)
class LivesBy:
    mission: Mission
    max_age: tuple[int, int, int]
    """By effect, in seconds."""
    enders: tuple[bytes, ...]

    def signers(self) -> tuple[bytes, ...]:
        """The keys that may end the mission."""
        return (*self.enders, self.mission.controller)


@dataclass(frozen=True)
class Condition:
    fact: str
    holds: Constraint
    max_age: int


@dataclass(frozen=True)
class EndsOn:
    event: str


@dataclass(frozen=True)
class Waves:
    mission: Mission
    first: int
    last: int | None
    drain: int


@dataclass(frozen=True)
class Barrier:
    tasks: dict[bytes, tuple[bytes, ...]]
    """By mandate, the keys that may report its end."""
    needed: int
    deadline: int | None


ArgumentPath = tuple[str, ...]
"""An argument, then entries of records."""


@dataclass(frozen=True)
class Source:
    path: ArgumentPath
    tool: Pattern | None
    """Absent: of every tool."""
    unit: tuple[ArgumentPath, str] | None
    """The path to the text that states the unit, and the only unit."""
    takes_texts: bool
    encoded: bytes

    def matches(self, tool: str) -> bool:
        return self.tool is None or self.tool.matches(tool)


@dataclass(frozen=True)
class PerValue:
    path: ArgumentPath
    remember: int
    is_any_case: bool


DAY, WEEK, MONTH = range(3)


@dataclass(frozen=True)
class Budget:
    account: str
    shares: dict[str, Number]
    """The most by ledger."""
    sources: tuple[Source, ...]
    """In the order of their encodings; none: calls are counted."""
    period: int | None
    per_value: PerValue | None

    def counts_all_of(self, scope: ToolSet | None) -> bool:
        """Whether every tool in scope has a source."""
        if not self.sources or any(source.tool is None for source in self.sources):
            return True
        return scope is not None and all(
            any(source.tool.covers(tool) for source in self.sources if source.tool is not None) for tool in scope
        )


@dataclass(frozen=True)
class Rate:
    account: str
    ledger: str
    burst: int
    per: int


@dataclass(frozen=True)
class Exclusive:
    account: str
    ledger: str
    groups: tuple[ToolSet, ...]


@dataclass(frozen=True)
class Gate:
    approvers: tuple[bytes, ...]
    needed: int
    max_age: int
    effect: int
    exempt: tuple[str, Constraint] | None


@dataclass(frozen=True)
class Delegates:
    keys: tuple[bytes, ...]


Rule = (
    Window | Audience | SignedCalls | LivesBy | Condition | EndsOn | Waves | Barrier | Budget | Rate | Exclusive | Gate | Delegates
)
METERS = (Budget, Rate, Exclusive, Gate)


@dataclass(frozen=True)
class Limit:
    rule: Rule
    scope: ToolSet | None
    """Absent: all calls."""

    def includes(self, tool: str) -> bool:
        return self.scope is None or any(pattern.matches(tool) for pattern in self.scope)

    def meets(self, powers: Powers, work: Work) -> bool:
        """Whether some call that the powers have a capability for is in scope."""
        if self.scope is None:
            return True
        return any(pattern.meets(capability.tool, work) for capability in powers for pattern in self.scope)


def read_limits(r: Reader) -> list[Limit]:
    count = r.array(0, bounds.LIMITS)
    if count == 0:
        raise malformed("NotDeterministic")
    return r.items(count, _read_limit)


def _read_limit(r: Reader) -> Limit:
    parts = r.array(2, 3)
    kind = r.unsigned()
    if kind >= len(_KINDS):
        raise malformed("UnknownClaim")
    rule = _KINDS[kind](r)
    scope = read_tool_set(r) if parts == 3 else None
    if isinstance(rule, Exclusive) and scope is not None:
        for group in rule.groups:
            if not all(any(mine.covers(tool) for mine in scope) for tool in group):
                raise malformed("InvalidValue")
    if isinstance(rule, Budget) and not rule.counts_all_of(scope):
        raise malformed("InvalidValue")
    if isinstance(rule, Delegates) and scope is not None:
        raise malformed("InvalidValue")
    return Limit(rule, scope)


def _read_window(r: Reader) -> Window:
    entries = r.map(2)
    ends: dict[int, int] = {}
    while (key := entries.next_key()) is not None:
        if key not in (0, 1):
            raise malformed("UnknownClaim")
        ends[key] = read_time(r)
    opens, closes = ends.get(0), ends.get(1)
    if not ends or (opens is not None and closes is not None and closes <= opens):
        raise malformed("InvalidValue")
    return Window(opens, closes)


def read_audiences(r: Reader) -> tuple[str, ...]:
    names = r.sorted(r.array(0, bounds.SCOPE_MEMBERS), read_name)
    if not names:
        raise malformed("InvalidValue")
    return tuple(names)


def _read_signed_calls(r: Reader) -> SignedCalls:
    r.null()
    return SignedCalls()


def read_mission(r: Reader) -> Mission:
    r.array_of(3)
    return Mission(read_key(r), read_name(r), r.bytes_of(16))


def read_lives_by(r: Reader) -> LivesBy:
    parts = r.array(2, 3)
    mission = read_mission(r)
    r.array_of(3)
    read, write, irreversible = r.unsigned(), r.unsigned(), r.unsigned()
    if read < write or write < irreversible:
        raise malformed("InvalidValue")
    enders: list[bytes] = []
    if parts == 3:
        enders = r.sorted(r.array(1, bounds.ENDERS), read_key)
    return LivesBy(mission, (read, write, irreversible), tuple(enders))


def _read_condition(r: Reader) -> Condition:
    r.array_of(3)
    return Condition(read_name(r), read_constraint(r), r.unsigned())


def _read_waves(r: Reader) -> Waves:
    entries = r.map(bounds.CLAIM_ENTRIES)
    mission, first, last, drain = None, 0, None, 0
    while (key := entries.next_key()) is not None:
        match key:
            case 0:
                mission = read_mission(r)
            case 1:
                first = r.positive()
            case 2:
                last = r.unsigned()
            case 3:
                drain = r.positive()
            case _:
                raise malformed("UnknownClaim")
    if mission is None:
        raise malformed("MissingClaim")
    if (last is not None and last < first) or (last is None and drain > 0):
        raise malformed("InvalidValue")
    return Waves(mission, first, last, drain)


def _read_barrier(r: Reader) -> Barrier:
    entries = r.map(bounds.CLAIM_ENTRIES)
    tasks, quorum, deadline = None, None, None
    while (key := entries.next_key()) is not None:
        match key:
            case 0:
                tasks = _read_tasks(r)
            case 1:
                quorum = r.unsigned()
            case 2:
                deadline = read_time(r)
            case _:
                raise malformed("UnknownClaim")
    if tasks is None:
        raise malformed("MissingClaim")
    if quorum == len(tasks):
        raise malformed("NotDeterministic")
    if quorum is not None and not 1 <= quorum < len(tasks):
        raise malformed("InvalidValue")
    return Barrier(tasks, len(tasks) if quorum is None else quorum, deadline)


def _read_tasks(r: Reader) -> dict[bytes, tuple[bytes, ...]]:
    def read_task(r: Reader) -> tuple[bytes, tuple[bytes, ...]]:
        r.array_of(2)
        task = r.bytes_of(32)
        reporters = r.sorted(r.array(0, bounds.REPORTERS), read_key)
        if not reporters:
            raise malformed("InvalidValue")
        return task, tuple(reporters)

    read = r.sorted(r.array(0, bounds.BARRIER_TASKS), read_task)
    tasks = dict(read)
    if not tasks or len(tasks) != len(read):
        raise malformed("InvalidValue")
    return tasks


def _read_budget(r: Reader) -> Budget:
    entries = r.map(bounds.CLAIM_ENTRIES)
    account, shares, sources, period, per_value = None, None, (), None, None
    while (key := entries.next_key()) is not None:
        match key:
            case 0:
                account = read_name(r)
            case 1:
                shares = _read_shares(r)
            case 2:
                sources = _read_sources(r)
            case 3:
                period = _read_period(r)
            case 4:
                per_value = _read_per_value(r)
            case 5:
                r.flag()
            case _:
                raise malformed("UnknownClaim")
    if account is None or shares is None:
        raise malformed("MissingClaim")
    are_amounts = all(most.units() is not None for most in shares.values())
    are_whole = sources or all(most.is_whole() for most in shares.values())
    if not shares or not are_amounts or not are_whole:
        raise malformed("InvalidValue")
    return Budget(account, shares, sources, period, per_value)


def _read_shares(r: Reader) -> dict[str, Number]:
    entries = r.map(bounds.SHARES)
    shares: dict[str, Number] = {}
    while (ledger := entries.next(read_name)) is not None:
        shares[ledger] = cbor.read_number(r)
    return shares


def _read_sources(r: Reader) -> tuple[Source, ...]:
    sources = r.sorted(r.array(0, bounds.SOURCES), _read_source)
    if not sources:
        raise malformed("InvalidValue")
    return tuple(sources)


def _read_source(r: Reader) -> Source:
    start = r.at
    entries = r.map(bounds.CLAIM_ENTRIES)
    path, tool, unit, takes_texts = None, None, None, False
    while (key := entries.next_key()) is not None:
        match key:
            case 0:
                path = _read_path(r)
            case 1:
                tool = read_pattern(r)
            case 2:
                r.array_of(2)
                unit = (_read_path(r), r.text(bounds.KEY_BYTES))
            case 3:
                takes_texts = r.flag()
            case _:
                raise malformed("UnknownClaim")
    if path is None:
        raise malformed("MissingClaim")
    return Source(path, tool, unit, takes_texts, r.data[start : r.at])


def _read_path(r: Reader) -> ArgumentPath:
    path = tuple(r.items(r.array(0, bounds.PATH_NAMES), lambda r: r.text(bounds.KEY_BYTES)))
    if not path:
        raise malformed("InvalidValue")
    return path


def _read_period(r: Reader) -> int:
    period = r.unsigned()
    if period > MONTH:
        raise malformed("UnknownClaim")
    return period


def _read_per_value(r: Reader) -> PerValue:
    entries = r.map(bounds.CLAIM_ENTRIES)
    path, remember, is_any_case = None, None, False
    while (key := entries.next_key()) is not None:
        match key:
            case 0:
                path = _read_path(r)
            case 1:
                remember = r.unsigned()
            case 2:
                is_any_case = r.flag()
            case _:
                raise malformed("UnknownClaim")
    if path is None or remember is None:
        raise malformed("MissingClaim")
    if not 1 <= remember <= bounds.REMEMBER:
        raise malformed("InvalidValue")
    return PerValue(path, remember, is_any_case)


def _read_rate(r: Reader) -> Rate:
    parts = r.array(4, 5)
    rate = Rate(read_name(r), read_name(r), r.unsigned(), r.unsigned())
    if parts == 5:
        r.flag()
    if not (1 <= rate.burst <= bounds.BURST and 1 <= rate.per <= bounds.YEAR):
        raise malformed("InvalidValue")
    return rate


def _read_exclusive(r: Reader) -> Exclusive:
    parts = r.array(3, 4)
    account, ledger = read_name(r), read_name(r)
    groups = tuple(r.items(r.array(0, bounds.GROUPS), read_tool_set))
    if parts == 4:
        r.flag()
    if len(groups) < 2 or _overlap(groups):
        raise malformed("InvalidValue")
    return Exclusive(account, ledger, groups)


def _overlap(groups: tuple[ToolSet, ...]) -> bool:
    """Whether some tool is in two groups."""
    return any(
        a.covers(b) or b.covers(a)
        for place, group in enumerate(groups)
        for other in groups[place + 1 :]
        for a in group
        for b in other
    )


def _read_gate(r: Reader) -> Gate:
    entries = r.map(bounds.CLAIM_ENTRIES)
    approvers, needed, max_age, effect, exempt = None, None, None, 0, None
    while (key := entries.next_key()) is not None:
        match key:
            case 0:
                approvers = r.sorted(r.array(0, bounds.APPROVERS), read_key)
            case 1:
                needed = r.unsigned()
            case 2:
                max_age = r.unsigned()
            case 3:
                effect = read_effect(r)
                if effect == 0:
                    raise malformed("NotDeterministic")
            case 4:
                r.array_of(2)
                exempt = (r.text(bounds.KEY_BYTES), read_constraint(r))
            case _:
                raise malformed("UnknownClaim")
    if needed is None or approvers is None or max_age is None:
        raise malformed("MissingClaim")
    if not 1 <= needed <= len(approvers) or (exempt is not None and not _is_bounded(exempt[1])):
        raise malformed("InvalidValue")
    return Gate(tuple(approvers), needed, max_age, effect, exempt)


def _read_delegates(r: Reader) -> Delegates:
    keys = r.sorted(r.array(0, bounds.DELEGATES), read_key)
    if not keys:
        raise malformed("InvalidValue")
    return Delegates(tuple(keys))


def _is_bounded(exemption: Constraint) -> bool:
    """Whether an exemption is a list, or a range with both ends."""
    if isinstance(exemption, Range):
        return exemption.low is not None and exemption.high is not None
    return isinstance(exemption, OneOf)


_KINDS = (
    _read_window,
    lambda r: Audience(read_audiences(r)),
    _read_signed_calls,
    read_lives_by,
    _read_condition,
    lambda r: EndsOn(read_name(r)),
    _read_waves,
    _read_barrier,
    _read_budget,
    _read_rate,
    _read_exclusive,
    _read_gate,
    _read_delegates,
)
