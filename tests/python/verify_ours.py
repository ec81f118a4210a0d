"""Verifies the tokens that Rust wrote to DIR with both COSE libraries, and checks what they say.

Every byte is then changed once, and neither library may accept the result.
"""

import json
import pathlib
import sys

import cbor2
import cwt
import pycose.headers
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage, Sign1Message

ALG, TYP, EDDSA = 1, 16, -8
ISS, AUD, EXP, IAT, CTI, CNF = 1, 3, 4, 6, 7, 8
MANDATE = -65537


def with_pycose(token, key):
    """The claims and the type of a token, or an exception."""
    message = CoseMessage.decode(token)
    if not isinstance(message, Sign1Message):
        raise ValueError("not a COSE_Sign1")
    message.key = OKPKey(crv=Ed25519, x=key)
    if not message.verify_signature():
        raise ValueError("the signature does not verify")
    assert not message.uhdr
    assert message.phdr[pycose.headers.Algorithm].identifier == EDDSA
    return cbor2.loads(message.payload), message.phdr[TYP]


def with_cwt(token, key):
    """The same, and `exp` is compared with the wall clock."""
    key = cwt.COSEKey.new({1: 1, 3: EDDSA, -1: 6, -2: key, 4: [2]})
    reader = cwt.CWT.new()
    # By default it wants a `kid`, which RFC 9052 leaves open and our tokens don't have.
    reader.cose.verify_kid = False
    protected, unprotected, _ = reader.cose.decode_with_headers(token, key)
    assert not unprotected
    assert protected[ALG] == EDDSA
    claims = reader.decode(token, key)
    cwt.Claims.validate(claims)
    return claims, protected[TYP]


def expected(claims):
    """What Rust says that a token says, as CWT claims."""
    registered = {
        ISS: claims["iss"],
        AUD: claims["aud"],
        EXP: claims["exp"],
        IAT: claims["iat"],
        CTI: bytes.fromhex(claims["cti"]),
        CNF: claims["cnf"] and {1: {1: 1, -1: 6, -2: bytes.fromhex(claims["cnf"])}},
    }
    return {name: value for name, value in registered.items() if value is not None}


def accepts(verify, token, key):
    try:
        verify(token, key)
    except Exception:  # Any refusal will do: the libraries raise whatever their parsers meet.
        return False
    return True


def main(directory):
    tokens = json.loads((directory / "tokens.json").read_text())
    assert len(tokens) == 7
    keys = [bytes.fromhex(told["key"]) for told in tokens]
    for told, key in zip(tokens, keys):
        token = (directory / told["file"]).read_bytes()
        for verify in (with_pycose, with_cwt):
            claims, typ = verify(token, key)
            ours = claims.pop(MANDATE)
            assert claims == expected(told["claims"]), (claims, told)
            assert typ == told["typ"], (typ, told)
            assert isinstance(ours, dict) and 0 in ours
            for other in keys:
                assert accepts(verify, token, other) == (other == key)
            for at in range(len(token)):
                changed = bytes((*token[:at], token[at] ^ 1, *token[at + 1 :]))
                assert not accepts(verify, changed, key), (told["file"], at)
            print(f"{told['file']}: {verify.__name__} verifies it and refuses {len(token)} changed ones")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
