import type { EnvironmentFile } from '../../../core/environmentFile';
import type { Identity } from '../../../core/model';
import { putCallerVariables } from '../../services/putCallerVariables';
import type { CreatePorts } from '../createPorts';
import type { PreparedCreate } from '../preparedCreate';
import type { ReachedCluster } from './clusterPart';
import type { Part } from './part';
import { worktreeValues, type WorktreeValuesRun } from './worktreeValues';

export interface InstallServicesRun extends Pick<WorktreeValuesRun, 'images' | 'envFiles' | 'uses'> {
  readonly ports: CreatePorts;
  readonly prepared: PreparedCreate;
  readonly parts: readonly Part[];
  readonly identity: Identity;
  readonly cluster: ReachedCluster;
  /** The worktree's. */
  readonly folder: string;
  /** With the services that are installed: others of the release end. */
  readonly file: EnvironmentFile;
}

/** Makes an environment's release what a file says. */
export async function installServices(run: InstallServicesRun, signal: AbortSignal): Promise<void> {
  const { ports, prepared, parts, identity, cluster, folder, file, images, envFiles, uses } = run;
  const { release, namespace } = identity.names;
  const { access, supply, gateway, stripsPrefixes } = cluster;
  await putCallerVariables(ports.cluster, { namespace, owner: identity.owner }, ports.callerVariables, signal);
  await ports.releases.install(
    {
      release,
      namespace,
      chart: file.chart === undefined ? undefined : ports.paths.resolve(folder, file.chart),
      values: worktreeValues(parts, {
        ...{ identity, folder, file, branch: prepared.target.branch, settings: ports.settings() },
        ...{ mainFolder: prepared.repository.root, urlPort: await ports.cluster.urlPort() },
        ...{ images, gateway, stripsPrefixes, envFiles, uses, nodeFolder: supply.nodeFolder?.(folder) },
      }),
      access,
    },
    signal,
  );
}
