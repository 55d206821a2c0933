import { embeddedIdentity, traitsOf } from '../../core/clusterTraits';
import type { ClusterIdentity, Health, ServiceStatus, Snapshot, WorktreeEntry } from '../../core/model';
import { limits, type EnvironmentView } from '../../../webview/protocol';
import { lastSegment } from '../paths';
import { localTime, plainLine, shortened } from '../text';
import { stateWord, worktreeName, worktreeState, worktreeUrls, type WorktreeState } from '../worktreeView';

type Tone = EnvironmentView['tone'];

const tones: Readonly<Record<WorktreeState, Tone>> = {
  healthy: 'good',
  progressing: 'busy',
  deleting: 'busy',
  creating: 'busy',
  degraded: 'bad',
  lost: 'bad',
  damaged: 'bad',
  elsewhere: 'off',
  gone: 'bad',
  stopped: 'off',
  unknown: 'off',
  none: 'off',
  unseen: 'off',
};
const toneOfHealth: Readonly<Record<Health, Tone>> = {
  healthy: 'good',
  progressing: 'busy',
  degraded: 'bad',
  stopped: 'off',
  unknown: 'off',
};

/** The header and the services of a worktree's environment, as the page shows them. @param path the worktree's folder */
export function environmentView(snapshot: Snapshot, path: string): EnvironmentView {
  const { cluster } = snapshot;
  const entry = snapshot.entries.find(({ worktree }) => worktree.path === path);
  const isOffline = cluster.state === 'offline';
  return {
    name: named(entry ? worktreeName(entry) : lastSegment(path)),
    namespace: named(entry?.environment?.namespace ?? entry?.identity?.names.namespace ?? ''),
    cluster: named(clusterText(entry?.identity?.cluster)),
    ...stateOf(snapshot, entry),
    offline: isOffline
      ? reasoned(`The cluster is offline since ${localTime(cluster.since)}: this is the last known state.`)
      : '',
    url: entry ? (worktreeUrls(entry)[0]?.url ?? '') : '',
    services: (entry?.environment?.services ?? []).slice(0, limits.services).map(serviceView),
  };
}

function stateOf(snapshot: Snapshot, entry: WorktreeEntry | undefined): Pick<EnvironmentView, 'tone' | 'state'> {
  if (!entry) return { tone: 'off', state: snapshot.repository ? 'worktree is gone' : 'reading…' };
  const state = worktreeState(entry, snapshot.cluster);
  const word = stateWord(state) || (state === 'none' ? 'no environment' : 'not known yet');
  const wanted = (entry.environment?.services ?? []).filter(({ desired }) => desired > 0);
  const healthy = wanted.filter(({ health }) => health === 'healthy');
  return { tone: tones[state], state: wanted.length === 0 ? word : `${word} ${healthy.length}/${wanted.length}` };
}

function serviceView(service: ServiceStatus): EnvironmentView['services'][number] {
  const { name, health, state, reason, ready, desired, restarts, urls } = service;
  return {
    name: named(name),
    tone: toneOfHealth[health],
    state: named(state),
    reason: reasoned(reason ?? ''),
    ready,
    desired,
    restarts,
    url: urls[0] ?? '',
  };
}

function clusterText(cluster: ClusterIdentity | undefined): string {
  const { title } = traitsOf(cluster ?? embeddedIdentity);
  return `${title} ${cluster?.context ?? ''}`.trim();
}

const named = (text: string): string => shortened(plainLine(text), limits.name);
const reasoned = (text: string): string => shortened(plainLine(text), limits.reason);
