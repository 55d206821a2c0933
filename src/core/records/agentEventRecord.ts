import type { RecordKind } from '@coppice/host/migrateRecord';
import { agentEventKinds, agentTitles, agentWaits, type AgentEvent } from '../agents/agentEvent';

/** A line of `coppice-agents/<session>.jsonl` in a worktree's git directory: what a hook of an agent there has told. */
export const agentEventRecord: RecordKind<AgentEvent> = {
  version: 1,
  steps: {},
  problem: ({ kind, session, program, at, tick, machine, helper, wait, asked, said, pid, started }) => {
    const isTold =
      isOneOf(agentEventKinds, kind) &&
      isOneOf(Object.keys(agentTitles), program) &&
      typeof session === 'string' &&
      Number.isFinite(at) &&
      Number.isFinite(tick) &&
      typeof machine === 'string';
    if (!isTold) return 'it does not say what an agent did, and when';
    const isRight =
      (wait === undefined || isOneOf(agentWaits, wait)) &&
      [helper, said, started].every((text) => text === undefined || typeof text === 'string') &&
      (pid === undefined || Number.isSafeInteger(pid)) &&
      (asked === undefined || (Array.isArray(asked) && asked.every((each) => typeof each === 'string')));
    return isRight ? undefined : 'what it says of an agent is of another kind';
  },
};

function isOneOf(all: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && all.includes(value);
}
