import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitRepositoryFiles } from '../../../src/adapters/git/gitRepositoryFiles';
import { gitEnv, GitRepository } from '../../support/gitRepository';

describe('what lies in a repository', () => {
  let repository: GitRepository;
  let files: GitRepositoryFiles;

  beforeAll(async () => {
    repository = await GitRepository.create();
    files = new GitRepositoryFiles(gitEnv(repository.folder));
    await mkdir(join(repository.root, 'sub'));
    await writeFile(join(repository.root, '.gitignore'), '.env\nnode_modules\n');
    await writeFile(join(repository.root, '.env'), 'A=1\n');
    await writeFile(join(repository.root, 'sub', 'größe.txt'), 'new\n');
    await writeFile(join(repository.folder, 'outside.txt'), 'secret\n');
    await symlink(join(repository.folder, 'outside.txt'), join(repository.root, 'link.txt'));
    // What a commit may have: links to a file that git ignores, and through a folder.
    await symlink('.env', join(repository.root, 'Dockerfile'));
    await symlink('sub', join(repository.root, 'other'));
    await writeFile(join(repository.root, 'large.txt'), Buffer.alloc(600 * 1024, 'a'));
    await writeFile(join(repository.root, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
  });
  afterAll(() => repository.dispose());

  it('is listed without what git ignores', async () => {
    await repository.git('add', 'link.txt');
    const { tracked, untracked } = await files.list(repository.root);
    expect([...tracked].sort()).toEqual(['link.txt', 'readme']);
    const own = ['binary', 'large.txt', 'other', 'sub/größe.txt'];
    expect([...untracked].sort()).toEqual(['.gitignore', 'Dockerfile', ...own]);
  });

  it('is not listed once it was deleted, whether or not git was told', async () => {
    await writeFile(join(repository.root, 'short-lived'), '');
    await repository.git('add', 'short-lived');
    await rm(join(repository.root, 'short-lived'));
    const { tracked, untracked } = await files.list(repository.root);
    expect([...tracked, ...untracked]).not.toContain('short-lived');
    await repository.git('rm', '-q', '--cached', 'short-lived');
  });

  it('is listed as known where a sparse checkout leaves it out, and once where a merge has not decided', async () => {
    const other = await GitRepository.create();
    try {
      const write = (text: string) => writeFile(join(other.root, 'both'), text);
      await write('base');
      await other.git('add', 'both');
      await other.git('commit', '-qm', 'base');
      await other.git('branch', 'side');
      for (const branch of ['main', 'side']) {
        await other.git('checkout', '-q', branch);
        await write(branch);
        await other.git('commit', '-qam', branch);
      }
      await other.git('update-index', '--skip-worktree', 'readme');
      await rm(join(other.root, 'readme'));
      await other.git('merge', '-q', 'main').catch(() => undefined);
      expect(await other.git('ls-files', '--unmerged')).toContain('both');
      const listed = await new GitRepositoryFiles(gitEnv(other.folder)).list(other.root);
      expect(listed).toEqual({ tracked: ['both', 'readme'], untracked: [] });
    } finally {
      await other.dispose();
    }
  });

  it('is read, also where git ignores it, and nowhere else', async () => {
    const read = (path: string) => files.read(repository.root, path);
    expect(await read('sub/größe.txt')).toBe('new\n');
    expect(await read('.env')).toBe('A=1\n');
    const links = ['link.txt', 'Dockerfile', 'other', 'other/größe.txt'];
    for (const path of ['gone', 'sub', ...links, '../outside.txt', 'sub/../../outside.txt', 'large.txt', 'binary'])
      expect(await read(path), path).toBeUndefined();
  });

  it('is not written over unless that is meant', async () => {
    await files.write(repository.root, 'made.yaml', 'one', false);
    await expect(files.write(repository.root, 'made.yaml', 'two', false)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(join(repository.root, 'made.yaml'), 'utf8')).toBe('one');
    await files.write(repository.root, 'made.yaml', 'two', true);
    expect(await readFile(join(repository.root, 'made.yaml'), 'utf8')).toBe('two');
  });

  it('is not replaced through a link: what that leads to stays', async () => {
    await files.write(repository.root, 'link.txt', 'mine', true);
    expect(await readFile(join(repository.folder, 'outside.txt'), 'utf8')).toBe('secret\n');
    expect(await readFile(join(repository.root, 'link.txt'), 'utf8')).toBe('mine');
  });

  it('is nothing outside of a repository', async () => {
    await expect(files.list(repository.folder)).rejects.toMatchObject({ code: 'invalidInput' });
  });
});
