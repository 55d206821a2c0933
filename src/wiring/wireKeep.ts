import { keepUsed } from '../app/cleanup/keepUsed';
import type { Product } from '../app/product';
import { lazy } from './lazy';
import type { Machine } from './wireMachine';

/** Counts worktrees as used now. */
export function wireKeep(machine: Machine): Product['cleanup']['keep'] {
  const { clock } = machine;
  return lazy(
    async () => ({ ...(await machine.worktreePorts()), notices: await machine.cleanupNotices(), clock }),
    keepUsed,
  );
}
