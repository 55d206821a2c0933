import { expect } from 'vitest';
import { messageLines } from './cliWorld';
import { killedCommands, type KilledCommand } from './killedCommands';
import { KillWorld, type Killed } from './killWorld';

export const killedNames = ['sleep', 'wake', 'update', 'undo', 'delete', 'create'];

/** A step that changes something outside of this machine's files. */
export const asks = /^(PATCH|POST|PUT|DELETE|SQL|begin helm|end helm) /;

/** Commands that are done, killed, and done again. */
export class KilledRuns {
  readonly #commands: Readonly<Record<string, KilledCommand>>;

  private constructor(
    readonly killing: KillWorld,
    /** Of PostgreSQL, as the server says it. */
    readonly serverVersion: string,
  ) {
    this.#commands = killedCommands(killing);
  }

  static async create(): Promise<KilledRuns> {
    const killing = await KillWorld.create();
    const [server] = await killing.world.sql<{ server_version: string }>('SHOW server_version');
    return new KilledRuns(killing, server?.server_version ?? '');
  }

  command(name: string): KilledCommand {
    const command = this.#commands[name];
    if (!command) throw new Error(`no command ${name}`);
    return command;
  }

  /** @param after which step, counted from 1; undefined: nobody is killed @param victim a file that says who is, without it the command */
  run({ args, cwd }: KilledCommand, after?: number, victim?: string): Promise<Killed> {
    return this.killing.run(args, { after, victim, cwd });
  }

  /** All of its steps, in the order in which they were done. */
  async steps(command: KilledCommand): Promise<readonly string[]> {
    await command.before();
    const { code, stderr, steps } = await this.run(command);
    expect(code, stderr).toBe(0);
    await command.after();
    return steps;
  }

  async again(command: KilledCommand): Promise<void> {
    const { code, stderr } = await this.run(command);
    if (code !== 0) expect(messageLines(stderr).join('\n')).toMatch(command.isDone ?? /^$/);
    await command.after();
  }
}
