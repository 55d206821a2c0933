import type { ClusterIdentity } from '../core/model';
import type { WorktreeValues } from '../core/ports/releases';
import type { Settings } from '../core/settings';

export type GuardSettings = Pick<Settings, 'telemetry.otlpEndpoint' | 'temporal.address' | 'postgres.url'>;

/** Namespace of the services that all environments share. */
export const infraNamespace = 'coppice-infra';

/** k3d's Traefik runs here. */
const ingressNamespace = 'kube-system';

/** Room for a handful of services while each is replaced by a new pod. */
const quota = { pods: 50, cpu: '4', memory: '16Gi', containerMemory: '2Gi' } as const;

/**
 * What keeps an environment from getting into the way of others in a cluster that enforces it. The embedded one enforces
 * none of it, and gets none.
 */
export function namespaceGuard(
  cluster: ClusterIdentity,
  settings: GuardSettings,
): Pick<WorktreeValues, 'quota' | 'network' | 'access'> {
  if (cluster.kind === 'embedded') return {};
  const servers = [
    portOf(settings['telemetry.otlpEndpoint'], 4318),
    portOf(settings['temporal.address'], 7233),
    portOf(settings['postgres.url'], 5432),
  ];
  const outsidePorts = [...new Set(servers)].sort((a, b) => a - b);
  return { quota, network: { infra: infraNamespace, ingress: ingressNamespace, outsidePorts }, access: true };
}

/** @param address a URL or `host:port` */
function portOf(address: string, otherwise: number): number {
  const port = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?(?:\[[^\]]*\]|[^:/]*):(\d+)(?:[/?]|$)/i.exec(address)?.[1];
  return port === undefined ? otherwise : Number(port);
}
