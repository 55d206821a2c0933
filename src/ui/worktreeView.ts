import type { ClusterConnection, Snapshot, WorktreeEntry } from '../core/model';
import { isSameOrInside } from './paths';
import { plural } from '../core/plural';
import { plainLine } from './text';

/**
 * What a person sees of a worktree at a glance. `creating`: it is being made, or a create that was cut off waits to be
 * run again; `none`: it has no environment; `damaged`: its record cannot be read; `lost`: it had one, and the cluster has
 * it no more; `elsewhere`: it has one in another cluster than the one in use; `gone`: its folder is gone; `unseen`: nobody has
 * heard of its environment yet.
 */
export type WorktreeState =
  | 'healthy'
  | 'progressing'
  | 'degraded'
  | 'stopped'
  | 'unknown'
  | 'deleting'
  | 'creating'
  | 'none'
  | 'damaged'
  | 'lost'
  | 'elsewhere'
  | 'gone'
  | 'unseen';

export function worktreeState(entry: WorktreeEntry, cluster: ClusterConnection): WorktreeState {
  if (entry.worktree.prunable !== undefined) return 'gone';
  const isBeingMade = entry.identity?.state === 'creating';
  if (entry.elsewhere) return 'elsewhere';
  if (entry.environment?.terminating) return 'deleting';
  // As long as the namespace is all there is of it, there is nothing to be healthy or not.
  if (entry.environment && !(isBeingMade && entry.environment.health === 'unknown')) return entry.environment.health;
  if (!entry.identity) return entry.damaged === undefined ? 'none' : 'damaged';
  if (isBeingMade) return 'creating';
  return cluster.state === 'online' ? 'lost' : 'unseen';
}

const words: Readonly<Record<WorktreeState, string>> = {
  healthy: 'healthy',
  progressing: 'starting',
  degraded: 'degraded',
  stopped: 'stopped',
  unknown: 'no services',
  deleting: 'deleting',
  creating: 'creating',
  none: '',
  damaged: 'its record is damaged',
  lost: 'environment is gone',
  elsewhere: 'in another cluster',
  gone: 'folder is gone',
  unseen: '',
};

export function stateWord(state: WorktreeState): string {
  return words[state];
}

export function worktreeName(entry: Pick<WorktreeEntry, 'worktree'>): string {
  return plainLine(entry.worktree.branch ?? `detached at ${entry.worktree.head.slice(0, 7)}`);
}

/** `healthy`, `3/3`, `↑1 ↓2`, `4 changed`; what says nothing is left out. */
export function worktreeFacts(entry: WorktreeEntry, cluster: ClusterConnection): string[] {
  const { environment, status } = entry;
  const services = environment && !environment.terminating ? environment.services : [];
  // By services and their health: while a crashing pod's predecessor still answers, its pods count as ready.
  const wanted = services.filter((service) => service.desired > 0);
  const healthy = wanted.filter((service) => service.health === 'healthy');
  const distance = [status?.ahead ? `↑${status.ahead}` : '', status?.behind ? `↓${status.behind}` : ''].filter(Boolean);
  const changed = (status?.changed ?? 0) + (status?.untracked ?? 0);
  return [
    entry.worktree.movedTo === undefined ? stateWord(worktreeState(entry, cluster)) : 'moved without git',
    entry.movedFrom === undefined ? '' : 'moved, not updated since',
    wanted.length > 0 ? `${healthy.length}/${wanted.length}` : '',
    distance.join(' '),
    status?.conflicts ? plural(status.conflicts, 'conflict') : '',
    changed > 0 ? `${changed} changed` : '',
    entry.worktree.locked === undefined ? '' : entry.worktree.isLockStale ? 'locked by a process that ended' : 'locked',
  ].filter((fact) => fact !== '');
}

/** Every address of the environment once, the shortest path first. */
export function worktreeUrls(entry: WorktreeEntry): { readonly url: string; readonly service: string }[] {
  const found = new Map<string, string>();
  for (const service of entry.environment?.services ?? []) {
    for (const url of service.urls) if (!found.has(url)) found.set(url, service.name);
  }
  return [...found]
    .map(([url, service]) => ({ url, service }))
    .sort((a, b) => a.url.length - b.url.length || (a.url < b.url ? -1 : 1));
}

/** The worktree that a folder belongs to: the innermost, as worktrees may lie inside one another. */
export function entryOfFolder(snapshot: Snapshot, folder: string): WorktreeEntry | undefined {
  return snapshot.entries
    .filter((entry) => isSameOrInside(folder, entry.worktree.path))
    .sort((a, b) => b.worktree.path.length - a.worktree.path.length)[0];
}

/** The worktree of the window: that of the first of its folders that is in one. */
export function windowEntry(snapshot: Snapshot, folders: readonly string[]): WorktreeEntry | undefined {
  for (const folder of folders) {
    const entry = entryOfFolder(snapshot, folder);
    if (entry) return entry;
  }
  return undefined;
}
