"""Decides random cases, one a line with the library's verdict, and says which are decided otherwise.

`random_cases.py FILE` reads what `mandatum-interop-cases` wrote. Cases are spread over all processors.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import traceback
from pathlib import Path

from mandate import jsonform
from mandate.case import decide
from mandate.cbor import Value
from vectors import plain

SHOWN = 10
"""Disagreements that are shown in full."""


def wrong_in(line: str) -> str | None:
    """Why a case is decided otherwise, if it is. The verdict stands first, so its text is cut off before the case is read."""
    expect, end = json.JSONDecoder().raw_decode(line, len('{"expect":'))
    text = "{" + line[end + 1 :]
    exact: Value = jsonform.read(line[len('{"expect":') : end])
    try:
        found: object = decide(text)
    except Exception:
        found = traceback.format_exc()
    return None if plain(found) == plain(exact) else f"expected {expect}\nfound    {found}\n{text}"


def disagreements(lines: list[str], processes: int | None = None) -> list[str]:
    with multiprocessing.Pool(processes) as pool:
        return [wrong for wrong in pool.imap_unordered(wrong_in, lines, chunksize=100) if wrong is not None]


def main() -> int:
    # Not `splitlines`, which also ends lines at U+0085 and U+2028 within texts.
    lines = Path(sys.argv[1]).read_text().rstrip("\n").split("\n")
    wrong = disagreements(lines)
    for each in wrong[:SHOWN]:
        print(each)
    print(f"{len(lines) - len(wrong)} of {len(lines)} random cases agree")
    return 1 if wrong or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
