import type { AppError } from '../../core/errors';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { isBeginning } from '../tree/nodes';

/** Which welcome text an empty view shows; `ready` when it is not empty. */
export type ViewState =
  'untrusted' | 'noFolder' | 'loading' | 'noGit' | 'noRepository' | 'noEnvironmentFile' | 'noEnvironments' | 'ready';

export interface ViewFacts {
  readonly isTrusted: boolean;
  readonly folders: readonly string[];
  /** Whether the first refresh is over. */
  readonly isLoaded: boolean;
  readonly problem: AppError | undefined;
}

export function viewState(snapshot: Snapshot, facts: ViewFacts): ViewState {
  if (facts.folders.length === 0) return 'noFolder';
  if (!facts.isTrusted) return 'untrusted';
  if (!snapshot.repository) {
    if (facts.problem?.code === 'missingTool') return 'noGit';
    return facts.isLoaded || facts.problem ? 'noRepository' : 'loading';
  }
  if (!isBeginning(snapshot)) return 'ready';
  return snapshot.hasEnvironmentFile ? 'noEnvironments' : 'noEnvironmentFile';
}

/** The context keys of the extension, for the `when` clauses of package.json; manifest.test.ts compares them. */
export interface ContextKeys {
  readonly 'coppice.state': ViewState;
  readonly 'coppice.hasEnvironmentFile': boolean;
  /** Whether there is a worktree beside that of the window. */
  readonly 'coppice.hasOtherWorktree': boolean;
  readonly 'coppice.hasEnvironment': boolean;
  readonly 'coppice.hasWindowWorktree': boolean;
}

export function contextKeys(state: ViewState, snapshot: Snapshot, ofWindow: WorktreeEntry | undefined): ContextKeys {
  return {
    'coppice.state': state,
    'coppice.hasEnvironmentFile': snapshot.hasEnvironmentFile,
    'coppice.hasOtherWorktree': snapshot.entries.some((entry) => entry !== ofWindow),
    'coppice.hasEnvironment': snapshot.entries.some((entry) => entry.environment !== undefined),
    'coppice.hasWindowWorktree': ofWindow !== undefined,
  };
}
