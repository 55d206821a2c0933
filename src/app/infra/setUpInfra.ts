import { traitsOf } from '../../core/clusterTraits';
import { AppError } from '../../core/errors';
import {
  infraNamespace,
  infraOwner,
  infraParts,
  infraPartTitles,
  infraRelease,
  type InfraPart,
} from '../../core/clusters/infra';
import type { ServiceStatus } from '../../core/model';
import type { Cluster, ClusterAccess } from '../../core/ports/cluster';
import type { Clock, Locks } from '../../core/ports/host';
import type { Infra, InfraValues } from '../../core/ports/infra';
import type { Releases } from '../../core/ports/releases';
import type { Settings } from '../../core/settings';
import { plural } from '../../core/text/plural';
import type { DatabaseServerSettings } from '../databases/verifyDatabaseServer';
import { databasesInInfra } from './databasesInInfra';
import { recordedInfra } from './recordedInfra';
import type { UseCase } from '../run/run';
import { runSteps, type Shortfall, type Step } from '../run/steps';
import { shortfallOf, waitReady, type Readiness } from '../services/waitReady';
import { withLock } from '../run/withLock';

export interface InfraPorts {
  readonly cluster: Cluster;
  readonly releases: Releases;
  readonly infra: Infra;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'infra.values' | 'ingress.class' | 'ingress.namespace'> &
    DatabaseServerSettings;
}

export interface SetUpInfraRequest {
  /** Any folder of the repository whose cluster it is. */
  readonly folder: string;
  /** undefined: those of the last time, else all. */
  readonly parts?: readonly InfraPart[] | undefined;
  /** Data live as long as their pods: for clusters that give no volumes. Decided once, with the first set-up. */
  readonly ephemeral?: boolean | undefined;
  /** Namespaces of environments whose databases may be lost with it. */
  readonly accepted?: readonly string[] | undefined;
}

export interface SetUpInfraResult {
  readonly parts: readonly InfraPart[];
  readonly services: readonly ServiceStatus[];
  /** False: all is made, but something does not get ready; `services` says what and why. */
  readonly ready: boolean;
  /** Whether it was there before: then this was an upgrade. */
  readonly found: boolean;
}

/** Images of seven programs may have to come over a slow line. Milliseconds. */
const readyTimeoutMs = 15 * 60_000;

export const infraLock = 'infra';

/**
 * Makes infra in the repository's cluster, or brings the one that is there up to date: its data stay. Cut off at any point,
 * the same request finishes it.
 *
 * @throws notConfigured on the embedded cluster, and where a cluster gives no volumes unless `ephemeral`; conflict when the
 * namespace is somebody else's, or its data would be lost
 */
export function setUpInfra(ports: InfraPorts): UseCase<SetUpInfraRequest, SetUpInfraResult> {
  return async (request, run) => {
    verifyCanHaveInfra(ports.cluster);
    return withLock(ports.locks, infraLock, 'infra is being set up', async () => {
      const setUp = new SetUp(ports, request);
      await runSteps(setUp.steps(), run, ports.clock);
      return setUp.result();
    });
  };
}

/** @throws notConfigured */
export function verifyCanHaveInfra(cluster: Cluster): void {
  if (traitsOf(cluster.identity).hasInfra) return;
  throw new AppError(
    'notConfigured',
    'The embedded cluster runs no containers: infra needs k3d or another Kubernetes.',
    {
      explanation:
        'Choose or set up such a cluster. A Grafana or Prometheus of your own can be used here as well: see the settings coppice.grafana.url and coppice.prometheus.url.',
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'grafana.url' } },
    },
  );
}

class SetUp {
  #access: ClusterAccess | undefined;
  #found = false;
  #created = false;
  #parts: readonly InfraPart[] = infraParts;
  #ephemeral = false;
  #readiness: Readiness | undefined;

  constructor(
    private readonly ports: InfraPorts,
    private readonly request: SetUpInfraRequest,
  ) {}

  result(): SetUpInfraResult {
    const { services = [], ready = false } = this.#readiness ?? {};
    return { parts: this.#parts, services, ready, found: this.#found };
  }

  steps(): Step[] {
    const { cluster, releases } = this.ports;
    return [
      { id: 'tools', after: [], title: 'Look for Helm', run: ({ signal }) => releases.verifyTool(signal) },
      {
        id: 'cluster',
        after: [],
        title: 'Reach the cluster',
        run: async ({ signal, tell }) => void (this.#access = await cluster.connect(signal, tell)),
      },
      { id: 'decide', after: ['cluster'], title: 'See what is there', run: ({ signal }) => this.#decide(signal) },
      {
        id: 'namespace',
        after: ['tools', 'decide'],
        title: `Claim the namespace ${infraNamespace}`,
        run: ({ signal }) => this.#claim(signal),
        undo: (signal) => this.#unclaim(signal),
      },
      {
        id: 'release',
        after: ['namespace'],
        title: 'Install infra',
        run: ({ signal }) => this.#install(signal),
        undo: (signal) => this.#uninstall(signal),
      },
      {
        id: 'ready',
        after: ['release'],
        title: 'Wait until its services are ready',
        run: ({ signal, tell }) => this.#wait(tell, signal),
      },
    ];
  }

  async #decide(signal: AbortSignal): Promise<string> {
    const recorded = await recordedInfra(this.ports.cluster, signal);
    this.#found = recorded !== undefined;
    this.#parts = infraParts.filter((part) => (this.request.parts ?? recorded?.parts ?? infraParts).includes(part));
    if (this.#parts.length === 0) throw new AppError('invalidInput', 'Infra without any part is none: choose one.');
    this.#ephemeral = this.request.ephemeral ?? recorded?.ephemeral ?? false;
    if (recorded && recorded.ephemeral !== this.#ephemeral) {
      throw new AppError('conflict', 'Where infra keeps its data is decided once: changing it would lose them.', {
        explanation: 'Remove infra and set it up anew.',
      });
    }
    if (recorded?.ephemeral && recorded.parts.includes('postgresql')) await this.#refuseLoss(signal);
    const ownValues = this.ports.settings()['infra.values'];
    // A file of the person's own may name a class of volumes.
    if (!recorded && !this.#ephemeral && ownValues === '' && !(await this.ports.infra.hasDefaultStorage(signal))) {
      throw new AppError(
        'conflict',
        'This cluster gives no volumes by itself: without them infra loses its data with each restart.',
        {
          explanation:
            'Name a storage class in a file of Helm values (setting coppice.infra.values: global.storageClass), or accept it: coppice infra setup --ephemeral.',
          remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'infra.values' } },
        },
      );
    }
    return recorded ? 'it is brought up to date' : this.#parts.map((part) => infraPartTitles[part]).join(', ');
  }

  /** A pod of another image, or with other values, takes the place of the one that has the data. */
  async #refuseLoss(signal: AbortSignal): Promise<void> {
    const { accepted = [] } = this.request;
    const found = await databasesInInfra(this.ports.cluster, this.ports.settings(), signal);
    const lost = found.filter((each) => !accepted.includes(each));
    if (lost.length === 0) return;
    const how = this.#parts.includes('postgresql') ? 'its PostgreSQL may start anew' : 'its PostgreSQL goes';
    throw new AppError(
      'conflict',
      `Infra keeps its data only as long as its pods: ${how}, and the databases of ${plural(lost.length, 'environment')} with it.`,
      {
        explanation: `Environments: ${lost.join(', ')}. Dump first what is to stay: "coppice database url" says where it is.`,
        losses: [{ kind: 'data', count: lost.length, examples: lost }],
      },
    );
  }

  async #claim(signal: AbortSignal): Promise<void> {
    const annotations = { parts: this.#parts.join(','), persistence: this.#ephemeral ? 'none' : 'volumes' };
    // What reads the pods' output on each node needs a folder of the node.
    const podSecurity = this.#parts.includes('collector') ? 'privileged' : 'baseline';
    const claim = { name: infraNamespace, owner: infraOwner, annotations, podSecurity } as const;
    this.#created = (await this.ports.cluster.claimNamespace(claim, signal)) === 'created';
  }

  async #unclaim(signal: AbortSignal): Promise<void> {
    if (this.#created) await this.ports.cluster.deleteNamespace(infraNamespace, infraOwner, signal);
  }

  async #install(signal: AbortSignal): Promise<void> {
    const { releases, infra, settings } = this.ports;
    const { 'infra.values': ownValues, 'ingress.class': ingressClass, 'ingress.namespace': controller } = settings();
    const chosen = Object.fromEntries(infraParts.map((part) => [part, { enabled: this.#parts.includes(part) }]));
    const values: InfraValues = {
      global: { persistence: !this.#ephemeral },
      ingress: { class: ingressClass },
      network: { ingress: controller },
      ...chosen,
    };
    const request = { release: infraRelease, namespace: infraNamespace, chart: infra.chart, values };
    await releases.install({ ...request, access: this.#reached, ...(ownValues === '' ? {} : { ownValues }) }, signal);
  }

  /** An upgrade is not taken back: what ran before it may have been replaced already, and running it again finishes it. */
  async #uninstall(signal: AbortSignal): Promise<string | undefined> {
    if (!this.#created) return 'infra stays as far as it came: set it up again';
    await this.ports.releases.uninstall(infraRelease, infraNamespace, this.#reached, signal);
    return undefined;
  }

  async #wait(tell: (line: string) => void, signal: AbortSignal): Promise<string | Shortfall> {
    const { cluster } = this.ports;
    const { repositoryId } = infraOwner;
    const found = (await cluster.read(repositoryId, signal)).find(({ namespace }) => namespace === infraNamespace);
    // All that have something to ask are probed, by the chart.
    const services = (found?.deployments ?? []).map(({ service }) => ({ name: service, port: 1 }));
    const options = { timeoutMs: readyTimeoutMs, steadyMs: 0, tell };
    this.#readiness = await waitReady(cluster, { repositoryId, namespace: infraNamespace }, services, options, signal);
    return shortfallOf(this.#readiness) ?? `${this.#readiness.services.length} services`;
  }

  get #reached(): ClusterAccess {
    if (!this.#access) throw new AppError('bug', 'The cluster is used before it was reached.');
    return this.#access;
  }
}
