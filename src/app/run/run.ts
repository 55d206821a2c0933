import type { Approve } from '../../core/repositoryCommands';

/** How a use case is run: cancelled by the signal, and heard of through the report. */
export interface Run {
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  /** Who is asked whether commands of a repository may run on this machine; undefined: nobody, and they are refused. */
  readonly approve?: Approve | undefined;
}

/** News of one named step. `short`: it is over and nothing is taken back, but what it was for is not reached; `detail` says why. */
export interface Progress {
  readonly step: string;
  /** What the step does, for a person: "Clone the database". */
  readonly title: string;
  readonly state: 'running' | 'done' | 'short' | 'failed' | 'undone' | 'kept';
  /** What is special about it: "found the one of an earlier try". */
  readonly detail?: string;
  /** While it waits for this machine to have room; `detail` says why. */
  readonly waits?: StartWait;
  /** Milliseconds, once it is over. */
  readonly duration?: number;
  /** Steps that are over, of all. */
  readonly finished: number;
  readonly total: number;
}

/** Why an environment is not started yet. */
export interface StartWait {
  /** "waits to start, because …" */
  readonly reason: string;
  /** The one to put to sleep for it; `name` is what a person calls it. undefined: there is none. */
  readonly leastUsed: { readonly name: string; readonly path: string } | undefined;
}

/** A use case: the same from a command of the editor and from a terminal. */
export type UseCase<Input, Result> = (input: Input, run: Run) => Promise<Result>;
