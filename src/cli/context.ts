import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import type { Command } from 'commander';
import type { Run } from '../app/run/run';
import type { Product } from '../app/product';
import { clusterName, clusterText } from '../core/clusters/clusterRules';
import { AppError } from '../core/errors';
import type { Environment, ServiceStatus, Snapshot, WorktreeEntry } from '../core/model';
import type { Settings } from '../core/settings';
import { findAt, findExactly, findLoosely } from './find';
import { terminalRun } from './terminal';

/** What every command of the CLI works with. */
export interface CliContext {
  readonly product: Product;
  readonly settings: Settings;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What follows `--` of `coppice exec` and `coppice database psql`: another program's, untouched. */
  readonly passedOn: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
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

export function snapshotOf(context: CliContext): Promise<Snapshot> {
  return withRun(true, ({ signal }) => context.product.snapshots.read(context.cwd, signal));
}

/** The worktree that a name means, for a use case that reads the snapshot itself; without a name the one that the command runs in. */
export function named(
  context: CliContext,
  name: string | undefined,
): { readonly path?: (snapshot: Snapshot) => string } {
  return name === undefined ? {} : { path: (snapshot) => pick(snapshot, context, name, true).worktree.path };
}

/**
 * @param snapshot names those that there are, where this one has none
 * @throws unreachable, notFound, conflict: what to do about it
 */
export function environmentOf(entry: WorktreeEntry, snapshot: Snapshot): Environment {
  if (entry.environment) return entry.environment;
  const name = entry.worktree.branch ?? entry.worktree.path;
  if (entry.elsewhere) {
    throw new AppError(
      'conflict',
      `The environment of ${name} lives in ${clusterText(entry.elsewhere)}, which this repository does not use now: "coppice cluster choose ${clusterName(entry.elsewhere)}" goes back to it.`,
    );
  }
  if (entry.damaged !== undefined) throw new AppError('failed', entry.damaged);
  if (entry.identity)
    throw new AppError(
      'unreachable',
      `The environment of ${name} cannot be seen: is the cluster running? Try "coppice cluster start".`,
    );
  // Most who name none stand in the main worktree, and mean another one.
  const others = snapshot.entries.flatMap(({ environment, worktree }) =>
    environment ? [worktree.branch ?? worktree.path] : [],
  );
  throw new AppError(
    'notFound',
    `The worktree ${name} has no environment: "coppice create" in its folder makes one.`,
    others.length === 0 ? {} : { explanation: `To mean another worktree, name it: ${others.join(', ')}.` },
  );
}

/** @throws notFound naming those that there are */
export function serviceOf(entry: WorktreeEntry, name: string, snapshot: Snapshot): ServiceStatus {
  const { services } = environmentOf(entry, snapshot);
  const service = services.find((candidate) => candidate.name === name);
  if (service) return service;
  throw new AppError(
    'notFound',
    `There is no service "${name}". There are: ${services.map((each) => each.name).join(', ')}.`,
  );
}
