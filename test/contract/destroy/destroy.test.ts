import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isAppError, lossKinds, type Loss } from '../../../src/core/errors';
import { GitRepository } from '../../support/gitRepository';
import { gitVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';
import { DestroyWorld } from './destroyWorld';
import type { State } from './state';
import { states } from './states';
import { undone } from './undone';

/** One way to delete: what was accepted by name. */
interface Way {
  readonly accepted: readonly Loss['kind'][];
  readonly keepBranch?: boolean;
}

/** Every cell, also those that only differ in names that nothing asks for, and each that deletes in a world of its own. */
const isWhole = process.env['COPPICE_DESTROY'] === 'all';

/**
 * The cells of a state: without a word, with each single name, with all names but one that is needed, with all; then with the
 * branch kept. What single names that are not needed do not open, one of them shows, and all of them together.
 */
function ways(state: State): Way[] {
  const { losses, lossesWithBranch: kept } = state;
  const others = lossKinds.filter((kind) => !losses.includes(kind));
  const shown = losses.length === 0 ? [] : [[others[losses.length % others.length] ?? 'elsewhere'], others];
  const singles = isWhole ? lossKinds.map((kind) => [kind]) : [...losses.map((kind) => [kind]), ...shown];
  const allButOne = losses.length < 2 ? [] : losses.map((one) => lossKinds.filter((kind) => kind !== one));
  const plain: Way[] = [[], ...singles, ...allButOne, losses, lossKinds].map((accepted) => ({ accepted }));
  return kept ? [...plain, { accepted: [], keepBranch: true }, { accepted: kept, keepBranch: true }] : plain;
}

const needed = (state: State, { keepBranch }: Way): readonly Loss['kind'][] =>
  (keepBranch ? state.lossesWithBranch : undefined) ?? state.losses;
const isRefused = (state: State, way: Way): boolean => needed(state, way).some((kind) => !way.accepted.includes(kind));

/** By default only the one that accepts no more than is needed. */
function destroying(state: State): Way[] {
  const all = ways(state).filter((way) => !isRefused(state, way));
  return isWhole ? all : all.filter(({ accepted }) => accepted === state.losses).slice(0, 1);
}

async function worldIn(state: State): Promise<DestroyWorld> {
  const world = await DestroyWorld.create({ origin: state.origin ?? false });
  await state.bring(world.place);
  return world;
}

/**
 * Whether what an undo has brought back has an environment again, and is otherwise as it was: then the next delete needs no world of its own.
 * Rows of a database are not asked about twice.
 */
async function isAsBefore(world: DestroyWorld, state: State, whole: object): Promise<boolean> {
  if (state.losses.includes('database')) return false;
  try {
    await world.createEnvironment({ kind: 'worktree', path: world.folder });
    expect(await world.whole()).toEqual(whole);
    return true;
  } catch {
    return false;
  }
}

const hasTables = async (): Promise<boolean> => {
  const git = await GitRepository.create();
  return git
    .git('rev-parse', '--show-ref-format')
    .then(
      (said) => said === 'reftable',
      () => false,
    )
    .finally(() => git.dispose());
};

describe('destroying, and undoing it', { timeout: isWhole ? 1_800_000 : 120_000 }, () => {
  verifies(
    isWhole ? 'git, each discard by itself' : 'git',
    async () => `${await gitVersion()}${(await hasTables()) ? ', refs in tables' : ''}`,
    {
      obtained: 'found on PATH',
      asked: 'what a delete says that it loses, and its undo, in each state of a worktree',
    },
  );

  it.concurrent.each(states.map((state) => [state.name, state] as const))('%s', async (_name, state) => {
    let world = await worldIn(state);
    try {
      const before = await world.everything();
      for (const way of ways(state).filter((each) => isRefused(state, each))) {
        const missing = needed(state, way).filter((kind) => !way.accepted.includes(kind));
        const error: unknown = await world.delete(way.accepted, way).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (!isAppError(error, 'conflict')) throw new Error(`not refused: ${JSON.stringify(way)}`, { cause: error });
        expect(error.losses.map(({ kind }) => kind).sort(), error.explanation).toEqual([...missing].sort());
        for (const { kind, count, examples } of error.losses) {
          expect(count).toBeGreaterThan(0);
          const says = state.says?.[kind] ?? /./;
          expect(examples, `${kind}: ${examples.join()}`).toContainEqual(expect.stringMatching(says));
        }
        if (way.accepted.length === 0) expect(error.explanation ?? '').toMatch(state.advises ?? /./);
        expect(await world.everything()).toEqual(before);
      }
      let whole: object | undefined;
      for (const way of destroying(state)) {
        if (whole !== undefined && !(await isAsBefore(world, state, whole))) {
          await world.dispose();
          world = await worldIn(state);
        }
        whole = await world.whole();
        const refs = await world.git.git('for-each-ref', '--format=%(refname)', 'refs/heads/topic');
        expect(await world.delete(way.accepted, way)).toMatchObject({ environment: 'deleted', worktree: 'deleted' });
        expect(await world.left()).toEqual([]);
        expect(existsSync(world.folder)).toBe(false);
        expect(existsSync(world.place.gitDir)).toBe(false);
        const now = await world.git.git('for-each-ref', '--format=%(refname)', 'refs/heads/topic');
        if (way.keepBranch || state.keepsBranch) expect(now).toBe(refs);
        else expect(now).toBe('');
        expect(await world.git.git('status', '--porcelain')).toBe('');
        await undone(world, state);
        expect(await world.whole()).toEqual(whole);
        expect((await world.trash()).concat(await world.git.git('for-each-ref', 'refs/coppice'))).toEqual(['']);
      }
    } finally {
      await world.dispose();
    }
  });
});
