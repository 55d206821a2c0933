import { dependencyProjects, lockfiles as lockfileNames } from '../../core/dependencies/dependencyProjects';
import { inProject, type DependencyProject } from '../../core/dependencies/dependencyProject';
import { dependencyTools, type DependencyTool } from '../../core/dependencies/dependencyTools';
import { isInstall } from '../../core/dependencies/isInstall';
import { environmentFileName, type EnvironmentFile, type SetupCommand } from '../../core/environmentFile';
import { isAppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { SpareRecord } from '../../core/ports/spares';
import type { Worktrees } from '../../core/ports/worktrees';

/** What of a commit's dependencies can be made in advance. */
export interface SpareDependencies {
  /** As the commit has it; undefined: it has none, or one that cannot be understood. */
  readonly file: EnvironmentFile | undefined;
  /** Of projects whose dependencies may be moved with their folder, relative to the worktree. */
  readonly lockfiles: readonly string[];
  /** The first of the setup commands: those that do nothing but install these. */
  readonly installs: readonly SetupCommand[];
}

interface Ports {
  readonly worktrees: Pick<Worktrees, 'fileAt' | 'filesNamed'>;
  readonly environmentFiles: Pick<EnvironmentFiles, 'parse'>;
}

/** Reads only. What other setup commands make may be another environment's: they are left to the create. */
export async function spareDependencies(
  { worktrees, environmentFiles }: Ports,
  repository: Repository,
  commit: string,
  signal: AbortSignal,
): Promise<SpareDependencies> {
  const text = await worktrees.fileAt(repository, commit, environmentFileName, signal);
  const file = text === undefined ? undefined : parsed(environmentFiles, text);
  if (!file || file.dependencies === false) return { file, lockfiles: [], installs: [] };
  const found = await worktrees.filesNamed(repository, { commit }, lockfileNames, signal);
  const projects = movable(found);
  const ofRoot = projects.filter(({ folder }) => folder === '').map(({ tool }) => tool.name);
  const isOurs = ({ command, env }: SetupCommand): boolean =>
    Object.keys(env).length === 0 && ofRoot.some((tool) => isInstall(command, tool));
  const end = file.setup.findIndex((command) => !isOurs(command));
  return {
    file,
    lockfiles: projects.map((project) => inProject(project, project.tool.lockfile)),
    installs: end < 0 ? file.setup : file.setup.slice(0, end),
  };
}

/** All that decides what these dependencies are: paths in a commit. */
export function decidingPaths(lockfiles: readonly string[]): readonly string[] {
  const paths = movable(lockfiles).flatMap((project) => {
    const names = [project.tool.lockfile, 'package.json', ...project.tool.alike];
    return [...names.map((name) => inProject(project, name)), ...project.tool.alike];
  });
  return [...new Set(paths)].sort();
}

/** What in them names the folder in which they were made. */
export function placedCaches(lockfiles: readonly string[]): readonly string[] {
  return movable(lockfiles).flatMap((project) =>
    project.tool.leftOut.map((name) => inProject(project, `${project.tool.folder}/${name}`)),
  );
}

/** Whether lockfiles alone decide what is in it besides its commit: what scripts have made may be of the commit's files. */
export function isOfLockfiles({ ignored }: Pick<SpareRecord, 'ignored'>): boolean {
  const folders = dependencyTools.filter(isMovable).map(({ folder }) => folder);
  return ignored.every((path) => folders.some((folder) => `/${path}`.includes(`/${folder}/`)));
}

/** Those whose folder leads nowhere by its own place, and that something installs. */
function movable(lockfiles: readonly string[]): readonly DependencyProject[] {
  return dependencyProjects(lockfiles).filter(({ tool }) => isMovable(tool));
}

function isMovable({ stays, state, install }: DependencyTool): boolean {
  return stays === undefined && state !== undefined && install !== undefined;
}

function parsed(files: Pick<EnvironmentFiles, 'parse'>, text: string): EnvironmentFile | undefined {
  try {
    return files.parse(text, environmentFileName);
  } catch (error) {
    if (isAppError(error, 'invalidInput')) return undefined;
    throw error;
  }
}
