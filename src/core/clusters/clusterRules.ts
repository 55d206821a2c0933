import { isThisMachine } from '@coppice/host/isThisMachine';
import { traitsOf } from '../clusterTraits';
import type { ClusterIdentity } from '../model';
import type { KubeContext } from './kubeContext';

/** Contexts that tools for clusters on one's own machine make. */
const localNames = /^(k3d-.+|kind-.+|minikube|docker-desktop|rancher-desktop)$/;

const productionWords: ReadonlySet<string> = new Set(['prod', 'production', 'live']);

/** Whether a context is one that a tool made for a cluster on this machine, and leads to this machine. */
export function isLocalCluster({ name, server }: Pick<KubeContext, 'name' | 'server'>): boolean {
  const host = hostOf(server);
  if (host === undefined || !localNames.test(name)) return false;
  // Docker Desktop writes that name for 127.0.0.1 into the machine's hosts file.
  return isThisMachine(host) || (name === 'docker-desktop' && host === 'kubernetes.docker.internal');
}

/** Whether any of the names says, as a word of its own, that people depend on the cluster: `prod`, `production`, `live`. */
export function looksLikeProduction({ name, server, cluster, namespace }: KubeContext): boolean {
  return [name, hostOf(server) ?? server, cluster, namespace ?? ''].some((text) =>
    wordsOf(text).some(isProductionWord),
  );
}

function isProductionWord(word: string): boolean {
  return productionWords.has(word);
}

/** `eu1-ProdCluster` is `eu`, `prod`, `cluster`: digits and capitals part words, too. */
function wordsOf(text: string): string[] {
  return text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}

/**
 * Whether two identities pin the same cluster: by where they lead, not by what a kubeconfig calls it. Of one that a tool made on this
 * machine the port may be another one, as it is with each start of minikube: its authority says that it is the same.
 */
export function isSameCluster(one: ClusterIdentity, other: ClusterIdentity): boolean {
  if (!traitsOf(one).isPinned || !traitsOf(other).isPinned) return one.kind === other.kind;
  if (one.caSha256 !== other.caSha256) return false;
  if (one.server === other.server) return true;
  const isOfTool = ({ context = '', server = '' }: ClusterIdentity) => isLocalCluster({ name: context, server });
  return one.caSha256 !== undefined && one.context === other.context && isOfTool(one) && isOfTool(other);
}

/** What pins the cluster that a context leads to. */
export function identityOf({ name, server, caSha256 }: KubeContext, kind: 'k3d' | 'context'): ClusterIdentity {
  return { kind, context: name, server, ...(caSha256 === undefined ? {} : { caSha256 }) };
}

/** A cluster, for a person, within a sentence. */
export function clusterText({ kind, context, server }: ClusterIdentity): string {
  const { isPinned, title } = traitsOf({ kind });
  if (!isPinned) return `the ${title}`;
  const name = context === undefined ? 'a cluster without a name' : JSON.stringify(context);
  return server === undefined ? name : `${name} (${server})`;
}

/** A cluster by its name alone. */
export function clusterName({ kind, context }: ClusterIdentity): string {
  return traitsOf({ kind }).isPinned ? (context ?? kind) : kind;
}

/**
 * Why nothing may be changed in a cluster now; undefined: it may. The embedded one is ours; any other one has to be
 * chosen once, and one that neither Coppice made nor is on this machine has to be in the setting as well.
 *
 * @param chosen every cluster that was chosen
 * @param allowedContexts the setting `cluster.allowedContexts`
 */
export function refusalOf(
  identity: ClusterIdentity,
  chosen: readonly ClusterIdentity[],
  allowedContexts: readonly string[],
): 'notChosen' | 'notAllowed' | undefined {
  const { isPinned, isOurs } = traitsOf(identity);
  if (!isPinned) return undefined;
  const { context, server } = identity;
  if (context === undefined || server === undefined) return 'notChosen';
  const wasChosen = chosen.some((one) => one.context === context && isSameCluster(one, identity));
  if (!wasChosen) return 'notChosen';
  return isOurs || isLocalCluster({ name: context, server }) || allowedContexts.includes(context)
    ? undefined
    : 'notAllowed';
}

function hostOf(server: string): string | undefined {
  return URL.canParse(server) ? new URL(server).hostname.toLowerCase() : undefined;
}
