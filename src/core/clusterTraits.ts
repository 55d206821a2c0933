import type { ClusterIdentity } from './model';

type Kind = ClusterIdentity['kind'];

/** What serves URLs and can take a path away before a service sees it, each in its own way. */
export type PrefixStripper = 'gateway' | 'traefik' | 'nginx';

/** What differs between kinds of clusters: whoever would compare the kind asks for one of these instead. */
export interface ClusterTraits {
  /** The kind within a sentence, for a person. */
  readonly title: string;
  /** Its pods are containers made of images; else they are processes of this machine, which see its folders. */
  readonly runsImages: boolean;
  /** A quota holds there. */
  readonly enforcesQuota: boolean;
  /** Policies may limit which addresses pods reach and who reaches them. */
  readonly enforcesNetwork: boolean;
  /** What all environments share (`core/clusters/infra`) can run there. */
  readonly hasInfra: boolean;
  /** The addresses of servers that lead there from its pods: those of this machine, or others. */
  readonly podsSee: 'machine' | 'pods';
  /** What starts it: Coppice with the first use, Coppice when it is told to, or only the tool that made it. */
  readonly canStart: 'onUse' | 'onRequest' | 'never';
  /** Its state is that of a process of this machine; else all that is known is whether it answers. */
  readonly isProcess: boolean;
  /** A context, its server and its authority say which one it is, and have to be chosen; else there is one a user. */
  readonly isPinned: boolean;
  /** Coppice keeps a record of how it was made: ports, registry, mounted folders. */
  readonly hasRecord: boolean;
  /** Coppice made it: nothing but the choice is needed to change it. */
  readonly isOurs: boolean;
  /** It is on this machine; else only its address tells. */
  readonly isHere: boolean;
  /** Others may use it: an environment whose folder is not here may have it elsewhere. */
  readonly isShared: boolean;
  /** Coppice serves the URLs of its environments itself, and needs no class of ingresses. */
  readonly hasGateway: boolean;
  /** What serves the URLs of its environments; undefined: its classes of ingresses say it. */
  readonly ingressController: PrefixStripper | undefined;
  /** It keeps what environments were asked and have used, so that who looks later sees it. */
  readonly keepsPast: boolean;
  /** Where its ingress controller runs; undefined: a setting says it. */
  readonly ingressNamespace: string | undefined;
}

/** The kinds by what is asked of them. */
const traits: Readonly<Record<Kind, ClusterTraits>> = {
  embedded: {
    title: 'embedded cluster',
    runsImages: false,
    enforcesQuota: false,
    enforcesNetwork: false,
    hasInfra: false,
    podsSee: 'machine',
    canStart: 'onUse',
    isProcess: true,
    isPinned: false,
    hasRecord: false,
    isOurs: true,
    isHere: true,
    isShared: false,
    hasGateway: true,
    keepsPast: true,
    ingressController: 'gateway',
    ingressNamespace: undefined,
  },
  k3d: {
    title: 'k3d cluster',
    runsImages: true,
    enforcesQuota: true,
    enforcesNetwork: true,
    hasInfra: true,
    podsSee: 'pods',
    canStart: 'onRequest',
    isProcess: false,
    isPinned: true,
    hasRecord: true,
    isOurs: true,
    isHere: true,
    isShared: false,
    hasGateway: false,
    keepsPast: false,
    ingressController: 'traefik',
    // Of the Traefik that comes with it.
    ingressNamespace: 'kube-system',
  },
  context: {
    title: 'cluster',
    runsImages: true,
    enforcesQuota: true,
    enforcesNetwork: true,
    hasInfra: true,
    podsSee: 'pods',
    canStart: 'never',
    isProcess: false,
    isPinned: true,
    hasRecord: false,
    isOurs: false,
    isHere: false,
    isShared: true,
    hasGateway: false,
    keepsPast: false,
    ingressController: undefined,
    ingressNamespace: undefined,
  },
};

export function traitsOf({ kind }: Pick<ClusterIdentity, 'kind'>): ClusterTraits {
  return traits[kind];
}

/** For what was read: whether there is such a kind. */
export function isClusterKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(traits, value);
}

/** The cluster that Coppice brings. */
export const embeddedIdentity: ClusterIdentity = { kind: 'embedded' };
