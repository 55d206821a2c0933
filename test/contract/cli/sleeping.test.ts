import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../support/kubeConnection';
import { isAlive, until } from '../../support/until';
import { CliWorld } from './cliWorld';

interface Service {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly desired: number;
  readonly verdict?: string;
}

interface Status {
  readonly view: { readonly state: string; readonly words: string; readonly why: string | null };
  readonly environment: { readonly health: string; readonly services: readonly Service[] };
}

describe('an environment that sleeps, from a terminal', { timeout: 240_000 }, () => {
  let world: CliWorld;

  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 240_000);
  afterAll(() => world.dispose());

  const page = (path = '/') => world.fetch(`http://main.localhost:${world.gatewayPort}${path}`);
  const status = () => world.json<Status>(['status']);
  const pods = async () =>
    Object.fromEntries((await status()).environment.services.map(({ name, desired }) => [name, desired]));

  it('ends its processes, keeps all else, and comes back as it was', async () => {
    await world.json(['scale', 'worker', '2']);
    const before = JSON.parse((await page('/api/worktree')).text) as { pid: number };

    expect(await world.json(['sleep'])).toMatchObject({
      ...{ namespace: 'worktree-main', asleep: ['frontend', 'backend', 'worker'], awake: [], ended: true },
      services: [
        { name: 'frontend', health: 'asleep', state: 'Asleep', verdict: 'asleep' },
        { name: 'backend', health: 'asleep', state: 'Asleep', verdict: 'asleep' },
        { name: 'worker', health: 'asleep', state: 'Asleep', verdict: 'asleep' },
      ],
    });
    expect(isAlive(before.pid)).toBe(false);
    expect(await status()).toMatchObject({
      view: { state: 'asleep', words: 'asleep', why: null },
      environment: { health: 'asleep' },
    });
    expect((await world.cli(['list'])).stdout).toMatch(/^\S*main +Asleep/m);
    expect(await world.cli(['wait'])).toMatchObject({
      ...{ code: 10, stdout: 'worktree-main is asleep: "coppice wake" starts it.\n' },
    });
    const waited = await world.cli(['wait', '--json']);
    expect(waited.code).toBe(10);
    expect(JSON.parse(waited.stdout)).toMatchObject({ ready: false, verdict: 'asleep' });
    expect(await world.cli(['sleep'])).toMatchObject({ code: 0, stdout: 'worktree-main is asleep: 3 services.\n' });

    expect(await world.json(['wake'])).toMatchObject({ namespace: 'worktree-main', slept: true, ready: true });
    expect(await pods()).toEqual({ frontend: 1, backend: 1, worker: 2 });
    const after = JSON.parse((await page('/api/worktree')).text) as { pid: number };
    expect(after.pid).not.toBe(before.pid);
    expect(await world.cli(['wake'])).toEqual({ code: 0, stdout: 'worktree-main was not asleep.\n', stderr: '' });
  });

  it.each([['sleep'], ['wake'], ['scale', 'worker', '2'], ['restart', 'worker']])(
    'is used by who does this to it from anywhere: %s',
    async (...words) => {
      const folder = join(world.home, 'cleanup');
      const usedAt = async (): Promise<number> => {
        const texts = await Promise.all(
          (await readdir(folder).catch(() => [])).map((name) => readFile(join(folder, name), 'utf8')),
        );
        const times = texts.flatMap((text) =>
          Object.values((JSON.parse(text) as { usedAt: Record<string, number> }).usedAt),
        );
        return Math.max(0, ...times);
      };
      const before = Date.now();
      expect((await world.cli(words)).code).toBe(0);
      expect(await usedAt()).toBeGreaterThanOrEqual(before);
    },
  );

  it('wakes by the first request to its URL, with ten of them at once', async () => {
    await world.json(['sleep']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => page('/api/worktree')));
    expect(answers.map((answer) => answer.status)).toEqual(Array<number>(10).fill(200));
    expect(new Set(answers.map(({ text }) => (JSON.parse(text) as { pid: number }).pid)).size).toBe(1);
    expect(await world.json(['wait'])).toMatchObject({ ready: true });
    expect(await status()).toMatchObject({ view: { state: 'healthy' } });
    expect(await pods()).toEqual({ frontend: 1, backend: 1, worker: 2 });
  });

  it('wakes by an update, as the file says', async () => {
    await world.json(['sleep']);
    expect(await world.json(['create', 'main'])).toMatchObject({ ready: true });
    expect(await pods()).toEqual({ frontend: 1, backend: 1, worker: 1 });
    // What had been kept says nothing any more.
    await world.json(['scale', 'worker', '0']);
    expect((await status()).environment.services.find(({ name }) => name === 'worker')).toMatchObject({
      ...{ state: 'Stopped', health: 'stopped' },
    });
    await world.json(['scale', 'worker', '2']);
  });

  it.each([
    ['sleep', 'wake', 'asleep'],
    ['wake', 'sleep', 'healthy'],
  ])('a %s that is killed in the middle is finished by the next one', async (command, opposite, state) => {
    await world.json([opposite]);
    const api = await connect(join(world.home, 'cluster', 'kubeconfig'));
    try {
      const path = '/apis/apps/v1/namespaces/worktree-main/deployments';
      const asleep = async (): Promise<number> => {
        const { json } = await api.call('GET', path);
        const items: { spec: { replicas: number } }[] = json.items;
        return items.filter(({ spec }) => spec.replicas === 0).length;
      };
      const before = await asleep();
      const running = world.start([command]);
      await until(async () => (await asleep()) !== before, 60_000);
      running.child.kill('SIGKILL');
      await running.done;
    } finally {
      api.close();
    }
    await world.json([command]);
    expect(await status()).toMatchObject({ view: { state } });
  });

  it('sleeps by itself where nobody uses it: no request, no change of a file, no program in its folder', async () => {
    await world.json(['create', 'unused']);
    const folder = world.worktree('unused');
    const api = await connect(join(world.home, 'cluster', 'kubeconfig'));
    const isAsleep = async (): Promise<boolean> => {
      const { json } = await api.call('GET', '/apis/apps/v1/namespaces/worktree-unused/deployments');
      const items: { spec: { replicas: number } }[] = json.items;
      return items.every(({ spec }) => spec.replicas === 0);
    };
    const log = () => readFile(join(world.home, 'cluster', 'cluster.log'), 'utf8');
    // As a terminal does.
    const terminal = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { cwd: folder, stdio: 'pipe' });
    const ended = new Promise((resolve) => terminal.once('exit', resolve));
    try {
      const { json } = await api.call('GET', '/api/v1/namespaces/worktree-unused');
      expect(json.metadata.annotations).toMatchObject({
        'coppice.dev/sleep-after': '0',
        'coppice.dev/start-limits': '512 0 600',
      });
      const annotations = { 'coppice.dev/sleep-after': '1' };
      await api.call('PATCH', '/api/v1/namespaces/worktree-unused', {
        ...{ body: { metadata: { annotations } }, type: 'application/merge-patch+json' },
      });
      const twice = performance.now() + 2000;
      await until(() => performance.now() > twice);
      expect(await isAsleep()).toBe(false);
      terminal.kill('SIGKILL');
      await ended;
      await until(isAsleep, 60_000);
      await until(async () => (await log()).includes('worktree-unused sleeps: nobody has used it'), 60_000);
      expect((await world.fetch(`http://unused.localhost:${world.gatewayPort}/api/worktree`)).status).toBe(200);
    } finally {
      terminal.kill('SIGKILL');
      api.close();
    }
  });

  it('is refused by its name where there is none', async () => {
    expect((await world.cli(['wake', 'nobody'])).code).toBe(8);
  });
});
