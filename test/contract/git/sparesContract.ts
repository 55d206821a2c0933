import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repository } from '../../../src/core/model';
import type { ClaimSpare, Spare, SpareRecord, Spares } from '../../../src/core/ports/spares';

/** A repository with a file `readme`, and with spares. */
export interface SparesWorld {
  readonly spares: Spares;
  readonly repository: Repository;
  /** The one that is there, and a newer one with another `readme`. */
  readonly commits: readonly [first: string, newer: string];
  /** Where a worktree of this name goes: absolute. */
  folder(name: string): string;
  /** Puts something of somebody's into a folder. */
  occupy(folder: string): Promise<void>;
  /** Somebody writes a file in a spare. */
  change(spare: Spare, path: string): Promise<void>;
  /** Names of the local ones. */
  branches(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** What whoever keeps and claims spares relies on. */
export function sparesContract(name: string, create: () => Promise<SparesWorld>): void {
  describe(`${name}: spares`, () => {
    let world: SparesWorld;
    let spares: Spares;
    let repository: Repository;
    beforeEach(async () => {
      world = await create();
      ({ spares, repository } = world);
    });
    afterEach(() => world.dispose());

    const record = (more: Partial<SpareRecord> = {}): SpareRecord => ({
      ...{ version: 1, id: '0123456789ab', repositoryId: repository.id, commit: world.commits[0] },
      ...{ state: 'making', has: 'checkout', digest: 'd', ignored: [] },
      ...more,
    });
    const make = (): Promise<Spare> => spares.add(repository, { folder: world.folder('_spare-1'), record: record() });
    const request = (more: Partial<ClaimSpare> = {}): ClaimSpare => ({
      ...{ folder: world.folder('topic'), branch: 'topic', commit: world.commits[1], without: [] },
      making: { id: 'ba9876543210', record: async () => undefined },
      ...more,
    });

    it('are what was added, with what was written of them last', async () => {
      const spare = await make();
      expect(spare.worktree).toMatchObject({
        ...{ path: world.folder('_spare-1'), head: world.commits[0], branch: undefined, spare: record().id },
      });
      expect(await spares.list(repository)).toEqual([{ worktree: spare.worktree, record: record() }]);
      expect(await spares.look(spare)).toEqual({ ignored: [], work: [] });
      await spares.finish(repository, spare);
      const ready = record({ state: 'ready', ignored: ['node_modules/'] });
      await spares.write(spare, ready);
      expect((await spares.list(repository)).map((each) => each.record)).toEqual([ready]);
    });

    it('come into no folder in which there is something', async () => {
      await world.occupy(world.folder('_spare-1'));
      await expect(make()).rejects.toMatchObject({ code: 'conflict' });
      expect(await spares.list(repository)).toEqual([]);
    });

    it('are not removed with what somebody has done in them, and can be let go', async () => {
      const spare = await make();
      await world.change(spare, 'notes');
      expect((await spares.look(spare)).work).toEqual(['notes']);
      await expect(spares.discard(repository, spare)).rejects.toMatchObject({ code: 'conflict' });
      expect(await spares.list(repository)).toHaveLength(1);
      await spares.release(spare);
      expect(await spares.list(repository)).toEqual([]);
      // Its folder is still there.
      await expect(make()).rejects.toMatchObject({ code: 'conflict' });
    });

    it('are removed with what their install has left, as long as it is that', async () => {
      const spare = await make();
      const before = await spares.fingerprint(spare);
      await world.change(spare, 'made.js');
      const left = await spares.fingerprint(spare);
      expect(left).not.toBe(before);
      const unfit = record({ state: 'unfit', ...(left === undefined ? {} : { left }) });
      await spares.write(spare, unfit);
      expect(await spares.fingerprint(spare)).toBe(left);
      await spares.discard(repository, { ...spare, record: unfit });
      expect(await spares.list(repository)).toEqual([]);
      await make();
    });

    it('have the digest of what lies at paths', async () => {
      const [first, newer] = world.commits;
      const at = (commit: string, path: string): Promise<string> => spares.digest(repository, commit, [path]);
      expect(await at(newer, 'readme')).not.toBe(await at(first, 'readme'));
      expect(await at(newer, 'other')).toBe(await at(first, 'other'));
      expect(await at(first, 'readme')).toBe(await at(first, 'readme'));
    });

    it('become the worktree of a new branch, of which is written down what it is', async () => {
      const spare = await make();
      const recorded: string[] = [];
      const making = { id: 'ba9876543210', record: async ({ path }: { path: string }) => void recorded.push(path) };
      const made = await spares.claim(repository, spare, request({ making }));
      expect(made).toMatchObject({ path: world.folder('topic'), branch: 'topic', head: world.commits[1] });
      expect(made.spare).toBeUndefined();
      expect(recorded).toEqual([world.folder('topic')]);
      expect(await spares.list(repository)).toEqual([]);
      expect(await world.branches()).toEqual(['main', 'topic']);
      // Its place is free for the next.
      await make();
    });

    it.each([
      ['the branch is there', () => request({ branch: 'main' }), 'conflict'],
      ['the folder is there', () => request({ folder: world.folder('taken') }), 'conflict'],
      [
        'it cannot be written down',
        () => request({ making: { id: 'ba9876543210', record: () => Promise.reject(new Error('the disk is full')) } }),
        undefined,
      ],
    ])('stay what they are where %s', async (_, asked, code) => {
      await world.occupy(world.folder('taken'));
      const spare = await make();
      await expect(spares.claim(repository, spare, asked())).rejects.toMatchObject(
        code === undefined ? { message: 'the disk is full' } : { code },
      );
      expect(await spares.list(repository)).toEqual([{ worktree: spare.worktree, record: record() }]);
      expect((await spares.look(spare)).work).toEqual([]);
      expect(await world.branches()).toEqual(['main']);
    });
  });
}
