import type { MachineLoad } from '../../core/ports/machineLoad';
import type { Settings } from '../../core/settings';

interface Ports {
  readonly machineLoad: MachineLoad;
  readonly settings: () => Pick<Settings, 'start.freeMemory' | 'start.load'>;
}

/** Why this machine has no room for what can wait, by the limits that starts have, in words that follow "because"; undefined: it has. */
export async function whyNoRoom({ machineLoad, settings }: Ports): Promise<string | undefined> {
  const { 'start.freeMemory': freeMemory, 'start.load': most } = settings();
  const [memory, load] = await Promise.all([
    freeMemory > 0 ? machineLoad.memory() : undefined,
    most > 0 ? machineLoad.load() : undefined,
  ]);
  if (memory && memory.free < freeMemory * 2 ** 20)
    return `${Math.round(memory.free / 2 ** 20)} MiB of memory are free, while ${freeMemory} MiB are to stay free (start.freeMemory)`;
  if (load !== undefined && load > most)
    return `the load is ${load.toFixed(1)} a processor, above ${most} (start.load)`;
  return undefined;
}
