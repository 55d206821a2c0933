import type { ClusterStatus } from '../app/cluster/clusterStatus';

/** What `coppice cluster status` says of a cluster, in one sentence. */
export function clusterStatusText({ identity, state, note, pid, access, port }: ClusterStatus): string {
  const isEmbedded = identity.kind === 'embedded';
  const more = note === undefined ? '' : `: ${note}`;
  switch (state) {
    case 'running': {
      const at = port === undefined ? '' : `, its ${isEmbedded ? 'gateway' : 'URLs'} at port ${port}`;
      return `The cluster runs at ${access?.server ?? ''}${at}.`;
    }
    case 'starting':
    case 'stopping':
      return `The cluster (process ${pid}) is ${state}${more}.`;
    case 'silent':
      return isEmbedded
        ? `The cluster (process ${pid}) runs and does not answer: "coppice cluster start" ends it if it hangs, and starts it again.`
        : 'The cluster does not answer.';
    case 'stopped':
      return `The cluster does not run${more}.`;
  }
}
