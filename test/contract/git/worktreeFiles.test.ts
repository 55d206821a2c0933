import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { appendFile, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCopied, writeCopied } from '../../../src/adapters/git/files/copiedFile';
import { GitWorktreeFiles } from '../../../src/adapters/git/gitWorktreeFiles';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { partialFolder } from '../../../src/core/dependencies/dependencyTools';
import type { Repository, Worktree } from '../../../src/core/model';
import type { CopyNotes, SelectedFiles, WantedFiles } from '../../../src/core/ports/worktreeFiles';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
let worktrees: GitWorktrees;
let files: GitWorktreeFiles;
let repository: Repository;
let worktree: Worktree;

beforeEach(async () => {
  git = await GitRepository.create();
  await git.commit('.gitignore', '.env*\n*.local.json\nnode_modules\nsecrets/\n/out\n/linked\n', 'ignore');
  worktrees = new GitWorktrees(git.env);
  files = new GitWorktreeFiles(git.env);
  repository = await worktrees.repository(git.root);
  const folder = join(git.folder, 'topic');
  worktree = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
});
afterEach(() => rm(git.folder, { recursive: true, force: true }));

const select = (wanted: Partial<WantedFiles>): Promise<SelectedFiles> =>
  files.select(repository, { copy: [], include: undefined, globs: [], ...wanted });
const copy = async (wanted: Partial<WantedFiles>, notes: CopyNotes = new Map()) =>
  files.copy(repository, worktree, await select(wanted), notes);
const inWorktree = (path: string): Promise<string> => readFile(join(worktree.path, path), 'utf8');
const losses = () => worktrees.losses(repository, worktree, undefined, { keepBranch: true });

describe('what is selected', () => {
  it('is ignored and asked for: by path, by glob, by gitignore’s rules, by the editor’s globs', async () => {
    for (const path of [
      '.env',
      'apps/api/.env',
      'config/a.local.json',
      'config/deep/b.local.json',
      'secrets/x/key.pem',
    ])
      await git.write(path, path);
    await git.write('untracked', 'not ignored');
    expect((await select({ copy: ['.env', 'readme', 'untracked'] })).paths).toEqual(['.env']);
    expect((await select({ copy: ['config/*.local.json'] })).paths).toEqual(['config/a.local.json']);
    expect((await select({ copy: ['**/{.env,b.local.json}'] })).paths).toEqual([
      '.env',
      'apps/api/.env',
      'config/deep/b.local.json',
    ]);
    expect((await select({ copy: ['secrets/*/*.pem'] })).paths).toEqual(['secrets/x/key.pem']);
    expect((await select({ copy: ['secrets'] })).paths).toEqual(['secrets/x/key.pem']);
    expect((await select({ include: '# ours\n.env\n!apps/api/.env\n*.pem\n' })).paths).toEqual([
      '.env',
      'secrets/x/key.pem',
    ]);
    expect((await select({ globs: ['**/.env'] })).paths).toEqual(['.env', 'apps/api/.env']);
    expect((await select({})).paths).toEqual([]);
  });

  it('is by default what the main worktree’s own .worktreeinclude says', async () => {
    await git.write('.env', '');
    await git.write('.worktreeinclude', '.env\n');
    expect((await select({})).paths).toEqual(['.env']);
    await git.write('.worktreeinclude', '\uFEFF.env\n');
    expect((await select({})).paths).toEqual(['.env']);
    expect((await select({ include: '' })).paths).toEqual([]);
  });

  it('is nothing that tools fill unless it is named, and nothing of another repository', async () => {
    await git.write('node_modules/a/.env', '');
    await git.write('secrets/clone/.env', '');
    await git.in(join(git.root, 'secrets/clone'), 'init', '--quiet');
    expect(await select({ include: '.env\nnode_modules\n' })).toEqual({
      paths: [],
      hooks: [],
      left: ['node_modules/ (tools fill it)'],
    });
    expect((await select({ copy: ['node_modules/a/.env'] })).paths).toEqual(['node_modules/a/.env']);
    expect((await select({ copy: ['secrets'] })).paths).toEqual([]);
  });

  it('has git’s hooks where they are ignored themselves', async () => {
    await git.write('.husky/_/.gitignore', '*\n');
    await git.write('.husky/_/pre-commit', '#!/bin/sh\n');
    expect((await select({})).hooks).toEqual([]);
    await git.git('config', 'core.hooksPath', '.husky/_');
    expect(await select({})).toEqual({
      paths: [],
      hooks: ['.husky/_/.gitignore', '.husky/_/pre-commit'],
      left: [],
    });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['an absolute link', () => symlink(join(git.folder, 'elsewhere'), join(git.root, '.env')), '.env'],
    ['a link out', () => symlink('../elsewhere', join(git.root, '.env')), '.env'],
    [
      'a link within a folder',
      () => mkdir(join(git.root, 'secrets')).then(() => symlink('/etc/passwd', join(git.root, 'secrets/a'))),
      'secrets',
    ],
    ['a folder on the way', () => symlink(git.folder, join(git.root, 'linked')), 'linked/x'],
  ])('refuses %s', async (_, make, pattern) => {
    await writeFile(join(git.folder, 'elsewhere'), 'secret');
    await make();
    await expect(select({ copy: [pattern] })).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringMatching(
        / cannot be copied into a new worktree: .* is a link that leads out of it, to /,
      ) as unknown,
    });
  });
});

describe('what is copied', () => {
  it('is the file with its mode, and a link that stays inside; the main worktree is as it was', async () => {
    await writeFile(await git.write('.env', 'A=1\n'), 'A=1\n', { mode: 0o600 });
    await symlink('.env', join(git.root, '.env.local'));
    expect(await copy({ copy: ['.env*'] })).toEqual({ copied: ['.env', '.env.local'], left: [] });
    expect(await inWorktree('.env')).toBe('A=1\n');
    expect((await lstat(join(worktree.path, '.env.local'))).isSymbolicLink()).toBe(true);
    if (process.platform !== 'win32')
      expect((await stat(join(worktree.path, '.env'))).mode).toBe((await stat(join(git.root, '.env'))).mode);
    expect(await git.git('status', '--porcelain')).toBe('');
    expect(await losses()).toEqual([]);
  });

  it('is never written over what is there, nor through a link, nor where git would commit it', async () => {
    await git.write('.env', 'main');
    await git.write('secrets/key', 'main');
    await git.write('config/a.local.json', 'main');
    await git.write('.env', 'own', worktree.path);
    await mkdir(join(git.folder, 'other'));
    await symlink(join(git.folder, 'other'), join(worktree.path, 'secrets'));
    await git.write('.gitignore', '.env*\nsecrets\n', worktree.path);
    expect(await copy({ copy: ['.env', 'secrets', 'config/*'] })).toEqual({
      copied: [],
      left: [
        'secrets/key (something else is there)',
        '.env (something else is there)',
        'config/a.local.json (git does not ignore it here)',
      ],
    });
    expect(await inWorktree('.env')).toBe('own');
    await expect(lstat(join(git.folder, 'other', 'key'))).rejects.toThrow();
  });

  it('is lost work once it was changed, by its name, and stays away once it was deleted', async () => {
    await git.write('.env', 'main');
    await git.write('secrets/a', 'main');
    await git.write('secrets/b', 'main');
    const wanted = { copy: ['.env', 'secrets'] };
    await copy(wanted);
    expect(await losses()).toEqual([]);
    await git.write('secrets/b', 'changed', worktree.path);
    await git.write('secrets/c', 'new', worktree.path);
    expect(await losses()).toMatchObject([{ kind: 'ignored', count: 2, examples: ['secrets/b', 'secrets/c'] }]);
    await rm(join(worktree.path, '.env'));
    await git.write('.env', 'newer');
    expect(await copy(wanted)).toEqual({ copied: [], left: [] });
    await expect(inWorktree('.env')).rejects.toThrow();
  });

  it('is taken back as it was copied, and not what was changed since', async () => {
    await git.write('.env', 'main');
    await git.write('.env.local', 'main');
    const notes: CopyNotes = new Map();
    await copy({ copy: ['.env*'] }, notes);
    await git.write('.env.local', 'changed', worktree.path);
    await files.takeBack(worktree, notes);
    await expect(inWorktree('.env')).rejects.toThrow();
    expect(await inWorktree('.env.local')).toBe('changed');
  });

  it('that was there with the same content counts as copied: a copy that was cut off is no work', async () => {
    await git.write('.env', 'main');
    await git.write('.env', 'main', worktree.path);
    expect(await losses()).toMatchObject([{ kind: 'ignored' }]);
    expect(await copy({ copy: ['.env'] })).toEqual({ copied: [], left: [] });
    expect(await losses()).toEqual([]);
  });

  it('are known as copied until git has them, deleted or not', async () => {
    for (const path of ['.env', '.env.secret', 'a.local.json']) await git.write(path, path);
    await copy({ copy: ['.env*', '*.local.json'] });
    await rm(join(worktree.path, '.env.secret'));
    execFileSync('git', ['add', '--force', 'a.local.json'], { cwd: worktree.path, env: git.env });
    expect(await files.copied(worktree)).toEqual(['.env', '.env.secret']);
  });
});

describe('a copy that is disturbed', () => {
  /** Something happens in the moment before a file is there. */
  class DisturbedNotes extends Map<string, string> {
    constructor(readonly before: (path: string) => void) {
      super();
    }

    override set(path: string, hash: string): this {
      this.before(path);
      return super.set(path, hash);
    }
  }

  it('keeps a file that came meanwhile, as work', async () => {
    await git.write('.env', 'main');
    const notes = new DisturbedNotes((path) => writeFileSync(join(worktree.path, path), 'mine'));
    expect(await copy({ copy: ['.env'] }, notes)).toEqual({ copied: [], left: ['.env (something else is there)'] });
    expect(await inWorktree('.env')).toBe('mine');
    expect([...notes]).toEqual([]);
    expect(await losses()).toMatchObject([{ kind: 'ignored', examples: ['.env'] }]);
  });

  it('is taken back as far as it came, and goes on where it is tried again', async () => {
    await git.write('.env', 'main');
    await git.write('.env.local', 'main');
    const notes = new DisturbedNotes((path) => {
      if (path === '.env.local') throw new Error('The disk is full.');
    });
    await expect(copy({ copy: ['.env*'] }, notes)).rejects.toThrow('The disk is full.');
    expect(await inWorktree('.env')).toBe('main');
    await files.takeBack(worktree, notes);
    await expect(inWorktree('.env')).rejects.toThrow();
    expect(await copy({ copy: ['.env*'] })).toEqual({ copied: ['.env', '.env.local'], left: [] });
  });

  it('leaves nothing that git would commit, or a delete would miss, wherever it is killed', async () => {
    await git.write('.gitignore', '/.env\n', worktree.path);
    await git.in(worktree.path, 'commit', '--quiet', '--all', '--message', 'ignore only .env');
    await git.write('.env', 'main');
    const seen: string[] = [];
    const look = (): void => {
      const args = ['status', '--porcelain', '--untracked-files=all'];
      seen.push(execFileSync('git', args, { cwd: worktree.path, env: git.env, encoding: 'utf8' }));
      cpSync(join(worktree.path, partialFolder), join(git.folder, 'killed'), { recursive: true });
    };
    await copy({ copy: ['.env'] }, new DisturbedNotes(look));
    expect(seen).toEqual(['']);
    cpSync(join(git.folder, 'killed'), join(worktree.path, partialFolder), { recursive: true });
    expect(await readdir(join(worktree.path, partialFolder))).toHaveLength(2);
    expect(await losses()).toEqual([]);
    await copy({ copy: ['.env'] });
    expect(await readdir(worktree.path)).not.toContain(partialFolder);
  });

  it('is work once it is the last one, and not where the main worktree has a newer one', async () => {
    await git.write('.env', 'main');
    await copy({ copy: ['.env'] });
    await files.patch(worktree, '.env', ['A=1']);
    await git.write('.env', 'newer');
    expect(await losses()).toEqual([]);
    const isWork = [{ kind: 'ignored', count: 1, examples: ['.env'] }];
    await git.write('.env', '');
    expect(await losses()).toMatchObject(isWork);
    await rm(join(git.root, '.env'));
    expect(await losses()).toMatchObject(isWork);
  });
});

describe('what is patched', () => {
  const lines = ['DATABASE_URL=postgresql://x'];

  it('has its lines at the end, once, and is still no work; its source is as it was', async () => {
    await git.write('.env', 'DATABASE_URL=main');
    await copy({ copy: ['.env'] });
    expect(await files.patch(worktree, '.env', ['DATABASE_URL=old'])).toBe(true);
    expect(await files.patch(worktree, '.env', lines)).toBe(true);
    expect(await files.patch(worktree, '.env', lines)).toBe(false);
    expect(await inWorktree('.env')).toMatch(
      /^DATABASE_URL=main\n# coppice begin.*\nDATABASE_URL=postgresql:\/\/x\n# coppice end\n$/,
    );
    expect(await files.patched(worktree)).toEqual(['.env']);
    expect(await readFile(join(git.root, '.env'), 'utf8')).toBe('DATABASE_URL=main');
    expect(await losses()).toEqual([]);
    await writeFile(join(worktree.path, '.env'), `B=mine\n${await inWorktree('.env')}`);
    expect(await losses()).toMatchObject([{ kind: 'ignored', examples: ['.env'] }]);
    expect(await files.unpatch(worktree, '.env')).toBeUndefined();
    expect(await inWorktree('.env')).toBe('B=mine\nDATABASE_URL=main');
    expect(await files.patched(worktree)).toEqual([]);
  });

  it('is made where it was not there, and goes with its lines', async () => {
    await files.patch(worktree, '.env.local', lines);
    expect(await losses()).toEqual([]);
    await files.unpatch(worktree, '.env.local');
    await expect(inWorktree('.env.local')).rejects.toThrow();
  });

  it('keeps what a person appended to a file that ended without a line end', async () => {
    await git.write('.env', 'SECRET=main');
    await copy({ copy: ['.env'] });
    await files.patch(worktree, '.env', lines);
    await appendFile(join(worktree.path, '.env'), 'MINE=precious\n');
    await files.patch(worktree, '.env', ['DATABASE_URL=new']);
    expect(await inWorktree('.env')).toMatch(/^SECRET=main\nMINE=precious\n# coppice begin.*\nDATABASE_URL=new\n/);
    await files.unpatch(worktree, '.env');
    expect(await inWorktree('.env')).toBe('SECRET=main\nMINE=precious\n');
  });

  it('is lost work where a person wrote into its lines, which an update and an end keep', async () => {
    await git.write('.env', 'A=1\n');
    await copy({ copy: ['.env'] });
    await files.patch(worktree, '.env', [...lines, 'B=1']);
    const edited = (await inWorktree('.env')).replace('B=1\n', 'B=2\nSTRIPE_KEY=mine\n');
    await writeFile(join(worktree.path, '.env'), edited);
    expect(await losses()).toMatchObject([{ kind: 'ignored', count: 1, examples: ['.env'] }]);
    expect(await files.patch(worktree, '.env', [...lines, 'B=3'])).toBe(true);
    expect(await inWorktree('.env')).toMatch(
      /^A=1\nB=2\nSTRIPE_KEY=mine\n# coppice begin.*\nDATABASE_URL=.*\nB=3\n# coppice end\n$/,
    );
    await writeFile(join(worktree.path, '.env'), edited);
    await files.unpatch(worktree, '.env');
    expect(await inWorktree('.env')).toBe('A=1\nB=2\nSTRIPE_KEY=mine\n');
  });

  it('by an older Coppice, which wrote down no lines, is all its own', async () => {
    await git.write('.env', 'A=1\n');
    await copy({ copy: ['.env'] });
    await files.patch(worktree, '.env', lines);
    const { lines: _, ...older } = await readCopied(worktree);
    await writeCopied(worktree, older);
    expect(await losses()).toEqual([]);
    await files.patch(worktree, '.env', ['B=2']);
    expect(await inWorktree('.env')).toMatch(/^A=1\n# coppice begin.*\nB=2\n# coppice end\n$/);
  });

  it('gets its lines out of a file that git no longer ignores, and that is no UTF-8, byte for byte', async () => {
    await files.patch(worktree, '.env', lines);
    const latin1 = Buffer.concat([Buffer.from([0x4e, 0x3d, 0xfc, 0x0a]), Buffer.from(await inWorktree('.env'))]);
    await writeFile(join(worktree.path, '.env'), latin1);
    await writeFile(join(worktree.path, '.gitignore'), '');
    expect(await files.unpatch(worktree, '.env')).toBeUndefined();
    expect([...(await readFile(join(worktree.path, '.env')))]).toEqual([0x4e, 0x3d, 0xfc, 0x0a]);
    expect(await files.patched(worktree)).toEqual([]);
  });

  it('that cannot be taken out is told and left: a link, a folder, what lies behind a link, what is too large', async () => {
    const paths = ['.env', '.env.folder', 'secrets/.env', '.env.large'];
    await mkdir(join(worktree.path, 'secrets'));
    for (const path of paths) await files.patch(worktree, path, lines);
    const [elsewhere, folder] = [join(git.folder, 'elsewhere'), join(git.folder, 'secrets')];
    await rename(join(worktree.path, '.env'), elsewhere);
    await symlink(elsewhere, join(worktree.path, '.env'));
    await rm(join(worktree.path, '.env.folder'));
    await mkdir(join(worktree.path, '.env.folder'));
    await rename(join(worktree.path, 'secrets'), folder);
    await symlink(folder, join(worktree.path, 'secrets'), 'junction');
    await appendFile(join(worktree.path, '.env.large'), 'x'.repeat(1_000_001));
    const left = [];
    for (const path of paths) left.push(await files.unpatch(worktree, path));
    expect(left).toEqual([
      '.env (it is a link)',
      '.env.folder (it is no file)',
      'secrets/.env (a link or a file is on the way to it)',
      '.env.large (it is larger than 1 MB)',
    ]);
    for (const file of [elsewhere, join(folder, '.env')]) expect(await readFile(file, 'utf8')).toContain(lines[0]);
    await expect(files.patch(worktree, 'secrets/.env', ['A=1'])).rejects.toMatchObject({ code: 'conflict' });
    await rm(join(worktree.path, '.env'));
    expect(await files.unpatch(worktree, '.env')).toBeUndefined();
  });

  it('is no file that git has, no link and no binary', async () => {
    await expect(files.patch(worktree, 'readme', lines)).rejects.toMatchObject({ code: 'conflict' });
    await symlink(join(git.root, 'readme'), join(worktree.path, '.env'));
    await expect(files.patch(worktree, '.env', lines)).rejects.toMatchObject({ code: 'conflict' });
    await writeFile(join(worktree.path, '.env.bin'), Buffer.from([0xff, 0xfe, 0]));
    await expect(files.patch(worktree, '.env.bin', lines)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(join(git.root, 'readme'), 'utf8')).toBe('hello\n');
  });
});
