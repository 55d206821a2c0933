import { filterWorktrees, type WorktreeFilter } from '../../app/view/worktreeFilter';
import type { WorktreeSort } from '../../app/view/worktreeOrder';
import type { AppError } from '../../core/errors';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { ListChoices } from '../tree/listChoices';
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
  readonly 'coppice.sort': WorktreeSort;
  /** undefined: all are shown. */
  readonly 'coppice.filter': WorktreeFilter | undefined;
  /** Whether the filter lets nothing through. */
  readonly 'coppice.isFilteredOut': boolean;
}

export function contextKeys(
  state: ViewState,
  snapshot: Snapshot,
  ofWindow: WorktreeEntry | undefined,
  { sort, filter }: Pick<ListChoices, 'sort' | 'filter'>,
): ContextKeys {
  return {
    'coppice.state': state,
    'coppice.hasEnvironmentFile': snapshot.hasEnvironmentFile,
    'coppice.hasOtherWorktree': snapshot.entries.some((entry) => entry !== ofWindow),
    'coppice.hasEnvironment': snapshot.entries.some((entry) => entry.environment !== undefined),
    'coppice.hasWindowWorktree': ofWindow !== undefined,
    'coppice.sort': sort,
    'coppice.filter': filter,
    'coppice.isFilteredOut': state === 'ready' && filterWorktrees(snapshot, filter).length === 0,
  };
}
