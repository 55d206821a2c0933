import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { findExecutable } from '../../../src/adapters/exec/findExecutable';
import { Claimer, claimerId } from '../../support/claimer';
import { GitRepository } from '../../support/gitRepository';

const spareId = '0123456789ab';

let claimer: Claimer;
beforeAll(async () => {
  claimer = await Claimer.create();
  // Kills whoever has called it, before or after it did what it was asked for.
  const real = await findExecutable('git', process.env);
  const script = `#!/bin/sh
count=$(($(cat "$KILL_COUNT" 2>/dev/null || echo 0) + 1))
echo $count > "$KILL_COUNT"
[ "$KILL_AT" = "$count before" ] && kill -9 $PPID && exit 1
'${real}' "$@"
code=$?
[ "$KILL_AT" = "$count after" ] && kill -9 $PPID
exit $code
`;
  await mkdir(join(claimer.folder, 'bin'));
  await writeFile(join(claimer.folder, 'bin', 'git'), script, { mode: 0o755 });
});
afterAll(() => claimer.dispose());

/** @returns whether it came to its end */
async function claim(git: GitRepository, folder: string, commit: string, at: string): Promise<boolean> {
  const count = join(git.folder, 'count');
  await rm(count, { force: true });
  const PATH = [join(claimer.folder, 'bin'), process.env['PATH']].join(delimiter);
  return claimer.claim(git, folder, commit, { PATH, KILL_AT: at, KILL_COUNT: count });
}

// A signal that is sent by a shell script.
it.skipIf(process.platform === 'win32')(
  'a claim that is killed before or after any git is taken back or ended by the next, and nothing of it is lost',
  async () => {
    let steps = 0;
    const ends = new Set<string>();
    for (let step = 1, isOver = false; !isOver; step++) {
      for (const when of ['before', 'after']) {
        const git = await GitRepository.create();
        try {
          isOver = await killedAt(git, `${step} ${when}`, ends);
        } finally {
          await git.dispose();
        }
        if (!isOver) steps++;
      }
    }
    // Looking, the branch, the move, the checkout, the hook.
    expect(steps).toBeGreaterThan(10);
    expect([...ends].sort()).toEqual(['begun worktree', 'branch and spare', 'spare']);
  },
  240_000,
);

async function killedAt(git: GitRepository, at: string, ends: Set<string>): Promise<boolean> {
  await git.commit('.gitignore', 'node_modules/\n', 'ignores');
  const commit = await git.git('rev-parse', 'HEAD');
  const worktrees = new GitWorktrees(git.env);
  const spares = new GitSpares(git.env);
  const repository = await worktrees.recordRepository(await worktrees.repository(git.root));
  const home = join(git.folder, 'w', '_spare-1');
  const folder = join(git.folder, 'w', 'topic');
  const has = { state: 'ready', has: 'dependencies', digest: 'd', ignored: ['node_modules/'] } as const;
  const record = { version: 1, id: spareId, repositoryId: repository.id, commit, ...has } as const;
  await spares.add(repository, { folder: home, record });
  await mkdir(join(home, 'node_modules'));
  await writeFile(join(home, 'node_modules', 'a.js'), 'installed');
  const newer = await git.commit('readme', 'newer\n', 'newer');
  if (await claim(git, folder, newer, at)) return true;

  const where = `killed at ${at}`;
  await worktrees.recover(repository);
  const made = await again(worktrees, spares, repository, folder, newer, ends);
  expect(made, where).toMatchObject({ path: folder, branch: 'topic', head: newer, locked: undefined });
  expect(await git.in(folder, 'status', '--porcelain'), where).toBe('');
  expect(await readFile(join(folder, 'readme'), 'utf8'), where).toBe('newer\n');
  // Whichever of the two it is in.
  const [left] = await spares.list(repository);
  expect(left === undefined || left.worktree.path === home, where).toBe(true);
  expect(await readFile(join(left ? home : folder, 'node_modules', 'a.js'), 'utf8'), where).toBe('installed');
  if (left) expect(left.record, where).toEqual(record);
  expect((await readdir(join(git.folder, 'w'))).sort(), where).toEqual(left ? ['_spare-1', 'topic'] : ['topic']);
  expect(
    (await worktrees.list(repository)).map(({ beingMade }) => beingMade),
    where,
  ).toEqual([undefined, undefined]);
  return false;
}

/** What the create does that is run once more. */
async function again(
  worktrees: GitWorktrees,
  spares: GitSpares,
  repository: Repository,
  folder: string,
  commit: string,
  ends: Set<string>,
): Promise<Worktree | undefined> {
  const begun = (await worktrees.list(repository)).find(({ branch }) => branch === 'topic');
  if (begun) {
    ends.add('begun worktree');
    expect(begun.path).toBe(folder);
    if (begun.beingMade === undefined) return begun;
    return worktrees.finish(repository, begun);
  }
  const [spare] = await spares.list(repository);
  if (!spare) throw new Error('there is neither a worktree nor a spare');
  const making = { id: claimerId, record: async () => undefined };
  const isMade = (await worktrees.branches(repository)).some(({ name }) => name === 'topic');
  ends.add(isMade ? 'branch and spare' : 'spare');
  if (isMade) await worktrees.add(repository, { kind: 'existing', branch: 'topic', commit, folder, making });
  else await spares.claim(repository, spare, { folder, branch: 'topic', commit, making, without: [] });
  return (await worktrees.list(repository)).find(({ branch }) => branch === 'topic');
}
