"""Names that people read, and task paths.

The properties of characters are those of Unicode 17.0, which no Python has yet. They are read from the library's table of
them, which a test of the library holds against Unicode's own data.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import bounds
from .cbor import Reader, malformed

_TABLES = Path(__file__).resolve().parents[3] / "src" / "primitives" / "unicode.rs"
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_TASK_SEGMENT = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Script:
    letters: list[int]
    marks: list[int]
    viramas: list[int]
    joins_next: list[int]
    joins_previous: list[int]


@cache
def _table(name: str) -> list[int]:
    match = re.search(rf"const {name}: &\[u32\] = &\[(.*?)\];", _TABLES.read_text(), re.DOTALL)
    assert match is not None, name
    return _edges(match.group(1))


@cache
def _scripts() -> list[Script]:
    text = _TABLES.read_text()
    text = text[text.index("const SCRIPTS") :]
    field = r"\s*{}: &\[(.*?)\],"
    names = ("letters", "marks", "viramas", "joins_next", "joins_previous")
    pattern = r"Script \{" + "".join(field.format(name) for name in names)
    return [Script(*map(_edges, match)) for match in re.findall(pattern, text, re.DOTALL)]


def _edges(text: str) -> list[int]:
    return [int(edge, 16) for edge in re.findall(r"0x[0-9a-f]+", text)]


def _holds(edges: list[int], character: str) -> bool:
    """Whether a table holds a character: it begins to at its first edge, ceases at the second, and so on."""
    return bisect_right(edges, ord(character)) % 2 == 1


def is_mark(character: str) -> bool:
    return _holds(_table("MARKS"), character)


def is_unseen(character: str) -> bool:
    return _holds(_table("UNSEEN"), character)


def is_name(text: str) -> bool:
    if not 1 <= len(text.encode("utf-8")) <= bounds.NAME_BYTES or is_mark(text[0]):
        return False
    if text.startswith(" ") or text.endswith(" ") or "  " in text:
        return False
    return all(not is_unseen(text[at]) or _shapes(text, at) for at in range(len(text)))


def _shapes(text: str, at: int) -> bool:
    """Whether a joiner stands between two letters of one script that it shapes."""
    joiner, before = text[at], text[:at]
    if joiner not in (_NON_JOINER, _JOINER) or not before:
        return False
    after, later = text[at + 1 : at + 2], text[at + 2 : at + 3]
    for script in _scripts():
        base = _base(script, before)
        joins = base and after and _holds(script.joins_next, base) and _holds(script.joins_previous, after)
        if joiner == _NON_JOINER and joins:
            return True
        is_after_virama = _holds(script.viramas, before[-1]) and base and _holds(script.letters, base)
        if is_after_virama and after and _holds(script.letters, after):
            return True
        if joiner == _JOINER and _holds(script.letters, before[-1]) and after and _holds(script.viramas, after):
            if later and _holds(script.letters, later):
                return True
    return False


def _base(script: Script, text: str) -> str | None:
    """The last character that is no mark of the script or of any."""
    for character in reversed(text):
        if not _holds(script.marks, character) and not _holds(_table("INHERITED"), character):
            return character
    return None


def is_task(text: str) -> bool:
    segments = text.split("/")
    if len(text.encode("utf-8")) > bounds.TASK_BYTES or len(segments) > bounds.TASK_STEPS:
        return False
    return all(_TASK_SEGMENT.fullmatch(each) and each not in (".", "..") for each in segments)


def read_name(r: Reader) -> str:
    name = r.text(bounds.NAME_BYTES)
    if not is_name(name):
        raise malformed("InvalidValue")
    return name


def read_task(r: Reader) -> str:
    task = r.text(bounds.TASK_BYTES)
    if not is_task(task):
        raise malformed("InvalidValue")
    return task


def read_time(r: Reader) -> int:
    time = r.unsigned()
    if time > bounds.TIMESTAMP:
        raise malformed("InvalidValue")
    return time


def plus(time: int, seconds: int) -> int:
    """A time so many seconds later, at most the last second of the year 9999."""
    return min(time + seconds, bounds.TIMESTAMP)


def received(at: int, now: int, leeway: int) -> int | None:
    """The time that counts for something dated `at`: never after the receipt, and none from beyond the leeway."""
    return min(at, now) if at <= plus(now, leeway) else None
