import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GitWorktreeFiles } from '../../../src/adapters/git/gitWorktreeFiles';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import type { CopiedFiles, CopyNotes } from '../../../src/core/ports/worktreeFiles';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let worktrees: GitWorktrees;
let files: GitWorktreeFiles;
let repository: Repository;
let worktree: Worktree;

beforeEach(async () => {
  git = await GitRepository.create();
  await git.commit('.gitignore', '.env\n', 'ignore');
  await git.commit('.env.example', 'A=example\n', 'example');
  worktrees = new GitWorktrees(git.env);
  files = new GitWorktreeFiles(git.env);
  repository = await worktrees.repository(git.root);
  const folder = join(git.folder, 'topic');
  worktree = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
});
afterEach(() => rm(git.folder, { recursive: true, force: true }));

const copy = async (notes: CopyNotes = new Map()): Promise<CopiedFiles> => {
  const wanted = { copy: ['.env'], examples: { '.env': '.env.example' }, include: undefined, globs: [] };
  return files.copy(repository, worktree, await files.select(repository, wanted), notes);
};
const inWorktree = (path: string): Promise<string> => readFile(join(worktree.path, path), 'utf8');
const losses = () => worktrees.losses(repository, worktree, undefined, { keepBranch: true });

it('stands for a file that the main worktree has not, and is nobody’s work until somebody changes it', async () => {
  expect(await copy()).toEqual({ copied: ['.env'], left: [] });
  expect(await inWorktree('.env')).toBe('A=example\n');
  await files.patch(worktree, '.env', ['B=own']);
  expect(await losses()).toEqual([]);
  expect(await copy()).toEqual({ copied: [], left: [] });
  await writeFile(join(worktree.path, '.env'), 'A=mine\n');
  expect(await losses()).toMatchObject([{ kind: 'ignored', examples: ['.env'] }]);
});

it('gives way to the main worktree’s own file', async () => {
  await git.write('.env', 'A=main\n');
  await copy();
  expect(await inWorktree('.env')).toBe('A=main\n');
});

it('is never written over what is there, nor where git would commit it', async () => {
  await writeFile(join(worktree.path, '.env'), 'A=mine\n');
  expect(await copy()).toEqual({ copied: [], left: ['.env (something else is there)'] });
  await rm(join(worktree.path, '.env'));
  await writeFile(join(worktree.path, '.gitignore'), '');
  expect(await copy()).toEqual({ copied: [], left: ['.env (git does not ignore it here)'] });
});

it('is a file of the worktree itself: no link, and none that is missing', async () => {
  const left = ['.env (.env.example, which stands for it, is no file there)'];
  await rm(join(worktree.path, '.env.example'));
  expect(await copy()).toEqual({ copied: [], left });
  await writeFile(join(git.folder, 'secret'), 'SECRET=1\n');
  await symlink(join(git.folder, 'secret'), join(worktree.path, '.env.example'));
  expect(await copy()).toEqual({ copied: [], left });
});

it('counts as work where it was copied with changes that nobody has committed', async () => {
  await writeFile(join(worktree.path, '.env.example'), 'A=changed\n');
  await copy();
  await git.in(worktree.path, 'checkout', '--', '.env.example');
  expect(await inWorktree('.env')).toBe('A=changed\n');
  expect(await losses()).toMatchObject([{ kind: 'ignored', examples: ['.env'] }]);
});

it('is taken back with a create that fails', async () => {
  const notes: CopyNotes = new Map();
  await copy(notes);
  await files.takeBack(worktree, notes);
  await expect(inWorktree('.env')).rejects.toMatchObject({ code: 'ENOENT' });
});

it('counts as the last one where the main worktree had it for the second try, and has it no more', async () => {
  const notes: CopyNotes = new Map();
  await copy(notes);
  await files.takeBack(worktree, notes);
  await git.write('.env', 'A=main\n');
  expect(await copy()).toEqual({ copied: ['.env'], left: [] });
  await rm(join(git.root, '.env'));
  expect(await losses()).toMatchObject([{ kind: 'ignored', examples: ['.env'] }]);
});

it('is nobody’s work where git writes the ends of lines as another system has them', async () => {
  await git.in(worktree.path, 'config', 'core.autocrlf', 'true');
  await rm(join(worktree.path, '.env.example'));
  await git.in(worktree.path, 'checkout', '--', '.env.example');
  expect(await copy()).toEqual({ copied: ['.env'], left: [] });
  expect(await inWorktree('.env')).toBe('A=example\r\n');
  expect(await losses()).toEqual([]);
});
