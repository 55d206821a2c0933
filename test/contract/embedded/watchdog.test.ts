import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { EmbeddedClusterProgram } from '../../../src/adapters/embedded/embeddedClusterProgram';
import { findMarked } from '../../../packages/cluster/src/process/killProcessTree';
import { startTestCluster } from '../../support/embeddedCluster';
import { hangingCluster, reaperOf } from '../../support/hangingCluster';
import { silentLog } from '../../support/kubernetesHarness';
import { isAlive, until } from '../../support/until';

let folder: string;
let clusterProgram: string;
let home: string;
const told: string[] = [];

beforeAll(async () => {
  // Builds it where that is needed.
  await (await startTestCluster()).dispose();
  folder = await mkdtemp(join(tmpdir(), 'coppice-hanging-'));
  clusterProgram = await hangingCluster(folder);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'coppice-watched-'));
  told.length = 0;
});
afterEach(async () => {
  await program().stop();
  await rm(home, { recursive: true, force: true });
});

function program(): EmbeddedClusterProgram {
  const patience = { answer: 1000, stopSilent: 500 };
  return new EmbeddedClusterProgram({
    ...{ home, clusterProgram, execPath: process.execPath, env: process.env, log: silentLog, patience },
  });
}
const start = () => program().start(undefined, (line) => told.push(line));
const mark = async (): Promise<string> => {
  const registry: { mark: string } = JSON.parse(await readFile(join(home, 'cluster', 'processes.json'), 'utf8'));
  return registry.mark;
};

describe('a cluster whose event loop stands still', () => {
  it('is ended from outside after some seconds, with all that it started, and the next start says so', async () => {
    const { pid } = await start();
    expect(told.join('\n')).not.toContain('was ended');
    process.kill(pid, 'SIGUSR2');
    await until(() => !isAlive(pid), 150_000);
    await until(async () => (await findMarked(await mark())).length === 0);
    expect(await program().look()).toMatchObject({
      state: 'stopped',
      lastEnd: { reason: 'its event loop stood still for 10 s' },
    });
    expect(await program().stop()).toBe(false);

    const again = await start();
    expect(again.pid).not.toBe(pid);
    expect(told.join('\n')).toMatch(/The cluster was ended at .*: its event loop stood still for 10 s/);
    expect(await program().look()).toMatchObject({ state: 'running' });
    await program().stop();
    expect(await program().look()).toEqual({ state: 'stopped', lastEnd: undefined });
  }, 200_000);
});

describe('a cluster that hangs and has nobody who watches it', () => {
  async function hang(): Promise<number> {
    const { pid } = await start();
    const reaper = await reaperOf(join(home, 'cluster'));
    process.kill(pid, 'SIGUSR2');
    process.kill(reaper, 'SIGKILL');
    await until(() => !isAlive(reaper));
    return pid;
  }

  it('is not said to be stopped, and a start ends it and starts another', async () => {
    const pid = await hang();
    expect(await program().find()).toBeUndefined();
    expect(await program().look()).toMatchObject({ state: 'silent', process: { pid } });
    const again = await start();
    expect(again.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(told).toContain(`The cluster (process ${pid}) hangs: it is ended and started again.`);
    expect(await program().look()).toMatchObject({ state: 'running', cluster: { pid: again.pid } });
  }, 60_000);

  it('is ended by a stop, which does not say that nothing ran', async () => {
    const pid = await hang();
    expect(await program().stop()).toBe(true);
    expect(isAlive(pid)).toBe(false);
  }, 60_000);
});

describe('a reaper', () => {
  it('ends the cluster, all that it started and itself once the home is gone', async () => {
    const { pid } = await start();
    const reaper = await reaperOf(join(home, 'cluster'));
    await rm(home, { recursive: true });
    await until(() => !isAlive(pid) && !isAlive(reaper), 60_000);
    expect(await readdir(home).catch(() => 'gone')).toBe('gone');
  }, 120_000);

  it('that is told to end has the cluster end as a stop does, and ends itself', async () => {
    const { pid } = await start();
    const reaper = await reaperOf(join(home, 'cluster'));
    process.kill(reaper, 'SIGTERM');
    await until(() => !isAlive(pid) && !isAlive(reaper), 60_000);
    expect(await readFile(join(home, 'cluster', 'cluster.log'), 'utf8')).toMatch(/SIGTERM: stopping[^]*stopped/);
    expect(await program().look()).toEqual({ state: 'stopped', lastEnd: undefined });
  }, 120_000);
});

describe('a reaper whose pipe never ends', () => {
  it('sees that its cluster is gone, and ends what that has started, and itself', async () => {
    const run = (): ChildProcess =>
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    const [cluster, service] = [run(), run()];
    const reaper = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../../dist/reaper.js'), 'no-mark', home, String(cluster.pid)],
      {
        stdio: ['pipe', 'ignore', 'ignore'],
      },
    );
    const ended = Promise.all([reaper, service].map((one) => once(one, 'exit')));
    reaper.stdin.write(`+${service.pid}\n`);
    // A beat, so that it is not the standstill that ends them.
    const beats = setInterval(() => reaper.stdin.write('.\n'), 500);
    cluster.kill('SIGKILL');
    await ended;
    clearInterval(beats);
  });
});
