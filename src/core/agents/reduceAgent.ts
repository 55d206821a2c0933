import type { AgentEvent, AgentProgramName, AgentWait } from './agentEvent';
import type { AgentState } from './agentStatus';

/** What is known of a session after some of its events. */
export interface SessionState {
  readonly program: AgentProgramName;
  readonly session: string;
  readonly state: Exclude<AgentState, 'gone'> | 'ended';
  readonly wait?: AgentWait;
  readonly since: number;
  /** When it was last heard of. */
  readonly heard: number;
  /** Of its process; later is more. */
  readonly tick: number;
  readonly said?: string;
  readonly machine: string;
  readonly pid?: number | undefined;
  readonly started?: string | undefined;
  /** What was asked for and has not ended. */
  readonly pending: readonly Pending[];
  /** What it says by itself, without what is pending. */
  readonly base: Exclude<AgentState, 'gone' | 'waiting'> | 'failed' | 'ended';
  /** The person was told that it waits, and for what; `pending` may say it nearer. */
  readonly notified: AgentWait | undefined;
  /** When it began last; undefined: before what is left of its journal. */
  readonly begun: { readonly at: number; readonly tick: number } | undefined;
  /** When it last said by itself what it does, and when something last said that it waits. Milliseconds since the epoch. */
  readonly spokeAt: number;
  readonly askedAt: number;
  /** Its turn is over, and helpers run on behind it. */
  readonly isBehind: boolean;
}

interface Pending {
  readonly key: string;
  readonly helper: string | undefined;
  readonly wait: AgentWait;
  readonly isUnattended: boolean;
}

/**
 * The state of one session by its events, oldest first (`eventsInOrder`). Events may be missing, come twice, or be of a session whose
 * beginning nobody has seen: each says enough for itself, so that the state is right again with the next one.
 */
export function reduceAgent(before: SessionState | undefined, event: AgentEvent): SessionState {
  const known = before ?? begin(event);
  // What a hook says late of a session that has ended does not bring it back.
  const isOver =
    known.base === 'ended' && event.kind !== 'start' && event.kind !== 'prompt' && isSameProcess(known, event);
  if (isOver) return known;
  const { helper } = event;
  const next = {
    ...known,
    ...bodyOf(known, event),
    ...processOf(known, event),
    ...timesOf(known, event),
    tick: event.tick,
    heard: event.at,
  };
  const said = helper === undefined || event.kind === 'asks' ? (event.said ?? known.said) : known.said;
  const { wait: _, ...told } = next;
  const wait = waitOf(told);
  const state = wait !== undefined || told.base === 'failed' ? 'waiting' : told.base;
  const isSame = before !== undefined && before.state === state && before.wait === wait;
  return {
    ...told,
    state,
    since: isSame ? before.since : event.at,
    ...(wait === undefined ? {} : { wait }),
    ...(said === undefined ? {} : { said }),
  };
}

/** Whether nothing that came before it matters to what a session does now. */
export function saysAll({ kind, helper, isBusy }: AgentEvent): boolean {
  return helper === undefined && (all.has(kind) || (kind === 'stop' && !isBusy));
}

const all: ReadonlySet<AgentEvent['kind']> = new Set(['start', 'prompt', 'fail', 'end']);
/** A person was told something: of whom it is about nobody knows. */
const notices: ReadonlySet<AgentEvent['kind']> = new Set(['notified', 'answered']);

function timesOf(
  known: SessionState,
  { kind, helper, isBusy, at, tick }: AgentEvent,
): Pick<SessionState, 'begun' | 'spokeAt' | 'askedAt' | 'isBehind'> {
  const isOwn = helper === undefined && !notices.has(kind);
  return {
    begun: kind === 'start' ? { at, tick } : known.begun,
    spokeAt: isOwn ? at : known.spokeAt,
    askedAt: kind === 'asks' || kind === 'notified' ? at : known.askedAt,
    isBehind: isOwn && kind !== 'rests' ? isBusy === true : known.isBehind,
  };
}

type Body = Partial<Pick<SessionState, 'base' | 'pending' | 'notified'>>;

const settled = { pending: [], notified: undefined } as const;

function bodyOf(known: SessionState, event: AgentEvent): Body {
  const { helper } = event;
  switch (event.kind) {
    case 'start':
      return { ...settled, base: 'idle' };
    case 'prompt':
      return { ...settled, base: 'working' };
    case 'rests':
      // Its helpers run on behind a turn that is over, whoever has not answered meanwhile.
      if (known.isBehind) return {};
      // After a turn that is over, nothing else is known than that.
      return { ...settled, base: known.base === 'working' ? 'idle' : known.base };
    case 'stop':
      if (helper !== undefined) return {};
      // Helpers run on behind the turn, and what they ask for still waits.
      return event.isBusy ? { ...ownSettled(known), base: 'working' } : { ...settled, base: 'done' };
    case 'fail':
      return helper === undefined ? { ...settled, base: 'failed' } : {};
    case 'end':
      return { ...settled, base: 'ended' };
    case 'asks': {
      const key = event.asked?.[0] ?? '';
      const others = known.pending.filter((each) => each.key !== key || each.helper !== helper);
      const asked = { key, helper, wait: event.wait ?? 'permission', isUnattended: event.isUnattended === true };
      return { ...resumed(known, helper), pending: [...others, asked] };
    }
    case 'notified':
      return { notified: event.wait ?? 'permission' };
    case 'answered':
      return { notified: undefined };
    case 'used':
      return { ...resumed(known, helper), ...without(known, helper, event.asked) };
    case 'helperEnded':
      return without(known, helper, undefined);
  }
}

/** A tool of the session itself means that it works, whatever it was told before. A helper's may run on behind it. */
function resumed(known: SessionState, helper: string | undefined): Body {
  return helper === undefined && known.base !== 'working' ? { base: 'working' } : {};
}

/** What the session itself asked for is over, what its helpers did is not. */
function ownSettled({ pending, notified }: SessionState): Pick<SessionState, 'pending' | 'notified'> {
  const left = pending.filter((each) => each.helper !== undefined);
  return { pending: left, notified: left.length > 0 ? notified : undefined };
}

function without(
  { pending, notified }: SessionState,
  helper: string | undefined,
  asked: readonly string[] | undefined,
): Pick<SessionState, 'pending' | 'notified'> {
  const left = pending.filter((each) => each.helper !== helper || (asked !== undefined && !asked.includes(each.key)));
  // What the person was told of is what was pending; where nothing was, it is over with the next thing that happens.
  return { pending: left, notified: left.length > 0 ? notified : undefined };
}

/** A helper that asks may be answered by its session: it needs a person once the person was told so. */
function waitOf({
  base,
  pending,
  notified,
}: Pick<SessionState, 'base' | 'pending' | 'notified'>): AgentWait | undefined {
  const own = pending.findLast(({ helper }) => helper === undefined) ?? (notified && pending.at(-1));
  return own?.wait ?? notified ?? (base === 'failed' ? 'error' : undefined);
}

function begin({ program, session, at, tick, machine, helper }: AgentEvent): SessionState {
  const base = helper === undefined ? 'idle' : 'working';
  const times = { since: at, heard: at, tick, begun: { at, tick }, spokeAt: at, askedAt: at, isBehind: false };
  return { program, session, state: base, base, machine, ...times, ...settled };
}

function processOf(known: SessionState, { pid, started, machine }: AgentEvent): Partial<SessionState> {
  if (pid === undefined) return {};
  const isKnown = known.pid === pid && known.machine === machine;
  return { machine, pid, started: started ?? (isKnown ? known.started : undefined) };
}

export function isSameProcess(
  one: Pick<SessionState, 'pid' | 'started' | 'machine'>,
  other: Pick<SessionState, 'pid' | 'started' | 'machine'>,
): boolean {
  return (
    one.pid === other.pid &&
    one.machine === other.machine &&
    (one.started === undefined || other.started === undefined || one.started === other.started)
  );
}

/** Milliseconds by which two clocks of one start of a machine may tell its beginning differently. */
const driftMs = 2_000;

/**
 * Whether what tells the time since a machine started tells which of two came first: of one process it does. Where a process is not
 * known for sure, one session may have gone on after the machine was started anew, and its time began again.
 */
function hasOneClock(one: AgentEvent, other: AgentEvent): boolean {
  if (!isSameProcess(one, other)) return false;
  if (one.pid !== undefined && one.started !== undefined && other.started !== undefined) return true;
  return Math.abs(one.at - one.tick - (other.at - other.tick)) < driftMs;
}

/**
 * Hooks run beside each other, and write when they get to it: events of one process as they happened. A clock that only goes on tells
 * that; between two processes of one session the journal does.
 */
export function eventsInOrder(events: readonly AgentEvent[]): AgentEvent[] {
  const ordered: AgentEvent[] = [];
  for (const event of events) {
    let place = ordered.length;
    while (place > 0) {
      const before = ordered[place - 1];
      if (!before || !hasOneClock(before, event) || before.tick <= event.tick) break;
      place--;
    }
    ordered.splice(place, 0, event);
  }
  return ordered;
}
