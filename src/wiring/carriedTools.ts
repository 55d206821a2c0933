import { join } from 'node:path';

/** Where a package for one system has the programs that it carries; the package for all systems, and a clone, have none there. */
export function carriedTools(root: string): { readonly helm: string; readonly postgres: string } {
  const tools = join(root, 'tools');
  return {
    helm: join(tools, process.platform === 'win32' ? 'helm.exe' : 'helm'),
    postgres: join(tools, 'postgres', 'bin'),
  };
}
