import { beforeEach, describe, expect, it } from 'vitest';
import { commandHandlers } from '../../../src/ui/commands/register';
import { editor } from '../../support/vscodeStub';
import { aContext } from './context';

const startAgent = commandHandlers['coppice.startAgent'];

function someAgents(folder: string) {
  const asked: string[] = [];
  const { context } = aContext(
    { environmentVariables: async () => ({ A: '1' }), requestAgent: async (path) => void asked.push(path) },
    [folder],
  );
  return { context, asked };
}

describe('Start Agent', () => {
  beforeEach(() => {
    editor.reset();
    editor.settings.set('coppice.agent.command', 'claude');
  });

  it("runs in the window's own worktree at once", async () => {
    const { context, asked } = someAgents('/repo.worktrees/feature');
    await startAgent(context, undefined);
    expect(editor.terminals.map(({ sent }) => sent)).toEqual([['claude']]);
    expect(asked).toEqual([]);
  });

  it('asks the own window of another worktree, and opens it', async () => {
    const { context, asked } = someAgents('/repo');
    await startAgent(context, 'worktree:/repo.worktrees/feature');
    expect(editor.terminals).toEqual([]);
    expect(asked).toEqual(['/repo.worktrees/feature']);
    expect(editor.executed.map(([id]) => id)).toEqual(['vscode.openFolder']);
  });
});
