import { readdir, readFile } from 'node:fs/promises';
import type { PodMetrics } from '../api/apiServer';
import { textAt } from '../api/kubeObject';
import type { ObjectStore } from '../api/objectStore';
import type { ProcessRuntime } from './processRuntime';

/** Linux counts processor time in these on every machine that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

interface Usage {
  ticks: number;
  bytes: number;
}

interface Sample {
  ticks: number;
  atMs: number;
}

/** What the pods use, from the system's figures of their process groups. Linux only: elsewhere there are no figures. */
export class PodUsage {
  private before = new Map<number, Sample>();

  constructor(
    private readonly objects: ObjectStore,
    private readonly runtime: ProcessRuntime,
  ) {}

  /** Processor use is the mean since the last call; of a group that is seen for the first time since its pod started. */
  async read(): Promise<PodMetrics[]> {
    const groups = await readGroups();
    const atMs = Date.now();
    const samples = new Map<number, Sample>();
    const result: PodMetrics[] = [];
    for (const pod of this.objects.list('Pod').items) {
      const containers = this.runtime.pidsOf(pod.metadata.uid ?? '').flatMap(({ container, pid }) => {
        const usage = groups.get(pid);
        if (!usage) return [];
        const started = Date.parse(textAt(pod, 'status', 'startTime') ?? '') || atMs;
        const before = this.before.get(pid) ?? { ticks: 0, atMs: started };
        const seconds = Math.max(atMs - before.atMs, 1) / 1000;
        samples.set(pid, { ticks: usage.ticks, atMs });
        const cpuCores = Math.max(0, usage.ticks - before.ticks) / TICKS_PER_SECOND / seconds;
        return [{ name: container, cpuCores, memoryBytes: usage.bytes }];
      });
      if (containers.length > 0) {
        result.push({ namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name, containers });
      }
    }
    this.before = samples;
    return result;
  }
}

/** Processor time and resident memory of every process group of this machine. */
async function readGroups(): Promise<Map<number, Usage>> {
  const groups = new Map<number, Usage>();
  if (process.platform !== 'linux') return groups;
  const entries = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    entries.map(async (entry) => {
      const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => undefined);
      if (stat === undefined) return;
      // Counted after the command's name: 2 is the group, 11 and 12 are the times, 21 is the memory in pages.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [group = 0, user = 0, system = 0, pages = 0] = [fields[2], fields[11], fields[12], fields[21]];
      const usage = groups.get(group) ?? { ticks: 0, bytes: 0 };
      groups.set(group, { ticks: usage.ticks + user + system, bytes: usage.bytes + pages * PAGE_BYTES });
    }),
  );
  return groups;
}
