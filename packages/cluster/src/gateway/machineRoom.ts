import { availableParallelism, loadavg } from 'node:os';
import { freeMemory } from '@coppice/host/freeMemory';
import type { NoRoom, StartLimits } from './startQueue';

export interface RoomParts {
  /** What environments like this one use at the least, in bytes; undefined: none runs, or nobody tells. May reject. */
  needOf(namespace: string): Promise<number | undefined>;
  /** For tests. */
  memory?: typeof freeMemory;
  load?: () => number;
}

/** So many times what is used here, and the limit, are free: whatever is started fits, and nobody is asked what it needs. */
const PLENTY = 4;

/**
 * Why this machine has no room for an environment, as a create is told it: with what it needs, as far as that is known, what is to stay
 * free must be left. Of what is on its way nobody knows how much of its memory it has already. Never rejects.
 */
export async function machineRoom(
  { needOf, memory = freeMemory, load = processorLoad }: RoomParts,
  namespace: string,
  limits: StartLimits,
  starting: number,
): Promise<NoRoom | undefined> {
  const limit = limits.freeMemory;
  const seen = limit > 0 ? await memory() : undefined;
  if (seen) {
    const isPlenty = seen.free >= PLENTY * (seen.total - seen.free) + limit * (1 + starting);
    const isTight = seen.free < limit;
    const need = isPlenty || isTight ? undefined : await needOf(namespace).catch(() => undefined);
    const wanted = limit + (need ?? 0) + starting * (need ?? limit);
    if (seen.free < wanted) return { kind: 'memory', reason: memoryReason(seen.free, limit, need) };
  }
  if (limits.load > 0 && load() > limits.load)
    return {
      kind: 'load',
      reason: `the load is ${load().toFixed(1)} a processor, above ${limits.load} (start.load)`,
    };
  return undefined;
}

/** Windows has no such figure, for which Node says 0. */
function processorLoad(): number {
  const [lastMinute = 0] = loadavg();
  return lastMinute / availableParallelism();
}

function memoryReason(free: number, limit: number, need: number | undefined): string {
  const needs = need === undefined ? '' : ` and what is started may need ${megabytes(need)}`;
  return `${megabytes(free)} of memory are free, while ${megabytes(limit)} are to stay free (start.freeMemory)${needs}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
