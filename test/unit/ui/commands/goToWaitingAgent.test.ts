import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentStatus } from '../../../../src/core/agents/agentStatus';
import type { AgentVisits } from '../../../../src/core/ports/agents';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor, type StubTerminal } from '../../../support/vscodeStub';
import { aSnapshot, anEntry, aWorktree } from '../builders';
import { aContext } from '../context';

const go = commandHandlers['coppice.goToWaitingAgent'];
const waits = (since: number, pid?: number): AgentStatus => ({
  program: 'claude-code',
  session: `s${since}`,
  state: 'waiting',
  wait: 'permission',
  said: 'Bash: ls',
  since,
  ...(pid === undefined ? {} : { process: { pid } }),
});

/** Of whom the window of an agent was asked to show it. */
const asked: unknown[] = [];

function withAgents(folder: string, agents: Readonly<Record<string, readonly AgentStatus[]>>) {
  const entries = Object.entries(agents).map(([path, all]) => anEntry({ worktree: aWorktree({ path }), agents: all }));
  const visits: AgentVisits = { ask: async (...to) => void asked.push(to), take: async () => false };
  const store = { snapshot: aSnapshot({ entries }), refresh: async () => undefined };
  return aContext({ store, agents: { visits } }, [folder]).context;
}

function terminal(name: string, pid: number): StubTerminal {
  const made = { name, processId: Promise.resolve(pid), shown: 0, options: {}, sent: [] } as unknown as StubTerminal;
  made.show = () => void made.shown++;
  editor.terminals.push(made);
  return made;
}

describe('Go to Waiting Agent', () => {
  beforeEach(() => {
    editor.reset();
    asked.length = 0;
  });

  it('opens the window of the one that has waited longest, and asks it to show the terminal', async () => {
    await go(withAgents('/a', { '/a': [waits(9)], '/b': [waits(5)], '/c': [waits(7)] }), undefined);
    expect(editor.executed).toEqual([
      ['vscode.openFolder', expect.objectContaining({ path: '/b' }), { forceNewWindow: true }],
    ]);
    expect(asked).toEqual([
      [expect.objectContaining({ path: '/b' }), expect.objectContaining({ session: 's5', since: 5 })],
    ]);
  });

  it('shows its terminal in its own window: the one that it is the program of before the one of its name', async () => {
    const [named, own] = [terminal('Agent', 1), terminal('zsh', 7)];
    await go(withAgents('/a', { '/a': [waits(1, 7)] }), undefined);
    expect([named.shown, own.shown]).toEqual([0, 1]);
    await go(withAgents('/a', { '/a': [waits(1, 8)] }), undefined);
    expect([named.shown, own.shown]).toEqual([1, 1]);
    expect(editor.executed).toEqual([]);
  });

  it('says what it waits for where no terminal has it, and that none waits', async () => {
    const alone = go(withAgents('/a', { '/a': [waits(1, 7)] }), undefined);
    await expect(alone).rejects.toMatchObject({ message: expect.stringContaining('waits for a permission: Bash: ls') });
    const none = go(withAgents('/a', { '/a': [{ ...waits(1), state: 'done' }] }), undefined);
    await expect(none).rejects.toMatchObject({ code: 'notFound', message: 'No agent waits for you.' });
  });
});
