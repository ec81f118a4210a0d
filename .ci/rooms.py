#!/usr/bin/env python3
"""Holds the order of the rooms of src: each imports only rooms below it, and none of its own row."""

import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"
# Highest first. Whatever is not a room, such as lib.rs and the guides, may name all of them.
ROWS = [
    ["guard", "json"],
    ["graph", "ledger", "receipts"],
    ["decide"],
    ["charge"],
    ["denial"],
    ["mission"],
    ["chain"],
    ["sign"],
    ["codec"],
    ["claims"],
    ["limits"],
    ["powers"],
    ["primitives"],
]
LEVEL = {room: level for level, row in enumerate(ROWS) for room in row}


def code(text):
    """The text without comments: links in documentation may point anywhere."""
    return re.sub(r"//[^\n]*", "", text)


def main():
    rooms = {path.name for path in SRC.iterdir() if path.is_dir()} - {"guide"}
    wrong = [f"{room}: a room without a place in the order" for room in sorted(rooms ^ LEVEL.keys())]
    for room in sorted(rooms & LEVEL.keys()):
        for path in sorted((SRC / room).rglob("*.rs")):
            for other in sorted(set(re.findall(r"\bcrate::(\w+)", code(path.read_text())))):
                if other != room and other in LEVEL and LEVEL[other] <= LEVEL[room]:
                    wrong.append(f"{path.relative_to(SRC.parent)} imports {other}, which is not below {room}")
                if other not in LEVEL:
                    wrong.append(f"{path.relative_to(SRC.parent)} imports crate::{other}, not by its room")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
