"""Is every call that the child permits permitted by the parent? With the steps that each question takes."""

from __future__ import annotations

from collections.abc import Callable

from . import bounds, grammars
from .admits import admits, count_base, count_url
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
from .refused import Work
from .values import ALL_TYPES

Types = frozenset[str]
Counts = Callable[[Capability, Capability], bool]


def powers_cover(parent: Powers, child: Powers, counts: Counts, work: Work) -> bool:
    """Whether each capability of the child is covered by one of the parent's that counts."""
    return all(_cover_one(parent, place, capability, counts, work) for place, capability in enumerate(child))


def _cover_one(parent: Powers, place: int, child: Capability, counts: Counts, work: Work) -> bool:
    asked = _AskedRules(child.rules)
    # Who passes on what they have keeps its order, so the one at the same place is asked first.
    if place < len(parent) and counts(parent[place], child) and _capability_covers(parent[place], child, asked, work):
        return True
    return any(_capability_covers(mine, child, asked, work) and counts(mine, child) for mine in parent)


def _capability_covers(mine: Capability, child: Capability, asked: _AskedRules, work: Work) -> bool:
    work.spend(1)
    if not mine.tool.covers(child.tool) or child.effect > mine.effect:
        return False
    return _rules_cover(mine.rules, child.rules, asked.constraints(work), work)


class _AskedRules:
    """The constraints of a child's rules, made ready when they are first asked for."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.known: list[Asked] | None = None

    def constraints(self, work: Work) -> list[Asked]:
        if self.known is None:
            self.known = _asked_all([constraint for _, _, constraint in self.rules.in_order()], work)
        return self.known


class Asked:
    """A child's constraint: its parts, its values and its types are each found out once."""

    def __init__(self, constraint: Constraint) -> None:
        self.constraint = constraint
        self._parts: list[Asked] | None = None
        self._listed: list[list[Value] | None] = []
        self._types: Types | None = None

    def parts(self, work: Work) -> list[Asked]:
        if self._parts is None:
            match self.constraint:
                case AllOf(clauses) | AnyOf(clauses):
                    self._parts = _asked_all(list(clauses), work)
                case Each(inner):
                    self._parts = _asked_all([inner], work)
                case Record(rules):
                    self._parts = _asked_all([constraint for _, _, constraint in rules.in_order()], work)
                case _:
                    self._parts = []
        return self._parts

    def listed(self, work: Work) -> list[Value] | None:
        """All values that it admits, where they are at most 256 and can be listed."""
        if not self._listed:
            count = _count(self.constraint, work)
            is_short = count is not None and count <= bounds.MEMBERS
            self._listed.append(_list(self.constraint, work) if is_short else None)
        return self._listed[0]

    def types(self, work: Work) -> Types:
        if self._types is None:
            self._types = types(self.constraint, work)
        return self._types


def _asked_all(constraints: list[Constraint], work: Work) -> list[Asked]:
    work.spend(4 * len(constraints) + 8)
    return [Asked(constraint) for constraint in constraints]


def _rules_cover(mine: Rules, child: Rules, asked: list[Asked], work: Work) -> bool:
    if child.is_open and not mine.is_open:
        return False
    work.spend(4 * (len(mine.named) + len(child.named)) + 1)
    for (name, is_required, _), constraint in zip(child.in_order(), asked, strict=True):
        if name not in mine.named:
            if not mine.is_open:
                return False
            continue
        required_by_mine, my_constraint = mine.named[name]
        if required_by_mine and not is_required:
            return False
        if not covers(my_constraint, constraint, work):
            return False
    for name, is_required, constraint in mine.in_order():
        if name in child.named:
            continue
        if is_required:
            return False
        # An open child lets the argument in with any value.
        if child.is_open and not covers(constraint, Asked(Any()), work):
            return False
    return True


def covers(mine: Constraint, child: Asked, work: Work) -> bool:
    """Whether every value that the child admits is admitted by mine."""
    work.spend(2)
    theirs = child.constraint
    match mine, theirs:
        case Any(), _:
            return True
        case InNetwork(a), InNetwork(b):
            return a.covers(b)
        case OneOf(a), OneOf(b):
            return b.is_within(a, work)
        case _, AnyOf():
            return all(covers(mine, part, work) for part in child.parts(work))
        case AllOf(clauses), _:
            return all(covers(clause, child, work) for clause in clauses)
        case AnyOf(clauses), InNetwork() if any(covers(clause, child, work) for clause in clauses):
            return True
    listed = child.listed(work)
    if listed is not None:
        return all(admits(mine, value, work) for value in listed)
    if isinstance(mine, AnyOf) and any(covers(clause, child, work) for clause in mine.clauses):
        return True
    child_types = child.types(work)
    if child_types <= _whole_types(mine, work):
        return True
    if isinstance(mine, NoneOf) and child_types <= {mine.set.type}:
        excluded = mine.set.read_back(work)
        if not any(admits(theirs, value, work) for value in excluded):
            return True
    return _same_kind_covers(mine, child, work)


def _same_kind_covers(mine: Constraint, child: Asked, work: Work) -> bool:
    match mine, child.constraint:
        case _, AllOf():
            return any(covers(mine, part, work) for part in child.parts(work))
        case Range(), Range() as theirs:
            work.spend(6)
            return mine.covers(theirs)
        case TextPattern(a), TextPattern(b):
            return grammars.pattern_covers(a, b, work)
        case PathUnder(a), PathUnder(b):
            count_base(a, work)
            return grammars.path_holds(a, b)
        case HostUnder(a), HostUnder(b):
            count_base(a, work)
            return grammars.host_holds(a, b)
        case UrlUnder(a), UrlUnder(b):
            count_url(a, work)
            work.spend(8 * len(b.schemes))
            return a.covers(b)
        case Contains(a), Contains(b):
            return a.is_within(b, work)
        case Each(inner), Each():
            return all(covers(inner, part, work) for part in child.parts(work))
        case Record(a), Record(b):
            return _rules_cover(a, b, child.parts(work), work)
    return False


# Types.

_TEXTS = (TextPattern, PathUnder, HostUnder, UrlUnder, InNetwork)


def types(constraint: Constraint, work: Work) -> Types:
    """The types that admitted values may have."""
    work.spend(1)
    match constraint:
        case Any():
            return ALL_TYPES
        case OneOf(values) | NoneOf(values):
            return frozenset({values.type})
        case Range():
            return frozenset({"number"})
        case Contains() | Each():
            return frozenset({"list"})
        case Record():
            return frozenset({"map"})
        case AllOf(clauses):
            return frozenset.intersection(*[types(clause, work) for clause in clauses])
        case AnyOf(clauses):
            return frozenset.union(*[types(clause, work) for clause in clauses])
    assert isinstance(constraint, _TEXTS)
    return frozenset({"text"})


def _whole_types(constraint: Constraint, work: Work) -> Types:
    """The type of which a constraint admits every value, if there is one."""
    match constraint:
        case TextPattern(pattern):
            whole = pattern == "*"
        case Range(low, high):
            whole = low is None and high is None
        case Each(inner):
            whole = covers(inner, Asked(Any()), work)
        case Record(rules):
            whole = rules.is_open and all(
                not is_required and covers(inner, Asked(Any()), work) for _, is_required, inner in rules.in_order()
            )
        case _:
            whole = False
    return types(constraint, work) if whole else frozenset()


# Values that can be listed.


def _count(constraint: Constraint, work: Work) -> int | None:
    """Most values that a constraint admits, where they can be listed."""
    work.spend(1)
    match constraint:
        case OneOf(values):
            return len(values.values)
        case NoneOf(values) if values.type == "bool":
            return 1
        case Range():
            return None if constraint.single() is None else 1
        case TextPattern(pattern):
            work.spend(len(pattern.encode()) >> 4)
            return None if "*" in pattern else 1
        case InNetwork(network):
            return network.size() if network.size() <= bounds.MEMBERS else None
        case AllOf(clauses):
            first = _first_listed(clauses, work)
            return first and first[1]
        case AnyOf(clauses):
            total = 0
            for clause in clauses:
                more = _count(clause, work)
                if more is None or total > bounds.MEMBERS:
                    return None
                total += more
            return total
    return None


def _first_listed(clauses: tuple[Constraint, ...], work: Work) -> tuple[Constraint, int] | None:
    """The first clause of a conjunction that can be listed, and how many values it has at most."""
    for clause in clauses:
        count = _count(clause, work)
        if count is not None and count <= bounds.MEMBERS:
            return clause, count
    return None


def _list(constraint: Constraint, work: Work) -> list[Value] | None:
    work.spend(8)
    match constraint:
        case OneOf(values):
            return values.read_back(work)
        case NoneOf(values) if values.type == "bool":
            work.spend(8)
            return [value for value in (False, True) if value not in values.values]
        case Range():
            return [constraint.single()]
        case TextPattern(pattern):
            work.spend((len(pattern.encode()) >> 6) + 8)
            return [pattern]
        case InNetwork(network):
            work.spend(network.size() * 48)
            return list(network.addresses())
        case AllOf(clauses):
            first = _first_listed(clauses, work)
            listed = None if first is None else _list(first[0], work)
            if listed is None:
                return None
            return [value for value in listed if all(admits(clause, value, work) for clause in clauses)]
        case AnyOf(clauses):
            union: list[Value] = []
            for clause in clauses:
                more = _list(clause, work)
                if more is None:
                    return None
                union.extend(more)
            return union
    return None
