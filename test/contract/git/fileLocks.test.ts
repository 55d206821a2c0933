import { fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileLocks } from '../../../src/adapters/git/locks/fileLocks';

let folder: string;
let locks: FileLocks;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-locks-'));
  locks = new FileLocks(join(folder, 'locks'));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

const lockFile = async (): Promise<string> => {
  const [name] = (await readdir(join(folder, 'locks'))).filter((candidate) => candidate.endsWith('.lock'));
  if (!name) throw new Error('no lock');
  return join(folder, 'locks', name);
};

/** A lock whose holder is gone. */
async function abandon(
  key: string,
  change: (holder: Record<string, unknown>) => void = (holder) => (holder['pid'] = 2 ** 22 + 1),
): Promise<void> {
  await locks.acquire(key, 'something that died');
  const path = await lockFile();
  const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  change(holder);
  await writeFile(path, JSON.stringify(holder));
}

describe('FileLocks', () => {
  it('refuses a second holder and says what the first one does', async () => {
    const lock = await locks.acquire('a', 'creating earl/FIB-123');
    await expect(locks.acquire('a', 'x')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('creating earl/FIB-123') as string,
    });
    await (await locks.acquire('b', 'something else')).release();
    await lock.release();
    await (await locks.acquire('a', 'x')).release();
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('takes any text as a key', async () => {
    for (const key of ['', '/', '../x', 'a\0b', 'ü'.repeat(500)]) await (await locks.acquire(key, 'x')).release();
  });

  it('takes over from a holder that died', async () => {
    await abandon('a');
    const lock = await locks.acquire('a', 'x');
    await expect(locks.acquire('a', 'y')).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('takes over from a holder whose number another process has now', async () => {
    await abandon('a', (holder) => {
      holder['pid'] = process.ppid;
      holder['start'] = 'another boot:1';
    });
    await (await locks.acquire('a', 'x')).release();
  });

  it('where only the number is known, takes over from before the last start of the machine', async () => {
    // Linux tells more than that.
    const platform = process.platform === 'linux' ? 'darwin' : process.platform;
    vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }));
    await abandon('a', (holder) => {
      holder['start'] = null;
      holder['since'] = 0;
    });
    await (await locks.acquire('a', 'x')).release();
    await abandon('b', (holder) => (holder['start'] = null));
    await expect(locks.acquire('b', 'x')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not take over from a holder that it cannot understand', async () => {
    await abandon('a', (holder) => (holder['token'] = '../../etc'));
    await expect(locks.acquire('a', 'x')).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each(['', '{"pid":'])('takes over %j of a process that was killed before it had said who it is', async (text) => {
    await locks.acquire('a', 'x');
    const path = await lockFile();
    await writeFile(path, text);
    await expect(locks.acquire('a', 'y')).rejects.toMatchObject({ code: 'conflict' });
    const longAgo = new Date(Date.now() - 25 * 3600_000);
    await utimes(path, longAgo, longAgo);
    expect(await locks.isHeld('a')).toBe(false);
    await (await locks.acquire('a', 'y')).release();
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('does not release what another holds by now', async () => {
    const lock = await locks.acquire('a', 'x');
    const path = await lockFile();
    const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...holder, token: '00000000-0000-0000-0000-000000000000' }));
    await lock.release();
    expect(await lockFile()).toBe(path);
  });

  it('goes on from a takeover whose own process died in the middle', async () => {
    await abandon('a');
    const path = await lockFile();
    const dead = JSON.parse(await readFile(path, 'utf8')) as { token: string };
    await writeFile(`${path}.${dead.token}.0`, JSON.stringify(dead));
    await (await locks.acquire('a', 'x')).release();
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('lets one of many take over, and never two hold at once, in several processes', async () => {
    const bundle = join(folder, 'contender.mjs');
    await build({
      stdin: {
        contents: `
          import { openSync, closeSync, unlinkSync } from 'node:fs';
          import { FileLocks } from './src/adapters/git/locks/fileLocks';
          const [, , folder, claim] = process.argv;
          const locks = new FileLocks(folder);
          let held = 0, failures = [];
          process.on('message', async (round) => {
            const lock = await locks.acquire('round ' + round, 'contending').catch((error) => {
              if (error.code !== 'conflict') failures.push(String(error));
            });
            if (lock) {
              held++;
              // Exclusive: a second holder fails here.
              try { closeSync(openSync(claim + round, 'wx')); } catch { failures.push('two hold round ' + round); }
            }
            process.send({ held: lock !== undefined, failures });
          });
          process.send('ready');`,
        resolveDir: resolve(import.meta.dirname, '../../..'),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
    });
    const children = Array.from({ length: 4 }, () => fork(bundle, [join(folder, 'locks'), join(folder, 'claim-')]));
    try {
      const answer = (child: (typeof children)[number]): Promise<unknown> =>
        new Promise((done) => child.once('message', done));
      await Promise.all(children.map(answer));
      for (let round = 0; round < 40; round++) {
        const before = new Set(await readdir(join(folder, 'locks')).catch(() => []));
        const dead = await locks.acquire(`round ${round}`, 'died');
        const [name] = (await readdir(join(folder, 'locks'))).filter((candidate) => !before.has(candidate));
        const path = join(folder, 'locks', name ?? '');
        const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
        await writeFile(path, JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
        expect(dead).toBeDefined();
        const answers = children.map(answer);
        for (const child of children) child.send(round);
        const results = (await Promise.all(answers)) as { held: boolean; failures: string[] }[];
        expect(results.flatMap(({ failures }) => failures)).toEqual([]);
        expect(results.filter(({ held }) => held)).toHaveLength(1);
      }
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  }, 60_000);
});
