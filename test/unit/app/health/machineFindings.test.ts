import { expect, it } from 'vitest';
import { maintenanceFindings } from '../../../../src/app/health/machineFindings';
import type { MachineHealth } from '../../../../src/core/ports/machineHealth';

const { signal } = new AbortController();
const machine = (...lost: readonly string[]): MachineHealth => ({
  programs: async () => [],
  space: async () => undefined,
  watchLimits: async () => [],
  lostMaintenance: async () => lost,
});

it('a folder that is gone, and in which git is to maintain a repository, is named with what takes it out', async () => {
  expect(await maintenanceFindings(machine(), signal)).toEqual([]);
  const [found] = await maintenanceFindings(machine('/code/repo.worktrees/x y'), signal);
  expect(found).toMatchObject({
    ...{ check: 'disk', state: 'warning' },
    message: expect.stringContaining('/code/repo.worktrees/x y, which is gone') as string,
    advice: expect.stringContaining('--unset-all maintenance.repo "/code/repo.worktrees/x y"') as string,
  });
});
