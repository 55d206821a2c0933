import {
  historyKeptMs,
  type HistoryAnswer,
  type HistoryMark,
  type HistoryOfAll,
  type HistorySample,
} from '../contract';
import { latencyBounds, type ServiceRequests } from '../gateway/requestCounts';
import { serviceOf } from '../metrics/clusterMetrics';
import type { ContainerUse } from '../metrics/podUsage';
import { numberAt, recordsAt, textAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectEvent } from '../store/eventLog';
import type { ObjectStore } from '../store/objectStore';
import type { HistoryFiles, HistoryOwner } from './historyFiles';
import { markLine, sampleLine } from './historyLines';
import { inSteps } from './inSteps';
import { between, restartsBetween, type Reading } from './readings';

/** On Windows a program has to be started to read what processes use. */
const INTERVAL_MS = process.platform === 'win32' ? 60_000 : 15_000;
/** Whoever asks is told what was till just now, and not each time that they ask again. */
const FRESH_MS = 2_000;
const HOUR_MS = 60 * 60_000;

/** From when on to when, in milliseconds since the epoch, and how much of it becomes one sample; 0: as they were taken. */
export interface HistoryRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface HistoryParts {
  readonly objects: Pick<ObjectStore, 'list' | 'get' | 'subscribe'>;
  readonly requests: () => readonly ServiceRequests[];
  /** Rejects when the system does not tell. */
  readonly usage: { read(): Promise<readonly ContainerUse[]> };
  readonly files: HistoryFiles;
  log(message: string): void;
  /** Of a clock that only goes on. Milliseconds */
  readonly clock?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Environment {
  readonly owner: HistoryOwner;
  before: Reading;
  /** How many more looks pass before the next is written: of one with very many services fewer fit into its room. */
  skips: number;
}

/**
 * What each environment was asked and has used for the last hours, whoever looked or not: what the gateway counts and the system tells
 * of processes, read once for all in each interval, and one line written for each environment that runs. Of one that sleeps nothing is
 * written, so that there is a gap.
 */
export class History {
  private readonly environments = new Map<string, Environment>();
  private readonly clock: () => number;
  private readonly now: () => number;
  private readonly timer: NodeJS.Timeout;
  private readonly stopListening: () => void;
  private taking: Promise<void> | undefined;
  private isTrouble = false;

  /** Call it when the objects of last time are back. */
  constructor(private readonly parts: HistoryParts) {
    this.clock = parts.clock ?? (() => performance.now());
    this.now = parts.now ?? Date.now;
    const owners = parts.objects.list('Namespace').items.flatMap((each) => ownerOf(each) ?? []);
    const clock = this.clock();
    const pods = this.podsByNamespace();
    // What was started again before is not news.
    for (const owner of owners) {
      const restarts = restartsOf(pods.get(owner.namespace) ?? []);
      this.know(owner, { clock, restarts, containers: [], requests: [] });
    }
    void parts.files.prune(new Set(owners.map(({ uid }) => uid)), this.now());
    this.stopListening = parts.objects.subscribe((event) => this.hear(event));
    this.timer = setInterval(() => void this.take(), INTERVAL_MS);
    this.timer.unref();
  }

  /** Reads all counters and writes what happened since the last time. Never rejects. */
  take(): Promise<void> {
    this.taking ??= this.look().finally(() => (this.taking = undefined));
    return this.taking;
  }

  /** undefined: there is no such namespace. Rejects where a newer Coppice wrote it, and where it cannot be read. */
  async read(namespace: string, range: HistoryRange): Promise<HistoryAnswer | undefined> {
    const found = this.parts.objects.get('Namespace', undefined, namespace);
    const owner = found && ownerOf(found);
    if (!owner) return undefined;
    const since = this.clock() - (this.environments.get(owner.uid)?.before.clock ?? 0);
    if (since >= FRESH_MS && this.parts.files.used(owner) < 0.5) await this.take();
    const { oldest, samples, marks } = await this.kept(owner, range);
    const made = Date.parse(String(found.metadata.creationTimestamp ?? ''));
    const created: HistoryMark[] = made > oldest && made <= range.to ? [{ at: made, kind: 'created' }] : [];
    return { bounds: latencyBounds, samples, marks: inOrder([...created, ...marks]) };
  }

  /** Of all environments, one after the other, as it was written: nobody's asking adds to it. Rejects as `read`. */
  async readAll(range: HistoryRange): Promise<HistoryOfAll> {
    const environments: [namespace: string, samples: readonly HistorySample[]][] = [];
    for (const { owner } of [...this.environments.values()]) {
      const { samples } = await this.kept(owner, range);
      if (samples.length > 0) environments.push([owner.namespace, samples]);
    }
    return { bounds: latencyBounds, environments: Object.fromEntries(environments) };
  }

  /** Resolves when what was till now is on the disk. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.stopListening();
    await this.take();
    await this.parts.files.settled();
  }

  private async kept(owner: HistoryOwner, { from, to, step }: HistoryRange) {
    const oldest = Math.max(from, this.now() - historyKeptMs);
    // Each hour up to it is looked for, one after the other and before whatever else there is to read or write. A clock may be set back.
    const newest = Math.min(to, this.now() + HOUR_MS);
    const lines = await this.parts.files.read(owner, oldest, newest);
    const samples = lines.flatMap((line) => ('sample' in line ? [line.sample] : []));
    return {
      oldest,
      // A clock that was set back tells some times twice.
      samples: inOrder(step > 0 ? inSteps(inOrder(samples), oldest, step) : samples),
      marks: lines.flatMap((line) => ('mark' in line ? [line.mark] : [])),
    };
  }

  private async look(): Promise<void> {
    const containers = await this.parts.usage.read().catch((error: unknown) => {
      if (!this.isTrouble) this.parts.log(`the history of environments: ${String(error)}`);
      this.isTrouble = true;
      return undefined;
    });
    const pods = this.podsByNamespace();
    const requests = this.parts.requests();
    const clock = this.clock();
    for (const environment of this.environments.values()) {
      const { namespace } = environment.owner;
      const own = pods.get(namespace) ?? [];
      this.keep(environment, {
        clock,
        restarts: restartsOf(own),
        containers: containers && readingsOf(own, containers),
        requests: requests.filter((one) => one.namespace === namespace),
      });
    }
  }

  private keep(environment: Environment, reading: Reading): void {
    const { owner, before } = environment;
    const at = this.now();
    const sample = between(before, reading, at);
    if (sample && environment.skips > 0) {
      environment.skips--;
      return;
    }
    environment.before = reading;
    if (!sample) return;
    const line = sampleLine(sample);
    // As many as there is room for in an hour, evenly.
    environment.skips = Math.ceil(line.length / (this.parts.files.mostBytes / (HOUR_MS / INTERVAL_MS))) - 1;
    const lines = restartsBetween(before, reading).map(([service, count]) =>
      markLine({ at, kind: 'restart', service, count }),
    );
    void this.parts.files.append(owner, at, [...lines, line].join('\n'));
  }

  private hear({ kind, type, object }: ObjectEvent): void {
    if (kind === 'Namespace' && type !== 'MODIFIED') {
      const owner = ownerOf(object);
      if (owner && type === 'ADDED')
        this.know(owner, { clock: this.clock(), restarts: new Map(), containers: [], requests: [] });
      if (!owner || type === 'ADDED') return;
      this.environments.delete(owner.uid);
      void this.parts.files.remove(owner);
    }
    if (kind === 'Secret' && type === 'ADDED') this.hearOfRelease(object);
  }

  /** Helm writes one of these with each revision of a release. */
  private hearOfRelease({ metadata, ...secret }: KubeObject): void {
    const revision = Number(metadata.labels?.['version']);
    if (textAt(secret, 'type') !== 'helm.sh/release.v1' || !Number.isInteger(revision) || revision < 1) return;
    const found = this.parts.objects.get('Namespace', undefined, metadata.namespace ?? '');
    const owner = found && ownerOf(found);
    const at = this.now();
    if (owner) void this.parts.files.append(owner, at, markLine({ at, kind: 'update', revision }));
  }

  private know(owner: HistoryOwner, before: Reading): void {
    this.environments.set(owner.uid, { owner, before, skips: 0 });
  }

  private podsByNamespace(): Map<string, KubeObject[]> {
    const found = new Map<string, KubeObject[]>();
    for (const pod of this.parts.objects.list('Pod').items) {
      const { namespace = '' } = pod.metadata;
      // One that has ended for good, such as a migration's, does not run.
      if (serviceOf(pod) === '' || ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')) continue;
      found.set(namespace, [...(found.get(namespace) ?? []), pod]);
    }
    return found;
  }
}

function ownerOf({ metadata: { name, uid } }: KubeObject): HistoryOwner | undefined {
  return uid === undefined ? undefined : { namespace: name, uid };
}

function restartsOf(pods: readonly KubeObject[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const pod of pods) {
    const counts = recordsAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount') ?? 0);
    const service = serviceOf(pod);
    sums.set(service, (sums.get(service) ?? 0) + counts.reduce((sum, count) => sum + count, 0));
  }
  return sums;
}

function readingsOf(pods: readonly KubeObject[], containers: readonly ContainerUse[]): Reading['containers'] {
  const services = new Map(pods.map((pod) => [pod.metadata.uid, serviceOf(pod)]));
  return containers.flatMap(({ podUid, pid, startedAt, cpuSeconds, memoryBytes }) => {
    const service = services.get(podUid);
    return service === undefined ? [] : [{ service, run: `${pid} ${startedAt}`, cpuSeconds, memoryBytes }];
  });
}

function inOrder<T extends { readonly at: number }>(all: readonly T[]): T[] {
  return [...all].sort((one, other) => one.at - other.at);
}
