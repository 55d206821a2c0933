#!/usr/bin/env bash
# Node.js 24 (npm's `node@24.21.0`): `fs.promises.rm(path)` without `force` is documented to reject when the path does not exist, and
# does so when called once the file is gone. Of several calls at the same time for one file, however, most or all succeed.
# `fs.promises.unlink` lets one succeed and rejects the others with ENOENT, as the system call does.
# Expected: that of several who remove one file one is told that it did.
# Why it matters: "whoever removes the file has the job" is a usual way to hand a job to one of many. With rm all of them get it.
# Source: run here; the documentation: https://nodejs.org/api/fs.html#fspromisesrmpath-options
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0 >/dev/null
cat >claim.mjs <<'JS'
import { rm, unlink, writeFile } from 'node:fs/promises';
const winners = async (remove) => {
  let most = 0;
  for (let round = 0; round < 50; round++) {
    await writeFile('job', '');
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => remove('job')));
    most = Math.max(most, results.filter(({ status }) => status === 'fulfilled').length);
  }
  return most;
};
const alone = await rm('none').then(() => 'succeeds', (error) => error.code);
const [ofRm, ofUnlink] = [await winners(rm), await winners(unlink)];
console.log(`Node.js ${process.version}: rm of a missing file alone: ${alone}; of 4 at once rm says yes to up to ${ofRm}, unlink to ${ofUnlink}`);
process.exitCode = alone === 'ENOENT' && ofRm > 1 && ofUnlink === 1 ? 0 : 1;
JS
./node_modules/.bin/node claim.mjs
