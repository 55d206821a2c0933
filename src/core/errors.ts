import type { ErrorCode } from './errorCode';
import type { RepositoryCommand } from './repositoryCommands';
import { systemError } from './systemError';

/** What would put a failure right; the UI offers it as a button, the CLI prints it as a line. */
export interface Remedy {
  /** A verb phrase that fits on a button: "Open coppice.yaml". */
  readonly title: string;
  readonly action:
    | { readonly kind: 'openFile'; readonly path: string; readonly line?: number }
    | { readonly kind: 'openSettings'; readonly setting: string }
    | { readonly kind: 'openUrl'; readonly url: string }
    /** Into a terminal, for the person to read and to send. */
    | { readonly kind: 'typeCommand'; readonly command: string }
    | { readonly kind: 'openWorktree'; readonly path: string }
    | { readonly kind: 'showLogs'; readonly folder: string; readonly service: string }
    /** Of a worktree's folder: to be committed by the person. */
    | { readonly kind: 'commitFile'; readonly folder: string; readonly file: string }
    | { readonly kind: 'chooseCluster' }
    | { readonly kind: 'restartCluster' }
    | { readonly kind: 'sleepLeastUsed' }
    | { readonly kind: 'forwardPort' }
    | { readonly kind: 'retry' };
}

export interface ErrorDetails {
  /** A longer explanation or a tool's own words, for the log and for `--verbose`. Never a secret. */
  readonly explanation?: string;
  readonly remedy?: Remedy;
  /** For `conflict`: what stands in the way, each of which the caller may accept by name. */
  readonly losses?: readonly Loss[];
  /** For `conflict`: what an earlier worktree left under the name, to be taken over or deleted. */
  readonly found?: FoundEnvironment;
  /** For `unapproved`: what would run. */
  readonly commands?: readonly RepositoryCommand[];
  readonly cause?: unknown;
}

/** An environment, or only the database of one, that no worktree of its repository has any more. */
export interface FoundEnvironment {
  readonly namespace: string | undefined;
  readonly database: string | undefined;
  /** What it used that keeps data, for a person: "cache (Redis)". */
  readonly data?: readonly string[];
  /** Where its worktree was. */
  readonly folder: string | undefined;
}

/**
 * Work that a deletion would lose; `kind` is the name by which a person accepts the loss. `nested`: repositories and other worktrees
 * in the folder, whatever surrounds them. `submodule`: commits and stashes in submodules that were pushed nowhere; they are in the
 * worktree's own git directory, and go even when its branch stays. `database`: what was written to the environment's database since
 * it was cloned, or that nobody can tell. `data`: the same of services that it uses. `elsewhere`: an environment in another cluster than the one in use, which stays there,
 * and which nobody knows of any more. `teardown`: what commands of the repository would do before it goes.
 */
export interface Loss {
  readonly kind: (typeof lossKinds)[number];
  readonly count: number;
  /** A few examples, shortest first: paths, commit subjects, tables. */
  readonly examples: readonly string[];
  /** What would keep it. */
  readonly advice?: string;
  /** Where other files go into the trash, these do not: they lie on another file system than their repository. */
  readonly isForGood?: true;
}

/** In the order in which they are told. */
export const lossKinds = [
  'uncommitted',
  'untracked',
  'ignored',
  'nested',
  'unpushed',
  'submodule',
  'operation',
  'locked',
  'database',
  'data',
  'elsewhere',
  'teardown',
] as const;

/** The one error class. `message` is one line that a person can act on: what happened, and why. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly explanation: string | undefined;
  readonly remedy: Remedy | undefined;
  readonly losses: readonly Loss[];
  readonly found: FoundEnvironment | undefined;
  readonly commands: readonly RepositoryCommand[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.explanation = details.explanation;
    this.remedy = details.remedy;
    this.losses = details.losses ?? [];
    this.found = details.found;
    this.commands = details.commands ?? [];
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** Cancelling is no error: it travels as the AbortSignal's reason, under the name the platform gives it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Anything thrown becomes an AppError: what the operating system refused is told in words, what nobody foresaw is a `bug`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // The reason of AbortSignal.timeout: nobody has cancelled anything.
  if (error instanceof Error && error.name === 'TimeoutError')
    return new AppError('timeout', 'It took too long, and was given up.', { cause: error });
  const told = systemError(error);
  if (told) return new AppError(told.code, told.message, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('bug', `Unexpected error: ${message.split('\n', 1)[0] ?? ''}`, { cause: error });
}
