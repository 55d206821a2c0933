import { beforeEach, describe, expect, it } from 'vitest';
import type { Obstacle } from '../../../../src/app/promote/promotionObstacles';
import type { PromotionPlan } from '../../../../src/app/promote/planPromotion';
import type { PromoteBranchRequest } from '../../../../src/app/promote/promoteBranch';
import type { MergeLook } from '../../../../src/core/ports/branchMerges';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { treeRows } from '../../../../manifest/treeRows';
import { toItem } from '../../../../src/ui/tree/item';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, aWorktree, bareMain, hostileTexts } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const path = '/repo.worktrees/feature';
const place = { worktree: bareMain.worktree, changed: 0, inTheWay: [], operations: [], isCutOff: false };

function promoting({ look = {}, obstacles = [] }: { look?: Partial<MergeLook>; obstacles?: readonly Obstacle[] } = {}) {
  const whole: MergeLook = {
    ...{ branch: 'feature', base: 'main', tip: 'a'.repeat(40), from: 'b'.repeat(40), kind: 'fastForward', commits: 1 },
    ...{ subjects: ['It works'], files: [], isCut: false, conflicts: [], isUnrelated: false, forbiddenBy: undefined },
    ...{ needsWorktree: [], place, source: undefined, ...look },
  };
  const repository = { id: 'r', name: 'repo', root: '/repo', commonDir: '/repo/.git', defaultBranch: 'main' };
  const planned: unknown[] = [];
  const requests: PromoteBranchRequest[] = [];
  const deleted: string[] = [];
  const { context, publish } = aContext({
    promotions: {
      plan: async (request) => {
        planned.push(request);
        const overlaps = [{ name: 'other', files: ['a.ts'] }];
        return { look: whole, overlaps, obstacles, drops: [] } as unknown as PromotionPlan;
      },
      promote: async (request) => {
        requests.push(request);
        return { repository, look: whole, to: whole.tip, proposed: undefined, dropped: [] };
      },
    },
    environments: {
      lookAtDelete: async () => async () => ({ losses: [], refusal: undefined, asksForApproval: false, untold: [] }),
      delete: async (request) => {
        deleted.push(request.path);
        return { environment: 'none', worktree: 'deleted', branch: 'kept' };
      },
      sweepTrash: async () => undefined,
    },
  });
  const other = anEntry({ worktree: aWorktree({ branch: 'other', path: '/repo.worktrees/other' }) });
  publish(aSnapshot({ entries: [bareMain, anEntry(), other] }));
  const run = (argument: unknown = `worktree:${path}`) =>
    Promise.resolve(commandHandlers['coppice.promoteWorktree'](context, argument));
  return { planned, requests, deleted, run, context };
}

const folders = (): string[] =>
  editor.executed.filter(([id]) => id === 'vscode.openFolder').map(([, uri]) => String(uri));

describe('Promote Worktree…', () => {
  it('says all that happens, merges what was seen, and says where the base was', async () => {
    const { planned, requests, run } = promoting();
    editor.answer = ({ isModal }) => (isModal ? 'Merge into main' : undefined);
    await run();
    expect(planned).toEqual([{ folder: '/repo', branch: 'feature' }]);
    const [question, told] = editor.messages;
    expect(question).toMatchObject({ text: 'Merge feature into main?', isModal: true, buttons: ['Merge into main'] });
    expect(question?.detail?.split('\n')).toEqual([
      'main goes from bbbbbbb on to aaaaaaa (fast-forward), with the files in /repo.',
      '1 commit comes in: It works',
      '1 file is also changed in other: a.ts',
      'Nothing is pushed.',
    ]);
    expect(requests).toMatchObject([{ folder: '/repo', branch: 'feature', seen: { tip: 'a'.repeat(40) } }]);
    expect(told).toMatchObject({
      text: 'main has feature now: 1 commit, fast-forward aaaaaaa. It was at bbbbbbb before.',
      buttons: ['Delete Attempts…', 'Undo in Terminal…'],
    });
  });

  it('does nothing when the person turns away', async () => {
    const { requests, run } = promoting();
    await run();
    expect([requests, editor.messages.length]).toEqual([[], 1]);
  });

  it('leaves what is not committed only where that was said', async () => {
    const obstacles = [{ kind: 'uncommitted' as const, text: '2 files are not committed.', path }];
    const { requests, run } = promoting({ obstacles });
    editor.answer = ({ buttons, isModal }) => (isModal ? buttons[0] : undefined);
    await run();
    expect(editor.messages[0]).toMatchObject({
      buttons: ['Open Worktree', 'Merge What Is Committed'],
      detail: expect.stringMatching(/^2 files are not committed\./) as string,
    });
    expect([requests, folders()]).toEqual([[], [`file://${path}`]]);
    editor.answer = ({ buttons, isModal }) => (isModal ? buttons[1] : undefined);
    await run();
    expect(requests).toMatchObject([{ committedOnly: true }]);
  });

  it('refuses what stands in the way, with the worktree in which it is put right, and asks nothing', async () => {
    const obstacles = [
      { kind: 'uncommitted' as const, text: '2 files are not committed.', path },
      { kind: 'conflicts' as const, text: 'They are in conflict: a.ts.', path },
    ];
    const { requests, run } = promoting({ obstacles });
    await expect(run()).rejects.toMatchObject({
      code: 'conflict',
      message: 'feature was not taken into main. They are in conflict: a.ts.',
      remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path } },
    });
    expect([requests, editor.messages]).toEqual([[], []]);
  });

  it('writes the way back into a terminal, for a person to send', async () => {
    const { run } = promoting();
    editor.answer = ({ isModal }) => (isModal ? 'Merge into main' : 'Undo in Terminal…');
    await run();
    expect(editor.terminals).toMatchObject([{ sent: [`git -C /repo reset --keep ${'b'.repeat(40)}`] }]);
  });

  it('leads on to deleting attempts, the merged one among them, as a delete asks', async () => {
    const { deleted, run } = promoting();
    editor.answer = ({ isModal, buttons, text }) =>
      isModal ? (text.startsWith('Merge') ? 'Merge into main' : buttons.at(-1)) : 'Delete Attempts…';
    const offered: string[] = [];
    editor.picks = (items) => {
      offered.push(...items.map(({ label }) => label));
      return items as never;
    };
    await run();
    expect(offered.sort()).toEqual(['feature', 'other']);
    expect(deleted.sort()).toEqual([path, '/repo.worktrees/other']);
  });

  it('has nothing to merge where the base has all of it, and offers what is left to do', async () => {
    const { requests, run } = promoting({ look: { kind: 'none' } });
    await run();
    expect(requests).toEqual([]);
    expect(editor.messages).toMatchObject([
      { text: 'main has all of feature already.', buttons: ['Delete Attempts…'], isModal: false },
    ]);
  });

  it('shows subjects for what they are', async () => {
    const { run } = promoting({ look: { subjects: hostileTexts } });
    await run();
    expect(editor.messages[0]?.detail).not.toMatch(/\]\(|[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('is on the rows of linked worktrees whose folder is there', () => {
    const { context } = promoting();
    const isOn = (row: string): boolean => {
      const node = context.nodeOf(row);
      return new RegExp(treeRows.worktreeLinked).test((node && toItem(node).contextValue) ?? '');
    };
    expect([isOn(`worktree:${path}`), isOn('worktree:/repo')]).toEqual([true, false]);
  });
});
