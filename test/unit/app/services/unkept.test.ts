import { describe, expect, it } from 'vitest';
import { restartService } from '../../../../src/app/services/restartService';
import { scaleService } from '../../../../src/app/services/scaleService';
import { namespace, run, Sleeper } from '../../../support/sleeper';

/** Of a cluster that gave no volumes. */
async function withUnkept(service: string): Promise<Sleeper> {
  const sleeper = await Sleeper.create();
  const worktree = await sleeper.world.worktree('x');
  const identity = worktree && (await sleeper.world.identities.read(worktree));
  if (!worktree || !identity) throw new Error('no environment');
  const services = { [service]: { tool: 'mysql', ports: {}, isKept: false } };
  await sleeper.world.identities.write(worktree, { ...identity, parts: { ...identity.parts, uses: { services } } });
  sleeper.changes();
  return sleeper;
}

describe('data that no volume has', () => {
  const refusal = {
    code: 'conflict',
    message: expect.stringMatching(/^What .*MySQL.* keeps would be lost with its pod/) as unknown,
    losses: [{ kind: 'data', count: 1 }],
  };

  it('are not lost with a restart, or without any pod, before somebody accepts that', async () => {
    const sleeper = await withUnkept('worker');
    await expect(sleeper.restart('worker')).rejects.toMatchObject(refusal);
    await expect(sleeper.scale('worker', 0)).rejects.toMatchObject(refusal);
    expect(sleeper.changes()).toEqual([]);
    const ports = sleeper.world.createPorts();
    const at = { ...sleeper.at, service: 'worker', accepted: ['data'] as const };
    expect(await restartService(ports)(at, run)).toMatchObject({ ready: true });
    expect(await scaleService(ports)({ ...at, replicas: 0 }, run)).toMatchObject({ ready: true });
    expect(sleeper.changes()).toEqual([`restart ${namespace}/worker`, `scale ${namespace}/worker 0`]);
  });

  it('are in nobody’s way where another service is meant, or more pods', async () => {
    const sleeper = await withUnkept('worker');
    expect(await sleeper.restart('backend')).toMatchObject({ ready: true });
    expect(await sleeper.scale('worker', 1)).toMatchObject({ ready: true });
  });
});
