import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WorktreeFilter } from '../../../../src/app/view/worktreeFilter';
import type { Snapshot } from '../../../../src/core/model';
import { emptyTree, toTree } from '../../../../src/ui/tree/nodes';
import { WorktreesView } from '../../../../src/ui/tree/worktreesView';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aSnapshot, aWorktree, bareMain, offline, soonAfter } from '../builders';

beforeEach(() => editor.reset());
afterEach(() => vi.useRealTimers());

const failing = anEntry({
  worktree: aWorktree({ branch: 'bad\u202eone', path: '/bad' }),
  environment: anEnvironment({ health: 'degraded' }),
});

const unfiltered = { filter: undefined, measure: async () => undefined };

it('has a badge that counts what fails, and none where nothing does', () => {
  const view = new WorktreesView(
    async () => undefined,
    unfiltered,
    () => emptyTree,
  );
  view.show(aSnapshot());
  expect(editor.badges).toEqual([]);
  const entries = [bareMain, anEntry(), failing];
  view.show(aSnapshot({ entries }));
  view.show(aSnapshot({ entries }));
  expect(editor.badges).toEqual([{ value: 1, tooltip: '1 of 2 environments is failing: bad\ufffdone' }]);
  view.show(aSnapshot({ entries, cluster: offline }));
  expect(editor.badges.at(-1)).toBeUndefined();
  view.show(aSnapshot({ entries }));
  view.show(undefined);
  expect(editor.badges).toHaveLength(4);
  expect(editor.badges.at(-1)).toBeUndefined();
  view.dispose();
});

it('counts the agents that wait beside what fails', () => {
  const view = new WorktreesView(
    async () => undefined,
    unfiltered,
    () => emptyTree,
  );
  const agents = [{ program: 'claude-code', session: 's', state: 'waiting', since: 5 }] as const;
  view.show(aSnapshot({ entries: [bareMain, { ...anEntry(), agents }] }));
  expect(editor.badges.at(-1)).toEqual({ value: 1, tooltip: '1 agent waits for you' });
  view.show(aSnapshot({ entries: [bareMain, { ...failing, agents }] }));
  expect(editor.badges.at(-1)).toEqual({
    value: 2,
    tooltip: '1 of 1 environment is failing: bad\ufffdone\n1 agent waits for you',
  });
  view.dispose();
});

it('says what a filter leaves, and leaves it to the empty view where that is nothing', () => {
  const list: { filter: WorktreeFilter | undefined; measure(): Promise<void> } = { ...unfiltered };
  let snapshot: Snapshot = aSnapshot({ entries: [bareMain, anEntry(), failing] });
  const view = new WorktreesView(
    async () => undefined,
    list,
    () => toTree(snapshot, [], [], list),
  );
  view.show(snapshot);
  list.filter = 'failing';
  view.show(snapshot);
  view.show(snapshot);
  snapshot = aSnapshot({ entries: [bareMain, anEntry()] });
  view.show(snapshot);
  expect(editor.viewMessages).toEqual(['1 of 3 worktrees: those that fail', '']);
  view.dispose();
});

it('keeps its rows up with the clock while somebody sees it', () => {
  vi.useFakeTimers({ now: soonAfter });
  const snapshot: Snapshot = aSnapshot();
  let drawn = 0;
  const view = new WorktreesView(
    async () => undefined,
    unfiltered,
    () => (drawn++, toTree(snapshot, [])),
  );
  const row = () => editor.treeData?.getTreeItem('worktree:/repo.worktrees/feature').description;
  view.show(snapshot);
  expect(row()).toBe('1/1 · 3m');
  editor.showView(true);
  vi.advanceTimersByTime(120_000);
  expect(row()).toBe('1/1 · 5m');
  expect(drawn).toBe(3);
  editor.showView(false);
  vi.advanceTimersByTime(600_000);
  expect(drawn).toBe(3);
  editor.showView(true);
  view.dispose();
  vi.advanceTimersByTime(600_000);
  expect(drawn).toBe(3);
});

it('knows the row that a key is pressed on by what was toggled', () => {
  const view = new WorktreesView(
    async () => undefined,
    unfiltered,
    () => emptyTree,
  );
  editor.select(['a']);
  expect(view.takeFocused()).toBeUndefined();
  editor.select(['a', 'b']);
  editor.select(['a']);
  expect(view.takeFocused()).toBe('b');
  view.dispose();
});
