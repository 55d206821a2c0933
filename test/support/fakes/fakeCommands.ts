import type { Commands } from '../../../src/core/ports/host';

export interface FakeRun {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs nothing and remembers what was to be run. */
export class FakeCommands implements Commands {
  readonly runs: FakeRun[] = [];
  /** What a command does; what it throws is the run's failure. */
  onRun: (run: FakeRun) => void | Promise<void> = () => undefined;

  async run(
    argv: readonly string[],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    const run = { argv, cwd: options.cwd, env: options.env };
    this.runs.push(run);
    await this.onRun(run);
    signal?.throwIfAborted();
  }
}
