import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateResult } from '../../src/app/environment/requests';
import type { Environment, ServiceStatus } from '../../src/core/model';
import { RealWorld } from '../support/realWorld';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('the main job: two environments side by side, each with its database');

// What the product is for, on a cluster that runs images: from git worktrees to counters in two databases, and to nothing.
describe('The main job on a real Kubernetes', { timeout: 180_000 }, () => {
  let world: RealWorld;
  let one: CreateResult;
  let two: CreateResult;
  beforeAll(async () => {
    world = await RealWorld.create();
  });
  afterAll(async () => {
    await world?.dispose();
  });

  const environment = async ({ worktree }: CreateResult): Promise<Environment | undefined> => {
    const { entries } = await world.product.snapshots.read(world.repository, AbortSignal.timeout(30_000));
    return entries.find((entry) => entry.worktree.path === worktree.path)?.environment;
  };
  const service = async (created: CreateResult, name: string): Promise<ServiceStatus | undefined> =>
    (await environment(created))?.services.find((status) => status.name === name);
  const ask = (created: CreateResult, method: string): Promise<string> =>
    world.reach(created, 'web', async (url) => (await fetch(url, { method })).text());

  test('two environments become healthy side by side', async () => {
    [one, two] = await Promise.all([world.create('earl/FIB-1'), world.create('FIB-2')]);
    expect([one.ready, two.ready]).toEqual([true, true]);
    expect(one.identity).toMatchObject({ names: { namespace: 'worktree-earl-fib-1' }, cluster: world.chosen.identity });
    for (const created of [one, two]) {
      expect(await environment(created)).toMatchObject({ health: 'healthy', notes: created.notes });
      expect(created.services.map(({ name, state }) => [name, state])).toEqual([
        ['web', 'Running'],
        ['worker', 'Running'],
      ]);
    }
    expect(await world.owned()).toEqual({
      namespaces: ['worktree-earl-fib-1', 'worktree-fib-2'],
      databases: ['wt_earl_fib_1', 'wt_fib_2'],
      roles: ['wt_earl_fib_1', 'wt_fib_2'],
    });
  });

  test('each counts in a database of its own', async () => {
    expect(await ask(one, 'POST')).toBe('earl-fib-1 1');
    expect(await ask(one, 'POST')).toBe('earl-fib-1 2');
    expect(await ask(two, 'POST')).toBe('fib-2 1');
    expect(await world.product.environments.variables(one.worktree.path, AbortSignal.timeout(10_000))).toMatchObject({
      DATABASE_URL: expect.stringMatching(/^postgresql:\/\/wt_earl_fib_1:.+@127\.0\.0\.1:\d+\/wt_earl_fib_1$/),
    });
  });

  test('tells what a service printed', async () => {
    const lines: string[] = [];
    const logs = world.product.services.logs(
      one.identity.names.namespace,
      'web',
      { follow: false },
      AbortSignal.timeout(30_000),
    );
    for await (const line of logs) lines.push(line);
    expect(lines).toEqual(['earl-fib-1 counts']);
  });

  test('is the same from a terminal', async () => {
    const made = await world.cli(world.repository, 'create', 'from-terminal', '--json');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const { namespace, path, notes } = JSON.parse(made.stdout);
    expect(namespace).toBe('worktree-from-terminal');
    const status = JSON.parse((await world.cli(path, 'status', '--json')).stdout);
    expect(status).toMatchObject({ environment: { health: 'healthy', notes, cluster: world.chosen.identity } });
    expect(await world.cli(path, 'logs', 'web')).toEqual({ code: 0, stdout: 'from-terminal counts\n', stderr: '' });
    const check = JSON.parse((await world.cli(path, 'check-database', '--json')).stdout);
    expect(check).toMatchObject({ machine: { state: 'reached' } });
    expect(check.pods.state).not.toBe('failed');
    const deleted = world.whileEnding(namespace, () =>
      world.cli(world.repository, 'delete', 'from-terminal', '--discard', 'database'),
    );
    expect(await deleted).toMatchObject({ code: 0, stdout: expect.stringContaining('environment deleted') });
    expect((await world.owned()).namespaces).toEqual(['worktree-earl-fib-1', 'worktree-fib-2']);
  });

  test('says why a service is down, and that it is up again', async () => {
    await world.write(one.worktree.path, world.environmentFile({ web: { env: { BROKEN: 'yes' } } }));
    const broken = await world.update(one.worktree.path);
    expect(broken.ready).toBe(false);
    expect(broken.services.find(({ name }) => name === 'web')).toMatchObject({
      health: 'degraded',
      state: 'CrashLoopBackOff',
      reason: 'exit code 1: TypeError: broken on purpose',
    });
    expect((await environment(two))?.health).toBe('healthy');

    await world.write(one.worktree.path, world.environmentFile());
    const mended = await world.update(one.worktree.path);
    expect(mended.ready).toBe(true);
    await until(async () => (await service(one, 'web'))?.health === 'healthy', 30_000);
    // The database was kept.
    expect(await ask(one, 'GET')).toBe('earl-fib-1 2');
  });

  test('leaves nothing of an environment that is deleted, and all of the other', async () => {
    await world.delete(one);
    expect(await world.owned()).toEqual({
      namespaces: ['worktree-fib-2'],
      databases: ['wt_fib_2'],
      roles: ['wt_fib_2'],
    });
    expect(await world.git('worktree', 'list', '--porcelain')).not.toContain('earl-fib-1');
    expect(await world.git('branch', '--list', 'earl/FIB-1')).toBe('');
    expect(await ask(two, 'GET')).toBe('fib-2 1');
    await world.delete(two);
    expect(await world.owned()).toEqual({ namespaces: [], databases: [], roles: [] });
  });
});
