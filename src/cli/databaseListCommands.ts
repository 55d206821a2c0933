import { formatTable } from '../core/text/formatTable';
import { sizeText } from '../app/cleanup/cleanupText';
import type { ListedDatabase } from '../app/environment/database/listDatabases';
import { AppError } from '../core/errors';
import { pick, snapshotOf, withRun, type Register } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

interface ProtectOptions extends Json {
  readonly database?: string;
}

/** All databases of the repository, and what keeps one from being lost: `coppice database list`, `protect`, `unprotect`. */
export const registerList: Register = (database, context) => {
  database
    .command('list')
    .alias('ls')
    .description(
      "all databases of this repository's environments, with templates, snapshots and what deletes have kept",
    )
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const list = context.product.databases.list;
      const databases = await withRun(true, (run) => list({ folder: context.cwd }, run));
      if (json) printJson({ databases: databases.map(databaseJson) });
      else print(databaseTable(databases));
    });

  for (const isProtected of [true, false]) {
    database
      .command(isProtected ? 'protect' : 'unprotect')
      .description(
        isProtected
          ? "have an environment's database refuse delete, clean, reset, restore and fork, whatever is accepted"
          : 'let it be deleted and replaced again',
      )
      .argument('[name]', 'worktree; without it this one')
      .option('--database <name>', 'by the name of the database, where its worktree is gone')
      .option('--json', 'print one line of JSON')
      .action(async (name: string | undefined, { database: named, json }: ProtectOptions) => {
        if (name !== undefined && named !== undefined)
          throw new AppError('invalidInput', 'Either a worktree or --database: not both.');
        const of =
          named === undefined
            ? { path: pick(await snapshotOf(context), context, name, true).worktree.path }
            : { database: named };
        const protect = context.product.databases.protect;
        const said = await withRun(true, (run) => protect({ folder: context.cwd, of, isProtected }, run));
        if (json) printJson({ database: said.database, protected: isProtected });
        else print(`The database ${said.database} is ${isProtected ? 'protected' : 'not protected any more'}.`);
      });
  }
};

const kinds: Readonly<Record<ListedDatabase['kind'], string>> = {
  template: 'template',
  environment: 'clone',
  snapshot: 'snapshot',
  kept: 'in the trash',
};

function databaseTable(databases: readonly ListedDatabase[]): string {
  if (databases.length === 0) return 'There is no database.';
  const rows = databases.map(({ kind, name, title, of, bytes, madeAt, sessions, isProtected, isKept }) => [
    printable(title ?? name),
    kinds[kind] + (isProtected ? ', protected' : '') + (isKept ? ', stays' : ''),
    kind === 'template' ? 'all' : printable(of ?? '(no worktree)'),
    bytes === undefined ? '-' : sizeText({ bytes, isCut: false }),
    madeAt === undefined ? '-' : new Date(madeAt).toISOString().slice(0, 19).replace('T', ' '),
    String(sessions),
  ]);
  return formatTable([['NAME', 'KIND', 'WORKTREE', 'SIZE', 'MADE (UTC)', 'SESSIONS'], ...rows]);
}

function databaseJson(listed: ListedDatabase): object {
  const { kind, name, title, of, bytes, madeAt, sessions, isProtected, isKept } = listed;
  return {
    ...{ kind: kinds[kind] === 'clone' ? 'clone' : kind, database: name, name: title ?? name, worktree: of ?? null },
    ...{ bytes: bytes ?? null, madeAt: madeAt === undefined ? null : new Date(madeAt).toISOString() },
    ...{ sessions, protected: isProtected, kept: isKept === true },
  };
}
