import { sizeText } from '../app/cleanup/cleanupText';
import type { SpareDatabase } from '../app/trash/dropKeptDatabase';
import { snapshotsText } from '../app/trash/trashText';
import { type CliContext, withRun } from './context';
import { confirmLoss, type ConfirmOptions } from './confirmLoss';
import { printable } from './table';
import { print, printJson } from './terminal';

/** `coppice trash empty --database NAME` @throws notFound, conflict unless somebody says yes */
export async function emptyDatabase(
  { product, cwd }: CliContext,
  name: string,
  options: ConfirmOptions,
): Promise<void> {
  const spare = await withRun(true, (run) => product.trash.findDatabase({ folder: cwd, name }, run));
  await confirmLoss([spareText(spare)], options);
  await withRun(options.json === true, (run) => product.trash.dropDatabase({ folder: cwd, spare }, run));
  const dropped = spare.kind === 'kept' ? spare.kept.database : spare.name;
  if (options.json) printJson({ dropped, keptAs: spare.kind === 'kept' ? spare.kept.name : null });
  else print(`${printable(dropped)}: dropped for good`);
}

function spareText(spare: SpareDatabase): string {
  if (spare.kind === 'invalid') return `what a drop that was cut off has left of the database ${spare.name}`;
  const { name, database, bytes, repository } = spare.kept;
  const size = bytes === undefined ? '' : `, ${sizeText({ bytes, isCut: false })}`;
  const whose = repository === undefined ? 'a deleted worktree' : `a deleted worktree of ${repository}`;
  return `the database ${database} (${name}${size}), which is kept for ${whose}${snapshotsText(spare.kept)}`;
}
