import { freeMemory } from '../../packages/host/src/freeMemory';

/** What programs of this machine can still have. @throws where the system does not tell */
export async function freeMegabytes(): Promise<number> {
  const memory = await freeMemory();
  if (!memory) throw new Error('this system does not tell how much memory is free');
  return Math.floor(memory.free / 2 ** 20);
}
