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
const loopback = ['localhost', '127.0.0.1', '::1'];

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
  const said = result['no_proxy'] ?? result['NO_PROXY'] ?? '';
  const names = said.split(',').map((name) => name.trim());
  if (names.includes('*')) return result;
  const all = [...names.filter((name) => name !== ''), ...loopback.filter((name) => !names.includes(name))].join(',');
  return { ...result, NO_PROXY: all, no_proxy: all };
}
