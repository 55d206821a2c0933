import { expect, test } from 'vitest';
import type { Owner } from '../../../src/core/model';
import type { Databases } from '../../../src/core/ports/databases';

const hourMs = 3600_000;
const repositoryId = 'cccccccccccc';

/** The part of `databasesContract` that is about what a drop keeps. */
export function keptDatabasesContract(get: () => Databases, fresh: (prefix: string) => string): void {
  const ownerOf = (digit: string): Owner => ({ repositoryId, worktreeId: digit.repeat(12) });
  const keep = async (owner: Owner, more: { readonly repository?: string } = {}): Promise<string> => {
    const databases = get();
    const template = await databases.ensureTemplate({ name: fresh('tpl'), repositoryId, recipe: 'r' }, async () => {});
    const database = fresh('wt');
    await databases.clone({ database, role: database, template: template.name, owner });
    await databases.drop({ database, role: database, owner, keepMs: hourMs, ...more });
    return database;
  };
  const keptOf = async (owner: Owner) =>
    (await get().listKept())?.filter((each) => each.owner.worktreeId === owner.worktreeId);

  test('what a drop has kept is listed with its owner, its repository, its size and its time', async () => {
    const [own, other] = [ownerOf('a'), ownerOf('b')];
    const database = await keep(own, { repository: '/code/repo' });
    const others = await keep(other);
    const [kept] = (await keptOf(own)) ?? [];
    expect(kept).toMatchObject({ database, owner: own, repository: '/code/repo', bytes: expect.any(Number) });
    expect(kept?.until).toBeGreaterThan(Date.now());
    expect(await keptOf(other)).toMatchObject([{ database: others, owner: other, repository: undefined }]);
    await get().keepOn(own);
    expect(await keptOf(own)).toMatchObject([{ database, repository: '/code/repo', until: undefined }]);
    for (const owner of [own, other]) await get().dropKept({ owner });
  });

  test('what a drop has kept is dropped for its owner alone, and once', async () => {
    const [own, other] = [ownerOf('d'), ownerOf('e')];
    await keep(own);
    const database = await keep(other);
    const [{ name = '' } = {}] = (await keptOf(other)) ?? [];
    await expect(get().dropKept({ owner: own, name })).rejects.toMatchObject({ code: 'conflict' });
    await get().dropKept({ owner: own });
    expect([await get().isKept(own), await get().isKept(other)]).toEqual([false, true]);
    expect(await keptOf(other)).toMatchObject([{ name, database }]);
    await get().dropKept({ owner: other, name });
    expect(await keptOf(other)).toEqual([]);
    // One that has gone meanwhile is no failure.
    await get().dropKept({ owner: other, name });
    await get().dropKept({ owner: own });
  });
}
