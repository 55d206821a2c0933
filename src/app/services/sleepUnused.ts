import type { UseCase } from '../run/run';
import { worktreeAt } from '../worktrees/worktreeAt';
import type { EnvironmentAt, SleepPorts } from './environmentAt';
import { sleepEnvironment, type Slept } from './sleepEnvironment';

export interface UnusedAt extends EnvironmentAt {
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** `usedAt`: somebody has changed something of the worktree since, then. It stays awake. */
export type Unused = { readonly usedAt: number } | { readonly usedAt: undefined; readonly slept: Slept };

/**
 * Puts an environment to sleep of which nobody has changed anything since a moment. Whether anybody asks its services for something, or
 * works in its folder, its caller knows.
 *
 * @throws as `sleepEnvironment`
 */
export function sleepUnused(ports: SleepPorts): UseCase<UnusedAt, Unused> {
  return async ({ since, ...at }, run) => {
    const { worktree } = await worktreeAt(ports, at.path, run.signal);
    const changedAt = await ports.worktrees.lastChange(worktree, run.signal);
    if (changedAt > since) return { usedAt: changedAt };
    return { usedAt: undefined, slept: await sleepEnvironment(ports)(at, run) };
  };
}
