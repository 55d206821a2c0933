#!/usr/bin/env bash
# @modelcontextprotocol/server 2.4.0 over stdio agrees to protocol version 2025-03-26 when a client asks for it ("protocolVersion" of its
# answer), and leaves each JSON-RPC batch of that client without a word: no answer, no error, nothing on standard error. The same two
# requests one by one are answered.
# Expected: that version says "MUST support receiving JSON-RPC batches" (basic/index, Batching); a server that does not, answers
# initialize with a version that it keeps to, as it does for one that it does not know at all.
# Why it matters: a client of that version that sends a batch waits until its own timeout is over.
# Source: run here; https://modelcontextprotocol.io/specification/2025-03-26/basic
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" @modelcontextprotocol/server@2.4.0 >/dev/null 2>&1
cat >server.mjs <<'JS'
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
serveStdio(() => new Server({ name: 's', version: '1' }, { capabilities: { tools: {} } }));
JS
cat >client.mjs <<'JS'
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
const server = spawn(process.execPath, ['server.mjs'], { stdio: ['pipe', 'pipe', 'pipe'] });
const answers = [];
let said = '';
server.stderr.on('data', (text) => (said += text));
createInterface({ input: server.stdout }).on('line', (line) => answers.push(...[JSON.parse(line)].flat()));
const write = (message) => server.stdin.write(`${JSON.stringify(message)}\n`);
const ping = (id) => ({ jsonrpc: '2.0', id, method: 'ping' });
const answered = async (id) => {
  for (let time = 0; time < 50 && !answers.some((each) => each.id === id); time++) await delay(100);
  return answers.some((each) => each.id === id);
};
const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
write({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
await answered(1);
const version = answers.find(({ id }) => id === 1)?.result?.protocolVersion;
write({ jsonrpc: '2.0', method: 'notifications/initialized' });
write([ping(2), ping(3)]);
const batch = [await answered(2), await answered(3)];
write(ping(4));
write(ping(5));
const single = [await answered(4), await answered(5)];
console.log(`agreed to ${version}; a batch of two answered: ${batch}; two by themselves: ${single}; standard error: "${said}"`);
server.stdin.end();
process.exitCode = version === '2025-03-26' && !batch.includes(true) && !single.includes(false) && said === '' ? 0 : 1;
JS
echo "version $(node -p "require('./node_modules/@modelcontextprotocol/server/package.json').version")"
node client.mjs || { echo "CHANGED"; exit 1; }
echo "SEEN: the batch is left"
