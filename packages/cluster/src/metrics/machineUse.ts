import { cpus, freemem, totalmem } from 'node:os';

/** How busy this machine is, at one moment. */
export class MachineUse {
  readonly memoryBytes = totalmem() - freemem();
  /** Of all cores together, since the machine started. */
  private readonly busySeconds =
    cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;

  /** @param at milliseconds since the epoch */
  constructor(private readonly at: number) {}

  /** Cores that were busy on average since an earlier moment. */
  coresSince(earlier: MachineUse): number {
    return Math.max(0, this.busySeconds - earlier.busySeconds) / (Math.max(this.at - earlier.at, 1) / 1000);
  }
}
