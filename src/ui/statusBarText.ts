import { clusterText } from '../core/clusterRules';
import { outdatedText } from '../core/outdatedCluster';
import type { Snapshot, WorktreeEntry } from '../core/model';
import { iconless } from './text';
import { iconOf, type TooltipLine } from './tree/item';
import { stateWord, worktreeFacts, worktreeName, worktreeState, worktreeUrls } from './worktreeView';

export interface StatusBarText {
  readonly text: string;
  readonly accessibleName: string;
  readonly tooltip: readonly TooltipLine[];
  readonly isError: boolean;
}

/** What the status bar says of the window's worktree; undefined: nothing, where no environment is to be had. */
export function statusBarText(snapshot: Snapshot, entry: WorktreeEntry | undefined): StatusBarText | undefined {
  if (!entry || !snapshot.repository || !(snapshot.hasEnvironmentFile || entry.identity || entry.environment))
    return undefined;
  const isOffline = snapshot.cluster.state === 'offline';
  const state = worktreeState(entry, snapshot.cluster);
  const name = entry.identity?.names.slug ?? entry.environment?.slug ?? worktreeName(entry);
  const known = state === 'none' ? 'no environment' : stateWord(state);
  const word = isOffline && state !== 'none' ? 'offline' : known;
  const icon = word === 'offline' ? 'debug-disconnect' : iconOf(state, isOffline).name;
  const url = worktreeUrls(entry)[0]?.url;
  return {
    text: [`$(${icon})`, iconless(name), word].filter(Boolean).join(' '),
    accessibleName: `Coppice: ${[name, word].filter(Boolean).join(' ')}`,
    tooltip: [
      [
        '',
        `${worktreeName(entry)}: ${worktreeFacts(entry, snapshot.cluster).join(' · ') || word || 'environment not known yet'}`,
      ],
      ...(isOffline ? ([['', 'The cluster is offline; this is the last known state.']] as const) : []),
      ...(url === undefined ? [] : ([['URL', url]] as const)),
      ...(snapshot.clusterIdentity ? ([['Cluster', clusterText(snapshot.clusterIdentity)]] as const) : []),
      ...(snapshot.outdatedCluster ? ([['', outdatedText(snapshot.outdatedCluster)]] as const) : []),
      ...(entry.elsewhere ? ([['Its environment lives in', clusterText(entry.elsewhere)]] as const) : []),
      ...(entry.environment?.services ?? [])
        .filter((service) => service.health === 'degraded')
        .map((service): TooltipLine => [service.name, [service.state, service.reason].filter(Boolean).join(': ')]),
    ],
    isError: state === 'degraded' && !isOffline,
  };
}
