import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

const startAgent = commandHandlers['coppice.startAgent'];

function someAgents(folder: string) {
  const asked: string[] = [];
  const { context } = aContext(
    {
      environments: { variables: async () => ({ A: '1' }) },
      agents: {
        request: async (path, { resumes, isSandboxed }) =>
          void asked.push([path, resumes ? 'again' : '', isSandboxed ? 'boxed' : ''].filter(Boolean).join(' ')),
        find: async (command, path, task) => {
          if (command === 'none') throw new AppError('missingTool', 'It was not found.');
          const isVerbatim = command === 'batch';
          return {
            file: `/bin/${command}`,
            argv: isVerbatim
              ? ['/c', '"a b"']
              : ['--in', path, ...(task?.resumes ? ['again'] : []), ...(task?.isSandboxed ? ['boxed'] : [])],
            isVerbatim,
          };
        },
      },
    },
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
    expect(
      editor.terminals.map(({ sent, options }) => [sent, options.shellPath, options.shellArgs, options.env]),
    ).toEqual([[[], '/bin/claude', ['--in', '/repo.worktrees/feature'], { A: '1' }]]);
    expect(asked).toEqual([]);
  });

  it('passes a command line of Windows on as it is, and says when there is no program', async () => {
    const { context } = someAgents('/repo.worktrees/feature');
    editor.settings.set('coppice.agent.command', 'batch');
    await startAgent(context, undefined);
    expect(editor.terminals[0]?.options).toMatchObject({ shellPath: '/bin/batch', shellArgs: '/c "a b"' });
    editor.settings.set('coppice.agent.command', 'none');
    await expect(startAgent(context, undefined)).rejects.toMatchObject({ code: 'missingTool' });
    expect(editor.terminals).toHaveLength(1);
  });

  it('goes on with its last session where that is asked', async () => {
    const { context, asked } = someAgents('/repo.worktrees/feature');
    await commandHandlers['coppice.continueAgent'](context, undefined);
    expect(editor.terminals[0]?.options.shellArgs).toEqual(['--in', '/repo.worktrees/feature', 'again']);
    expect(asked).toEqual([]);
    const other = someAgents('/repo');
    await commandHandlers['coppice.continueAgent'](other.context, 'worktree:/repo.worktrees/feature');
    expect(other.asked).toEqual(['/repo.worktrees/feature again']);
  });

  it('starts it in a sandbox where that is asked, and goes on in one until it is started without', async () => {
    const { context, asked } = someAgents('/repo.worktrees/feature');
    const run = (id: 'startAgent' | 'startAgentInSandbox' | 'continueAgent') =>
      commandHandlers[`coppice.${id}`](context, undefined);
    await run('startAgentInSandbox');
    await run('continueAgent');
    await run('startAgent');
    await run('continueAgent');
    const words = editor.terminals.map(({ options }) => (options.shellArgs as string[]).slice(2).join(' '));
    expect(words).toEqual(['boxed', 'again boxed', '', 'again']);
    await commandHandlers['coppice.startAgentInSandbox'](context, 'worktree:/repo');
    expect(asked).toEqual(['/repo boxed']);
  });

  it('asks the own window of another worktree, and opens it', async () => {
    const { context, asked } = someAgents('/repo');
    await startAgent(context, 'worktree:/repo.worktrees/feature');
    expect(editor.terminals).toEqual([]);
    expect(asked).toEqual(['/repo.worktrees/feature']);
    expect(editor.executed.map(([id]) => id)).toEqual(['vscode.openFolder']);
  });
});
