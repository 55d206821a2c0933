import { programsOfManySessions, type AgentEvent } from './agentEvent';
import type { AgentStatus } from './agentStatus';
import { eventsInOrder, isSameProcess, reduceAgent, saysAll, type SessionState } from './reduceAgent';

/** Whoever was killed is told of for so long, unless another agent has begun there since. */
const toldMs = 12 * 60 * 60 * 1000;
/** Milliseconds. */
const unattendedMs = 2_000;

/**
 * A session as its journal tells it, once for each process that has it: two that go on with one session each do and wait for things of
 * their own. The one that was heard of last comes last.
 *
 * @param isWhole false: these are the last ones of more
 */
export function sessionsOf(events: readonly AgentEvent[], isWhole = true): SessionState[] {
  return byProcess(eventsInOrder(events)).flatMap((own) => {
    const state = own.reduce<SessionState | undefined>(reduceAgent, undefined);
    const isBegunKnown = isWhole || own.some(({ kind }) => kind === 'start');
    return state ? [isBegunKnown ? state : { ...state, begun: undefined }] : [];
  });
}

/** Whether nothing that came before these matters to what is known of their session. */
export function tellAll(events: readonly AgentEvent[]): boolean {
  return events.length > 0 && byProcess(events).every((own) => own.some(saysAll));
}

/** The last ones to write come last. Whoever does not say its process is the one that wrote last. */
function byProcess(events: readonly AgentEvent[]): AgentEvent[][] {
  const groups: AgentEvent[][] = [];
  for (const event of events) {
    const index = groups.findLastIndex((group) => {
      const from = group.findLast(({ pid }) => pid !== undefined);
      return event.pid === undefined || from === undefined || isSameProcess(from, event);
    });
    const [own] = index < 0 ? [[]] : groups.splice(index, 1);
    own?.push(event);
    if (own) groups.push(own);
  }
  return groups;
}

/**
 * The agents in a worktree, those that wait first, then those that were heard of last.
 *
 * @param sessions of one that several processes have, the one that was heard of last comes last
 * @param isAlive undefined: nobody can tell
 */
export function agentsOf(
  sessions: readonly SessionState[],
  isAlive: (session: SessionState) => boolean | undefined,
  now: number,
): AgentStatus[] {
  const latest = goingOn(sessions, isAlive).filter(
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
    .map(({ session, alive }) => statusOf(patient(session, now), alive === false))
    .sort((a, b) => Number(b.state === 'waiting') - Number(a.state === 'waiting') || b.since - a.since);
}

/** Where nobody sits in front of a session, what it asks for is mostly refused at once: it waits only once it has waited for a while. */
function patient(session: SessionState, now: number): SessionState {
  const { state, base, pending, notified, askedAt } = session;
  const isSoon = notified === undefined && Math.abs(now - askedAt) < unattendedMs;
  const isRefused = isSoon && pending.length > 0 && pending.every(({ isUnattended }) => isUnattended);
  if (state !== 'waiting' || base === 'failed' || !isRefused) return session;
  const { wait: _, ...rest } = session;
  return { ...rest, state: base };
}

/** Of a session that several processes have or had: those that live; where none is known to, the last one. */
function goingOn(
  sessions: readonly SessionState[],
  isAlive: (session: SessionState) => boolean | undefined,
): readonly SessionState[] {
  const lives = (session: SessionState): boolean => session.state !== 'ended' && isAlive(session) === true;
  return sessions.filter((one, index) => {
    const isOther = ({ session }: SessionState): boolean => session === one.session;
    const [before, after] = [sessions.slice(0, index), sessions.slice(index + 1)].map((each) => each.filter(isOther));
    return lives(one) || (after?.length === 0 && !before?.some(lives));
  });
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
