import { usedTools } from './usedTools';

/** Lists, where variables of used services are told, how all of them are called: with spaces between them. */
export const usedNamesVariable = 'COPPICE_USES_NAMES';

const known: readonly string[] = Object.values(usedTools).flatMap((tool) => {
  const at = (): { host: string; port: number } => ({ host: 'x', port: 1 });
  return Object.keys(tool.known(tool.variables(at)));
});

/** Names, in upper case, of what an environment in which this process runs, or a shell, says of services that others use. */
export function usedNamesIn(env: Readonly<Record<string, string | undefined>>): ReadonlySet<string> {
  const listed = env[usedNamesVariable]?.split(' ').filter(Boolean) ?? [];
  return new Set([usedNamesVariable, ...known, ...listed].map((name) => name.toUpperCase()));
}
