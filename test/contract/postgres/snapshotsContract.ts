import { describe, expect, test, vi } from 'vitest';
import type { ErrorCode } from '../../../src/core/errorCode';
import { isAppError } from '../../../src/core/errors';
import type { Owner } from '../../../src/core/model';
import type { DatabasesUnderTest } from './databasesContract';

const owner: Owner = { repositoryId: 'dddddddddddd', worktreeId: '111111111111' };
const stranger: Owner = { ...owner, worktreeId: '222222222222' };
const hourMs = 3600_000;

const badNames = [
  '',
  '-x',
  '.',
  'a b',
  "a'; DROP DATABASE postgres; --",
  'a"b',
  'ü',
  '\0',
  'x'.repeat(41),
  'a/b',
  'a\nb',
];

let counter = 0;
const fresh = (prefix: string): string => `${prefix}_${process.pid}_${++counter}`;

async function code(work: Promise<unknown>): Promise<ErrorCode | 'done'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

/** What every implementation of the port does. */
export function snapshotsContract(name: string, get: () => DatabasesUnderTest): void {
  describe(`snapshots: ${name}`, () => {
    const databases = () => get().databases;
    const commit = 'c'.repeat(40);

    /** An environment's database of its own, and its template. */
    async function clone(of = owner) {
      const template = fresh('snap_tpl');
      const spec = { name: template, repositoryId: of.repositoryId, recipe: 'r' };
      await databases().ensureTemplate(spec, (url) => get().makeTables(url));
      const database = fresh('wt_snap');
      const own = { database, role: database, template, owner: of, commit };
      await databases().clone(own);
      return own;
    }
    const names = async (of = owner) => (await databases().listSnapshots(of)).map((each) => each.name);
    const rows = async (own: { readonly database: string; readonly owner: Owner }) => {
      const changes = await databases().changes(own);
      return changes?.kind === 'changed' ? changes.rows : changes?.kind;
    };

    test('none is taken where one has all that is there now, and only then', async () => {
      const own = await clone({ ...owner, worktreeId: '444444444444' });
      const take = async (name: string, unlessKept = true) => {
        // Who leaves tells what it wrote.
        await vi.waitFor(async () => {
          const all = await databases().ofRepository(own.owner.repositoryId);
          expect(all.find((each) => each.name === own.database)?.sessions).toBe(0);
        }, 20_000);
        return (await databases().takeSnapshot({ ...own, name, unlessKept })).name;
      };
      await get().insert(own.database, 'b', 3);
      expect(await take('one')).toBe('one');
      expect(await take('two')).toBe('one');
      expect(await take('two', false)).toBe('two');
      expect((await names(own.owner)).sort()).toEqual(['one', 'two']);
      await get().insert(own.database, 'b', 1);
      expect(await take('three')).toBe('three');
      expect(await take('four')).toBe('three');
      // It has just as many rows, and others.
      await databases().restoreSnapshot({ ...own, name: 'three' });
      expect(await take('four')).toBe('four');
      await databases().dropSnapshot({ ...own, name: 'four' });
      expect(await take('five')).toBe('five');
      await databases().drop(own);
    }, 90_000);

    test('one is taken, listed, brought back and deleted', async () => {
      const own = await clone();
      expect(await names()).toEqual([]);
      await get().insert(own.database, 'b', 3);
      const taken = await databases().takeSnapshot({ ...own, name: 'three' });
      expect(taken).toMatchObject({ name: 'three', commit, before: undefined });
      expect(await databases().listSnapshots(owner)).toEqual([{ ...taken, bytes: expect.any(Number) as number }]);
      expect(await names(stranger)).toEqual([]);
      expect(await rows(own)).toBe(3);
      await get().insert(own.database, 'b', 2);
      expect(await rows(own)).toBe(5);

      const restored = await databases().restoreSnapshot({ ...own, name: 'three' });
      expect(restored).toMatchObject({ kept: { name: 'before-restore', commit, before: 'restore' }, dropped: [] });
      expect(await databases().owner(own.database)).toEqual(owner);
      expect(await rows(own)).toBe(3);
      expect((await names()).sort()).toEqual(['before-restore', 'three']);

      // Done again by somebody who does not know that it was done: what was worth something stays.
      const twice = await databases().restoreSnapshot({ ...own, name: 'three' });
      expect(twice).toMatchObject({ kept: { name: 'before-restore-2' }, dropped: [] });
      const thrice = await databases().restoreSnapshot({ ...own, name: 'three' });
      expect(thrice).toMatchObject({ kept: { name: 'before-restore-3' }, dropped: ['before-restore-2'] });
      // And back again: what is brought back stays.
      await databases().restoreSnapshot({ ...own, name: 'before-restore' });
      expect(await rows(own)).toBe(5);
      expect((await names()).sort()).toEqual(['before-restore', 'before-restore-2', 'three']);
      // What an earlier one has kept goes if nothing was written to it, and by a word only if something was.
      await get().insert(own.database, 'b', 1);
      const last = await databases().restoreSnapshot({ ...own, name: 'three' });
      expect(last.dropped).toEqual(['before-restore-2']);
      expect((await names()).sort()).toEqual(['before-restore', last.kept.name, 'three'].sort());

      await databases().dropSnapshot({ ...own, name: 'three' });
      expect((await names()).sort()).toEqual(['before-restore', last.kept.name]);
      expect(await code(databases().dropSnapshot({ ...own, name: 'three' }))).toBe('notFound');
      await databases().drop(own);
    }, 90_000);

    test('a reset is a new clone, and keeps what it replaces', async () => {
      const own = await clone();
      await get().insert(own.database, 'c', 4);
      expect(await databases().resetDatabase(own)).toMatchObject({
        ...{ kept: { name: 'before-reset', commit, before: 'reset' }, dropped: [] },
      });
      expect(await rows(own)).toBe('unchanged');
      await databases().restoreSnapshot({ ...own, name: 'before-reset' });
      expect(await rows(own)).toBe(4);
      await get().insert(own.database, 'c', 1);
      expect(await databases().resetDatabase(own)).toMatchObject({ dropped: [] });
      expect((await names()).sort()).toEqual(['before-reset', 'before-reset-2', 'before-restore']);
      expect(await rows(own)).toBe('unchanged');
      await databases().drop(own);
    }, 90_000);

    test('a fork has what another environment has now, and keeps what it replaces', async () => {
      const [source, own] = [await clone(), await clone({ ...owner, worktreeId: '333333333333' })];
      await get().insert(source.database, 'b', 3);
      await get().insert(own.database, 'c', 2);
      const fork = (from = source) => databases().forkDatabase({ ...own, from });
      expect(await fork()).toMatchObject({ kept: { name: 'before-fork', commit, before: 'fork' }, dropped: [] });
      expect(await rows(own)).toBe(3);
      expect(await databases().owner(own.database)).toEqual(own.owner);
      expect(await databases().owner(source.database)).toEqual(source.owner);
      // What is written to one is not in the other.
      await get().insert(own.database, 'b', 1);
      expect(await rows(own)).toBeGreaterThan(0);
      expect(await rows(source)).toBe(3);
      await databases().restoreSnapshot({ ...own, name: 'before-fork' });
      expect(await rows(own)).toBe(2);
      // The one can be dropped while the other is there.
      expect(await fork()).toMatchObject({ kept: { name: 'before-fork-2' } });
      await databases().drop(source);
      expect(await rows(own)).toBe(3);
      expect(await code(fork())).toBe('notFound');
      expect((await names(own.owner)).sort()).toEqual(['before-fork', 'before-fork-2', 'before-restore']);
      await databases().drop(own);
    }, 90_000);

    test('a clone can be a copy of what another environment has now', async () => {
      const source = await clone();
      await get().insert(source.database, 'b', 3);
      const before = await get().inventory();
      const database = fresh('wt_snap');
      const forks: Owner = { ...owner, worktreeId: '444444444444' };
      const own = { database, role: database, template: 'not_needed', owner: forks, from: source };
      expect(await databases().clone(own)).toMatchObject({ created: true });
      expect(await rows(own)).toBe(3);
      // A retry finds it, whatever the other has by then.
      await get().insert(source.database, 'b', 1);
      expect(await databases().clone(own)).toMatchObject({ created: false });
      expect(await rows(own)).toBe(3);
      await databases().drop({ ...own, keepMs: hourMs });
      expect(await code(databases().clone(own))).toBe('conflict');
      expect(await databases().isKept(forks)).toBe(true);
      await databases().drop(own);
      expect(await get().inventory()).toEqual(before);
      await databases().drop(source);
    }, 90_000);

    test('a fork of a database that nobody has written to is as good as a clone', async () => {
      const [source, own] = [await clone(), await clone({ ...owner, worktreeId: '333333333333' })];
      await databases().forkDatabase({ ...own, from: source });
      expect(await rows(own)).toBe('unchanged');
      for (const each of [source, own]) await databases().drop(each);
    }, 90_000);

    test('another seed makes a template older, and no database that is migrated by what that template was', async () => {
      const spec = { name: fresh('snap_tpl'), repositoryId: owner.repositoryId, recipe: '1', migrates: 'm' };
      const database = fresh('wt_snap');
      const wanted = { database, role: database, template: spec.name, owner };
      await databases().ensureTemplate(spec, () => Promise.resolve());
      await databases().clone(wanted);
      const ages = (recipe: string, migrates: string) =>
        databases().ages({ ...spec, recipe }, { database: wanted.database, owner, recipe, migrates });
      expect(await ages('2', 'm')).toEqual({ template: 'older', database: 'current' });
      expect(await ages('2', 'n')).toEqual({ template: 'older', database: 'older' });
      await databases().noteMigrated({ ...wanted, recipe: 'n' });
      expect([(await ages('2', 'm'))?.database, (await ages('2', 'n'))?.database]).toEqual(['older', 'current']);
      await databases().resetDatabase({ ...wanted, commit: undefined });
      expect((await ages('2', 'm'))?.database).toBe('current');
      // As an older Coppice has noted it.
      await databases().noteMigrated({ ...wanted, recipe: '2' });
      expect((await ages('2', 'n'))?.database).toBe('current');
      await databases().drop(wanted);
    });

    test('they remember by which recipe their database was migrated, and a reset forgets it', async () => {
      const own = await clone();
      const { database, role, owner: of } = own;
      const age = async (recipe: string, one: Pick<typeof own, 'database' | 'owner'> = own) => {
        const spec = { name: own.template, repositoryId: of.repositoryId, recipe: 'r' };
        return (await databases().ages(spec, { database: one.database, owner: one.owner, recipe }))?.database;
      };
      const note = (recipe: string | undefined, by = own) =>
        databases().noteMigrated({ database, role, owner: by.owner, recipe });
      expect([await age('r'), await age('mine')]).toEqual(['current', 'older']);
      // While it is under way, or was cut off, it is of none.
      const isUnmigrated = (by = of) => databases().isUnmigrated({ database, owner: by });
      expect(await isUnmigrated()).toBe(false);
      await note(undefined);
      expect([await age('r'), await age('mine'), await isUnmigrated()]).toEqual(['older', 'older', true]);
      expect(await isUnmigrated(stranger)).toBe(false);
      await databases().takeSnapshot({ ...own, name: 'half' });
      await note('mine');
      expect([await age('r'), await age('mine'), await isUnmigrated()]).toEqual(['older', 'current', false]);

      await databases().resetDatabase(own);
      expect([await age('r'), await age('mine')]).toEqual(['current', 'older']);
      await databases().restoreSnapshot({ ...own, name: 'before-reset' });
      expect([await age('r'), await age('mine')]).toEqual(['older', 'current']);
      await databases().drop({ ...own, keepMs: hourMs });
      await databases().clone(own);
      expect(await age('mine')).toBe('current');
      const name = fresh('wt_snap');
      const copy = { database: name, role: name, template: own.template, owner: { ...of, worktreeId: '555555555555' } };
      await databases().clone({ ...copy, from: own });
      expect(await age('mine', copy)).toBe('current');
      await databases().drop(copy);
      await databases().restoreSnapshot({ ...own, name: 'half' });
      expect([await age('r'), await age('mine')]).toEqual(['older', 'older']);

      expect(await code(note('theirs', { ...own, owner: stranger }))).toBe('conflict');
      expect(await age('theirs')).toBe('older');
      expect(await rows(own)).toBe('unchanged');
      await databases().drop(own);
      expect(await code(note('mine'))).toBe('notFound');
    }, 90_000);

    test('they go with their environment, or wait with it', async () => {
      const before = await get().inventory();
      const own = await clone();
      const templates = (await get().inventory()).filter((each) => !before.includes(each) && !each.includes('wt_snap'));
      await get().insert(own.database, 'a', 1);
      await databases().takeSnapshot({ ...own, name: 'one' });
      await databases().drop({ ...own, keepMs: hourMs });
      expect(await databases().clone(own)).toMatchObject({ broughtBack: true });
      expect(await names()).toEqual(['one']);
      await get().insert(own.database, 'a', 1);
      await databases().restoreSnapshot({ ...own, name: 'one' });
      expect(await rows(own)).toBe(1);
      await databases().drop(own);
      expect(await names()).toEqual([]);
      // Put aside, and then given up before its time.
      await databases().clone(own);
      await databases().takeSnapshot({ ...own, name: 'two' });
      await databases().drop({ ...own, keepMs: hourMs });
      // Whoever gives it up is told of them before.
      const kept = (await databases().listKept())?.find((each) => each.owner.worktreeId === owner.worktreeId);
      expect(kept).toMatchObject({ database: own.database, snapshots: ['two'] });
      await databases().dropKept({ owner });
      expect(await names()).toEqual([]);
      expect((await get().inventory()).sort()).toEqual([...before, ...templates].sort());
    }, 90_000);

    test('one that is kept stays when its environment goes, for any other of its repository', async () => {
      const [own, other] = [await clone(), await clone({ ...owner, worktreeId: '666666666666' })];
      const roles = async () => (await get().inventory()).filter((each) => each.startsWith('role coppice_tpl')).length;
      const before = await roles();
      const { repositoryId } = owner;
      const kept = async (of = repositoryId) => (await databases().listKeptSnapshots(of)).map(({ name }) => name);
      const left = async () => (await databases().facts())?.leftSnapshots?.map(({ name }) => name) ?? [];
      await get().insert(own.database, 'b', 3);
      expect(await databases().takeSnapshot({ ...own, name: 'lasting', keep: true })).toMatchObject({ isKept: true });
      await databases().takeSnapshot({ ...own, name: 'passing' });
      expect((await names()).sort()).toEqual(['lasting', 'passing']);
      expect([await kept(), await kept('eeeeeeeeeeee'), await left()]).toEqual([['lasting'], [], []]);
      // As long as its environment is there it is one of its snapshots.
      await get().insert(own.database, 'b', 2);
      await databases().restoreSnapshot({ ...own, name: 'lasting' });
      expect(await rows(own)).toBe(3);

      await databases().drop({ ...own, keepMs: hourMs });
      const waiting = (await databases().listKept())?.find((each) => each.owner.worktreeId === owner.worktreeId);
      expect([...(waiting?.snapshots ?? [])].sort()).toEqual(['before-restore', 'passing']);
      expect(await left()).toEqual([]);
      await databases().dropKept({ owner });
      expect([await names(), await kept(), await left()]).toEqual([['lasting'], ['lasting'], ['lasting']]);

      await get().insert(other.database, 'c', 1);
      expect(await code(databases().restoreSnapshot({ ...other, name: 'passing' }))).toBe('notFound');
      const theirs = { ...other, owner: { ...owner, repositoryId: 'eeeeeeeeeeee' } };
      expect(await code(databases().restoreSnapshot({ ...theirs, name: 'lasting' }))).not.toBe('done');
      const restored = await databases().restoreSnapshot({ ...other, name: 'lasting' });
      expect(restored).toMatchObject({ kept: { name: 'before-restore' } });
      expect(await rows(other)).toBe(3);
      expect(await code(databases().dropSnapshot({ ...other, name: 'lasting' }))).toBe('notFound');
      expect(await code(databases().dropKeptSnapshot({ repositoryId: 'eeeeeeeeeeee', name: 'lasting' }))).toBe(
        'notFound',
      );
      // Another of that name, of an environment that is there: by its name alone nobody knows which of them is meant.
      await databases().takeSnapshot({ ...other, name: 'lasting', keep: true });
      expect(await code(databases().dropKeptSnapshot({ repositoryId, name: 'lasting' }))).toBe('conflict');
      await databases().drop(other);
      for (const { database } of await databases().listKeptSnapshots(repositoryId))
        await databases().dropKeptSnapshot({ repositoryId, name: database });
      expect([await kept(), await left()]).toEqual([[], []]);
      expect((await get().inventory()).filter((each) => /wt_snap|coppice_(?:snap|lasting)/.test(each))).toEqual([]);
      expect(await roles()).toBe(before);
    }, 120_000);

    test("nobody else's is touched, and what is refused changes nothing", async () => {
      const own = await clone();
      await databases().takeSnapshot({ ...own, name: 'mine' });
      const before = await get().inventory();
      const others = { ...own, owner: stranger, name: 'mine' };
      expect(await code(databases().takeSnapshot({ ...others, name: 'theirs' }))).toBe('conflict');
      expect(await code(databases().restoreSnapshot(others))).toBe('conflict');
      expect(await code(databases().resetDatabase(others))).toBe('conflict');
      expect(await code(databases().dropSnapshot(others))).toBe('notFound');
      expect(await code(databases().takeSnapshot({ ...own, name: 'mine' }))).toBe('conflict');
      expect(await code(databases().restoreSnapshot({ ...own, name: 'none' }))).toBe('notFound');
      expect(await code(databases().resetDatabase({ ...own, template: 'no_such_template' }))).toBe('notFound');
      const absent = { ...own, database: fresh('wt_snap') };
      expect(await code(databases().takeSnapshot({ ...absent, name: 'x' }))).toBe('notFound');
      expect(await code(databases().resetDatabase(absent))).toBe('notFound');
      const other = { ...own, database: fresh('wt_snap'), owner: { ...owner, worktreeId: '555555555555' } };
      for (const from of [
        own,
        { ...absent, owner: stranger },
        { ...own, database: absent.database },
        { ...other, owner: { ...other.owner, repositoryId: 'eeeeeeeeeeee' } },
      ])
        expect(await code(databases().forkDatabase({ ...own, from })), JSON.stringify(from)).toMatch(
          /conflict|notFound/,
        );
      // Whoever says that another's database is theirs gets nothing of it.
      const theirs = { ...own, owner: stranger };
      expect(await code(databases().clone({ ...other, from: theirs }))).toBe('conflict');
      expect(await code(databases().forkDatabase({ ...theirs, from: other }))).toBe('conflict');
      expect(await get().inventory()).toEqual(before);
      expect(await names()).toEqual(['mine']);
      await databases().drop(own);
    }, 90_000);

    test.each(badNames)('the name %j is refused', async (bad) => {
      const own = { database: 'wt_any', role: 'wt_any', owner, commit, name: bad };
      expect(await code(databases().takeSnapshot(own))).toBe('invalidInput');
      expect(await code(databases().restoreSnapshot(own))).toBe('invalidInput');
      expect(await code(databases().dropSnapshot(own))).toBe('invalidInput');
      const named = { database: 'wt_any', role: 'wt_any', owner, commit };
      for (const from of [
        { ...named, database: bad },
        { ...named, role: bad },
      ])
        expect(await code(databases().forkDatabase({ ...named, owner: stranger, database: 'wt_one', from }))).toBe(
          'invalidInput',
        );
      const database = { ...own, name: 'x', database: 'postgres' };
      expect(await code(databases().takeSnapshot(database))).toBe('invalidInput');
      expect(await code(databases().resetDatabase({ ...database, template: 'tpl' }))).toBe('invalidInput');
    });
  });
}
