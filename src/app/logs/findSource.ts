import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { SourceFiles } from '../../core/ports/sourceFiles';

export interface FindSourcePorts {
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
  readonly sources: SourceFiles;
}

export interface SourceRequest {
  /** The worktree's folder. */
  readonly path: string;
  /** Whose output names it. */
  readonly service: string;
  /** As the output names it. */
  readonly file: string;
}

/** Where containers have the worktree's files: `charts/worktree`. */
const mounted = '/workspace/';

/**
 * The file of a worktree that a service's output names, by its real path: relative to where the service runs, to the worktree, or as a
 * container has it, whose folders before it are others. undefined: it is no file of the worktree.
 */
export async function findSource(
  { environmentFiles, sources }: FindSourcePorts,
  { path, service, file }: SourceRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const folder = await folderOf(environmentFiles, path, service);
  const inFolder = (each: string): string[] => (folder === undefined ? [each] : [`${folder}/${each}`, each]);
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:[\\/]|file:)/.test(file);
  if (!isAbsolute) return sources.find(path, inFolder(file), signal);
  const segments = file.split('/').filter(Boolean);
  const elsewhere = file.startsWith(mounted)
    ? [file.slice(mounted.length)]
    : [1, 2, 3].map((dropped) => segments.slice(dropped).join('/')).filter(Boolean);
  return sources.find(path, [file, ...(file.startsWith('/') ? elsewhere.flatMap(inFolder) : [])], signal);
}

async function folderOf(
  environmentFiles: FindSourcePorts['environmentFiles'],
  path: string,
  service: string,
): Promise<string | undefined> {
  try {
    const { services } = await environmentFiles.read(path);
    return services.find(({ name }) => name === service)?.folder;
  } catch {
    // One that cannot be read now says nothing of where the service runs.
    return undefined;
  }
}
