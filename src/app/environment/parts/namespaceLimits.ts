import { traitsOf } from '../../../core/clusterTraits';
import { infraNamespace } from '../../../core/clusters/infra';
import type { ClusterIdentity } from '../../../core/model';
import type { WorktreeValues } from '../../../core/ports/releases';
import type { Settings } from '../../../core/settings';
import type { QuotaSettings } from './verifyQuota';

export type LimitSettings = QuotaSettings &
  Pick<
    Settings,
    'ingress.namespace' | 'telemetry.otlpEndpoint' | 'temporal.address' | 'postgres.url' | 'postgres.podAddress'
  >;

/**
 * What an environment may take and reach in a cluster that enforces it: a quota, a network policy and a service account of its own. The
 * embedded one enforces what accounts may do, and gets nothing else. A quota without room is refused by the environment file
 * (`verifyQuota`); what only the cluster finds out ends the wait for readiness. Whether pods get through to their servers is read off
 * the database server's sessions and off what services print: nothing of ours runs in them.
 */
export function namespaceLimits(
  cluster: ClusterIdentity,
  settings: LimitSettings,
): Pick<WorktreeValues, 'quota' | 'network' | 'access'> {
  const { enforcesQuota, enforcesNetwork, ingressNamespace } = traitsOf(cluster);
  const servers = [
    portOf(settings['telemetry.otlpEndpoint'], 4318),
    portOf(settings['temporal.address'], 7233),
    portOf(settings['postgres.podAddress'] || settings['postgres.url'], 5432),
  ];
  const outsidePorts = [...new Set(servers)].sort((a, b) => a - b);
  const ingress = ingressNamespace ?? settings['ingress.namespace'];
  const quota = {
    pods: settings['quota.pods'],
    cpu: settings['quota.cpu'],
    memory: settings['quota.memory'],
    containerMemory: settings['quota.containerMemory'],
  };
  return {
    ...(enforcesQuota && settings['quota.enabled'] ? { quota } : {}),
    ...(enforcesNetwork ? { network: { infra: infraNamespace, ingress, outsidePorts } } : {}),
    access: true,
  };
}

/** @param address a URL or `host:port` */
function portOf(address: string, otherwise: number): number {
  const port = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?(?:\[[^\]]*\]|[^:/]*):(\d+)(?:[/?]|$)/i.exec(address)?.[1];
  return port === undefined ? otherwise : Number(port);
}
