import type { ClusterStatus } from '../app/cluster/clusterStatus';
import { traitsOf } from '../core/clusterTraits';

/** What `coppice cluster status` says of a cluster, in one sentence. */
export function clusterStatusText({ identity, state, note, pid, access, port }: ClusterStatus): string {
  const { hasGateway, isProcess } = traitsOf(identity);
  const more = note === undefined ? '' : `: ${note}`;
  switch (state) {
    case 'running': {
      const at = port === undefined ? '' : `, its ${hasGateway ? 'gateway' : 'URLs'} at port ${port}`;
      const trouble = note === undefined ? '' : ` ${note}`;
      return `The cluster runs at ${access?.server ?? ''}${at}.${trouble}`;
    }
    case 'starting':
    case 'stopping':
      return `The cluster (process ${pid}) is ${state}${more}.`;
    case 'silent':
      if (note !== undefined) return `The cluster does not answer here${more}.`;
      return isProcess
        ? `The cluster (process ${pid}) runs and does not answer: "coppice cluster start" ends it if it hangs, and starts it again.`
        : 'The cluster does not answer.';
    case 'stopped':
      return `The cluster does not run${more}.`;
  }
}

/** The same of the database server that Coppice starts beside it; undefined where there is nothing to say. */
export function databasesText({ state, databases }: ClusterStatus): string | undefined {
  if (databases === undefined || (state === 'stopped' && !databases)) return undefined;
  if (databases) return 'PostgreSQL runs.';
  return state === 'running'
    ? 'PostgreSQL does not run: the cluster is starting it again.'
    : 'PostgreSQL does not run.';
}

/** The same of Temporal's server beside it. */
export function temporalText({ temporalTrouble }: ClusterStatus): string | undefined {
  return temporalTrouble && `Temporal does not run: ${temporalTrouble.split('\n')[0] ?? ''}.`.replace(/\.\.$/, '.');
}
