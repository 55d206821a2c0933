#!/usr/bin/env bash
# http-proxy-3 2.0.1 (the maintained successor of http-proxy) passes an answer on less faithfully than a proxy is expected to:
#   1. The headers of an answer wait for the first byte of its body. A stream of server-sent events whose first event comes after
#      eight seconds looks to the browser (EventSource's "open") like a server that does not answer for eight seconds.
#   2. The header "Trailer: X-Sum" is passed on, the trailer itself is dropped: a client that was promised a checksum gets none.
#   3. "Connection: close", which the server says of its connection with the proxy, reaches the client, so that a client with
#      HTTP/1.1, whose connections last unless it says otherwise, loses its connection after each answer.
# One would expect hop-by-hop headers to be the proxy's own (RFC 9110, 7.6.1), and headers to be sent when there are some.
# It matters to every development proxy with live reload in front of it. A way out for all three is a listener of "proxyRes": delete
# the connection's headers, call response.flushHeaders() in a setImmediate, and response.addTrailers() at the answer's end.
# Source: its lib/http-proxy/passes/web-incoming (stream) and web-outgoing (setConnection, writeHeaders).
set -euo pipefail

version=2.0.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "http-proxy-3@$version" >/dev/null

cat >proxy.cjs <<'JS'
const { createServer } = require('node:http');
const { connect } = require('node:net');
const { createProxyServer } = require('http-proxy-3');

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** What a client with HTTP/1.1 has received after each of its requests, and when. */
function ask(port, path) {
  return new Promise((resolve) => {
    const began = Date.now();
    let text = '';
    let firstByte;
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`));
    const done = () => resolve({ text, firstByte });
    socket.on('data', (chunk) => {
      firstByte ??= Date.now() - began;
      text += chunk;
      if (text.endsWith('\r\n0\r\n\r\n') || text.includes('X-Sum: 42')) socket.end();
    });
    socket.on('close', done);
  });
}

(async () => {
  const server = createServer((request, response) => {
    if (request.url === '/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      setTimeout(() => response.end('data: first\n\n'), 1500);
      return;
    }
    response.writeHead(200, { Trailer: 'X-Sum' });
    response.write('body');
    response.addTrailers({ 'X-Sum': '42' });
    response.end();
  });
  const target = await listen(server);
  const proxy = createProxyServer({ target: `http://127.0.0.1:${target}` });
  const front = createServer((request, response) => proxy.web(request, response));
  const port = await listen(front);
  const [direct, through] = [await ask(target, '/events'), await ask(port, '/events')];
  const [directBody, throughBody] = [await ask(target, '/'), await ask(port, '/')];
  console.log(`first byte of an event stream: ${direct.firstByte} ms from the server, ${through.firstByte} ms through the proxy`);
  const says = (text) => `Trailer header ${/\r\ntrailer: x-sum/i.test(text)}, trailer ${/\r\nx-sum: 42/i.test(text)}`;
  console.log(`trailers: ${says(directBody.text)} from the server; ${says(throughBody.text)} through the proxy`);
  const connection = (text) => /\r\nconnection: ([^\r]+)/i.exec(text)?.[1];
  console.log(`connection: ${connection(directBody.text)} from the server; ${connection(throughBody.text)} through the proxy`);
  const isHeld = direct.firstByte < 1000 && through.firstByte >= 1400;
  const isDropped = /\r\ntrailer: x-sum/i.test(throughBody.text) && !/\r\nx-sum: 42/i.test(throughBody.text);
  const isClosed = connection(directBody.text) === 'keep-alive' && connection(throughBody.text) === 'close';
  process.exit(isHeld && isDropped && isClosed ? 0 : 1);
})();
JS

echo "http-proxy-3 $version on Node.js $(node --version)"
if ! node proxy.cjs; then
  echo 'This has changed.'
  exit 1
fi
