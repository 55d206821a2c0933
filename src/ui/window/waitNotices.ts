import * as vscode from 'vscode';
import { agentLine, waitingAgents, type WaitingAgent } from '../../app/view/agentWords';
import type { Disposable } from '../../core/event';
import type { Snapshot } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { linkless, plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { goToAgent } from '../terminals/goToAgent';

/** The window that a person looks at tells first; the others wait for so long. Milliseconds. */
const courtesyMs = 1_500;

const goTo = 'Go to Agent';

/** Says, where a person wants that, that an agent waits for them: each wait once, in one of the windows. */
export class WaitNotices implements Disposable {
  readonly #context: Pick<CommandContext, 'dependencies' | 'snapshot' | 'windowEntry'>;
  /** Waits that this window has seen. */
  readonly #seen = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isDisposed = false;

  /** @param context what it says of the snapshot is what is known now */
  constructor(context: Pick<CommandContext, 'dependencies' | 'snapshot' | 'windowEntry'>) {
    this.#context = context;
  }

  /** Call it with each news of the snapshot. */
  update(snapshot: Snapshot): void {
    for (const waiting of waitingAgents(snapshot)) {
      const key = keyOf(waiting);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      if (vscode.window.state.focused) void this.#tell(key);
      else this.#tellLater(key);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #tellLater(key: string): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#tell(key);
    }, courtesyMs);
    this.#timers.add(timer);
  }

  /** Never rejects. */
  async #tell(key: string): Promise<void> {
    const { dependencies } = this.#context;
    try {
      // It may have been answered meanwhile.
      const waiting = waitingAgents(this.#context.snapshot).find((each) => keyOf(each) === key);
      if (!waiting || this.#isDisposed) return;
      const { entry, agent } = waiting;
      if (!(await dependencies.agents.isFirstToTell(entry.worktree, agent))) return;
      const text = plainLine(`The agent in ${plainWorktreeName(entry)} ${agentLine(agent)}`);
      if ((await vscode.window.showInformationMessage(linkless(text), goTo)) === goTo)
        await goToAgent(this.#context, waiting);
    } catch (error) {
      dependencies.log.warn(`Nothing was said of an agent that waits: ${String(error)}`);
    }
  }
}

function keyOf({ entry, agent }: WaitingAgent): string {
  return [entry.worktree.path, agent.session, agent.since].join('\n');
}
