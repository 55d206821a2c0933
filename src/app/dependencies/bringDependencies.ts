import { installPlaces, installsByItself, dependencyProjects } from '../../core/dependencies/dependencyProjects';
import { inProject, type DependencyProject } from '../../core/dependencies/dependencyProject';
import type { EnvironmentFile } from '../../core/environmentFile';
import { isAbort, isAppError, toAppError } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import type { DependencyFolders } from '../../core/ports/dependencyFolders';
import type { Commands, Paths } from '../../core/ports/host';
import type { Installs } from '../../core/ports/installs';
import type { Worktrees } from '../../core/ports/worktrees';
import { installCommand, type RepositoryCommand } from '../../core/repositoryCommands';
import { BegunMark } from './begunMark';

export interface DependencyPorts {
  readonly dependencies: DependencyFolders;
  readonly worktrees: Pick<Worktrees, 'list' | 'ignoredFolders'>;
  readonly installs: Installs;
  readonly commands: Commands;
  readonly paths: Pick<Paths, 'resolve'>;
}

export interface DependencyRequest {
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly file: EnvironmentFile;
  /** Relative to the worktree. */
  readonly lockfiles: readonly string[];
  /** Installs that nobody approved. */
  readonly unapproved: readonly RepositoryCommand[];
  /** What an install sees. */
  readonly env: Readonly<Record<string, string>>;
  /** An install that takes longer is ended, and has failed. */
  readonly timeoutSeconds: number;
  /** Whether services run on this machine: else a worktree is worth something without what only this machine's programs need. */
  readonly isNeededHere: boolean;
  /** Tells its log from others. */
  readonly name: string;
}

/** How a project got its dependencies. */
export interface BroughtDependencies {
  /** Relative to the worktree; '' is the worktree itself. */
  readonly folder: string;
  readonly tool: string;
  readonly how:
    /** They were there. */
    | 'kept'
    /** By clones of the file system, which share their blocks. */
    | 'reflink'
    /** By the tool, out of its own store as far as that goes. */
    | 'install'
    /** Not at all: `why` says it. */
    | 'none';
  /** Folder of the worktree that they came from. */
  readonly from?: string;
  readonly files?: number;
  /** As the files say. */
  readonly bytes?: number;
  /** What the file system has less; others may have written meanwhile. */
  readonly writtenBytes?: number;
  readonly why?: string;
  /** The install failed: a person has to look at it, and the next create tries it again. */
  readonly failed?: boolean;
  /** Where all that the install printed is. */
  readonly log?: string;
  /** What nobody has done that an install does. */
  readonly missing?: readonly string[];
}

/**
 * Gives a worktree the dependencies that its lockfiles say: those of another worktree that has the same, cloned; else by the tool's own
 * install where the environment file says nothing of the set-up. What is there is left as it is.
 */
export async function bringDependencies(
  ports: DependencyPorts,
  request: DependencyRequest,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly BroughtDependencies[]> {
  const { worktree, repository, file, lockfiles } = request;
  const projects = dependencyProjects(lockfiles);
  if (projects.length === 0) return [];
  // The main worktree first. What is being made is not complete.
  const sources = (await ports.worktrees.list(repository, signal)).filter(
    ({ path, prunable, beingMade }) => path !== worktree.path && prunable === undefined && beingMade === undefined,
  );
  const places = installsByItself(file) ? installPlaces(file) : [];
  const brought: BroughtDependencies[] = [];
  for (const project of projects)
    brought.push(...(await bringOne(ports, request, project, sources, places, tell, signal)));
  return brought;
}

async function bringOne(
  ports: DependencyPorts,
  { worktree, env, timeoutSeconds, isNeededHere, name, unapproved }: DependencyRequest,
  project: DependencyProject,
  sources: readonly Worktree[],
  places: readonly string[],
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<BroughtDependencies[]> {
  const { dependencies, worktrees, commands, paths } = ports;
  const { folder, tool } = project;
  const to = worktree.path;
  const about = { folder, tool: tool.name };
  const begun = new BegunMark(ports.installs, project);
  const isInstalledHere = tool.install !== undefined && places.includes(folder);
  const isThere = await dependencies.isThere(to, project);
  const isHalf = isThere && (await begun.isAt(worktree));
  // Who installs by other means, or has put a link there, answers for it.
  if (isThere && (!isHalf || !isInstalledHere || (await dependencies.isLink(to, project)))) {
    await begun.remove(worktree);
    return [{ ...about, how: 'kept' }];
  }
  const ignored = (folders: readonly string[]) => worktrees.ignoredFolders(worktree, folders, signal);
  const onProgress = (files: number): void => tell(`${inProject(project, tool.folder)}: ${files} files`);
  let why: string | undefined = isHalf ? 'the last install there did not end well' : undefined;
  // Nothing is copied into what is there.
  for (const source of isHalf ? [] : sources) {
    if (await begun.isAt(source)) {
      why ??= `the last install in ${source.path} did not end well`;
      continue;
    }
    const from = source.path;
    const free = await dependencies.freeBytes(to);
    const outcome = await dependencies.clone({ from, to, project, ignored, onProgress }, signal);
    if (outcome.kind === 'cloned') {
      await begun.remove(worktree);
      const { files, bytes } = outcome;
      const missing = await dependencies.missing({ from, to, project });
      return [{ ...about, how: 'reflink', from, files, bytes, ...(await written(free)), missing }];
    }
    if (outcome.kind === 'different') why ??= outcome.why;
    if (outcome.kind === 'unsupported') {
      why = 'the file system has no reflinks';
      break;
    }
  }
  if (tool.install === undefined || !isInstalledHere) return why === undefined ? [] : [{ ...about, how: 'none', why }];
  const command = installCommand(project);
  if (unapproved.some(({ content }) => content === command?.content)) {
    const approves = `nobody has approved its install, ${command?.text ?? ''}: "coppice create --yes" there does`;
    const both = why === undefined ? approves : `${why}, and ${approves}`;
    return [{ ...about, how: 'none', why: both, ...(isHalf ? { failed: true } : {}) }];
  }
  const free = await dependencies.freeBytes(to);
  const options = {
    ...{ cwd: folder === '' ? to : paths.resolve(to, folder), env, onLine: tell, timeoutMs: timeoutSeconds * 1000 },
    keepAs: ['install', tool.name, folder, name].filter(Boolean).join('-'),
  };
  // Whatever is there from now on is not complete, also if this process is killed.
  await begun.add(worktree);
  try {
    const log = await commands.run(tool.install, options, signal);
    await begun.remove(worktree);
    return [
      { ...about, how: 'install', ...(await written(free)), ...(why === undefined ? {} : { why }), ...logged(log) },
    ];
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    // Nothing has begun, and pods bring what they need.
    if (isAppError(error, 'missingTool') && !isHalf && !isNeededHere) {
      await begun.remove(worktree);
      return [{ ...about, how: 'none', why: `${tool.install[0] ?? tool.name} is not on this machine` }];
    }
    const { message, remedy } = toAppError(error);
    const log = remedy?.action.kind === 'openFile' ? remedy.action.path : undefined;
    return [{ ...about, how: 'none', why: message, failed: true, ...logged(log) }];
  }

  async function written(before: number | undefined): Promise<{ writtenBytes?: number }> {
    const after = await dependencies.freeBytes(to);
    return before === undefined || after === undefined ? {} : { writtenBytes: Math.max(0, before - after) };
  }
}

function logged(log: string | undefined): { log?: string } {
  return log === undefined ? {} : { log };
}
