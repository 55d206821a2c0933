import type {
  Environment,
  Identity,
  ServiceStatus,
  Snapshot,
  Worktree,
  WorktreeEntry,
  WorktreeStatus,
} from '../../../src/core/model';
import { identityOf } from '../../support/identityOf';

export function aService(change: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    name: 'backend',
    health: 'healthy',
    state: 'Running',
    reason: undefined,
    ready: 1,
    desired: 1,
    restarts: 0,
    pods: ['backend-1'],
    urls: [],
    ...change,
  };
}

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  const { database } = { database: 'wt_feature', ...change };
  return {
    repositoryId: 'aaaaaaaaaaaa',
    worktreeId: 'bbbbbbbbbbbb',
    namespace: 'worktree-feature',
    slug: 'feature',
    ref: 'refs/heads/feature',
    folder: '/repo.worktrees/feature',
    database,
    parts: database === undefined ? [] : [{ part: 'database', title: 'Database', name: database }],
    health: 'healthy',
    terminating: false,
    services: [aService()],
    ...change,
  };
}

export function aWorktree(change: Partial<Worktree> = {}): Worktree {
  return {
    path: '/repo.worktrees/feature',
    gitDir: '/repo/.git/worktrees/feature',
    isMain: false,
    branch: 'feature',
    head: '0123456789abcdef0123456789abcdef01234567',
    locked: undefined,
    prunable: undefined,
    ...change,
  };
}

export const mainWorktree = aWorktree({ path: '/repo', gitDir: '/repo/.git', isMain: true, branch: 'main' });

export function aStatus(change: Partial<WorktreeStatus> = {}): WorktreeStatus {
  return {
    changed: 0,
    untracked: 0,
    conflicts: 0,
    upstream: undefined,
    ahead: 0,
    behind: 0,
    lastCommit: undefined,
    ...change,
  };
}

export function anIdentity(change: Partial<Identity> = {}): Identity {
  const { parts } = identityOf('feature');
  return identityOf('feature', { parts: { ...parts, services: { metricsPorts: { backend: 9142 } } }, ...change });
}

export function anEntry(change: Partial<WorktreeEntry> = {}): WorktreeEntry {
  return { worktree: aWorktree(), status: aStatus(), identity: anIdentity(), environment: anEnvironment(), ...change };
}

export const bareMain: WorktreeEntry = {
  worktree: mainWorktree,
  status: aStatus(),
  identity: undefined,
  environment: undefined,
};

/** Three minutes after what `anIdentity` is was created. */
export const soonAfter = Date.parse('2026-01-02T03:07:05.000Z');

export function aSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    repository: { id: 'aaaaaaaaaaaa', name: 'repo', root: '/repo', commonDir: '/repo/.git', defaultBranch: 'main' },
    hasEnvironmentFile: true,
    entries: [bareMain, anEntry()],
    cluster: { state: 'online' },
    orphans: [],
    ...change,
  };
}

export const offline = { state: 'offline', reason: 'ECONNREFUSED', since: '2026-01-02T03:04:05.000Z' } as const;

/** Texts that some place of the editor would take for markup or for a command. */
export const hostileTexts = [
  '[click](command:workbench.action.quit)',
  '<img src=x onerror=alert(1)>',
  '$(bug)$(sync~spin)',
  '**bold** _it_ `code` # title',
  '$(id);`id`|x"y\'z',
  'a\u202egnp.exe',
  '\u001b]52;c;aGk=\u0007\u001b[2Jx\r\ny',
];
