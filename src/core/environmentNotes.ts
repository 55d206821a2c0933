/**
 * What a person should know of an environment besides its health, from what its namespace has recorded: told where one looks
 * at it, and nowhere else.
 *
 * @param annotations `coppice.dev/…` without the prefix
 */
export function environmentNotes(annotations: Readonly<Record<string, string>>): readonly string[] {
  if (annotations['network-policies'] !== 'unenforced') return [];
  return [
    'Pods of other environments can reach this one: nothing in this cluster is known to enforce network policies.',
  ];
}
