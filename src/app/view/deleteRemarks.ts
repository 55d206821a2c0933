import type { FolderProgram } from '../../core/ports/folderPrograms';
import type { DeleteResult } from '../environment/requests';

/**
 * What is to be known of a delete besides what became of it: files that are left or lost, refs that lead to commits, and programs that work
 * in what was its folder. Sentences; they hold paths, names of refs and of programs.
 */
export function deleteRemarks({
  left,
  lost,
  recovery = [],
  programs = [],
}: Pick<DeleteResult, 'left' | 'lost' | 'recovery' | 'programs'>): readonly string[] {
  return [
    ...(lost === undefined ? [] : [lost]),
    ...(left === undefined ? [] : [`${left.charAt(0).toUpperCase()}${left.slice(1)}.`]),
    ...(recovery.length === 0 ? [] : [`Commits that nothing else has stay at ${recovery.join(', ')}.`]),
    ...(programs.length === 0
      ? []
      : [`Not ended, and still at work in what was its folder: ${programsText(programs)}.`]),
  ];
}

/** `zsh (process 12), code (9 processes)`. */
export function programsText(programs: readonly FolderProgram[]): string {
  const byName = new Map<string, readonly number[]>();
  for (const { name, pid } of programs) byName.set(name, [...(byName.get(name) ?? []), pid]);
  const told = [...byName].slice(0, mostTold).map(([name, pids]) => {
    return `${name} (${pids.length === 1 ? `process ${pids[0]}` : `${pids.length} processes`})`;
  });
  const more = byName.size - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

const mostTold = 5;
