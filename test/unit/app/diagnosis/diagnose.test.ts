import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/app/diagnosis/diagnose';
import type { DiagnosisPorts } from '../../../../src/app/diagnosis/diagnosis';
import { diagnosisLines } from '../../../../src/app/diagnosis/diagnosisText';
import { readErrors } from '../../../../src/app/diagnosis/readErrors';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { AppError } from '../../../../src/core/errors';
import type { ServiceStatus, Snapshot } from '../../../../src/core/model';
import { FakeRepositoryFiles } from '../../../support/fakes/fakeRepositoryFiles';
import { FakeKeptTexts } from '../../../support/fakes/fakeKeptTexts';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const forever = new Promise<never>(() => undefined);

function world(services: readonly ServiceStatus[], change: Partial<DiagnosisPorts> = {}) {
  const kept = new FakeKeptTexts();
  const entry = anEntry({ environment: anEnvironment({ services, database: 'wt_feature', health: 'degraded' }) });
  const ports: DiagnosisPorts = {
    readSnapshot: async () => aSnapshot({ entries: [entry] }),
    workloads: async () => ({
      logs: async function* (_, service, { timestamps }) {
        yield `${timestamps ? '2026-01-01T00:00:00.5Z ' : ''}Error: ${service} has no queue`;
      },
      describe: async (_, service) => `Deployment ${service}`,
    }),
    databaseStatus: async () => ({ database: 'wt_feature', migrations: [] }),
    databasesRun: async () => true,
    environmentFiles: {
      read: async () => {
        throw new AppError('notConfigured', 'There is no coppice.yaml.');
      },
    },
    setups: { read: async () => [] },
    installs: { begun: async () => [] },
    files: new FakeRepositoryFiles({}),
    kept,
    paths: { contains: (folder, path) => path.startsWith(folder) },
    sha256: (text) => text,
    now: () => 0,
    ...change,
  };
  const folder = `${entry.worktree.path}/src`;
  return { ports, kept, folder, why: () => diagnose(ports, 50)({ folder }, run) };
}

const crash = (name: string, reason = 'exit code 1'): ServiceStatus =>
  aService({ name, health: 'degraded', state: 'CrashLoopBackOff', reason, ready: 0 });

describe('why an environment is not as it should be', () => {
  it('is nothing, where all is well', async () => {
    const { why } = world([aService({ name: 'web', health: 'healthy', state: 'Running' })]);
    expect(await why()).toMatchObject({ cause: undefined, others: [] });
  });

  it('is asked by a name of the one snapshot that is read', async () => {
    let reads = 0;
    const entry = anEntry({ worktree: aWorktree({ path: '/repo.worktrees/other' }) });
    const { ports } = world([], {
      readSnapshot: async () => {
        reads++;
        return aSnapshot({ entries: [anEntry({}), entry] });
      },
    });
    const path = (snapshot: Snapshot): string => snapshot.entries.at(-1)?.worktree.path ?? '';
    expect(await diagnose(ports)({ folder: '/elsewhere', path }, run)).toMatchObject({ path: entry.worktree.path });
    expect(reads).toBe(1);
  });

  it('gives each thing as long as the first look took, where that is slow', async () => {
    let now = 0;
    const entry = anEntry({ environment: anEnvironment({ services: [], database: 'wt_feature' }) });
    const { why } = world([], {
      now: () => now,
      readSnapshot: async () => {
        now += 60_000;
        return aSnapshot({ entries: [entry] });
      },
      databaseStatus: async (_, __, signal) => {
        // What it would have had otherwise has passed.
        await new Promise((resolve) => AbortSignal.timeout(100).addEventListener('abort', resolve, { once: true }));
        signal.throwIfAborted();
        return { database: 'wt_feature', migrations: [] };
      },
    });
    expect(await why()).toMatchObject({ untold: [] });
  });

  it('says what it could not look at, where nothing else is wrong', async () => {
    const one = aService({ name: 'web', health: 'healthy', state: 'Running' });
    const late = world([one], {
      databaseStatus: (_, __, signal) => new Promise((_done, reject) => (signal.onabort = () => reject(signal.reason))),
    });
    const told = await late.why();
    expect(told).toMatchObject({ cause: undefined, others: [] });
    expect(diagnosisLines(told)).toEqual([
      expect.stringMatching(/; nothing is wrong that can be seen\.$/),
      'Not known: Whether its database lacks migrations: the server did not say it in time. coppice database status asks for longer.',
      expect.stringMatching(/^All that was looked at: /),
    ]);
    const refused = world([one], {
      databaseStatus: async () => {
        throw new AppError('denied', 'PostgreSQL refuses the login.');
      },
    });
    expect((await refused.why()).untold).toEqual([
      'Whether its database lacks migrations: PostgreSQL refuses the login. coppice database status asks for longer.',
    ]);
  });

  it('is the service whose log tells it, and all is kept in a file', async () => {
    const { why, kept } = world([crash('web')]);
    const told = await why();
    expect(told.cause).toMatchObject({
      kind: 'crash',
      service: 'web',
      what: expect.stringContaining('web has no queue') as unknown,
    });
    expect(kept.texts.get(told.file ?? '')).toMatch(/Deployment web[^]*Error: web has no queue/);
    expect(diagnosisLines(told).length).toBeLessThan(8);
  });

  it('is what others follow from: the database server before those that miss it', async () => {
    const refused = 'exit code 1: Error: connect ECONNREFUSED 127.0.0.1:5432';
    const { why } = world([crash('api', refused), crash('web', refused)], { databasesRun: async () => false });
    const told = await why();
    expect([told.cause, ...told.others].map((each) => [each?.kind, each?.service])).toEqual([
      ['databaseServerAway', undefined],
      ['databaseUnreachable', 'api'],
      ['databaseUnreachable', 'web'],
    ]);
  });

  it('is the particular one of two, and then what only follows', async () => {
    const held = aService({
      name: 'ui',
      health: 'degraded',
      state: 'Waiting',
      reason: 'waits for api, which fails',
      ready: 0,
    });
    const { why } = world([held, crash('odd'), crash('api', 'exit code 1: Error: listen EADDRINUSE: 127.0.0.1:3000')]);
    const { cause, others } = await why();
    expect([cause, ...others].map((each) => each?.kind)).toEqual(['portInUse', 'crash', 'dependencyDown']);
  });

  it('is a migration that is missing, where nothing else is wrong', async () => {
    const behind = {
      tool: 'Knex',
      folder: 'migrations',
      state: 'behind',
      behind: ['1', '2'],
      ahead: [],
      older: [],
      unfinished: [],
      notes: [],
    } as const;
    const { why } = world([aService({ name: 'web', health: 'healthy', state: 'Running' })], {
      databaseStatus: async () => ({ database: 'wt_feature', migrations: [behind] }),
    });
    expect((await why()).cause).toMatchObject({ kind: 'pendingMigration', todo: 'coppice database migrate' });
  });

  it('is asked of services and database at once: one after the other each would have its whole time', async () => {
    let ask = (): void => undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const { why } = world([crash('web')], {
      databasesRun: async () => {
        ask();
        return true;
      },
      workloads: async () => ({
        logs: async function* (_, __, ___, signal) {
          await Promise.race([asked, rejected(signal ?? run.signal)]);
          yield 'Error: there is no queue';
        },
        describe: async () => '',
      }),
    });
    expect((await why()).cause?.what).toContain('there is no queue');
  });

  it('is the migration that makes the table which a service misses', async () => {
    const files = new FakeRepositoryFiles({
      'db/001_customers.sql': 'CREATE TABLE customers (id serial);',
      'db/002_invoices.sql': 'create table if not exists public."Invoices" (payer citext);',
      'db/notes.md': 'CREATE TABLE orders',
      // What takes back that it was dropped makes it only then, and what is said of one in a comment never.
      'db/003_drop_orders.down.sql': 'CREATE TABLE orders (id serial);',
      'db/003_drop_orders/down.sql': 'CREATE TABLE orders (id serial);',
      'db/004_more.sql': 'SELECT 1; -- as CREATE TABLE orders did',
    });
    const missing = (table: string) => crash('api', `exit code 1: ERROR:  relation "${table}" does not exist`);
    const why = async (table: string) => (await world([missing(table)], { files }).why()).cause;
    expect(await why('invoices')).toMatchObject({
      kind: 'tableMissing',
      what: 'api asks its database for "invoices", which it does not have: db/002_invoices.sql, which makes it, has failed or has not run.',
      todo: expect.stringContaining('ON_ERROR_STOP') as unknown,
    });
    expect((await why('orders'))?.what).toBe('api asks its database for "orders", which it does not have.');
    // Who does not answer in time is not waited for.
    const never = {
      list: (_: string, signal?: AbortSignal) => rejected(signal ?? run.signal),
      read: async () => undefined,
    };
    expect((await world([missing('invoices')], { files: never }).why()).cause).toMatchObject({ kind: 'tableMissing' });
  });

  it('is that nothing makes the tables, where coppice.yaml has a database and no command that migrates it', async () => {
    const behind = crash('app', 'exit code 1: the database schema is not up to date: current=v0 expected=v132');
    const todo = async (migrate: string) => {
      const text = `version: 1\nservices: { app: { command: run } }\ndatabase: { template: things${migrate} }`;
      const { file } = parseEnvironmentFile(text);
      if (!file) throw new Error('it cannot be read');
      const { cause } = await world([behind], { environmentFiles: { read: async () => file } }).why();
      expect(cause).toMatchObject({ kind: 'tableMissing', service: 'app' });
      return cause?.todo;
    };
    expect(await todo('')).toContain('as database.migrate, then: coppice create');
    expect(await todo(', migrate: go run . -migrate')).toContain('coppice database migrate');
  });

  it('is told in time, whatever does not answer', async () => {
    const { why } = world([crash('web', 'exit code 1: Error: ENOSPC: no space left on device')], {
      databasesRun: () => forever,
      databaseStatus: (_, __, signal) => rejected(signal),
      workloads: async () => ({
        logs: async function* (_, __, ___, signal) {
          await rejected(signal ?? run.signal);
        },
        describe: (_, __, signal) => rejected(signal ?? run.signal),
      }),
    });
    expect((await why()).cause).toMatchObject({ kind: 'diskFull' });
  });
});

describe('the errors of its services', () => {
  it('are counted with the time of their lines, and all lines are kept', async () => {
    const { ports, folder, kept } = world([crash('api'), crash('web')]);
    const told = await readErrors(ports)({ folder }, run);
    const at = '2026-01-01T00:00:00Z';
    expect(told.groups).toEqual(
      ['api', 'web'].map((service) => ({
        ...{ service, count: 2, first: at, last: at },
        example: `Error: ${service} has no queue`,
      })),
    );
    expect(kept.texts.get(told.file ?? '')?.split('\n')).toHaveLength(5);
  });

  it('of a service that there is not are refused, naming those that there are', async () => {
    const { ports, folder } = world([crash('api'), crash('web')]);
    await expect(readErrors(ports)({ folder, service: '$(id)' }, run)).rejects.toThrow(
      'There is no service "$(id)". There are: api, web.',
    );
  });
});

function rejected(signal: AbortSignal): Promise<never> {
  return Promise.race([
    forever,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('too late')))),
  ]);
}
