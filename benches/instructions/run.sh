#!/usr/bin/env bash
# Counts the instructions of the main paths, under valgrind, and prints them as a Markdown table beside one plain Ed25519
# verification. What makes a path ready is not counted; what it returns is dropped within.
#
#   run.sh [PATH...]             the table, of all paths or of these
#   run.sh --check               counts a few paths twice: where no hash map is asked they must repeat to the last instruction
#   run.sh --profile PATH [N]    the N functions that take the most of one path, by themselves and with what they call
#
# An instruction is not a time: one of AVX2 does the work of several, and a cache miss counts as one. valgrind emulates a processor
# without AVX-512 and otherwise like the real one; which back end curve25519-dalek takes there is said below the table.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v valgrind >/dev/null || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends valgrind >/dev/null
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

program=$(cargo build --quiet --locked --release --package mandatum-instructions --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
readonly program repeats=16

# Runs a path, and says how many instructions all its repeats took together.
count() {
    # Without the variables of whoever runs it: where the stack begins moves with them.
    env -i valgrind --tool=callgrind --callgrind-out-file="$work/$1.out" --toggle-collect='*mandatum_instructions::measured*' \
        "$program" "$1" $repeats >"$work/$1.log" 2>&1 || { cat "$work/$1.log" >&2 && return 1; }
    sed -n 's/^==[0-9]*== Collected : \([0-9]*\)$/\1/p' "$work/$1.log"
}

with_commas() {
    sed -E ':again; s/([0-9])([0-9]{3})(,|$)/\1,\2\3/; t again' <<<"$1"
}

table() {
    local unit path counted does
    unit=$(count unit)
    [[ $unit -gt 0 ]] || { echo "nothing was counted" >&2 && return 1; }
    printf '| path | instructions | in U |\n|---|---:|---:|\n'
    for path in "$@"; do
        counted=$(count "$path")
        does=$("$program" | sed -n "s/^$path\t//p")
        printf '| %s | %s | %s |\n' "$does" "$(with_commas $((counted / repeats)))" \
            "$(awk "BEGIN { printf \"%.4f\", $counted / $unit }")"
    done
    printf '\nEach over %d calls; curve25519-dalek runs its %s back end here.\n' "$repeats" "$(back_end)"
}

back_end() {
    local name
    for name in ifma avx2 serial; do
        if grep -q "curve25519_dalek::backend::[a-z]*::.*$name\|curve25519_dalek::backend::$name" "$work/unit.out"; then
            echo "$name" && return
        fi
    done
}

check() {
    local path first second differ=0
    # These ask no hash map.
    for path in unit mint-4 decode-4 check-1 check-4 signed-4 asserted-4 denied-4 garbage wrong-tool; do
        first=$(count "$path") second=$(count "$path")
        echo "$path: $first and $second"
        [[ $first == "$second" ]] || differ=1
    done
    # Hash maps are seeded anew in each run, and how long they look for a slot depends on it.
    for path in known-4 leaf-4 mission-4 lookup charge; do
        first=$(count "$path") second=$(count "$path")
        echo "$path: $first and $second, $(awk "BEGIN { printf \"%+.3f %%\", 100 * ($second - $first) / $first }") (asks a hash map)"
    done
    [[ $differ == 0 ]] || { echo "a count did not repeat" >&2 && return 1; }
}

profile() {
    local counted most=${2:-30} inclusive
    counted=$(count "$1")
    for inclusive in no yes; do
        printf '\n%s, instructions of %d calls, with what they call: %s\n\n' "$1" "$repeats" "$inclusive"
        # Each line names the file before the function, where it is known.
        callgrind_annotate --threshold=100 --auto=no --inclusive=$inclusive "$work/$1.out" |
            grep -E '^ *[0-9,]+ \(' | grep -vE 'libc[-_]start|below main|mandatum_instructions::(main|measured)|main \[|0x' | sed -E 's/\?\?\?://; s# \[[^]]*/([^]/]*)\]$# [\1]#' | awk -v most="$most" 'NR <= most'
    done
    printf '\n%s for a call\n' "$(with_commas $((counted / repeats)))"
}

case ${1:-} in
    --check) check ;;
    --profile) profile "${@:2}" ;;
    "")
        mapfile -t paths < <("$program" | cut -f 1)
        table "${paths[@]}"
        ;;
    *) table "$@" ;;
esac
