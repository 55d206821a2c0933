import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inProject, type DependencyProject } from '../../core/dependencies/dependencyProject';
import { keyDifference, type DependencyKey } from '../../core/dependencies/dependencyKey';
import { errorCode } from '@coppice/host/errorCode';
import { stateOf } from './stateOf';

export interface Difference {
  /** All that was compared: equal where nothing of it has changed. */
  readonly key: string;
  /** Half a sentence; undefined: what is in `from` is what an install would make in `to`. */
  readonly why: string | undefined;
}

/**
 * Prisma's client is code in node_modules that an install generates from the schema of the checkout it runs in (@prisma/client's postinstall).
 * By npm's, pnpm's and Yarn's lockfiles; a mere optional peer is not meant.
 */
const generated = /node_modules\/@prisma\/client"|@prisma\/client@(?:npm:)?[\^~]?\d/;

/** Compares what two worktrees say about a project, and what the first says with what is installed there. */
export async function differenceOf(from: string, to: string, project: DependencyProject): Promise<Difference> {
  const [source, target] = await Promise.all([keyOf(from, project), keyOf(to, project)]);
  const other = keyDifference(source, target);
  if (other !== undefined) return { key: '', why: other };
  const lockfile = await readFile(join(from, inProject(project, project.tool.lockfile)), 'utf8').catch(() => '');
  if (generated.test(lockfile))
    return { key: '', why: 'its Prisma client is generated from the schema of that checkout' };
  const state = await stateOf(from, project);
  return { key: JSON.stringify([source, state.key]), why: state.why };
}

async function keyOf(worktree: string, project: DependencyProject): Promise<DependencyKey> {
  const { tool } = project;
  const read = (path: string): Promise<string | undefined> => digestOf(join(worktree, inProject(project, path)));
  const alike = await Promise.all(tool.alike.map(async (path) => [path, await read(path)] as const));
  // What decides for a project of a subfolder may stand at the root.
  const above =
    project.folder === ''
      ? []
      : await Promise.all(tool.alike.map(async (path) => [`/${path}`, await digestOf(join(worktree, path))] as const));
  return {
    lockfile: { name: tool.lockfile, digest: await read(tool.lockfile) },
    manager: await managerOf(join(worktree, inProject(project, 'package.json'))),
    alike: Object.fromEntries([...alike, ...above]),
  };
}

/** What of package.json a lockfile does not say, and an install heeds. */
async function managerOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null) return undefined;
    // Which packages' scripts run is no part of a lockfile, and no tool writes down whether they have
    // (npm 12.2.2, findings/npm-approved-script-is-never-run.sh).
    const scripts = ['pnpm', 'trustedDependencies', 'allowScripts', 'dependenciesMeta'];
    const keys = ['packageManager', 'devEngines', 'engines', 'volta', ...scripts];
    return JSON.stringify(Object.entries(said).filter(([key]) => keys.includes(key)));
  } catch {
    return undefined;
  }
}

/** Of a file, or of all files in a folder. undefined: it is not there. */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    return hash.update(await readFile(path)).digest('hex');
  } catch (error) {
    if (errorCode(error) !== 'EISDIR') return undefined;
  }
  const names = (await readdir(path, { recursive: true }).catch(() => [])).sort();
  for (const name of names) {
    const content = await readFile(join(path, name)).catch(() => undefined);
    if (content !== undefined) hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
