import type { AgentStatus } from '../../core/agents/agentStatus';
import { isTroubled } from '../../core/services/isTroubled';
import type { Environment, ServiceStatus, Snapshot, WorktreeEntry, WorktreeStatus } from '../../core/model';
import type { EnvironmentUsage } from '../../core/ports/usages';
import { leftAsideView } from './leftAsideView';
import { orphanView } from './orphanView';
import { worktreeView } from './worktreeView';

/*
 * What is said of a snapshot in JSON. Fields are added, never renamed or taken away: others build on them.
 */

/** @param usages what environments use, by namespace; undefined: nobody tells */
export function snapshotJson(snapshot: Snapshot, usages?: ReadonlyMap<string, EnvironmentUsage>): object {
  const { repository, infra } = snapshot;
  return {
    repository: repository ? { id: repository.id, root: repository.root } : null,
    cluster: snapshot.cluster,
    clusterIdentity: snapshot.clusterIdentity ?? null,
    outdatedCluster: snapshot.outdatedCluster ?? null,
    stateTrouble: snapshot.stateTrouble ?? null,
    infra: infraJson(infra),
    worktrees: snapshot.entries.map((entry) => entryJson(entry, snapshot, usages ?? new Map())),
    orphans: snapshot.orphans.map((environment) => {
      const { state, words, why, parts } = orphanView(environment);
      return {
        beingCreated: environment.isBeingCreated,
        namespace: environment.namespace,
        slug: environment.slug,
        folder: environment.folder,
        view: { state, words, why: why ?? null, parts },
        ...runningJson(environment),
      };
    }),
    leftAside: (snapshot.leftAside ?? []).map((left) => ({ ...left, view: leftAsideView(left) })),
    spares: snapshot.spares ?? [],
  };
}

/** Of one worktree, with what its services share. */
export function statusJson(entry: WorktreeEntry, snapshot: Snapshot): object {
  const { cluster, stateTrouble, infra } = snapshot;
  return { ...entryJson(entry, snapshot), cluster, stateTrouble: stateTrouble ?? null, infra: infraJson(infra) };
}

export function entryJson(
  entry: WorktreeEntry,
  snapshot: Pick<Snapshot, 'cluster' | 'hasEnvironmentFile'>,
  usages?: ReadonlyMap<string, EnvironmentUsage>,
): object {
  const { worktree, status, identity, damaged, environment, elsewhere, movedFrom, waits, goes } = entry;
  const { state, lastKnown, words, why, marks, addresses, parts } = worktreeView(entry, snapshot);
  return {
    branch: worktree.branch ?? null,
    path: worktree.path,
    head: worktree.head,
    main: worktree.isMain,
    locked: worktree.locked ?? null,
    lockStale: worktree.isLockStale === true,
    prunable: worktree.prunable ?? null,
    movedTo: worktree.movedTo ?? null,
    setAside: worktree.setAside ?? null,
    damaged: damaged ?? null,
    waits: waits ?? null,
    agents: (entry.agents ?? []).map(agentJson),
    goes: goes ? { what: goes.what, after: new Date(goes.after).toISOString() } : null,
    view: { state, lastKnown: lastKnown ?? null, words, why: why ?? null, marks, addresses, parts },
    status: status ? gitStatusJson(status) : null,
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
          ...(usages ? { usage: usages.get(identity.names.namespace) ?? null } : {}),
          temporal: temporalJson(environment?.temporal),
          ...(environment
            ? runningJson(environment)
            : { health: 'unknown', terminating: false, notes: [], services: [] }),
        }
      : null,
  };
}

/** How an environment is. */
export function runningJson({ health, terminating, notes = [], services }: Environment): object {
  return { health, terminating, notes, services: services.map(serviceJson) };
}

export function serviceJson({ name, health, state, reason, ready, desired, restarts, urls }: ServiceStatus): object {
  return { name, health, state, reason: reason ?? null, ready, desired, restarts, urls };
}

/** Of one that was waited for. */
export function verdictJson(service: ServiceStatus): object {
  const verdict = service.health === 'asleep' ? 'asleep' : isTroubled(service) ? 'notReady' : 'ready';
  return { ...serviceJson(service), verdict };
}

export function agentJson({ program, session, state, wait, since, said, process }: AgentStatus): object {
  const told = { since: new Date(since).toISOString(), said: said ?? null, pid: process?.pid ?? null };
  return { program, session, state, wait: wait ?? null, ...told };
}

/** Of its namespace in Temporal; what nobody tells is no number. */
function temporalJson(news: Environment['temporal']): object | null {
  if (!news) return null;
  if (news.state !== 'told') return { state: news.state, running: null, failed: null, page: null, why: news.why };
  return { ...news, page: news.page ?? null, why: null };
}

function infraJson(infra: Environment | undefined): object | null {
  return infra ? { namespace: infra.namespace, ...runningJson(infra) } : null;
}

function gitStatusJson({ changed, untracked, conflicts, upstream, ahead, behind, lastCommit }: WorktreeStatus): object {
  return { changed, untracked, conflicts, upstream: upstream ?? null, ahead, behind, lastCommit: lastCommit ?? null };
}
