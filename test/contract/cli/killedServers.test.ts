import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { verifies } from '../../support/verified';
import { messageLines } from './cliWorld';
import { asks, KilledRuns, killedNames } from './killedRuns';

/*
 * The cluster, and the database server, are killed while a command goes on: after the first, the middle and the last of its steps that ask
 * one of them. Then it is done again. COPPICE_KILLS=all.
 */
const isAsked = process.platform === 'linux' && process.env['COPPICE_KILLS'] === 'all';
const pairs = (['cluster', 'database'] as const).flatMap((victim) =>
  killedNames.map((name) => [victim, name] as const),
);

describe.runIf(isAsked)('what commands ask is killed', () => {
  let runs: KilledRuns;
  beforeAll(async () => {
    runs = await KilledRuns.create();
  }, 240_000);
  afterAll(() => runs.killing.dispose());
  verifies('PostgreSQL', () => runs.serverVersion, {
    obtained: 'npm, of the development dependencies',
    asked: `${killedNames.join(', ')}: the cluster and the server killed in their middle, and done again`,
  });

  it.each(pairs)(
    'the %s is killed in the middle of a %s: it says so or is done, and the same command finishes it',
    async (victim, name) => {
      const { killing } = runs;
      const command = runs.command(name);
      const steps = await runs.steps(command);
      const processes = await killing.processes();
      const other = await killing.other(true);
      const asking = steps.flatMap((step, index) => (asks.test(step) ? [index + 1] : []));
      const numbers = [asking[0], asking[asking.length >> 1], asking.at(-1)];
      const troubles: string[] = [];
      for (const number of new Set(numbers)) {
        await command.before();
        const cut = await runs.run(command, number, killing.victims[victim]);
        try {
          if (cut.code !== 0) {
            expect(cut.code).not.toBeNull();
            expect(messageLines(cut.stderr)).not.toEqual([]);
            expect(cut.stderr).not.toMatch(/\bbug\b|undefined|\bat .*\.js/);
          }
          if (victim === 'cluster') expect(await killing.world.cli(['cluster', 'start'])).toMatchObject({ code: 0 });
          else await until(async () => (await killing.world.postgres.probe()) !== undefined, 60_000);
          await runs.again(command);
          expect(await killing.world.json(['wait', 'other'])).toMatchObject({ ready: true });
          await until(async () => (await killing.processes()).join('\n') === processes.join('\n'), 30_000).catch(
            async () => expect(await killing.processes()).toEqual(processes),
          );
          expect(await killing.other(true)).toEqual(other);
        } catch (error) {
          troubles.push(`killed after\n  ${cut.steps.join('\n  ')}\n${cut.stderr}\n${String(error)}`);
        }
      }
      expect(troubles).toEqual([]);
    },
    1200_000,
  );
});
