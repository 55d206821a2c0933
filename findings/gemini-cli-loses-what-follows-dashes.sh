#!/usr/bin/env bash
# @google/gemini-cli 0.61.0: `gemini TEXT` takes TEXT as its prompt, as its help says (`gemini [query..]`). After `--`, by which every
# program with options is told that none follow, the same TEXT is lost: "No input provided via stdin", and no request is made. Without
# the dashes a prompt that begins with `-` is taken for options.
# Expected: that what follows `--` is the positional argument, as of Claude Code 2.1.332 and Codex 0.171.0.
# Why it matters: who starts an agent with a prompt that somebody else wrote has no form that holds for all agents; of Gemini CLI it
# is `--prompt-interactive=TEXT` in one argument.
# Source: run here, with a stand-in for the model on loopback; no account is needed for it.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" @google/gemini-cli@0.61.0 >/dev/null 2>&1
export HOME=$folder/home
mkdir -p "$HOME/.gemini" work
echo '{"security":{"auth":{"selectedType":"gemini-api-key"}}}' >"$HOME/.gemini/settings.json"
cat >server.mjs <<'JS'
import { createServer } from 'node:http';
import { appendFileSync, writeFileSync } from 'node:fs';
const server = createServer((request, answer) => {
  let body = '';
  request.on('data', (piece) => (body += piece));
  request.on('end', () => {
    appendFileSync('requests', `${body}\n`);
    answer.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":400,"message":"stand-in"}}');
  });
}).listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
node server.mjs &
server=$!
until [ -s port ]; do sleep 0.1; done
export GEMINI_API_KEY=none GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:$(cat port)
gemini=$folder/node_modules/.bin/gemini
echo "version $("$gemini" --version)"
asked() {
  : >requests
  (cd work && timeout 60 "$gemini" --skip-trust "$@" </dev/null >../output 2>&1) || true
  grep -c 'paint the shed' requests || true
}
plain=$(asked 'paint the shed')
dashes=$(asked -- 'paint the shed')
said=$(grep -o 'No input provided via stdin' output || true)
joined=$(asked '--prompt=-paint the shed')
echo "requests with the prompt: gemini TEXT $plain; gemini -- TEXT $dashes ($said); gemini --prompt=-TEXT $joined"
[[ $plain -gt 0 && $dashes -eq 0 && -n $said && $joined -gt 0 ]] || { echo "CHANGED"; exit 1; }
echo "SEEN: what follows -- is lost"
