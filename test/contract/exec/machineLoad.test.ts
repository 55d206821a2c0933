import { describe, expect, it } from 'vitest';
import { HostMachineLoad } from '../../../src/adapters/exec/hostMachineLoad';
import type { MachineLoad } from '../../../src/core/ports/machineLoad';
import { FakeMachineLoad } from '../../support/fakes/fakeMachineLoad';

const all: readonly (readonly [string, MachineLoad])[] = [
  ['the one of the tests', new FakeMachineLoad()],
  ['this machine', new HostMachineLoad()],
];

describe.each(all)('MachineLoad: %s', (_, load) => {
  it('tells how much memory is free, of all that there is', async () => {
    const memory = await load.memory();
    expect(memory?.free).toBeGreaterThan(0);
    expect(memory?.total).toBeGreaterThanOrEqual(memory?.free ?? Number.NaN);
  });

  it.runIf(process.platform !== 'win32')('tells the load of one processor', async () => {
    expect(await load.load()).toBeGreaterThanOrEqual(0);
  });
});
