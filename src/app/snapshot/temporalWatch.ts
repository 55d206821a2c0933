import type { EnvironmentFacts } from '../../core/facts';
import type { ClusterIdentity } from '../../core/model';
import type { OwnedNamespace, TemporalWorkflows } from '../../core/ports/temporalWorkflows';
import type { TemporalNews } from '../../core/temporalNews';
import { temporalNamespaceIn } from '../../core/temporal/temporalNamespaceIn';

export interface TemporalPorts {
  /** Undefined: nobody tells of workflows. Loaded when an environment has a namespace in Temporal. */
  readonly workflows?: (cluster: ClusterIdentity, repositoryId: string) => Promise<TemporalWorkflows>;
}

/** How old what is shown of workflows gets. Milliseconds. */
const lookMs = 10_000;

/** What is known of environments' namespaces in Temporal. Asks nobody where there are none. */
export async function readTemporal(
  { workflows }: TemporalPorts,
  cluster: ClusterIdentity,
  environments: readonly EnvironmentFacts[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TemporalNews>> {
  const namespaces = namespacesOf(environments);
  const [first] = namespaces;
  if (!workflows || !first) return new Map();
  return (await workflows(cluster, first.owner.repositoryId)).read(namespaces, signal);
}

function namespacesOf(environments: readonly EnvironmentFacts[]): readonly OwnedNamespace[] {
  return environments.flatMap((facts) => {
    const name = temporalNamespaceIn(facts.annotations);
    const { repositoryId, worktreeId } = facts;
    return name === undefined || facts.terminating ? [] : [{ name, owner: { repositoryId, worktreeId } }];
  });
}

/** Follows them while somebody looks and the cluster is there. Never rejects. */
export class TemporalWatch {
  #news: ReadonlyMap<string, TemporalNews> = new Map();
  #cluster: ClusterIdentity | undefined;
  #environments: readonly EnvironmentFacts[] = [];
  #asked = '';
  #looking: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param isWanted whether somebody looks: only then anything is asked */
  constructor(
    private readonly ports: () => Promise<TemporalPorts>,
    private readonly isWanted: () => boolean,
    private readonly onChange: () => void,
  ) {}

  /** By the name of the namespace. */
  get current(): ReadonlyMap<string, TemporalNews> {
    return this.#news;
  }

  /** Looks at once where there are other namespaces than before, or nobody has looked for a while. */
  follow(cluster: ClusterIdentity, environments: readonly EnvironmentFacts[]): void {
    this.#cluster = cluster;
    this.#environments = environments;
    const asked = JSON.stringify([cluster, namespacesOf(environments)]);
    const isKnown = asked === this.#asked && (this.#timer !== undefined || this.#looking !== undefined);
    this.#asked = asked;
    if (!isKnown) void this.#look();
  }

  /** Asks no more until it is told to follow; what is known stays. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#looking?.abort();
    this.#looking = undefined;
  }

  async #look(): Promise<void> {
    this.dispose();
    const cluster = this.#cluster;
    if (!cluster || namespacesOf(this.#environments).length === 0 || !this.isWanted()) return;
    const looking = new AbortController();
    this.#looking = looking;
    const found = await this.ports()
      .then((ports) => readTemporal(ports, cluster, this.#environments, looking.signal))
      .catch(() => undefined);
    if (this.#looking !== looking) return;
    this.#looking = undefined;
    this.#timer = setTimeout(() => void this.#look(), lookMs);
    if (!found || JSON.stringify([...found]) === JSON.stringify([...this.#news])) return;
    this.#news = found;
    this.onChange();
  }
}
