import type { Environment, Snapshot, UnclaimedEnvironment, WorktreeEntry } from '../../core/model';

/**
 * How a worktree and its environment are, at a glance: everything that anybody shows of it says one of these. `createCutOff` and
 * `deleteCutOff`: the same command finishes it. `waiting`: its services run, and wait for what one of its parts does not have. `asleep`: what ran of it runs again once somebody wants it. `noServices`: it is there, and nothing runs in it. `offline`: the cluster is away, and
 * what was known last is told beside it. `unknown`: nobody has asked the cluster yet. `missing`: it has a record, and the cluster
 * does not have it. `orphan`: no worktree claims it. The others say what they are.
 */
export type WorktreeState = (typeof worktreeStates)[number];

export const worktreeStates = [
  'none',
  'creating',
  'createCutOff',
  'updating',
  'healthy',
  'waiting',
  'progressing',
  'degraded',
  'stopped',
  'asleep',
  'noServices',
  'deleting',
  'deleteCutOff',
  'elsewhere',
  'missing',
  'offline',
  'unknown',
  'damaged',
  'folderGone',
  'moved',
  'orphan',
] as const;

/** As it is; `lastKnown` while the cluster is away. */
export interface SeenState {
  readonly state: WorktreeState;
  readonly lastKnown: WorktreeState | undefined;
}

export function worktreeState(entry: WorktreeEntry, { cluster }: Pick<Snapshot, 'cluster'>): SeenState {
  const { worktree, identity, environment, work, damaged, elsewhere } = entry;
  const now = (state: WorktreeState): SeenState => ({ state, lastKnown: undefined });
  if (work === 'deleting' || work === 'deleteCutOff') return now(work);
  if (worktree.movedTo !== undefined) return now('moved');
  if (worktree.prunable !== undefined) return now('folderGone');
  if (damaged !== undefined) return now('damaged');
  if (elsewhere) return now('elsewhere');
  // As long as the namespace is all there is of it, there is nothing to be healthy or not.
  const hasServices =
    environment !== undefined &&
    !environment.terminating &&
    environment.health !== 'unknown' &&
    !isOnlyPrepared(entry, environment);
  const isBegun = work === 'creating' || work === 'updating' || identity?.state === 'creating';
  if (!environment?.terminating && !hasServices) {
    if (work === 'createCutOff') return now('createCutOff');
    if (isBegun) return now('creating');
  }
  if (!environment && !identity) return now('none');
  if (cluster.state === 'offline') {
    return { state: 'offline', lastKnown: environment && environmentState(environment) };
  }
  if (!environment) return now(cluster.state === 'online' ? 'missing' : 'unknown');
  // One that is in trouble is not said to be on its way.
  if (work === 'updating' && hasServices && environment.health !== 'degraded') return now('updating');
  const state = environmentState(environment);
  return now(state === 'healthy' && waitsOf(environment) !== undefined ? 'waiting' : state);
}

/** The services of a new one are held until its files are there. */
function isOnlyPrepared({ identity, work }: WorktreeEntry, { services }: Environment): boolean {
  const isNew = identity?.state !== 'created' && work !== 'updating';
  const awaited = services.filter(({ health }) => health !== 'stopped');
  return isNew && awaited.length > 0 && awaited.every(({ state }) => state === 'Waiting');
}

/** Why it can do nothing though its services run, without a full stop; undefined: it can. */
export function waitsOf({ parts = [] }: Pick<Environment, 'parts'>): string | undefined {
  return parts.find(({ waits }) => waits !== undefined)?.waits;
}

/** Of what runs, whoever it belongs to. */
export function environmentState({ terminating, health }: Pick<Environment, 'terminating' | 'health'>): WorktreeState {
  if (terminating) return 'deleting';
  return health === 'unknown' ? 'noServices' : health;
}

export function orphanState({ terminating, isBeingCreated }: UnclaimedEnvironment): WorktreeState {
  if (terminating) return 'deleting';
  return isBeingCreated ? 'creating' : 'orphan';
}
