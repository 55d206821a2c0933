import { traitsOf } from '../../core/clusterTraits';
import type { Snapshot } from '../../core/model';
import type { ClusterStatus } from '../cluster/clusterStatus';
import { clusterNews } from '../view/clusterNews';
import type { Finding } from './finding';

/** @param snapshot undefined: no repository is at hand */
export function clusterFindings(status: ClusterStatus, snapshot: Snapshot | undefined): Finding[] {
  const check = 'cluster';
  const way = { command: 'startCluster' } as const;
  const { identity, state, note, pid } = status;
  const { isProcess, canStart } = traitsOf(identity);
  const more = note === undefined ? '' : `: ${note.replace(/\.$/, '')}`;
  const startable = canStart === 'never' ? {} : { way, fix: 'startCluster' as const };
  switch (state) {
    case 'running': {
      const news = snapshot ? clusterNews(snapshot).filter(({ kind }) => kind !== 'offline') : [];
      if (news.length > 0)
        return news.map((one) => ({
          ...{ check, message: one.text, way: one.way },
          state: one.kind === 'unsaved' ? 'problem' : 'warning',
        }));
      // Without a repository the snapshot tells nothing, and the status does.
      if (note !== undefined) return [{ check, state: 'problem', message: note }];
      return [
        { check, state: 'good', message: `The cluster runs and answers at ${status.access?.server ?? 'its address'}.` },
      ];
    }
    case 'starting':
    case 'stopping':
      return [{ check, state: 'unknown', message: `The cluster (process ${pid}) is ${state}${more}.` }];
    case 'silent':
      // What is elsewhere can be neither ended nor started from here.
      if (note !== undefined) return [{ check, state: 'problem', message: `The cluster does not answer here${more}.` }];
      return [
        {
          ...{ check, state: 'problem', ...startable },
          message: isProcess
            ? `The cluster (process ${pid}) runs and does not answer.`
            : `The cluster does not answer.`,
        },
      ];
    case 'stopped': {
      const isMissed = snapshot?.entries.some(({ identity: own, elsewhere }) => own !== undefined && !elsewhere);
      if (!isMissed && note === undefined)
        return [{ check, state: 'good', message: 'The cluster does not run: the first environment starts it.' }];
      return [{ check, state: 'warning', message: `The cluster does not run${more}.`, ...startable }];
    }
  }
}

/** Of the database server that Coppice starts beside the cluster. */
export function databaseFindings({ state, databases }: Pick<ClusterStatus, 'state' | 'databases'>): Finding[] {
  const check = 'databases';
  // It is started with the cluster, and ended with it.
  if (databases === undefined || (state !== 'running' && !databases)) return [];
  if (databases) return [{ check, state: 'good', message: 'PostgreSQL runs and answers.' }];
  return [
    {
      check,
      state: 'problem',
      message: 'PostgreSQL does not run.',
      way: { command: 'startCluster' },
      fix: 'returnDatabases',
    },
  ];
}

/** Of Temporal's server that Coppice runs beside the cluster. */
export function temporalFindings({ temporalTrouble }: Pick<ClusterStatus, 'temporalTrouble'>): Finding[] {
  if (temporalTrouble === undefined) return [];
  const [reason = ''] = temporalTrouble.split('\n');
  return [
    {
      ...{ check: 'temporal', state: 'problem' },
      message: `Temporal does not run: ${reason.replace(/\.$/, '')}.`,
      advice: 'The cluster tries it again. Where it listens is said by the setting coppice.temporal.address.',
    },
  ];
}
