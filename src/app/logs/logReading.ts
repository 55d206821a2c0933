import type { Worktree } from '../../core/model';
import type { SourceRequest } from './findSource';
import type { LogFeed, LogListener } from './logFeed';

/** What is read of what the services of an environment print, all in one, and what leads from there to its sources. */
export interface LogReading {
  /** The caller says which services, and disposes it. */
  logFeed(namespace: string, listener: LogListener): Promise<LogFeed>;
  /** When a file of a worktree, or its commit, was last changed, in milliseconds since the epoch. @throws notFound, failed */
  lastEdit(worktree: Worktree, signal: AbortSignal): Promise<number>;
  /** The real path of the file of a worktree that a service's output names; undefined: it is none. */
  source(request: SourceRequest, signal: AbortSignal): Promise<string | undefined>;
}
