"""The claims of tokens: mandates, calls, notices, approvals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import bounds, cose, digests
from .cbor import Reader, malformed
from .constraints import Powers, read_powers
from .cose import Envelope
from .ed25519 import is_key, read_key
from .limits import Limit, LivesBy, read_audiences, read_limits, read_lives_by
from .names import read_name, read_task, read_time
from .tools import Pattern, read_pattern

_ISS, _AUD, _EXP, _IAT, _CTI, _CNF, _MANDATE = 1, 3, 4, 6, 7, 8, -65537


@dataclass(frozen=True)
class Grant:
    kind: int
    at: int


@dataclass
class Link:
    """What a root and a child both say, and the token that says it."""

    envelope: Envelope
    id: bytes
    """The digest of its exact bytes."""
    holder: bytes
    powers: Powers
    limits: list[Limit]
    hops: int
    issued_at: int
    expires: int
    replaces: tuple[bytes, ...]


@dataclass
class Root(Link):
    issuer: str
    task: str
    audiences: tuple[str, ...] | None
    lives_by: LivesBy | None
    aliases: dict[str, str]
    grant: Grant | None
    signed_by: bytes


@dataclass
class Child(Link):
    parent: bytes
    step: str | None
    same_key: bool


@dataclass(frozen=True)
class Call:
    envelope: Envelope
    audience: str
    at: int
    id: bytes
    leaf: bytes
    request: bytes


@dataclass(frozen=True)
class Said:
    """Who says something, and when."""

    by: bytes
    at: int


@dataclass(frozen=True)
class Snapshot:
    mission: bytes
    sequence: int
    suspended: bool
    wave: tuple[int, int]
    """The number of the wave, and since when."""
    events: frozenset[str]
    withdrawn: frozenset[Pattern]
    ended: frozenset[bytes]
    """The first bytes of mandates whose tasks ended."""
    keys_revoked: frozenset[bytes]
    """The same of those whose holders' keys are revoked."""
    encoded: bytes


@dataclass(frozen=True)
class Status:
    missions: tuple[Snapshot, ...]


@dataclass(frozen=True)
class MissionEnd:
    mission: bytes
    ending: int


@dataclass(frozen=True)
class TaskEnd:
    mandate: bytes
    ending: int | None
    """How its task ended; None where its holder's key is revoked."""


@dataclass(frozen=True)
class Fired:
    mission: bytes
    event: str


@dataclass(frozen=True)
class Withdrawal:
    mission: bytes
    tool: Pattern


@dataclass(frozen=True)
class Notice:
    envelope: Envelope
    said: Said
    terms: Status | MissionEnd | TaskEnd | Fired | Withdrawal


@dataclass(frozen=True)
class Approval:
    envelope: Envelope
    said: Said
    leaf: bytes
    call: bytes
    request: bytes
    audience: str
    expires: int


Parts = dict[object, object]
Readers = dict[int, Callable[[Reader], object]]


def _read_map(r: Reader, readers: Readers, parts: Parts, name: str = "") -> None:
    """A map of claims, each read by its key into `parts`. A key that is not known refuses all."""
    entries = r.map(bounds.CLAIM_ENTRIES)
    while (key := entries.next_key()) is not None:
        if key not in readers:
            raise malformed("UnknownClaim")
        parts[name, key] = readers[key](r)


def _nested(readers: Readers, parts: Parts) -> Callable[[Reader], object]:
    return lambda r: _read_map(r, readers, parts, "mandate")


def _require(parts: Parts, *keys: tuple[str, int]) -> list:  # type: ignore[type-arg]
    if not all(key in parts for key in keys):
        raise malformed("MissingClaim")
    return [parts[key] for key in keys]


def _read_token_id(r: Reader) -> bytes:
    token_id = r.bytes(16)
    if len(token_id) < 8:
        raise malformed("InvalidValue")
    return token_id


def _read_digest(r: Reader) -> bytes:
    return r.bytes_of(32)


def _read_confirmation(r: Reader) -> bytes:
    """A COSE_Key of three entries: OKP, Ed25519, x."""
    if r.map(1).next_key() != 1:
        raise malformed("InvalidValue")
    entries = r.map(3)
    for key, value in ((1, 1), (-1, 6)):
        if entries.next_key() != key or r.unsigned() != value:
            raise malformed("InvalidValue")
    if entries.next_key() != -2:
        raise malformed("InvalidValue")
    key = r.bytes_of(32)
    if not is_key(key):
        raise malformed("InvalidValue")
    return key


def _read_hops(r: Reader) -> int:
    hops = r.positive()
    if hops > 255:
        raise malformed("OutOfBounds")
    return hops


def _read_replaced(r: Reader) -> tuple[bytes, ...]:
    return tuple(r.sorted(r.array(1, bounds.REPLACED), _read_digest))


_REGISTERED: Readers = {_EXP: read_time, _IAT: read_time, _CTI: _read_token_id, _CNF: _read_confirmation}
_COMMON: Readers = {0: read_powers, 1: read_limits, 2: _read_hops, 3: read_name, 12: _read_replaced}


def _link_parts(parts: Parts, envelope: Envelope) -> dict[str, object]:
    wanted = [("", _IAT), ("", _EXP), ("", _CTI), ("", _CNF), ("mandate", 0)]
    issued_at, expires, _, holder, powers = _require(parts, *wanted)
    if expires <= issued_at:
        raise malformed("InvalidValue")
    return {
        "envelope": envelope,
        "id": digests.of(envelope.data),
        "holder": holder,
        "powers": powers,
        "limits": parts.get(("mandate", 1), []),
        "hops": parts.get(("mandate", 2), 0),
        "issued_at": issued_at,
        "expires": expires,
        "replaces": parts.get(("mandate", 12), ()),
    }


def _or_null(read: Callable[[Reader], object]) -> Callable[[Reader], object]:
    return lambda r: None if r.is_null() else read(r)


def _read_aliases(r: Reader) -> dict[str, str]:
    entries = r.map(bounds.ALIASES)
    if entries.left == 0:
        raise malformed("NotDeterministic")
    aliases: dict[str, str] = {}
    while (system := entries.next(read_name)) is not None:
        aliases[system] = read_name(r)
    return aliases


def _read_purpose(r: Reader) -> None:
    r.array_of(3)
    read_name(r)
    read_name(r)
    _read_digest(r)


def _read_grant(r: Reader) -> Grant:
    r.array_of(4)
    kind = _read_kind(r, 3)
    read_name(r)
    at = read_time(r)
    _read_digest(r)
    return Grant(kind, at)


def _read_kind(r: Reader, kinds: int) -> int:
    kind = r.unsigned()
    if kind >= kinds:
        raise malformed("UnknownClaim")
    return kind


_ROOT_TERMS: Readers = {
    4: read_task,
    5: _or_null(read_audiences),
    6: _or_null(read_lives_by),
    7: read_name,
    8: _read_aliases,
    9: _read_purpose,
    10: _read_grant,
    13: read_key,
}
_CHILD_TERMS: Readers = {4: read_task, 5: Reader.flag, 11: _read_digest}


def read_root(envelope: Envelope) -> Root:
    def read(r: Reader) -> Root:
        parts: Parts = {}
        terms = _nested(_COMMON | _ROOT_TERMS, parts)
        _read_map(r, _REGISTERED | {_ISS: read_name, _MANDATE: terms}, parts)
        link = _link_parts(parts, envelope)
        wanted = [("", _ISS), *(("mandate", key) for key in (4, 5, 6, 7, 9, 13))]
        issuer, task, audiences, lives_by, _, _, signed_by = _require(parts, *wanted)
        aliases, grant = parts.get(("mandate", 8), {}), parts.get(("mandate", 10))
        return Root(
            **link,  # type: ignore[arg-type]
            issuer=issuer, task=task, audiences=audiences, lives_by=lives_by, aliases=aliases, grant=grant, signed_by=signed_by,
        )

    return envelope.claims(cose.ROOT, read)


def read_child(envelope: Envelope) -> Child:
    def read(r: Reader) -> Child:
        parts: Parts = {}
        _read_map(r, _REGISTERED | {_MANDATE: _nested(_COMMON | _CHILD_TERMS, parts)}, parts)
        link = _link_parts(parts, envelope)
        (parent,) = _require(parts, ("mandate", 11))
        step, same_key = parts.get(("mandate", 4)), parts.get(("mandate", 5), False)
        return Child(**link, parent=parent, step=step, same_key=same_key)  # type: ignore[arg-type]

    return envelope.claims(cose.CHILD, read)


def read_call(envelope: Envelope) -> Call:
    def read(r: Reader) -> Call:
        parts: Parts = {}
        terms = _nested({0: _read_digest, 1: _read_digest}, parts)
        _read_map(r, {_AUD: read_name, _IAT: read_time, _CTI: lambda r: r.bytes_of(16), _MANDATE: terms}, parts)
        wanted = [("", _AUD), ("", _IAT), ("", _CTI), ("mandate", 0), ("mandate", 1)]
        return Call(envelope, *_require(parts, *wanted))

    return envelope.claims(cose.CALL, read)


def _read_said(r: Reader, readers: Readers) -> tuple[Said, Parts]:
    parts: Parts = {}
    terms = _nested({0: read_key} | readers, parts)
    _read_map(r, {_IAT: read_time, _CTI: _read_token_id, _MANDATE: terms}, parts)
    _, by, at = _require(parts, ("", _CTI), ("mandate", 0), ("", _IAT))
    return Said(by, at), parts


def _terms(parts: Parts, *keys: int) -> list:  # type: ignore[type-arg]
    return _require(parts, *(("mandate", key) for key in keys))


def _read_status(r: Reader) -> tuple[Said, Status]:
    said, parts = _read_said(r, {1: _read_snapshots})
    return said, Status(*_terms(parts, 1))


def _read_snapshots(r: Reader) -> tuple[Snapshot, ...]:
    names = _Names()
    snapshots = tuple(r.sorted(r.array(0, bounds.STATUS_MISSIONS), lambda r: _read_snapshot(r, names)))
    missions = {snapshot.mission for snapshot in snapshots}
    if not snapshots or len(missions) != len(snapshots) or not all(map(_is_in_bounds, snapshots)):
        raise malformed("InvalidValue")
    return snapshots


@dataclass
class _Names:
    """The events and withdrawn tools of a status that were counted."""

    count: int = 0


def _read_snapshot(r: Reader, names: _Names) -> Snapshot:
    def read_wave(r: Reader) -> tuple[int, int]:
        r.array_of(2)
        return r.unsigned(), read_time(r)

    start = r.at
    parts: Parts = {}
    sets: Readers = {
        4: _not_empty(bounds.EVENTS, names, read_name),
        5: _not_empty(bounds.WITHDRAWN, names, read_pattern),
        6: _read_listed,
        7: _read_listed,
    }
    _read_map(r, {0: _read_digest, 1: Reader.unsigned, 2: Reader.flag, 3: read_wave} | sets, parts)
    mission, sequence, wave = _require(parts, ("", 0), ("", 1), ("", 3))
    told = (parts.get(("", key), frozenset()) for key in (4, 5, 6, 7))
    suspended, encoded = bool(parts.get(("", 2))), r.data[start : r.at]
    return Snapshot(mission, sequence, suspended, wave, *told, encoded)  # type: ignore[arg-type]


def _is_in_bounds(snapshot: Snapshot) -> bool:
    names = sum(len(event.encode()) for event in snapshot.events) + sum(len(str(tool)) for tool in snapshot.withdrawn)
    return names <= bounds.STATUS_NAME_BYTES and len(snapshot.ended) + len(snapshot.keys_revoked) <= bounds.LISTED


def _read_listed(r: Reader) -> frozenset[bytes]:
    """The first bytes of mandates, one after the other."""
    data, length = r.bytes(bounds.LISTED * bounds.LISTED_BYTES), bounds.LISTED_BYTES
    if len(data) % length != 0:
        raise malformed("UnexpectedItem")
    listed = [data[at : at + length] for at in range(0, len(data), length)]
    if not listed or any(first >= second for first, second in zip(listed, listed[1:], strict=False)):
        raise malformed("NotDeterministic")
    return frozenset(listed)


def _not_empty(most: int, names: _Names, read: Callable[[Reader], object]) -> Callable[[Reader], frozenset[object]]:
    """A sorted set that is there because it is not empty."""

    def read_set(r: Reader) -> frozenset[object]:
        count = r.array(0, most)
        if count == 0:
            raise malformed("NotDeterministic")
        names.count += count
        if names.count > bounds.STATUS_NAMES:
            raise malformed("OutOfBounds")
        return frozenset(r.sorted(count, read))

    return read_set


def _read_end(r: Reader) -> tuple[Said, MissionEnd]:
    said, parts = _read_said(r, {1: _read_digest, 2: lambda r: _read_kind(r, 3)})
    return said, MissionEnd(*_terms(parts, 1, 2))


def _read_task_end(r: Reader) -> tuple[Said, TaskEnd]:
    said, parts = _read_said(r, {1: _read_digest, 2: lambda r: _read_kind(r, 5), 3: read_time, 4: _read_digest})
    mandate, ending, _ = _terms(parts, 1, 2, 3)
    return said, TaskEnd(mandate, None if ending == _KEY_REVOKED else ending)


def _read_fired(r: Reader) -> tuple[Said, Fired]:
    said, parts = _read_said(r, {1: _read_digest, 2: read_name})
    return said, Fired(*_terms(parts, 1, 2))


def _read_withdrawal(r: Reader) -> tuple[Said, Withdrawal]:
    said, parts = _read_said(r, {1: _read_digest, 2: read_pattern})
    return said, Withdrawal(*_terms(parts, 1, 2))


_KEY_REVOKED = 4
"""The end of a mandate that is none of its task."""

_NOTICES = {
    cose.STATUS: _read_status,
    cose.END: _read_end,
    cose.TASK_END: _read_task_end,
    cose.EVENT: _read_fired,
    cose.WITHDRAWAL: _read_withdrawal,
}


def read_notice(data: bytes) -> Notice:
    r = Reader(data)
    envelope = cose.read_envelope(r, bounds.STATUS_BYTES)
    kind = envelope.type()
    if kind not in _NOTICES:
        raise malformed("WrongTokenType")
    if kind != cose.STATUS and len(envelope.data) > bounds.TOKEN_BYTES:
        raise malformed("OutOfBounds")
    said, terms = envelope.claims(kind, _NOTICES[kind])
    r.end()
    return Notice(envelope, said, terms)


def read_approval(data: bytes) -> Approval:
    def read(claims: Reader) -> Approval:
        said, parts = _read_said(claims, {1: _read_digest, 2: _read_digest, 3: _read_digest, 4: read_name, 5: read_time})
        return Approval(envelope, said, *_terms(parts, 1, 2, 3, 4, 5))

    r = Reader(data)
    envelope = cose.read_envelope(r)
    approval = envelope.claims(cose.APPROVAL, read)
    r.end()
    return approval


def read_signed_call(data: bytes) -> Call:
    r = Reader(data)
    call = read_call(cose.read_envelope(r))
    r.end()
    return call
