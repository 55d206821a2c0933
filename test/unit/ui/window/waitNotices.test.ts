import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentStatus } from '../../../../src/core/agents/agentStatus';
import type { Snapshot } from '../../../../src/core/model';
import { LazyWaitNotices } from '../../../../src/ui/window/lazyWaitNotices';
import { WaitNotices } from '../../../../src/ui/window/waitNotices';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, hostileTexts } from '../builders';
import { aContext } from '../context';

const agent = (change: Partial<AgentStatus> = {}): AgentStatus => ({
  ...{ program: 'claude-code', session: 's', state: 'waiting', wait: 'permission', said: 'Bash: ls', since: 1 },
  ...change,
});
const withAgents = (...agents: AgentStatus[]): Snapshot => aSnapshot({ entries: [anEntry({ agents })] });
const waiting = withAgents(agent());
const text = 'The agent in feature waits for a permission: Bash: ls';

/** Windows that share what is told of a worktree's agents. */
function windows(told = new Set<string>()) {
  const open = () => {
    const { context, publish } = aContext({
      agents: {
        isFirstToTell: async (_, { session, since }) => {
          const key = `${session} ${since}`;
          const isFirst = !told.has(key);
          told.add(key);
          return isFirst;
        },
      },
    });
    const notices = new WaitNotices(context);
    return {
      context,
      publish,
      show: (next: Snapshot) => {
        publish(next);
        notices.update(next);
      },
      dispose: () => notices.dispose(),
    };
  };
  return { open, told };
}
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5_000);
const texts = (): string[] => editor.messages.map((message) => message.text);

describe('that an agent waits', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    editor.reset();
  });

  it('is said once of each wait, whatever else changes, and leads to it', async () => {
    const { open } = windows();
    const one = open();
    editor.answer = () => 'Go to Agent';
    one.show(waiting);
    one.show(withAgents(agent({ said: 'Bash: ls -l' })));
    await settled();
    one.show(withAgents(agent({ state: 'working', since: 2 })));
    one.show(withAgents(agent({ since: 3, wait: 'plan' })));
    await settled();
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toContain('waits with a plan');
    expect(editor.messages[0]?.buttons).toEqual(['Go to Agent']);
    expect(editor.executed.map(([id]) => id)).toEqual(['vscode.openFolder', 'vscode.openFolder']);
    one.dispose();
  });

  it('is said in one of several windows, first of all in the one that a person looks at', async () => {
    const { open, told } = windows();
    const [behind, inFront] = [open(), open()];
    editor.focus(false);
    behind.show(waiting);
    expect(told.size).toBe(0);
    editor.focus(true);
    inFront.show(waiting);
    await settled();
    expect(texts()).toEqual([text]);
    behind.dispose();
    inFront.dispose();
  });

  it('is not said of one that was answered before anybody looked', async () => {
    const { open, told } = windows();
    editor.focus(false);
    const one = open();
    one.show(waiting);
    one.show(withAgents(agent({ state: 'working', since: 2 })));
    await settled();
    expect([texts(), told.size]).toEqual([[], 0]);
    one.dispose();
  });

  it.each(hostileTexts)('shows %j, which an agent says, as text', async (said) => {
    const one = windows().open();
    one.show(withAgents(agent({ said })));
    await settled();
    expect(texts()).toEqual([expect.stringMatching(/^The agent in feature waits for a permission: /)]);
    expect(texts()[0]).not.toMatch(/\]\(|\p{Cc}|\u202e/u);
    one.dispose();
  });

  it('is said only where a person has switched it on, and nothing is loaded before one waits', async () => {
    let loads = 0;
    const { open } = windows();
    const load = async () => (loads++, WaitNotices);
    const { context, publish } = open();
    publish(waiting);
    const lazy = new LazyWaitNotices(load, context);
    lazy.update(waiting);
    editor.settings.set('coppice.agent.notify', true);
    lazy.update(withAgents(agent({ state: 'working' })));
    await settled();
    expect([loads, texts()]).toEqual([0, []]);
    lazy.update(waiting);
    lazy.update(waiting);
    await settled();
    expect([loads, texts()]).toEqual([1, [text]]);
    lazy.dispose();
  });
});
