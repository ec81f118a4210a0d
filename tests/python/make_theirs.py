"""Writes chains and calls to DIR, signed at NOW by both COSE libraries, from nothing but the text of the format.

Each proof is a root for two accounts, a child for one of them, and a call about the account that the file is named for. An
approval is of the call of that name.
"""

import decimal
import pathlib
import sys

import blake3
import cbor2
import cwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pycose.headers import Algorithm
from pycose.algorithms import EdDSA
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message

ISSUER = "https://acme.example"
CRM = "https://crm.example"
MANDATE = -65537
LEDGER = "eu-1"


def deterministic(item):
    """RFC 8949 section 4.2.1: `cbor2` writes the shortest heads; its canonical mode sorts keys by the older rule, so the
    order is made here."""
    if isinstance(item, dict):
        entries = [(deterministic(key), deterministic(value)) for key, value in item.items()]
        return dict(sorted(entries, key=lambda entry: cbor2.dumps(entry[0])))
    if isinstance(item, list):
        return [deterministic(part) for part in item]
    return item


def encode(item):
    return cbor2.dumps(deterministic(item))


class Key:
    """A key of RFC 8032 from its seed."""

    def __init__(self, seed):
        self.secret = bytes([seed]) * 32
        self.public = Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    def confirmation(self):
        return {1: {1: 1, -1: 6, -2: self.public}}


def with_pycose(typ, claims, key):
    message = Sign1Message(phdr={Algorithm: EdDSA, 16: typ}, payload=encode(claims))
    message.key = OKPKey(crv=Ed25519, x=key.public, d=key.secret)
    return message.encode()


def with_cwt(typ, claims, key):
    # `CWT.encode` knows no `typ`, so it is the library's COSE half that signs.
    signer = cwt.COSEKey.new({1: 1, 3: -8, -1: 6, -2: key.public, -4: key.secret, 4: [1, 2]})
    cose = cwt.COSE.new(deterministic_header=True)
    return cose.encode_and_sign(encode(claims), signer, protected={1: -8, 16: typ}, unprotected={})


APPROVER = Key(14)


def powers(accounts):
    account = [1, sorted(accounts, key=encode)]
    discount = [3, {0: decimal.Decimal("-0.5"), 2: 2**127 - 1}]
    return [{0: "crm.read", 1: 0, 2: {"account": account}, 3: {"discount": discount}, 5: True}]


def root(sign, now, issuer, holder):
    ours = {
        0: powers(["globex", "acme"]),
        1: [[0, {0: now}], [1, [CRM], ["crm.*"]]],
        2: 1,
        3: "orchestrator",
        4: "acme-qbr",
        5: [CRM],
        6: None,
        7: "alice",
        8: {"crm": "a-17"},
        9: ["qbr", "acme", blake3.blake3(b"the text").digest()],
        10: [0, "alice", now, blake3.blake3(b"consent").digest()],
        13: issuer.public,
    }
    registered = {1: ISSUER, 4: now + 3600, 6: now, 7: bytes(16), 8: holder.confirmation()}
    return sign("mandate2-root+cwt", {**registered, MANDATE: ours}, issuer)


def child(sign, now, parent, signer, holder):
    # Signed calls only; at most nine of them; once a second; apart from payments; approved at most five minutes before.
    limits = [
        [2, None],
        [8, {0: "calls", 1: {LEDGER: 9}}],
        [9, ["pace", LEDGER, 1, 1]],
        [10, ["duty", LEDGER, [["crm.*"], ["pay"]]]],
        [11, {0: [APPROVER.public], 1: 1, 2: 300}],
    ]
    ours = {0: powers(["acme"]), 1: limits, 4: "slides", 11: blake3.blake3(parent).digest()}
    registered = {4: now + 60, 6: now, 7: bytes(8), 8: holder.confirmation()}
    return sign("mandate2+cwt", {**registered, MANDATE: ours}, signer)


def call(sign, now, leaf, signer, account):
    request = encode(["crm.read", {"account": account}])
    digest = blake3.blake3(request, derive_key_context="mandatum 2026-12 request").digest()
    ours = {0: blake3.blake3(leaf).digest(), 1: digest}
    return sign("mandate2-call+cwt", {3: CRM, 6: now, 7: account.encode().ljust(16), MANDATE: ours}, signer)


def approval(sign, now, leaf, account):
    request = blake3.blake3(encode(["crm.read", {"account": account}]), derive_key_context="mandatum 2026-12 request")
    call = [blake3.blake3(leaf).digest(), account.encode().ljust(16), CRM]
    key = blake3.blake3(encode(call), derive_key_context="mandatum 2026-12 call key").digest()
    ours = {0: APPROVER.public, 1: call[0], 2: key, 3: request.digest(), 4: CRM, 5: now + 60}
    return sign("mandate2-approval+cwt", {6: now, 7: bytes(8), MANDATE: ours}, APPROVER)


def proofs(sign, now, issuer):
    orchestrator, helper = Key(12), Key(13)
    chain = [root(sign, now, issuer, orchestrator)]
    chain.append(child(sign, now, chain[0], orchestrator, helper))
    # Tokens stand in arrays as they are: the heads of arrays of two are one byte each.
    signed = {account: call(sign, now, chain[-1], helper, account) for account in ("acme", "globex")}
    made = {f"{account}.proof": b"\x82\x82" + b"".join(chain) + token for account, token in signed.items()}
    return {**made, "acme.approval": approval(sign, now, chain[-1], "acme")}


def main(directory, now):
    issuer = Key(11)
    (directory / "issuer.key").write_bytes(issuer.public)
    made = {sign.__name__.removeprefix("with_"): proofs(sign, now, issuer) for sign in (with_pycose, with_cwt)}
    assert made["pycose"] == made["cwt"], "one meaning has one spelling"
    for maker, files in made.items():
        for name, content in files.items():
            (directory / f"{maker}-{name}").write_bytes(content)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
