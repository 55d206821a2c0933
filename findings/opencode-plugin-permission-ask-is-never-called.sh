#!/usr/bin/env bash
# opencode-ai 1.18.33 with a plugin as @opencode-ai/plugin 1.18.33 declares it: its hook "permission.ask" (with an output "status" of ask,
# deny or allow) is never called when a tool asks for a permission, and the events that its type Event names "permission.updated" come
# as "permission.asked", which that type does not have. A plugin that compiles against the types hears nothing of a permission.
# Expected: that the hook is called before the person is asked, or is not declared; and that the type names the events that are sent.
# Why it matters: who shows which of several agents waits for a person has to listen to what the types deny.
# Source: run here, with a stand-in for the model on loopback; no account is needed for it.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" opencode-ai@1.18.33 @opencode-ai/plugin@1.18.33 >/dev/null 2>&1
opencode=$(ls node_modules/opencode-*/bin/opencode | grep -v baseline | grep -v musl | head -1)
opencode=$folder/$opencode
export HOME=$folder/home XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=$folder/cache XDG_STATE_HOME=$folder/state
export OPENCODE_DISABLE_MODELS_FETCH=1 OPENCODE_DISABLE_AUTOUPDATE=1 LOG=$folder/heard
mkdir -p home config/opencode/plugins work
git init --quiet work
cat >server.mjs <<'JS'
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const server = createServer((request, answer) => {
  let body = '';
  request.on('data', (piece) => (body += piece));
  request.on('end', () => {
    const { messages = [], tools } = JSON.parse(body || '{}');
    const asked = tools?.length > 0 && messages.at(-1)?.role === 'user';
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'bash', arguments: '{"command":"touch made","description":"d"}' } };
    const say = (delta, finish_reason) => answer.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'one', choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    say(asked ? { role: 'assistant', tool_calls: [call] } : { role: 'assistant', content: 'done' }, null);
    say({}, asked ? 'tool_calls' : 'stop');
    answer.end('data: [DONE]\n\n');
  });
}).listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
node server.mjs &
server=$!
until [ -s port ]; do sleep 0.1; done
cat >config/opencode/opencode.json <<JSON
{"model":"stand/one","small_model":"stand/one","permission":{"bash":"ask"},"provider":{"stand":{"npm":"@ai-sdk/openai-compatible","name":"s","options":{"baseURL":"http://127.0.0.1:$(cat port)/v1","apiKey":"x"},"models":{"one":{"name":"one","tool_call":true}}}}}
JSON
cat >config/opencode/plugins/hear.js <<'JS'
import { appendFileSync } from 'node:fs';
const hear = (what) => appendFileSync(process.env.LOG, `${what}\n`);
export const Hear = async () => {
  hear('loaded');
  return {
    'permission.ask': async () => hear('hook permission.ask'),
    'tool.execute.before': async () => hear('hook tool.execute.before'),
    event: async ({ event }) => event.type.startsWith('permission.') && hear(`event ${event.type}`),
  };
};
JS
echo "version $("$opencode" --version)"
(cd work && timeout 120 "$opencode" run 'make it' </dev/null >../output 2>&1) || true
types=node_modules/@opencode-ai/sdk/dist/gen/types.gen.d.ts
grep -q 'from "@opencode-ai/sdk"' node_modules/@opencode-ai/plugin/dist/index.d.ts
declared=$(grep -c '"permission.ask"?:' node_modules/@opencode-ai/plugin/dist/index.d.ts || true)
updated=$(grep -c 'type: "permission.updated"' "$types" || true)
asked=$(grep -c 'type: "permission.asked"' "$types" || true)
echo "declared: hook permission.ask $declared; events permission.updated $updated, permission.asked $asked"
echo "heard: $(paste -sd, heard)"
echo "said: $(grep -o 'permission requested: [^;]*' output || true)"
grep -qx 'hook tool.execute.before' heard && grep -qx 'event permission.asked' heard || { echo "CHANGED: what is heard at all"; exit 1; }
[[ $declared -eq 1 && $updated -eq 1 && $asked -eq 0 ]] || { echo "CHANGED: the types"; exit 1; }
! grep -qx 'hook permission.ask' heard && ! grep -qx 'event permission.updated' heard || { echo "CHANGED: what is called"; exit 1; }
echo "SEEN: the hook is not called, and the event has another name than in the types"
