import { formatTable } from '../core/text/formatTable';
import { deletedName, findDeletedAmong } from '../app/trash/trashText';
import { goneText } from '../app/view/undoneText';
import type { DeletedWorktree } from '../core/worktrees/deletedWorktree';
import { AppError } from '../core/errors';
import { withRun, type Register } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

export const registerUndo: Register = (program, context) => {
  program
    .command('undo')
    .description('bring back a worktree that was deleted; without a name list those that can be')
    .argument('[name]', 'branch, folder or id')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const { product, cwd, now } = context;
      const deleted = await withRun(true, ({ signal }) => product.environments.deleted(cwd, signal));
      if (name === undefined) {
        if (json) printJson({ deleted: deleted.map(deletedJson) });
        else print(deletedTable(deleted, now()));
        return;
      }
      const { id } = findDeleted(deleted, name);
      const undone = await withRun(json, (run) => product.environments.undoDelete({ folder: cwd, id }, run));
      const { worktree, identity, isDatabaseKept } = undone;
      if (json) {
        const { path, branch = null, head } = worktree;
        const database = isDatabaseKept === undefined ? 'unknown' : isDatabaseKept ? 'kept' : 'gone';
        const environment = identity ? 'gone' : 'none';
        printJson({ path, branch, head, environment, database: identity?.parts.database ? database : 'none' });
        return;
      }
      print(`${printable(worktree.branch ?? name)}: back in ${printable(worktree.path)}.`);
      const gone = goneText(undone);
      if (gone !== undefined) print(printable(`${gone} "coppice create" in that folder makes a new one.`));
    });
};

/** @throws notFound naming those that there are */
export function findDeleted<T extends Pick<DeletedWorktree, 'id' | 'branch' | 'path'>>(
  deleted: readonly T[],
  name: string,
): T {
  const found = findDeletedAmong(deleted, name);
  if (found) return found;
  const names = deleted.map(deletedName);
  const there = names.length === 0 ? 'The trash is empty.' : `There are: ${[...new Set(names)].join(', ')}.`;
  throw new AppError('notFound', `No deleted worktree "${name}" can be brought back. ${there}`);
}

function deletedTable(deleted: readonly DeletedWorktree[], now: number): string {
  if (deleted.length === 0) return 'The trash is empty: nothing can be brought back.';
  const rows = deleted.map((each) => [
    printable(deletedName(each)),
    agoText(now - each.deletedAt),
    printable(each.path),
    each.id,
  ]);
  return formatTable([['NAME', 'DELETED', 'FOLDER', 'ID'], ...rows]);
}

export function agoText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min ago`;
  return `${Math.round(minutes / 60)} h ago`;
}

function deletedJson({ id, path, branch, head, deletedAt, recovery }: DeletedWorktree): object {
  return { id, path, branch: branch ?? null, head, deletedAt: new Date(deletedAt).toISOString(), recovery };
}
