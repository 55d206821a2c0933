import { plural } from '../core/text/plural';
import { approvalOption, approveInTerminal, type ApprovalOptions } from './approveInTerminal';
import { pick, snapshotOf, withRun, type Register } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Options extends ApprovalOptions {
  readonly force?: boolean;
}

export const registerSetup: Register = (program, context) => {
  program
    .command('setup')
    .description("run a worktree's setup commands whose inputs have changed")
    .argument('[name]', 'worktree; without it this one')
    .option('--force', 'run all of them')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, options: Options) => {
      const { json, force = false } = options;
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const { ran, logs } = await withRun(json === true, (run) =>
        context.product.environments.setup(
          { folder: worktree.path, force },
          { ...run, approve: approveInTerminal(options) },
        ),
      );
      if (json) printJson({ worktree: worktree.path, ran, logs });
      else if (ran > 0) print(`${plural(ran, 'setup command')} of ${printable(worktree.branch ?? worktree.path)} ran.`);
      else print('Nothing that the setup commands read has changed since they ran: --force runs them all the same.');
    });
};
