import type { Run } from '../run/run';
import { worktreeAt } from '../worktrees/worktreeAt';
import type { EnvironmentAt } from './environmentAt';
import { wakeEnvironment, type WakePorts } from './wakeEnvironment';

/**
 * For whoever needs what runs. One that is just being made or updated is left to who does that.
 *
 * @returns whether something of it slept: it is ready then, or as far as it gets
 * @throws notFound, conflict
 */
export async function wakeIfAsleep(ports: WakePorts, at: EnvironmentAt, run: Run): Promise<boolean> {
  const { identity } = await worktreeAt(ports, at.path, run.signal);
  if (!identity || identity.state === 'creating') return false;
  const { owner, names } = identity;
  const all = await ports.cluster.read(owner.repositoryId, run.signal);
  const facts = all.find(({ namespace }) => namespace === names.namespace);
  if (!facts?.deployments.some(({ asleep }) => asleep !== undefined)) return false;
  await wakeEnvironment(ports)(at, run);
  return true;
}
