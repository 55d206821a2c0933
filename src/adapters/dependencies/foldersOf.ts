import { glob, readFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { inProject, type DependencyProject } from '../../core/dependencies/dependencyProject';
import { npmFolders } from '../../core/dependencies/npmDifference';
import { pnpmFolders } from '../../core/dependencies/pnpmDifference';
import { yarnFolders } from '../../core/dependencies/yarnDifference';
import { parsed } from './parsed';

/** All folders of a project's dependencies that its lockfile tells of, whether they are there or not: workspaces have their own. */
export async function foldersOf(worktree: string, project: DependencyProject): Promise<readonly string[]> {
  const { tool } = project;
  const text = await readFile(join(worktree, inProject(project, tool.lockfile)), 'utf8').catch(() => '');
  const inner = await innerFolders(join(worktree, project.folder), project, text);
  const all = [tool.folder, ...inner].filter((folder) => !folder.split('/').includes('..'));
  return [...new Set(all)].map((folder) => inProject(project, folder));
}

async function innerFolders(folder: string, { tool }: DependencyProject, lockfile: string): Promise<readonly string[]> {
  switch (tool.name) {
    case 'npm':
      return npmFolders(parsed(lockfile));
    case 'pnpm':
      return pnpmFolders(lockfile);
    case 'yarn':
      return lockfile.includes('\n__metadata:') ? yarnFolders(lockfile) : workspaceFolders(folder);
    case 'bun':
      return workspaceFolders(folder);
    default:
      return [];
  }
}

/** By the patterns of package.json, for those whose lockfile says nothing of it. */
async function workspaceFolders(folder: string): Promise<readonly string[]> {
  const said = parsed(await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined));
  const value: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'workspaces') : undefined;
  const patterns: unknown =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Reflect.get(value, 'packages') : value;
  if (!Array.isArray(patterns)) return [];
  const found: string[] = [];
  for (const pattern of patterns) {
    if (typeof pattern !== 'string' || pattern.startsWith('!')) continue;
    const exclude = (entry: string): boolean => basename(entry) === 'node_modules';
    for await (const match of glob(pattern, { cwd: folder, exclude }))
      found.push(`${match.split(sep).join('/')}/node_modules`);
  }
  return found;
}
