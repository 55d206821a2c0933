import type { EnvironmentFile } from '../../../core/environmentFile';
import type { Identity } from '../../../core/model';
import { putCallerVariables } from '../../services/putCallerVariables';
import type { CreatePorts } from '../createPorts';
import type { PreparedCreate } from '../preparedCreate';
import type { ReachedCluster } from './clusterPart';
import type { WorktreeValues } from '../../../core/ports/releases';
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

/**
 * Makes an environment's release what a file says, and lets its services start.
 *
 * @param held what a release that was installed before says of them, which holds them: where that is what they are to be, they are let
 *   start without another install
 */
export async function installServices(
  run: InstallServicesRun,
  held: WorktreeValues | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { ports, identity, file } = run;
  const { namespace } = identity.names;
  await putCallerVariables(ports.cluster, { namespace, owner: identity.owner }, ports.callerVariables, signal);
  const values = await valuesOf(run);
  if (held === undefined || !isSameValues(values, held)) return install(run, values, signal);
  // What waits for others, or runs to its end, is let start by whoever waits for all of them.
  const free = file.services.filter(({ once, dependsOn }) => !once && Object.keys(dependsOn).length === 0);
  await Promise.all(free.map(({ name }) => ports.workloads.release(namespace, name, identity.owner, signal)));
}

/** Installs an environment's release so that nothing of it starts. @returns what it says of the services */
export async function installHeld(run: InstallServicesRun, signal: AbortSignal): Promise<WorktreeValues> {
  const values = await valuesOf(run);
  await install(run, { ...values, held: true }, signal);
  return values;
}

async function valuesOf({ ports, prepared, parts, ...run }: InstallServicesRun): Promise<WorktreeValues> {
  const { identity, file, folder, images, envFiles, uses } = run;
  const { supply, gateway, stripsPrefixes } = run.cluster;
  return worktreeValues(parts, {
    ...{ identity, folder, file, branch: prepared.target.branch, settings: ports.settings() },
    ...{ mainFolder: prepared.repository.root, urlPort: await ports.cluster.urlPort() },
    ...{ images, gateway, stripsPrefixes, envFiles, uses, nodeFolder: supply.nodeFolder?.(folder) },
  });
}

async function install(
  { ports, identity, cluster, folder, file }: InstallServicesRun,
  values: WorktreeValues,
  signal: AbortSignal,
): Promise<void> {
  const { release, namespace } = identity.names;
  const chart = file.chart === undefined ? undefined : ports.paths.resolve(folder, file.chart);
  await ports.releases.install({ release, namespace, chart, values, access: cluster.access }, signal);
}

function isSameValues(one: WorktreeValues, other: WorktreeValues): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
