import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentStatus } from '../../../../src/core/agents/agentStatus';
import { showVisited } from '../../../../src/ui/terminals/showVisited';
import { editor, type StubTerminal } from '../../../support/vscodeStub';
import { anEntry } from '../builders';
import { someDependencies } from '../context';

const agent = (change: Partial<AgentStatus> = {}): AgentStatus => ({
  ...{ program: 'claude-code', session: 's', state: 'waiting', since: 1, process: { pid: 7 } },
  ...change,
});

/** Where somebody wants to go to the session 's'. */
function aWindow(take: () => Promise<boolean> = async () => true) {
  const asked: string[] = [];
  const { dependencies, logged } = someDependencies({
    agents: {
      visits: {
        ask: async () => undefined,
        take: async (_, { session, since }) => {
          asked.push(`${session} ${since}`);
          return session === 's' && (await take());
        },
      },
    },
  });
  return {
    asked,
    logged,
    show: (agents?: readonly AgentStatus[]) => showVisited(dependencies, anEntry(agents ? { agents } : {})),
  };
}

function terminal(name: string, pid: number): StubTerminal {
  const made = { name, processId: Promise.resolve(pid), shown: 0, options: {}, sent: [] } as unknown as StubTerminal;
  made.show = () => void made.shown++;
  editor.terminals.push(made);
  return made;
}

describe('a waiting agent that somebody wants to go to from another window', () => {
  beforeEach(() => editor.reset());

  it('has its terminal shown, and no other one', async () => {
    const [other, own] = [terminal('zsh', 6), terminal('Agent', 7)];
    await aWindow().show([agent({ session: 't', process: { pid: 6 } }), agent()]);
    expect([other.shown, own.shown]).toEqual([0, 1]);
  });

  it('is left to the window that has its terminal, and nothing is asked of one that does not wait', async () => {
    const without = aWindow();
    await without.show([agent()]);
    terminal('Agent', 7);
    await without.show([agent({ state: 'working' })]);
    await without.show();
    expect(without.asked).toEqual([]);
  });

  it('is no failure where it cannot be told', async () => {
    const own = terminal('Agent', 7);
    const { show, logged } = aWindow(async () => {
      throw new Error('no disk');
    });
    await show([agent()]);
    expect(own.shown).toBe(0);
    expect(logged.join('\n')).toContain('no disk');
  });
});
