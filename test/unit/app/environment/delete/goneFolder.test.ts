import { describe, expect, it } from 'vitest';
import { deleteOrphan } from '../../../../../src/app/environment/delete/deleteOrphan';
import { readSnapshot } from '../../../../../src/app/snapshot/readSnapshot';
import type { CreateResult } from '../../../../../src/app/environment/requests';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const folder = '/code/repo';
const { signal } = new AbortController();

/** A worktree whose folder somebody removed, or whose disk is not there. */
async function goneWorktree(prepare: (world: EnvironmentWorld, made: CreateResult) => unknown = () => undefined) {
  const world = new EnvironmentWorld();
  const before = await world.state();
  const made = await world.createBranch('topic');
  await prepare(world, made);
  world.worktrees.loseFolder(made.worktree);
  return { world, made, before };
}

describe('a worktree whose folder is gone', () => {
  it('still has its environment, which is no orphan', async () => {
    const { world, made } = await goneWorktree();
    const snapshot = await readSnapshot(world.createPorts())(folder, signal);
    expect(snapshot.orphans).toEqual([]);
    const entry = snapshot.entries.find(({ worktree }) => worktree.path === made.worktree.path);
    expect(entry?.environment?.namespace).toBe(made.identity.names.namespace);
    const run = { signal, report: () => undefined };
    const remove = deleteOrphan(world.createPorts())({ folder, namespace: made.identity.names.namespace }, run);
    await expect(remove).rejects.toMatchObject({ code: 'conflict' });
  });

  it('goes with its environment and the branch that was made for it', async () => {
    const { world, made, before } = await goneWorktree();
    expect(await world.delete({ path: made.worktree.path })).toEqual({
      environment: 'deleted',
      worktree: 'deleted',
      branch: 'deleted',
      undo: 'kept-1',
    });
    expect(await world.state()).toEqual(before);
  });

  it('is not deleted with commits that are nowhere else, and then keeps its environment', async () => {
    const { world, made } = await goneWorktree((of, { worktree }) => of.worktrees.commit(worktree, 'work'));
    const state = await world.state();
    const deleting = world.delete({ path: made.worktree.path });
    await expect(deleting).rejects.toMatchObject({ code: 'conflict', losses: [{ kind: 'unpushed', count: 1 }] });
    expect(await world.state()).toEqual(state);
  });
});
