import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasRefTables } from '../../../src/adapters/git/history/refTables';
import { isAppError } from '../../../src/core/errors';
import { DestroyWorld } from './destroyWorld';
import { states } from './states';
import { undone } from './undone';

/*
 * Some rows of the matrix in a repository whose refs are in tables, with a git that can have them so (2.46 and newer). All of them: with
 * GIT_DEFAULT_REF_FORMAT=reftable set by a script before git.
 */
const version = /(\d+)\.(\d+)/.exec(execFileSync('git', ['--version'], { encoding: 'utf8' })) ?? [];
const hasTables = Number(version[1]) > 2 || (Number(version[1]) === 2 && Number(version[2]) >= 46);
const rows = [
  'a commit',
  'a detached HEAD with a commit of its own',
  'a commit on a detached HEAD that was left',
  'a commit on a detached HEAD that was left for a branch without a commit',
  'a commit that only a ref of the worktree itself has',
  'changes that a merge put aside',
  'a sequence of cherry-picks between two of them',
  'a bisect between commits that no branch has',
  'a commit on a detached HEAD that a rebase under way has left',
  'a commit of a branch that has another name, too: a symbolic ref, which leads nowhere without it',
];

describe.runIf(hasTables)('destroying, and undoing it, where refs are in tables', { timeout: 120_000 }, () => {
  it.each(rows)('%s', async (name) => {
    const state = states.find((each) => each.name === name);
    if (!state) throw new Error(`no state ${name}`);
    const world = await DestroyWorld.create({ origin: state.origin ?? false, refsInTables: true });
    try {
      expect(await hasRefTables(join(world.git.root, '.git'))).toBe(true);
      await state.bring(world.place);
      const error: unknown = await world.delete([]).catch((reason: unknown) => reason);
      if (!isAppError(error, 'conflict')) throw new Error('not refused', { cause: error });
      expect(error.losses.map(({ kind }) => kind).sort()).toEqual([...state.losses].sort());
      for (const { kind, examples } of error.losses)
        expect(examples).toContainEqual(expect.stringMatching(state.says?.[kind] ?? /./));
      const whole = await world.whole();
      await world.delete(state.losses);
      expect(existsSync(world.folder)).toBe(false);
      // What nothing but the trash has is not cleared away.
      await world.git.git('gc', '--quiet', '--prune=now');
      await undone(world, state);
      expect(await world.whole()).toEqual(whole);
      await world.git.git('fsck', '--connectivity-only');
    } finally {
      await world.dispose();
    }
  });
});
