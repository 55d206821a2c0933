import type { AgentEvent } from './agentEvent';
import type { AgentStatus } from './agentStatus';
import { eventsInOrder, isSameProcess, reduceAgent, type SessionState } from './reduceAgent';

/** Whoever was killed is told of for so long, unless another agent has begun there since. */
const toldMs = 12 * 60 * 60 * 1000;

/** A session as its journal tells it; undefined: there is nothing in it. */
export function sessionOf(events: readonly AgentEvent[]): SessionState | undefined {
  return eventsInOrder(events).reduce<SessionState | undefined>(reduceAgent, undefined);
}

/**
 * The agents in a worktree, those that wait first, then those that were heard of last.
 *
 * @param isAlive undefined: nobody can tell
 */
export function agentsOf(
  sessions: readonly SessionState[],
  isAlive: (session: SessionState) => boolean | undefined,
  now: number,
): AgentStatus[] {
  // A process has one session at a time: of another, its end was not told.
  const latest = sessions.filter(
    (session) =>
      !sessions.some(
        (other) =>
          other !== session && session.pid !== undefined && isSameProcess(session, other) && isLater(other, session),
      ),
  );
  const seen = latest.filter(({ state }) => state !== 'ended').map((session) => ({ session, alive: isAlive(session) }));
  const told = seen.filter(({ session, alive }) => {
    if (alive === true) return true;
    const isOld = Math.abs(now - session.heard) > toldMs;
    const isFollowed = alive === false && seen.some((other) => other.session.heard > session.heard);
    return !isOld && !isFollowed;
  });
  return told
    .map(({ session, alive }) => statusOf(session, alive === false))
    .sort((a, b) => Number(b.state === 'waiting') - Number(a.state === 'waiting') || b.since - a.since);
}

function isLater(one: SessionState, other: SessionState): boolean {
  return one.tick > other.tick || (one.tick === other.tick && one.session > other.session);
}

function statusOf(session: SessionState, isGone: boolean): AgentStatus {
  const { program, pid, started, said, wait } = session;
  const process = pid === undefined ? {} : { process: { pid, ...(started === undefined ? {} : { started }) } };
  const known = { program, session: session.session, ...process, ...(said === undefined ? {} : { said }) };
  if (isGone) return { ...known, state: 'gone', since: session.heard };
  // Those that have ended are not asked for.
  const state = session.state === 'ended' ? 'gone' : session.state;
  return { ...known, state, since: session.since, ...(wait === undefined ? {} : { wait }) };
}
