import { clusterNews } from '../../app/view/clusterNews';
import { stateTones } from '../../app/view/stateWords';
import { environmentState } from '../../app/view/worktreeState';
import { worktreeView, type WorktreeView } from '../../app/view/worktreeView';
import { embeddedIdentity, traitsOf } from '../../core/clusterTraits';
import type { ClusterIdentity, PartStatus, ServiceStatus, Snapshot } from '../../core/model';
import { limits, type EnvironmentView } from '../../../webview/protocol';
import { lastSegment } from '../editor/paths';
import { localTime, plainLine, shortened } from '../editor/text';

/** The header and the services of a worktree's environment, as the page shows them. @param path the worktree's folder */
export function environmentView(snapshot: Snapshot, path: string): EnvironmentView {
  const entry = snapshot.entries.find(({ worktree }) => worktree.path === path);
  const view = entry && worktreeView(entry, snapshot);
  const offline = clusterNews(snapshot).find(({ kind }) => kind === 'offline');
  return {
    name: named(view ? view.name : lastSegment(path)),
    namespace: named(entry?.environment?.namespace ?? entry?.identity?.names.namespace ?? ''),
    cluster: named(clusterText(entry?.identity?.cluster)),
    ...stateOf(snapshot, view),
    offline: offline ? reasoned(`${offline.title} since ${localTime(offline.since ?? '')}, ${offline.detail}.`) : '',
    url: view?.addresses[0]?.url ?? '',
    parts: (view?.parts ?? []).flatMap(partView).slice(0, limits.parts),
    services: (entry?.environment?.services ?? []).slice(0, limits.services).map(serviceView),
  };
}

function stateOf({ repository }: Snapshot, view: WorktreeView | undefined): Pick<EnvironmentView, 'tone' | 'state'> {
  if (!view) return { tone: 'off', state: repository ? 'worktree is gone' : 'reading…' };
  const { tone, words, marks, healthyServices } = view;
  return {
    tone,
    state: named([[words, ...marks].filter(Boolean).join(', '), healthyServices].filter(Boolean).join(' ')),
  };
}

/** Of one that has more to tell than that it is there. */
function partView({ title, detail, page = '' }: PartStatus): EnvironmentView['parts'] {
  return detail === undefined ? [] : [{ text: reasoned(`${title}: ${detail}`), url: page }];
}

function serviceView(service: ServiceStatus): EnvironmentView['services'][number] {
  const { name, health, state, reason, ready, desired, restarts, urls } = service;
  return {
    name: named(name),
    tone: stateTones[environmentState({ terminating: false, health })],
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
