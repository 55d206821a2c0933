import type { CreatePlan, CreateResult } from '../app/environment/requests';
import { isAbort, toAppError } from '../core/errors';
import type { Environment, ServiceStatus, Snapshot, WorktreeEntry, WorktreeStatus } from '../core/model';

/*
 * What `--json` prints. Fields are added, never renamed or taken away: others build on them.
 */

export function serviceJson({ name, health, state, reason, ready, desired, restarts, urls }: ServiceStatus): object {
  return { name, health, state, reason: reason ?? null, ready, desired, restarts, urls };
}

export function entryJson({
  worktree,
  status,
  identity,
  damaged,
  environment,
  elsewhere,
  movedFrom,
}: WorktreeEntry): object {
  return {
    branch: worktree.branch ?? null,
    path: worktree.path,
    head: worktree.head,
    main: worktree.isMain,
    locked: worktree.locked ?? null,
    lockStale: worktree.isLockStale === true,
    prunable: worktree.prunable ?? null,
    movedTo: worktree.movedTo ?? null,
    damaged: damaged ?? null,
    status: status ? statusJson(status) : null,
    environment: identity
      ? {
          slug: identity.names.slug,
          namespace: identity.names.namespace,
          temporalNamespace: identity.parts.temporal?.namespace ?? null,
          // Without a look at the cluster it is not known that there is none.
          database: environment ? (environment.database ?? null) : (identity.parts.database?.database ?? null),
          host: identity.names.host,
          metricsPorts: identity.parts.services?.metricsPorts ?? {},
          state: identity.state,
          cluster: identity.cluster,
          elsewhere: elsewhere !== undefined,
          movedFrom: movedFrom ?? null,
          ...(environment
            ? environmentState(environment)
            : { health: 'unknown', terminating: false, notes: [], services: [] }),
        }
      : null,
  };
}

function statusJson({ changed, untracked, conflicts, upstream, ahead, behind, lastCommit }: WorktreeStatus): object {
  return { changed, untracked, conflicts, upstream: upstream ?? null, ahead, behind, lastCommit: lastCommit ?? null };
}

export function environmentState({ health, terminating, notes = [], services }: Environment): object {
  return { health, terminating, notes, services: services.map(serviceJson) };
}

export function snapshotJson(snapshot: Snapshot): object {
  return {
    repository: snapshot.repository ? { id: snapshot.repository.id, root: snapshot.repository.root } : null,
    cluster: snapshot.cluster,
    clusterIdentity: snapshot.clusterIdentity ?? null,
    outdatedCluster: snapshot.outdatedCluster ?? null,
    worktrees: snapshot.entries.map(entryJson),
    orphans: snapshot.orphans.map((environment) => ({
      beingCreated: environment.isBeingCreated,
      namespace: environment.namespace,
      slug: environment.slug,
      folder: environment.folder,
      ...environmentState(environment),
    })),
  };
}

export function planJson(plan: CreatePlan): object {
  return { ...plan, base: plan.base ?? null, database: plan.database ?? null };
}

export function createdJson(created: CreateResult): object {
  const { worktree, identity, database = null, services, ready, url, notes = [] } = created;
  const { names, parts } = identity;
  return {
    branch: worktree.branch ?? null,
    path: worktree.path,
    slug: names.slug,
    namespace: names.namespace,
    temporalNamespace: parts.temporal?.namespace ?? null,
    database,
    host: names.host,
    metricsPorts: parts.services?.metricsPorts ?? {},
    url: url ?? null,
    ready,
    notes,
    services: services.map(serviceJson),
  };
}

export function errorJson(error: unknown): object {
  if (isAbort(error)) return { error: { code: 'cancelled', message: 'Cancelled.', explanation: null, losses: [] } };
  const { code, message, explanation, losses, found, commands } = toAppError(error);
  const left = found && {
    namespace: found.namespace ?? null,
    database: found.database ?? null,
    folder: found.folder ?? null,
  };
  const open = commands.map(({ place, text }) => ({ place, command: text }));
  return {
    error: {
      ...{ code, message, explanation: explanation ?? null, losses },
      ...(left ? { found: left } : {}),
      ...(open.length > 0 ? { commands: open } : {}),
    },
  };
}
