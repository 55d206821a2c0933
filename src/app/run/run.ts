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
  /** Milliseconds, once it is over. */
  readonly duration?: number;
  /** Steps that are over, of all. */
  readonly finished: number;
  readonly total: number;
}

/** A use case: the same from a command of the editor and from a terminal. */
export type UseCase<Input, Result> = (input: Input, run: Run) => Promise<Result>;
