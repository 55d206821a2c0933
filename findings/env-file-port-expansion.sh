#!/usr/bin/env bash
# One .env file with `PORT=3000` and `URL=http://localhost:${PORT}`, started with PORT=4111 in the environment, as a tool does that gives
# every checkout a port of its own. Which URL does the program see? Vite 8.3.8 and @next/env 16.4.6 say http://localhost:4111 (expanded
# with the port from outside), dotenv 18.0.10 and `node --env-file` (24) say http://localhost:${PORT} (never expanded), and dotenv with
# dotenv-expand 12.0.3 says http://localhost:4111.
# Expected: one answer; in any case not a URL with a dollar in it that fails much later.
# Why it matters: an address that is written once in .env is right, or no address at all, by the tool that reads it. Give programs the
# whole address (URL) in their environment, not only the port that it is made of.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"type":"module","private":true}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 vite@8.3.8 @next/env@16.4.6 dotenv@18.0.10 dotenv-expand@12.0.3
printf 'PORT=3000\nURL=http://localhost:${PORT}\n' >.env
export PORT=4111
node=$folder/node_modules/node/bin/node
"$node" --version
cat >vite.mjs <<'JS'
import { loadEnv } from 'vite';
console.log(loadEnv('development', '.', '').URL);
JS
cat >next.mjs <<'JS'
import next from '@next/env';
console.log(next.loadEnvConfig('.', true, { info() {}, error() {} }).combinedEnv.URL);
JS
cat >dotenv.mjs <<'JS'
import dotenv from 'dotenv';
dotenv.config({ quiet: true });
console.log(process.env.URL);
JS
cat >expand.mjs <<'JS'
import dotenv from 'dotenv';
import { expand } from 'dotenv-expand';
expand(dotenv.config({ quiet: true }));
console.log(process.env.URL);
JS
cat >plain.mjs <<'JS'
console.log(process.env.URL);
JS
seen=
for one in vite next dotenv expand; do
  url=$("$node" "$one.mjs")
  echo "$one: $url"
  seen+="$url "
done
url=$("$node" --env-file=.env plain.mjs)
echo "node --env-file: $url"
seen+="$url"
[ "$seen" = 'http://localhost:4111 http://localhost:4111 http://localhost:${PORT} http://localhost:4111 http://localhost:${PORT}' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: three expand with the port from outside, two do not expand"
