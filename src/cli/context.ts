import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import type { Command } from 'commander';
import type { Run } from '../app/run';
import type { Product } from '../compose';
import type { Snapshot, WorktreeEntry } from '../core/model';
import type { Settings } from '../core/settings';
import { findAt, findExactly, findLoosely } from './find';
import { terminalRun } from './terminal';

/** What every command of the CLI works with. */
export interface CliContext {
  readonly product: Product;
  readonly settings: Settings;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Register = (program: Command, context: CliContext) => void;

/** Runs with Ctrl-C as its cancel. */
export async function withRun<T>(quiet: boolean, use: (run: Run) => Promise<T>): Promise<T> {
  const run = terminalRun(quiet);
  try {
    return await use(run);
  } finally {
    run.dispose();
  }
}

/** The worktree that a name means; without a name the one that the command runs in. */
export function pick(
  snapshot: Snapshot,
  context: CliContext,
  name: string | undefined,
  loosely: boolean,
): WorktreeEntry {
  if (name !== undefined) return loosely ? findLoosely(snapshot, name) : findExactly(snapshot, name);
  const here = realpathSync.native(context.cwd);
  return findAt(snapshot, (path) => {
    const inside = relative(path, here);
    return inside === '' || (!isAbsolute(inside) && inside !== '..' && !inside.startsWith(`..${sep}`));
  });
}
