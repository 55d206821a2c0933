import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { messageLines } from './cliWorld';
import { killedCommands, type KilledCommand } from './killedCommands';
import { KillWorld, type Killed } from './killWorld';

/*
 * Each command is run once to its end, which tells its steps; then it is killed after one of them after the other, and done again. All
 * commands with all that they change, and the cluster and the database server killed in the middle of them: COPPICE_KILLS=all.
 */
const isWhole = process.env['COPPICE_KILLS'] === 'all';
const names = isWhole ? ['sleep', 'wake', 'update', 'undo', 'delete', 'create'] : ['sleep', 'wake'];
/** What changes something outside of this machine's files. */
const asks = /^(PATCH|POST|PUT|DELETE|SQL|begin helm|end helm) /;

describe.runIf(process.platform === 'linux')('commands that are killed after any of their steps', () => {
  let killing: KillWorld;
  let commands: Readonly<Record<string, KilledCommand>>;
  beforeAll(async () => {
    killing = await KillWorld.create();
    commands = killedCommands(killing);
  }, 240_000);
  afterAll(() => killing.dispose());

  const commandOf = (name: string): KilledCommand => {
    const command = commands[name];
    if (!command) throw new Error(`no command ${name}`);
    return command;
  };
  const run = ({ args, cwd }: KilledCommand, after?: number, victim?: string): Promise<Killed> =>
    killing.run(args, { after, victim, cwd });
  /** All of them, in the order in which they were done. */
  const stepsOf = async (command: KilledCommand): Promise<readonly string[]> => {
    await command.before();
    const { code, stderr, steps } = await run(command);
    expect(code, stderr).toBe(0);
    await command.after();
    return steps;
  };
  const again = async (command: KilledCommand): Promise<void> => {
    const { code, stderr } = await run(command);
    if (code !== 0) expect(messageLines(stderr).join('\n')).toMatch(command.isDone ?? /^$/);
    await command.after();
  };

  it.each(names)(
    '%s: the same command finishes it, nothing else is changed, and no process is left',
    async (name) => {
      const command = commandOf(name);
      const steps = await stepsOf(command);
      const processes = await killing.processes();
      const other = await killing.other();
      const numbers = steps.flatMap((step, index) => (isWhole || asks.test(step) ? [index + 1] : []));
      expect(numbers.length).toBeGreaterThan(1);
      const troubles: string[] = [];
      for (const number of numbers) {
        await command.before();
        const killed = await run(command, number);
        // Their order is a matter of moments, their number hardly.
        if (killed.code !== null) expect(number).toBeGreaterThan(steps.length - 5);
        try {
          await again(command);
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

  it
    .runIf(isWhole)
    .each((['cluster', 'database'] as const).flatMap((victim) => names.map((name) => [victim, name] as const)))(
    'the %s is killed in the middle of a %s: it says so or is done, and the same command finishes it',
    async (victim, name) => {
      const command = commandOf(name);
      const steps = await stepsOf(command);
      const processes = await killing.processes();
      const other = await killing.other(true);
      const asking = steps.flatMap((step, index) => (asks.test(step) ? [index + 1] : []));
      const numbers = [asking[0], asking[asking.length >> 1], asking.at(-1)];
      const troubles: string[] = [];
      for (const number of new Set(numbers)) {
        await command.before();
        const cut = await run(command, number, killing.victims[victim]);
        try {
          if (cut.code !== 0) {
            expect(cut.code).not.toBeNull();
            expect(messageLines(cut.stderr)).not.toEqual([]);
            expect(cut.stderr).not.toMatch(/\bbug\b|undefined|\bat .*\.js/);
          }
          if (victim === 'cluster') expect(await killing.world.cli(['cluster', 'start'])).toMatchObject({ code: 0 });
          else await until(async () => (await killing.world.postgres.probe()) !== undefined, 60_000);
          await again(command);
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
