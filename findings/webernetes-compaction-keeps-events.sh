#!/usr/bin/env bash
# @ngrok/webernetes 0.3.5, the etcd that its Kubernetes API stores in. `etcd.kv.compact({ revision })` is to forget every event up to the
# revision, as etcd does. It forgets every second one only: it deletes from the array that it walks through, which then skips the next entry.
# Reads and watches of the compacted revisions are refused all the same, so that what stays is memory that nothing can reach.
#
# Why it matters: a cluster that compacts now and then, to stay small, keeps half of what it meant to drop; and each event holds the whole
# object twice.
#
# Source: dist/cluster/etcd.js of the package, FakeState.compact, and dist/collections.js, SortedMap.entries.
set -euo pipefail
version=0.3.5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > npm.log 2>&1
npm install --no-audit --no-fund "@ngrok/webernetes@$version" >> npm.log 2>&1 || { cat npm.log; exit 2; }
cat > ask.mjs <<'JS'
import { Cluster } from '@ngrok/webernetes';
const { etcd } = new Cluster({ nodes: 1 });
for (let i = 0; i < 100; i++) await etcd.put('/key').value(String(i));
const { header } = await etcd.getAll().prefix('/').exec();
await etcd.kv.compact({ revision: Number(header.revision) });
// The events are kept in a private field; no public call tells of them.
const left = etcd.stateRef.history.size;
console.log(`events after 100 writes and a compaction at the last of them: ${left} (etcd: 0)`);
process.exit(left > 0 ? 0 : 1);
JS
echo "@ngrok/webernetes $version, Node $(node --version)"
npm install --no-audit --no-fund esbuild@0.25.0 >> npm.log 2>&1 || { cat npm.log; exit 2; }
# Its files import each other without their endings, which Node alone does not resolve.
npx esbuild ask.mjs --bundle --platform=node --format=esm --log-level=error --outfile=bundled.mjs \
  --banner:js="import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
node bundled.mjs || { echo 'CHANGED: compaction drops every event now'; exit 1; }
