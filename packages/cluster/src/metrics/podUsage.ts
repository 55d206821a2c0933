import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectStore } from '../store/objectStore';
import { engineTime } from '../engine/engineTime';
import type { NodeMetrics, PodMetrics, UsageSource } from '../http/usageSource';
import type { ProcessRuntime } from '../node/processRuntime';
import { MachineUse } from './machineUse';
import type { ProcessEntry } from './processEntry';
import { readProcesses } from './processTable';
import { ProcessTrees } from './processTrees';

/** A mean over less says little: processor time is counted in steps of 10 ms. */
const SHORTEST_WINDOW_MS = 1000;
/** A mean over more is not what is used now. */
const LONGEST_WINDOW_MS = 60_000;

/** What one container's processes use, children included. */
export interface ContainerUse {
  podUid: string;
  container: string;
  pid: number;
  startedAt: number;
  cpuSeconds: number;
  memoryBytes: number;
}

interface Reading {
  at: number;
  containers: readonly ContainerUse[];
  machine: MachineUse;
}

interface Window {
  from: Reading;
  to: Reading;
}

/**
 * What the pods and their machine use. Nothing is read but when somebody asks: processor use is then the mean since somebody
 * asked last, or over the second that the first one waits.
 */
export class PodUsage implements UsageSource {
  private window: Window | undefined;
  /** The last reading, where there was no window before it. */
  private seen: Reading | undefined;
  private measuring: Promise<Window> | undefined;

  constructor(
    private readonly objects: Pick<ObjectStore, 'list'>,
    private readonly runtime: Pick<ProcessRuntime, 'running'>,
    private readonly system: {
      processes(): Promise<ProcessEntry[]>;
      now(): number;
      wait(ms: number): Promise<unknown>;
    } = {
      processes: readProcesses,
      now: () => engineTime.now(),
      wait: delay,
    },
  ) {}

  /** The counters as they stand now. Rejects when the system does not tell. */
  async read(): Promise<readonly ContainerUse[]> {
    return (await this.take()).containers;
  }

  async pods(): Promise<PodMetrics[]> {
    return this.podsOf(await this.measure());
  }

  async podsAtOnce(): Promise<PodMetrics[]> {
    return this.podsOf(await this.glance());
  }

  private podsOf({ from, to }: Window): PodMetrics[] {
    return this.objects.list('Pod').items.flatMap((pod) => {
      const { namespace = 'default', name, uid = '', labels = {} } = pod.metadata;
      const containers = to.containers
        .filter((one) => one.podUid === uid)
        .map((now) => {
          const before = from.containers.find((one) => one.pid === now.pid && one.startedAt === now.startedAt);
          const seconds = Math.max(to.at - (before ? from.at : now.startedAt), 1) / 1000;
          // A process that was counted may have left: what it used goes with it.
          const cpuCores = Math.max(0, now.cpuSeconds - (before?.cpuSeconds ?? 0)) / seconds;
          return { name: now.container, cpuCores, memoryBytes: now.memoryBytes };
        });
      return containers.length === 0 ? [] : [{ namespace, name, labels, containers, ...timesOf({ from, to }) }];
    });
  }

  async nodes(): Promise<NodeMetrics[]> {
    const { from, to } = await this.measure();
    const use = { cpuCores: to.machine.coresSince(from.machine), memoryBytes: to.machine.memoryBytes };
    return this.objects.list('Node').items.map(({ metadata: { name, labels = {} } }) => {
      return { name, labels, ...use, ...timesOf({ from, to }) };
    });
  }

  private async glance(): Promise<Window> {
    const last = this.window;
    const age = last ? this.system.now() - last.to.at : Infinity;
    if (last && age >= 0 && age < SHORTEST_WINDOW_MS) return last;
    const to = await this.take();
    const before = last?.to ?? (this.seen && to.at - this.seen.at >= SHORTEST_WINDOW_MS ? this.seen : undefined);
    const starts = to.containers.map(({ startedAt }) => startedAt);
    // Of what was not seen before its start tells.
    const from = before && before.at < to.at ? before : { ...to, at: Math.min(to.at, ...starts), containers: [] };
    // What the machine used before is known only from a reading.
    const isLong = to.at - from.at > LONGEST_WINDOW_MS;
    if (last && from === last.to) {
      // Whoever asks for what is used just now is not told the mean of hours.
      this.window = isLong ? undefined : { from, to };
      if (isLong) this.seen = to;
    } else if (from === before || !this.seen || this.seen.at > to.at) this.seen = to;
    return { from, to };
  }

  private measure(): Promise<Window> {
    this.measuring ??= this.next().finally(() => (this.measuring = undefined));
    return this.measuring;
  }

  private async next(): Promise<Window> {
    const { now, wait } = this.system;
    const last = this.window;
    const age = last ? now() - last.to.at : Infinity;
    if (last && age >= 0 && age < SHORTEST_WINDOW_MS) return last;
    let from = last?.to;
    if (!from || age < 0 || age > LONGEST_WINDOW_MS) {
      from = await this.take();
      await wait(SHORTEST_WINDOW_MS);
    }
    this.window = { from, to: await this.take() };
    return this.window;
  }

  private async take(): Promise<Reading> {
    const running = this.runtime.running();
    const trees = new ProcessTrees(running.length === 0 ? [] : await this.system.processes());
    const at = this.system.now();
    const containers = running.flatMap((one) => {
      const usage = trees.usageOf(one.pid);
      return usage ? [{ ...one, ...usage }] : [];
    });
    return { at, containers, machine: new MachineUse(at) };
  }
}

function timesOf({ from, to }: Window): { at: number; windowMs: number } {
  return { at: to.at, windowMs: to.at - from.at };
}
