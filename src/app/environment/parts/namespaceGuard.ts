import { traitsOf } from '../../../core/clusterTraits';
import { infraNamespace } from '../../../core/infra';
import type { ClusterIdentity } from '../../../core/model';
import type { WorktreeValues } from '../../../core/ports/releases';
import type { Settings } from '../../../core/settings';
import type { QuotaSettings } from './verifyQuota';

export type GuardSettings = QuotaSettings &
  Pick<
    Settings,
    'ingress.namespace' | 'telemetry.otlpEndpoint' | 'temporal.address' | 'postgres.url' | 'postgres.podAddress'
  >;

/**
 * What keeps an environment from getting into the way of others in a cluster that enforces it. The embedded one enforces
 * what accounts may do, and gets nothing else.
 */
export function namespaceGuard(
  cluster: ClusterIdentity,
  settings: GuardSettings,
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
