import { reachText } from '../app/reach/reachText';
import { named, type Register, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

export const registerWorktreeReach: Register = (program, context) => {
  program
    .command('reach')
    .description('what a process in a worktree can reach outside of its environment')
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nAs it is now, for the user and the variables of this terminal. Changes nothing: folders, sockets and ports are looked at.',
    )
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      const { cwd: folder, product } = context;
      const reach = await withRun(true, (run) => product.health.reach({ folder, ...named(context, name) }, run));
      if (json) return printJson(reach);
      for (const line of reachText(reach)) print(printable(line));
      return undefined;
    });
};
