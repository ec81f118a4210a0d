"""Ed25519 as strictly as the format demands (RFC 8032 section 5.1.7 without cofactor, no weak points, one spelling)."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .cbor import Reader, malformed

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_L = 2**252 + 27742317777372353535851937790883648493

# The y coordinates of the eight points of small order; each is that of two points that differ in the sign of x.
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


def _y(encoded: bytes) -> int:
    return int.from_bytes(encoded, "little") & ~(1 << 255)


def is_weak(encoded: bytes) -> bool:
    return _y(encoded) in _SMALL_ORDER


def is_key(encoded: bytes) -> bool:
    """Whether bytes are the one spelling of a point that is not of small order, as far as can be told without a root."""
    return len(encoded) == 32 and not is_weak(encoded) and _y(encoded) < _P


def read_key(r: Reader) -> bytes:
    key = r.bytes_of(32)
    if not is_key(key):
        raise malformed("InvalidValue")
    return key


@lru_cache(maxsize=4096)
def is_on_curve(key: bytes) -> bool:
    square = _y(key) ** 2
    x_squared = (square - 1) * pow(_D * square + 1, -1, _P) % _P
    return x_squared == 0 or pow(x_squared, (_P - 1) // 2, _P) == 1


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    if is_weak(signature[:32]) or int.from_bytes(signature[32:], "little") >= _L or not is_on_curve(key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
