import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { checkoutMark } from '../../../src/core/worktrees/checkoutMark';
import type { Repository } from '../../../src/core/model';
import { spareMark } from '../../../src/core/worktrees/spareMark';
import type { ClaimSpare, Spare, SpareRecord } from '../../../src/core/ports/spares';
import { GitRepository } from '../../support/gitRepository';

const id = '0123456789ab';
const createId = 'ba9876543210';

let git: GitRepository;
let worktrees: GitWorktrees;
let spares: GitSpares;
let repository: Repository;
let tip: string;
beforeEach(async () => {
  git = await GitRepository.create();
  await git.commit('.gitignore', 'node_modules/\n.env\n', 'ignores');
  worktrees = new GitWorktrees(git.env);
  spares = new GitSpares(git.env);
  repository = await worktrees.recordRepository(await worktrees.repository(git.root));
  tip = await git.git('rev-parse', 'HEAD');
});
afterEach(() => git.dispose());

const home = (): string => join(git.folder, 'w', '_spare-1');
const record = (): SpareRecord => ({
  ...{ version: 1, id, repositoryId: repository.id, commit: tip },
  ...{ state: 'making', has: 'checkout', digest: 'none', ignored: [] },
});
const make = (): Promise<Spare> => spares.add(repository, { folder: home(), record: record() });
const recorded: string[] = [];
const request = (asked: Partial<ClaimSpare> = {}): ClaimSpare => ({
  ...{ folder: join(git.folder, 'w', 'topic'), branch: 'topic', commit: tip, without: [] },
  making: { id: createId, record: async ({ path }) => void recorded.push(path) },
  ...asked,
});
const branches = (): Promise<string> => git.git('for-each-ref', '--format=%(refname:short)', 'refs/heads');
/** All that git and Coppice say of a spare that nobody has touched. */
const expectSpare = async (spare: Spare): Promise<void> => {
  const [now, ...others] = await spares.list(repository);
  expect(others).toEqual([]);
  expect(now).toEqual({ worktree: spare.worktree, record: record() });
  expect(await worktrees.list(repository)).toHaveLength(1);
  expect(await worktrees.spares(repository)).toEqual([home()]);
  expect((await spares.look(spare)).work).toEqual([]);
  expect(await branches()).toBe('main');
};

describe('a spare', () => {
  it('stays one where its HEAD is no file that tells anything, as where refs are in tables', async () => {
    const spare = await make();
    const head = join(spare.worktree.gitDir, 'HEAD');
    const before = await readFile(head, 'utf8');
    await writeFile(head, 'ref: refs/heads/.invalid\n');
    await worktrees.recover(repository);
    await writeFile(head, before);
    await expectSpare(spare);
  });

  it.skipIf(process.platform === 'win32')(
    'that is not made leaves what somebody puts there in that moment',
    async () => {
      const tools = join(git.folder, 'tools');
      await mkdir(tools);
      const real = `PATH=${JSON.stringify(git.env['PATH'])} git`;
      const script = [
        '#!/bin/sh',
        `case " $* " in *" worktree add "*) mkdir -p ${home()}; echo mine > ${home()}/notes;; esac`,
      ];
      await writeFile(join(tools, 'git'), [...script, `${real} "$@"`, ''].join('\n'), { mode: 0o755 });
      const late = new GitSpares({ ...git.env, PATH: `${tools}:${git.env['PATH'] ?? ''}` });
      await expect(late.add(repository, { folder: home(), record: record() })).rejects.toThrow(/was not made/);
      expect(await readFile(join(home(), 'notes'), 'utf8')).toBe('mine\n');
      expect(await spares.list(repository)).toEqual([]);
    },
  );

  it('is a locked worktree of no branch, with its commit checked out, and none of the list', async () => {
    const spare = await make();
    expect(spare.worktree).toMatchObject({ path: home(), head: tip, branch: undefined, locked: undefined, spare: id });
    await expectSpare(spare);
    expect(await readFile(join(home(), 'readme'), 'utf8')).toBe('hello\n');
    const listed = await git.git('worktree', 'list', '--porcelain');
    expect(listed).toContain(`detached\nlocked Coppice keeps this worktree ready for the next create: ${id} ${tip}`);
    // Nothing of git takes it away by itself.
    await expect(git.git('worktree', 'remove', home())).rejects.toThrow('locked');
  });

  it('refuses a folder with something in it, and leaves nothing where the checkout fails', async () => {
    await mkdir(home(), { recursive: true });
    await writeFile(join(home(), 'mine'), 'mine');
    await expect(make()).rejects.toMatchObject({ code: 'conflict' });
    expect(await readdir(home())).toEqual(['mine']);
    const folder = join(git.folder, 'w', '_spare-2');
    const broken = { ...record(), commit: '1'.repeat(40) };
    await expect(spares.add(repository, { folder, record: broken })).rejects.toMatchObject({ code: 'failed' });
    expect(await readdir(join(git.folder, 'w'))).toEqual(['_spare-1']);
    expect(await git.git('worktree', 'list')).not.toContain('_spare');
  });

  it('is a worktree like any other once it has a commit or a branch of its own', async () => {
    await make();
    await git.commit('work', 'mine\n', 'mine', home());
    expect(await spares.list(repository)).toEqual([]);
    expect(await worktrees.spares(repository)).toEqual([]);
    expect((await worktrees.list(repository))[1]).toMatchObject({ path: home(), branch: undefined });
    // The lock that says otherwise keeps nobody from anything, and the next create takes it away.
    expect((await worktrees.list(repository))[1]?.locked).toBeUndefined();
    await worktrees.recover(repository);
    expect(await git.git('worktree', 'list', '--porcelain')).not.toContain('locked');
    const folder = join(git.folder, 'w', '_spare-2');
    await spares.add(repository, { folder, record: { ...record(), id: 'f00000000000' } });
    await git.in(folder, 'switch', '--quiet', '-c', 'mine');
    expect(await spares.list(repository)).toEqual([]);
    expect((await worktrees.list(repository))[2]).toMatchObject({ path: folder, branch: 'mine', locked: undefined });
  });

  it('tells what somebody has changed, and what git ignores; a removal refuses the one, and takes the other along', async () => {
    const spare = await make();
    await mkdir(join(home(), 'node_modules'));
    await writeFile(join(home(), 'node_modules', 'a.js'), '1');
    expect(await spares.look(spare)).toEqual({ ignored: ['node_modules/'], work: [] });
    await writeFile(join(home(), 'notes'), 'mine');
    expect(await spares.look(spare)).toEqual({ ignored: ['node_modules/'], work: ['notes'] });
    await expect(spares.discard(repository, spare)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(join(home(), 'notes'), 'utf8')).toBe('mine');
    await spares.release(spare);
    expect(await spares.list(repository)).toEqual([]);
    expect((await worktrees.list(repository))[1]).toMatchObject({ path: home(), locked: undefined });
  });

  it('goes with what its install has left in it, as long as it is that', async () => {
    const spare = await make();
    await writeFile(join(home(), 'readme'), 'made');
    await writeFile(join(home(), 'made.js'), 'made');
    const left = await spares.fingerprint(spare);
    const unfit: SpareRecord = { ...record(), state: 'unfit', ...(left === undefined ? {} : { left }) };
    await spares.write(spare, unfit);
    for (const change of [
      () => writeFile(join(home(), 'readme'), 'mine'),
      () => git.in(home(), 'add', 'readme'),
      () => writeFile(join(spare.worktree.gitDir, 'MERGE_HEAD'), tip),
    ]) {
      await change();
      expect(await spares.fingerprint(spare)).not.toBe(left);
      await expect(spares.discard(repository, { ...spare, record: unfit })).rejects.toMatchObject({ code: 'conflict' });
      await writeFile(join(home(), 'readme'), 'made');
    }
    await rm(join(spare.worktree.gitDir, 'MERGE_HEAD'));
    await git.in(home(), 'reset', '--quiet');
    expect(await spares.fingerprint(spare)).toBe(left);
    await spares.discard(repository, { ...spare, record: unfit });
    expect(await readdir(join(git.folder, 'w'))).toEqual([]);
  });

  it('that a newer Coppice has made is left to it, and keeps nobody from taking back another', async () => {
    const spare = await make();
    const other = await spares.add(repository, {
      folder: join(git.folder, 'w', '_spare-2'),
      record: { ...record(), id: 'f00000000000' },
    });
    const ended = checkoutMark({ id: createId, pid: 2 ** 30, start: null, since: 0 });
    for (const { worktree } of [spare, other]) await writeFile(join(worktree.gitDir, 'locked'), ended);
    const file = join(spare.worktree.gitDir, 'coppice-spare.json');
    const text = JSON.stringify({ ...record(), version: 99 });
    await writeFile(file, text);
    await worktrees.recover(repository);
    expect(await spares.list(repository)).toEqual([other]);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readFile(join(home(), 'readme'), 'utf8')).toBe('hello\n');
    await writeFile(join(spare.worktree.gitDir, 'locked'), spareMark(record()));
    const [first] = await spares.list(repository);
    expect(first).toEqual({
      worktree: spare.worktree,
      record: undefined,
      newer: expect.stringContaining('version 99'),
    });
  });

  it('is removed for good, also where its folder is gone', async () => {
    await spares.discard(repository, await make());
    expect(await readdir(join(git.folder, 'w'))).toEqual([]);
    expect(await git.git('worktree', 'list')).not.toContain('_spare');
    const spare = await make();
    await rm(home(), { recursive: true });
    await spares.discard(repository, (await spares.list(repository))[0] ?? spare);
    expect(await git.git('worktree', 'list')).not.toContain('_spare');
  });

  it('has the digest of what lies at paths, whatever else a commit has', async () => {
    await git.commit('package-lock.json', '1\n', 'lock');
    const one = await spares.digest(repository, 'HEAD', ['package-lock.json', '.npmrc']);
    await git.commit('readme', 'other\n', 'other');
    expect(await spares.digest(repository, 'HEAD', ['package-lock.json', '.npmrc'])).toBe(one);
    await git.commit('.npmrc', 'a=b\n', 'npmrc');
    expect(await spares.digest(repository, 'HEAD', ['package-lock.json', '.npmrc'])).not.toBe(one);
  });
});

describe('claim', () => {
  it('makes it the worktree of a new branch, in its place, with what git ignores in it', async () => {
    const spare = await make();
    await mkdir(join(home(), 'node_modules', '.cache'), { recursive: true });
    await writeFile(join(home(), 'node_modules', 'a.js'), '1');
    recorded.length = 0;
    const folder = join(git.folder, 'w', 'topic');
    const made = await spares.claim(repository, spare, request({ without: ['node_modules/.cache'] }));
    expect(made).toMatchObject({ path: folder, branch: 'topic', head: tip, locked: undefined, beingMade: undefined });
    expect(made.spare).toBeUndefined();
    expect(recorded).toEqual([folder]);
    expect(await readdir(join(folder, 'node_modules'))).toEqual(['a.js']);
    expect(await git.in(folder, 'status', '--porcelain')).toBe('');
    expect((await worktrees.list(repository))[1]).toEqual({ ...made, beingMade: undefined });
    expect(await readdir(join(git.folder, 'w'))).toEqual(['topic']);
    expect(await readdir(made.gitDir)).not.toContain('coppice-spare.json');
    await git.commit('work', 'w\n', 'work', folder);
  });

  it('has the files of the commit that it is to start from, whatever the spare was made of', async () => {
    const spare = await make();
    const newer = await git.commit('readme', 'newer\n', 'newer');
    const made = await spares.claim(repository, spare, request({ commit: newer }));
    expect(made.head).toBe(newer);
    expect(await readFile(join(made.path, 'readme'), 'utf8')).toBe('newer\n');
    expect(await git.in(made.path, 'status', '--porcelain')).toBe('');
  });

  it.each([
    ['its branch is there', async () => git.git('branch', 'topic'), 'main\ntopic'],
    ['its folder is there', async () => mkdir(join(git.folder, 'w', 'topic')), 'main'],
    [
      'somebody has changed a file that the branch has otherwise',
      async () => writeFile(join(home(), 'readme'), 'mine'),
      'main',
    ],
    [
      'the post-checkout hook fails',
      async () => writeFile(join(git.root, '.git', 'hooks', 'post-checkout'), '#!/bin/sh\nexit 1\n', { mode: 0o755 }),
      'main',
    ],
  ] as const)('is taken back, all of it, where %s', async (what, prevent, left) => {
    const spare = await make();
    const newer = await git.commit('readme', 'newer\n', 'newer');
    await prevent();
    await expect(spares.claim(repository, spare, request({ commit: newer }))).rejects.toMatchObject({
      name: 'AppError',
    });
    expect(await branches()).toBe(left);
    expect(await spares.list(repository)).toEqual([{ worktree: spare.worktree, record: record() }]);
    const isChanged = what.startsWith('somebody');
    expect((await spares.look(spare)).work).toEqual(isChanged ? ['readme'] : []);
    expect(await readFile(join(home(), 'readme'), 'utf8')).toBe(isChanged ? 'mine' : 'hello\n');
    expect(await worktrees.list(repository)).toHaveLength(1);
  });

  it.skipIf(process.platform === 'win32')(
    'runs hooks that are a part of its commit once somebody claims it, and those that are the user’s at once',
    async () => {
      const ran = join(git.folder, 'ran');
      const hook = (name: string): string => `#!/bin/sh\necho ${name} >> ${ran}\n`;
      const told = async (): Promise<string> => readFile(ran, 'utf8').catch(() => '');
      for (const name of ['post-checkout', 'post-index-change', 'changed-files']) {
        await mkdir(join(git.root, 'hooks'), { recursive: true });
        await writeFile(join(git.root, 'hooks', name), hook(name), { mode: 0o755 });
      }
      await git.git('add', '.');
      await git.git('commit', '--quiet', '--message', 'hooks');
      tip = await git.git('rev-parse', 'HEAD');
      await git.git('config', 'core.hooksPath', 'hooks');
      await git.git('config', 'core.fsmonitor', 'hooks/changed-files');
      const spare = await make();
      expect(await told()).toBe('');
      // Cut off, it is completed: all of it, and where somebody has put something into it.
      for (const name of ['', 'mine']) {
        if (name !== '') await writeFile(join(home(), name), name);
        for (const gone of [join(home(), 'readme'), join(spare.worktree.gitDir, 'index')]) await rm(gone);
        await spares.finish(repository, spare);
        expect(await readFile(join(home(), 'readme'), 'utf8')).toBe('hello\n');
        expect(await told()).toBe('');
      }
      expect(await spares.fingerprint(spare)).toBeDefined();
      expect(await told()).toBe('');
      await rm(join(home(), 'mine'));
      await git.git('config', '--unset', 'core.fsmonitor');
      await spares.claim(repository, spare, request());
      expect(await told()).toContain('post-checkout\n');
      await rm(ran);
      await git.git('config', 'core.hooksPath', join(git.root, 'hooks'));
      await spares.add(repository, { folder: join(git.folder, 'w', '_spare-2'), record: record() });
      expect(await told()).toContain('post-checkout\n');
    },
  );

  it('takes no cache away that a link in it leads to', async () => {
    await git.commit('.gitignore', 'node_modules\n', 'ignores a link');
    tip = await git.git('rev-parse', 'HEAD');
    const theirs = join(git.folder, 'theirs');
    await mkdir(join(theirs, '.cache'), { recursive: true });
    await writeFile(join(theirs, '.cache', 'a'), 'theirs');
    const spare = await make();
    await symlink(theirs, join(home(), 'node_modules'), 'junction');
    await spares.claim(repository, spare, request({ without: ['node_modules/.cache'] }));
    expect(await readdir(join(theirs, '.cache'))).toEqual(['a']);
  });

  it('leaves one alone that is somebody’s by now', async () => {
    const spare = await make();
    await git.in(home(), 'switch', '--quiet', '-c', 'mine');
    await expect(spares.claim(repository, spare, request())).rejects.toMatchObject({ code: 'conflict' });
    expect((await worktrees.list(repository))[1]).toMatchObject({ path: home(), branch: 'mine' });
    expect(await branches()).toBe('main\nmine');
  });
});

it.each(['--assume-unchanged', '--skip-worktree'])('what somebody has hidden with %s is their work', async (option) => {
  const spare = await make();
  await git.in(home(), 'update-index', option, 'readme');
  expect((await spares.look(spare)).work).toEqual([]);
  await writeFile(join(home(), 'readme'), 'mine');
  expect((await spares.look(spare)).work).toEqual(['readme']);
});

it('one whose removal was cut off is put back and removed, and nobody is told of its folder', async () => {
  const spare = await make();
  const trash = join(git.root, '.git', 'coppice-trash');
  await mkdir(trash);
  await rename(home(), join(trash, `${Date.now()}-00000000-0000-4000-8000-000000000000`));
  expect(await worktrees.leftAside(repository, await worktrees.list(repository))).toEqual([]);
  await spares.discard(repository, spare);
  expect(await readdir(trash)).toEqual([]);
  expect(await spares.list(repository)).toEqual([]);
});

it('a create that claimed one and was cut off loses none of the dependencies that it had', async () => {
  const spare = await make();
  await spares.write(spare, { ...record(), state: 'ready', ignored: ['node_modules/'] });
  await mkdir(join(home(), 'node_modules'));
  await writeFile(join(home(), 'node_modules', 'a.js'), 'installed');
  await git.in(home(), 'switch', '--quiet', '-c', 'topic');
  const since = Date.now();
  await writeFile(
    join(spare.worktree.gitDir, 'locked'),
    checkoutMark({ id: createId, pid: 2 ** 30, start: null, since }),
  );
  const cutOff = (await worktrees.list(repository)).find(({ branch }) => branch === 'topic');
  if (!cutOff) throw new Error('there is no worktree of the branch');
  expect(cutOff.beingMade).toBe(createId);
  expect(await worktrees.losses(repository, cutOff)).toEqual([]);
  await writeFile(join(home(), 'idea.txt'), 'mine');
  expect(await worktrees.losses(repository, cutOff)).toMatchObject([{ kind: 'untracked', examples: ['idea.txt'] }]);
});

it('those of another sparse checkout are others', async () => {
  const digest = (): Promise<string> => spares.digest(repository, tip, ['readme']);
  const whole = await digest();
  await git.git('sparse-checkout', 'set', '--cone', 'a');
  const sparse = await digest();
  await git.git('sparse-checkout', 'set', '--cone', 'a', 'b');
  expect(new Set([whole, sparse, await digest()]).size).toBe(3);
  await git.git('sparse-checkout', 'disable');
  expect(await digest()).toBe(whole);
});
