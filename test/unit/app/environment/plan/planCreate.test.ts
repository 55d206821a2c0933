import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import { AppError } from '../../../../../src/core/errors';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { branch } from '../create/creates';

describe('planCreate', () => {
  const plan = (world: EnvironmentWorld, target: CreateRequest['target']) =>
    planCreate(world.createPorts())(
      { folder: '/code/repo', target },
      { signal: new AbortController().signal, report: () => undefined },
    );

  it('says what a create then does, and changes nothing', async () => {
    const world = new EnvironmentWorld();
    const before = await world.state();
    const planned = await plan(world, branch('feat/x'));
    expect(await world.state()).toEqual(before);
    expect(planned).toMatchObject({ branchKind: 'new', base: { name: 'main' } });
    const { identity, worktree } = await world.createBranch('feat/x');
    expect(planned).toMatchObject({
      worktreeFolder: worktree.path,
      slug: identity.names.slug,
      namespace: identity.names.namespace,
      temporalNamespace: identity.parts.temporal?.namespace,
      database: identity.parts.database?.database,
      host: identity.names.host,
      metricsPorts: identity.parts.services?.metricsPorts,
    });
    expect(planned.steps.map(({ id }) => id)).toEqual([
      'cluster',
      'server',
      'namespace',
      'worktree',
      'template',
      'database',
      'migrate',
      'held-release',
      'release',
      'ready',
    ]);
  });

  it('says which commands a person would be asked about first, and asks nobody', async () => {
    const world = new EnvironmentWorld();
    world.approvals.approvesAll = false;
    const asked = async () => (await plan(world, branch('x'))).commandsToApprove.map(({ place }) => place);
    const all = ['database.migrate', 'database.seed', 'frontend', 'backend', 'worker'];
    expect(await asked()).toEqual(all.map((name) => (name.includes('.') ? name : `services.${name}.command`)));
    await world.createBranch('y', { approve: async () => true });
    expect(await asked()).toEqual([]);
  });

  it('starts no cluster and no server', async () => {
    const world = new EnvironmentWorld();
    world.cluster.setStopped();
    world.databases.failure = new AppError('unreachable', 'not started');
    expect((await plan(world, branch('feat/x'))).slug).toBe('feat-x');
    expect(await world.cluster.probe()).toBeUndefined();
  });
});
