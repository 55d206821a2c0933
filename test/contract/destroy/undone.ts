import { expect } from 'vitest';
import type { DestroyWorld } from './destroyWorld';
import type { State } from './state';

/** Brings back what was deleted: where something is in the way, once that is gone, and not before; then that is put back, too. */
export async function undone(world: DestroyWorld, { inTheWay }: State): Promise<void> {
  if (inTheWay) {
    await expect(world.undo()).rejects.toMatchObject({ code: 'conflict' });
    await inTheWay.take(world.place);
  }
  await world.undo();
  await inTheWay?.put(world.place);
}
