import { expandReferences } from '@coppice/host/expandReferences';

type Variables = Readonly<Record<string, string>>;

/**
 * Variables with `$(NAME)` expanded as Kubernetes does it for a container (`expandReferences` says how, and where that is written):
 * each sees those that are known, and of its own kind those that stand before it. What it names besides stays as it is written.
 *
 * @param known what there is beneath them, which they may replace
 * @returns those that were given, expanded, in their order
 */
export function expandVariables(variables: Variables, known: Variables): Readonly<Record<string, string>> {
  const seen = new Map(Object.entries(known));
  const expanded: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    const result = expandReferences(value, (each) => seen.get(each));
    seen.set(name, result);
    expanded[name] = result;
  }
  return expanded;
}
