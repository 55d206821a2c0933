import { AppError } from '../core/errors';
import { databaseEnvironment } from '../core/databases/databaseEnvironment';
import { latestRowsText } from '../app/view/latestRowsText';
import { pick, snapshotOf, withRun, type Register } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

/** What leads to an environment's database, and what was written there last: `coppice database url`, `psql` and `rows`. */
export const registerReach: Register = (database, context) => {
  database
    .command('url')
    .description("print the address by which this machine reaches an environment's database, password included")
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const url = await withRun(true, (run) => context.product.databases.url({ folder: worktree.path }, run));
      if (json) return printJson(databaseEnvironment(url));
      if (process.stdout.isTTY)
        process.stderr.write("It holds the password of the environment's own role, which this terminal shows now:\n");
      print(url);
    });

  database
    .command('rows')
    .description("what was written last to an environment's database, table by table")
    .argument('[name]', 'worktree; without it this one')
    .option('--since <mark>', 'says which rows are new since an earlier look, by the mark that this printed then')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nThe ten rows of each table that were written last, the latest first: new ones and changed ones. Of deleted ones their number.',
    )
    .action(async (name: string | undefined, { since, json }: { readonly since?: string; readonly json?: boolean }) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      if (since !== undefined && !/^\d{1,18}$/.test(since))
        throw new AppError('invalidInput', `${JSON.stringify(since)} is no mark: an earlier look printed one.`);
      const rows = await withRun(true, (run) =>
        context.product.databases.latestRows({ folder: worktree.path, since }, run),
      );
      if (json) return printJson(rows);
      print(latestRowsText(rows, printable));
      print(
        `\nWhat comes after this: coppice database rows${name === undefined ? '' : ` ${name}`} --since ${rows.mark}`,
      );
    });

  database
    .command('psql')
    .description("run psql on an environment's database: coppice database psql -- -c 'SELECT 1'")
    .usage('[options] [name] [-- psql arguments…]')
    .argument('[name]', 'worktree; without it this one')
    .addHelpText(
      'after',
      "\nThe psql of this machine, with the rights of the environment's own role. No PG* variable of the calling shell counts.",
    )
    .action(async (name: string | undefined) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const { file, argv, variables } = await withRun(true, (run) =>
        context.product.databases.psql({ folder: worktree.path }, run),
      );
      const program = { file, argv: [...argv, ...context.passedOn], isVerbatim: false };
      process.exitCode = await context.product.agents.run(program, context.cwd, { ...context.env, ...variables });
    });
};
