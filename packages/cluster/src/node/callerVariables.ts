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
