import type { AgentWait } from './agentEvent';
import type { SessionState } from './reduceAgent';

/** What a program itself says of a session that it has open, whatever its hooks have told. */
export interface SessionWord {
  readonly activity: 'busy' | 'waiting' | 'idle';
  /** Since when. Milliseconds since the epoch, by the clock that the journal has. */
  readonly since: number;
  /** Of `waiting`, where it is a person that it waits for, and not one that has opened a dialog themselves. */
  readonly wait?: AgentWait;
}

/** A hook that tells of the end of a turn takes its time to begin: the word of its program is there before. Milliseconds. */
const settledMs = 3_000;

/**
 * A session by its journal and by its program's own word. No hook tells that a permission was given, until what it was given for has
 * ended, nor that a person has refused it or has stopped a turn; some questions have no hook (a host that a sandbox is to reach), and a
 * turn may begin without a prompt. The word counts where it is the later of the two.
 */
export function withWord(known: SessionState, word: SessionWord | undefined, now: number): SessionState {
  if (!word) return known;
  const { activity, since } = word;
  const answered =
    known.state === 'waiting' && known.base !== 'failed' && activity !== 'waiting' && since > known.askedAt
      ? rested(known, known.base, since)
      : known;
  const isStopped =
    answered.base === 'working' &&
    !answered.isBehind &&
    activity === 'idle' &&
    since > answered.spokeAt &&
    Math.abs(now - since) >= settledMs;
  if (isStopped) return rested(answered, 'idle', since);
  const isNews = answered.state !== 'waiting' && answered.state !== 'ended' && since > answered.spokeAt;
  if (!isNews) return answered;
  if (activity === 'busy' && answered.base !== 'working') return rested(answered, 'working', since);
  // A hook that tells the same tells it better.
  if (word.wait === undefined || Math.abs(now - since) < settledMs) return answered;
  return { ...answered, state: 'waiting', wait: word.wait, since };
}

function rested(
  { wait: _, ...known }: SessionState,
  base: Exclude<SessionState['base'], 'failed'>,
  since: number,
): SessionState {
  return { ...known, base, state: base, since, pending: [], notified: undefined };
}
