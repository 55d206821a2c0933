import { describe, expect, test } from 'vitest';
import type { Owner } from '../../../src/core/model';
import type { DatabasesUnderTest } from './databasesContract';

const hourMs = 3600_000;
let [counter, suites] = [0, 0];
const fresh = (prefix: string): string => `${prefix}_${process.pid}_${++counter}`;

/** What every implementation of the port does. */
export function repositoryDatabasesContract(name: string, get: () => DatabasesUnderTest): void {
  describe(`databases of a repository: ${name}`, () => {
    const databases = () => get().databases;
    const repositoryId = String(++suites).padStart(12, '7');
    const commit = undefined;

    async function clone(worktreeId: string, of = repositoryId) {
      const owner: Owner = { repositoryId: of, worktreeId };
      const spec = { name: fresh('repo_tpl'), repositoryId: of, recipe: 'r' };
      const { name: template } = await databases().ensureTemplate(spec, (url) => get().makeTables(url));
      const database = fresh('wt_repo');
      const own = { database, role: database, template, owner, commit };
      await databases().clone(own);
      return own;
    }

    test('are all told, with what they are, and none of another repository', async () => {
      const [own, deleted, stranger] = [
        await clone('111111111111'),
        await clone('222222222222'),
        await clone('333333333333', 'eeeeeeeeeeee'),
      ];
      await databases().takeSnapshot({ ...own, name: 'one' });
      await databases().takeSnapshot({ ...own, name: 'lasting', keep: true });
      await databases().takeSnapshot({ ...stranger, name: 'other' });
      await databases().drop({ ...deleted, keepMs: hourMs });
      const all = await databases().ofRepository(repositoryId);
      const told = all.map(({ kind, name: called, owner, title, isKept }) => ({
        ...{ kind, owner: owner?.worktreeId, title, ...(isKept ? { isKept } : {}) },
        name: kind === 'environment' || kind === 'template' ? called : undefined,
      }));
      expect(told).toHaveLength(6);
      expect(told).toEqual(
        expect.arrayContaining([
          { kind: 'template', owner: undefined, title: undefined, name: own.template },
          { kind: 'template', owner: undefined, title: undefined, name: deleted.template },
          { kind: 'environment', owner: '111111111111', title: undefined, name: own.database },
          { kind: 'snapshot', owner: '111111111111', title: 'one', name: undefined },
          { kind: 'snapshot', owner: '111111111111', title: 'lasting', name: undefined, isKept: true },
          { kind: 'kept', owner: '222222222222', title: deleted.database, name: undefined },
        ]),
      );
      for (const { bytes, isProtected } of all) expect([typeof bytes, isProtected]).toEqual(['number', false]);
      expect(await databases().ofRepository('ffffffffffff')).toEqual([]);
      await databases().dropKeptSnapshot({ repositoryId, name: 'lasting' });
      for (const each of [own, deleted, stranger]) await databases().drop(each);
    }, 90_000);

    test('one that is protected is neither dropped nor replaced, and no other is meant by it', async () => {
      const [own, source] = [await clone('444444444444'), await clone('555555555555')];
      await get().insert(own.database, 'a', 3);
      await databases().takeSnapshot({ ...own, name: 'one' });
      const say = (isProtected: boolean) => databases().protect({ ...own, isProtected });
      expect(await databases().isProtected(own)).toBe(false);
      await say(true);
      await say(true);
      expect(await databases().isProtected(own)).toBe(true);
      expect(await databases().isProtected(source)).toBe(false);
      expect(await databases().isProtected({ ...own, owner: source.owner })).toBeUndefined();
      expect((await databases().ofRepository(repositoryId)).find((each) => each.name === own.database)).toMatchObject({
        isProtected: true,
      });
      const before = await get().inventory();
      for (const work of [
        () => databases().drop(own),
        () => databases().drop({ ...own, keepMs: hourMs }),
        () => databases().resetDatabase(own),
        () => databases().restoreSnapshot({ ...own, name: 'one' }),
        () => databases().forkDatabase({ ...own, from: source }),
      ])
        await expect(work()).rejects.toMatchObject({
          code: 'conflict',
          message: `The database ${own.database} is protected: "coppice database unprotect" takes that away.`,
        });
      expect(await get().inventory()).toEqual(before);
      expect(await databases().changes(own)).toMatchObject({ kind: 'changed', rows: 3 });
      // It is a template of others all the same, and has snapshots.
      await databases().forkDatabase({ ...source, from: own });
      expect(await databases().isProtected(source)).toBe(false);
      await databases().dropSnapshot({ ...own, name: 'one' });
      await databases().takeSnapshot({ ...own, name: 'two' });
      // A create that finds it leaves it so.
      await databases().clone(own);
      expect(await databases().isProtected(own)).toBe(true);
      await expect(databases().protect({ ...own, owner: source.owner, isProtected: false })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await databases().isProtected(own)).toBe(true);
      await say(false);
      await databases().resetDatabase(own);
      for (const each of [own, source]) await databases().drop(each);
      await expect(say(true)).rejects.toMatchObject({ code: 'notFound' });
      expect(await databases().isProtected(own)).toBeUndefined();
    }, 90_000);
  });
}
