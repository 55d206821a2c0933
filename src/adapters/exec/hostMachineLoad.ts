import { availableParallelism, loadavg } from 'node:os';
import { freeMemory } from '@coppice/host/freeMemory';
import type { MachineLoad } from '../../core/ports/machineLoad';

export class HostMachineLoad implements MachineLoad {
  /** The services are children of the cluster's program, which is in the same control groups unless somebody has moved it. */
  memory(): ReturnType<MachineLoad['memory']> {
    return freeMemory();
  }

  async load(): Promise<number | undefined> {
    // Windows has no such figure, for which Node says 0.
    if (process.platform === 'win32') return undefined;
    const [lastMinute = 0] = loadavg();
    return lastMinute / availableParallelism();
  }
}
