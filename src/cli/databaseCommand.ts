import type { DatabaseServerCheck, Reach } from '../app/checkDatabaseServer';
import { pick, snapshotOf, withRun, type Register } from './context';
import { formatTable, printable } from './table';
import { print, printJson } from './terminal';

const words: Readonly<Record<Reach['state'], string>> = { reached: 'yes', failed: 'NO', unknown: 'not known' };

export const registerDatabase: Register = (program, context) => {
  program
    .command('check-database')
    .description('whether this machine and the pods of an environment reach the database server')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const check = await withRun(true, (run) => context.product.checkDatabaseServer({ folder: worktree.path }, run));
      if (json) printJson(check);
      else print(checkText(check));
      if (check.machine.state === 'failed' || check.pods.state === 'failed') process.exitCode = 1;
    });
};

function checkText({ machine, pods }: DatabaseServerCheck): string {
  const row = (who: string, { state, detail, setting }: Reach): string[] => [
    who,
    words[state],
    printable(detail) + (setting === undefined ? '' : ` (coppice.${setting})`),
  ];
  return formatTable([row('this machine', machine), row('pods', pods)]);
}
