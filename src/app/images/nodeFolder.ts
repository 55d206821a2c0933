import { clusterName } from '../../core/clusters/clusterRules';
import { traitsOf } from '../../core/clusterTraits';
import { AppError } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { Paths } from '../../core/ports/host';
import type { LocalClusterRecords, MountedFolder } from '../../core/ports/localClusters';
import type { Nodes, ThisMachine } from '../../core/ports/nodes';
import type { Settings } from '../../core/settings';
import { runsOnThisMachine, knownNodes } from './imageRoute';
import { localRecordOf } from './localRecordOf';

export interface MountPorts {
  readonly nodes: Nodes;
  readonly thisMachine: ThisMachine;
  readonly localClusters: Pick<LocalClusterRecords, 'all'>;
  readonly paths: Paths;
  readonly settings: () => Pick<Settings, 'cluster.mountedFolders'>;
}

/** Says how the nodes of a cluster call a folder of this machine; undefined: they do not have it. */
export type NodeFolder = (folder: string) => string | undefined;

/** What the nodes of a cluster see of this machine's folders. The embedded cluster's processes see all of them. */
export async function nodeFolders(
  ports: MountPorts,
  cluster: ClusterIdentity,
  signal: AbortSignal,
): Promise<{ readonly find: NodeFolder; readonly mounted: readonly MountedFolder[] }> {
  const record = await localRecordOf(ports.localClusters, cluster);
  const mounted = [...(record?.folders ?? []), ...ports.settings()['cluster.mountedFolders'].map(mountedFolder)];
  const below: NodeFolder = (folder) => {
    for (const each of mounted) {
      const found = pathBelow(ports.paths, each, folder);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  if (!traitsOf(cluster).runsImages) return { find: (folder) => folder, mounted };
  if (record) return { find: below, mounted };
  const isHere = await runsOnThisMachine(await knownNodes(ports.nodes, signal), ports.thisMachine);
  return { find: (folder) => below(folder) ?? (isHere ? folder : undefined), mounted };
}

/** @param services those whose containers would get it */
export function cannotMount(
  cluster: ClusterIdentity,
  folder: string,
  services: readonly string[],
  mounted: readonly MountedFolder[],
): AppError {
  const places = mounted.map((each) => each.folder).join(' or ');
  const setting = places ? 'coppice.worktree.folder' : 'coppice.cluster.mountedFolders';
  const way = places
    ? `Put worktrees below ${places} by the setting ${setting}.`
    : `Use "build" instead of "mount: true", or name a folder that its nodes have, too, in the setting ${setting}.`;
  return new AppError(
    'notConfigured',
    `${clusterName(cluster)} cannot mount the worktree into ${services.join(', ')}: its nodes do not have ${folder}. ${way}`,
    { remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting } } },
  );
}

/** A setting's `folder`, or `folder=path in the nodes`. */
function mountedFolder(text: string): MountedFolder {
  const [, folder = text, inNodes = text] = /^(.+)=(\/.*)$/.exec(text) ?? [];
  return { folder, inNodes };
}

/** Links are followed, and folders that are not there yet lie in the nearest one that is. */
function pathBelow(paths: Paths, { folder, inNodes }: MountedFolder, path: string): string | undefined {
  const names: string[] = [];
  for (let at = path; ;) {
    if (paths.contains(folder, at) && paths.contains(at, folder))
      return [inNodes.replace(/\/+$/, ''), ...names].join('/') || '/';
    const parent = paths.parent(at);
    if (parent === at) return undefined;
    names.unshift(at.slice(parent.length).replace(/^[\\/]+/, ''));
    at = parent;
  }
}
