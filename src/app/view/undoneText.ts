import type { UndoResult } from '../environment/undo/undoDelete';

/** What did not come back with a worktree, and what of it the next create brings back; undefined: it had nothing more. */
export function goneText({
  identity,
  isDatabaseKept,
}: Pick<UndoResult, 'identity' | 'isDatabaseKept'>): string | undefined {
  if (!identity) return undefined;
  const { database, uses } = identity.parts;
  const used = Object.keys(uses?.services ?? {});
  const rows = database && `the rows of its database ${database.database}`;
  const gone = [
    ...(rows !== undefined && isDatabaseKept === false ? [rows] : []),
    ...(used.length === 0 ? [] : [`the data of ${used.join(', ')}`]),
  ];
  const data = gone.length === 0 ? '' : `, and ${gone.join(' and ')} are gone for good`;
  const deleted = `Its environment was deleted${data}.`;
  if (rows === undefined || isDatabaseKept === false) return deleted;
  return `${deleted} The next create brings back ${rows}${isDatabaseKept ? '' : ', where the server still has them'}.`;
}
