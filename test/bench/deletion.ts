import { execFile } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Git } from '../../src/adapters/git/program/git';
import { GitWorktrees } from '../../src/adapters/git/gitWorktrees';
import { makeEntry, moveToEntry, recoveryRefs } from '../../src/adapters/git/trash/keepWorktree';
import { moveAway } from '../../src/adapters/git/trash/trash';
import type { Repository, Worktree } from '../../src/core/model';
import { median, timed, type Bench } from './figure';

const run = promisify(execFile);

/** A worktree with many files, most of them of packages: how long its folder stands in a delete's way, beside removing it. */
export const deletion: Bench = {
  name: 'deletion',
  async run({ quick, env }) {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
    try {
      const count = quick ? 10_000 : 250_000;
      const place = await placeIn(folder, count, env);
      const runs = quick ? 1 : 3;
      const times: Record<'taken' | 'whole' | 'removed', number[]> = { taken: [], whole: [], removed: [] };
      for (let i = 0; i < runs; i++) {
        const [taken, whole, removed] = [await place.make(), await place.make(), await place.make()];
        await settled();
        times.taken.push(await timed(() => takeAway(place, taken)));
        times.whole.push(await timed(() => deleteWhole(place, whole)));
        times.removed.push(await timed(() => place.git('worktree', 'remove', '--force', removed.path)));
        await rm(join(place.repository.commonDir, 'coppice-trash'), { recursive: true });
      }
      const yardstick = { name: 'git worktree remove --force', value: median(times.removed) };
      const what = `a worktree of ${count.toLocaleString('en')} files`;
      return [
        {
          name: `Delete: take ${what} away, so that it can be brought back`,
          ...{ unit: 'ms', runs, yardstick, value: median(times.taken) },
          goals: [{ kind: 'value', most: 200 }],
        },
        {
          name: `Delete: the same with the last look at what ${what} would lose`,
          ...{ unit: 'ms', runs, yardstick, value: median(times.whole), goals: [] },
        },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Place {
  readonly repository: Repository;
  readonly worktrees: GitWorktrees;
  readonly env: NodeJS.ProcessEnv;
  /** A new worktree with all files, as git lists it. */
  make(): Promise<Worktree>;
  git(...argv: string[]): Promise<unknown>;
}

async function placeIn(folder: string, count: number, env: NodeJS.ProcessEnv): Promise<Place> {
  const root = join(folder, 'repository');
  const seed = join(folder, 'node_modules');
  await mkdir(root);
  for (let i = 0; i < count; i++) {
    const inside = join(seed, `package-${Math.floor(i / 100)}`);
    if (i % 100 === 0) await mkdir(inside, { recursive: true });
    await writeFile(join(inside, i % 100 === 0 ? 'package.json' : `${i}.js`), '{}');
  }
  const git = (...argv: string[]): Promise<unknown> =>
    run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...argv], { cwd: root, env });
  await git('init', '--quiet', '--initial-branch=main');
  await writeFile(join(root, '.gitignore'), 'node_modules\n');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'first');
  const worktrees = new GitWorktrees(env);
  const repository = await worktrees.repository(root);
  let made = 0;
  return {
    ...{ repository, worktrees, env, git },
    async make() {
      const path = join(folder, 'worktrees', String(++made));
      await git('worktree', 'add', '--quiet', '-b', `branch-${made}`, path);
      await linkAll(seed, join(path, 'node_modules'));
      const found = (await worktrees.list(repository)).find((worktree) => worktree.path === path);
      if (!found) throw new Error(`${path} is not listed`);
      return found;
    },
  };
}

/**
 * Who writes one file for good waits for all that was written before it and is not on the disk yet: hundreds of thousands of files that are
 * as old as a moment stand in nobody's way but a bench's.
 */
async function settled(): Promise<void> {
  if (process.platform !== 'win32') await run('sync');
}

/** The folders of a folder with links to their files: copies of as many would take minutes to make, and to take away no less. */
async function linkAll(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    await mkdir(join(to, name), { recursive: true });
    const files = await readdir(join(from, name));
    await Promise.all(files.map((file) => link(join(from, name, file), join(to, name, file))));
  }
}

/** What a delete does once it has looked: all that stands in the place of removing files. */
async function takeAway({ repository, env }: Place, worktree: Worktree): Promise<void> {
  const git = new Git(env);
  const aside = { worktree, folder: await moveAway(repository, worktree.path) };
  const refs = await recoveryRefs(git, repository, worktree, worktree.branch);
  await moveToEntry(repository, await makeEntry(git, repository, aside, refs), aside);
}

async function deleteWhole({ repository, worktrees }: Place, worktree: Worktree): Promise<void> {
  const aside = await worktrees.setAside(repository, worktree, [], undefined, { keep: 'all' });
  await worktrees.keep(repository, aside);
}
