import { clusterName } from '../../core/clusters/clusterRules';
import { traitsOf } from '../../core/clusterTraits';
import type { EnvironmentFile } from '../../core/environmentFile';
import { environmentFileName } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { ImageRoute } from '../../core/ports/images';
import { imageBuilds } from './imageBuilds';
import { imageRoute, type RoutePorts } from './imageRoute';
import { cannotMount, nodeFolders, type MountPorts, type NodeFolder } from './nodeFolder';

export type SupplyPorts = RoutePorts &
  MountPorts & { readonly settings: RoutePorts['settings'] & MountPorts['settings'] };

/** How what an environment file asks for comes into the pods of a cluster. */
export interface PodSupply {
  /** undefined: nothing is built. */
  readonly route: ImageRoute | undefined;
  /** undefined: nothing is mounted. */
  readonly nodeFolder: NodeFolder | undefined;
}

/**
 * Asks whether a cluster can run what the environment file says; changes nothing. The embedded cluster runs processes of
 * this machine: there is nothing to ask.
 *
 * @param folder where the worktree is, or will be
 * @throws invalidInput for a service that a container cannot be made of, notConfigured, missingTool, unreachable: each
 *   with the way out
 */
export async function podSupply(
  ports: SupplyPorts,
  cluster: ClusterIdentity,
  file: Pick<EnvironmentFile, 'services'>,
  folder: string,
  signal: AbortSignal,
): Promise<PodSupply> {
  if (!traitsOf(cluster).runsImages) return { route: undefined, nodeFolder: undefined };
  const bare = file.services.find(({ image, build }) => image === undefined && build === undefined);
  if (bare) {
    throw new AppError(
      'invalidInput',
      `${environmentFileName}: services.${bare.name} has neither image nor build: ${clusterName(cluster)} runs containers, and expects one, such as "image: node:24".`,
    );
  }
  const mounting = file.services.filter(({ mount }) => mount).map(({ name }) => name);
  const seen = mounting.length > 0 ? await nodeFolders(ports, cluster, signal) : undefined;
  if (seen && seen.find(folder) === undefined) throw cannotMount(cluster, folder, mounting, seen.mounted);
  const route = imageBuilds(file).length > 0 ? await imageRoute(ports, cluster, signal) : undefined;
  return { route, nodeFolder: seen?.find };
}
