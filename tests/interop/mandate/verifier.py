"""What a verifier trusts and demands. It is stated by a case."""

from __future__ import annotations

from dataclasses import dataclass, field

from .constraints import IRREVERSIBLE, Powers
from .tools import Pattern, effect_of


@dataclass(frozen=True)
class AnchorKey:
    key: bytes
    roots_issued_before: int | None = None
    """Of a retired key."""
    is_revoked: bool = False

    def counts_for(self, root_issued_at: int) -> bool:
        """Whether it could have signed a root that was issued then."""
        before = self.roots_issued_before
        return not self.is_revoked and (before is None or root_issued_at < before)


@dataclass(frozen=True)
class Anchor:
    issuer: str
    keys: tuple[AnchorKey, ...]
    ceiling: Powers | None
    """Absent: unlimited."""
    max_lifetime: int
    systems: frozenset[str]

    def all_keys(self) -> list[bytes]:
        return [known.key for known in self.keys]

    def keys_for(self, root_issued_at: int) -> list[bytes]:
        """The keys that count for a root that was issued then."""
        return [known.key for known in self.keys if known.counts_for(root_issued_at)]


@dataclass(frozen=True)
class Floors:
    mission: bool = False
    audience: bool = False
    max_links: int | None = None
    grant_age: int | None = None
    status_age: tuple[int, int, int] | None = None
    root_age: tuple[int, int, int] | None = None


DIRECT, TEMPLATE, POLICY = range(3)
GRANTS = {"direct": DIRECT, "template": TEMPLATE, "policy": POLICY}


@dataclass(frozen=True)
class Verifier:
    anchors: dict[str, Anchor]
    grants: frozenset[int] = frozenset({DIRECT, TEMPLATE})
    takes_no_grant: bool = False
    leeway: int = 30
    max_call_age: int = 30
    asserted_up_to: int | None = None
    tools: dict[Pattern, int] = field(default_factory=dict)
    floors: Floors = Floors()

    def effect(self, tool: str) -> int:
        return effect_of(tool, self.tools, IRREVERSIBLE)
