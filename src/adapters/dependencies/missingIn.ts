import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BringRequest } from '../../core/ports/dependencyFolders';
import { foldersOf } from './foldersOf';
import { parsed } from './parsed';

/** Scripts of a project's own package.json that an install runs, in their order. */
const lifecycle = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/** What an install does besides filling folders: the scripts of the projects themselves, which may make files anywhere. */
export async function missingIn({ to, project }: Pick<BringRequest, 'to' | 'project'>): Promise<readonly string[]> {
  if (project.tool.folder !== 'node_modules') return [];
  // Each folder of dependencies is a workspace's, or the project's own.
  const places = (await foldersOf(to, project)).map((folder) => folder.slice(0, -'node_modules'.length));
  const told = await Promise.all(places.map((place) => scriptsNotRun(to, `${place}package.json`)));
  return told.flat();
}

async function scriptsNotRun(worktree: string, file: string): Promise<readonly string[]> {
  const said = parsed(await readFile(join(worktree, file), 'utf8').catch(() => undefined));
  const scripts: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'scripts') : undefined;
  if (typeof scripts !== 'object' || scripts === null) return [];
  const names = lifecycle.filter((name) => typeof Reflect.get(scripts, name) === 'string');
  if (names.length === 0) return [];
  return [`No install has run: ${names.join(', ')} of ${file} ${names.length === 1 ? 'was' : 'were'} not run.`];
}
