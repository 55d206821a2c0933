import type { Worktree } from '../model';

/** What is written down, in a worktree's git directory, of the setup commands that have run in it. */
export interface Setups {
  /** Those that ended well. Nothing is known where the record is damaged: they run again. @throws failed for a newer record */
  read(worktree: Worktree): Promise<readonly RanCommand[]>;
  /** Atomic: whole or not at all. */
  write(worktree: Worktree, ran: readonly RanCommand[]): Promise<void>;
}

export interface RanCommand {
  /** A digest of its arguments and variables. */
  readonly command: string;
  /** A digest of what it read (`EnvironmentFiles.readSetupInputs`). */
  readonly inputs: string;
}
