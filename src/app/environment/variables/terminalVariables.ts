import { traitsOf } from '../../../core/clusterTraits';
import { isAppError } from '../../../core/errors';
import type { Cluster } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import type { EnvironmentKubeconfigs } from '../../../core/ports/environmentKubeconfigs';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';
import { databaseSecret } from '../../../core/databaseSecret';
import { environmentVariables, type TelemetrySettings } from '../parts/worktreeValues';

export interface TerminalPorts extends WorktreeAtPorts {
  readonly cluster: Cluster;
  readonly kubeconfigs: Pick<EnvironmentKubeconfigs, 'ensure'>;
  /** Asked only where terminals and pods reach the server by different addresses. */
  readonly openDatabases: () => Promise<Pick<Databases, 'machineUrl'>>;
  readonly settings: () => TelemetrySettings;
}

/** What terminals and agents in a worktree's folder see of its environment; undefined: it has none, or nobody can tell now. */
export function terminalVariables(
  ports: TerminalPorts,
): (folder: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>> | undefined> {
  return async (folder, signal) => {
    const { worktree, identity } = await worktreeAt(ports, folder, signal);
    if (!identity) return undefined;
    try {
      refuseElsewhere(identity, ports.cluster.identity);
      const access = await ports.cluster.probe(signal);
      const secret = access && (await ports.cluster.readSecret(identity.names.namespace, databaseSecret, signal));
      const serviceUrl = secret?.['DATABASE_URL'];
      const url =
        serviceUrl === undefined || traitsOf(identity.cluster).podsSee === 'machine'
          ? serviceUrl
          : await (await ports.openDatabases()).machineUrl(serviceUrl, signal);
      return {
        ...environmentVariables(identity, worktree.branch ?? identity.names.slug, ports.settings()),
        COPPICE_NAMESPACE: identity.names.namespace,
        ...(access ? { KUBECONFIG: await ports.kubeconfigs.ensure(identity.names.namespace, signal) } : {}),
        ...(url ? { DATABASE_URL: url } : {}),
      };
    } catch (error) {
      if (isAppError(error)) return undefined;
      throw error;
    }
  };
}
