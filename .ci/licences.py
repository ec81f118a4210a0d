#!/usr/bin/env python3
"""Checks the licence of every dependency against the list in .cargo/deny.toml, for machines without `cargo deny`."""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def is_allowed(expression, allowed):
    """Returns whether the terms of an SPDX expression can be met by allowed licences alone."""
    # Old crates write a slash for OR; an exception belongs to the licence before it.
    text = expression.replace("/", " OR ")
    tokens = re.findall(r"\(|\)|\bAND\b|\bOR\b|[\w.+-]+(?: WITH [\w.+-]+)?", text)
    words = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    # Only these words, brackets, True and False are evaluated.
    return eval(" ".join(words.get(token, str(token in allowed)) for token in tokens))


def main():
    allowed = set(tomllib.loads((ROOT / ".cargo" / "deny.toml").read_text())["licenses"]["allow"])
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform=x86_64-unknown-linux-gnu"]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    packages = json.loads(found)["packages"]
    wrong = [package for package in packages if not is_allowed(package["license"] or "none", allowed)]
    for package in wrong:
        print(f"{package['name']} {package['version']}: {package['license']} is not allowed by .cargo/deny.toml")
    return 1 if wrong or not packages else 0


if __name__ == "__main__":
    sys.exit(main())
