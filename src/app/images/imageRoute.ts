import { clusterName } from '../../core/clusters/clusterRules';
import { AppError, isAppError } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { ImageEngine, ImageRoute, Images, Registry } from '../../core/ports/images';
import type { LocalClusterRecords } from '../../core/ports/localClusters';
import type { ClusterNode, Nodes, ThisMachine } from '../../core/ports/nodes';
import type { Settings } from '../../core/settings';
import { localRecordOf } from './localRecordOf';

export interface RoutePorts {
  readonly images: Images;
  readonly nodes: Nodes;
  readonly thisMachine: ThisMachine;
  readonly localClusters: Pick<LocalClusterRecords, 'all'>;
  readonly settings: () => Pick<Settings, 'registry.push' | 'registry.pull'>;
}

/**
 * How images that are built here come to the nodes of a cluster: by the registry that Coppice made with it, by the one that
 * the settings name, or not at all where the nodes run containers in the very engine that builds.
 *
 * @throws notConfigured when there is no way; missingTool and unreachable when nothing can be built or pushed
 */
export async function imageRoute(
  ports: RoutePorts,
  cluster: ClusterIdentity,
  signal: AbortSignal,
): Promise<ImageRoute> {
  const { images, localClusters, settings } = ports;
  const engine = await images.engine(signal);
  const registry = (await ownRegistry(localClusters, cluster)) ?? registryOf(settings());
  if (registry) {
    await images.verifyRegistry(registry, signal);
    return { kind: 'registry', registry };
  }
  const nodes = await knownNodes(ports.nodes, signal);
  if (await isSameEngine(engine, nodes, ports.thisMachine)) return { kind: 'engine' };
  throw new AppError(
    'notConfigured',
    `Images that are built here cannot reach ${clusterName(cluster)}: name a registry that both see in the setting coppice.registry.push.`,
    {
      explanation: `${told(nodes)} A cluster of "Set Up Cluster" brings a registry of its own. A service whose image is somewhere else already names it in coppice.yaml: "image" instead of "build".`,
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.registry.push' } },
    },
  );
}

/** The nodes; undefined where this user may not see them. */
export async function knownNodes(nodes: Nodes, signal: AbortSignal): Promise<readonly ClusterNode[] | undefined> {
  try {
    return await nodes.list(signal);
  } catch (error) {
    if (isAppError(error, 'denied')) return undefined;
    throw error;
  }
}

/** Whether the cluster's only node is the machine that this process runs on. */
export async function runsOnThisMachine(
  nodes: readonly ClusterNode[] | undefined,
  thisMachine: ThisMachine,
): Promise<boolean> {
  const [node, another] = nodes ?? [];
  if (!node || another) return false;
  const own = await thisMachine.identity();
  return own !== undefined && node.machineId === own.machineId && node.bootId === own.bootId;
}

async function ownRegistry(
  localClusters: Pick<LocalClusterRecords, 'all'>,
  cluster: ClusterIdentity,
): Promise<Registry | undefined> {
  const record = await localRecordOf(localClusters, cluster);
  return record && { push: record.registry, pull: record.registry };
}

/** A host that Docker takes for one (with a dot, a port, or `localhost`), and a path in small letters. */
const address =
  /^(?:localhost|\[[0-9a-fA-F:.]+\]|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:))(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

function registryOf(settings: Pick<Settings, 'registry.push' | 'registry.pull'>): Registry | undefined {
  const push = settings['registry.push'];
  if (push === '') return undefined;
  const pull = settings['registry.pull'] || push;
  for (const [key, value] of Object.entries({ 'coppice.registry.push': push, 'coppice.registry.pull': pull })) {
    if (address.test(value)) continue;
    throw new AppError(
      'notConfigured',
      `The setting ${key} is no registry's address: ${JSON.stringify(value)}. It is a host with a port, perhaps with a path, such as localhost:5000.`,
      { remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: key } } },
    );
  }
  return { push, pull };
}

/** Facts, and no names of contexts: kind's nodes have an engine of their own, and minikube's have one only when asked. */
async function isSameEngine(
  engine: ImageEngine,
  nodes: readonly ClusterNode[] | undefined,
  thisMachine: ThisMachine,
): Promise<boolean> {
  const [node, another] = nodes ?? [];
  if (!node || another) return false;
  if (node.runtime !== `docker://${engine.version}` || node.kernel !== engine.kernel) return false;
  return node.hostName === engine.hostName || (engine.isLocal && (await runsOnThisMachine(nodes, thisMachine)));
}

function told(nodes: readonly ClusterNode[] | undefined): string {
  if (nodes === undefined) return 'What its nodes run containers with cannot be seen.';
  const runtimes = [...new Set(nodes.map(({ runtime }) => runtime))].join(', ');
  const many = nodes.length === 1 ? 'Its node runs' : `Its ${nodes.length} nodes run`;
  return `${many} containers in ${runtimes || 'nothing that is known'}, which is not the Docker that builds.`;
}
