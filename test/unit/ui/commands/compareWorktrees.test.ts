import { beforeEach, describe, expect, it } from 'vitest';
import type { CompareRequest, WorktreeComparison } from '../../../../src/app/compare/compareWorktrees';
import { compareWorktrees } from '../../../../src/ui/commands/compareWorktrees';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, aWorktree, bareMain } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const one = anEntry({ worktree: aWorktree({ branch: 'try/one', path: '/w/one' }) });
const two = anEntry({ worktree: aWorktree({ branch: 'try/two', path: '/w/two' }) });
const gone = anEntry({ worktree: aWorktree({ branch: 'gone', path: '/w/gone', prunable: 'gone' }) });
const snapshot = aSnapshot({ entries: [bareMain, one, two, gone] });
const files = [{ path: 'a\u202e.ts', added: 1, removed: 0, isUntracked: false }];
const comparison: WorktreeComparison = {
  ...{ snapshot, base: 'abc', overlaps: [{ path: 'a.ts', names: ['try/one', 'try/two'] }] },
  attempts: [one, two].map((entry, at) => ({
    ...{ entry, name: entry.worktree.branch ?? '', metrics: undefined, database: undefined },
    work: { value: { commits: at + 1, subjects: [], files, isCut: false } },
  })),
};

function comparing(chosen: readonly string[] | undefined) {
  const asked: CompareRequest[] = [];
  let offered: readonly string[] = [];
  editor.picks = (items) => {
    offered = items.map(({ label }) => label);
    return (chosen && items.filter(({ label }) => chosen.includes(label))) as never;
  };
  const compare = async (input: CompareRequest) => (asked.push(input), comparison);
  const { context, publish, calls } = aContext({ diagnosis: { compare } });
  publish(snapshot);
  const shown = () => editor.documents.map((uri) => context.descriptions.provideTextDocumentContent(uri as never));
  const paths = () => asked.map((each) => each.paths);
  return { context, calls, shown, paths, offered: () => offered };
}

describe('Compare Worktrees', () => {
  it('shows the selected rows side by side, as they are now', async () => {
    const { context, calls, shown, paths } = comparing(undefined);
    const rows = ['worktree:/w/one', 'worktree:/w/two'];
    await compareWorktrees(context, rows[1], rows);
    expect(paths()).toEqual([['/w/one', '/w/two']]);
    expect(calls).toContain('refresh');
    expect(editor.documents).toMatchObject([{ path: '/Comparison of one, two.txt' }]);
    expect(shown()[0]).toMatch(/^commits +1 +2$/m);
    expect(shown()[0]).toMatch(/^a\ufffd\.ts +\+1 -0 +\+1 -0$/m);
    expect(shown()[0]).toContain('Changed in more than one: a.ts (try/one, try/two).');
  });

  it('asks what to compare one row with, and never offers that row or one whose folder is gone', async () => {
    const { context, paths, offered } = comparing(['try/two']);
    await compareWorktrees(context, 'worktree:/w/one', ['worktree:/w/one']);
    expect([...offered()].sort()).toEqual(['main', 'try/two']);
    expect(paths()).toEqual([['/w/one', '/w/two']]);
  });

  it('asks for all of them where no row is meant, refuses one alone, and does nothing when turned away', async () => {
    const { context, paths, offered } = comparing(['try/one']);
    await expect(compareWorktrees(context, undefined)).rejects.toThrow('needs two worktrees or more');
    expect([...offered()].sort()).toEqual(['main', 'try/one', 'try/two']);
    editor.picks = () => undefined;
    await compareWorktrees(context, undefined);
    expect([paths(), editor.documents]).toEqual([[], []]);
  });
});
