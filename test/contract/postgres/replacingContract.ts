import { describe, expect, test } from 'vitest';
import type { Owner } from '../../../src/core/model';
import type { DatabasesUnderTest } from './databasesContract';

let counter = 0;
const fresh = (prefix: string): string => `${prefix}_${process.pid}_${++counter}`;

/** What every implementation of the port does as it puts a database in the place of another. */
export function replacingContract(name: string, get: () => DatabasesUnderTest): void {
  describe(`what is replaced: ${name}`, () => {
    const databases = () => get().databases;
    const repositoryId = 'dddddddddddd';

    async function clone(owner: Owner) {
      const template = fresh('replacing_tpl');
      await databases().ensureTemplate({ name: template, repositoryId, recipe: 'r' }, (url) => get().makeTables(url));
      const database = fresh('wt_replacing');
      const own = { database, role: database, template, owner, commit: undefined };
      await databases().clone(own);
      return own;
    }
    const names = async (of: Owner) => (await databases().listSnapshots(of)).map((each) => each.name);
    const rows = async (own: { readonly database: string; readonly owner: Owner }) => {
      const changes = await databases().changes(own);
      return changes?.kind === 'changed' ? changes.rows : changes?.kind;
    };

    test('stays until nobody needs it any more, and where that is refused', async () => {
      const own = await clone({ repositoryId, worktreeId: '555555555555' });
      const source = await clone({ repositoryId, worktreeId: '666666666666' });
      await get().insert(own.database, 'b', 3);
      await databases().takeSnapshot({ ...own, name: 'one' });
      await get().insert(own.database, 'b', 2);
      const seen: unknown[] = [];
      const look = async (): Promise<void> => void seen.push([await rows(own), await names(own.owner)]);
      const refuse = (): Promise<void> => Promise.reject(new Error('They are awake.'));
      const inventory = await get().inventory();
      const works = [
        (beforeReplace: () => Promise<void>) => databases().resetDatabase({ ...own, beforeReplace }),
        (beforeReplace: () => Promise<void>) => databases().restoreSnapshot({ ...own, name: 'one', beforeReplace }),
        (beforeReplace: () => Promise<void>) => databases().forkDatabase({ ...own, from: source, beforeReplace }),
      ];
      for (const work of works) await expect(work(refuse)).rejects.toThrow('They are awake.');
      expect([await get().inventory(), await rows(own)]).toEqual([inventory, 5]);
      for (const work of works) await work(look);
      expect(seen).toEqual([
        [5, ['one']],
        ['unchanged', ['before-reset', 'one']],
        [3, ['before-restore', 'before-reset', 'one']],
      ]);
      for (const each of [own, source]) await databases().drop(each);
    }, 90_000);
  });
}
