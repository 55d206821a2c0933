import type { CommandOptions, Commands } from '../../../src/core/ports/host';

export interface FakeRun {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A run that is under way: it may print a line. */
export interface RunningCommand extends FakeRun {
  readonly tell: (line: string) => void;
}

/** Runs nothing and remembers what was to be run. */
export class FakeCommands implements Commands {
  readonly runs: FakeRun[] = [];
  /** What a command does; what it throws is the run's failure. */
  onRun: (run: RunningCommand) => void | Promise<void> = () => undefined;

  async run(
    argv: readonly string[],
    { cwd, env, timeoutMs, keepAs, onLine }: CommandOptions,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    signal?.throwIfAborted();
    const run = { argv, cwd, env, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    this.runs.push(run);
    await this.onRun({ ...run, tell: (line) => onLine?.(line) });
    signal?.throwIfAborted();
    return keepAs === undefined ? undefined : `/logs/${keepAs}.log`;
  }
}
