import { AppError } from '../../core/errors';
import type { LocalCluster } from '../../core/ports/localClusters';
import { markLabel } from './k3dConfig';

/** The part of k3d's JSON that is read: `k3d cluster list -o json` prints an array of clusters, `registry list` of nodes. */
interface K3dNode {
  readonly name?: unknown;
  readonly role?: unknown;
  readonly portMappings?: Readonly<Record<string, readonly { readonly HostPort?: unknown }[] | null>> | null;
  readonly runtimeLabels?: Readonly<Record<string, unknown>> | null;
}

interface K3dCluster {
  readonly name?: unknown;
  readonly serversRunning?: unknown;
  readonly serversCount?: unknown;
  readonly nodes?: readonly K3dNode[] | null;
}

/** @param text what `k3d cluster list --output json` printed @throws failed when it is something else */
export function parseClusters(text: string): LocalCluster[] {
  return array<K3dCluster>(text, 'cluster list').flatMap(({ name, serversRunning, serversCount, nodes }) => {
    if (typeof name !== 'string' || name === '') return [];
    const all = nodes ?? [];
    const marks = all.map(({ runtimeLabels }) => runtimeLabels?.[markLabel]).filter((mark) => typeof mark === 'string');
    const balancer = all.find(({ role }) => role === 'loadbalancer');
    const port = Number(balancer?.portMappings?.['80/tcp']?.[0]?.HostPort);
    return {
      name,
      mark: marks[0],
      isRunning: typeof serversCount === 'number' && serversCount > 0 && serversRunning === serversCount,
      httpPort: Number.isInteger(port) && port > 0 ? port : undefined,
    };
  });
}

/** Names of all registries. @param text what `k3d registry list --output json` printed @throws failed */
export function parseRegistries(text: string): string[] {
  return array<K3dNode>(text, 'registry list').flatMap(({ name }) =>
    typeof name === 'string' ? [name.replace(/^\//, '')] : [],
  );
}

/** The number of `k3d version`; undefined where it tells none (built from source). */
export function parseVersion(text: string): string | undefined {
  return /^k3d version v?(\d+\.\d+\.\d+)/m.exec(text)?.[1];
}

function array<T>(text: string, what: string): T[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed === null) return [];
    if (Array.isArray(parsed)) return parsed.filter((item) => typeof item === 'object' && item !== null) as T[];
  } catch {
    // Told below.
  }
  throw new AppError('failed', `What "k3d ${what}" printed cannot be understood.`, {
    explanation: text.slice(0, 1000),
  });
}
