import { lstat, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../exec/temporaryFolder';
import { reapplySparse } from './fillWorktree';
import type { Git } from '../program/git';
import { parseStatus } from '../program/parseStatus';
import { folderState } from '../files/paths';
import { makingArguments } from '../files/strayGit';
import { cutOffAmong } from './unfinishedFiles';

interface Place {
  readonly path: string;
}

/** What a commit, or an index, has at a path; a mode of zeros: nothing. */
interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly object: string;
}

interface Difference {
  readonly before: Entry;
  readonly after: Entry;
}

/** Two commits or trees. */
export interface CommitPair {
  readonly before: string;
  readonly after: string;
}

/** Those of a folder that say what they should, or are the beginning of it. */
interface Alike {
  readonly whole: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
}

type Run = (argv: readonly string[], paths?: readonly string[]) => Promise<string>;

/** Of a submodule nothing but an empty folder is made. */
const submoduleMode = '160000';
const attributes = '.gitattributes';

/**
 * Gives a worktree the files and the index of one commit back where a checkout of another has written, as far as it came. What says
 * neither the one nor the other, and is no beginning of either, is somebody's, and stays. Cut off, it can be run again.
 *
 * @param making whose checkout that was
 * @throws GitFailure
 */
export async function restoreFiles(git: Git, worktree: Place, change: CommitPair, making: string): Promise<void> {
  const { before } = change;
  const all = await differencesOf(git, worktree, change);
  if (all.length === 0) return;
  // While the attributes are there by which they were written.
  const written = await alikeIn(
    git,
    worktree,
    all.map(({ after }) => after),
  );
  await restoreIndex(git, worktree, before, all, making);
  const leftOut = await leftOutPaths(git, worktree);
  for (const { before, after } of all)
    if (!isThere(before)) await removeFile(worktree.path, after, isOf(written, after));
  const wanted = all.map(({ before }) => before).filter((each) => isThere(each) && !leftOut.has(each.path));
  const ofAttributes = wanted.filter(({ path }) => isAttributes(path));
  for (const some of [ofAttributes, wanted.filter(({ path }) => !isAttributes(path))]) {
    const known = await alikeIn(git, worktree, some);
    const missing: Entry[] = [];
    for (const entry of some) {
      if (known.whole.has(entry.path)) continue;
      const isOurs = isOf(written, entry) || isOf(known, entry);
      if (await mayBeWritten(worktree.path, entry, isOurs)) missing.push(entry);
    }
    await writeEntries(git, worktree, missing, making);
  }
  await git.try(worktree.path, [...makingArguments(making), 'update-index', '-q', '--refresh'], { trust: 'refresh' });
}

/** Whether all that is otherwise in a worktree than in one commit is what a checkout of another has written, as far as it came. */
export async function isCheckoutOf(git: Git, worktree: Place, change: CommitPair): Promise<boolean> {
  const targets = new Map((await differencesOf(git, worktree, change)).map(({ after }) => [after.path, after]));
  const written = await alikeIn(git, worktree, [...targets.values()]);
  const argv = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames'];
  const { changed, untracked } = parseStatus(await git.run(worktree.path, argv, { trust: 'check' }));
  for (const path of [...changed, ...untracked.filter((each) => targets.has(each))]) {
    const target = targets.get(path);
    // Git takes the old one away before it writes the new one.
    const isMeant = target && (isOf(written, target) || (await kindOf(join(worktree.path, path))) === 'absent');
    if (!isMeant) return false;
  }
  return true;
}

async function differencesOf(git: Git, { path }: Place, { before, after }: CommitPair): Promise<Difference[]> {
  const argv = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before, after, '--'];
  return differences(await git.run(path, argv, { trust: 'read' }));
}

/** git-diff-tree(1), "RAW OUTPUT FORMAT": `:mode mode object object status`, then the path. */
function differences(output: string): Difference[] {
  const fields = output.split('\0');
  const found: Difference[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const match = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) /.exec(fields[index] ?? '');
    const path = fields[index + 1] ?? '';
    const [, mode = '', newMode = '', object = '', newObject = ''] = match ?? [];
    if (match) found.push({ before: { path, mode, object }, after: { path, mode: newMode, object: newObject } });
  }
  return found;
}

function isThere({ mode }: Entry): boolean {
  return mode !== '000000';
}

function isAttributes(path: string): boolean {
  return path === attributes || path.endsWith(`/${attributes}`);
}

function isOf({ whole, begun }: Alike, { path }: Entry): boolean {
  return whole.has(path) || begun.has(path);
}

/** Entries that a checkout has put into the index; whatever else was put there stays. */
async function restoreIndex(
  git: Git,
  { path: folder }: Place,
  before: string,
  all: readonly Difference[],
  making: string,
): Promise<void> {
  const argv = ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', before, '--'];
  const indexed = differences(await git.run(folder, argv, { trust: 'read' }));
  const targets = new Map(all.map(({ before, after }) => [after.path, { before, after }]));
  const ours = indexed.flatMap(({ after: now }) => {
    const target = targets.get(now.path);
    return target?.after.mode === now.mode && target.after.object === now.object ? [target.before] : [];
  });
  if (ours.length === 0) return;
  const update = [...makingArguments(making), 'update-index', '-z', '--index-info'];
  await git.run(folder, update, { trust: 'refresh', input: indexInfo(ours) });
  await reapplySparse(git, folder, makingArguments(making));
}

/** git-update-index(1), `--index-info`. What goes comes first: a file may be in the place of a folder. */
function indexInfo(entries: readonly Entry[]): string {
  const sorted = [...entries.filter((each) => !isThere(each)), ...entries.filter(isThere)];
  return sorted
    .map(({ mode, object, path }) => `${isThere({ mode, object, path }) ? mode : '0'} ${object}\t${path}\0`)
    .join('');
}

/** Of a sparse checkout. */
async function leftOutPaths(git: Git, { path }: Place): Promise<ReadonlySet<string>> {
  const entries = (await git.run(path, ['ls-files', '-t', '-z'], { trust: 'read' })).split('\0');
  return new Set(entries.filter((entry) => entry.startsWith('S ')).map((entry) => entry.slice(2)));
}

async function alikeIn(git: Git, worktree: Place, entries: readonly Entry[]): Promise<Alike> {
  const files = entries.filter((each) => isThere(each) && each.mode !== submoduleMode);
  if (files.length === 0) return { whole: new Set(), begun: new Set() };
  return withIndexOf(git, worktree, files, [], async (run, folder) => {
    const fields = (await run(['diff-files', '--name-status', '-z'])).split('\0');
    const states = new Map<string, string>();
    for (let index = 0; index + 1 < fields.length; index += 2) states.set(fields[index + 1] ?? '', fields[index] ?? '');
    const differing = [...states].filter(([, state]) => state !== 'D').map(([path]) => path);
    const begun = await cutOffAmong(worktree, differing, async (names) => {
      await run(['checkout-index', '--quiet', `--prefix=${join(folder, 'files')}/`, '-z', '--stdin'], names);
      return join(folder, 'files');
    });
    const whole = files.map(({ path }) => path).filter((path) => !states.has(path));
    return { whole: new Set(whole), begun: new Set(begun) };
  });
}

async function writeEntries(git: Git, worktree: Place, entries: readonly Entry[], making: string): Promise<void> {
  if (entries.length === 0) return;
  const names = entries.map(({ path }) => path);
  await withIndexOf(git, worktree, entries, makingArguments(making), (run) =>
    run(['checkout-index', '--force', '--quiet', '-z', '--stdin'], names),
  );
}

/** An index of nothing but these: the worktree's own may be half of another commit's, or locked. */
async function withIndexOf<T>(
  git: Git,
  worktree: Place,
  entries: readonly Entry[],
  options: readonly string[],
  use: (run: Run, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder('index');
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    const run = (argv: readonly string[], input?: string): Promise<string> =>
      git.run(worktree.path, [...options, ...argv], {
        ...{ trust: 'refresh', env },
        ...(input === undefined ? {} : { input }),
      });
    await run(['update-index', '-z', '--index-info'], indexInfo(entries));
    await git.try(worktree.path, ['update-index', '-q', '--refresh'], { trust: 'refresh', env });
    return await use((argv, paths) => run(argv, paths?.map((path) => `${path}\0`).join('')), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With the folders that are empty then: git makes them before it writes the first file in them, and has none of its own. */
async function removeFile(root: string, { path, mode }: Entry, isOurs: boolean): Promise<void> {
  if (!(await hasOwnParents(root, path))) return;
  if (isOurs && mode !== submoduleMode) await rm(join(root, path), { force: true });
  for (let folder = mode === submoduleMode ? path : dirname(path); folder !== '.'; folder = dirname(folder)) {
    const isEmpty = (await folderState(join(root, folder))) === 'empty';
    if (isEmpty) await rmdir(join(root, folder)).catch(() => undefined);
  }
}

/** Nothing that is in the way is written over but what is ours. */
async function mayBeWritten(root: string, { path, mode }: Entry, isOurs: boolean): Promise<boolean> {
  if (mode === submoduleMode || !(await hasOwnParents(root, path))) return false;
  return isOurs || (await kindOf(join(root, path))) === 'absent';
}

/** Through a link, or in the place of a file, it would be somebody else's. */
async function hasOwnParents(root: string, path: string): Promise<boolean> {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
    if ((await kindOf(join(root, folder))) === 'other') return false;
  return true;
}

async function kindOf(path: string): Promise<'absent' | 'folder' | 'other'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch {
    return 'absent';
  }
}
