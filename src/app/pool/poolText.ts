import { plural } from '../../core/text/plural';
import type { PoolStatus, SpareStatus } from './poolStatus';

const words: Readonly<Record<SpareStatus['state'], string>> = {
  making: 'not complete',
  ready: 'ready',
  unfit: 'not fit',
  used: 'in use',
  outdated: 'outdated',
  gone: 'its folder is gone',
};

/** How far one is, and why, for a person. */
export function spareText({ state, has, why }: SpareStatus): string {
  const what = state === 'ready' && has === 'dependencies' ? `${words[state]}, with its dependencies` : words[state];
  return why === undefined ? what : `${what}: ${why}`;
}

/** What there is, and what is to be. */
export function poolTotal({ size, spares, busy, waits }: PoolStatus): string {
  const ready = spares.filter(({ state }) => state === 'ready').length;
  const wanted = size === 0 ? 'none is kept (coppice.pool.size is 0)' : `${size} to be kept (coppice.pool.size)`;
  const now = busy === undefined ? '' : ` Now ${busy}.`;
  const wait = size > ready && waits !== undefined ? ` None is made now, because ${waits}.` : '';
  return `${plural(ready, 'spare worktree')} ready, ${wanted}.${now}${wait}`;
}
