#!/usr/bin/env bash
# Mandates made here are verified by two COSE libraries for Python, and mandates made there are verified here.
# Needs Python 3.9 or later with venv, and a package index or cache that pip can reach.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What both sides call now. Python compares `exp` with the wall clock, so what Rust writes expires in 2100.
now=1767225600
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/ours" "$work/theirs"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/python/requirements.txt
python="$work/venv/bin/python"
bridge() { cargo run --quiet --locked --package mandatum-python-bridge -- "$@"; }

bridge write "$work/ours" $now
"$python" tests/python/verify_ours.py "$work/ours"

"$python" tests/python/make_theirs.py "$work/theirs" $now
bridge verify "$work/theirs" $now
