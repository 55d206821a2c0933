import type { UndoResult } from '../environment/undo/undoDelete';

/** What did not come back with a worktree; undefined: it had nothing more. */
export function goneText({ identity }: Pick<UndoResult, 'identity'>): string | undefined {
  if (!identity) return undefined;
  const { parts } = identity;
  const used = Object.keys(parts.uses?.services ?? {});
  const gone = [
    ...(parts.database ? [`the rows of its database ${parts.database.database}`] : []),
    ...(used.length === 0 ? [] : [`the data of ${used.join(', ')}`]),
  ];
  const data = gone.length === 0 ? '' : `, and ${gone.join(' and ')} are gone for good`;
  return `Its environment was deleted${data}.`;
}
