import { AppError } from '../core/errors';
import { type CliContext, environmentOf, pick, type Register, snapshotOf, withRun } from './context';
import { cancelled } from './terminal';
import { showRound, topAll, type TopOptions } from './topAll';
import { topRounds, type Told } from './topRounds';
import { topJson, topTable, type TopTarget } from './topTable';

export const registerTop: Register = (program, context) => {
  program
    .command('top')
    .description('what services use and are asked, now')
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('-a, --all', 'a row for each environment: how it is, what it does, what it takes')
    .option('--disk', "with --all, what each worktree's files take, which takes a while to find out")
    .option('-w, --watch', 'go on, until Ctrl-C')
    .option('--json', 'print one line of JSON, with --watch one each time')
    .action(async (name: string | undefined, options: TopOptions & { readonly all?: boolean }) => {
      if (name !== undefined && options.all) throw new AppError('invalidInput', 'Either a worktree, or --all.');
      if (options.disk && !options.all) throw new AppError('invalidInput', '--disk is of all worktrees: with --all.');
      if (options.all) return topAll(context, options);
      const target = await targetOf(context, name);
      await withRun(true, async ({ signal }) => {
        const end = new AbortController();
        const either = AbortSignal.any([signal, end.signal]);
        for await (const told of topRounds(context.product.telemetry, [target], either)) {
          if (!options.watch) verifyTold(told);
          showRound(
            options,
            () => topJson(told),
            () => told.map(topTable).join('\n'),
          );
          if (!options.watch) break;
        }
        end.abort();
        // The end that every watch comes to is no failure.
        if (options.watch) process.exitCode = cancelled;
        else signal.throwIfAborted();
      });
    });
};

async function targetOf(context: CliContext, name: string | undefined): Promise<TopTarget> {
  const snapshot = await snapshotOf(context);
  const entry = pick(snapshot, context, name, true);
  const { branch, path } = entry.worktree;
  return { branch, path, namespace: environmentOf(entry, snapshot).namespace };
}

function verifyTold(told: readonly Told<TopTarget>[]): void {
  const failures = told.flatMap(({ sample, failure }) => (sample || failure === undefined ? [] : [failure]));
  if (failures.length === told.length) throw new AppError('unreachable', failures[0] ?? 'The cluster does not answer.');
}
