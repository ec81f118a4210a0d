"""Digests: BLAKE3 of bytes, and in key derivation mode of deterministic CBOR."""

from __future__ import annotations

from blake3 import blake3

from . import cbor
from .cbor import Value

_REQUEST = "mandatum 2026-12 request"
_CALL_KEY = "mandatum 2026-12 call key"
_ACCOUNT = "mandatum 2026-12 account"
_MISSION = "mandatum 2026-12 mission"


def of(data: bytes) -> bytes:
    return blake3(data).digest()


def _within(context: str, data: bytes) -> bytes:
    return blake3(data, derive_key_context=context).digest()


def request(tool: str, arguments: dict[str, Value]) -> bytes:
    return _within(_REQUEST, cbor.array([cbor.text(tool), cbor.encode(arguments)]))


def call_key(leaf: bytes, call_id: bytes, audience: str) -> bytes:
    parts = [cbor.byte_string(leaf), cbor.byte_string(call_id), cbor.text(audience)]
    return _within(_CALL_KEY, cbor.array(parts))


def mission(controller: bytes, name: str, nonce: bytes) -> bytes:
    parts = [cbor.byte_string(controller), cbor.text(name), cbor.byte_string(nonce)]
    return _within(_MISSION, cbor.array(parts))


def account(ledger: str, issuer: str, holder: bytes | None, name: str, counts: list[bytes]) -> bytes:
    parts = [cbor.text(ledger), cbor.text(issuer), cbor.encode(holder), cbor.text(name), cbor.array(counts)]
    return _within(_ACCOUNT, cbor.array(parts))
