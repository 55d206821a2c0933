import { inProject } from '../../core/dependencies/dependencyProject';
import { dependencyTools } from '../../core/dependencies/dependencyTools';
import type { BroughtDependencies } from './bringDependencies';

/**
 * How dependencies came, for a person: `node_modules from main by reflink, 412 MiB, 3 MiB written`.
 *
 * @param sourceName what a worktree is called, by its folder
 */
export function broughtText(
  brought: readonly BroughtDependencies[],
  sourceName: (folder: string) => string,
): string | undefined {
  const lines = brought.filter(({ how }) => how !== 'kept').map((one) => oneText(one, sourceName));
  return lines.length === 0 ? undefined : lines.join('; ');
}

/** That an install failed: its own words, and where all of them are. undefined: none did */
export function failedText({ failed, why = '', log, ...one }: BroughtDependencies): string | undefined {
  if (!failed) return undefined;
  const where = log === undefined ? '' : ` All that it printed: ${log}`;
  return `${folderOf(one)} is not complete: ${why.replace(/\.$/, '')}. The next create installs it again.${where}`;
}

function oneText(one: BroughtDependencies, sourceName: (folder: string) => string): string {
  const tool = dependencyTools.find(({ name }) => name === one.tool);
  const what = folderOf(one);
  const written = one.writtenBytes === undefined ? '' : `, ${amount(one.writtenBytes)} written`;
  switch (one.how) {
    case 'kept':
      return `${what} was there`;
    case 'reflink':
      return `${what} from ${sourceName(one.from ?? '')} by reflink, ${amount(one.bytes ?? 0)}${written}`;
    case 'install': {
      const why = one.why === undefined ? '' : ` (${one.why})`;
      return `${what} by ${(tool?.install ?? []).slice(0, 2).join(' ')}${written}${why}`;
    }
    case 'none':
      return `${what} was not brought: ${one.why ?? ''}`;
  }
}

function folderOf(one: Pick<BroughtDependencies, 'folder' | 'tool'>): string {
  return inProject(one, dependencyTools.find(({ name }) => name === one.tool)?.folder ?? one.tool);
}

function amount(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}
