import { rmSync, writeFileSync } from 'node:fs';

/** Says for those who wait how far a cluster is with its start or its end. Never throws. */
export class Phase {
  constructor(
    private readonly file: string,
    private readonly name: 'starting' | 'stopping',
  ) {}

  /** @param detail changes with all that was done: who waits does so for as long as it does */
  readonly tell = (detail: string): void => {
    try {
      const { pid } = process;
      writeFileSync(this.file, JSON.stringify({ pid, phase: this.name, detail }), { mode: 0o600 });
    } catch {
      // Nobody can be told, and the work goes on.
    }
  };

  end(): void {
    try {
      rmSync(this.file, { force: true });
    } catch {
      // What it says is of a process that has no such phase any more: readers compare.
    }
  }
}
