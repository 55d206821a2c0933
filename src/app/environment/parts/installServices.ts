import type { EnvironmentFile } from '../../../core/environmentFile';
import type { Identity } from '../../../core/model';
import type { InstallRelease } from '../../../core/ports/releases';
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
  /** None of them starts before `Workloads.release`. */
  readonly isHeld?: boolean;
}

/** Makes an environment's release what a file says. @returns what it was asked to be, but for the hold */
export async function installServices(run: InstallServicesRun, signal: AbortSignal): Promise<InstallRelease> {
  const { ports, identity, isHeld } = run;
  const { namespace } = identity.names;
  const request = await wantedRelease(run);
  await putCallerVariables(ports.cluster, { namespace, owner: identity.owner }, ports.callerVariables, signal);
  await ports.releases.install(isHeld ? { ...request, values: { ...request.values, held: true } } : request, signal);
  return request;
}

/** What Helm gets for an environment's release. */
export async function wantedRelease(run: Omit<InstallServicesRun, 'isHeld'>): Promise<InstallRelease> {
  const { ports, prepared, parts, identity, cluster, folder, file, images, envFiles, uses } = run;
  const { release, namespace } = identity.names;
  const { access, supply, gateway, stripsPrefixes } = cluster;
  return {
    release,
    namespace,
    chart: file.chart === undefined ? undefined : ports.paths.resolve(folder, file.chart),
    values: worktreeValues(parts, {
      ...{ identity, folder, file, branch: prepared.target.branch, settings: ports.settings() },
      ...{ mainFolder: prepared.repository.root, urlPort: await ports.cluster.urlPort() },
      ...{ images, gateway, stripsPrefixes, envFiles, uses, nodeFolder: supply.nodeFolder?.(folder) },
    }),
    access,
  };
}
