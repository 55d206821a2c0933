import { formatTable } from '../core/text/formatTable';
import type { DatabaseServerCheck, Reach } from '../app/databases/checkDatabaseServer';
import { approvalOption, approveInTerminal, type ApprovalOptions } from './approveInTerminal';
import { registerMigrations } from './migrationCommands';
import { pick, snapshotOf, withRun, type Register } from './context';
import { registerDiff } from './databaseDiffCommand';
import { registerList } from './databaseListCommands';
import { registerReach } from './databaseReachCommands';
import { registerFork, registerSnapshots } from './snapshotCommands';
import { printable } from './table';
import { print, printJson } from './terminal';

const words: Readonly<Record<Reach['state'], string>> = { reached: 'yes', failed: 'NO', unknown: 'not known' };

const registerRefresh: Register = (database, context) => {
  database
    .command('refresh')
    .description('build the template anew; databases that environments have stay as they are')
    .argument('[name]', 'worktree; without it this one')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, options: ApprovalOptions) => {
      const { json } = options;
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const { name: template, folder } = await withRun(json === true, (run) =>
        context.product.databases.refreshTemplate(
          { folder: worktree.path },
          { ...run, approve: approveInTerminal(options) },
        ),
      );
      if (json) printJson({ template, folder });
      else print(`The template ${template} was built of ${printable(folder)}.`);
    });
};

/** What `coppice database` has, each in a file of its own where it is more than one. */
const subcommands: readonly Register[] = [
  registerRefresh,
  registerMigrations,
  registerSnapshots,
  registerFork,
  registerDiff,
  registerReach,
  registerList,
];

export const registerDatabase: Register = (program, context) => {
  const database = program
    .command('database')
    .alias('db')
    .description("an environment's database, and the template that databases are cloned from");
  for (const register of subcommands) register(database, context);

  program
    .command('check-database')
    .description('whether this machine and the pods of an environment reach the database server')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const check = await withRun(true, (run) => context.product.databases.checkServer({ folder: worktree.path }, run));
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
