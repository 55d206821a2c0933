import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { saysEveryMs } from '../../../packages/host/src/processPlace';
import { processStart } from '../../../packages/host/src/processStart';
import { isTaken, takeLock } from '../../../packages/cluster/src/state/instanceLock';
import { ClusterFiles } from '../../../src/adapters/embedded/clusterFiles';
import { endProcess, refuseUnlessGone } from '../../../src/adapters/embedded/endProcess';

/** As a container has it: processes of its own, whose numbers begin at 1, and the folder of the host. */
const apart = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;
const hasContainers = spawnSync(apart[0], [...apart.slice(1), 'true']).status === 0;

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-instance-'));
});
afterEach(async () => {
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
  const names = (await readdir(folder)).filter((name) => name.startsWith('lock.'));
  expect(names).toHaveLength(1);
  return join(folder, names[0] ?? '');
};
const silentFor = async (seconds: number): Promise<void> => {
  const then = new Date(Date.now() - seconds * 1000);
  await utimes(await lockFile(), then, then);
};

describe.runIf(hasContainers)('a container with a cluster in the same folder', () => {
  it('has it for as long as it says so, and nothing here is ended for its number', async () => {
    const bundle = join(tmpdir(), `coppice-instance-${process.pid}.mjs`);
    await build({
      stdin: {
        contents: `
          import { takeLock } from './packages/cluster/src/state/instanceLock';
          console.log(JSON.stringify(await takeLock(${JSON.stringify(folder)})));
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
    const said = await new Promise<string>((done) => child.stdout.once('data', (chunk: Buffer) => done(String(chunk))));
    await rm(bundle);
    expect(JSON.parse(said)).toMatchObject({ won: true });
    const elsewhere = { pid: 1, elsewhere: 'in a container' };
    expect(await takeLock(folder)).toEqual({ won: false, ...elsewhere });
    const holder = await new ClusterFiles(folder).process();
    expect(holder).toMatchObject(elsewhere);
    await expect(endProcess(holder ?? { pid: 0, start: '' }, 100, undefined)).rejects.toMatchObject({
      code: 'denied',
      message: 'The embedded cluster of this folder runs in a container (process 1 there).',
    });
    // Two machines' clocks differ, and one may have been put back: it says the next word soon.
    await silentFor(3600);
    expect(await takeLock(folder)).toEqual({ won: false, ...elsewhere });
    await end(child);
    await silentFor(-7200);
    expect(await takeLock(folder, 200)).toMatchObject({ won: true });
  }, 90_000);

  it('has it no more once it is gone, though it has said so a moment ago: a container is restarted sooner than a minute', async () => {
    const own = { pid: process.pid, start: (await processStart(process.pid)) ?? '' };
    await writeFile(join(folder, 'lock.1'), JSON.stringify({ ...own, host: hostname(), processes: '7' }));
    const holder = await new ClusterFiles(folder).process();
    expect(holder).toMatchObject({ elsewhere: 'in a container' });
    const told: string[] = [];
    const tell = (line: string): number => told.push(line);
    await refuseUnlessGone(holder ?? own, tell);
    expect(told).toEqual([expect.stringContaining(`ran in a container a moment ago (process ${own.pid} there)`)]);
    await expect(
      refuseUnlessGone({ ...own, start: 'another-boot:1', elsewhere: 'on desk' }, tell),
    ).rejects.toMatchObject({ code: 'denied' });
    await refuseUnlessGone(own, tell);
    expect(told).toHaveLength(1);
    expect(await takeLock(folder, 300)).toMatchObject({ won: true });
  });
});

it('of another machine is heard by its last word; one of this machine’s last start is not asked for', async () => {
  expect(await takeLock(folder)).toMatchObject({ won: true });
  const file = await lockFile();
  const own = JSON.parse(await readFile(file, 'utf8')) as { pid: number; start: string; host: string };
  expect(own.host).toBe(hostname());
  const otherBoot = own.start.replace(/^[^:]*/, 'another');
  await writeFile(file, JSON.stringify({ ...own, start: otherBoot, host: 'desk' }));
  expect(await takeLock(folder, 100)).toEqual({ won: false, pid: own.pid, elsewhere: 'on desk' });
  expect(await new ClusterFiles(folder).process()).toMatchObject({ pid: own.pid, elsewhere: 'on desk' });
  await silentFor(120);
  expect(await new ClusterFiles(folder).process()).toBeUndefined();
  await writeFile(file, JSON.stringify({ ...own, start: otherBoot }));
  expect(await new ClusterFiles(folder).process()).toBeUndefined();
  expect(await takeLock(folder)).toMatchObject({ won: true });
});

it('hears that another has the folder, which it was not heard in for as long as it slept; a folder that is gone is nobody’s', async () => {
  const onLost = vi.fn<() => void>();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const lock = await takeLock(folder, undefined, onLost);
    const number = lock.won ? lock.number : 0;
    expect(await isTaken(folder, number)).toBe(false);
    expect(await isTaken(join(folder, 'absent'), number)).toBe(false);
    await rename(await lockFile(), join(folder, `lock.${number + 1}`));
    expect(await isTaken(folder, number)).toBe(true);
    vi.advanceTimersByTime(saysEveryMs);
    await vi.waitUntil(() => onLost.mock.calls.length > 0, { timeout: 20_000 });
    vi.advanceTimersByTime(saysEveryMs);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
