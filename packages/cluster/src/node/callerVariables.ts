import type { KubeObject } from '../schema/kubeObject';
import { dataOf } from './containerEnvironment';

/**
 * What a container's process has beneath its own variables: of this cluster's environment what programs need to run, and in its
 * place what the namespace's Secret says. Names are compared as the operating system does.
 */
export function beneath(
  host: Readonly<Record<string, string>>,
  secret: KubeObject | undefined,
  isWindows = process.platform === 'win32',
): Record<string, string> {
  const caller = secret ? dataOf('Secret', secret) : new Map<string, string>();
  const keyOf = (name: string): string => (isWindows ? name.toUpperCase() : name);
  const replaced = new Set([...caller.keys()].map(keyOf));
  const kept = Object.entries(host).filter(([name]) => !replaced.has(keyOf(name)));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(caller) };
}

const proxied = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
/** Of environments' hosts, too, which are names below `localhost`: some programs take a name without a dot before it for that one alone. */
const loopback = ['localhost', '.localhost', '127.0.0.1', '::1'];

/**
 * Where there is a proxy, what is asked at this machine does not go there: the services of an environment are all here, and no proxy would
 * find them. What a service's own variables say of that stays.
 */
export function besideProxy(
  variables: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const result = { ...variables, ...own };
  const isSaid = Object.keys(own).some((name) => name.toUpperCase() === 'NO_PROXY');
  if (isSaid || !proxied.some((name) => (result[name] ?? '') !== '')) return result;
  const said = Object.entries(result).filter(([name]) => name.toUpperCase() === 'NO_PROXY');
  // Some programs read the one, some the other, and each may say something else. One that nobody has set says what the other does.
  const [[, other] = ['', '']] = said;
  if (said.length === 1 && exceptsAll(namesOf(other))) return result;
  for (const [name, value] of [['NO_PROXY', other], ['no_proxy', other], ...said] as const)
    result[name] = withLoopback(value);
  return result;
}

function namesOf(said: string): readonly string[] {
  return said
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function exceptsAll(names: readonly string[]): boolean {
  return names.includes('*');
}

function withLoopback(said: string): string {
  const names = namesOf(said);
  if (exceptsAll(names)) return said;
  return [...names, ...loopback.filter((name) => !names.includes(name))].join(',');
}
