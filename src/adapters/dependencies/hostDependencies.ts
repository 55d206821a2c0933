import { lstat, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inProject, type DependencyProject } from '../../core/dependencies/dependencyProject';
import { partialFolder } from '../../core/dependencies/dependencyTools';
import { leftOutOf } from '../../core/dependencies/leftOutOf';
import { isAppError } from '../../core/errors';
import type { BringOutcome, BringRequest, DependencyFolders } from '../../core/ports/dependencyFolders';
import { errorCode } from '@coppice/host/errorCode';
import { cloneTree, NotCloned } from './cloneTree';
import { differenceOf } from './differenceOf';
import { foldersOf } from './foldersOf';
import { missingIn } from './missingIn';
import { unbindFolders } from './unbindFolders';
import { addonDifference } from './addonDifference';

/** Dependencies as folders of this machine. */
export class HostDependencies implements DependencyFolders {
  /** @param env what programs inherit: `process.env` */
  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  async isThere(worktree: string, project: DependencyProject): Promise<boolean> {
    return (await kindOf(join(worktree, mainFolder(project)))) !== undefined;
  }

  async isLink(worktree: string, project: DependencyProject): Promise<boolean> {
    return (await kindOf(join(worktree, mainFolder(project)))) === 'other';
  }

  async clone(request: BringRequest, signal: AbortSignal): Promise<BringOutcome> {
    const { from, to, project } = request;
    if ((await kindOf(join(from, mainFolder(project)))) !== 'folder') return { kind: 'absent' };
    if (project.tool.stays !== undefined) return { kind: 'different', why: project.tool.stays };
    const before = await differenceOf(from, to, project);
    if (before.why !== undefined) return { kind: 'different', why: before.why };
    const partial = join(to, partialFolder);
    try {
      await rm(partial, { recursive: true, force: true, maxRetries: 3 });
      const wanted = await this.#wanted(request, project);
      if (wanted === undefined) return { kind: 'different', why: `git does not ignore ${mainFolder(project)}` };
      await mkdir(partial);
      // No status shows it, and no add takes it.
      await writeFile(join(partial, '.gitignore'), '*\n');
      const sum = { files: 0, bytes: 0 };
      const leftOut = leftOutOf(
        project.tool,
        await readFile(join(from, inProject(project, project.tool.lockfile)), 'utf8'),
      );
      for (const [index, folder] of wanted.entries()) {
        const onProgress = (files: number): void => request.onProgress?.(sum.files + files);
        const options = { fromRoot: from, toRoot: to, finally: join(to, folder), leftOut, onProgress };
        const cloned = await cloneTree(join(from, folder), join(partial, String(index)), options, signal);
        const why = await addonDifference(cloned.addons, to, this.env, signal);
        if (why !== undefined) return { kind: 'different', why };
        sum.files += cloned.files;
        sum.bytes += cloned.bytes;
      }
      const after = await differenceOf(from, to, project);
      if (after.why !== undefined || after.key !== before.key) return changed(mainFolder(project));
      signal.throwIfAborted();
      // The one by which it is told whether they are there comes last.
      for (const [index, folder] of [...wanted.entries()].reverse()) {
        await mkdir(dirname(join(to, folder)), { recursive: true });
        await rename(join(partial, String(index)), join(to, folder));
      }
      return { kind: 'cloned', folders: wanted, ...sum };
    } catch (error) {
      signal.throwIfAborted();
      if (isAppError(error)) throw error;
      return outcomeOf(error);
    } finally {
      await rm(partial, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
  }

  unbind(worktree: string, project: DependencyProject, signal: AbortSignal): Promise<string | undefined> {
    return unbindFolders(worktree, project, signal);
  }

  missing(request: Pick<BringRequest, 'from' | 'to' | 'project'>): Promise<readonly string[]> {
    return missingIn(request).catch(() => []);
  }

  async freeBytes(folder: string): Promise<number | undefined> {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  }

  /** The folders to be brought, the project's own first; undefined: git has something to say about that one. */
  async #wanted(
    { from, to, ignored }: BringRequest,
    project: DependencyProject,
  ): Promise<readonly string[] | undefined> {
    const main = mainFolder(project);
    const all = await foldersOf(from, project);
    const found: string[] = [];
    for (const folder of all) {
      const [here, there] = await Promise.all([from, to].map((root) => kindOf(join(root, folder))));
      if (folder === main || (here === 'folder' && there === undefined)) found.push(folder);
    }
    const allowed = new Set(await ignored(found));
    if (!allowed.has(main)) return undefined;
    return [main, ...found.filter((folder) => folder !== main && allowed.has(folder))];
  }
}

function mainFolder(project: DependencyProject): string {
  return inProject(project, project.tool.folder);
}

function changed(path: string): BringOutcome {
  return { kind: 'different', why: `${path} changed while it was copied` };
}

function outcomeOf(error: unknown): BringOutcome {
  if (error instanceof NotCloned) {
    if (error.reason === 'unsupported') return { kind: 'unsupported' };
    if (error.reason === 'changed') return changed(error.path);
    return { kind: 'different', why: `${error.path} is a link that would lead out of the worktree` };
  }
  const code = errorCode(error);
  if (code === undefined) throw error;
  // A disk that is full, a file that only root may read: the install says more of it, if it matters.
  return { kind: 'different', why: `it cannot be copied (${code})` };
}

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  return lstat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'other'),
    () => undefined,
  );
}
