import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/core/errorCode';
import { AppError, isAbort, isAppError } from '../../../src/core/errors';
import type { Owner } from '../../../src/core/model';
import type { Databases } from '../../../src/core/ports/databases';
import { keptDatabasesContract } from './keptDatabasesContract';

export interface DatabasesUnderTest {
  readonly databases: Databases;
  /** Names of all databases, and of all roles where there are such, besides those that a server comes with; sorted. */
  inventory(): Promise<string[]>;
  /** A database that somebody else made. */
  createForeign(name: string): Promise<void>;
  /** Makes tables a, b, c, d and migrations in a template that is being built. */
  makeTables(url: string): Promise<void>;
  /** Inserts rows in one of these tables of an environment. */
  insert(database: string, table: string, rows: number): Promise<void>;
}

const owner: Owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
const neighbour: Owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '222222222222' };
const stranger: Owner = { repositoryId: 'bbbbbbbbbbbb', worktreeId: '111111111111' };

let counter = 0;
/** Names that no other test of the run has. */
const fresh = (prefix: string): string => `${prefix}_${process.pid}_${++counter}`;
const nothing = (): Promise<void> => Promise.resolve();

async function code(work: Promise<unknown>): Promise<ErrorCode | 'done' | 'aborted'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (isAbort(error)) return 'aborted';
    if (isAppError(error)) return error.code;
    throw error;
  }
}

/** What every implementation of the port does. */
export function databasesContract(name: string, get: () => DatabasesUnderTest): void {
  describe(name, () => {
    const databases = (): Databases => get().databases;
    const template = async (repositoryId = owner.repositoryId): Promise<string> =>
      (await databases().ensureTemplate({ name: fresh('tpl'), repositoryId, recipe: 'r' }, nothing)).name;
    const request = (of: Owner, from: string, database = fresh('wt')) => ({
      database,
      role: database,
      template: from,
      owner: of,
    });

    keptDatabasesContract(databases, fresh);

    test('connects', async () => {
      expect(await code(databases().connect())).toBe('done');
    });

    test('a template is built once per recipe', async () => {
      const plain = fresh('tpl');
      let builds = 0;
      const ensure = (recipe: string) =>
        databases().ensureTemplate({ name: plain, repositoryId: owner.repositoryId, recipe }, (url) => {
          expect(new URL(url).protocol).toBe('postgresql:');
          builds++;
          return nothing();
        });
      expect(await ensure('one')).toEqual({ name: plain, built: true });
      expect(await ensure('one')).toEqual({ name: plain, built: false });
      expect(builds).toBe(1);
      expect(await ensure('two')).toEqual({ name: plain, built: true });
      expect(await ensure('one')).toEqual({ name: plain, built: true });
      expect(builds).toBe(3);
      expect(await databases().owner(plain)).toBe('foreign');
    });

    test('a template that is asked for several times at once is built once', async () => {
      const plain = fresh('tpl');
      let builds = 0;
      const results = await Promise.all(
        [1, 2, 3].map(() =>
          databases().ensureTemplate({ name: plain, repositoryId: owner.repositoryId, recipe: 'r' }, () => {
            builds++;
            return nothing();
          }),
        ),
      );
      expect(builds).toBe(1);
      expect(results.map((result) => result.name)).toEqual([plain, plain, plain]);
      expect(results.filter((result) => result.built)).toHaveLength(1);
    });

    test('a name that another repository or anybody else has gets an ending', async () => {
      const plain = fresh('tpl');
      const ensure = (repositoryId: string, name = plain) =>
        databases().ensureTemplate({ name, repositoryId, recipe: 'r' }, nothing);
      expect((await ensure(owner.repositoryId)).name).toBe(plain);
      const other = await ensure(stranger.repositoryId);
      expect(other.name).toMatch(new RegExp(`^${plain}_[0-9a-f]{6}$`));
      expect(await ensure(stranger.repositoryId)).toEqual({ name: other.name, built: false });
      const long = `${fresh('tpl')}_${'x'.repeat(60)}`.slice(0, 63);
      await get().createForeign(long);
      const fitted = (await ensure(owner.repositoryId, long)).name;
      expect(fitted).toHaveLength(63);
      expect(fitted).toMatch(/_[0-9a-f]{6}$/);
    });

    test('a failed build leaves nothing, says what failed, and can be done again', async () => {
      const before = await get().inventory();
      const wanted = { name: fresh('tpl'), repositoryId: owner.repositoryId, recipe: 'r' };
      const failing = databases().ensureTemplate(wanted, () =>
        Promise.reject(new AppError('failed', 'migrate ended with 1')),
      );
      await expect(failing).rejects.toMatchObject({
        code: 'failed',
        message: `The template database ${wanted.name} could not be built: migrate ended with 1`,
      });
      expect(await get().inventory()).toEqual(before);
      expect(await databases().ensureTemplate(wanted, nothing)).toEqual({ name: wanted.name, built: true });
    });

    test('a failed rebuild leaves the old template in use', async () => {
      const name = await template();
      const again = { name, repositoryId: owner.repositoryId, recipe: 'another' };
      const before = await get().inventory();
      expect(await code(databases().ensureTemplate(again, () => Promise.reject(new Error('x'))))).toBe('bug');
      expect(await get().inventory()).toEqual(before);
      expect((await databases().clone(request(owner, name))).created).toBe(true);
    });

    test('is built anew for the same recipe when that is asked for', async () => {
      const spec = { name: fresh('tpl'), repositoryId: owner.repositoryId, recipe: 'r' };
      let builds = 0;
      const build = (): Promise<void> => Promise.resolve(void builds++);
      await databases().ensureTemplate(spec, build);
      const wanted = request(owner, spec.name);
      await databases().clone(wanted);
      expect(await databases().ensureTemplate({ ...spec, anew: true }, build)).toEqual({
        name: spec.name,
        built: true,
      });
      expect(builds).toBe(2);
      expect(await databases().owner(wanted.database)).toEqual(owner);
    });

    test('says whether template and database are of a recipe', async () => {
      const spec = { name: fresh('tpl'), repositoryId: owner.repositoryId, recipe: '1' };
      const wanted = request(owner, spec.name);
      const ages = (recipe: string, of = wanted.owner) =>
        databases().ages({ ...spec, recipe }, { database: wanted.database, owner: of, recipe });
      expect(await ages('1')).toEqual({ template: 'none', database: 'none' });
      await databases().ensureTemplate(spec, nothing);
      await databases().clone(wanted);
      expect(await ages('1')).toEqual({ template: 'current', database: 'current' });
      expect(await ages('2')).toEqual({ template: 'older', database: 'older' });
      await databases().ensureTemplate({ ...spec, recipe: '2' }, nothing);
      expect(await ages('2')).toEqual({ template: 'current', database: 'older' });
      expect(await ages('2', stranger)).toEqual({ template: 'current', database: 'none' });
      expect(await databases().ages({ ...spec, recipe: '2', repositoryId: stranger.repositoryId })).toEqual({
        template: 'none',
        database: 'none',
      });
    });

    test('a cancelled build leaves nothing', async () => {
      const before = await get().inventory();
      const controller = new AbortController();
      const wanted = { name: fresh('tpl'), repositoryId: owner.repositoryId, recipe: 'r' };
      const cancelled = databases().ensureTemplate(
        wanted,
        (_url, signal) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason as Error));
            controller.abort();
          }),
        controller.signal,
      );
      expect(await code(cancelled)).toBe('aborted');
      expect(await get().inventory()).toEqual(before);
      expect((await databases().ensureTemplate(wanted, nothing)).built).toBe(true);
    });

    test('a build that does not listen is not swapped in after a cancel', async () => {
      const before = await get().inventory();
      const controller = new AbortController();
      const wanted = { name: fresh('tpl'), repositoryId: owner.repositoryId, recipe: 'r' };
      const cancelled = databases().ensureTemplate(
        wanted,
        () => Promise.resolve(controller.abort()),
        controller.signal,
      );
      expect(await code(cancelled)).toBe('aborted');
      expect(await get().inventory()).toEqual(before);
    });

    test('a clone is made once and found again with another password', async () => {
      const wanted = request(owner, await template());
      expect(await databases().owner(wanted.database)).toBeUndefined();
      const first = await databases().clone(wanted);
      expect(first.created).toBe(true);
      const url = new URL(first.url);
      expect([url.username, url.pathname]).toEqual([wanted.role, `/${wanted.database}`]);
      expect(await databases().owner(wanted.database)).toEqual(owner);
      const second = await databases().clone(wanted);
      expect(second.created).toBe(false);
      expect(new URL(second.url).password).not.toBe(url.password);
    });

    test('a URL is current at the address where the server is', async () => {
      const { url } = await databases().clone(request(owner, await template()));
      expect(await databases().isCurrent(url, 'machine')).toBe(true);
      const elsewhere = new URL(url);
      elsewhere.port = '1';
      expect(await databases().isCurrent(elsewhere.href, 'machine')).toBe(false);
    });

    test('pods have the URL of this machine when nothing else is said, and nobody there has a session yet', async () => {
      const wanted = request(owner, await template());
      const { url } = await databases().clone(wanted);
      const podUrl = await databases().podUrl(url);
      expect(podUrl).toBe(url);
      expect(await databases().isCurrent(podUrl, 'pods')).toBe(true);
      expect(await databases().machineUrl(podUrl)).toBe(url);
      expect(await databases().peers(wanted.role)).toEqual([]);
    });

    test("anybody else's database is neither taken nor dropped", async () => {
      const name = await template();
      const wanted = request(owner, name);
      await databases().clone(wanted);
      const before = await get().inventory();
      for (const other of [neighbour, stranger]) {
        expect(await code(databases().clone({ ...wanted, owner: other }))).toBe('conflict');
        expect(await code(databases().drop({ ...wanted, owner: other }))).toBe('conflict');
      }
      const foreign = fresh('wt');
      await get().createForeign(foreign);
      expect(await databases().owner(foreign)).toBe('foreign');
      expect(await code(databases().clone(request(owner, name, foreign)))).toBe('conflict');
      expect(await code(databases().drop(request(owner, name, foreign)))).toBe('conflict');
      expect(await databases().owner(wanted.database)).toEqual(owner);
      expect(await databases().owner(foreign)).toBe('foreign');
      expect((await get().inventory()).filter((entry) => entry !== foreign)).toEqual(before);
    });

    test('without its own template there is no clone, and nothing is left', async () => {
      const others = await template(stranger.repositoryId);
      const foreign = fresh('tpl');
      await get().createForeign(foreign);
      const before = await get().inventory();
      expect(await code(databases().clone(request(owner, 'no_such_template')))).toBe('notFound');
      expect(await code(databases().clone(request(owner, others)))).toBe('conflict');
      expect(await code(databases().clone(request(owner, foreign)))).toBe('conflict');
      expect(await get().inventory()).toEqual(before);
    });

    test('drop takes all of it, and is no error when nothing is there', async () => {
      const name = await template();
      const before = await get().inventory();
      const wanted = request(owner, name);
      await databases().clone(wanted);
      expect(await get().inventory()).not.toEqual(before);
      await databases().drop(wanted);
      expect(await get().inventory()).toEqual(before);
      await databases().drop(wanted);
      expect(await databases().owner(wanted.database)).toBeUndefined();
    });

    test('five clones of one template at once', async () => {
      const name = await template();
      const wanted = [1, 2, 3, 4, 5].map((n) => request({ ...owner, worktreeId: String(n).repeat(12) }, name));
      const results = await Promise.all(wanted.map((each) => databases().clone(each)));
      expect(results.every((result) => result.created)).toBe(true);
      for (const each of wanted) expect(await databases().owner(each.database)).toEqual(each.owner);
    });

    test('one name asked for twice at once: the same owner finds it, another is refused', async () => {
      const name = await template();
      const same = request(owner, name);
      const both = await Promise.all([databases().clone(same), databases().clone(same)]);
      expect(both.map((result) => result.created).sort()).toEqual([false, true]);
      const contested = request(owner, name);
      const codes = await Promise.all(
        [owner, neighbour].map((of) => code(databases().clone({ ...contested, owner: of }))),
      );
      expect(codes.sort()).toEqual(['conflict', 'done']);
    });

    test('says what was written to a database since it was cloned', async () => {
      const name = fresh('tpl');
      const spec = { name, repositoryId: owner.repositoryId, recipe: 'r' };
      await databases().ensureTemplate(spec, (url) => get().makeTables(url));
      const [wanted, other] = [request(owner, name), request(neighbour, name)];
      const changes = (of = wanted) => databases().changes(of);
      expect(await changes()).toBeUndefined();
      await databases().clone(wanted);
      await databases().clone(other);
      expect(await changes()).toEqual({ kind: 'unchanged' });
      await get().insert(wanted.database, 'migrations', 2);
      expect(await changes()).toEqual({ kind: 'unchanged' });
      await get().insert(wanted.database, 'b', 1);
      const one = { kind: 'changed', rows: 1, tables: 1, examples: [{ table: 'b', rows: 1 }], schema: false };
      expect(await changes()).toEqual(one);
      for (const [table, rows] of Object.entries({ a: 3, c: 20, d: 1 }))
        await get().insert(wanted.database, table, rows);
      const examples = [
        { table: 'c', rows: 20 },
        { table: 'a', rows: 3 },
        { table: 'b', rows: 1 },
      ];
      const four = { kind: 'changed', rows: 25, tables: 4, examples, schema: false };
      expect(await changes()).toEqual(four);
      // Found again it is the same database.
      await databases().clone(wanted);
      expect(await changes()).toEqual(four);
      expect(await changes(other)).toEqual({ kind: 'unchanged' });
      await databases().drop(wanted);
      expect(await changes()).toBeUndefined();
      await databases().clone(wanted);
      expect(await changes()).toEqual({ kind: 'unchanged' });
    }, 90_000);

    test('those of environments are listed with whose they are, and no others', async () => {
      const [own, other] = [request(owner, await template()), request(stranger, await template(stranger.repositoryId))];
      for (const each of [own, other]) await databases().clone(each);
      await get().createForeign(fresh('wt'));
      const listed = async () =>
        (await databases().owned())?.filter(({ name }) => [own.database, other.database].includes(name));
      expect(await listed()).toEqual([
        { name: own.database, owner, bytes: expect.any(Number) as number },
        { name: other.database, owner: stranger, bytes: expect.any(Number) as number },
      ]);
      expect((await databases().owned())?.every(({ name }) => name.startsWith('wt_'))).toBe(true);
      for (const each of [own, other]) await databases().drop(each);
      expect(await listed()).toEqual([]);
    });

    test("is not asked about anybody else's database", async () => {
      const wanted = request(owner, await template());
      await databases().clone(wanted);
      expect(await code(databases().changes({ ...wanted, owner: stranger }))).toBe('conflict');
      const foreign = fresh('wt');
      await get().createForeign(foreign);
      expect(await code(databases().changes({ ...wanted, database: foreign }))).toBe('conflict');
      expect(await code(databases().changes({ ...wanted, database: 'postgres' }))).toBe('invalidInput');
    });

    test.each([
      '',
      'x',
      'wt_',
      'postgres',
      'template1',
      'wt_A',
      'wt_a-b',
      'wt_a"; DROP DATABASE postgres; --',
      'wt_\0',
      `wt_${'x'.repeat(61)}`,
    ])('the name %j is refused for an environment', async (bad) => {
      const good = request(owner, 'tpl_any');
      expect(await code(databases().clone({ ...good, database: bad }))).toBe('invalidInput');
      expect(await code(databases().clone({ ...good, role: bad }))).toBe('invalidInput');
      expect(await code(databases().drop({ ...good, database: bad }))).toBe('invalidInput');
      expect(await code(databases().drop({ ...good, role: bad }))).toBe('invalidInput');
    });

    test.each([
      '',
      'postgres',
      'template0',
      'pg_x',
      'wt_x',
      'coppice_tmp_x',
      'A',
      'a"b',
      'a b',
      'a\nb',
      'x'.repeat(64),
    ])('the name %j is refused for a template', async (bad) => {
      const wanted = { name: bad, repositoryId: owner.repositoryId, recipe: 'r' };
      expect(await code(databases().ensureTemplate(wanted, nothing))).toBe('invalidInput');
      expect(await code(databases().clone({ ...request(owner, bad) }))).toBe('invalidInput');
    });

    test('an aborted signal stops everything before it begins', async () => {
      const signal = AbortSignal.abort();
      const wanted = request(owner, await template());
      const before = await get().inventory();
      expect(await code(databases().clone(wanted, signal))).toBe('aborted');
      expect(await code(databases().drop(wanted, signal))).toBe('aborted');
      expect(await code(databases().owner(wanted.database, signal))).toBe('aborted');
      expect(await code(databases().changes(wanted, signal))).toBe('aborted');
      expect(await code(databases().connect(signal))).toBe('aborted');
      const tpl = { name: fresh('tpl'), repositoryId: owner.repositoryId, recipe: 'r' };
      expect(await code(databases().ensureTemplate(tpl, nothing, signal))).toBe('aborted');
      expect(await get().inventory()).toEqual(before);
    });
  });
}
