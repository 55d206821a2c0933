import { chmod, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { groupStatus } from '../../../src/adapters/git/work/groupStatus';
import { parseStatus } from '../../../src/adapters/git/program/parseStatus';
import { repositoryFilters } from '../../../src/adapters/git/program/repositoryFilters';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

const hooks = [
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'pre-commit',
  'post-commit',
  'post-merge',
  'post-rewrite',
  'fsmonitor-watchman',
];

/** A repository whose configuration and hooks write down that they ran. */
describe.skipIf(process.platform === 'win32')('what a repository plants', () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  let repository: Repository;
  let all: Worktree[];
  let traces: string;

  beforeEach(async () => {
    git = await GitRepository.create();
    await git.addOrigin();
    await git.commit('.gitattributes', '*.txt filter=evil diff=evil merge=evil\n', 'attributes');
    await git.commit('a.txt', 'a\n', 'text');
    const topic = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', topic);
    await git.commit('b.txt', 'b\n', 'on topic', topic);
    await git.commit('c.txt', 'c\n', 'on main');
    traces = join(git.folder, 'traces');
    const script = async (name: string, path: string): Promise<void> => {
      await writeFile(path, `#!/bin/sh\necho ${name} >> '${traces}'\nexit 1\n`);
      await chmod(path, 0o755);
    };
    for (const hook of hooks) await script(hook, join(git.root, '.git/hooks', hook));
    const evil = join(git.folder, 'evil');
    await script('config', evil);
    for (const key of [
      'core.fsmonitor',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.external',
      'diff.evil.command',
      'diff.evil.textconv',
      'merge.evil.driver',
      'core.pager',
      'core.editor',
      'gpg.program',
      'core.sshCommand',
      'credential.helper',
      'core.askPass',
    ]) {
      await git.git('config', '--local', key, evil);
    }
    await git.git('config', '--local', 'filter.evil.required', 'true');
    await git.git('config', '--local', 'log.showSignature', 'true');
    worktrees = new GitWorktrees(git.env);
    repository = await worktrees.repository(git.root);
    all = await worktrees.list(repository);
    // Looks changed by its times and is not: its content has to be read, through the filters if there are any.
    for (const worktree of all) await writeFile(join(worktree.path, 'a.txt'), 'a\n');
  });
  afterEach(() => git.dispose());

  const ran = async (): Promise<string> => readFile(traces, 'utf8').catch(() => '');

  it('would run, were it not for the guard', async () => {
    await git.git('status').catch(() => undefined);
    expect(await ran()).toMatch(/config/);
  });

  it('is not run by anything that only reads', async () => {
    const topic = all[1];
    if (!topic) throw new Error('no worktree');
    const { head } = topic;
    await worktrees.repository(topic.path);
    await worktrees.recordRepository(repository);
    await worktrees.list(repository);
    expect(await worktrees.status(topic)).toMatchObject({ changed: 0 });
    await worktrees.statuses(all, () => undefined);
    const own = new Git(git.env);
    const { config } = await repositoryFilters(own, repository.commonDir);
    const changed: (readonly string[])[] = [];
    await groupStatus(own, all, ['status', '--porcelain=v2', '--branch', '-z'], config, (_, output) =>
      changed.push(parseStatus(output).changed),
    );
    expect(changed).toEqual([[], []]);
    await worktrees.branches(repository);
    await worktrees.startPoint(repository, 'topic');
    await worktrees.fileAt(repository, head, 'a.txt');
    expect(await ran()).toBe('');
  });

  it('is not run by the search for losses, but for the filters that decide what is changed', async () => {
    const topic = all[1];
    if (!topic) throw new Error('no worktree');
    await git.git('config', '--local', '--remove-section', 'filter.evil');
    expect((await worktrees.losses(repository, topic)).map(({ kind }) => kind)).toEqual(['unpushed']);
    await worktrees.remove(repository, topic, ['unpushed']);
    expect(await ran()).toBe('');
  });

  it('makes no worktree when a hook fails, and leaves nothing behind', async () => {
    await git.git('config', '--local', '--remove-section', 'filter.evil');
    await rm(join(git.root, '.git/hooks/reference-transaction'));
    const folder = join(git.folder, 'new');
    await expect(worktrees.add(repository, { kind: 'new', branch: 'new', base: 'main', folder })).rejects.toMatchObject(
      { code: 'failed' },
    );
    expect(await ran()).toMatch(/post-checkout/);
    expect((await worktrees.branches(repository)).map(({ name }) => name)).not.toContain('new');
    expect(await worktrees.list(repository)).toHaveLength(2);
    expect(await readdir(git.folder)).not.toContain('new');
  });

  it('leaves no trace of a read in the git directory', async () => {
    const listing = async (): Promise<string[]> => (await readdir(join(git.root, '.git'), { recursive: true })).sort();
    const before = await listing();
    const index = await readFile(join(git.root, '.git/index'));
    await worktrees.repository(git.root);
    await worktrees.statuses(all, () => undefined);
    expect(await listing()).toEqual(before);
    expect(await readFile(join(git.root, '.git/index'))).toEqual(index);
  });

  it('runs the hooks of a checkout when a worktree is made, as git does', async () => {
    await git.git('config', '--local', '--remove-section', 'filter.evil');
    await git.git('config', '--local', '--unset', 'core.fsmonitor');
    await rm(join(git.root, '.git/hooks/reference-transaction'));
    await writeFile(join(git.root, '.git/hooks/post-checkout'), `#!/bin/sh\necho post-checkout >> '${traces}'\n`);
    await worktrees.add(repository, { kind: 'new', branch: 'new', base: 'main', folder: join(git.folder, 'new') });
    expect(await ran()).toMatch(/post-checkout/);
  });

  it('keeps the filters of the user, whom nobody but the user sets up', async () => {
    await git.git('config', '--global', 'filter.evil.clean', `echo user >> '${traces}'; cat`);
    await git.git('config', '--local', '--unset', 'filter.evil.process');
    const [main] = all;
    if (!main) throw new Error('no worktree');
    expect(await worktrees.status(main)).toMatchObject({ changed: 0 });
    expect(await ran()).toMatch(/^(user\n)+$/);
  });
});

describe('the environment of git', () => {
  let git: GitRepository;
  beforeEach(async () => {
    git = await GitRepository.create();
  });
  afterEach(() => git.dispose());

  it('is not that of a hook that runs us', async () => {
    const other = await GitRepository.create('other');
    try {
      const env = {
        ...git.env,
        GIT_DIR: join(other.root, '.git'),
        GIT_WORK_TREE: other.root,
        GIT_INDEX_FILE: join(other.root, '.git/index'),
        GIT_PREFIX: 'sub/',
        GIT_CONFIG_PARAMETERS: "'core.bare=true'",
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.bare',
        GIT_CONFIG_VALUE_0: 'true',
        EDITOR: 'false',
        PAGER: 'false',
      };
      const worktrees = new GitWorktrees(env);
      const repository = await worktrees.repository(git.root);
      expect(repository.root).toBe(git.root);
      const added = await worktrees.add(repository, {
        kind: 'new',
        branch: 'x',
        base: 'main',
        folder: join(git.folder, 'x'),
      });
      expect(await worktrees.status(added)).toMatchObject({ changed: 0 });
      expect(await other.git('branch', '--list')).toBe('* main');
    } finally {
      await other.dispose();
    }
  });

  it('has git on its PATH, or says that git is missing', async () => {
    await expect(new GitWorktrees({ ...git.env, PATH: git.folder }).repository(git.root)).rejects.toMatchObject({
      code: 'missingTool',
    });
  });

  it('ignores a git that lies in the repository', async () => {
    const path = await git.write('git', '#!/bin/sh\nexit 1\n');
    await chmod(path, 0o755);
    const env = { ...git.env, PATH: `.:${process.env['PATH'] ?? ''}` };
    expect(await new GitWorktrees(env).repository(git.root)).toMatchObject({ root: git.root });
  });
});
