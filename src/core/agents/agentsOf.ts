import { programsOfManySessions, type AgentEvent } from './agentEvent';
import type { AgentStatus } from './agentStatus';
import { eventsInOrder, isSameProcess, reduceAgent, type SessionState } from './reduceAgent';

/** Whoever was killed is told of for so long, unless another agent has begun there since. */
const toldMs = 12 * 60 * 60 * 1000;

/**
 * A session as its journal tells it; undefined: there is nothing in it.
 *
 * @param isWhole false: these are the last ones of more
 */
export function sessionOf(events: readonly AgentEvent[], isWhole = true): SessionState | undefined {
  const state = eventsInOrder(events).reduce<SessionState | undefined>(reduceAgent, undefined);
  const isBegunKnown = isWhole || events.some(({ kind }) => kind === 'start');
  return state && !isBegunKnown ? { ...state, begun: undefined } : state;
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
  const latest = sessions.filter(
    (session) =>
      !sessions.some(
        (other) =>
          other !== session &&
          session.pid !== undefined &&
          isSameProcess(session, other) &&
          isLater(other, session) &&
          isLeftFor(session, other),
      ),
  );
  const seen = latest.filter(({ state }) => state !== 'ended').map((session) => ({ session, alive: isAlive(session) }));
  const told = seen.filter(({ session, alive }) => {
    if (alive === true) return true;
    const isOld = Math.abs(now - session.heard) > toldMs;
    const isFollowed =
      alive === false && seen.some(({ session: { begun } }) => begun !== undefined && begun.at > session.heard);
    return !isOld && !isFollowed;
  });
  return told
    .map(({ session, alive }) => statusOf(session, alive === false))
    .sort((a, b) => Number(b.state === 'waiting') - Number(a.state === 'waiting') || b.since - a.since);
}

/**
 * Whether a process has left one of its sessions for a later one. Where it has one at a time it has: of the other, its end was not told.
 * Of many, what goes on or waits goes on and waits beside the later one; what rested as that began has been seen.
 */
function isLeftFor({ program, state, tick }: SessionState, { begun }: SessionState): boolean {
  if (!programsOfManySessions.has(program)) return true;
  return (state === 'idle' || state === 'done') && begun !== undefined && begun.tick > tick;
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
