"""The register: the join of the notices that were received of missions and tasks."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import bounds, digests
from .chain import Chain
from .claims import Fired, MissionEnd, Notice, Snapshot, Status, TaskEnd, Withdrawal
from .limits import Barrier, LivesBy
from .names import received
from .tools import Pattern

COMPLETED = 0


@dataclass(frozen=True)
class Latest:
    """The state for now, of the highest sequence."""

    sequence: int
    snapshot: bytes
    suspended: bool
    equivocated: bool
    said_at: int
    as_of: int

    def join(self, other: Latest) -> Latest:
        if self.sequence != other.sequence:
            return max(self, other, key=lambda latest: latest.sequence)
        # Of two statuses the one that was said later counts; of one that came twice, the first receipt.
        fresh = max(self, other, key=lambda latest: (latest.said_at, -latest.as_of))
        return Latest(
            self.sequence,
            min(self.snapshot, other.snapshot),
            self.suspended or other.suspended,
            self.equivocated or other.equivocated or self.snapshot != other.snapshot,
            fresh.said_at,
            fresh.as_of,
        )


@dataclass
class MissionState:
    latest: Latest | None = None
    wave: tuple[int, int] | None = None
    """The highest wave, and its earliest beginning."""
    ends: dict[bytes, int] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    withdrawn: set[Pattern] = field(default_factory=set)
    ended: set[bytes] = field(default_factory=set)
    keys_revoked: set[bytes] = field(default_factory=set)

    def add_snapshot(self, snapshot: Snapshot, said_at: int, as_of: int) -> None:
        latest = Latest(snapshot.sequence, digests.of(snapshot.encoded), snapshot.suspended, False, said_at, as_of)
        self.latest = latest if self.latest is None else self.latest.join(latest)
        number, since = snapshot.wave
        since = min(since, as_of)
        if self.wave is None or number > self.wave[0]:
            self.wave = (number, since)
        elif number == self.wave[0]:
            self.wave = (number, min(since, self.wave[1]))
        self.events |= snapshot.events
        self.withdrawn |= snapshot.withdrawn
        self.ended |= snapshot.ended
        self.keys_revoked |= snapshot.keys_revoked

    def lists_ended(self, mandate: bytes) -> bool:
        return mandate[: bounds.LISTED_BYTES] in self.ended

    def lists_key_revoked(self, mandate: bytes) -> bool:
        return mandate[: bounds.LISTED_BYTES] in self.keys_revoked

    def overflows(self) -> bool:
        """Whether more was said for good than is kept; then any event, tool and mandate counts as named."""
        return (
            len(self.events) > bounds.EVENTS
            or len(self.withdrawn) > bounds.WITHDRAWN
            or len(self.ended) > bounds.LISTED_KEPT
            or len(self.keys_revoked) > bounds.LISTED_KEPT
        )


@dataclass
class Word:
    """All that one signer said of one mandate."""

    ending: int | None = None
    is_key_revoked: bool = False


class Register:
    """What was received, as far as a chain depends on it."""

    def __init__(self, chain: Chain, leeway: int) -> None:
        self.watches = Watches(chain)
        self.leeway = leeway
        self.missions: dict[bytes, MissionState] = {}
        self.words: dict[tuple[bytes, bytes], Word] = {}
        """By mandate and signer."""

    def apply(self, notice: Notice, now: int) -> None:
        """Takes a notice in; one that does not count is passed over."""
        signer, terms = notice.said.by, notice.terms
        as_of = received(notice.said.at, now, self.leeway)
        if as_of is None or not self._is_watched(notice) or not notice.envelope.is_signed_by(signer):
            return
        match terms:
            case Status(missions):
                for snapshot in missions:
                    if self.watches.is_controller(snapshot.mission, signer):
                        self._state(snapshot.mission).add_snapshot(snapshot, notice.said.at, as_of)
            case MissionEnd(mission, ending):
                ends = self._state(mission).ends
                ends[signer] = max(ending, ends.get(signer, ending))
            case TaskEnd(mandate, None):
                self._word(mandate, signer).is_key_revoked = True
            case TaskEnd(mandate, ending):
                word = self._word(mandate, signer)
                word.ending = ending if word.ending is None else max(ending, word.ending)
            case Fired(mission, event):
                self._state(mission).events.add(event)
            case Withdrawal(mission, tool):
                self._state(mission).withdrawn.add(tool)

    def _state(self, mission: bytes) -> MissionState:
        return self.missions.setdefault(mission, MissionState())

    def _word(self, mandate: bytes, signer: bytes) -> Word:
        return self.words.setdefault((mandate, signer), Word())

    def _is_watched(self, notice: Notice) -> bool:
        signer = notice.said.by
        match notice.terms:
            case Status(missions):
                return any(self.watches.is_controller(each.mission, signer) for each in missions)
            case MissionEnd(mission):
                return self.watches.may_end_mission(mission, signer)
            case TaskEnd(mandate):
                return self.watches.has_mandate(mandate, signer)
            case Fired(mission) | Withdrawal(mission):
                return self.watches.is_controller(mission, signer)

    def by_our_clock(self, time: int, now: int) -> int | None:
        return received(time, now, self.leeway)

    def said(self, mandate: bytes, signer: bytes) -> Word:
        return self.words.get((mandate, signer), Word())

    def ending(self, mandate: bytes, signers: list[bytes]) -> int | None:
        """The latest in the order of endings that any of the signers stated."""
        endings = [self.said(mandate, signer).ending for signer in signers]
        return max((ending for ending in endings if ending is not None), default=None)

    def is_key_revoked(self, mandate: bytes, signers: list[bytes]) -> bool:
        return any(self.said(mandate, signer).is_key_revoked for signer in signers)


def controllers(chain: Chain, down_to: int) -> list[bytes]:
    """The controllers of the missions that the links down to this one live by."""
    return [rule.mission.controller for _, rule in lived_by(chain, down_to)]


def lived_by(chain: Chain, down_to: int | None = None) -> list[tuple[int, LivesBy]]:
    found = []
    for number, limit in chain.lives_by(down_to):
        assert isinstance(limit.rule, LivesBy)
        found.append((number, limit.rule))
    return found


def may_end(chain: Chain, number: int, mandate: bytes) -> list[bytes]:
    """The keys that may end one of a link's mandates. Of one that it replaces, every key of the issuer that is not revoked."""
    assert chain.anchor is not None
    holders = [link.holder for link in chain.links[: number + 1]]
    issued_at = chain.root.issued_at if mandate == chain.links[number].id else 0
    return holders + chain.anchor.keys_for(issued_at) + controllers(chain, number)


@dataclass(frozen=True)
class Speakers:
    """The keys whose word on other tasks counts at a link's barriers, besides those that a barrier names."""

    report: list[bytes]
    call_off: list[bytes]
    silenced: list[bytes]
    """The issuer's keys that don't count for this root: they report nothing, even where they are named."""

    def reporters(self, named: tuple[bytes, ...]) -> list[bytes]:
        return self.named((*named, *self.report))

    def named(self, named: tuple[bytes, ...]) -> list[bytes]:
        return [key for key in named if key not in self.silenced]


def speakers(chain: Chain, number: int) -> Speakers:
    assert chain.anchor is not None
    above = [link.holder for link in chain.links[:number]]
    issuers = above[-1:] or _anchor_keys(chain)
    silenced = [key for key in chain.anchor.all_keys() if key not in _anchor_keys(chain)]
    return Speakers(issuers + controllers(chain, number), _anchor_keys(chain) + above, silenced)


def _anchor_keys(chain: Chain) -> list[bytes]:
    """The issuer's keys that count for this root."""
    assert chain.anchor is not None
    return chain.anchor.keys_for(chain.root.issued_at)


class Watches:
    """The pairs of a subject and a signer that a decision under a chain depends on."""

    def __init__(self, chain: Chain) -> None:
        missions = [rule for _, rule in lived_by(chain)]
        self.controllers = {(rule.mission.id, rule.mission.controller) for rule in missions}
        self.enders = {(rule.mission.id, signer) for rule in missions for signer in rule.signers()}
        self.mandates: set[tuple[bytes, bytes]] = set()
        for number in range(len(chain.links)):
            for mandate in chain.mandates(number):
                self.mandates |= {(mandate, signer) for signer in may_end(chain, number, mandate)}
        for number, limit in chain.limits():
            if isinstance(limit.rule, Barrier):
                others = speakers(chain, number)
                for task, named in limit.rule.tasks.items():
                    signers = [*others.reporters(named), *others.call_off]
                    self.mandates |= {(task, signer) for signer in signers}

    def is_controller(self, mission: bytes, signer: bytes) -> bool:
        return (mission, signer) in self.controllers

    def may_end_mission(self, mission: bytes, signer: bytes) -> bool:
        return (mission, signer) in self.enders

    def has_mandate(self, mandate: bytes, signer: bytes) -> bool:
        return (mandate, signer) in self.mandates
