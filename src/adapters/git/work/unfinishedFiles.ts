import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worktree } from '../../../core/model';
import type { Git } from '../program/git';

/** What a checkout that was cut off has left in its folder, against the commit. Paths are relative to the folder. */
export interface UnfinishedFiles {
  /** Files whose writing was cut off: the commit's, but for their end. */
  readonly cutOff: readonly string[];
  /** The same, but written well after the others: perhaps a person took the end away. */
  readonly doubtful: readonly string[];
  /** Files that say something else than the commit: a person's. */
  readonly changed: readonly string[];
  /** Files that the commit has not, ignored ones included. */
  readonly others: readonly string[];
}

/** Git writes one file after the other: the one that it was at is not much younger than the rest. */
const toleranceMs = 10_000;

export async function unfinishedFiles(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<UnfinishedFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-index-'));
  try {
    // The worktree's own index is not written yet, or its lock is left.
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    const run = (argv: readonly string[], input?: string): Promise<string> =>
      git.run(worktree.path, argv, { trust: 'refresh', signal, env, ...(input === undefined ? {} : { input }) });
    await run(['read-tree', 'HEAD']);
    await git.try(worktree.path, ['update-index', '-q', '--refresh'], { trust: 'refresh', signal, env });
    const fields = paths(await run(['diff-files', '--name-status', '-z', '--ignore-submodules']));
    const states = fields.flatMap((state, index) =>
      index % 2 === 0 ? [[state, fields[index + 1] ?? ''] as const] : [],
    );
    const differing = states.filter(([state]) => state !== 'D').map(([, path]) => path);
    const others = paths(await run(['ls-files', '--others', '-z']));
    const beginnings = await cutOffAmong(worktree, differing, async (names) => {
      const input = names.map((name) => `${name}\0`).join('');
      await run(['checkout-index', '--quiet', `--prefix=${join(folder, 'files')}/`, '-z', '--stdin'], input);
      return join(folder, 'files');
    });
    const missing = new Set(states.filter(([state]) => state === 'D').map(([, path]) => path));
    const newest = await newestOf(worktree, paths(await run(['ls-files', '-z'])), new Set([...missing, ...differing]));
    const isEarly = new Map<string, boolean>();
    for (const path of beginnings) {
      isEarly.set(path, (await lstat(join(worktree.path, path))).mtimeMs <= newest + toleranceMs);
    }
    return {
      cutOff: beginnings.filter((path) => isEarly.get(path)),
      doubtful: beginnings.filter((path) => !isEarly.get(path)),
      changed: differing.filter((path) => !isEarly.has(path)),
      others,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Those that are a beginning of what they should be. @param write writes what they should be, and says where */
export async function cutOffAmong(
  worktree: Pick<Worktree, 'path'>,
  names: readonly string[],
  write: (names: readonly string[]) => Promise<string>,
): Promise<string[]> {
  if (names.length === 0) return [];
  const expected = await write(names);
  const found: string[] = [];
  for (const name of names) {
    const [is, should] = await Promise.all([bytesOf(join(worktree.path, name)), bytesOf(join(expected, name))]);
    if (is && should && is.length < should.length && should.subarray(0, is.length).equals(is)) found.push(name);
  }
  return found;
}

/** When the checkout wrote last. Milliseconds since the epoch. */
async function newestOf(worktree: Worktree, tracked: readonly string[], without: ReadonlySet<string>): Promise<number> {
  let newest = 0;
  for (const path of ['.git', ...tracked.filter((name) => !without.has(name))]) {
    const entry = await lstat(join(worktree.path, path)).catch(() => undefined);
    if (entry && entry.mtimeMs > newest) newest = entry.mtimeMs;
  }
  return newest;
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path) : undefined;
  } catch {
    return undefined;
  }
}

function paths(output: string): string[] {
  return output.split('\0').filter((path) => path !== '');
}
