import { migrationLines } from '../app/view/migrationView';
import type { DatabaseStatus } from '../app/databases/migrations/migrationStatus';
import { approvalOption, approveInTerminal, type ApprovalOptions } from './approveInTerminal';
import { pick, snapshotOf, withRun, type Register } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

/** `coppice database status` and `migrate`. */
export const registerMigrations: Register = (database, context) => {
  database
    .command('status')
    .description("how far an environment's database is, by the migrations of its worktree")
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const { path: folder } = worktree;
      tell(await withRun(true, (run) => context.product.databases.status({ folder }, run)), json);
    });

  database
    .command('migrate')
    .description("run the migrate command of coppice.yaml on an environment's own database, and say how far it is then")
    .argument('[name]', 'worktree; without it this one')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, options: ApprovalOptions) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      const migrate = context.product.databases.migrate;
      const status = await withRun(options.json === true, (run) =>
        migrate({ folder: worktree.path }, { ...run, approve: approveInTerminal(options) }),
      );
      tell(status, options.json);
    });
};

function tell(status: DatabaseStatus, json: boolean | undefined): void {
  if (json) printJson(status);
  else for (const line of migrationLines(status)) print(printable(line));
}
