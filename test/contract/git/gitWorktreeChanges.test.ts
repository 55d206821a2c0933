import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktreeChanges } from '../../../src/adapters/git/gitWorktreeChanges';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

describe('what worktrees have changed', () => {
  let git: GitRepository;
  let changes: GitWorktreeChanges;
  beforeEach(async () => {
    git = await GitRepository.create();
    changes = new GitWorktreeChanges(git.env);
    await writeFile(join(git.root, 'kept.txt'), 'one\ntwo\n');
    await writeFile(join(git.root, 'gone.txt'), 'one\n');
    await writeFile(join(git.root, '.gitignore'), 'ignored\n');
    await git.git('add', '--all');
    await git.git('commit', '--quiet', '--message', 'base');
    for (const name of ['one', 'two']) await git.git('worktree', 'add', '--quiet', '-b', name, join(git.folder, name));
  });
  afterEach(() => git.dispose());

  const listed = async (): Promise<Record<string, Worktree>> => {
    const worktrees = new GitWorktrees(git.env);
    const all = await worktrees.list(await worktrees.repository(git.root));
    return Object.fromEntries(all.map((worktree) => [worktree.branch ?? '', worktree]));
  };
  const at = async (name: string): Promise<Worktree> => {
    const found = (await listed())[name];
    if (!found) throw new Error(`no worktree ${name}`);
    return found;
  };
  const commit = async (folder: string, message: string): Promise<void> => {
    await git.in(folder, 'add', '--all');
    await git.in(folder, 'commit', '--quiet', '--message', message);
  };

  it('has commits of the branch itself since a moment, newest first, with any subject, and no more than a bound', async () => {
    const { path } = await at('one');
    const made = async (seconds: number, ...argv: string[]): Promise<void> => {
      const date = `@${seconds} +0000`;
      const env = { ...git.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date };
      await promisify(execFile)('git', ['commit', '--quiet', ...argv], { cwd: path, env });
    };
    const start = Math.floor(Date.now() / 1000) + 1000;
    await made(start, '--allow-empty', '--message', 'old');
    await made(start + 60, '--allow-empty', '--message', 'a "subject"\twith \u001b[31mcolours');
    await made(start + 90, '--allow-empty', '--allow-empty-message', '--message', '');
    const found = await changes.commits(await at('one'), (start + 30) * 1000);
    expect(found.map(({ at, subject }) => [at / 1000 - start, subject])).toEqual([
      [90, ''],
      [60, 'a "subject"\twith \u001b[31mcolours'],
    ]);
    expect((await at('one')).head.startsWith(found[0]?.id ?? 'none')).toBe(true);
    // What a merge brings was made elsewhere.
    const two = await at('two');
    await git.in(two.path, 'commit', '--quiet', '--allow-empty', '--message', 'of the other');
    await git.in(path, 'merge', '--quiet', '--no-ff', '--message', 'the merge', 'two');
    const merged = await changes.commits(await at('one'), Date.now() - 60_000);
    expect(merged.map(({ subject }) => subject)).not.toContain('of the other');
    expect(await changes.commits({ path, head: '0'.repeat(40) }, 0)).toEqual([]);
    await expect(changes.commits({ path, head: 'f'.repeat(40) }, 0)).rejects.toMatchObject({ code: 'failed' });
  });

  it('is counted from the last commit that all have, committed or not, without touching anything', async () => {
    const base = (await at('main')).head;
    const { path } = await at('one');
    await writeFile(join(path, 'kept.txt'), 'one\n2\n3\n');
    await commit(path, 'first\n\nwith a body');
    await writeFile(join(path, 'a "b"\tc.txt'), 'x\n');
    await writeFile(join(path, 'picture'), Buffer.from([0, 1, 2]));
    await commit(path, 'second');
    await rm(join(path, 'gone.txt'));
    await mkdir(join(path, 'deep'));
    await writeFile(join(path, 'deep', 'new.txt'), 'x\n');
    await writeFile(join(path, 'ignored'), 'x\n');
    const index = join((await at('one')).gitDir, 'index');
    const before = [await readFile(index), (await stat(index)).mtimeMs] as const;
    const worktrees = [await at('one'), await at('two'), await at('main')];
    expect(await changes.commonCommit(worktrees)).toBe(base);
    expect(await changes.since(await at('one'), base)).toEqual({
      commits: 2,
      subjects: ['second', 'first'],
      files: [
        { path: 'a "b"\tc.txt', added: 1, removed: 0, isUntracked: false },
        { path: 'deep/new.txt', added: undefined, removed: undefined, isUntracked: true },
        { path: 'gone.txt', added: 0, removed: 1, isUntracked: false },
        { path: 'kept.txt', added: 2, removed: 1, isUntracked: false },
        { path: 'picture', added: undefined, removed: undefined, isUntracked: false },
      ],
      isCut: false,
    });
    expect(await changes.since(await at('two'), base)).toEqual({ commits: 0, subjects: [], files: [], isCut: false });
    expect([await readFile(index), (await stat(index)).mtimeMs]).toEqual(before);
  });

  it('counts commits that say nothing, too', async () => {
    const { path, head } = await at('one');
    for (const text of ['first', '', 'third'])
      await git.in(path, 'commit', '--quiet', '--allow-empty', '--allow-empty-message', '--message', text);
    expect(await changes.since(await at('one'), head)).toMatchObject({ commits: 3, subjects: ['third', '', 'first'] });
  });

  it('has no beginning where no commit is common, and no answer where the folder is gone', async () => {
    const two = join(git.folder, 'two');
    await git.in(two, 'checkout', '--quiet', '--orphan', 'other');
    await commit(two, 'alone');
    expect(await changes.commonCommit([await at('one'), await at('other')])).toBeUndefined();
    const one = await at('one');
    await rm(one.path, { recursive: true });
    await expect(changes.since(one, one.head)).rejects.toMatchObject({ code: 'notFound' });
  });

  it.skipIf(process.platform === 'win32')('starts no program that the repository names', async () => {
    const { path, head } = await at('one');
    const ran = join(git.folder, 'ran');
    await git.git('config', 'filter.x.clean', `touch ${ran}; cat`);
    await git.git('config', 'diff.x.textconv', `touch ${ran}; cat`);
    await git.git('config', 'diff.x.command', `touch ${ran}`);
    await git.git('config', 'diff.external', `touch ${ran}`);
    await writeFile(join(path, '.gitattributes'), '*.txt filter=x diff=x\n');
    await writeFile(join(path, 'kept.txt'), 'other\n');
    const { files } = await changes.since(await at('one'), head);
    expect(files.map((each) => each.path)).toEqual(['.gitattributes', 'kept.txt']);
    await expect(stat(ran)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
