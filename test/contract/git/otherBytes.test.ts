import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walkFolder } from '../../../src/adapters/git/files/walkFolder';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';

/** `straße` as Latin-1 has it: an archive of another system brings such names, and only Linux takes them as they are. */
const name = Buffer.from('stra\xdfe', 'latin1');
const below = (folder: string, ...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from(folder),
    ...parts.flatMap((part) => [Buffer.from('/'), typeof part === 'string' ? Buffer.from(part) : part]),
  ]);

describe.runIf(process.platform === 'linux')('names in other bytes than UTF-8', () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  let folder: string;
  beforeEach(async () => {
    git = await GitRepository.create();
    worktrees = new GitWorktrees(git.env);
    folder = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    await git.write('info/exclude', 'build\n', join(git.root, '.git'));
    // It is a bundler's folder.
    await git.write('build/a.js', 'x', folder);
  });
  afterEach(() => git.dispose());

  const losses = async () => {
    const repository = await worktrees.repository(git.root);
    const worktree = (await worktrees.list(repository)).find(({ path }) => path === folder);
    if (!worktree) throw new Error('not listed');
    return worktrees.losses(repository, worktree);
  };

  it('hide no key in a folder that tools fill, whether a file is called so or a folder', async () => {
    await mkdir(below(folder, 'build', name));
    expect(await losses()).toEqual([]);
    await writeFile(below(folder, 'build', name, 'my.key'), 'secret');
    expect(await losses()).toMatchObject([{ kind: 'ignored', count: 1 }]);
    await writeFile(below(folder, 'build', Buffer.concat([name, Buffer.from('.key')])), 'secret');
    expect(await losses()).toMatchObject([{ kind: 'ignored', count: 2 }]);
  });

  it('hide no repository', async () => {
    await git.git('clone', '--quiet', git.root, join(git.folder, 'clone'));
    await mkdir(below(folder, 'build', name, 'deep'), { recursive: true });
    await rename(join(git.folder, 'clone'), below(folder, 'build', name, 'deep', 'clone'));
    expect(await losses()).toMatchObject([{ kind: 'nested', count: 1 }]);
  });

  it('are walked through beside others', async () => {
    const root = await mkdtemp(join(tmpdir(), 'coppice-bytes-'));
    try {
      for (const each of ['plain', name]) await mkdir(below(root, each, 'in', '.git'), { recursive: true });
      expect((await walkFolder(root)).repositories).toEqual(['plain/in', 'stra\uFFFDe/in']);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
