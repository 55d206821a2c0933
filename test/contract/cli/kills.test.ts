import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifies } from '../../support/verified';
import { asks, KilledRuns, killedNames } from './killedRuns';

/*
 * Each command is run once to its end, which tells its steps; then it is killed after one of them after the other, and done again. All
 * commands with all that they change: COPPICE_KILLS=all, which also kills what they ask (killedServers.test.ts).
 */
const isWhole = process.env['COPPICE_KILLS'] === 'all';
const names = isWhole ? killedNames : ['sleep', 'wake'];

describe.runIf(process.platform === 'linux')('commands that are killed after any of their steps', () => {
  let runs: KilledRuns;
  beforeAll(async () => {
    runs = await KilledRuns.create();
  }, 240_000);
  afterAll(() => runs.killing.dispose());
  if (isWhole)
    verifies('PostgreSQL', () => runs.serverVersion, {
      obtained: 'npm, of the development dependencies',
      asked: `${names.join(', ')}: killed after each of their steps, and done again`,
    });

  it.each(names)(
    '%s: the same command finishes it, nothing else is changed, and no process is left',
    async (name) => {
      const { killing } = runs;
      const command = runs.command(name);
      const steps = await runs.steps(command);
      const processes = await killing.processes();
      const other = await killing.other();
      const numbers = steps.flatMap((step, index) => (isWhole || asks.test(step) ? [index + 1] : []));
      expect(numbers.length).toBeGreaterThan(1);
      const troubles: string[] = [];
      for (const number of numbers) {
        await command.before();
        const killed = await runs.run(command, number);
        // Their order is a matter of moments, their number hardly.
        if (killed.code !== null) expect(number).toBeGreaterThan(steps.length - 5);
        try {
          await runs.again(command);
          expect(await killing.processes()).toEqual(processes);
          expect(await killing.other()).toEqual(other);
        } catch (error) {
          troubles.push(`killed after\n  ${killed.steps.join('\n  ')}\n${String(error)}`);
        }
      }
      expect(troubles).toEqual([]);
    },
    isWhole ? 3600_000 : 240_000,
  );
});
