import { databaseEnvironment } from '../core/databaseEnvironment';
import { pick, snapshotOf, withRun, type Register } from './context';
import { print, printJson } from './terminal';

/** What leads to an environment's database: `coppice database url` and `psql`. */
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
