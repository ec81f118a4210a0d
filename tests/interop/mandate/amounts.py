"""The amounts that a call states, and the value that it is counted under. With the steps of finding them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cbor import Value
from .limits import ArgumentPath, Source
from .number import ZERO, NotANumber, Number, number_of_units
from .refused import Denied, Work
from .values import log2

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_ADD_STEPS = 16


class _Missing:
    """Where a path leads to nothing."""


_MISSING = _Missing()


def amount_of(sources: tuple[Source, ...], tool: str, arguments: dict[str, Value], link: int, work: Work) -> Number:
    """How much a call comes to: 1 where calls are counted, else the exact sum of the sources that are of its tool."""
    if not sources:
        return Number(1)
    total = 0
    for source in sources:
        if not source.matches(tool):
            continue
        if source.unit is not None:
            _check_unit(*source.unit, arguments, link, work)
        for found in _walk(arguments, source.path, work):
            total += _units(found, source.takes_texts, link, work)
    amount = number_of_units(total)
    if amount is None:
        raise Denied("AmountOutOfRange", link)
    return amount


def counted_value(path: ArgumentPath, is_any_case: bool, arguments: dict[str, Value], link: int, work: Work) -> Value:
    """The value whose budget a call is counted under."""
    value: Value | _Missing = _look_up(arguments, path[0], work)
    for name in path[1:]:
        if isinstance(value, list):
            raise Denied("ValueNotScalar", link)
        value = _look_up(value, name, work) if isinstance(value, dict) else _MISSING
    if isinstance(value, _Missing):
        raise Denied("ValueMissing", link)
    if isinstance(value, str):
        work.spend(len(value.encode()) // 2 + 1)
        return _lower(value) if is_any_case else value
    if not isinstance(value, (bool, Number)):
        raise Denied("ValueNotScalar", link)
    return value


def _lower(text: str) -> str:
    """A to Z are a to z; no other letter changes."""
    return re.sub("[A-Z]", lambda match: match.group().lower(), text)


def _check_unit(path: ArgumentPath, unit: str, arguments: dict[str, Value], link: int, work: Work) -> None:
    is_stated = False
    for found in _walk(arguments, path, work):
        work.spend((len(unit.encode()) >> 4) + 1)
        if found != unit:
            raise Denied("WrongUnit", link)
        is_stated = True
    if not is_stated:
        raise Denied("WrongUnit", link)


def _units(found: Value | _Missing, takes_texts: bool, link: int, work: Work) -> int:
    work.spend(_ADD_STEPS)
    if isinstance(found, _Missing):
        raise Denied("AmountMissing", link)
    if isinstance(found, str) and takes_texts:
        work.spend(len(found.encode()))
        if _DECIMAL.fullmatch(found) is None:
            raise Denied("AmountNotANumber", link)
        try:
            found = Number.parse(found)
        except NotANumber:
            raise Denied("AmountOutOfRange", link) from None
    if not isinstance(found, Number):
        raise Denied("AmountNotANumber", link)
    if found < ZERO:
        raise Denied("AmountNegative", link)
    units = found.units()
    if units is None:
        raise Denied("AmountOutOfRange", link)
    return units


def _walk(arguments: dict[str, Value], path: ArgumentPath, work: Work) -> Iterator[Value | _Missing]:
    """All that a path leads to, each element where it meets a list."""
    value = _look_up(arguments, path[0], work)
    if isinstance(value, _Missing):
        yield value
    else:
        yield from _walk_on(value, path[1:], work)


def _walk_on(value: Value, names: ArgumentPath, work: Work) -> Iterator[Value | _Missing]:
    work.spend(1)
    if isinstance(value, list):
        for item in value:
            yield from _walk_on(item, names, work)
    elif not names:
        yield value
    elif not isinstance(value, dict):
        yield _MISSING
    else:
        below = _look_up(value, names[0], work)
        if isinstance(below, _Missing):
            yield below
        else:
            yield from _walk_on(below, names[1:], work)


def _look_up(entries: dict[str, Value], name: str, work: Work) -> Value | _Missing:
    work.spend((log2(len(entries)) + 1) * ((len(name.encode()) >> 4) + 1))
    return entries.get(name, _MISSING)
