#!/usr/bin/env bash
# A second implementation, written in Python from the documentation, decides every vector as it says, and random cases as the
# library does: `tests/interop/run.sh [--mutants] [SEED [COUNT]]`, by default 10,000 of seed 1. With `--mutants` it then puts faults
# into the second implementation, one by one, each of which vectors or random cases must notice.
# Needs Python 3.11 or later with venv, and a package index or cache that pip can reach.
set -euo pipefail
cd "$(dirname "$0")/../.."
mutants=
if [[ ${1-} == --mutants ]]; then
    mutants=1
    shift
fi
seed=${1:-1} count=${2:-10000}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/interop/requirements.txt
python="$work/venv/bin/python"
export PYTHONDONTWRITEBYTECODE=1

"$python" -m unittest discover --start-directory tests/interop --pattern 'test_*.py'
"$python" tests/interop/vectors.py
cargo run --quiet --locked --package mandatum-interop-cases -- tests/vectors "$seed" "$count" >"$work/cases.jsonl"
"$python" tests/interop/random_cases.py "$work/cases.jsonl"
if [[ -n $mutants ]]; then
    "$python" tests/interop/mutants.py "$work/cases.jsonl"
fi
