import { beforeEach, describe, expect, it } from 'vitest';
import type { DeleteLook } from '../../../../src/app/environment/delete/lookAtDelete';
import type { DeleteRequest } from '../../../../src/app/environment/requests';
import { AppError, type Loss } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import type { ProgramsByPath } from '../../../../src/ui/delete/programsAtWork';
import { anEntry, aSnapshot, aWorktree, bareMain, hostileTexts } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const uncommitted: Loss = { kind: 'uncommitted', count: 2, examples: ['a.ts'] };
const unpushed: Loss = { kind: 'unpushed', count: 1, examples: ['A commit'] };
const noLoss: DeleteLook = { losses: [], refusal: undefined, asksForApproval: false, untold: [] };
const losing = (...losses: Loss[]): DeleteLook => ({ ...noLoss, losses });
const row = (name: string): string => `worktree:/repo.worktrees/${name}`;

interface Deleting {
  readonly failing?: readonly string[];
  readonly folders?: readonly string[];
  readonly programsIn?: (folders: readonly string[]) => Promise<ProgramsByPath>;
}

/** @param looks by the worktree's name */
function deletingMany(
  looks: Readonly<Record<string, DeleteLook>>,
  { failing = [] as readonly string[], folders = ['/repo'], programsIn }: Deleting = {},
) {
  const requests: DeleteRequest[] = [];
  const nameOf = (path: string): string => path.split('/').at(-1) ?? '';
  const some = aContext(
    {
      environments: {
        lookAtDelete:
          async () =>
          async ({ path }) =>
            looks[nameOf(path)] ?? noLoss,
        delete: async (request) => {
          requests.push(request);
          if (failing.includes(nameOf(request.path))) throw new AppError('conflict', 'Somebody else has it.');
          return { environment: 'deleted', worktree: 'deleted', branch: 'deleted', undo: '1' };
        },
        sweepTrash: async () => undefined,
        ...(programsIn && { programsIn }),
      },
    },
    folders,
  );
  const names = Object.keys(looks);
  const entries = names.map((name) =>
    anEntry({ worktree: aWorktree({ branch: name, path: `/repo.worktrees/${name}` }) }),
  );
  some.publish(aSnapshot({ entries: [bareMain, ...entries] }));
  const run = () => commandHandlers['coppice.delete'](some.context, row(names[0] ?? ''), names.map(row));
  return { requests, run };
}

describe('deleting several worktrees', () => {
  it('asks once, with each loss by its name, and accepts of each what it would lose', async () => {
    const { requests, run } = deletingMany({ a: noLoss, b: losing(uncommitted), c: losing(uncommitted, unpushed) });
    editor.answer = ({ buttons, isModal }) => (isModal ? buttons.at(-1) : undefined);
    await run();
    const [question, told, ...more] = editor.messages;
    expect(question).toMatchObject({
      text: 'Delete 3 worktrees and what runs for them?',
      buttons: ['Delete Only 1 Without Losses', 'Delete and lose 4 uncommitted changes, 1 unpushed commit'],
    });
    expect(question?.detail?.split('\n')).toEqual([
      '• a',
      '• b: would lose 2 uncommitted changes',
      '• c: would lose 2 uncommitted changes, 1 unpushed commit',
      'Undo Delete brings back each worktree, and its database if it has one, while it is in the trash.',
    ]);
    expect(requests.map(({ path, accepted }) => [path, accepted])).toEqual([
      ['/repo.worktrees/a', []],
      ['/repo.worktrees/b', ['uncommitted']],
      ['/repo.worktrees/c', ['uncommitted', 'unpushed']],
    ]);
    expect(told).toMatchObject({ text: '3 worktrees are deleted.', buttons: ['Undo Delete…'] });
    expect(more).toEqual([]);
  });

  it('names who works in each folder before it is asked, at one look, and asks all the same where that cannot be told', async () => {
    const asked: (readonly string[])[] = [];
    const refusal = new AppError('conflict', 'It is being created.');
    const looks = { a: noLoss, b: losing(unpushed), c: { ...noLoss, refusal } };
    const some = deletingMany(looks, {
      programsIn: async (folders) => {
        asked.push(folders);
        return new Map(folders.map((folder, index) => [folder, [{ pid: 12 + index, name: 'zsh' }]]));
      },
    });
    await some.run();
    expect(asked).toEqual([['/repo.worktrees/a', '/repo.worktrees/b', '/repo.worktrees/c']]);
    expect(editor.messages[0]?.detail?.split('\n').slice(0, 3)).toEqual([
      '• a: at work in its folder, and not ended: zsh (process 12)',
      '• b: would lose 1 unpushed commit; at work in its folder, and not ended: zsh (process 13)',
      '• c stays: It is being created.',
    ]);
    editor.reset();
    await deletingMany(looks, { programsIn: () => Promise.reject(new Error('no /proc')) }).run();
    expect(editor.messages[0]?.detail).toMatch(/^• a\n• b: would lose 1 unpushed commit\n/);
  });

  it('begins with a button that loses nothing', async () => {
    const some = deletingMany({ a: noLoss, b: losing(uncommitted) });
    editor.answer = ({ buttons, isModal }) => (isModal ? buttons[0] : undefined);
    await some.run();
    expect(some.requests.map(({ path, accepted }) => [path, accepted])).toEqual([['/repo.worktrees/a', []]]);
    const all = deletingMany({ a: losing(unpushed), b: losing(uncommitted) });
    await all.run();
    expect(all.requests).toEqual([]);
    expect(editor.messages.at(-1)?.buttons[0]).toBe('Open Worktree');
    expect(String(editor.executed.at(-1)?.[1])).toBe('file:///repo.worktrees/a');
  });

  it('does nothing when the person turns away, or where each is refused', async () => {
    const some = deletingMany({ a: noLoss, b: noLoss });
    await some.run();
    const refusal = new AppError('conflict', 'It is being created.');
    const refused = deletingMany({ a: { ...noLoss, refusal }, b: { ...noLoss, refusal } });
    await refused.run();
    expect([some.requests, refused.requests]).toEqual([[], []]);
    expect(editor.messages.at(-1)).toMatchObject({
      text: 'None of these can be deleted.',
      detail: '• a stays: It is being created.\n• b stays: It is being created.',
      buttons: [],
    });
  });

  it('goes on where one fails, and says which stays', async () => {
    const { requests, run } = deletingMany({ a: noLoss, b: noLoss, c: noLoss }, { failing: ['b'] });
    editor.answer = ({ isModal }) => (isModal ? 'Delete' : undefined);
    await run();
    expect(requests).toHaveLength(3);
    expect(editor.messages.at(-1)).toMatchObject({
      severity: 'warning',
      text: '2 worktrees are deleted. b stays: Somebody else has it.',
    });
  });

  it('has the worktree of the window go last, and the window with it', async () => {
    const { requests, run } = deletingMany({ a: noLoss, b: noLoss }, { folders: ['/repo.worktrees/a'] });
    editor.answer = ({ isModal }) => (isModal ? 'Delete' : undefined);
    await run();
    expect(requests.map(({ path }) => path)).toEqual(['/repo.worktrees/b', '/repo.worktrees/a']);
    expect(String(editor.executed.at(-1)?.[1])).toBe('file:///repo');
  });

  it('tells what stays before the window goes, which takes a notification with it', async () => {
    const folders = ['/repo.worktrees/a'];
    const { run } = deletingMany({ a: noLoss, b: noLoss }, { folders, failing: ['b'] });
    const openedWhenTold: number[] = [];
    editor.answer = ({ buttons, text }) => {
      if (text.startsWith('1 worktree is')) openedWhenTold.push(editor.executed.length);
      return buttons[0];
    };
    await run();
    expect(editor.messages.at(-1)).toMatchObject({
      severity: 'warning',
      text: '1 worktree is deleted.',
      detail: 'b stays: Somebody else has it.',
    });
    expect(openedWhenTold).toEqual([0]);
    expect(String(editor.executed.at(-1)?.[1])).toBe('file:///repo');
  });

  it('means no other worktree where the row has just gone', async () => {
    const { requests } = deletingMany({ a: noLoss }, { folders: ['/repo.worktrees/a'] });
    const gone = aContext({}, ['/repo.worktrees/a']);
    gone.publish(aSnapshot({ entries: [bareMain, anEntry({ worktree: aWorktree({ path: '/repo.worktrees/a' }) })] }));
    await commandHandlers['coppice.delete'](gone.context, row('gone'));
    expect([requests, editor.messages]).toEqual([[], []]);
  });

  it.each(hostileTexts)('shows %j as text', async (text) => {
    const { run } = deletingMany({ a: { ...noLoss, refusal: new AppError('conflict', text) }, b: noLoss });
    await run();
    expect(editor.messages[0]?.detail).not.toMatch(/\]\(|(?!\n)\p{Cc}|\u202e/u);
  });
});
