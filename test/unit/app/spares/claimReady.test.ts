import { expect, it } from 'vitest';
import { claimReady, type ClaimPorts } from '../../../../src/app/spares/claimReady';
import { lookAtSpare } from '../../../../src/app/spares/lookAtSpare';
import type { Repository, Worktree } from '../../../../src/core/model';
import type { Spare, SpareRecord, Spares } from '../../../../src/core/ports/spares';

const worktree: Worktree = {
  ...{ path: '/w/_spare-1', gitDir: '/r/.git/worktrees/_spare-1', isMain: false, branch: undefined, head: 'old' },
  ...{ locked: undefined, prunable: undefined, spare: '0123456789ab' },
};
const repository: Repository = {
  ...{ id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' },
};
const signal = new AbortController().signal;

async function isClaimed(record: Partial<SpareRecord>, commit: string, digest: string): Promise<boolean> {
  const ready: SpareRecord = {
    ...{ version: 1, id: '0123456789ab', repositoryId: 'r', commit: 'old', state: 'ready', has: 'dependencies' },
    ...{ digest: 'same', ignored: ['node_modules/'], ...record },
  };
  const spare: Spare = { worktree, record: ready };
  const spares: Pick<Spares, 'list' | 'look' | 'digest' | 'claim'> = {
    list: async () => [spare],
    look: async () => ({ ignored: ready.ignored, work: [] }),
    digest: async () => digest,
    claim: async () => worktree,
  };
  const ports = {
    ...{ spares, programs: { in: async () => new Map() }, settings: () => ({ 'pool.size': 1 }) },
    locks: { acquire: async () => ({ release: async () => undefined }) },
  } as unknown as ClaimPorts;
  const making = { id: 'ba9876543210', record: async () => undefined };
  const request = { repository, folder: '/w/a', branch: 'a', commit, lockfiles: ['package-lock.json'], making };
  return (await claimReady(ports, request, signal)) !== undefined;
}

it.each([
  ['of the same commit', {}, 'old', 'same', true],
  ['of another commit with the same lockfiles', {}, 'new', 'same', true],
  ['with workspaces', { ignored: ['node_modules/', 'packages/a/node_modules/'] }, 'new', 'same', true],
  ['of other lockfiles', {}, 'new', 'other', false],
  // One project has its dependencies, and another one of them could not get any.
  ['of other lockfiles, with a part of its dependencies', { has: 'checkout' }, 'new', 'other', false],
  ['of another commit, with what scripts of an install have made', { ignored: ['dist/'] }, 'new', 'same', false],
  ['of the same commit, with what scripts of an install have made', { ignored: ['dist/'] }, 'old', 'same', true],
] as const)('one %s is claimed or not', async (_, record, commit, digest, expected) => {
  expect(await isClaimed(record, commit, digest)).toBe(expected);
});

it('where nobody can tell which programs there are, nobody can tell whether somebody works in one', async () => {
  const spares = { look: async () => ({ ignored: [], work: [] }), fingerprint: async () => undefined };
  const look = await lookAtSpare(
    { spares, programs: { in: async () => undefined } },
    { worktree, record: undefined },
    signal,
  );
  expect(look.unknown).toBeDefined();
});
