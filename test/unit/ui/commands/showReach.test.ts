import { beforeEach, describe, expect, it } from 'vitest';
import type { ReachRequest, WorktreeReach } from '../../../../src/app/reach/readReach';
import { reachText } from '../../../../src/app/reach/reachText';
import { showReach } from '../../../../src/ui/commands/showReach';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, aWorktree } from '../builders';
import { aContext } from '../context';

const path = '/repo.worktrees/feature';
const reach: WorktreeReach = {
  name: 'feature',
  reached: [{ kind: 'ssh', what: 'the SSH agent at /agent', means: 'it can push' }],
  closed: ['Docker at /var/run/docker.sock'],
  sandboxed: ['network: no host'],
};

beforeEach(() => editor.reset());

function aWindow(answer: WorktreeReach, folders: readonly string[] = []) {
  const asked: ReachRequest[] = [];
  const { context, publish } = aContext({ health: { reach: async (input) => (asked.push(input), answer) } }, folders);
  const other = anEntry({ worktree: aWorktree({ path: '/repo.worktrees/other', branch: 'other' }) });
  publish(aSnapshot({ entries: [anEntry(), other] }));
  const shown = (): readonly string[] =>
    editor.documents.map((uri) => context.descriptions.provideTextDocumentContent(uri as never));
  return { asked, context, shown };
}

describe('what a worktree can reach', () => {
  it('is a document in the words of the terminal, of the row', async () => {
    const { asked, context, shown } = aWindow(reach);
    await showReach(context, `worktree:${path}`);
    expect(asked).toEqual([{ folder: path, path }]);
    expect(shown()).toEqual([
      `${reachText(reach).join('\n')}\n\nAs it is now, for the user and the variables of this window.\n`,
    ]);
    expect(editor.documents).toMatchObject([{ scheme: 'coppice-describe', path: '/What feature can reach.txt' }]);
  });

  it("is that of the window's worktree where the palette asks", async () => {
    const { asked, context } = aWindow(reach, ['/repo.worktrees/other/src']);
    await showReach(context, undefined);
    expect(asked.map((each) => each.path)).toEqual(['/repo.worktrees/other']);
  });

  it('has no characters in it that would show another name than there is', async () => {
    const { context, shown } = aWindow({ ...reach, name: 'fea\u202eture', reached: [], closed: [] });
    await showReach(context, `worktree:${path}`);
    expect(shown().join('')).toContain('What runs in fea\ufffdture can reach');
  });
});
