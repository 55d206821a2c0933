import * as vscode from 'vscode';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { registerCommands } from '../../../../src/ui/commands/registerCommands';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain } from '../builders';
import { aContext, type SomeDependencies } from '../context';

beforeEach(() => editor.reset());

const row = (name: string): string => `worktree:/repo.worktrees/${name}`;
const named = (branch: string, services = [aService()]) =>
  anEntry({
    worktree: aWorktree({ branch, path: `/repo.worktrees/${branch}` }),
    environment: anEnvironment({ namespace: `worktree-${branch}`, services }),
  });

function registered(change: SomeDependencies, entries = [named('a'), named('b'), named('c')]) {
  const some = aContext(change);
  some.publish(aSnapshot({ entries: [bareMain, ...entries] }));
  registerCommands(async () => commandHandlers, some.context, {
    log: some.dependencies.log,
    act: async () => undefined,
  });
  return some;
}

describe('a command on several rows', () => {
  it('puts to sleep those that are awake, one after the other, and asks nothing', async () => {
    const slept: string[] = [];
    const asleep = [aService({ desired: 0, health: 'asleep' })];
    registered({ environments: { sleep: async ({ path }) => (slept.push(path), { slept: [], awake: [] }) as never } }, [
      named('a'),
      named('b', asleep),
      named('c'),
    ]);
    await vscode.commands.executeCommand('coppice.sleepEnvironment', row('a'), ['a', 'b', 'c'].map(row));
    expect(slept).toEqual(['/repo.worktrees/a', '/repo.worktrees/c']);
    expect(editor.messages).toEqual([]);
  });

  it('goes on where one fails, and tells all failures at once', async () => {
    const tried: string[] = [];
    registered({
      environments: {
        sleep: async ({ path }) => {
          tried.push(path);
          if (path.endsWith('c')) return { slept: [], awake: [] } as never;
          throw new AppError('timeout', `${path} hangs.`);
        },
      },
    });
    await vscode.commands.executeCommand('coppice.sleepEnvironment', row('a'), ['a', 'b', 'c'].map(row));
    expect(tried).toHaveLength(3);
    expect(editor.messages.map(({ text }) => text)).toEqual([
      '2 failures of 3. a: /repo.worktrees/a hangs. b: /repo.worktrees/b hangs.',
    ]);
  });

  it('restarts services after one question that names them; of a worktree those that run', async () => {
    const restarted: string[] = [];
    const services = [aService({ name: 'web' }), aService({ name: 'off', desired: 0 })];
    registered(
      {
        services: {
          restart: async ({ path, service }) => (restarted.push(`${path} ${service}`), { ready: true } as never),
        },
      },
      [named('a', services), named('b')],
    );
    const rows = [row('a'), `${row('a')}#service:web`, `${row('b')}#service:backend`];
    const run = () => vscode.commands.executeCommand('coppice.restartService', rows[0], rows);
    await run();
    expect(restarted).toEqual([]);
    expect(editor.messages.at(-1)).toMatchObject({
      text: 'Restart 2 services?',
      detail: '• web of a\n• backend of b',
      isModal: true,
    });
    editor.answer = () => 'Restart';
    await run();
    expect(restarted).toEqual(['/repo.worktrees/a web', '/repo.worktrees/b backend']);
  });

  it('says why where none of them is fit', async () => {
    registered({});
    await vscode.commands.executeCommand('coppice.wakeEnvironment', row('a'), ['a', 'b'].map(row));
    expect(editor.messages.map(({ text }) => text)).toEqual(['No worktree has an environment that is asleep.']);
  });
});

describe('a key on the rows', () => {
  it('means those that are selected, and nothing where none is', async () => {
    const slept: string[] = [];
    registered({ environments: { sleep: async ({ path }) => (slept.push(path), { slept: [], awake: [] }) as never } });
    await vscode.commands.executeCommand('coppice.sleepEnvironment', 'selection');
    expect(slept).toEqual([]);
    editor.selection = [row('b')];
    await vscode.commands.executeCommand('coppice.sleepEnvironment', 'selection');
    editor.selection = [row('a'), row('c')];
    await vscode.commands.executeCommand('coppice.sleepEnvironment', 'selection');
    expect(slept).toEqual(['b', 'a', 'c'].map((name) => `/repo.worktrees/${name}`));
  });

  it('means the row that has the focus where it says so, and nothing where none has it', async () => {
    const slept: string[] = [];
    registered({ environments: { sleep: async ({ path }) => (slept.push(path), { slept: [], awake: [] }) as never } });
    await vscode.commands.executeCommand('coppice.sleepEnvironment', 'focused');
    editor.selection = [row('b')];
    await vscode.commands.executeCommand('coppice.sleepEnvironment', 'focused');
    expect(slept).toEqual(['/repo.worktrees/b']);
  });

  it('deletes no worktree from a row of one of its services', async () => {
    registered({});
    editor.selection = [`${row('a')}#service:backend`];
    await vscode.commands.executeCommand('coppice.delete', 'selection');
    expect(editor.messages).toEqual([]);
    editor.selection = [row('a')];
    await vscode.commands.executeCommand('coppice.delete', 'selection');
    expect(editor.messages.map(({ text }) => text)).toEqual(['Delete the worktree a?']);
  });
});
