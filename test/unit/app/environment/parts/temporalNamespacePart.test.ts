import { describe, expect, it } from 'vitest';
import { deleteOrphan } from '../../../../../src/app/environment/delete/deleteOrphan';
import { lookAtDelete } from '../../../../../src/app/environment/delete/lookAtDelete';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import { AppError } from '../../../../../src/core/errors';
import { infraNamespace, infraOwner } from '../../../../../src/core/clusters/infra';
import type { ClusterIdentity, Identity } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { FakeTemporalNamespaces } from '../../../../support/fakes/fakeTemporalNamespaces';

const run = { signal: new AbortController().signal, report: () => undefined };
const context: ClusterIdentity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };
const cache = { name: 'cache', tool: 'redis' } as const;

function world(more: object = {}): EnvironmentWorld {
  const made = new EnvironmentWorld();
  made.commit(environmentFileText(['web'], undefined, { temporal: true, ...more }));
  return made;
}

function heldBy({ temporal }: EnvironmentWorld, { names }: Identity) {
  return temporal.held.get(names.namespace);
}

describe('a namespace in Temporal', () => {
  it('is registered for the environment before its services start, and services are told its name', async () => {
    const here = world();
    // A server that takes its time: whoever does not wait for it is done by then.
    const { register } = FakeTemporalNamespaces.prototype;
    here.temporal.register = async (...request) => {
      for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve));
      return register.apply(here.temporal, request);
    };
    const order: string[] = [];
    const before = (call: string): void => void (call === 'workloads.release' && order.push('start'));
    const after = (call: string): void => void (call === 'temporal.register' && order.push('registered'));
    const { identity } = await here.createBranch('x', { hook: { before, after } });
    expect(order).toEqual(['registered', 'start']);
    expect(heldBy(here, identity)).toEqual({ owner: identity.owner, workflows: 0 });
    expect(here.temporal.worktrees).toContain('/code/repo');
    const values = here.releases.installed(identity.names.namespace, identity.names.release)?.values;
    // A key for Temporal's cloud in the user's temporal.toml would turn TLS on.
    expect(values?.services[0]?.env).toMatchObject({
      TEMPORAL_NAMESPACE: identity.names.namespace,
      TEMPORAL_TLS: 'false',
    });
  });

  it('is there only where the file asks for it', async () => {
    const without = new EnvironmentWorld();
    const { identity } = await without.createBranch('x');
    expect(without.temporal).toMatchObject({ runs: false, held: new Map() });
    expect(identity.parts).not.toHaveProperty('temporalNamespace');
    const values = without.releases.installed(identity.names.namespace, identity.names.release)?.values;
    expect(values?.services[0]?.env).not.toHaveProperty('TEMPORAL_TLS');
  });

  it('is in infra’s Temporal where pods are containers, and left to others where infra has none or another is named', async () => {
    for (const [parts, address, isRegistered] of [
      ['postgresql,temporal', '127.0.0.1:7233', true],
      ['postgresql', '127.0.0.1:7233', false],
      ['temporal', 'temporal.example.com:7233', false],
      [undefined, '127.0.0.1:7233', false],
    ] as const) {
      const real = world();
      real.cluster.identity = context;
      real.settings = { ...real.settings, 'temporal.address': address };
      if (parts !== undefined)
        await real.cluster.claimNamespace({ name: infraNamespace, owner: infraOwner, annotations: { parts } });
      // What is left to others needs no program.
      if (!isRegistered) real.temporal.isMissing = true;
      const { identity } = await real.createBranch('x');
      const held = { owner: identity.owner, workflows: 0 };
      expect([parts, heldBy(real, identity)]).toEqual([parts, isRegistered ? held : undefined]);
      expect('temporalNamespace' in identity.parts).toBe(isRegistered);
    }
  });

  it('needs its program, which is asked for before anything is made', async () => {
    const here = world();
    here.temporal.isMissing = true;
    const before = await here.state();
    const request = { folder: '/code/repo', target: { kind: 'branch', branch: 'x' } } as const;
    await expect(planCreate(here.createPorts())(request, run)).rejects.toMatchObject({ code: 'missingTool' });
    await expect(here.createBranch('x')).rejects.toMatchObject({ code: 'missingTool' });
    expect(await here.state()).toEqual(before);
  });

  it('is taken back by a create that fails, and is kept by an update that does', async () => {
    const here = world();
    const before = (call: string): void => {
      if (call === 'releases.install') throw new AppError('failed', 'no');
    };
    const fails = { before, after: () => undefined };
    await expect(here.createBranch('x', { hook: fails })).rejects.toThrow('no');
    expect(here.temporal.held.size).toBe(0);
    const { worktree, identity } = await here.createBranch('x');
    const update = here.create({ target: { kind: 'worktree', path: worktree.path } }, { hook: fails });
    await expect(update).rejects.toThrow('no');
    expect(heldBy(here, identity)?.owner).toEqual(identity.owner);
  });

  it('of somebody else is neither taken nor deleted', async () => {
    const here = world();
    here.temporal.held.set('worktree-x', { owner: 'foreign', workflows: 1 });
    await expect(here.createBranch('x')).rejects.toMatchObject({ code: 'conflict' });
    expect(here.temporal.held.get('worktree-x')).toEqual({ owner: 'foreign', workflows: 1 });
    here.temporal.held.clear();
    const { worktree } = await here.createBranch('x');
    here.temporal.held.set('worktree-x', { owner: 'foreign', workflows: 0 });
    const before = await here.state();
    await expect(here.delete({ path: worktree.path })).rejects.toMatchObject({ code: 'conflict' });
    expect(here.temporal.held.get('worktree-x')).toEqual({ owner: 'foreign', workflows: 0 });
    expect(await here.state()).toEqual(before);
  });

  it('goes with the environment, once its workflows are given up', async () => {
    const here = world();
    const { worktree, identity } = await here.createBranch('x');
    const held = heldBy(here, identity);
    if (held) held.workflows = 2;
    await expect(here.delete({ path: worktree.path })).rejects.toMatchObject({
      losses: [{ kind: 'data', count: 2, examples: ['Temporal: 2 workflows'] }],
    });
    await here.delete({ path: worktree.path, accepted: ['data'] });
    expect(here.temporal.held.size).toBe(0);
  });

  it('is lost together with what was written to services that it uses, as one loss', async () => {
    const here = world({ uses: [cache] });
    const { worktree, identity } = await here.createBranch('x');
    here.uses.write({ owner: identity.owner, service: 'cache', tool: 'redis' }, 'appendonly.aof');
    const held = heldBy(here, identity);
    if (held) held.workflows = 1;
    await expect(here.delete({ path: worktree.path })).rejects.toMatchObject({
      losses: [{ kind: 'data', count: 2, examples: ['cache (Redis)', 'Temporal: 1 workflow'] }],
    });
  });

  it('is no reason to start a server where somebody only looks: nobody can tell then', async () => {
    const here = world();
    const { worktree } = await here.createBranch('x');
    here.temporal.runs = false;
    const look = await lookAtDelete(here.createPorts())({ folder: '/code/repo' }, run);
    const seen = await look({ path: worktree.path, startsNothing: true }, run.signal);
    expect(seen.untold).toContain('data');
    expect(here.temporal.runs).toBe(false);
    // The delete itself has to know.
    await here.delete({ path: worktree.path });
    expect(here.temporal).toMatchObject({ runs: true, held: new Map() });
  });

  it('whose server cannot be asked is data that may be lost, and is left once that is accepted', async () => {
    const here = world();
    const { worktree, identity } = await here.createBranch('x');
    here.temporal.trouble = 'another server answers';
    const before = await here.state();
    await expect(here.delete({ path: worktree.path })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'data', count: 1, examples: [expect.stringContaining('(another server answers)') as unknown] }],
    });
    expect(await here.state()).toEqual(before);
    const look = await lookAtDelete(here.createPorts())({ folder: '/code/repo' }, run);
    expect((await look({ path: worktree.path, startsNothing: true }, run.signal)).untold).toContain('data');
    await here.delete({ path: worktree.path, accepted: ['data'] });
    expect(heldBy(here, identity)).toBeDefined();
    expect(await here.worktrees.list(here.worktrees.repositoryInfo)).toHaveLength(1);
  });

  it('of an orphan is known by its namespace, and goes with it', async () => {
    const here = world();
    const { worktree, identity } = await here.createBranch('x');
    const held = heldBy(here, identity);
    if (held) held.workflows = 1;
    await here.worktrees.remove(here.worktrees.repositoryInfo, worktree, []);
    const orphan = (accepted: 'data'[]) =>
      deleteOrphan(here.createPorts())({ folder: '/code/repo', namespace: 'worktree-x', accepted }, run);
    await expect(orphan([])).rejects.toMatchObject({ losses: [{ kind: 'data', count: 1 }] });
    await orphan(['data']);
    expect(here.temporal.held.size).toBe(0);
  });
});
