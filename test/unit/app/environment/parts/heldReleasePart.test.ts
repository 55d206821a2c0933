import { describe, expect, it } from 'vitest';
import { updateChanges } from '../../../../../src/app/environment/update/updateChanges';
import { toEnvironment } from '../../../../../src/core/health';
import type { WorktreeValues } from '../../../../../src/core/ports/releases';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { Crash } from '../../../../support/faults';
import type { CallHook } from '../../../../support/faultyPort';
import { branch } from '../create/creates';

const folder = '/code/repo.worktrees/x';
const target = { kind: 'worktree', path: folder } as const;

/** What Helm gets, each time, and what is there by then. */
function watched(file = environmentFileText(['web', 'worker'], database)) {
  const world = new EnvironmentWorld();
  world.commit(file);
  const installs: { readonly values: WorktreeValues; readonly databases: readonly string[] }[] = [];
  const { onInstall } = world.releases;
  world.releases.onInstall = (install) => {
    installs.push({ values: install.values, databases: [...world.databases.held.keys()] });
    return onInstall(install);
  };
  const held = () => installs.map(({ values }) => values.held === true);
  const facts = async () => {
    const all = await world.cluster.read(world.worktrees.repositoryInfo.id);
    return all.find(({ namespace }) => namespace === 'worktree-x');
  };
  return { world, installs, held, facts };
}

function fileOf(services: Readonly<Record<string, object>>, more: object = {}): string {
  const file = JSON.parse(environmentFileText(Object.keys(services), undefined, more)) as {
    services: { name: string }[];
  };
  return JSON.stringify({ ...file, services: file.services.map((one) => ({ ...one, ...services[one.name] })) });
}

/** The process dies when a call has taken effect. */
function crashAfter(last: string): CallHook {
  let isOver = false;
  const verify = (): void => {
    if (isOver) throw new Crash('The process died.');
  };
  return {
    before: verify,
    after(call) {
      isOver ||= call === last;
      verify();
    },
  };
}

describe('services that are installed before what they run in is there', () => {
  it('are held until all of it is, by one run of Helm', async () => {
    const { world, installs, held, facts } = watched();
    const order: string[] = [];
    const hook = { before: () => undefined, after: (call: string) => void order.push(call) };
    const { ready } = await world.createBranch('x', { hook });
    expect(ready).toBe(true);
    expect(held()).toEqual([true]);
    expect(installs[0]?.databases).not.toContain('wt_x');
    expect(order.indexOf('workloads.release')).toBeGreaterThan(order.indexOf('databases.clone'));
    expect(order.indexOf('workloads.release')).toBeGreaterThan(order.indexOf('worktrees.add'));
    expect((await facts())?.deployments.some(({ isHeld }) => isHeld)).toBe(false);
  });

  it('start in the order in which they wait for each other', async () => {
    const { world, held } = watched();
    world.commit(fileOf({ web: { dependsOn: { db: 'healthy' } }, db: {} }));
    expect((await world.createBranch('x')).ready).toBe(true);
    expect(held()).toEqual([true]);
    expect(world.cluster.changes.filter((change) => change.startsWith('release'))).toEqual([
      'release worktree-x/db',
      'release worktree-x/web',
    ]);
  });

  it.each<[string, object, object]>([
    ['a chart of its own', {}, { chart: 'helm' }],
    ['services that it uses', {}, { uses: [{ name: 'cache', tool: 'redis' }] }],
    ['variables of files', { envFile: ['.env'] }, {}],
  ])('are not with %s', async (_, service, more) => {
    const { world, held } = watched(fileOf({ web: service }, more));
    world.worktrees.files.set('.env', '');
    world.environmentFiles.variables.set(`${folder}/.env`, { A: '1' });
    expect((await world.createBranch('x')).ready).toBe(true);
    expect(held()).not.toContain(true);
  });

  it('are installed anew where Helm is to get something else by then', async () => {
    const { world, held } = watched();
    world.commands.onRun = () => {
      world.settings = { ...world.settings, 'temporal.address': 'elsewhere:7233' };
    };
    expect((await world.createBranch('x')).ready).toBe(true);
    expect(held()).toEqual([true, false]);
    expect(world.releases.installed('worktree-x', 'x')?.values.services[0]?.env['TEMPORAL_ADDRESS']).toBe(
      'elsewhere:7233',
    );
  });

  it('are not healthy where a create was cut off, and the next one starts them', async () => {
    const { world, held, facts } = watched();
    await expect(world.createBranch('x', { hook: crashAfter('databases.clone') })).rejects.toThrow();
    expect(held()).toEqual([true]);
    world.locks.abandonAll();
    const left = await facts();
    expect(left && toEnvironment(left).services.map(({ state, health }) => `${state} ${health}`)).toEqual([
      'Waiting progressing',
      'Waiting progressing',
    ]);
    expect((await world.create({ target: branch('x') })).ready).toBe(true);
    expect(held()).toEqual([true, false]);
    expect((await facts())?.deployments.some(({ isHeld }) => isHeld)).toBe(false);
  });

  it('are no more held by an update, and are no news of it', async () => {
    const { world, held } = watched();
    await world.createBranch('x');
    const changes = updateChanges(world.createPorts());
    const run = { signal: new AbortController().signal, report: () => undefined };
    expect(await changes({ folder }, run)).toMatchObject({ changes: [] });
    await world.create({ target });
    expect(held()).toEqual([true, false]);
  });

  it('go with a create that fails', async () => {
    const { world } = watched();
    const before = await world.state();
    world.databases.clone = async () => {
      throw new Error('no clone');
    };
    await expect(world.createBranch('x')).rejects.toThrow('no clone');
    expect(await world.state()).toEqual(before);
    expect(world.releases.names).toEqual([]);
  });
});
