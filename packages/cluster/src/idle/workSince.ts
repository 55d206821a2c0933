import type { ContainerUse } from '../metrics/podUsage';

/** What watches files and waits for requests uses less, over a long time; what works now and then through all of it uses more. Cores. */
const WORKING_CORES = 0.05;

interface Seen {
  readonly at: number;
  readonly seconds: ReadonlyMap<string, number>;
}

/** Whether services have worked since they were looked at last: one look alone would miss what rests in that moment. */
export class WorkSince {
  private readonly seen = new Map<string, Seen>();

  /**
   * @param read of all containers that run. Rejects when the system does not tell
   * @param now of a clock that only goes on. Milliseconds
   */
  constructor(
    private readonly read: () => Promise<readonly ContainerUse[]>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * @param forMs how long nobody has used them: what was seen long before says nothing of that time
   * @returns undefined: nobody can tell yet
   */
  async hasWorked(namespace: string, pods: ReadonlySet<string>, forMs: number): Promise<boolean | undefined> {
    const containers = (await this.read()).filter(({ podUid }) => pods.has(podUid));
    const at = this.now();
    const seconds = new Map(containers.map((each) => [`${each.pid} ${each.startedAt}`, each.cpuSeconds]));
    const before = this.seen.get(namespace);
    this.seen.set(namespace, { at, seconds });
    if (!before || at - before.at > 2 * forMs) return undefined;
    let used = 0;
    for (const [key, now] of seconds) used += Math.max(0, now - (before.seconds.get(key) ?? 0));
    return used >= (WORKING_CORES * (at - before.at)) / 1000;
  }

  forget(namespace: string): void {
    this.seen.delete(namespace);
  }
}
