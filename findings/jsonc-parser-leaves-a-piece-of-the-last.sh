#!/usr/bin/env bash
# jsonc-parser 3.3.1: `modify` with undefined takes an element out of a list; its edits are applied with `applyEdits`.
# Expected: `[1, 2]` without its last element is `[1]`, as it is where each element has a line of its own.
# Where the bracket stands behind it on the same line, it is `[12]`, and `[{"a": 1}, {"b": 2}]` becomes `[{"a": 1}}]`, which is no JSON:
# what is taken ends one byte before the bracket, where it expects a line to end, so the element's last byte stays.
# Why it matters: whoever edits somebody's settings file with it leaves one that says something else, or that no program reads.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --save-exact jsonc-parser@3.3.1
cat >try.cjs <<'END'
const { applyEdits, modify } = require('jsonc-parser');
const lists = ['[\n  1,\n  2\n]', '[1,2]', '[1, 2]', '[{"a": 1}, {"b": 2}]'];
console.log(lists.map((text) => applyEdits(text, modify(text, [1], undefined, {})).replace(/\s/g, '')).join(' '));
END
result=$(node try.cjs)
echo "jsonc-parser $(node -p "require('jsonc-parser/package.json').version"): without the last element, blanks left out: $result"
[ "$result" = '[1] [12] [12] [{"a":1}}]' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the last element of a list on one line leaves a piece of itself"
