import type { SessionState } from './reduceAgent';

/** What a program itself says of a session that it has open, whatever its hooks have told. */
export interface SessionWord {
  readonly activity: 'busy' | 'waiting' | 'idle';
  /** Since when. Milliseconds since the epoch, by the clock that the journal has. */
  readonly since: number;
}

/** A hook that tells of the end of a turn takes its time to begin: the word of its program is there before. Milliseconds. */
const settledMs = 3_000;

/**
 * A session by its journal and by its program's own word. No hook tells that a permission was given, until what it was given for has
 * ended, nor that a person has refused it or has stopped a turn. The word counts where it is the later of the two.
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
  return isStopped ? rested(answered, 'idle', since) : answered;
}

function rested(
  { wait: _, ...known }: SessionState,
  base: Exclude<SessionState['base'], 'failed'>,
  since: number,
): SessionState {
  return { ...known, base, state: base, since, pending: [], notified: undefined };
}
