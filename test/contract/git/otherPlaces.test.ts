import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileLocks } from '../../../src/adapters/git/locks/fileLocks';
import { isHolderAlive, type Maker } from '../../../src/adapters/git/locks/lockHolder';
import { isStaleLock } from '../../../src/adapters/git/locks/staleLock';

/** As a container has it: processes of its own, whose numbers begin at 1, and the folder of the host. */
const apart = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;
const hasContainers = spawnSync(apart[0], [...apart.slice(1), 'true']).status === 0;

let folder: string;
let place: string;
let locks: FileLocks;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-locks-'));
  place = join(folder, 'locks');
  locks = new FileLocks(place, 200);
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(children.splice(0).map(end));
  await rm(folder, { recursive: true, force: true });
});

async function end(child: ChildProcess): Promise<void> {
  const ended =
    child.exitCode !== null || child.signalCode !== null || new Promise((done) => child.once('close', done));
  child.kill('SIGKILL');
  await ended;
}

const lockFile = async (): Promise<string> => {
  const [name] = (await readdir(place)).filter((candidate) => candidate.endsWith('.lock'));
  if (!name) throw new Error('no lock');
  return join(place, name);
};
const silentFor = async (path: string, seconds: number): Promise<void> => {
  const then = new Date(Date.now() - seconds * 1000);
  await utimes(path, then, then);
};
const isRefused = { code: 'conflict' };

/** Runs in a container, and goes on to hold what it got. @returns its first line */
async function inContainer(what: string): Promise<{ child: ChildProcess; said: string }> {
  const bundle = join(folder, 'program.mjs');
  await build({
    stdin: {
      contents: `
        import { FileLocks } from './src/adapters/git/locks/fileLocks';
        import { thisProcess } from './src/adapters/git/locks/lockHolder';
        const locks = new FileLocks(${JSON.stringify(place)});
        ${what}
        setInterval(() => undefined, 1000);`,
      resolveDir: resolve(import.meta.dirname, '../../..'),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
  });
  const [program, ...argv] = apart;
  const child = spawn(program, [...argv, process.execPath, bundle], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said = await new Promise<string>((done) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) done(text.trim());
    });
    child.once('close', () => done(text.trim()));
  });
  return { child, said };
}

describe.runIf(hasContainers)('a container that works in the same folder', () => {
  it('holds what it has for as long as it says so: its number is nobody’s here', async () => {
    const { child, said } = await inContainer(
      `await locks.acquire('a', 'topic is being deleted'); console.log(process.pid);`,
    );
    expect(said).toBe('1');
    expect(await locks.isHeld('a')).toBe(true);
    expect(await locks.whatHolds('a')).toBe('topic is being deleted');
    await expect(locks.acquire('a', 'x')).rejects.toMatchObject({
      ...isRefused,
      message: expect.stringContaining('(1, in a container) is at work here: topic is being deleted') as string,
    });
    await end(child);
    const path = await lockFile();
    await silentFor(path, 20);
    await expect(locks.acquire('a', 'x')).rejects.toMatchObject(isRefused);
    // As where it is started again: by the same clock its word is late, and it may be that it says one yet.
    await silentFor(path, 60);
    const speaking = setInterval(() => void silentFor(path, 40).catch(() => undefined), 50);
    await expect(new FileLocks(place, 2000).acquire('a', 'x')).rejects.toMatchObject(isRefused);
    clearInterval(speaking);
    await silentFor(path, 120);
    expect(await locks.isHeld('a')).toBe(false);
    await silentFor(path, 60);
    expect(await locks.isHeld('a')).toBe(true);
    await (await locks.acquire('a', 'x')).release();
    expect(await readdir(place)).toEqual([]);
  });

  it('takes nothing from who holds something here', async () => {
    const held = await locks.acquire('a', 'x');
    const { said } = await inContainer(
      `await locks.acquire('a', 'y').then(() => console.log('had'), (error) => console.log(error.code));`,
    );
    expect(said).toBe('conflict');
    await held.release();
  });

  it('tells of itself that it ended, as anywhere', async () => {
    const { said } = await inContainer(`
      import { spawnSync } from 'node:child_process';
      const dead = { ...(await thisProcess()), pid: spawnSync('true').pid };
      import { isHolderAlive } from './src/adapters/git/locks/lockHolder';
      console.log(await isHolderAlive(dead), await isHolderAlive(await thisProcess()));`);
    expect(said).toBe('false true');
  });

  it('is seen at work where an agent in it has locked a worktree', async () => {
    const { child, said } = await inContainer(`
      import { readFileSync } from 'node:fs';
      console.log(readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[19]);`);
    const reason = `claude session topic (pid 1 start ${said})`;
    expect(await isStaleLock(reason)).toBe(false);
    expect(await isStaleLock(`claude session topic (pid 1 start ${said}1)`)).toBe(true);
    await end(child);
    await vi.waitFor(async () => expect(await isStaleLock(reason)).toBe(true), 10_000);
  });

  it('makes a worktree for as long as any takes', async () => {
    const { child, said } = await inContainer(`console.log(JSON.stringify(await thisProcess()));`);
    const maker = JSON.parse(said) as Maker;
    await end(child);
    expect(await isHolderAlive(maker)).toBe(true);
    expect(await isHolderAlive({ ...maker, since: maker.since - 2 * 3600_000 })).toBe(false);
  });
});

it('who holds something on another machine with the same disk has it for as long as that one says so', async () => {
  await locks.acquire('a', 'x');
  const path = await lockFile();
  const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  expect(holder['host']).toBe(hostname());
  await writeFile(path, JSON.stringify({ ...holder, host: 'other', pid: 2 ** 22 + 1, start: 'another boot:1' }));
  await expect(locks.acquire('a', 'y')).rejects.toMatchObject({
    ...isRefused,
    message: expect.stringContaining('on other) is at work here: x') as string,
  });
  await silentFor(path, 120);
  await (await locks.acquire('a', 'y')).release();
});

it('who is elsewhere and speaks again is not taken from, however old its last word is by the clock here', async () => {
  await locks.acquire('a', 'x');
  const path = await lockFile();
  const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...holder, host: 'other', start: 'another boot:1' }));
  await silentFor(path, 300);
  const speaking = setInterval(() => void silentFor(path, 120).catch(() => undefined), 50);
  try {
    await expect(new FileLocks(place, 2000).acquire('a', 'y')).rejects.toMatchObject(isRefused);
    expect(await readFile(path, 'utf8')).toContain('"host":"other"');
  } finally {
    clearInterval(speaking);
  }
});

it('who is elsewhere, and whose last word is of a time to come, has it only where it speaks again: a clock was put back', async () => {
  await locks.acquire('a', 'x');
  const path = await lockFile();
  const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...holder, host: 'other', start: 'another boot:1' }));
  await silentFor(path, -86_400);
  const speaking = setInterval(() => void silentFor(path, -86_390).catch(() => undefined), 50);
  await expect(new FileLocks(place, 2000).acquire('a', 'y')).rejects.toMatchObject(isRefused);
  clearInterval(speaking);
  await silentFor(path, -86_400);
  await (await locks.acquire('a', 'y')).release();
});

it('who is here has it, whenever it spoke', async () => {
  const held = await locks.acquire('a', 'x');
  for (const seconds of [-86_400, 86_400]) {
    await silentFor(await lockFile(), seconds);
    await expect(locks.acquire('a', 'y')).rejects.toMatchObject(isRefused);
  }
  await held.release();
});

describe.runIf(process.platform === 'linux')('who does not say when its process started', () => {
  it('is of the system around this one, which may have its name: it is there for as long as it says so', async () => {
    await locks.acquire('a', 'x');
    const path = await lockFile();
    const holder = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...holder, pid: 2 ** 22 + 1, start: null }));
    await expect(locks.acquire('a', 'y')).rejects.toMatchObject(isRefused);
    await silentFor(path, 120);
    await (await locks.acquire('a', 'y')).release();
  });

  it('makes a worktree for as long as any takes', async () => {
    const maker = { pid: 2 ** 22 + 1, start: null, since: Date.now() };
    expect(await isHolderAlive(maker)).toBe(true);
    expect(await isHolderAlive({ ...maker, since: Date.now() - 2 * 3600_000 })).toBe(false);
  });
});

it.runIf(['linux', 'darwin'].includes(process.platform))('an agent of another system may run', async () => {
  const [here, there] =
    process.platform === 'linux' ? ['12', 'Tue Dec  1 06:47:04 2026'] : ['Tue Dec  1 06:47:04 2026', '12'];
  expect(await isStaleLock(`claude session topic (pid 999999999 start ${there})`)).toBe(false);
  expect(await isStaleLock(`claude session topic (pid 999999999 start ${here})`)).toBe(true);
});

it('whoever holds something says so again and again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const held = await locks.acquire('a', 'x');
  const path = await lockFile();
  await silentFor(path, 3600);
  const isSilent = async (): Promise<boolean> => Date.now() - (await stat(path)).mtimeMs > 60_000;
  expect(await isSilent()).toBe(true);
  vi.advanceTimersByTime(11_000);
  await vi.waitFor(async () => expect(await isSilent()).toBe(false), 10_000);
  await held.release();
  expect(vi.getTimerCount()).toBe(0);
});
