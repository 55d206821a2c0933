import { traitsOf } from '../../core/clusterTraits';
import type { Snapshot } from '../../core/model';
import { outdatedText } from '../../core/outdatedCluster';
import type { WayOut } from './wayOut';

/** What is to be said of the cluster that the environments are in. */
export interface ClusterNews {
  readonly kind: 'offline' | 'unsaved' | 'outdated';
  /** What is wrong: `Cluster offline`. */
  readonly title: string;
  /** What that comes to, in a few words. */
  readonly detail: string;
  /** A sentence. */
  readonly text: string;
  /** Why, in somebody else's words. */
  readonly reason: string | undefined;
  /** Since when, ISO 8601; undefined: nobody knows. */
  readonly since: string | undefined;
  readonly way: WayOut | undefined;
}

type Told = Pick<Snapshot, 'cluster' | 'clusterIdentity' | 'outdatedCluster' | 'stateTrouble'>;

/** The worst first; none where all is well, or nobody has asked yet. */
export function clusterNews({ cluster, clusterIdentity, outdatedCluster, stateTrouble }: Told): ClusterNews[] {
  const news: ClusterNews[] = [];
  if (cluster.state === 'offline') {
    const { reason, since } = cluster;
    const isStartable = !clusterIdentity || traitsOf(clusterIdentity).canStart !== 'never';
    news.push({
      kind: 'offline',
      title: 'Cluster offline',
      detail: 'showing the last known state',
      text: `How the environments are is not known: ${reason.replace(/\.$/, '')}.`,
      reason,
      since,
      way: isStartable ? { command: 'startCluster' } : undefined,
    });
  }
  if (stateTrouble !== undefined) {
    news.push({
      kind: 'unsaved',
      title: 'Cluster cannot save its state',
      detail: 'what is changed is lost when it ends',
      text: stateTrouble,
      reason: undefined,
      since: undefined,
      way: undefined,
    });
  }
  if (outdatedCluster) {
    const { running, own } = outdatedCluster;
    news.push({
      kind: 'outdated',
      title: 'Cluster is outdated',
      detail: `${running}, a restart makes it ${own}`,
      text: outdatedText(outdatedCluster),
      reason: undefined,
      since: undefined,
      way: { command: 'restartCluster' },
    });
  }
  return news;
}
