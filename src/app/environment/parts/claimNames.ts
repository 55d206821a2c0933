import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { AppError, isAppError } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import { metricsPort, namesFromSlug, slugCandidates, type CandidateNames, type Names } from '../../../core/naming';
import type { ClaimNamespace, Cluster, NamespaceRecord } from '../../../core/ports/cluster';
import type { Ports } from '../../../core/ports/host';

/** How many candidates may be somebody else's before something must be wrong; hashes make each further one unlikely. */
const attempts = 20;
const namespacePrefix = namesFromSlug('').namespace;

export interface NamesInUse {
  /** Namespaces that are there now, of all repositories. */
  readonly namespaces: readonly NamespaceRecord[];
  /** Who has what the parts that are wanted would be called: undefined, nobody. */
  readonly ofParts: readonly PartHolder[];
}

export interface PartHolder {
  /** The part's. */
  readonly id: string;
  readonly holder: (names: CandidateNames, signal: AbortSignal) => Promise<Owner | 'foreign' | undefined>;
}

/** The name that this owner's namespace has; else the best one that is free or already this owner's. Reads only. */
export async function chooseNames(
  owner: Owner,
  ref: string,
  inUse: NamesInUse,
  sha256: (text: string) => string,
  signal: AbortSignal,
): Promise<CandidateNames> {
  // A better name may be free by now: but a name that was given is never another.
  const own = inUse.namespaces.find((namespace) => isSameOwner(namespace.owner, owner));
  if (own?.name.startsWith(namespacePrefix)) return namesFromSlug(own.name.slice(namespacePrefix.length));
  const held = new Map(inUse.namespaces.map((namespace) => [namespace.name, namespace]));
  let tried = 0;
  for (const slug of slugCandidates(owner.repositoryId, ref, sha256)) {
    if (++tried > attempts) break;
    const names = namesFromSlug(slug);
    const namespace = held.get(names.namespace);
    if (namespace && !isSameOwner(namespace.owner, owner)) continue;
    if (await isFree(names, owner, inUse, signal)) return names;
  }
  throw new AppError('conflict', `No free name was found for ${ref}: ${attempts} were taken.`);
}

async function isFree(
  names: CandidateNames,
  owner: Owner,
  { ofParts }: NamesInUse,
  signal: AbortSignal,
): Promise<boolean> {
  for (const part of ofParts) {
    const holder = await part.holder(names, signal);
    if (holder !== undefined && (holder === 'foreign' || !isSameOwner(holder, owner))) return false;
  }
  return true;
}

/** A metrics port for each service that no other environment holds and nothing on this machine listens on. */
export async function chooseMetricsPorts(
  names: Names,
  owner: Owner,
  services: readonly string[],
  namespaces: readonly NamespaceRecord[],
  ports: Ports,
): Promise<Record<string, number>> {
  const taken = new Set<number>();
  let own: Record<string, number> = {};
  for (const namespace of namespaces) {
    const recorded = parsePorts(namespace.annotations['metrics-ports']);
    if (isSameOwner(namespace.owner, owner)) own = recorded;
    else for (const port of Object.values(recorded)) taken.add(port);
  }
  const chosen: Record<string, number> = {};
  for (const service of services) {
    const recorded = own[service];
    let port = recorded ?? metricsPort(names.namespace, (candidate) => taken.has(candidate));
    // Recorded ports are the environment's own already, so that its own services may be the ones listening there.
    while (recorded === undefined && !(await ports.isFree(port))) {
      taken.add(port);
      port = metricsPort(names.namespace, (candidate) => taken.has(candidate));
    }
    taken.add(port);
    chosen[service] = port;
  }
  return chosen;
}

/**
 * Makes the namespace, which is what claims the names for everybody. When another owner was quicker the next name is
 * tried.
 */
export async function claim<
  Choice extends Pick<ClaimNamespace, 'annotations' | 'podSecurity'> & { readonly names: Names },
>(
  cluster: Cluster,
  choose: () => Promise<Choice>,
  owner: Owner,
  signal: AbortSignal,
): Promise<{ chosen: Choice; claimed: 'created' | 'found' }> {
  let refused: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const chosen = await choose();
    const name = chosen.names.namespace;
    try {
      const { annotations, podSecurity = 'baseline' } = chosen;
      const claimed = await cluster.claimNamespace({ name, owner, annotations, podSecurity }, signal);
      return { chosen, claimed };
    } catch (error) {
      // Choosing again sees the winner and moves on, unless nothing else is to be chosen.
      if (!isAppError(error, 'conflict') || name === refused || attempt >= attempts) throw error;
      refused = name;
    }
  }
}

function parsePorts(text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return {};
  }
}
