import type { AgentStatus } from '../../core/agents/agentStatus';
import type { Disposable } from '../../core/event';
import type { Worktree } from '../../core/model';
import type { AgentSessions } from '../../core/ports/agentSessions';
import type { Clock } from '../../core/ports/host';

export interface AgentPorts {
  /** Loaded when worktrees are known: whoever asks for those waits for nothing else. */
  readonly agents?: () => Promise<AgentSessions>;
  readonly clock: Clock;
}

/** A process that is killed tells nobody: how soon that is seen. Milliseconds. */
const lookMs = 5_000;

/** The agents of worktrees, by path; those that have some. */
export async function readAgents(
  { agents, clock }: AgentPorts,
  worktrees: readonly Worktree[],
): Promise<Map<string, readonly AgentStatus[]>> {
  const sessions = await agents?.();
  const found = await Promise.all(
    worktrees.map(async (worktree) => [worktree.path, (await sessions?.read(worktree, clock.now())) ?? []] as const),
  );
  return new Map(found.filter(([, all]) => all.length > 0));
}

/** Follows the agents in worktrees while somebody looks: their news as it comes, and where some live, whether they still do. */
export class AgentWatch {
  #agents: Map<string, readonly AgentStatus[]> = new Map();
  #worktrees: readonly Worktree[] = [];
  #ports: AgentPorts | undefined;
  #watch: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;
  /** The look that a worktree's agents are known from, by path: one that began earlier may end later, and knows less. */
  readonly #lookOf = new Map<string, number>();

  /** @param isWanted whether somebody looks: only then it goes on by itself */
  constructor(
    private readonly isWanted: () => boolean,
    private readonly onChange: () => void,
  ) {}

  /** By the worktree's path. */
  get current(): ReadonlyMap<string, readonly AgentStatus[]> {
    return this.#agents;
  }

  /** Reads them all, and watches them from before that on. Never rejects. */
  async follow(ports: AgentPorts, worktrees: readonly Worktree[]): Promise<void> {
    this.#ports = ports;
    this.#worktrees = worktrees;
    const sessions = await ports.agents?.().catch(() => undefined);
    this.#watch?.dispose();
    this.#watch = this.isWanted() ? sessions?.watch(worktrees, (worktree) => void this.#look([worktree])) : undefined;
    await this.#look(worktrees);
    for (const path of this.#agents.keys())
      if (!worktrees.some((each) => each.path === path)) this.#agents.delete(path);
    this.#lookSoon();
  }

  /** Looks no more until it is told to. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watch?.dispose();
    this.#watch = undefined;
  }

  async #look(worktrees: readonly Worktree[]): Promise<void> {
    const ports = this.#ports;
    const number = ++this.#looks;
    const found = ports && (await readAgents(ports, worktrees).catch(() => undefined));
    if (!found) return;
    let isOther = false;
    for (const { path } of worktrees) {
      if ((this.#lookOf.get(path) ?? 0) > number) continue;
      this.#lookOf.set(path, number);
      const agents = found.get(path);
      if (JSON.stringify(agents) === JSON.stringify(this.#agents.get(path))) continue;
      isOther = true;
      if (agents) this.#agents.set(path, agents);
      else this.#agents.delete(path);
    }
    if (!isOther) return;
    this.#lookSoon();
    this.onChange();
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const living = this.#worktrees.filter(({ path }) => this.#agents.get(path)?.some(({ state }) => state !== 'gone'));
    if (living.length === 0 || !this.isWanted()) return;
    this.#timer = setTimeout(() => void this.#look(living).finally(() => this.#lookSoon()), lookMs);
  }
}
