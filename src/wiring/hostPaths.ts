import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Paths } from '../core/ports/host';
import type { Settings } from '../core/settings';

type Environment = Readonly<Record<string, string | undefined>>;

export const paths: Paths = {
  resolve: (base, path) =>
    resolve(base, ...path.split('/').map((part, index) => (index === 0 && part === '' ? sep : part))),
  parent: dirname,
  contains: (folder, path) => {
    const inside = relative(real(folder), real(path));
    return inside === '' || (!inside.startsWith(`..${sep}`) && inside !== '..' && !isAbsolute(inside));
  },
};

function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

/** Where Coppice keeps its own state for this user. */
export function homeOf(settings: Settings, env: Environment): string {
  return resolve(settings.home || env['COPPICE_HOME'] || join(homedir(), '.coppice'));
}

/** The user's kubeconfigs, as kubectl finds them unless a setting says otherwise. */
export function kubeconfigsOf(settings: Settings, env: Environment): string[] {
  const given = settings['cluster.kubeconfig'];
  if (given !== '') return [resolve(given.replace(/^~(?=[/\\]|$)/, homedir()))];
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named.map((path) => resolve(path)) : [join(homedir(), '.kube', 'config')];
}
