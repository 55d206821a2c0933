import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { ListJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface TopJson {
  worktrees: {
    branch: string | null;
    namespace: string;
    failure: string | null;
    missing: { usage: string | null; requests: string | null };
    services: {
      name: string;
      cpuCores: number | null;
      memoryBytes: number | null;
      requests: { perSecond: Record<string, number>; p95Ms: number | null } | null;
    }[];
  }[];
}

interface OverviewJson {
  worktrees: {
    services: { name: string; memoryBytes: number | null }[];
    memoryBytes: number | null;
    diskBytes: number | null;
    usedAt: string | null;
    trend: { requestsPerSecond: (number | null)[] };
  }[];
}

interface MetricsJson {
  from: string;
  to: string;
  services: { name: string; memoryBytes: number | null; restarts: number; requests: { total: number } | null }[];
  marks: { at: string; kind: string }[];
}

describe('coppice top', { timeout: 60_000 }, () => {
  let world: CliWorld;

  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 90_000);
  afterAll(() => world.dispose(), 60_000);

  it('shows a row a service of this worktree', async () => {
    const { code, stdout, stderr } = await world.cli(['top']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header?.split(/ +/)).toEqual('SERVICE CPU MEMORY RESTARTS REQUESTS/S ERRORS/S P50 P95'.split(' '));
    expect(rows.map((row) => row.split(' ', 1)[0])).toEqual(['backend', 'frontend', 'worker']);
    for (const row of rows) expect(row).toMatch(/^\w+ +\d+\.\d\d +\d+ MiB +0 +/);
  });

  it('shows a row an environment, with what somebody asked, what it takes, and the last hour', async () => {
    const url = `http://main.localhost:${world.gatewayPort}/`;
    await until(async () => (await world.fetch(url)).status === 200, 30_000);
    const { code, stdout, stderr } = await world.cli(['top', '--all']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, row, ...others] = stdout.trimEnd().split('\n');
    const columns =
      'ENVIRONMENT HEALTH AGENT BRANCH REQUESTS ERRORS P95 CPU MEMORY LAST+USED AGE REQUESTS+OF+THE+LAST+HOUR';
    expect(header?.split(/ {2,}/)).toEqual(columns.split(' ').map((title) => title.replaceAll('+', ' ')));
    expect(row).toMatch(/^main +Healthy 3\/3 +- +.* +\d+(\.\d+)?\/s +.* +\d+(\.\d+)? % +\d+ MiB +\w+ +\w+ +/);
    expect(others).toEqual([]);
    const { worktrees } = await world.json<OverviewJson>(['top', '--all', '--disk']);
    expect(worktrees).toMatchObject([
      {
        branch: 'main',
        namespace: 'worktree-main',
        failure: null,
        view: { state: 'healthy' },
        missing: { usage: null },
      },
    ]);
    const [main] = worktrees;
    expect(main?.services.map(({ name }) => name).sort()).toEqual(['backend', 'frontend', 'worker']);
    const sum = main?.services.reduce((total, { memoryBytes }) => total + (memoryBytes ?? 0), 0);
    expect(main?.memoryBytes).toBe(sum);
    expect(main?.diskBytes).toBeGreaterThan(1000);
    expect(main?.trend.requestsPerSecond).toHaveLength(60);
    expect(Date.parse(main?.usedAt ?? '')).toBeGreaterThan(Date.now() - 3_600_000);
    expect(await world.cli(['top', '--disk'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('says the same in JSON', async () => {
    const { worktrees } = await world.json<TopJson>(['top', 'main']);
    expect(worktrees).toMatchObject([
      { branch: 'main', namespace: 'worktree-main', failure: null, missing: { usage: null, requests: null } },
    ]);
    for (const { name, cpuCores, memoryBytes, requests } of worktrees[0]?.services ?? []) {
      expect(cpuCores).toBeGreaterThanOrEqual(0);
      expect(memoryBytes).toBeGreaterThan(10e6);
      // No route leads to the worker.
      if (name === 'worker') expect(requests).toBeNull();
      else expect(requests?.perSecond['2xx']).toBeGreaterThanOrEqual(0);
    }
  });

  it('says of the last hour what was asked and used, though nobody looked', async () => {
    const url = `http://main.localhost:${world.gatewayPort}/`;
    await until(async () => (await world.fetch(url)).status === 200, 30_000);
    const told = await until(async () => {
      const found = await world.json<MetricsJson>(['metrics', 'main', '--since', '2h']);
      return found.services.some(({ requests }) => (requests?.total ?? 0) > 0) ? found : undefined;
    });
    expect(told).toMatchObject({ branch: 'main', namespace: 'worktree-main' });
    expect(Date.parse(told.to) - Date.parse(told.from)).toBe(7_200_000);
    for (const { name, memoryBytes, restarts } of told.services) {
      expect(memoryBytes, name).toBeGreaterThan(10e6);
      expect(restarts).toBe(0);
    }
    expect(told.marks).toContainEqual({ at: expect.any(String), kind: 'update', revision: 1 });
    const { code, stdout } = await world.cli(['metrics']);
    expect({ code, header: stdout.split('\n')[0]?.split(/ {2,}/) }).toEqual({
      ...{ code: 0 },
      header: ['SERVICE', 'REQUESTS', '4XX', '5XX', 'ERROR RATE', 'P50', 'P95', 'CPU', 'MEMORY', 'RESTARTS'],
    });
    for (const since of ['yesterday', '7h', '0m'])
      expect(await world.cli(['metrics', '--since', since])).toMatchObject({ code: 2, stdout: '' });
  });

  it('is told of whole environments by a list, without a wait', async () => {
    const { worktrees } = await world.json<ListJson>(['list']);
    const [memory = 0] = worktrees.flatMap(({ environment }) => environment?.usage?.memoryBytes ?? []);
    const [top] = (await world.json<TopJson>(['top', 'main'])).worktrees;
    const most = Math.max(...(top?.services ?? []).map(({ memoryBytes }) => memoryBytes ?? Number.NaN));
    expect(memory).toBeGreaterThan(most);
    expect((await world.cli(['list'])).stdout).toMatch(/^main +Healthy +(?:Running +){3}\d+\.\d\d +\d+ MiB +main$/m);
    await world.json(['sleep', 'main']);
    expect((await world.json<ListJson>(['list'])).worktrees[0]?.environment?.usage).toBeNull();
    expect((await world.cli(['list'])).stdout).toMatch(/^NAME +STATUS +FRONTEND +BACKEND +WORKER +BRANCH/);
    await world.json(['wake', 'main']);
  });

  it('goes on until it is told to stop, and counts what is asked meanwhile', async () => {
    const running = world.start(['top', '--watch', '--json']);
    const lines = (): string[] => running.stdout().split('\n').slice(0, -1);
    const url = `http://main.localhost:${world.gatewayPort}/`;
    await until(() => lines().length > 0, 30_000);
    await until(async () => {
      await world.fetch(url);
      return lines().some((line) =>
        (JSON.parse(line) as TopJson).worktrees[0]?.services.some(
          ({ requests }) => (requests?.perSecond['2xx'] ?? 0) > 0,
        ),
      );
    }, 30_000);
    running.child.kill('SIGINT');
    expect(await running.done).toMatchObject({ code: 130, stderr: '' });
  });

  it('says in one line what is wrong', async () => {
    expect(await world.cli(['top', 'main', '--all'])).toMatchObject({ code: 2, stdout: '' });
    await world.cli(['cluster', 'stop']);
    const { code, stderr } = await world.cli(['top', '--all']);
    expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringMatching(/^[^\n]+\n$/) as string });
  });
});
