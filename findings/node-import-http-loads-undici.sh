#!/usr/bin/env bash
# Node.js 22 and 24: `import { request } from 'node:http'` in an ES module, and `require('node:http')` of the same.
# Expected: both load the client and server of HTTP, and what else node:http offers (WebSocket, MessageEvent, CloseEvent) when it is
# asked for: these are getters, made to be lazy.
# An import takes the value of everything that the module has, so it calls the getters: all of undici is loaded, by programs that
# never call fetch or WebSocket. It takes longer than the start of Node.js itself, and some ten megabytes. A require does not.
# Why it matters: short programs (hooks, command lines) that are bundled as ES modules begin so much later, and each background
# process is so much larger; `process.getBuiltinModule('node:http')` is what a module can write instead.
# Source: run here; lib/internal/bootstrap/realm.js (getESMFacade, syncExports) and lib/http.js (lazyUndici).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
binary=node-$(node -p '`${process.platform}-${process.arch}`')
npm install --silent --no-audit --no-fund --save-exact node-22@npm:"$binary"@22.23.3 node-24@npm:"$binary"@24.21.0
count='process.moduleLoadList.filter((name) => name.includes("undici/undici")).length'
echo "import { request } from 'node:http'; console.log($count, typeof request);" >import.mjs
echo "const { request } = require('node:http'); console.log($count, typeof request);" >require.cjs
echo "const { request } = process.getBuiltinModule('node:http'); console.log($count, typeof request);" >builtin.mjs
for version in 22 24; do
  node=node_modules/node-$version/bin/node
  result="import $($node import.mjs), require $($node require.cjs), getBuiltinModule $($node builtin.mjs)"
  echo "Node.js $($node --version): $result"
  [ "$result" = 'import 1 function, require 0 function, getBuiltinModule 0 function' ] || { echo "CHANGED"; exit 1; }
done
echo "SEEN: what an ES module imports of node:http brings undici with it"
