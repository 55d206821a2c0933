import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readServer, withAdvisoryLock } from '../../../src/adapters/postgres/catalog';
import { copyTemplate } from '../../../src/adapters/postgres/cloneDatabase';
import { temporaryName } from '../../../src/adapters/postgres/ownership';
import type { Session } from '../../../src/adapters/postgres/session';
import { administeredPostgres, runSql, type AdministeredPostgres } from '../../support/administeredPostgres';

const repositoryId = 'cdcdcdcdcdcd';
const template = 'replaced_template';
const role = 'wt_replaced_template';
const hash = '0a1b2c3d4e5f';
const temporary = temporaryName(hash);
let pg: AdministeredPostgres;
let builds = 0;

/** Builds it anew, with one row more each time. */
async function refresh(): Promise<void> {
  const recipe = `recipe ${++builds}`;
  const request = { name: template, repositoryId, recipe, migrates: recipe, anew: true };
  await pg.asSuperuser.ensureTemplate(request, async (url) => {
    await runSql(url, `CREATE TABLE rows AS SELECT generate_series(1, ${builds})`);
  });
}

/** The same session, which tells of each statement once the server has done it. */
function watched(session: Session, after: (sql: string) => Promise<void>): Session {
  return new Proxy(session, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== 'query') return (...given: unknown[]): unknown => Reflect.apply(value, target, given);
      return async (...given: Parameters<Session['query']>) => {
        const rows = await target.query(...given);
        await after(given[0]);
        return rows;
      };
    },
  });
}

/** A copy, where the template is replaced as often once its files are copied. */
function copyWhile(replaced: number) {
  let left = replaced;
  // Under its lock: others drop what nobody makes.
  return withAdvisoryLock(pg.connection, hash, undefined, async (session) => {
    const refreshing = async (sql: string): Promise<void> => {
      if (sql.startsWith('CREATE DATABASE') && left-- > 0) await refresh();
    };
    const request = { role, template };
    const server = await readServer(session);
    return copyTemplate(pg.connection, watched(session, refreshing), request, temporary, server, undefined);
  });
}

async function copied() {
  const url = new URL(pg.connection.url);
  url.pathname = `/${temporary}`;
  url.password = pg.connection.password ?? '';
  const [row] = await runSql<{ n: number }>(url.href, 'SELECT count(*)::int AS n FROM rows');
  return row?.n;
}

beforeAll(async () => {
  pg = await administeredPostgres();
  await pg.admin.query(`CREATE ROLE ${role}`);
}, 120_000);
afterAll(() => pg?.dispose());

describe('a template that is refreshed while it is cloned', () => {
  test.each([0, 1, 2])('%i times: what is recorded of the clone is of the one that it is a copy of', async (times) => {
    await refresh();
    const { recipe, migrated, baseline } = await copyWhile(times);
    const rows = await copied();
    expect([rows, baseline.rows]).toEqual([builds, builds]);
    const [mark] = await pg.admin.query(
      `SELECT shobj_description(oid, 'pg_database')::json ->> 'recipe' AS recipe FROM pg_database WHERE datname = '${template}'`,
    );
    expect(mark).toEqual({ recipe });
    expect(migrated).toBe(recipe);
    await pg.admin.query(`DROP DATABASE ${temporary}`);
  });

  test('without an end is no clone, and leaves none', async () => {
    await refresh();
    await expect(copyWhile(9)).rejects.toMatchObject({ code: 'conflict' });
    expect(await pg.admin.query('SELECT FROM pg_database WHERE datname = $1', [temporary])).toEqual([]);
  });
});
