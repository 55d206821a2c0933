/** How patient the watches are; tests shorten it. */
export interface WatchTiming {
  /** How long the server is asked to keep one watch open. Seconds. */
  readonly watchSeconds: number;
  /** A connection that should have said something for so long is taken for dead. Kubernetes sends a bookmark about once a minute. */
  readonly silenceMs: number;
  /** A watch that lasted so long was a good one: the next failure is the first again. */
  readonly healthyMs: number;
  /** The first pause after a failure; each further one is twice as long. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** The longest pause when the server is on this machine, where asking costs nothing. */
  readonly longestLocalPauseMs: number;
  /** So many times longer are the longest pauses while nobody looks: in each of many windows a program may have to be asked for credentials. */
  readonly patientTimes: number;
  /** The least time between two tellings while news keep coming; after a quiet time they are told at once. */
  readonly gatherMs: number;
}

export const defaultWatchTiming: WatchTiming = {
  watchSeconds: 300,
  silenceMs: 90_000,
  healthyMs: 5_000,
  pauseMs: 1_000,
  longestPauseMs: 30_000,
  longestLocalPauseMs: 1_000,
  patientTimes: 5,
  gatherMs: 30,
};
