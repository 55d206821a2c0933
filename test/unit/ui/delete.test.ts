import { beforeEach, describe, expect, it } from 'vitest';
import type { DeleteRequest, DeleteResult } from '../../../src/app/environment/requests';
import { AppError, type Loss } from '../../../src/core/errors';
import type { ProgramsByPath } from '../../../src/ui/delete/programsAtWork';
import { commandHandlers } from '../../../src/ui/commands/commandHandlers';
import { firstQuestion, lossQuestion } from '../../../src/ui/delete/deleteQuestions';
import { lossButton } from '../../../src/ui/delete/losses';
import { editor } from '../../support/vscodeStub';
import { anEntry, anEnvironment, anIdentity, aWorktree, bareMain, hostileTexts } from './builders';
import { aContext } from './context';

const uncommitted: Loss = { kind: 'uncommitted', count: 3, examples: ['a.ts', 'b.ts'] };
const unpushed: Loss = { kind: 'unpushed', count: 1, examples: ['A commit'] };

describe('the first question', () => {
  it('says which data go with the environment', () => {
    const uses = { services: { cache: { tool: 'redis', ports: {} }, db: { tool: 'mysql', ports: {} } } };
    const identity = anIdentity({ parts: { uses } });
    expect(firstQuestion(anEntry({ identity })).detail).toContain('; the data of cache, db go with it.');
    expect(firstQuestion(anEntry()).detail).not.toContain('go with it');
  });

  it('names what goes', () => {
    const question = firstQuestion(anEntry());
    expect(question.message).toBe('Delete the worktree feature?');
    expect(question.detail).toContain('the database wt_feature is deleted');
    expect(question.detail).toContain('/repo.worktrees/feature is removed');
    expect(question.detail).toContain('Branch: feature is deleted.');
  });

  it('names who works in its folder, whom nobody ends', () => {
    const programs = [{ pid: 12, name: 'zsh' }];
    expect(firstQuestion(anEntry(), programs).detail).toMatch(
      /^At work in the folder, and not ended: zsh \(process 12\)\.$/m,
    );
    expect(firstQuestion(anEntry()).detail).not.toContain('At work');
  });

  it('does not speak of removing a folder that is gone', () => {
    const { detail } = firstQuestion(anEntry({ worktree: aWorktree({ prunable: 'gone' }) }));
    expect(detail).toContain('/repo.worktrees/feature is gone already');
    expect(detail).not.toContain('removed');
  });

  it('accepts no loss, whichever button is pressed', () => {
    for (const entry of [anEntry(), anEntry({ identity: undefined }), { ...bareMain, environment: anEnvironment() }]) {
      for (const { answer } of firstQuestion(entry).buttons) expect(answer.accepted).toEqual([]);
    }
  });

  it('deletes only a branch that Coppice made', () => {
    const entry = anEntry({ identity: anIdentity({ createdBranch: false }) });
    expect(firstQuestion(entry).detail).toContain('Branch: feature stays.');
    expect(firstQuestion(entry).buttons.map(({ title }) => title)).toEqual(['Delete', 'Delete Environment Only']);
    expect(firstQuestion(entry).buttons[0]?.answer.keepBranch).toBe(true);
  });

  it('keeps a branch that was checked out since, in place of the one that Coppice made', () => {
    const entry = anEntry({ worktree: aWorktree({ branch: 'release' }) });
    expect(firstQuestion(entry).detail).toContain('Branch: release stays.');
    expect(firstQuestion(entry).buttons[0]?.answer.keepBranch).toBe(true);
  });

  it('leaves the main worktree', () => {
    const { buttons } = firstQuestion({ ...bareMain, environment: anEnvironment() });
    expect(buttons).toEqual([{ title: 'Delete Environment', answer: { environmentOnly: true, accepted: [] } }]);
  });
});

describe('the question about losses', () => {
  it('names each loss on the button that accepts it, and begins with one that loses nothing', () => {
    const question = lossQuestion(anEntry(), { accepted: [] }, [uncommitted, unpushed]);
    expect(question.buttons.map(({ title }) => title)).toEqual([
      'Open Worktree',
      'Delete and lose 3 uncommitted changes, keep the branch',
      'Delete and lose 3 uncommitted changes, 1 unpushed commit',
    ]);
    expect(question.detail).toContain('3 uncommitted changes: a.ts, b.ts and 1 more');
    expect(question.buttons[1]?.answer).toEqual({ accepted: ['uncommitted'], keepBranch: true });
    expect(question.buttons[2]?.answer).toEqual({ accepted: ['uncommitted', 'unpushed'] });
  });

  it('keeps what was accepted before', () => {
    const question = lossQuestion(anEntry(), { accepted: ['untracked'] }, [uncommitted]);
    expect(question.buttons.at(-1)?.answer).toEqual({ accepted: ['untracked', 'uncommitted'] });
  });

  it('speaks of every kind', () => {
    const kinds: Loss['kind'][] = [
      'uncommitted',
      'untracked',
      'ignored',
      'unpushed',
      'submodule',
      'operation',
      'locked',
    ];
    expect(kinds.map((kind) => lossButton([{ kind, count: 1, examples: [] }]))).toEqual([
      'Delete and lose 1 uncommitted change',
      'Delete and lose 1 untracked file',
      'Delete and lose 1 ignored file',
      'Delete and lose 1 unpushed commit',
      'Delete and lose 1 unpushed commit in submodules',
      'Delete and lose the git operation in progress',
      'Delete and lose the lock',
    ]);
  });

  it('promises an undo only of what can be moved into the trash', () => {
    const loss: Loss = { kind: 'uncommitted', count: 1, examples: ['a'] };
    const detail = (each: Loss, isKept: boolean) => lossQuestion(anEntry(), { accepted: [] }, [each], isKept).detail;
    expect(detail(loss, true)).toContain('Undo Delete brings back');
    expect(detail(loss, false)).toContain('This cannot be undone.');
    const forGood = detail({ ...loss, isForGood: true }, true);
    expect(forGood).toContain('This cannot be undone: the worktree is on another file system than its repository.');
    expect(forGood).not.toContain('Undo Delete');
    const rows: Loss = { kind: 'database', count: 2, examples: ['notes'] };
    expect(detail(rows, true)).toContain('Undo Delete brings back files, commits and the database');
    expect(detail({ ...rows, kind: 'data' }, true)).toContain('This cannot be undone.');
    // Of an environment alone nothing goes into the trash.
    const alone = { environmentOnly: true, accepted: [] };
    expect(lossQuestion(anEntry(), alone, [rows], true).detail).toContain('This cannot be undone.');
  });

  it.each(hostileTexts)('shows %j as text', (text) => {
    const { detail } = lossQuestion(anEntry(), { accepted: [] }, [{ kind: 'untracked', count: 1, examples: [text] }]);
    expect(detail).not.toMatch(/\]\(|(?!\n)\p{Cc}|\u202e/u);
  });
});

describe('deleting', () => {
  beforeEach(() => editor.reset());

  function deleting(outcomes: (readonly Loss[])[]) {
    const requests: DeleteRequest[] = [];
    const deleteEnvironment = async (request: DeleteRequest): Promise<DeleteResult> => {
      requests.push(request);
      const losses = outcomes.shift();
      if (losses) throw new AppError('conflict', 'It would lose work.', { losses });
      return { environment: 'deleted', worktree: 'deleted', branch: 'kept' };
    };
    const { context } = aContext({ environments: { delete: deleteEnvironment } });
    return { requests, run: () => commandHandlers['coppice.delete'](context, 'worktree:/repo.worktrees/feature') };
  }

  it('asks again for every new loss, and passes on exactly what was accepted', async () => {
    const { requests, run } = deleting([[uncommitted], [unpushed]]);
    editor.answer = ({ buttons }) =>
      buttons.findLast((button) => button === 'Delete' || button.startsWith('Delete and lose'));
    await run();
    expect(requests.map(({ accepted }) => accepted)).toEqual([[], ['uncommitted'], ['uncommitted', 'unpushed']]);
    expect(requests[0]).toMatchObject({ folder: '/repo', path: '/repo.worktrees/feature' });
    expect(editor.messages.every(({ isModal }) => isModal)).toBe(true);
  });

  it('tells who works in the folder before it is asked, and asks all the same where that cannot be told', async () => {
    const shown = async (programsIn: () => Promise<ProgramsByPath>): Promise<string | undefined> => {
      editor.reset();
      const { context } = aContext({ environments: { programsIn } });
      await commandHandlers['coppice.delete'](context, 'worktree:/repo.worktrees/feature');
      return editor.messages[0]?.detail;
    };
    const atWork = new Map([['/repo.worktrees/feature', [{ pid: 12, name: 'zsh' }]]]);
    expect(await shown(async () => atWork)).toContain('zsh (process 12)');
    expect(await shown(() => Promise.reject(new Error('no /proc')))).toContain('Branch: feature is deleted.');
    // On macOS lsof waits for a disk that is away.
    expect(await shown(() => new Promise(() => undefined))).toContain('Branch: feature is deleted.');
  });

  it('that its teardown stops shows the log, or goes on without it', async () => {
    const failure = new AppError('conflict', 'teardown[0]: "node" ended with exit code 1: no. Nothing was deleted.', {
      losses: [{ kind: 'teardown', count: 1, examples: ['node forget.js'] }],
      explanation: 'All that it printed: /log',
      remedy: { title: 'Open the Log', action: { kind: 'openFile', path: '/log' } },
    });
    const requests: DeleteRequest[] = [];
    const { context } = aContext({
      environments: {
        delete: async (request) => {
          requests.push(request);
          if (!request.accepted.includes('teardown')) throw failure;
          return { environment: 'deleted', worktree: 'deleted', branch: 'kept' };
        },
      },
    });
    const run = () => commandHandlers['coppice.delete'](context, 'worktree:/repo.worktrees/feature');
    editor.answer = ({ buttons }) => (buttons.includes('Delete') ? 'Delete' : 'Show Log');
    await run();
    expect(requests.map(({ accepted }) => accepted)).toEqual([[]]);
    expect(editor.messages.at(-1)).toMatchObject({ buttons: ['Show Log', 'Delete Anyway'] });
    editor.answer = ({ buttons }) => (buttons.includes('Delete') ? 'Delete' : 'Delete Anyway');
    await run();
    expect(requests.slice(1).map(({ accepted }) => accepted)).toEqual([[], ['teardown']]);
  });

  it('does nothing when the person turns away, at either question', async () => {
    const first = deleting([]);
    await first.run();
    expect(first.requests).toEqual([]);
    const second = deleting([[uncommitted]]);
    editor.answer = ({ buttons }) => (buttons.includes('Delete') ? 'Delete' : undefined);
    await second.run();
    expect(second.requests).toHaveLength(1);
  });

  it('opens the worktree for the one who wants to look first', async () => {
    const { requests, run } = deleting([[uncommitted]]);
    editor.answer = ({ buttons }) => (buttons.includes('Delete') ? 'Delete' : 'Open Worktree');
    await run();
    expect(requests).toHaveLength(1);
    expect(editor.executed[0]?.[0]).toBe('vscode.openFolder');
    expect(String(editor.executed[0]?.[1])).toBe('file:///repo.worktrees/feature');
  });
});
