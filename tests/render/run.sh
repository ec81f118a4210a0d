#!/usr/bin/env bash
# Draws the pictures of execution graphs with Graphviz, with Mermaid in Chromium, and as the example's page, and checks that
# everything is there and that no name is more than text.
# Needs Python 3, dot, chromium, and npm with a package index or cache that it can reach.
set -euo pipefail
cd "$(dirname "$0")/../.."

mermaid=12.3.0
sha512=e35d774dd5de2c0b0caee27bf4ea452f93bcf8b4c55e142a676eb4ac5ded8149a2340b519b852e99ed3823eeb93d137ac99ebd2787fcad56165bccd193ae5463

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "mermaid@$mermaid" >/dev/null)
echo "$sha512  $work/mermaid-$mermaid.tgz" | sha512sum --check --quiet
tar -xzf "$work/mermaid-$mermaid.tgz" -C "$work" --strip-components=2 package/dist/mermaid.min.js

# A page as it is after its scripts have run; a profile of its own, since all of it is thrown away.
dom() {
    chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" \
        --virtual-time-budget=30000 --dump-dom "file://$1" 2>"$work/complaints" || { cat "$work/complaints" >&2 && return 1; }
}

cargo run --quiet --locked --example graph -- "$work"
cargo run --quiet --locked --package mandatum-render-names -- "$work"
dom "$work/graph.html" >"$work/graph.dom"
for picture in execution names; do
    mkdir "$work/$picture"
    dot -Tsvg "$work/$picture.dot" -o "$work/$picture/dot.svg"
    cp tests/render/mermaid.html "$work/$picture/"
    ln -s "$work/mermaid.min.js" "$work/$picture/"
    python3 -c 'import json, sys; print("const diagram =", json.dumps(sys.stdin.read()))' \
        <"$work/$picture.mmd" >"$work/$picture/diagram.js"
    dom "$work/$picture/mermaid.html" >"$work/$picture/mermaid.dom"
done
python3 tests/render/check.py "$work"
