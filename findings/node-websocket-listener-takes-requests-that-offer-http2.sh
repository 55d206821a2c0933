#!/usr/bin/env bash
# Node.js 24.12.0 with ws 8.18.3: one HTTP server that answers GET / with 200, asked twice, by a plain request and by one that offers HTTP/2 as
# RFC 7540, 3.2 has it (Connection: Upgrade, HTTP2-Settings; Upgrade: h2c): what Java's HttpClient, whose preferred version is HTTP/2, and
# `curl --http2` send first to every http:// address.
#   1. Without a WebSocket server both are answered with 200: the offer is passed over, as RFC 9110, 7.8 lets a server do.
#   2. With one attached for another path (/live) the second is answered with 400, and the server's own handler never hears of it.
# Expected: that a WebSocket endpoint at /live changes nothing for a GET of / that asks for no WebSocket.
# Node.js gives each request with an Upgrade header to the listeners for `upgrade` once there is one, whatever it asks for, and with its
# socket, so that nobody else can answer it; a listener that is there for WebSockets only cannot give it back.
# Why it matters: a service in Java, Kotlin or Scala calls one in Node.js by plain HTTP between two containers. The day the second gets
# its first WebSocket (hot reload, live updates), or a proxy written in Node.js comes to stand between, all calls of the first fail.
# `shouldUpgradeCallback`, which this Node.js has, lets a server decline; ws does not set it.
# Source: run here; Node.js' documentation of http.Server, event `upgrade`; ws, lib/websocket-server.js.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.12.0 ws@8.18.3 >/dev/null
cat >run.cjs <<'JS'
const { createServer, request } = require('node:http');
const { WebSocketServer } = require('ws');

const offer = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
const ask = (port, headers) =>
  new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: '/', headers }, (answer) => {
      answer.resume().on('end', () => resolve(String(answer.statusCode)));
    });
    asked.on('error', (error) => resolve(error.code)).end();
  });

(async () => {
  const seen = [];
  for (const hasWebSockets of [false, true]) {
    let heard = 0;
    const server = createServer((_, answer) => {
      heard++;
      answer.end('here');
    });
    if (hasWebSockets) new WebSocketServer({ server, path: '/live' });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const [plain, offering] = [await ask(port, {}), await ask(port, offer)];
    console.log(`${hasWebSockets ? 'with' : 'without'} a WebSocket server at /live: GET / plain ${plain}, with the offer ${offering}; the handler heard ${heard}`);
    seen.push(`${plain} ${offering} ${heard}`);
    server.closeAllConnections();
    server.close();
  }
  if (seen.join(', ') !== '200 200 2, 200 400 1') {
    console.log('CHANGED');
    process.exit(1);
  }
  console.log('SEEN: a listener for WebSockets takes what is none');
  process.exit(0);
})();
JS
node_modules/.bin/node --version
node_modules/.bin/node run.cjs
