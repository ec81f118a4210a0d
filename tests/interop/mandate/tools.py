"""Tools: names, prefixes of names, sets of both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from . import bounds
from .cbor import Reader, malformed
from .refused import Work

_NAME = re.compile(r"[A-Za-z0-9_.:/-]+")


def is_tool(text: str) -> bool:
    return len(text) <= bounds.TOOL_BYTES and _NAME.fullmatch(text) is not None


@dataclass(frozen=True, order=True)
class Pattern:
    """One tool, or all tools whose names begin alike and are longer."""

    is_prefix: bool
    name: str

    @staticmethod
    @cache
    def parse(text: str) -> Pattern:
        """Reads a pattern; ValueError when it is none."""
        is_prefix = text.endswith("*")
        name = text[:-1] if is_prefix else text
        if not is_tool(name) or len(text) > bounds.TOOL_BYTES:
            raise ValueError(text)
        return Pattern(is_prefix, name)

    def __str__(self) -> str:
        return f"{self.name}*" if self.is_prefix else self.name

    def matches(self, tool: str) -> bool:
        return tool.startswith(self.name) and tool != self.name if self.is_prefix else tool == self.name

    def covers(self, child: Pattern) -> bool:
        if not child.is_prefix:
            return self.matches(child.name)
        return self.is_prefix and child.name.startswith(self.name)

    def meets(self, other: Pattern, work: Work) -> bool:
        """Whether some tool is meant by both: patterns nest or are apart."""
        work.spend(min(len(self.name), len(other.name)) // 4 + 1)
        return self.covers(other) or other.covers(self)


def read_pattern(r: Reader) -> Pattern:
    text = r.text(bounds.TOOL_BYTES)
    try:
        return Pattern.parse(text)
    except ValueError:
        raise malformed("InvalidValue") from None


ToolSet = tuple[Pattern, ...]


def read_tool_set(r: Reader) -> ToolSet:
    count = r.array(0, bounds.SCOPE_MEMBERS)
    if count == 0:
        raise malformed("UnexpectedItem")
    # In the order of patterns, in which a set is asked: tools before prefixes, each by name.
    return tuple(sorted(r.sorted(count, read_pattern)))


def effect_of(tool: str, table: dict[Pattern, int], unlisted: int) -> int:
    """The effect of a tool: of its own entry, else of the longest prefix that it goes on from."""
    matching = [pattern for pattern in table if pattern.matches(tool)]
    own = [pattern for pattern in matching if not pattern.is_prefix]
    best = own or sorted(matching, key=lambda pattern: len(pattern.name), reverse=True)
    return table[best[0]] if best else unlisted
