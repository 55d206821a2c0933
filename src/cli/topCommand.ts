import { AppError } from '../core/errors';
import { type CliContext, environmentOf, pick, type Register, snapshotOf, withRun } from './context';
import { nameOf } from './table';
import { cancelled, print, printJson } from './terminal';
import { topRounds, type Told } from './topRounds';
import { topJson, topTable, type TopTarget } from './topTable';

interface Options {
  readonly all?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Moves the cursor to the top, and clears what is below. */
const toTheTop = '\u001b[H\u001b[J';

export const registerTop: Register = (program, context) => {
  program
    .command('top')
    .description('what services use and are asked, now')
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('-a, --all', 'of all worktrees')
    .option('-w, --watch', 'go on, until Ctrl-C')
    .option('--json', 'print one line of JSON, with --watch one each time')
    .action(async (name: string | undefined, options: Options) => {
      if (name !== undefined && options.all) throw new AppError('invalidInput', 'Either a worktree, or --all.');
      const targets = await targetsOf(context, name, options.all === true);
      await withRun(true, async ({ signal }) => {
        const end = new AbortController();
        const either = AbortSignal.any([signal, end.signal]);
        for await (const told of topRounds(context.product.telemetry, targets, either)) {
          if (!options.watch) verifyTold(told);
          show(told, options);
          if (!options.watch) break;
        }
        end.abort();
        // The end that every watch comes to is no failure.
        if (options.watch) process.exitCode = cancelled;
        else signal.throwIfAborted();
      });
    });
};

async function targetsOf(context: CliContext, name: string | undefined, all: boolean): Promise<TopTarget[]> {
  const snapshot = await snapshotOf(context);
  const entries = all
    ? snapshot.entries.filter(({ environment }) => environment)
    : [pick(snapshot, context, name, true)];
  const targets = entries.map((entry) => ({
    name: nameOf(entry),
    namespace: environmentOf(entry, snapshot).namespace,
    branch: entry.worktree.branch,
    path: entry.worktree.path,
  }));
  if (targets.length > 0) return targets;
  throw snapshot.cluster.state === 'offline'
    ? new AppError('unreachable', `How the environments are is not known: ${snapshot.cluster.reason}`)
    : new AppError('notFound', 'No worktree has an environment: "coppice create" in its folder makes one.');
}

function verifyTold(told: readonly Told<TopTarget>[]): void {
  const failures = told.flatMap(({ sample, failure }) => (sample || failure === undefined ? [] : [failure]));
  if (failures.length === told.length) throw new AppError('unreachable', failures[0] ?? 'The cluster does not answer.');
}

function show(told: readonly Told<TopTarget>[], { all = false, watch = false, json = false }: Options): void {
  if (json) return printJson(topJson(told));
  if (!watch) return print(topTable(told, all));
  print(process.stdout.isTTY ? toTheTop + topTable(told, all) : `${topTable(told, all)}\n`);
}
