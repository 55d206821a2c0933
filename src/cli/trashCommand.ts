import { formatTable } from '../core/text/formatTable';
import { emptiedTrashJson, trashListJson } from '../app/trash/trashJson';
import type { EmptiedTrash } from '../app/trash/emptyTrash';
import type { TrashList, TrashRow } from '../app/trash/listTrash';
import { deletedName, goesText, keptDatabaseText, trashTotal } from '../app/trash/trashText';
import { sizeText } from '../app/cleanup/cleanupText';
import { AppError } from '../core/errors';
import { confirmLoss, type ConfirmOptions } from './confirmLoss';
import { type CliContext, type Register, withRun } from './context';
import { emptyDatabase } from './emptyDatabase';
import { agoText, findDeleted } from './undoCommand';
import { printable } from './table';
import { exitCodes, print, printJson } from './terminal';

interface Options extends ConfirmOptions {
  readonly skipDatabases?: boolean;
  readonly database?: string;
}

export const registerTrash: Register = (program, context) => {
  const trash = program.command('trash').description('deleted worktrees that can be brought back, and what they take');
  trash
    .command('list', { isDefault: true })
    .description('each with its size, its database and until when it is kept; the same without "list"')
    .option('--json', 'print one line of JSON')
    .action(async ({ json = false }: Pick<Options, 'json'>) => {
      const list = await listed(context);
      if (json) printJson(trashListJson(list));
      else print(trashTable(list, context.now()));
    });
  trash
    .command('empty')
    .description('remove for good, now, what deletes have kept: files, recovery refs and databases')
    .argument('[name]', 'branch, folder or id; without it all')
    .option('--database <name>', 'only a database that is kept, or invalid, by its name: "coppice doctor" names them')
    .option('--yes', 'go on without asking')
    .option('--skip-databases', 'leave the databases: they go when their time is over')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', `\nExit code ${exitCodes.conflict}: nobody said yes, or one stays; which and why is told.`)
    .action(async (name: string | undefined, options: Options) => {
      const { json = false, skipDatabases = false, database } = options;
      if (database !== undefined) {
        if (name !== undefined || skipDatabases)
          throw new AppError('invalidInput', '--database drops one database: it goes with --yes and --json only.');
        return emptyDatabase(context, database, options);
      }
      const wanted = wantedOf(await listed(context), name);
      const going = goingTexts(wanted, options);
      if (going.length > 0) await confirmLoss(going, options);
      const request = { folder: context.cwd, ids: wanted.map(({ id }) => id), skipDatabases };
      const emptied = await withRun(json, (run) => context.product.trash.empty(request, run));
      if (json) printJson(emptiedTrashJson(emptied));
      else print(emptiedText(emptied, wanted));
      if (emptied.outcomes.some(({ kind }) => kind === 'kept')) process.exitCode = exitCodes.conflict;
      else if (emptied.left.length > 0) process.exitCode = exitCodes.failed;
    });
};

function listed({ product, cwd }: CliContext): Promise<TrashList> {
  return withRun(true, (run) => product.trash.list({ folder: cwd }, run));
}

/** @throws notFound */
function wantedOf({ rows }: TrashList, name: string | undefined): readonly TrashRow[] {
  if (name === undefined) return rows;
  const unreadable = rows.find(({ id, deleted }) => id === name && !deleted);
  if (unreadable) return [unreadable];
  const { id } = findDeleted(
    rows.flatMap(({ deleted }) => deleted ?? []),
    name,
  );
  return rows.filter((row) => row.id === id);
}

function goingTexts(rows: readonly TrashRow[], { skipDatabases }: Options): string[] {
  const going = rows.filter(({ stays }) => stays === undefined);
  return going.map((row) => goesText(skipDatabases ? { ...row, database: undefined } : row));
}

function trashTable({ rows, databasesUnknown }: TrashList, now: number): string {
  if (rows.length === 0) return 'The trash is empty: nothing can be brought back.';
  const cells = rows.flatMap((row) => {
    const { deleted, until, size } = row;
    if (!deleted) return [];
    return [
      [
        printable(deletedName(deleted)),
        agoText(now - deleted.deletedAt),
        until === undefined ? '-' : untilText(until - now),
        size ? sizeText(size) : '-',
        printable(keptDatabaseText(row)) || '-',
        printable(deleted.path),
        deleted.id,
      ],
    ];
  });
  const notes = rows.flatMap(({ id, path, deleted, stays }) =>
    stays === undefined ? [] : [printable(`${deleted ? deletedName(deleted) : id} stays in ${path}: ${stays}.`)],
  );
  return [
    ...(cells.length === 0 ? [] : [formatTable([header, ...cells])]),
    ...notes,
    ...(databasesUnknown === undefined
      ? []
      : [`Which databases are kept is not known: ${printable(databasesUnknown)}.`]),
    `${trashTotal(rows)}. "coppice undo NAME" brings one back, "coppice trash empty" removes them for good.`,
  ].join('\n\n');
}

const header = ['NAME', 'DELETED', 'KEPT FOR', 'SIZE', 'DATABASE', 'FOLDER', 'ID'];

/** How much longer it is kept. */
function untilText(ms: number): string {
  if (ms <= 0) return 'overdue';
  const minutes = Math.ceil(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function emptiedText({ outcomes, left }: EmptiedTrash, rows: readonly TrashRow[]): string {
  const nameOf = (id: string): string => {
    const deleted = rows.find((row) => row.id === id)?.deleted;
    return printable(deleted ? deletedName(deleted) : id);
  };
  const lines = outcomes.map((outcome) =>
    outcome.kind === 'removed'
      ? `${nameOf(outcome.id)}: removed for good`
      : `${nameOf(outcome.id)}: not removed, ${printable(outcome.error.message)}`,
  );
  return [
    ...(lines.length === 0 ? ['The trash is empty.'] : lines),
    ...left.map((each) => `! ${printable(each)}`),
  ].join('\n');
}
