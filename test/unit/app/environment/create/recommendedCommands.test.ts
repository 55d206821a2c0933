import { expect, it } from 'vitest';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import { readSnapshot } from '../../../../../src/app/snapshot/readSnapshot';
import { wayText } from '../../../../../src/app/view/wayOut';
import { worktreeView } from '../../../../../src/app/view/worktreeView';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

/** What the terminal says of the worktree of a branch. */
async function said(world: EnvironmentWorld, branch: string): Promise<string> {
  const snapshot = await readSnapshot(world.createPorts())('/code/repo', new AbortController().signal);
  const entry = snapshot.entries.find(({ worktree }) => worktree.branch === branch);
  const way = entry && worktreeView(entry, snapshot).way;
  return way ? wayText(way, 'terminal') : '';
}

/** What the CLI asks for when somebody does what was said, from the main worktree where no folder is said. */
function asked(text: string): Pick<CreateRequest, 'folder' | 'target'> {
  const [, branch, folder] = /^"coppice create(?: (\S+))?"(?: in (\S+))? /.exec(text) ?? [];
  if (branch !== undefined) return { folder: '/code/repo', target: { kind: 'branch', branch } };
  if (folder === undefined) throw new Error(`no create is said: ${text}`);
  return { folder, target: { kind: 'worktree', path: folder } };
}

it.each<[state: string, make: (world: EnvironmentWorld) => Promise<string>]>([
  ['none', async () => 'main'],
  [
    'missing',
    async (world) => {
      const { identity } = await world.createBranch('topic');
      await world.cluster.deleteNamespace(identity.names.namespace, identity.owner);
      return 'topic';
    },
  ],
  [
    'createCutOff',
    async (world) => {
      const { worktree, identity } = await world.createBranch('topic');
      await world.cluster.deleteNamespace(identity.names.namespace, identity.owner);
      await world.identities.write(worktree, { ...identity, state: 'creating' });
      return 'topic';
    },
  ],
])('the create that the terminal names for a worktree is accepted: %s', async (state, make) => {
  const world = new EnvironmentWorld();
  const branch = await make(world);
  const made = await world.create(asked(await said(world, branch)));
  expect(made.worktree.branch).toBe(branch);
  expect(await said(world, branch)).toBe('');
});
