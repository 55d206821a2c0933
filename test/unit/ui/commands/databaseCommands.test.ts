import { beforeEach, describe, expect, it } from 'vitest';
import type { Replaced } from '../../../../src/app/environment/database/replaceDatabase';
import type { DatabaseStatus } from '../../../../src/app/databases/migrations/migrationStatus';
import type { DatabaseDifference } from '../../../../src/core/databaseSchema/databaseDifference';
import type { DatabaseSnapshot } from '../../../../src/core/databases/databaseSnapshots';
import type { MigrationStatus } from '../../../../src/core/migrations/compareMigrations';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain } from '../builders';
import { aContext, type SomeDependencies } from '../context';

beforeEach(() => editor.reset());

const path = '/repo.worktrees/feature';
const row = `worktree:${path}`;
const snapshot: DatabaseSnapshot = {
  ...{ name: 'one', takenAt: Date.parse('2026-01-02T03:04:05Z'), commit: 'c'.repeat(40) },
  ...{ before: undefined, bytes: 3 * 2 ** 20 },
};
const kept: DatabaseSnapshot = { ...snapshot, name: 'before-reset', before: 'reset' };

function replaced(woken: Replaced['woken'] = undefined): Replaced {
  return { value: { kept, dropped: [] }, woken };
}

/** Databases whose calls are recorded. */
function commanding(databases: SomeDependencies['databases'] = {}, entries = [bareMain, anEntry()]) {
  const asked: [string, unknown][] = [];
  const recorded = Object.fromEntries(
    Object.entries(databases).map(([name, work]) => [
      name,
      (input: unknown, run: unknown) => {
        asked.push([name, input]);
        return (work as (input: unknown, run: unknown) => unknown)(input, run);
      },
    ]),
  );
  const { context, publish, calls } = aContext({ databases: recorded });
  publish(aSnapshot({ entries }));
  const run = (id: keyof typeof commandHandlers, argument: unknown = row): Promise<void> =>
    Promise.resolve(commandHandlers[id](context, argument));
  return { asked, calls, run, context };
}

describe('Snapshot Database', () => {
  it('takes one of the name that was typed, and refuses others as they are typed', async () => {
    const { asked, run } = commanding({ takeSnapshot: async () => snapshot });
    editor.typed = () => undefined;
    await run('coppice.snapshotDatabase');
    expect(asked).toEqual([]);
    const [box] = editor.inputBoxes;
    expect(box?.validateInput?.("x'; --")).toContain('is no name for a snapshot');
    expect(box?.validateInput?.('one')).toBeUndefined();
    editor.typed = () => 'one';
    await run('coppice.snapshotDatabase');
    expect(asked).toEqual([['takeSnapshot', { folder: path, path, name: 'one' }]]);
    expect(editor.messages.at(-1)?.text).toBe('The snapshot one of the database of feature is taken.');
  });

  it('asks nothing where no worktree has a database', async () => {
    const without = anEntry({ environment: anEnvironment({ database: undefined }) });
    const { run } = commanding({}, [bareMain, without]);
    await expect(run('coppice.snapshotDatabase', null)).rejects.toMatchObject({ code: 'notFound' });
    const leaving = anEntry({ environment: anEnvironment({ terminating: true }) });
    await expect(commanding({}, [leaving]).run('coppice.snapshotDatabase', null)).rejects.toMatchObject({
      code: 'notFound',
    });
    expect(editor.inputBoxes).toEqual([]);
  });
});

describe('Restore Database', () => {
  it('brings back what was chosen, and says under which name stays what it replaces', async () => {
    const { asked, run } = commanding({
      listSnapshots: async () => [snapshot, { ...kept, name: '$(x)', commit: undefined, bytes: undefined }],
      restoreSnapshot: async () => replaced(),
    });
    const seen: unknown[] = [];
    editor.picks = (items) => {
      seen.push(...items);
      return undefined;
    };
    await run('coppice.restoreDatabase');
    expect(asked).toEqual([['listSnapshots', { folder: path, path }]]);
    expect(seen).toMatchObject([
      {
        label: 'one',
        description: expect.stringMatching(/^taken 2026-01-0\d \d\d:\d\d · at ccccccc · 3\.0 MiB$/) as string,
      },
      { label: '\\$(x)', description: expect.stringMatching(/^taken [^·]+ · kept before a reset$/) as string },
    ]);
    editor.picks = ([first]) => first;
    await run('coppice.restoreDatabase');
    expect(asked.at(-1)).toEqual(['restoreSnapshot', { folder: path, path, name: 'one' }]);
    expect(editor.messages.at(-1)?.text).toBe(
      'The database of feature is as it was in the snapshot one. What it replaces is the snapshot before-reset.',
    );
  });

  it('says what to do where there is none', async () => {
    const { run } = commanding({ listSnapshots: async () => [] });
    await expect(run('coppice.restoreDatabase')).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('Snapshot Database') as string,
    });
  });
});

describe('Reset Database', () => {
  it('does nothing before it was said what happens, and says under which name stays what it replaces', async () => {
    const { asked, run } = commanding({ reset: async () => ({ ...replaced(), template: 'tpl' }) });
    await run('coppice.resetDatabase');
    expect(asked).toEqual([]);
    const [question] = editor.messages;
    expect(question).toMatchObject({ text: 'Reset the database of feature?', isModal: true });
    expect(question?.detail).toContain('kept as a snapshot');
    editor.answer = ({ buttons }) => buttons[0];
    await run('coppice.resetDatabase');
    expect(asked).toEqual([['reset', { folder: path, path }]]);
    expect(editor.messages.at(-1)?.text).toBe(
      'The database of feature is a new clone of tpl. What it replaces is the snapshot before-reset.',
    );
  });

  it('tells services that could not be woken, and those that are not ready, beside what was done', async () => {
    const woken = { namespace: 'worktree-feature', slept: true, ready: false, services: [] };
    const reset = async () => ({ ...replaced({ ...woken, problem: 'No room.' }), template: 'tpl' });
    editor.answer = ({ buttons }) => buttons[0];
    await commanding({ reset }).run('coppice.resetDatabase');
    expect(editor.messages.at(-1)).toMatchObject({
      severity: 'warning',
      text: expect.stringContaining('before-reset. The services of feature could not be woken: No room.') as string,
    });
    expect(editor.executed).toEqual([['coppice.wakeEnvironment', row]]);
    const broken = aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 1' });
    const notReady = async () => ({ ...replaced({ ...woken, services: [broken] }), template: 'tpl' });
    editor.answer = ({ isModal, buttons }) => (isModal ? buttons[0] : undefined);
    await commanding({ reset: notReady }).run('coppice.resetDatabase');
    expect(editor.messages.at(-1)).toMatchObject({
      severity: 'warning',
      text: expect.stringMatching(/before-reset\. feature is not ready\. backend: .*exit code 1/) as string,
    });
  });

  it('tells what the branch has and the database has not got, in a line, and offers to migrate it', async () => {
    const unmigrated = 'database.migrate: no such type\n  ALTER TABLE a';
    const reset = async () => ({ ...replaced(), template: 'tpl', unmigrated });
    editor.answer = ({ buttons }) => buttons[0];
    await commanding({ reset }).run('coppice.resetDatabase');
    expect(editor.messages.at(-1)).toMatchObject({
      severity: 'warning',
      text: expect.stringMatching(/before-reset\. It is not migrated: database\.migrate: no such type$/) as string,
    });
    expect(editor.executed).toEqual([['coppice.migrateDatabase', row]]);
  });
});

describe('migrations', () => {
  const behind: MigrationStatus = {
    ...{ tool: 'Knex', folder: 'db', state: 'behind', behind: ['2_more.js'] },
    ...{ ahead: [], older: [], unfinished: [], notes: [] },
  } as const;
  const status: DatabaseStatus = { database: 'wt_feature', migrations: [behind] };

  it('are compared, and run from there where the database lacks one', async () => {
    const { asked, run } = commanding({ status: async () => status });
    await run('coppice.showMigrationStatus');
    expect(asked).toEqual([['status', { folder: path }]]);
    expect(editor.messages.at(-1)).toMatchObject({
      ...{ text: 'Migrations of feature', isModal: true, buttons: ['Migrate Database'] },
      detail: 'wt_feature: Knex in db: 1 behind\n  lacks: 2_more.js',
    });
    editor.answer = ({ buttons }) => buttons[0];
    await run('coppice.showMigrationStatus');
    expect(editor.executed).toEqual([['coppice.migrateDatabase', row]]);
    const current = { ...status, migrations: [{ ...behind, state: 'upToDate', behind: [] } as const] };
    await commanding({ status: async () => current }).run('coppice.showMigrationStatus');
    expect(editor.messages.at(-1)?.buttons).toEqual([]);
  });

  it('are run, and it is said how far the database is then; a failure is that of the command', async () => {
    const { asked, run } = commanding({ migrate: async () => status });
    await run('coppice.migrateDatabase');
    expect(asked).toEqual([['migrate', { folder: path }]]);
    expect(editor.messages.at(-1)?.text).toContain('wt_feature: Knex in db: 1 behind');
    const failed = new AppError('failed', 'migrate ended with exit code 1.');
    const failing = commanding({ migrate: () => Promise.reject(failed) });
    await expect(failing.run('coppice.migrateDatabase')).rejects.toBe(failed);
  });
});

describe('what leads to a database', () => {
  const variables = { PGHOSTADDR: undefined, PGPASSWORD: 's3cret' };
  const psql = async () => ({
    file: '/usr/bin/psql',
    argv: ['--dbname=postgresql://wt_feature@127.0.0.1:1/x'],
    variables,
  });

  it('is a terminal whose command line has no password, and whose environment leads nowhere else', async () => {
    const { asked, run } = commanding({ psql });
    await run('coppice.openDatabaseTerminal');
    expect(asked).toEqual([['psql', { folder: path }]]);
    const [terminal] = editor.terminals;
    expect(terminal?.name).toBe('feature · psql');
    expect(terminal?.options).toMatchObject({
      ...{ shellPath: '/usr/bin/psql', shellArgs: ['--dbname=postgresql://wt_feature@127.0.0.1:1/x'] },
      env: { PGHOSTADDR: null, PGPASSWORD: 's3cret' },
    });
    expect(JSON.stringify(terminal?.options.shellArgs)).not.toContain('s3cret');
  });

  it('is copied, and shown nowhere', async () => {
    const { run, context } = commanding({ url: async () => 'postgresql://wt_feature:s3cret@127.0.0.1:1/wt_feature' });
    await run('coppice.copyDatabaseUrl');
    expect(editor.clipboard).toBe('postgresql://wt_feature:s3cret@127.0.0.1:1/wt_feature');
    expect(JSON.stringify([editor.messages, editor.progress, context.dependencies.log.recent()])).not.toContain(
      's3cret',
    );
  });
});

describe('Fork Database', () => {
  const other = anEntry({
    worktree: aWorktree({ path: '/repo.worktrees/other', branch: 'other' }),
    environment: anEnvironment({ namespace: 'worktree-other', slug: 'other', database: 'wt_other' }),
  });

  it('makes it a copy of the one that is chosen, of all others that have one', async () => {
    const fork = async () => ({ ...replaced(), source: 'wt_other' });
    const without = anEntry({
      worktree: aWorktree({ path: '/repo.worktrees/none', branch: 'none' }),
      environment: anEnvironment({ database: undefined }),
    });
    const { asked, run } = commanding({ fork }, [bareMain, anEntry(), without, other]);
    const seen: { label: string }[] = [];
    editor.picks = (items) => {
      seen.push(...items);
      return undefined;
    };
    await run('coppice.forkDatabase');
    expect(asked).toEqual([]);
    expect(seen.map(({ label }) => label)).toEqual(['other']);
    editor.picks = ([first]) => first;
    await run('coppice.forkDatabase');
    expect(asked).toEqual([['fork', { folder: path, path, from: '/repo.worktrees/other' }]]);
    expect(editor.messages.at(-1)?.text).toBe(
      'The database of feature is a copy of what that of other has. What it replaces is the snapshot before-reset.',
    );
  });

  it('has nothing to copy where no other has one', async () => {
    await expect(commanding().run('coppice.forkDatabase')).rejects.toMatchObject({ code: 'notFound' });
  });
});

it('a database is protected, and let go, and it is said what that means', async () => {
  const { asked, run } = commanding({ protect: async () => ({ database: 'wt_feature' }) });
  await run('coppice.protectDatabase');
  expect(editor.messages.at(-1)?.text).toContain('until Unprotect Database');
  await run('coppice.unprotectDatabase');
  expect(asked).toEqual([true, false].map((isProtected) => ['protect', { folder: path, of: { path }, isProtected }]));
});

describe('Compare Database Schema', () => {
  const other = anEntry({ worktree: aWorktree({ path: '/repo.worktrees/other', branch: 'other' }) });
  const difference: DatabaseDifference = {
    of: { kind: 'environment', name: 'feature', database: 'wt_feature' },
    with: { kind: 'template', name: 'tpl', database: 'tpl' },
    same: 3,
    changes: [
      {
        ...{ kind: 'table', name: 'public.t', change: 'changed' },
        parts: [{ kind: 'column', name: 'a', change: 'changed', before: 'integer', after: 'bigint' }],
      },
    ],
  };

  it('opens two texts beside each other, of the template or of another worktree', async () => {
    const { asked, run, context } = commanding({ compare: async () => difference }, [bareMain, anEntry(), other]);
    const seen: unknown[] = [];
    editor.picks = (items) => {
      seen.push(...items.map(({ label }) => label));
      return items[0];
    };
    await run('coppice.compareDatabase');
    expect(seen).toEqual(['Template', 'other']);
    expect(asked).toEqual([['compare', { folder: path, with: undefined }]]);
    const [id, before, after, title] = editor.executed.at(-1) ?? [];
    expect([id, title]).toEqual(['vscode.diff', 'Schema: template tpl ↔ wt_feature of feature']);
    const text = (uri: unknown) => context.descriptions.provideTextDocumentContent(uri as never);
    expect(text(before)).toBe('-- 1 changed, 3 the same\n\ntable public.t\n  column a: integer\n');
    expect(text(after)).toBe('-- 1 changed, 3 the same\n\ntable public.t\n  column a: bigint\n');
    editor.picks = (items) => items[1];
    await run('coppice.compareDatabase');
    expect(asked.at(-1)).toEqual(['compare', { folder: path, with: '/repo.worktrees/other' }]);
  });

  it('leaves the editor of another comparison as it is', async () => {
    const told = [
      difference,
      { ...difference, with: { kind: 'environment', name: 'other', database: 'wt_other' } as const, same: 4 },
    ];
    const { run, context } = commanding({ compare: async () => told.shift() ?? difference }, [
      bareMain,
      anEntry(),
      other,
    ]);
    editor.picks = (items) => items[0];
    await run('coppice.compareDatabase');
    const [, ...first] = editor.executed.at(-1) ?? [];
    editor.picks = (items) => items[1];
    await run('coppice.compareDatabase');
    const [, ...second] = editor.executed.at(-1) ?? [];
    const starts = [first, second].map((uris) =>
      uris.slice(0, 2).map((uri) => context.descriptions.provideTextDocumentContent(uri as never).split('\n', 1)[0]),
    );
    expect(starts).toEqual([
      ['-- 1 changed, 3 the same', '-- 1 changed, 3 the same'],
      ['-- 1 changed, 4 the same', '-- 1 changed, 4 the same'],
    ]);
  });

  it('says that nothing differs, and compares nothing when turned away', async () => {
    const { asked, run } = commanding({ compare: async () => ({ ...difference, changes: [] }) });
    await run('coppice.compareDatabase');
    expect(asked).toEqual([]);
    editor.picks = (items) => items[0];
    await run('coppice.compareDatabase');
    expect(editor.messages.at(-1)?.text).toMatch(
      /^The database schema of feature is that of template tpl: nothing differs, 3 objects the same \(not compared: .+\)\.$/,
    );
    expect(editor.executed).toEqual([]);
  });
});
