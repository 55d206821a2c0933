import { beforeEach, expect, it } from 'vitest';
import type { CleanedUp, CleanUpRequest } from '../../../../src/app/cleanup/cleanUp';
import type { EmptiedTrash, EmptyTrashRequest } from '../../../../src/app/trash/emptyTrash';
import type { CleanupRow } from '../../../../src/app/cleanup/cleanupRow';
import { worktreeView } from '../../../../src/app/view/worktreeView';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, aWorktree, hostileTexts } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

function aRow(branch: string, change: Partial<CleanupRow> = {}): CleanupRow {
  const worktree = aWorktree({ branch, path: `/repo.worktrees/${branch}` });
  return {
    worktree,
    identity: undefined,
    view: worktreeView(anEntry({ worktree, identity: undefined, environment: undefined }), aSnapshot()),
    ...{ size: { bytes: 2048, isCut: false }, madeAt: 0, usedAt: 0 },
    branch: { kind: 'merged', rule: 'ancestor', into: 'main' },
    ...{ protections: [], untold: [], isProposed: true, ...change },
  };
}

const merged = aRow('merged', { size: { bytes: 1024, isCut: false } });
const pushed = aRow('pushed', { branch: { kind: 'pushed', to: 'origin/pushed' } });
const recent = aRow('recent', { isProposed: false, untold: ['database'] });
const dirty = aRow('dirty', {
  protections: [{ kind: 'loss', loss: { kind: 'uncommitted', count: 1, examples: ['a.ts'] } }],
  isProposed: false,
});

interface Item {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly picked?: boolean;
}

/** @param chosen names of worktrees; undefined: the person turns away */
async function cleaning(
  rows: readonly CleanupRow[],
  chosen: readonly string[] | undefined,
  outcomes?: CleanedUp,
  trash: EmptiedTrash = { outcomes: [], left: [] },
) {
  const requests: CleanUpRequest[] = [];
  const emptied: EmptyTrashRequest[] = [];
  let shown: readonly Item[] = [];
  editor.picks = (items) => {
    shown = items;
    return (chosen && items.filter(({ label }) => chosen.includes(label))) as never;
  };
  const { context } = aContext(
    {
      cleanup: {
        list: async () => ({ rows, orphans: [], days: 7 }),
        remove: async (request) => {
          requests.push(request);
          return outcomes ?? { outcomes: [] };
        },
      },
      environments: { sweepTrash: async () => undefined },
      trash: { empty: async (request) => (emptied.push(request), trash) },
    },
    ['/repo'],
  );
  await commandHandlers['coppice.cleanUpWorktrees'](context, undefined);
  return { requests, shown, emptied };
}

it('shows what can go before what stays, the largest first, and has chosen what is merged and long unused', async () => {
  const { requests, shown } = await cleaning([dirty, merged, recent, pushed], undefined);
  expect(shown.map(({ label, picked }) => [label, picked === true])).toEqual([
    ['Can go', false],
    ['recent', false],
    ['pushed', false],
    ['merged', true],
    ['Stays', false],
    ['dirty', false],
  ]);
  expect(shown[3]?.description).toMatch(
    /^1\.0 KiB · unused for \d+ days · merged into main \(no commits of its own\)$/,
  );
  expect(shown[1]?.description).toMatch(/ · what was written to its database is looked for first$/);
  expect(shown[5]?.detail).toBe('Stays: 1 uncommitted change (a.ts) · /repo.worktrees/dirty');
  expect({ requests, messages: editor.messages }).toEqual({ requests: [], messages: [] });
});

it('removes what was chosen once it is confirmed, and never what is protected', async () => {
  const result = { environment: 'none', worktree: 'deleted', branch: 'kept', undo: 'one' } as const;
  editor.answer = ({ buttons }) => buttons[0];
  const { requests } = await cleaning([merged, dirty], ['merged', 'dirty'], {
    outcomes: [{ worktree: merged.worktree, kind: 'removed', result }],
  });
  expect(requests).toEqual([{ folder: '/repo', here: ['/repo'], paths: [merged.worktree.path], seen: [merged] }]);
  const [question, told] = editor.messages;
  expect(question).toMatchObject({
    isModal: true,
    text: 'Remove 1 worktree, 1.0 KiB?',
    buttons: ['Remove', 'Remove for Good'],
  });
  expect(question?.detail).toContain('These stay:\n• dirty: 1 uncommitted change (a.ts)');
  expect(told).toMatchObject({ severity: 'information', text: '1 worktree removed.', buttons: ['Undo Delete…'] });
  expect(editor.executed).toEqual([['coppice.undoDelete']]);
});

it('frees the disk at once where that was chosen, and of what the trash keeps says why', async () => {
  const result = { environment: 'none', worktree: 'deleted', branch: 'kept', undo: 'one' } as const;
  const outcomes = { outcomes: [{ worktree: merged.worktree, kind: 'removed', result } as const] };
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Remove for Good');
  const { emptied } = await cleaning([merged], ['merged'], outcomes);
  expect(emptied).toEqual([{ folder: '/repo', ids: ['one'] }]);
  expect(editor.messages[0]?.detail).toMatch(
    /Undo Delete brings worktrees back for 24 hours; until then they take .+ "Remove for Good" frees it at once\.$/,
  );
  expect(editor.messages[0]?.detail).not.toContain('Environments go');
  expect(editor.messages.at(-1)).toMatchObject({ text: '1 worktree removed for good.', buttons: [] });
  editor.reset();
  editor.answer = ({ isModal, buttons }) => (isModal ? buttons[1] : undefined);
  const kept = { kind: 'kept', id: 'one', error: new AppError('conflict', 'Somebody undoes it.') } as const;
  await cleaning([merged], ['merged'], outcomes, { outcomes: [kept], left: [] });
  expect(editor.messages.at(-1)).toMatchObject({
    ...{ severity: 'warning', buttons: ['Undo Delete…'] },
    text: '1 worktree removed. The trash keeps one: Somebody undoes it.',
  });
});

it('removes nothing without a yes, nor where nothing that was chosen can go', async () => {
  expect((await cleaning([merged], ['merged'])).requests).toEqual([]);
  expect(editor.messages).toHaveLength(1);
  editor.reset();
  editor.answer = ({ buttons }) => buttons[0];
  expect((await cleaning([dirty], ['dirty'])).requests).toEqual([]);
  expect(editor.messages).toMatchObject([{ text: 'None of these can go.', buttons: [] }]);
});

it('says what stayed after all, and what failed', async () => {
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Remove');
  await cleaning([merged, pushed], ['merged', 'pushed'], {
    outcomes: [
      {
        worktree: merged.worktree,
        kind: 'kept',
        protections: [{ kind: 'program', programs: [{ pid: 7, name: 'vi' }] }],
      },
      { worktree: pushed.worktree, kind: 'failed', error: new AppError('denied', 'It is not yours.') },
    ],
  });
  expect(editor.messages.at(-1)).toMatchObject({
    severity: 'warning',
    text: '0 worktrees removed. merged stays: vi (process 7) works in it. pushed was not removed: It is not yours.',
  });
});

it('says what a delete has left, what it has lost, and where commits stay', async () => {
  const result = {
    environment: 'none',
    worktree: 'deleted',
    branch: 'deleted',
    left: 'what could not be deleted (EACCES) lies in /trash/one',
    lost: '/repo.worktrees/merged was on another file system than its repository: its files are deleted.',
    recovery: ['refs/coppice/recovery/now/merged'],
  } as const;
  editor.answer = ({ buttons }) => buttons[0];
  await cleaning([merged], ['merged'], { outcomes: [{ worktree: merged.worktree, kind: 'removed', result }] });
  expect(editor.messages.at(-1)?.text).toBe(
    '1 worktree removed. merged: /repo.worktrees/merged was on another file system than its repository: its files are deleted. merged: What could not be deleted (EACCES) lies in /trash/one. merged: Commits that nothing else has stay at refs/coppice/recovery/now/merged.',
  );
});

it.each(hostileTexts)('shows %j as it is written', async (text) => {
  const { shown } = await cleaning([aRow(text, { protections: [{ kind: 'refused', text }] })], undefined);
  for (const told of [shown[1]?.label, shown[1]?.detail]) expect(told).not.toMatch(/(?<!\\)\$\(|[\u0000-\u001f\u202e]/);
});
