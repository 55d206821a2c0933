#!/usr/bin/env bash
# npm 11.19.1 and 10.9.4: `npm install --package-lock-only PACKAGE` changes package.json and the lockfile, and installs nothing, as it is
# meant to. It also writes the package, in its new version, into node_modules/.package-lock.json, the record of what is installed.
# Expected: that the record stays as it is, since node_modules does.
# Why it matters: whoever trusts the record (a copy of node_modules for another checkout, a cache in CI) takes a node_modules for whole that
# lacks packages, or has them in other versions than the lockfile says.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

result=
for version in 10.9.4 11.19.1; do
  mkdir -p "$folder/$version/tool" "$folder/$version/project"
  (cd "$folder/$version/tool" && echo '{"private":true}' >package.json && npm install --silent --no-audit --no-fund "npm@$version")
  npm="$folder/$version/tool/node_modules/npm/bin/npm-cli.js"
  cd "$folder/$version/project"
  echo '{"private":true}' >package.json
  node "$npm" install --silent --no-audit --no-fund --save-exact ms@2.1.2
  node "$npm" install --silent --no-audit --no-fund --save-exact --package-lock-only ms@2.1.3 is-odd@3.0.1
  recorded=$(node -p "const { packages } = require('./node_modules/.package-lock.json'); ['ms', 'is-odd'].map((name) => name + ' ' + packages['node_modules/' + name]?.version).join(', ')")
  there=$(node -p "['ms', 'is-odd'].map((name) => { try { return name + ' ' + require('./node_modules/' + name + '/package.json').version; } catch { return name + ' none'; } }).join(', ')")
  echo "npm $(node "$npm" --version): the record says $recorded; node_modules has $there"
  result+="$recorded / $there; "
done
expected='ms 2.1.3, is-odd 3.0.1 / ms 2.1.2, is-odd none; '
[ "$result" = "$expected$expected" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the record names what was not installed"
