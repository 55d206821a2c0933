import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { isAlive, until } from '../../support/until';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface DoctorJson {
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly state: string;
    readonly message: string;
    readonly advice: string | null;
    readonly fixable: boolean;
  }[];
  readonly fixed: readonly { readonly check: string }[];
}

it('the doctor says what is wrong, changes nothing unasked, and starts again what should run', async () => {
  const world = await CliWorld.create();
  try {
    const doctor = async (...more: string[]) => {
      const { code, stdout } = await world.cli(['doctor', '--json', ...more]);
      const health = JSON.parse(stdout) as DoctorJson;
      const of = (check: string) => health.findings.filter((each) => each.check === check);
      return { code, ...health, of };
    };
    const first = await doctor();
    expect(first.of('cluster')).toMatchObject([
      { state: 'good', message: expect.stringContaining('does not run') as string },
    ]);
    expect(first.of('programs')).toMatchObject([
      { state: 'good', message: expect.stringMatching(/git version \d.*v\d/) as string },
    ]);
    expect(await world.processes()).toEqual([]);

    const { path, namespace } = await world.json<CreatedJson>(['create', 'topic']);
    const well = await doctor();
    expect(well.findings.filter(({ state }) => state === 'problem' || state === 'unknown')).toEqual([]);
    expect(well).toMatchObject({ code: 0, healthy: true });
    expect(well.of('databases')).toMatchObject([{ state: 'good' }]);

    // A cluster that has died, as by the system when there is no memory left.
    const pids = await world.processes();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)));
    const dead = await doctor();
    expect(dead.of('cluster')).toMatchObject([
      { state: 'warning', fixable: true, advice: expect.stringContaining('coppice cluster start') as string },
    ]);
    expect(await world.processes()).toEqual([]);
    const mended = await doctor('--fix');
    expect(mended.fixed).toMatchObject([{ check: 'cluster' }]);
    expect(mended.of('cluster')).toMatchObject([{ state: 'good' }]);

    // Its worktree is removed behind our back: the way out is named, and works.
    await rm(path, { recursive: true });
    await world.git('worktree', 'prune');
    const left = await world.cli(['doctor']);
    expect(left.stdout).toMatch(new RegExp(`^! ${namespace}: orphan\\.`, 'm'));
    expect(left.stdout).toContain('"coppice delete topic" deletes it, and asks for its data.');
    expect((await world.cli(['delete', 'topic', '--discard', 'database'])).code).toBe(0);
    expect((await doctor()).of('environments')).toMatchObject([{ state: 'good' }]);
  } finally {
    await world.dispose();
  }
}, 120_000);
