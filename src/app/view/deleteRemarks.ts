import type { DeleteResult } from '../environment/requests';

/**
 * What is to be known of a delete besides what became of it: files that are left or lost, and refs that lead to commits. Sentences; they
 * hold paths and names of refs.
 */
export function deleteRemarks({
  left,
  lost,
  recovery = [],
}: Pick<DeleteResult, 'left' | 'lost' | 'recovery'>): readonly string[] {
  return [
    ...(lost === undefined ? [] : [lost]),
    ...(left === undefined ? [] : [`${left.charAt(0).toUpperCase()}${left.slice(1)}.`]),
    ...(recovery.length === 0 ? [] : [`Commits that nothing else has stay at ${recovery.join(', ')}.`]),
  ];
}
