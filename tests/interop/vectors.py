"""Decides every vector, and says which are decided otherwise than they expect."""

from __future__ import annotations

import sys
from pathlib import Path

from mandate.case import read_case
from mandate.cbor import Value
from mandate.number import Number

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


def plain(value: Value) -> Value:
    """A value with whole numbers as integers, so that what was read compares with what was made."""
    if isinstance(value, Number):
        return value if value.to_integer() is None else value.to_integer()  # type: ignore[return-value]
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def wrong_in(path: Path) -> str | None:
    case, expect = read_case(path.read_text())
    found = case.decide()
    return None if plain(found) == plain(expect) else f"{path.name}: expected {expect}, found {found}"


def main() -> int:
    paths = sorted(FOLDER.glob("*.json"))
    wrong = [line for line in map(wrong_in, paths) if line is not None]
    print("\n".join(wrong))
    print(f"{len(paths) - len(wrong)} of {len(paths)} vectors agree")
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
