import type { AgentStatus } from '../../core/agents/agentStatus';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { agentJson, entryJson, snapshotJson } from './snapshotJson';

/*
 * What `coppice list --json --watch` prints, a line each: media/schemas/list-watch.schema.json. Types of lines and fields are added,
 * never renamed or taken away: others build on them.
 */

/** Of the form of the lines, in the first of them: another one only if a reader of this one would misunderstand. */
const version = 1;

interface Told {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly branch: string | null;
  /** By session. */
  readonly agents: ReadonlyMap<string, AgentStatus>;
}

/** Tells of one snapshot after another what is new of it: all of the first, then what differs from what was told last. */
export class SnapshotNews {
  #worktrees: ReadonlyMap<string, Told> | undefined;
  #shared = '';

  /** @param at when it was so, in milliseconds since the epoch @returns one object a line; none where nothing is new */
  next(snapshot: Snapshot, at: number): object[] {
    const when = { at: new Date(at).toISOString() };
    const { worktrees: _, ...shared } = { worktrees: [], ...snapshotJson({ ...snapshot, entries: [] }) };
    const before = this.#worktrees;
    const now = new Map(snapshot.entries.map((entry) => [entry.worktree.path, told(entry, snapshot)]));
    const sharedText = JSON.stringify(shared);
    const isSharedNew = sharedText !== this.#shared;
    this.#worktrees = now;
    this.#shared = sharedText;
    if (!before)
      return [
        { type: 'snapshot', version, ...when, ...shared, worktrees: [...now.values()].map(({ fields }) => fields) },
      ];
    const lines: object[] = isSharedNew ? [{ type: 'shared', ...when, ...shared }] : [];
    for (const [path, { branch, agents }] of before) {
      if (now.has(path)) continue;
      lines.push(...agentNews(agents, new Map()).map((news) => ({ type: 'agent', ...when, path, branch, ...news })));
      lines.push({ type: 'removed', ...when, path, branch });
    }
    for (const [path, next] of now) {
      const known = before.get(path);
      if (known?.text === next.text) continue;
      const changed = known ? differing(known.fields, next.fields) : [];
      lines.push({ type: 'worktree', ...when, isNew: !known, changed, worktree: next.fields });
      const news = agentNews(known?.agents ?? new Map<string, AgentStatus>(), next.agents);
      lines.push(...news.map((each) => ({ type: 'agent', ...when, path, branch: next.branch, ...each })));
    }
    return lines;
  }
}

function told(entry: WorktreeEntry, snapshot: Snapshot): Told {
  const fields = { ...entryJson(entry, snapshot) };
  // Of a session that several processes have, the first: one that waits comes before the others.
  const agents = new Map<string, AgentStatus>();
  for (const agent of entry.agents ?? []) if (!agents.has(agent.session)) agents.set(agent.session, agent);
  return { text: JSON.stringify(fields), fields, branch: entry.worktree.branch ?? null, agents };
}

function differing(one: Told['fields'], other: Told['fields']): string[] {
  return Object.keys(other).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}

/** Of those whose state is another one; what else is said of an agent is in its worktree's line. */
function agentNews(before: Told['agents'], now: Told['agents']): object[] {
  const ended = [...before].filter(([session]) => !now.has(session));
  const others = [...now].filter(([session, { state, wait }]) => {
    const known = before.get(session);
    return known?.state !== state || known.wait !== wait;
  });
  return [
    ...ended.map(([, agent]) => ({ ...agentJson(agent), state: 'ended', wait: null, was: agent.state })),
    ...others.map(([session, agent]) => ({ ...agentJson(agent), was: before.get(session)?.state ?? null })),
  ];
}
