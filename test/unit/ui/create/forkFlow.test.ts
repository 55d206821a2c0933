import { beforeEach, describe, expect, it } from 'vitest';
import type { InputBoxOptions } from 'vscode';
import type { CreateRequest } from '../../../../src/app/environment/requests';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anIdentity, aService, aSnapshot, aWorktree, bareMain } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const path = '/repo.worktrees/feature';

function forking(entries = [bareMain, anEntry()]) {
  const requests: CreateRequest[] = [];
  const { context, publish } = aContext({
    environments: {
      plan: async ({ target }) => {
        if (target.kind === 'branch' && target.branch === 'taken')
          throw new AppError('conflict', 'The branch taken exists.');
        return {
          ...{ host: 'again.localhost', worktreeFolder: '/repo.worktrees/again', parts: [], images: [] },
        } as never;
      },
      create: async (request) => {
        requests.push(request);
        return {
          worktree: aWorktree({ path: '/repo.worktrees/again', branch: 'again' }),
          ...{ identity: anIdentity(), database: undefined, services: [aService()], ready: true, url: undefined },
        };
      },
    },
  });
  publish(aSnapshot({ entries }));
  const fork = (argument: unknown = `worktree:${path}`) =>
    Promise.resolve(commandHandlers['coppice.forkWorktree'](context, argument));
  return { requests, fork };
}

const opened = () => editor.executed.filter(([id]) => id === 'vscode.openFolder').map(([, uri]) => String(uri));

describe('Fork Worktree…', () => {
  it('makes a branch with the files and the database of another one, and opens it in a new window', async () => {
    const { requests, fork } = forking();
    editor.typed = () => 'again';
    await fork();
    expect(requests).toEqual([
      { folder: '/repo', target: { kind: 'branch', branch: 'again' }, filesFrom: path, databaseFrom: path },
    ]);
    expect(opened()).toEqual(['file:///repo.worktrees/again']);
  });

  it('has no database to copy where there is none', async () => {
    const { requests, fork } = forking();
    editor.typed = () => 'again';
    await fork('worktree:/repo');
    expect(requests).toEqual([{ folder: '/repo', target: { kind: 'branch', branch: 'again' }, filesFrom: '/repo' }]);
  });

  it('says under the input what would be made, or why it cannot be, and makes nothing when turned away', async () => {
    const { requests, fork } = forking();
    await fork();
    expect([requests, opened()]).toEqual([[], []]);
    const validate = (text: string) => (editor.inputBoxes[0] as InputBoxOptions).validateInput?.(text);
    expect(await validate('')).toBeUndefined();
    expect(await validate('again')).toMatchObject({
      message: 'http://again.localhost, folder /repo.worktrees/again',
      severity: 1,
    });
    expect(await validate('taken')).toMatchObject({ message: 'The branch taken exists.', severity: 3 });
    expect(await validate('a..b')).toMatchObject({ severity: 3 });
  });
});
