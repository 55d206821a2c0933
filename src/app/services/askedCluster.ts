import type { Repository } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { MachineLoad } from '../../core/ports/machineLoad';
import type { Usages } from '../../core/ports/usages';

export interface AskedPorts {
  readonly cluster: Pick<Cluster, 'read'>;
  readonly machineLoad: MachineLoad;
  readonly usages: Usages;
}

export interface AskedStart {
  readonly repository: Repository;
  readonly namespace: string;
  /** Whether there is still something to start: somebody else may have done it meanwhile. */
  readonly isWanted?: (signal: AbortSignal) => Promise<boolean>;
}

type Memory = NonNullable<Awaited<ReturnType<MachineLoad['memory']>>>;

/** So many may start at once, each of which holds a lock of its own; others wait, however much is free. */
export const mostStarts = 32;
/** Between two questions whether there is still something to start: the machine is asked more often, and costs nothing. Milliseconds. */
const wantedMs = 5000;
/** What the cluster said of what is needed holds for so long. Milliseconds. */
const needMs = 15_000;
/** By such a part of the limit free memory has to change before it is asked for anew all the same: programs come and go. */
const needPart = 1 / 16;
/** A cluster that does not tell in that time is not waited for. Milliseconds. */
const usageMs = 5000;

/** In bytes. */
export interface Need {
  /** What is started may need so much; undefined: nobody can tell. */
  readonly need: number | undefined;
  /** What was free when that was asked. */
  readonly free: number;
}

/** What the cluster says, asked no more often than it can matter: each that waits would ask it every second. */
export class AskedCluster {
  #wantedAt = performance.now();
  #last: { readonly need: number | undefined; readonly free: number; readonly at: number } | undefined;

  constructor(
    private readonly ports: AskedPorts,
    private readonly start: AskedStart,
  ) {}

  async isWanted(signal: AbortSignal): Promise<boolean> {
    if (!this.start.isWanted || performance.now() - this.#wantedAt < wantedMs) return true;
    const isWanted = await this.start.isWanted(signal);
    this.#wantedAt = performance.now();
    return isWanted;
  }

  /** As `needOf`. Without room for the limit alone nothing starts, whatever it needs: then nobody is asked. undefined: the system does not tell. */
  async need(limit: number, signal: AbortSignal): Promise<Need | undefined> {
    const memory = await this.ports.machineLoad.memory();
    if (!memory) return undefined;
    const { free } = memory;
    const last = this.#last;
    const isFresh = last && performance.now() - last.at < needMs && Math.abs(free - last.free) < limit * needPart;
    if (free < limit || isFresh) return { need: last?.need, free };
    const need = await needOf(this.ports, this.start, { limit, memory }, signal);
    this.#last = { need, free, at: performance.now() };
    return { need, free };
  }
}

/**
 * What an environment like this one uses at the least, in bytes: as much as the smallest of its repository that runs. Memory that processes
 * share is counted for each, and one that has run for days says little of a start. No environment can use more than all that is used
 * here, so where even that fits many times nobody is asked. undefined: none runs, or nobody tells.
 */
async function needOf(
  { usages, cluster }: AskedPorts,
  { repository, namespace }: AskedStart,
  { limit, memory }: { readonly limit: number; readonly memory: Memory },
  signal: AbortSignal,
): Promise<number | undefined> {
  const most = memory.total - memory.free;
  if (memory.free >= limit + (mostStarts + 1) * most) return most;
  const within = AbortSignal.any([signal, AbortSignal.timeout(usageMs)]);
  const [used, own] = await Promise.all([
    usages.read(within).catch(() => 'it does not answer'),
    cluster.read(repository.id, signal),
  ]);
  if (typeof used === 'string') return undefined;
  const alike = own.flatMap((each) =>
    each.namespace === namespace ? [] : (used.get(each.namespace)?.memoryBytes ?? []),
  );
  return alike.length === 0 ? undefined : Math.min(...alike);
}
