import { appendFile, chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';
import { until } from '../../support/until';

let git: GitRepository;
let worktrees: GitWorktrees;
let repository: Repository;
let source: Worktree;
beforeEach(async () => {
  git = await GitRepository.create();
  for (const name of ['changed', 'staged', 'gone', 'kept', 'tool']) await writeFile(join(git.root, name), `${name}\n`);
  await writeFile(join(git.root, '.gitignore'), 'ignored\n');
  await git.git('add', '.');
  await git.git('commit', '-qm', 'files');
  worktrees = new GitWorktrees(git.env);
  repository = await worktrees.repository(git.root);
  // By git itself: of one that is added by the product the index is refreshed a second later, which is no fork's doing.
  await git.git('worktree', 'add', '--quiet', '-b', 'one', join(git.folder, 'one'), 'main');
  const found = (await worktrees.list(repository)).find(({ branch }) => branch === 'one');
  if (!found) throw new Error('the worktree is not listed');
  source = found;
});
afterEach(() => git.dispose());

const at = (...path: string[]): string => join(source.path, ...path);
const inSource = (...argv: string[]): Promise<string> => git.git('-C', source.path, ...argv);

interface Fork {
  readonly made: Worktree;
  readonly left: string[];
}

async function fork(): Promise<Fork> {
  const left: string[] = [];
  const filesOf = { worktree: source, leave: (paths: readonly string[]) => void left.push(...paths) };
  const folder = join(git.folder, 'two');
  const made = await worktrees.add(repository, { kind: 'new', branch: 'two', base: source.head, folder, filesOf });
  return { made, left };
}

/** All that is in a folder but for git's own: kind, mode, content. */
async function filesIn(folder: string, under = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
    const path = join(under, entry.name);
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) found.push(...(await filesIn(folder, path)));
    else if (entry.isSymbolicLink()) found.push(`${path} -> ${await readlink(join(folder, path))}`);
    else {
      const { mode } = await lstat(join(folder, path));
      found.push(
        `${path} ${(mode & 0o111) === 0 ? 'file' : 'program'} ${await readFile(join(folder, path), 'latin1')}`,
      );
    }
  }
  return found.sort();
}

/** What a fork must not touch: each file's times, and git's index with its times. */
async function timesOf(worktree: Worktree): Promise<string[]> {
  const names = (await readdir(worktree.path, { recursive: true })).map((name) => join(worktree.path, name));
  const times = [...names, join(worktree.gitDir, 'index')].map(async (path) => {
    const { mtimeNs, ctimeNs, ino } = await lstat(path, { bigint: true });
    return `${path} ${mtimeNs} ${ctimeNs} ${ino}`;
  });
  return (await Promise.all(times)).sort();
}

/** Without writing down in the index what it finds. */
const statusOf = ({ path }: Worktree): Promise<string> =>
  git.git('-C', path, '--no-optional-locks', 'status', '--porcelain', '-z');

async function changeSource(): Promise<void> {
  await appendFile(at('changed'), 'more\n');
  await appendFile(at('staged'), 'more\n');
  await inSource('add', 'staged');
  await appendFile(at('staged'), 'and more\n');
  await rm(at('gone'));
  await mkdir(at('new folder', 'deep'), { recursive: true });
  await writeFile(at('new folder', 'deep', 'näme\nof two lines'), Buffer.from([0, 255, 13, 10]));
  await writeFile(at('ignored'), 'not taken along\n');
}

describe('a new worktree with the files of another one', () => {
  it('has what is not committed there, as not committed, and leaves the other one as it is', async () => {
    await changeSource();
    const before = { times: await timesOf(source), status: await statusOf(source) };
    const { made, left } = await fork();
    expect(left).toEqual([]);
    expect({ times: await timesOf(source), status: await statusOf(source) }).toEqual(before);
    await rm(at('ignored'));
    expect(await filesIn(made.path)).toEqual(await filesIn(source.path));
    expect(made.head).toBe(source.head);
    const status = await git.git('-C', made.path, 'status', '--porcelain', '-z', '--untracked-files=normal');
    expect(status.split('\0').filter(Boolean).sort()).toEqual([' D gone', ' M changed', ' M staged', '?? new folder/']);
    const listed = (await worktrees.list(repository)).find(({ branch }) => branch === 'two');
    expect([listed?.path, listed?.beingMade, listed?.locked]).toEqual([made.path, undefined, undefined]);
  });

  it.skipIf(process.platform === 'win32')('takes modes and links as they are, and follows none', async () => {
    await chmod(at('tool'), 0o755);
    await rm(at('kept'));
    await symlink('/etc/hostname', at('kept'));
    await symlink('nowhere', at('dangling'));
    const { made } = await fork();
    expect(await filesIn(made.path)).toEqual(await filesIn(source.path));
  });

  it('takes a conflict as its files say it, and a folder in the place of a file', async () => {
    await inSource('checkout', '-qb', 'other');
    await writeFile(at('changed'), 'theirs\n');
    await inSource('commit', '-qam', 'theirs');
    await inSource('checkout', '-q', 'one');
    await writeFile(at('changed'), 'ours\n');
    await inSource('commit', '-qam', 'ours');
    await inSource('merge', '-q', 'other').catch(() => undefined);
    await rm(at('kept'));
    await mkdir(at('kept'));
    await writeFile(at('kept', 'inside'), 'inside\n');
    source = { ...source, head: (await inSource('rev-parse', 'HEAD')).trim() };
    const { made } = await fork();
    expect(await readFile(join(made.path, 'changed'), 'utf8')).toContain('<<<<<<<');
    expect(await filesIn(made.path)).toEqual(await filesIn(source.path));
    expect(await inSource('ls-files', '--unmerged')).not.toBe('');
  });

  it('names the repositories inside that it does not take along, and takes the rest', async () => {
    await git.git('init', '-q', at('nested'));
    await writeFile(at('nested', 'work'), 'work\n');
    await appendFile(at('changed'), 'more\n');
    const { made, left } = await fork();
    expect(left).toEqual(['nested/']);
    expect(await readdir(made.path)).not.toContain('nested');
    expect(await readFile(join(made.path, 'changed'), 'utf8')).toBe('changed\nmore\n');
  });

  it('takes what was changed in the second in which the index was written', async () => {
    const second = async (path: string): Promise<number> => Math.floor((await lstat(path)).mtimeMs / 1000);
    let round = 0;
    do {
      // As long as what was committed, at once: only its content tells that it is another one.
      await writeFile(at('kept'), `committed ${round}\n`);
      await inSource('commit', '-qam', `round ${round}`);
      await writeFile(at('kept'), `not there ${round++}\n`);
    } while ((await second(at('kept'))) !== (await second(join(source.gitDir, 'index'))));
    const written = await second(at('kept'));
    await until(() => Math.floor(Date.now() / 1000) > written);
    source = { ...source, head: (await inSource('rev-parse', 'HEAD')).trim() };
    const { made } = await fork();
    expect(await filesIn(made.path)).toEqual(await filesIn(source.path));
  });

  it('takes what status is told to pass over', async () => {
    await inSource('update-index', '--assume-unchanged', 'changed');
    await inSource('update-index', '--skip-worktree', 'kept');
    for (const name of ['changed', 'kept']) await writeFile(at(name), 'hidden\n');
    const { made } = await fork();
    expect(await filesIn(made.path)).toEqual(await filesIn(source.path));
  });

  it.skipIf(process.platform === 'win32')('takes a link in the place of a folder', async () => {
    await mkdir(at('folder'));
    await writeFile(at('folder', 'inside'), 'inside\n');
    await inSource('add', '.');
    await inSource('commit', '-qm', 'folder');
    await rm(at('folder'), { recursive: true });
    await mkdir(join(git.folder, 'elsewhere'));
    await writeFile(join(git.folder, 'elsewhere', 'inside'), 'of another place\n');
    await symlink(join(git.folder, 'elsewhere'), at('folder'));
    source = { ...source, head: (await inSource('rev-parse', 'HEAD')).trim() };
    const { made } = await fork();
    expect(await filesIn(made.path)).toEqual(await filesIn(source.path));
  });

  it('is just another worktree where all is committed', async () => {
    const { made, left } = await fork();
    expect([await filesIn(made.path), left]).toEqual([await filesIn(source.path), []]);
    expect(await git.git('-C', made.path, 'status', '--porcelain')).toBe('');
  });
});
