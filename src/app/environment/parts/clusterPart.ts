import { traitsOf, type PrefixStripper } from '../../../core/clusterTraits';
import { AppError } from '../../../core/errors';
import type { GatewayPlace } from '../../../core/clusters/gatewayPlace';
import { slugCandidates } from '../../../core/naming';
import type { ClusterAccess } from '../../../core/ports/cluster';
import { podSupply, type PodSupply } from '../../images/podSupply';
import type { CreatePorts } from '../createPorts';
import type { PreparedCreate } from '../preparedCreate';
import { definePart } from './part';
import { prefixStripper } from './prefixStripper';
import { routingGateway } from './routingGateway';

export interface ReachedCluster {
  readonly access: ClusterAccess;
  /** How images and the worktree's folder come into its pods. */
  readonly supply: PodSupply;
  /** What serves its URLs; undefined: ingresses do. */
  readonly gateway: GatewayPlace | undefined;
  /** What takes prefixes away; undefined: nothing asks for that. */
  readonly stripsPrefixes: PrefixStripper | undefined;
}

/** What all of an environment runs in. It is there for others, too: nothing of it is taken back or removed. */
export const clusterPart = definePart({
  id: 'cluster',
  title: ({ cluster }) => (traitsOf(cluster).canStart === 'onUse' ? 'Start the cluster' : 'Reach the cluster'),
  async make({ ports, prepared, signal, tell }) {
    const { cluster } = ports;
    const access = await cluster.connect(signal, tell);
    const outdated = await cluster.contractTrouble();
    if (outdated !== undefined)
      throw new AppError('conflict', outdated, {
        explanation: 'In a terminal: coppice cluster stop && coppice cluster start',
        remedy: { title: 'Restart the Cluster', action: { kind: 'restartCluster' } },
      });
    // Whether it can run what is to be created is asked before anything is.
    const folder = expectedFolder(ports, prepared);
    const supply = await podSupply(ports, cluster.identity, prepared.file, folder, signal);
    const gateway = await routingGateway(ports, cluster.identity, prepared.file, signal);
    // The Gateway API says itself how a prefix is taken away.
    const stripsPrefixes = gateway ? undefined : await prefixStripper(ports, cluster.identity, prepared.file, signal);
    // Before anything is made that its next start would not know.
    const trouble = await cluster.stateTrouble(signal);
    if (trouble !== undefined) throw new AppError('failed', trouble);
    const value: ReachedCluster = { access, supply, gateway, stripsPrefixes };
    return { value, detail: access.server };
  },
  values({ identity, settings }) {
    const { hasGateway, runsImages } = traitsOf(identity.cluster);
    return {
      ingressClass: (hasGateway ? '' : settings['ingress.class']) || null,
      ...(runsImages ? {} : { embedded: true }),
    };
  },
});

/** Where the worktree will be, but for the ending that its slug may get when somebody else holds it. */
function expectedFolder({ sha256 }: Pick<CreatePorts, 'sha256'>, prepared: PreparedCreate): string {
  const { identity, owner, target, folderOf } = prepared;
  return folderOf(identity?.names.slug ?? slugCandidates(owner.repositoryId, target.ref, sha256).next().value);
}
