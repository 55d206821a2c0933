import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundles } from '../../../scripts/bundles.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-builtins-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const program = `
import http, { createServer, request } from 'node:http';
import { Agent } from 'http';
const server = createServer((_, response) => response.end('answered')).listen(0, '127.0.0.1', () => {
  const agent = new Agent({ keepAlive: true });
  request({ port: server.address().port, agent }, async (response) => {
    for await (const part of response) console.log(String(part), http.STATUS_CODES[404], http.globalAgent instanceof Agent);
    console.log(process.moduleLoadList.filter((name) => name.includes('undici')).length);
    server.close();
    agent.destroy();
  }).end();
});
`;

async function run(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 });
  return stdout;
}

it.each(['product', 'cluster'] as const)('what the %s asks over HTTP loads no undici', async (name) => {
  await writeFile(join(folder, 'program.ts'), program);
  await build({
    ...bundles[name],
    entryPoints: { program: join(folder, 'program.ts') },
    splitting: false,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  expect(await run(join(folder, 'program.mjs'))).toBe('answered Not Found true\n0\n');
  // Node.js alone loads it: once it does not, the bundles need no help.
  await writeFile(join(folder, 'plain.mjs'), program);
  expect(await run(join(folder, 'plain.mjs'))).toMatch(/^answered Not Found true\n[1-9]/);
});

const needing = `
import { createHash } from 'node:crypto';
import { existsSync } from 'fs';
import process, { cwd } from 'node:process';
import { promisify } from 'node:util';
console.log([createHash('sha256').digest('hex').slice(0, 8), existsSync(cwd()), typeof promisify, process.argv.length].join(' '));
const late = ['internal/crypto/webcrypto', 'internal/process/report', 'worker_threads', 'internal/fs/streams'];
console.log(late.filter((name) => process.moduleLoadList.includes('NativeModule ' + name)).join(' '));
`;

it('what is made late by modules of Node.js is not made by an import of theirs', async () => {
  await writeFile(join(folder, 'needing.ts'), needing);
  await build({
    ...bundles.product,
    entryPoints: { needing: join(folder, 'needing.ts') },
    splitting: false,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  expect(await run(join(folder, 'needing.mjs'))).toBe('e3b0c442 true function 2\n\n');
  // Node.js alone makes some of it: once it does not, the bundles need no help.
  await writeFile(join(folder, 'plain.mjs'), needing);
  expect(await run(join(folder, 'plain.mjs'))).toMatch(/^e3b0c442 true function 2\n\S/);
});
