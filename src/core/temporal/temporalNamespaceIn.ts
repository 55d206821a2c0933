/** The namespace in Temporal that Coppice registered for an environment, by its annotations; undefined: none. */
export function temporalNamespaceIn({
  'temporal-namespace': name,
}: Readonly<Record<string, string>>): string | undefined {
  return name;
}
