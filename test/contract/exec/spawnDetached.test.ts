import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnDetached, type DetachedRequest } from '../../../src/adapters/exec/spawnDetached';
import { isAbort } from '../../../src/core/errors';
import { isAlive, until } from '../../support/until';

let folder: string;
const started: number[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-detached-'));
});
afterEach(async () => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function request(script: string, more: Partial<DetachedRequest> = {}): DetachedRequest {
  return {
    file: process.execPath,
    argv: ['-e', script],
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    logFile: join(folder, 'log'),
    firstLine: true,
    timeoutMs: 10_000,
    ...more,
  };
}

const server = `
  const { appendFileSync } = require('node:fs');
  console.error('starting');
  console.log(JSON.stringify({ pid: process.pid }));
  setInterval(() => { console.log('more'); console.error('still here'); appendFileSync('alive', '.'); }, 20);`;

describe('spawnDetached', () => {
  it('resolves with the first line and lets the program run on', async () => {
    const { pid, firstLine } = await spawnDetached(request(server));
    started.push(pid);
    expect(JSON.parse(firstLine)).toEqual({ pid });
    await until(async () => (await readFile(join(folder, 'alive'), 'utf8').catch(() => '')).length > 3);
    expect(await readFile(join(folder, 'log'), 'utf8')).toMatch(/^starting\n/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.out'))).toEqual([]);
  });

  it('leaves a program that outlives the process that started it, though it goes on printing', async () => {
    const bundle = join(folder, 'starter.mjs');
    await build({
      stdin: {
        contents: `import { spawnDetached } from './src/adapters/exec/spawnDetached';
          console.log(JSON.stringify(await spawnDetached(JSON.parse(process.argv[2]))));`,
        resolveDir: resolve(import.meta.dirname, '../../..'),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
    });
    const starter = spawn(process.execPath, [bundle, JSON.stringify(request(server))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    starter.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    // It ends by itself: nothing of the child keeps it.
    const code = await new Promise((done) => starter.once('close', done));
    expect(code).toBe(0);
    const { pid } = JSON.parse(said) as { pid: number };
    started.push(pid);
    const before = (await readFile(join(folder, 'alive'), 'utf8').catch(() => '')).length;
    await until(async () => (await readFile(join(folder, 'alive'), 'utf8').catch(() => '')).length > before + 5);
    expect(isAlive(pid)).toBe(true);
  });

  it('takes the line of a program that then ends well', async () => {
    expect((await spawnDetached(request('console.log("first one\\nsecond")'))).firstLine).toBe('first one');
  });

  it('fails with the end of stderr of this run when it ends without a line', async () => {
    await writeFile(join(folder, 'log'), 'from an earlier run\n');
    await expect(spawnDetached(request('console.error("port taken"); process.exit(7)'))).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('exit code 7') as string,
      explanation: 'port taken',
    });
  });

  it('ends it at the timeout and when aborted', async () => {
    const mute = 'require("node:fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)';
    await expect(spawnDetached(request(mute, { timeoutMs: 300 }))).rejects.toMatchObject({ code: 'timeout' });
    const first = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => '0'));
    if (first) await until(() => !isAlive(first));
    await rm(join(folder, 'pid'), { force: true });
    const controller = new AbortController();
    const running = spawnDetached(request(mute), controller.signal).catch((error: unknown) => error);
    const pid = Number(await until(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')));
    controller.abort();
    expect(isAbort(await running)).toBe(true);
    await until(() => !isAlive(pid));
  });

  it('waits beyond the timeout for as long as there is progress, and no longer', async () => {
    let count = 0;
    const progress = async (): Promise<string> => `${count++}`;
    const late = 'setTimeout(() => console.log("ready"), 2500)';
    expect((await spawnDetached(request(late, { timeoutMs: 1500, progress }))).firstLine).toBe('ready');
    const still = async (): Promise<string> => 'the same';
    await expect(spawnDetached(request(late, { timeoutMs: 1500, progress: still }))).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('does not wait for a line that was not asked for', async () => {
    const { pid, firstLine } = await spawnDetached(request('setInterval(() => {}, 1000)', { firstLine: false }));
    started.push(pid);
    expect(firstLine).toBe('');
    expect(isAlive(pid)).toBe(true);
  });

  it('says which program is missing and leaves no file but the log', async () => {
    await expect(spawnDetached({ ...request(''), file: 'no-such-program' })).rejects.toMatchObject({
      code: 'missingTool',
    });
    expect(await readdir(folder)).toEqual(['log']);
  });

  it.skipIf(process.getuid?.() !== 0)('runs it as another user', async () => {
    const { firstLine } = await spawnDetached(
      request('console.log(process.getuid() + " " + process.getgid())', { uid: 65534, gid: 65534, cwd: '/' }),
    );
    expect(firstLine).toBe('65534 65534');
  });
});
