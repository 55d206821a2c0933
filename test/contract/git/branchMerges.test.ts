import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitBranchMerges } from '../../../src/adapters/git/gitBranchMerges';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import type { MergeLook } from '../../../src/core/ports/branchMerges';
import { GitRepository } from '../../support/gitRepository';

const isWindows = process.platform === 'win32';

describe('a branch that is taken into another', () => {
  let git: GitRepository;
  let merges: GitBranchMerges;
  let worktrees: GitWorktrees;
  let repository: Repository;
  let attempt: string;
  beforeEach(async () => {
    git = await GitRepository.create();
    await git.write('shared.txt', 'one\ntwo\nthree\n');
    await git.write('.gitignore', 'ignored.txt\n');
    await git.git('add', '--all');
    await git.git('commit', '--quiet', '-m', 'base');
    attempt = join(git.folder, 'attempt');
    await git.git('worktree', 'add', '--quiet', '-b', 'attempt', attempt);
    merges = new GitBranchMerges(git.env);
    worktrees = new GitWorktrees(git.env);
    repository = await worktrees.repository(git.root);
  });
  afterEach(() => git.dispose());

  const look = async (base = 'main'): Promise<MergeLook> =>
    merges.look(repository, { branch: 'attempt', base }, await worktrees.list(repository));
  const at = (name: string): Promise<string> => git.git('rev-parse', `refs/heads/${name}`);
  /** All that must be as it was where nothing was to change. */
  const state = async (folder = git.root): Promise<unknown> => [
    await git.git('for-each-ref', 'refs/heads'),
    await git.in(folder, 'status', '--porcelain', '--ignored'),
    await git.in(folder, 'ls-files', '--stage'),
    await git.in(folder, 'symbolic-ref', 'HEAD'),
    existsSync(join(folder, '.git', 'MERGE_HEAD')),
    await readFile(join(folder, 'shared.txt'), 'utf8'),
  ];
  const hook = async (name: string, text: string): Promise<void> => {
    const path = join(git.root, '.git', 'hooks', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
  };

  it('is told and done as a fast-forward, with the files of the worktree that has the base', async () => {
    await git.commit('a "b".txt', 'x\n', 'one', attempt);
    const tip = await git.commit('shared.txt', 'one\n2\nthree\n', 'two', attempt);
    const before = [await state(), await git.git('count-objects', '-v')];
    const found = await look();
    expect([await state(), await git.git('count-objects', '-v')]).toEqual(before);
    expect(found).toMatchObject({
      ...{ kind: 'fastForward', commits: 2, subjects: ['two', 'one'], conflicts: [], isUnrelated: false, tip },
      files: [
        { path: 'a "b".txt', added: 1, removed: 0 },
        { path: 'shared.txt', added: 1, removed: 1 },
      ],
      place: { worktree: { path: git.root }, changed: 0, inTheWay: [], operations: [], isCutOff: false },
      source: { worktree: { path: attempt }, changed: 0, untracked: 0, operations: [] },
      ...{ needsWorktree: [], forbiddenBy: undefined },
    });
    await git.write('mine.txt', 'untracked\n');
    expect(await merges.merge(repository, await look())).toBe(tip);
    expect(await at('main')).toBe(tip);
    expect(await git.git('status', '--porcelain')).toBe('?? mine.txt');
    expect(await readFile(join(git.root, 'shared.txt'), 'utf8')).toBe('one\n2\nthree\n');
    expect(await look()).toMatchObject({ kind: 'none', commits: 0 });
    expect(await merges.merge(repository, await look())).toBe(tip);
  });

  it('is a merge commit where both went on, and each parent is what was looked at', async () => {
    const from = await git.commit('other.txt', 'x\n', 'of main');
    const tip = await git.commit('shared.txt', 'one\n2\nthree\n', 'of the attempt', attempt);
    const found = await look();
    expect(found).toMatchObject({ kind: 'merge', commits: 1, conflicts: [], files: [{ path: 'shared.txt' }] });
    const merged = await merges.merge(repository, found);
    expect(await at('main')).toBe(merged);
    expect(await git.git('log', '-1', '--format=%P %s')).toBe(`${from} ${tip} Merge branch 'attempt'`);
    expect(await git.git('status', '--porcelain')).toBe('');
    expect(await git.git('show', 'main:shared.txt')).toBe('one\n2\nthree');
  });

  it('goes into a base that is checked out nowhere by its ref alone, whatever the worktrees have', async () => {
    await git.git('branch', 'release');
    await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    await git.write('shared.txt', 'mine\n');
    const before = await git.git('status', '--porcelain');
    const tip = await at('attempt');
    const found = await look('release');
    expect(found).toMatchObject({ kind: 'fastForward', place: undefined });
    expect(await merges.merge(repository, found)).toBe(tip);
    await git.git('branch', '--force', 'release', 'main');
    const from = await git.git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'of release');
    await git.git('update-ref', 'refs/heads/release', from);
    await git.git('config', 'merge.ff', 'false');
    await git.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    const merged = await merges.merge(repository, await look('release'));
    // What it would say is not what its message is written in.
    expect(await git.git('cat-file', 'commit', merged)).not.toContain('\nencoding ');
    expect(await git.git('log', '-1', '--format=%P %s', 'release')).toBe(
      `${from} ${tip} Merge branch 'attempt' into release`,
    );
    expect(merged).toBe(await at('release'));
    expect(await git.git('status', '--porcelain')).toBe(before);
    expect(await git.git('reflog', '-1', '--format=%gs', 'release')).toBe('merge attempt: Promoted');
  });

  it('names the files of a conflict in advance, and changes nothing', async () => {
    await git.commit('shared.txt', 'one\nmain\nthree\n', 'of main');
    await git.commit('shared.txt', 'one\nattempt\nthree\n', 'of the attempt', attempt);
    await git.commit('fine.txt', 'x\n', 'more', attempt);
    const before = await state();
    const found = await look();
    expect(found).toMatchObject({ kind: 'merge', conflicts: ['shared.txt'] });
    await expect(merges.merge(repository, found)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('in conflict: shared.txt. Nothing was changed.') as string,
    });
    // As an older git finds it: while it merges.
    await expect(
      merges.merge(repository, { ...found, conflicts: undefined, needsWorktree: ['a git before 2.38'] }),
    ).rejects.toMatchObject({ code: 'conflict', explanation: 'shared.txt' });
    expect(await state()).toEqual(before);
  });

  it('is refused where a branch moved or the base is elsewhere since it was looked at', async () => {
    await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    const found = await look();
    const later = await git.commit('later.txt', 'x\n', 'later', attempt);
    await expect(merges.merge(repository, found)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^attempt was moved from [0-9a-f]{7} to /) as string,
    });
    const again = await look();
    await git.commit('other.txt', 'x\n', 'of main');
    await expect(merges.merge(repository, again)).rejects.toMatchObject({ code: 'conflict' });
    await git.git('reset', '--quiet', '--hard', 'HEAD~');
    await git.git('switch', '--quiet', '-c', 'aside');
    await expect(merges.merge(repository, again)).rejects.toMatchObject({
      message: expect.stringContaining('main is checked out nowhere by now') as string,
    });
    expect(await at('attempt')).toBe(later);
    expect(await at('main')).toBe(again.from);
  });

  it('tells what stands in its way where the base is checked out', async () => {
    await git.commit('ignored.txt', 'x\n', 'of the attempt', attempt);
    await git.commit('deep/new.txt', 'x\n', 'more', attempt);
    await git.commit('plain', 'x\n', 'more', attempt);
    await git.write('ignored.txt', 'precious\n');
    await git.write('deep', 'a file\n');
    await git.write('plain/inside', 'x\n');
    await git.write('shared.txt', 'mine\n');
    await git.write('half.txt', 'x\n', attempt);
    const found = await look();
    expect(found.place).toMatchObject({ changed: 1, inTheWay: ['deep', 'ignored.txt', 'plain/'] });
    expect(found.source).toMatchObject({ changed: 0, untracked: 1 });
    // Git itself would write over what it ignores.
    for (const name of ['deep', 'plain']) await rm(join(git.root, name), { recursive: true });
    await git.git('checkout', '--quiet', '--', 'shared.txt');
    await expect(merges.merge(repository, found)).rejects.toMatchObject({ code: 'failed' });
    expect(await readFile(join(git.root, 'ignored.txt'), 'utf8')).toBe('precious\n');
  });

  it('sees folders and files that change places', async () => {
    await git.commit('place/a.txt', 'x\n', 'a folder');
    await git.in(attempt, 'merge', '--quiet', 'main');
    await git.in(attempt, 'rm', '--quiet', '-r', 'place', 'shared.txt');
    await git.write('place', 'x\n', attempt);
    await git.write('shared.txt/in', 'x\n', attempt);
    await git.in(attempt, 'add', '--all');
    await git.in(attempt, 'commit', '--quiet', '-m', 'places');
    expect((await look()).place?.inTheWay).toEqual([]);
    await git.write('place/untracked', 'mine\n');
    expect((await look()).place?.inTheWay).toEqual(['place/untracked']);
    await rm(join(git.root, 'place', 'untracked'));
    expect(await merges.merge(repository, await look())).toBe(await at('attempt'));
    expect(await git.git('status', '--porcelain')).toBe('');
  });

  it('knows a base that is being rebased, and an attempt in the middle of a merge', async () => {
    await git.commit('shared.txt', 'one\nmain\nthree\n', 'of main');
    await git.commit('shared.txt', 'one\nattempt\nthree\n', 'of the attempt', attempt);
    await git.in(attempt, 'merge', '--quiet', 'main').catch(() => undefined);
    expect((await look()).source).toMatchObject({ operations: ['merge'], changed: 1 });
    await git.in(attempt, 'merge', '--abort');
    await git.git('rebase', '--quiet', 'attempt').catch(() => undefined);
    const found = await look();
    expect(found.place).toMatchObject({ worktree: { path: git.root, branch: undefined }, operations: ['rebase'] });
  });

  it('follows the settings: merge.ff, mergeOptions of the base, verified signatures', async () => {
    await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    await git.git('config', 'merge.ff', 'only');
    expect(await look()).toMatchObject({ kind: 'fastForward', forbiddenBy: undefined });
    await git.commit('other.txt', 'x\n', 'of main');
    expect(await look()).toMatchObject({ kind: 'merge', forbiddenBy: 'merge.ff' });
    await git.git('config', 'branch.main.mergeOptions', '--no-ff -X theirs');
    expect(await look()).toMatchObject({
      ...{ forbiddenBy: undefined, needsWorktree: ['the setting branch.main.mergeOptions (-X theirs)'] },
    });
    await git.git('config', '--unset', 'branch.main.mergeOptions');
    await git.git('config', 'merge.ff', 'true');
    await git.git('config', 'merge.verifySignatures', 'true');
    const found = await look();
    expect(found.needsWorktree).toEqual(['the setting merge.verifySignatures']);
    const before = await state();
    await expect(merges.merge(repository, found)).rejects.toMatchObject({ code: 'failed' });
    expect(await state()).toEqual(before);
  });

  it('squashes nothing, whatever the settings of the base say', async () => {
    const tip = await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    await git.git('config', 'branch.main.mergeOptions', '--squash');
    expect(await merges.merge(repository, await look())).toBe(tip);
    expect(await git.git('status', '--porcelain')).toBe('');
  });

  it('has no commit in common with another history', async () => {
    const alone = await git.git('commit-tree', 'main^{tree}', '-m', 'alone');
    await git.git('update-ref', 'refs/heads/alone', alone);
    const found = await merges.look(repository, { branch: 'alone', base: 'main' }, await worktrees.list(repository));
    expect(found).toMatchObject({ kind: 'merge', isUnrelated: true });
    await expect(
      merges.look(repository, { branch: 'nobody', base: 'main' }, await worktrees.list(repository)),
    ).rejects.toMatchObject({ code: 'notFound' });
    await expect(look('nobody')).rejects.toMatchObject({ code: 'notFound' });
  });

  it.skipIf(isWindows)('is whole or not at all where a hook refuses it', async () => {
    await git.commit('other.txt', 'x\n', 'of main');
    await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    for (const name of ['pre-merge-commit', 'commit-msg']) {
      await hook(name, 'echo "not on my watch" >&2; exit 1');
      const before = await state();
      const found = await look();
      expect(found.needsWorktree).toEqual([`the hook ${name}`]);
      await expect(merges.merge(repository, found)).rejects.toMatchObject({
        code: 'failed',
        explanation: expect.stringContaining('not on my watch') as string,
      });
      expect(await state()).toEqual(before);
      await rm(join(git.root, '.git', 'hooks', name));
    }
    await hook('commit-msg', 'echo "Signed: hook" >> "$1"');
    await git.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    const merged = await merges.merge(repository, await look());
    expect(await git.git('log', '-1', '--format=%B')).toContain('Signed: hook');
    expect(await git.git('cat-file', 'commit', merged)).not.toContain('\nencoding ');
  });

  it.skipIf(isWindows)('is whole or not at all where a protected base refuses to move', async () => {
    const guard =
      '[ "$1" = prepared ] || exit 0\nwhile read o n r; do [ "$r" = refs/heads/main ] && exit 1; done; exit 0';
    await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    for (const wants of ['fastForward', 'merge', 'merge']) {
      await hook('reference-transaction', guard);
      const before = await state();
      const found = await look();
      expect(found.kind).toBe(wants);
      await expect(merges.merge(repository, found)).rejects.toMatchObject({ code: 'failed' });
      expect(await state()).toEqual(before);
      await rm(join(git.root, '.git', 'hooks', 'reference-transaction'));
      if (wants === 'fastForward') await git.commit('other.txt', 'x\n', 'of main');
      else await hook('prepare-commit-msg', 'exit 0');
    }
    await git.git('switch', '--quiet', '--detach');
    await rm(join(git.root, '.git', 'hooks', 'prepare-commit-msg'));
    await hook('reference-transaction', guard);
    const from = await at('main');
    await expect(merges.merge(repository, await look())).rejects.toMatchObject({ code: 'failed' });
    expect(await at('main')).toBe(from);
  });

  it('is not done where its commit cannot be signed', async () => {
    await git.commit('other.txt', 'x\n', 'of main');
    await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    await git.git('config', 'commit.gpgSign', 'true');
    await git.git('config', 'gpg.program', join(git.folder, 'no-such-gpg'));
    const before = await state();
    await expect(merges.merge(repository, await look())).rejects.toMatchObject({ code: 'failed' });
    const found = await look();
    await expect(merges.merge(repository, { ...found, needsWorktree: ['the hook commit-msg'] })).rejects.toMatchObject({
      code: 'failed',
    });
    expect(await state()).toEqual(before);
  });

  it('is done again where it was cut off, and only there', async () => {
    await git.commit('other.txt', 'x\n', 'of main');
    const tip = await git.commit('new.txt', 'x\n', 'of the attempt', attempt);
    // Git had written the files, and not moved the branch.
    const tree = await git.git('merge-tree', '--write-tree', 'main', 'attempt');
    await git.git('read-tree', '-m', '-u', 'main', tree);
    expect((await look()).place).toMatchObject({ changed: 0, inTheWay: [], isCutOff: true });
    await merges.merge(repository, await look());
    expect(await git.git('status', '--porcelain')).toBe('');
    // Git had begun its own merge, and made no commit.
    await git.git('reset', '--quiet', '--hard', 'HEAD~');
    await git.git('merge', '--quiet', '--no-commit', '--no-ff', 'attempt');
    expect((await look()).place).toMatchObject({ changed: 0, operations: [], isCutOff: true });
    await merges.merge(repository, await look());
    expect(await git.git('log', '-1', '--format=%P')).toContain(tip);
    expect(await git.git('status', '--porcelain')).toBe('');
    // Somebody's own work is among it.
    await git.git('reset', '--quiet', '--hard', 'HEAD~');
    await git.git('merge', '--quiet', '--no-commit', '--no-ff', 'attempt');
    await git.write('shared.txt', 'mine\n');
    expect((await look()).place).toMatchObject({ changed: 2, operations: ['merge'], isCutOff: false });
  });

  describe.skipIf(isWindows)('whose git is killed as it writes files', () => {
    /** Kills it when it comes to the second of these. */
    beforeEach(async () => {
      await git.write('.gitattributes', '*.slow filter=slow\n');
      for (const name of ['a', 'b', 'c']) await git.write(`${name}.slow`, `${name}\n`);
      await git.git('add', '--all');
      await git.git('commit', '--quiet', '-m', 'files');
      await git.in(attempt, 'merge', '--quiet', '--ff-only', 'main');
      for (const name of ['a', 'b', 'new']) await git.write(`${name}.slow`, `${name} of the attempt\n`, attempt);
      await git.in(attempt, 'rm', '--quiet', 'c.slow');
      await git.in(attempt, 'add', '--all');
      await git.in(attempt, 'commit', '--quiet', '-m', 'of the attempt');
      const killing = 'read line; case "$line" in "b of"*) kill -9 $PPID;; esac; echo "$line"; cat';
      const filter = await git.write('filter', `#!/bin/sh\n${killing}\n`, git.folder);
      await chmod(filter, 0o755);
      await git.git('config', 'filter.slow.smudge', filter);
    });
    const lock = (): boolean => existsSync(join(git.root, '.git', 'index.lock'));

    it.each([
      ['fast-forward', async () => undefined],
      ['merge commit', async () => git.commit('on-main.txt', 'x\n', 'of main')],
      ['merge by git alone', async () => hook('pre-merge-commit', 'exit 0')],
    ])('is taken back, all of it: a %s', async (name, prepare) => {
      await prepare();
      if (name === 'merge by git alone') await git.commit('on-main.txt', 'x\n', 'of main');
      const before = await state();
      await expect(merges.merge(repository, await look())).rejects.toMatchObject({ code: 'failed' });
      expect([await state(), lock()]).toEqual([before, false]);
    });

    it('is begun anew where Coppice was killed along, and only where all that differs is of it', async () => {
      const main = await at('main');
      await git.git('merge', '--ff-only', '--quiet', 'attempt').catch(() => undefined);
      expect([await at('main'), lock()]).toEqual([main, true]);
      expect(await readFile(join(git.root, 'a.slow'), 'utf8')).toBe('a of the attempt\n');
      await git.git('config', 'filter.slow.smudge', 'cat');
      await git.write('shared.txt', 'mine\n');
      expect((await look()).place).toMatchObject({ isCutOff: false });
      await git.write('shared.txt', 'one\ntwo\nthree\n');
      expect((await look()).place).toMatchObject({ changed: 0, inTheWay: [], isCutOff: true });
      await merges.merge(repository, await look());
      expect(await git.git('status', '--porcelain')).toBe('');
      expect([await at('main'), lock()]).toEqual([await at('attempt'), false]);
    });
  });
});
