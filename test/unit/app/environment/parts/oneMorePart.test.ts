import { describe, expect, it, vi } from 'vitest';
import { deleteOrphan } from '../../../../../src/app/environment/delete/deleteOrphan';
import { environmentParts } from '../../../../../src/app/environment/parts/environmentParts';
import { imagesPart } from '../../../../../src/app/environment/parts/imagesPart';
import { namespacePart } from '../../../../../src/app/environment/parts/namespacePart';
import { definePart, type Part } from '../../../../../src/app/environment/parts/part';
import { releasePart } from '../../../../../src/app/environment/parts/releasePart';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import { terminalVariables } from '../../../../../src/app/environment/variables/terminalVariables';
import { readSnapshot } from '../../../../../src/app/snapshot/readSnapshot';
import { entryJson, snapshotJson } from '../../../../../src/app/view/snapshotJson';
import { AppError, toAppError } from '../../../../../src/core/errors';
import { isSameOwner } from '../../../../../src/core/clusters/isSameOwner';
import type { IdentityParts, Owner, Snapshot } from '../../../../../src/core/model';
import { statusText } from '../../../../../src/ui/status/statusText';
import { toItem } from '../../../../../src/ui/tree/item';
import { toTree } from '../../../../../src/ui/tree/nodes';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { hooked, type CallHook } from '../../../../support/faultyPort';
import { crashAt, faultAt, recorder, type When } from '../../../../support/faults';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };
const target = { kind: 'branch', branch: 'feat/x' } as const;
const folder = '/code/repo.worktrees/feat-x';

/** A server of queues, on which environments have one each. */
class FakeBroker {
  readonly queues = new Map<string, Owner>();

  async owner(name: string): Promise<Owner | undefined> {
    return this.queues.get(name);
  }

  async declare(name: string, owner: Owner): Promise<void> {
    if (this.queues.has(name) && !isSameOwner(this.queues.get(name), owner))
      throw new AppError('conflict', `The queue ${name} is somebody else's.`);
    this.queues.set(name, owner);
  }

  async remove(name: string, owner: Owner): Promise<void> {
    if (isSameOwner(this.queues.get(name), owner)) this.queues.delete(name);
  }
}

const nameIn = ({ queue }: IdentityParts): string => String(queue?.['name']);

/** A part that only this file knows. */
function queuePart(broker: FakeBroker): Part {
  return definePart({
    id: 'queue',
    after: [namespacePart],
    before: [releasePart],
    title: 'Declare the queue',
    wanted: ({ file }) => file.services.some(({ name }) => name === 'worker'),
    holder: ({ slug }) => broker.owner(`queue-${slug}`),
    plan: ({ names }) => ({
      record: { name: `queue-${names.slug}` },
      annotations: { queue: `queue-${names.slug}` },
    }),
    fromAnnotations: ({ queue }) => (queue === undefined ? undefined : { name: queue }),
    notes: () => ({ isNew: false }),
    async make({ made }, notes) {
      const { owner, parts } = made(namespacePart).identity;
      notes.isNew = (await broker.owner(nameIn(parts))) === undefined;
      await broker.declare(nameIn(parts), owner);
      return { value: undefined, detail: nameIn(parts) };
    },
    async undo({ made }, { isNew }) {
      const { owner, parts } = made(namespacePart).identity;
      if (isNew) await broker.remove(nameIn(parts), owner);
    },
    remove: ({ environment }) =>
      environment?.parts['queue']
        ? [
            {
              phase: 'data',
              id: 'queue',
              title: 'Delete the queue',
              run: () => broker.remove(nameIn(environment.parts), environment.owner),
            },
          ]
        : [],
    status: ({ annotations: { queue } }) => (queue === undefined ? undefined : { title: 'Queue', name: queue }),
    variables: ({ identity }): Record<string, string> =>
      identity.parts['queue'] ? { QUEUE: nameIn(identity.parts) } : {},
  });
}

class QueueWorld extends EnvironmentWorld {
  readonly broker = new FakeBroker();

  constructor() {
    super();
    this.parts = [...environmentParts, queuePart(this.broker)];
  }

  through(hook: CallHook): this {
    this.parts = [...environmentParts, queuePart(hooked('broker', this.broker, hook))];
    return this;
  }

  snapshot(): Promise<Snapshot> {
    return readSnapshot(this.createPorts())('/code/repo', signal);
  }

  async everything(): Promise<object> {
    return { state: await this.state(), queues: [...this.broker.queues.keys()] };
  }
}

describe('a part that is added to the list', () => {
  it('is planned, made before the services, and recorded', async () => {
    const world = new QueueWorld();
    const plan = await planCreate(world.createPorts(), world.parts)({ folder: '/code/repo', target }, run);
    expect(plan.parts).toEqual([
      { part: 'database', title: 'Database', name: 'wt_feat_x' },
      { part: 'queue', title: 'Queue', name: 'queue-feat-x' },
    ]);
    expect(plan.steps.find(({ id }) => id === 'queue')).toEqual({
      id: 'queue',
      title: 'Declare the queue',
      after: ['namespace'],
    });
    expect(plan.steps.find(({ id }) => id === 'release')?.after).toContain('queue');
    const { identity } = await world.create({ target });
    expect(identity.parts['queue']).toEqual({ name: 'queue-feat-x' });
    expect([...world.broker.queues]).toEqual([['queue-feat-x', identity.owner]]);
  });

  it('is left out where it is not wanted', async () => {
    const world = new QueueWorld();
    world.edited.set('/code/repo', environmentFileText(['frontend']));
    const { identity } = await world.create({ target: { kind: 'worktree', path: '/code/repo' } });
    expect(identity.parts['queue']).toBeUndefined();
    expect(world.broker.queues.size).toBe(0);
  });

  it('is put into the environment of services and terminals', async () => {
    const world = new QueueWorld();
    await world.create({ target });
    const installed = world.releases.installed('worktree-feat-x', 'feat-x');
    expect(installed?.values.services.map(({ env }) => env['QUEUE'])).toEqual([
      'queue-feat-x',
      'queue-feat-x',
      'queue-feat-x',
    ]);
    const ports = { ...world.createPorts(), openDatabases: async () => world.databases };
    expect(await terminalVariables(ports, world.parts)(folder, signal)).toMatchObject({ QUEUE: 'queue-feat-x' });
  });

  it('is shown: in a row, in the status, in JSON, and while it is an orphan', async () => {
    const world = new QueueWorld();
    await world.create({ target });
    const snapshot = await world.snapshot();
    const entry = snapshot.entries.find(({ worktree }) => worktree.path === folder);
    if (!entry) throw new Error('the worktree is not listed');
    const shown = { part: 'queue', title: 'Queue', name: 'queue-feat-x' };
    expect(entryJson(entry, snapshot)).toMatchObject({ view: { parts: [{ part: 'database' }, shown] } });
    const rows = [...toTree(snapshot, []).nodes.values()].filter(({ kind }) => kind === 'part').map(toItem);
    expect(rows.map(({ label }) => label)).toEqual(['wt_feat_x', 'queue-feat-x']);
    expect(statusText(snapshot, entry)).toMatch(/^ {2}Queue +queue-feat-x$/m);
    await world.worktrees.remove(world.worktrees.repositoryInfo, entry.worktree, []);
    expect(snapshotJson(await world.snapshot())).toMatchObject({
      orphans: [{ view: { parts: [{ part: 'database' }, shown] } }],
    });
  });

  it('is deleted with its environment', async () => {
    const world = new QueueWorld();
    await world.create({ target });
    await world.delete({ path: folder });
    expect(world.broker.queues.size).toBe(0);
  });

  it('comes with an update, and is recorded before it is made: a delete finds it whenever that is cut off', async () => {
    const world = new QueueWorld();
    const { parts } = world;
    world.parts = environmentParts;
    await world.create({ target });
    world.parts = parts;
    const done: string[] = [];
    const write = world.identities.write.bind(world.identities);
    vi.spyOn(world.identities, 'write').mockImplementation(async (worktree, identity) => {
      // Whatever does not wait for it is quicker.
      await new Promise((resolve) => setImmediate(resolve));
      await write(worktree, identity);
      done.push('recorded');
    });
    const hook = { before: (call: string) => void done.push(call), after: () => undefined };
    await world.through(hook).create({ target: { kind: 'worktree', path: folder } });
    // Whose the name is that it takes is asked before all.
    expect(done.slice(0, 4)).toEqual(['broker.owner', 'recorded', 'broker.owner', 'broker.declare']);
    await world.delete({ path: folder });
    expect(world.broker.queues.size).toBe(0);
  });

  it('stays recorded, and is deleted, when the environment file asks for it no more', async () => {
    const world = new QueueWorld();
    await world.create({ target });
    world.edited.set(folder, environmentFileText(['frontend']));
    const { identity } = await world.create({ target: { kind: 'worktree', path: folder } });
    expect(identity.parts['queue']).toEqual({ name: 'queue-feat-x' });
    await world.delete({ path: folder });
    expect(world.broker.queues.size).toBe(0);
  });

  it.each<When>(['before', 'after'])('is deleted by the next try when a delete fails %s any call', async (when) => {
    const made = async (): Promise<QueueWorld> => {
      const world = new QueueWorld();
      await world.create({ target });
      return world;
    };
    const calls = recorder();
    await (await made()).through(calls).delete({ path: folder }, { hook: calls });
    expect(calls.calls).toContain('broker.remove');
    for (const [number, call] of calls.calls.entries()) {
      const world = await made();
      const hook = faultAt(number, when);
      await world
        .through(hook)
        .delete({ path: folder }, { hook })
        .catch(() => undefined);
      world.locks.abandonAll();
      world.through(recorder());
      if (await world.worktree('feat/x')) await world.delete({ path: folder });
      expect([...world.broker.queues.keys()], `at call ${number}, ${call}`).toEqual([]);
    }
  });

  it('is found when its worktree is gone, and deleted with the orphan', async () => {
    const world = new QueueWorld();
    await world.create({ target });
    const worktree = await world.worktree('feat/x');
    if (worktree) await world.worktrees.remove(world.worktrees.repositoryInfo, worktree, []);
    expect([...world.broker.queues.keys()]).toEqual(['queue-feat-x']);
    await deleteOrphan(world.createPorts(), world.parts)({ folder: '/code/repo', namespace: 'worktree-feat-x' }, run);
    expect(world.broker.queues.size).toBe(0);
    expect(await world.cluster.listNamespaces()).toEqual([]);
  });

  it('takes no name that is somebody else’s', async () => {
    const world = new QueueWorld();
    world.broker.queues.set('queue-feat-x', { repositoryId: 'ffffffffffff', worktreeId: 'ffffffffffff' });
    expect((await world.create({ target })).identity.names.slug).toMatch(/^feat-x-/);
  });

  it.each<When>(['before', 'after'])('is taken back when anything fails, %s it took effect', async (when) => {
    const calls = await callsOfCreate();
    for (const [number, call] of calls.entries()) {
      const world = new QueueWorld();
      const before = await world.everything();
      const hook = faultAt(number, when);
      const error = await world
        .through(hook)
        .create({ target }, { hook })
        .then(() => undefined, toAppError);
      world.locks.abandonAll();
      if (error !== undefined) expect(await world.everything(), `at call ${number}, ${call}`).toEqual(before);
    }
  });

  it.each<When>(['before', 'after'])('is made by the next try after a crash %s any call', async (when) => {
    const calls = await callsOfCreate();
    for (const [number, call] of calls.entries()) {
      const world = new QueueWorld();
      const hook = crashAt(number, when);
      const error: unknown = await world
        .through(hook)
        .create({ target }, { hook })
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      world.locks.abandonAll();
      world.through(recorder());
      if (error !== undefined) {
        // Where all was done but to tell so, the branch has its environment already.
        const again = await world.create({ target }).then(() => undefined, toAppError);
        if (again) expect(again.message).toContain('checked out');
      }
      expect([...world.broker.queues.keys()], `at call ${number}, ${call}`).toEqual(['queue-feat-x']);
    }
  });
});

async function callsOfCreate(): Promise<readonly string[]> {
  const hook = recorder();
  await new QueueWorld().through(hook).create({ target }, { hook });
  expect(hook.calls).toContain('broker.declare');
  return hook.calls;
}

describe('what a part has made', () => {
  it('cannot be waited for by one that it waits for itself', async () => {
    const world = new EnvironmentWorld();
    const odd = definePart({
      id: 'odd',
      after: [releasePart],
      before: [namespacePart],
      make: async () => ({ value: undefined }),
    });
    world.parts = [...environmentParts, odd];
    await expect(world.create({ target })).rejects.toMatchObject({
      code: 'bug',
      message: expect.stringMatching(/^The steps .*odd.* wait for each other\.$/),
    });
    expect(await world.cluster.listNamespaces()).toEqual([]);
  });

  it('is received only by parts that stand after it', async () => {
    const world = new EnvironmentWorld();
    const nosy = definePart({
      id: 'nosy',
      after: [namespacePart],
      async make({ made }) {
        // @ts-expect-error: it does not stand after the images.
        made(imagesPart);
        return { value: undefined };
      },
    });
    world.parts = [...environmentParts, nosy];
    await expect(world.create({ target })).rejects.toMatchObject({
      code: 'bug',
      message: 'The part nosy asked for what images has made, and does not stand after it.',
    });
  });
});
