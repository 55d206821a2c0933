import { beforeEach, describe, expect, it } from 'vitest';
import type { DeleteRequest, DeleteResult } from '../../../src/app/environment/requests';
import { AppError, type Loss } from '../../../src/core/errors';
import { commandHandlers } from '../../../src/ui/commands/commandHandlers';
import { firstQuestion, lossQuestion } from '../../../src/ui/delete/deleteQuestions';
import { lossButton } from '../../../src/ui/delete/losses';
import { editor } from '../../support/vscodeStub';
import { anEntry, anEnvironment, anIdentity, aWorktree, bareMain, hostileTexts } from './builders';
import { aContext } from './context';

const uncommitted: Loss = { kind: 'uncommitted', count: 3, examples: ['a.ts', 'b.ts'] };
const unpushed: Loss = { kind: 'unpushed', count: 1, examples: ['A commit'] };

describe('the first question', () => {
  it('names what goes', () => {
    const question = firstQuestion(anEntry());
    expect(question.message).toBe('Delete the worktree feature?');
    expect(question.detail).toContain('the database wt_feature is deleted');
    expect(question.detail).toContain('/repo.worktrees/feature is removed');
    expect(question.detail).toContain('Branch: feature is deleted.');
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
