"""The envelope of a token: a tagged COSE_Sign1 with two protected header parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from . import bounds, cbor
from .cbor import Reader, malformed
from .ed25519 import verifies

T = TypeVar("T")

_COSE_SIGN1 = 18
_ALG, _TYP = 1, 16
_EDDSA, _ED25519 = -8, -19

ROOT = "mandate2-root+cwt"
CHILD = "mandate2+cwt"
CALL = "mandate2-call+cwt"
STATUS = "mandate2-status+cwt"
END = "mandate2-end+cwt"
TASK_END = "mandate2-task-end+cwt"
EVENT = "mandate2-event+cwt"
WITHDRAWAL = "mandate2-withdrawal+cwt"
APPROVAL = "mandate2-approval+cwt"


@dataclass(frozen=True)
class Envelope:
    """A token taken apart: its exact bytes, and those of them that are signed."""

    data: bytes
    protected: bytes
    payload: bytes
    signature: bytes

    def type(self) -> str:
        """The type that the protected header names."""
        r = Reader(self.protected)
        entries = r.map(bounds.TOKEN_BYTES)
        alg, typ = False, None
        while (parameter := entries.next_key()) is not None:
            if parameter == _ALG:
                if r.integer() not in (_EDDSA, _ED25519):
                    raise malformed("HeaderNotAccepted")
                alg = True
            elif parameter == _TYP:
                typ = r.text(bounds.TOKEN_BYTES)
            else:
                raise malformed("HeaderNotAccepted")
        if not alg or typ is None:
            raise malformed("MissingClaim")
        r.end()
        return typ

    def claims(self, wanted: str, read: Callable[[Reader], T]) -> T:
        if self.type() != wanted:
            raise malformed("WrongTokenType")
        r = Reader(self.payload)
        claims = read(r)
        r.end()
        return claims

    def is_signed_by(self, key: bytes) -> bool:
        """Whether the key signed the bytes that came (Sig_structure, RFC 9052 section 4.4)."""
        signed = [cbor.text("Signature1"), cbor.byte_string(self.protected), cbor.byte_string(b"")]
        return verifies(key, cbor.array([*signed, cbor.byte_string(self.payload)]), self.signature)


def read_envelope(r: Reader, most: int = bounds.TOKEN_BYTES) -> Envelope:
    start = r.at
    r.tag(_COSE_SIGN1)
    if r.array(4, most) != 4:
        raise malformed("UnexpectedItem")
    protected = r.bytes(most)
    if r.map(most).left != 0:
        raise malformed("HeaderNotAccepted")
    payload = r.bytes(most)
    signature = r.bytes_of(64)
    if r.at - start > most:
        raise malformed("OutOfBounds")
    return Envelope(r.data[start : r.at], protected, payload, signature)


