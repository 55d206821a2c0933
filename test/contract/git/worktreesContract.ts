import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repository, Worktree, WorktreeStatus } from '../../../src/core/model';
import type { Worktrees } from '../../../src/core/ports/worktrees';
import type { AppError } from '../../../src/core/errors';
import { isAbort } from '../../../src/core/errors';
import { until } from '../../support/until';
import { keptWorktreesContract } from './keptWorktreesContract';
import type { WorktreesSetting } from './worktreesSetting';

/** What every `Worktrees` does: the adapter for git, and the fake that stands for it in other tests. */
export function worktreesContract(name: string, createSetting: () => Promise<WorktreesSetting>): void {
  describe(`Worktrees: ${name}`, () => {
    let setting: WorktreesSetting;
    let worktrees: Worktrees;
    let repository: Repository;
    beforeEach(async () => {
      setting = await createSetting();
      worktrees = setting.worktrees;
      repository = await worktrees.repository(setting.folder);
    });
    afterEach(() => setting.dispose());

    const main = async (): Promise<Worktree> => {
      const [first] = await worktrees.list(repository);
      if (!first) throw new Error('no main worktree');
      return first;
    };
    const addNew = (branch: string, base = 'main'): Promise<Worktree> =>
      worktrees.add(repository, { kind: 'new', branch, base, folder: setting.path(branch.replaceAll('/', '-')) });
    const branchNames = async (): Promise<string[]> =>
      (await worktrees.branches(repository)).map(({ name: branch }) => branch).sort();

    it('knows the repository of a folder, the same each time', async () => {
      expect(repository).toMatchObject({ defaultBranch: 'main', root: (await main()).path });
      expect(repository.id).toMatch(/^[0-9a-f]{12}$/);
      expect(await worktrees.repository(setting.folder)).toEqual(repository);
      expect(await worktrees.recordRepository(repository)).toEqual(repository);
      expect(await worktrees.repository(setting.folder)).toEqual(repository);
    });

    it('refuses a folder that is in no repository', async () => {
      const path = setting.path('elsewhere');
      await setting.occupy(path);
      await expect(worktrees.repository(path)).rejects.toMatchObject({ code: 'invalidInput' });
    });

    it('lists the main worktree first', async () => {
      const added = await addNew('topic');
      const all = await worktrees.list(repository);
      expect(all.map(({ isMain, branch }) => ({ isMain, branch }))).toEqual([
        { isMain: true, branch: 'main' },
        { isMain: false, branch: 'topic' },
      ]);
      expect(all[1]).toEqual(added);
      expect(all[0]).toMatchObject({ gitDir: repository.commonDir, locked: undefined, prunable: undefined });
      expect(added.gitDir).not.toBe(repository.commonDir);
    });

    it('adds a worktree for a new branch that tracks nothing', async () => {
      const added = await addNew('earl/FIB-123-new-feature', 'origin/main');
      expect(added).toMatchObject({ branch: 'earl/FIB-123-new-feature', head: (await main()).head, isMain: false });
      expect(await setting.exists(added.path)).toBe(true);
      expect(await worktrees.status(added)).toMatchObject({
        upstream: undefined,
        ahead: 0,
        behind: 0,
        changed: 0,
        untracked: 0,
      });
    });

    it('adds a worktree for a branch that exists', async () => {
      const first = await addNew('topic');
      const head = await setting.commit(first, 'work');
      await setting.loseFolder(first);
      await worktrees.prune(repository);
      const again = await worktrees.add(repository, {
        kind: 'existing',
        branch: 'topic',
        folder: setting.path('again'),
      });
      expect(again).toMatchObject({ branch: 'topic', head });
    });

    it('adds a worktree that tracks a remote branch', async () => {
      const head = await setting.makeRemoteBranch('theirs');
      const folder = setting.path('theirs');
      const added = await worktrees.add(repository, {
        kind: 'tracking',
        branch: 'theirs',
        remoteBranch: 'origin/theirs',
        folder,
      });
      expect(added).toMatchObject({ branch: 'theirs', head });
      await setting.commit(added, 'mine');
      expect(await worktrees.status(added)).toMatchObject({ upstream: 'origin/theirs', ahead: 1, behind: 0 });
    });

    it('adds a worktree only of the commit that was decided about, where one is named', async () => {
      const first = await addNew('topic');
      const head = await setting.commit(first, 'work');
      await worktrees.remove(repository, first, [], undefined, { keepBranch: true });
      const branches = await branchNames();
      const request = { kind: 'existing', branch: 'topic', folder: setting.path('again') } as const;
      const refused = {
        code: 'conflict',
        message: expect.stringMatching(/ was moved from \w+ to \w+ just now/) as string,
      };
      await expect(worktrees.add(repository, { ...request, commit: first.head })).rejects.toMatchObject(refused);
      expect([await setting.exists(request.folder), await branchNames()]).toEqual([false, branches]);
      expect(await worktrees.add(repository, { ...request, commit: head })).toMatchObject({ head });
    });

    it('refuses a branch that is checked out, and says where', async () => {
      const added = await addNew('topic');
      const again = worktrees.add(repository, { kind: 'existing', branch: 'topic', folder: setting.path('other') });
      await expect(again).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(added.path) as string,
        remedy: { action: { kind: 'openWorktree', path: added.path } },
      });
      expect(await setting.exists(setting.path('other'))).toBe(false);
    });

    it('refuses a new branch that exists, or that stands in the way of another', async () => {
      await addNew('topic');
      await expect(
        worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder: setting.path('x') }),
      ).rejects.toMatchObject({ code: 'conflict' });
      await expect(addNew('topic/more')).rejects.toMatchObject({ code: 'conflict' });
      expect(await branchNames()).toEqual(['main', 'origin/main', 'topic']);
      expect(await setting.exists(setting.path('x'))).toBe(false);
    });

    it('refuses a folder that is not empty, and leaves it and the branches alone', async () => {
      const folder = setting.path('taken');
      await worktrees.checkFolder(repository, folder);
      await setting.occupy(folder);
      for (const taken of [folder, repository.root])
        await expect(worktrees.checkFolder(repository, taken)).rejects.toMatchObject({ code: 'conflict' });
      await expect(
        worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder }),
      ).rejects.toMatchObject({ code: 'conflict' });
      expect(await setting.exists(folder)).toBe(true);
      expect(await branchNames()).toEqual(['main', 'origin/main']);
    });

    it.each(['', '-x', '--output=x', 'a..b', 'a b', 'HEAD', 'x.lock', 'a~1'])(
      'refuses %j as a branch',
      async (branch) => {
        const folder = setting.path('bad');
        await expect(worktrees.add(repository, { kind: 'new', branch, base: 'main', folder })).rejects.toMatchObject({
          code: 'invalidInput',
        });
        expect(await setting.exists(folder)).toBe(false);
      },
    );

    it.each(['', 'no-such-base', '--all', '-x'])('refuses %j as a base', async (base) => {
      const folder = setting.path('bad');
      await expect(worktrees.startPoint(repository, base)).rejects.toMatchObject({ code: 'invalidInput' });
      await expect(worktrees.add(repository, { kind: 'new', branch: 'topic', base, folder })).rejects.toMatchObject({
        code: 'invalidInput',
      });
      expect(await branchNames()).toEqual(['main', 'origin/main']);
      expect(await setting.exists(folder)).toBe(false);
    });

    it('refuses branches that are not there', async () => {
      const folder = setting.path('bad');
      await expect(worktrees.add(repository, { kind: 'existing', branch: 'gone', folder })).rejects.toMatchObject({
        code: 'invalidInput',
      });
      await expect(
        worktrees.add(repository, { kind: 'tracking', branch: 'gone', remoteBranch: 'origin/gone', folder }),
      ).rejects.toMatchObject({ code: 'invalidInput' });
    });

    it('starts from branches and commits', async () => {
      const { head } = await main();
      for (const name of ['main', 'origin/main', head])
        expect(await worktrees.startPoint(repository, name)).toEqual({ name, commit: head });
      expect(await worktrees.startPoint(repository, undefined)).toEqual({ name: 'main', commit: head });
    });

    it('starts from what only the remote has, and from the newer of the two where nothing is asked for', async () => {
      const theirs = await setting.makeRemoteBranch('theirs');
      expect(await worktrees.startPoint(repository, 'theirs')).toEqual({ name: 'origin/theirs', commit: theirs });
      const { head } = await main();
      const newer = await setting.commitRemotely('main', 'newer');
      const lag = { local: 'main', upstream: 'origin/main', ahead: 0, behind: 1 };
      expect(await worktrees.startPoint(repository, undefined)).toEqual({ name: 'origin/main', commit: newer, lag });
      expect(await worktrees.startPoint(repository, 'main')).toEqual({ name: 'main', commit: head, lag });
      const own = await setting.commit(await main(), 'own');
      const apart = { name: 'main', commit: own, lag: { ...lag, ahead: 1 } };
      expect(await worktrees.startPoint(repository, undefined)).toEqual(apart);
    });

    it('lists branches with where they are checked out', async () => {
      const added = await addNew('topic');
      await setting.makeRemoteBranch('theirs');
      const branches = await worktrees.branches(repository);
      expect(branches.map(({ name: branch }) => branch).sort()).toEqual([
        'main',
        'origin/main',
        'origin/theirs',
        'topic',
      ]);
      expect(branches.find(({ name: branch }) => branch === 'topic')).toMatchObject({
        isRemote: false,
        checkedOutAt: added.path,
        commit: added.head,
      });
      expect(branches.find(({ name: branch }) => branch === 'origin/theirs')).toMatchObject({
        isRemote: true,
        checkedOutAt: undefined,
      });
    });

    it('tells the status: files, and the last commit', async () => {
      const added = await addNew('topic');
      const id = await setting.commit(added, 'Make it work');
      await setting.writeFile(added, 'new-file');
      expect(await worktrees.status(added)).toMatchObject({
        untracked: 1,
        changed: 0,
        conflicts: 0,
        lastCommit: { id, subject: 'Make it work' },
      });
    });

    it("writes another one's files, which are as little committed as there", async () => {
      const one = await addNew('one');
      await setting.writeFile(one, 'new-file');
      const left: string[] = [];
      const filesOf = { worktree: one, leave: (paths: readonly string[]) => void left.push(...paths) };
      const request = { kind: 'new', branch: 'two', base: one.head, folder: setting.path('two'), filesOf } as const;
      const two = await worktrees.add(repository, request);
      expect([two.head, left]).toEqual([one.head, []]);
      for (const each of [one, two]) expect(await worktrees.status(each)).toMatchObject({ untracked: 1, changed: 0 });
    });

    it('tells the statuses of all, and which cannot be told', async () => {
      const [a, b] = [await addNew('a'), await addNew('b')];
      await setting.writeFile(a, 'new-file');
      await setting.loseFolder(b);
      const told = new Map<string, WorktreeStatus | AppError>();
      await worktrees.statuses(await worktrees.list(repository), (worktree, result) =>
        told.set(worktree.branch ?? '', result),
      );
      expect([...told.keys()].sort()).toEqual(['a', 'b', 'main']);
      expect(told.get('a')).toMatchObject({ untracked: 1, lastCommit: { subject: 'first' } });
      expect(told.get('b')).toMatchObject({ code: 'notFound' });
    });

    it('has no status of a folder that is gone, and calls it prunable', async () => {
      const added = await addNew('topic');
      await setting.loseFolder(added);
      await expect(worktrees.status(added)).rejects.toMatchObject({ code: 'notFound' });
      expect((await worktrees.list(repository))[1]).toMatchObject({ prunable: expect.any(String) as string });
      await worktrees.prune(repository);
      expect(await worktrees.list(repository)).toHaveLength(1);
      expect(await branchNames()).toContain('topic');
    });

    it('loses nothing with a worktree that nothing happened in, and removes it', async () => {
      const added = await addNew('topic');
      expect(await worktrees.losses(repository, added)).toEqual([]);
      await worktrees.remove(repository, added, []);
      expect(await setting.exists(added.path)).toBe(false);
      expect(await worktrees.list(repository)).toHaveLength(1);
      await worktrees.remove(repository, added, []);
    });

    it('tells where a folder is that was set aside, until it is put back; and when nothing leads to it any more', async () => {
      const added = await addNew('topic');
      const listed = async () => (await worktrees.list(repository)).slice(1);
      const left = async () => worktrees.leftAside(repository, await listed());
      const aside = await worktrees.setAside(repository, added, []);
      expect(aside.folder).toBeDefined();
      expect(await listed()).toMatchObject([{ prunable: expect.any(String) as string, setAside: aside.folder }]);
      expect((await listed())[0]).not.toHaveProperty('movedTo');
      expect(await left()).toEqual([]);
      await worktrees.putBack(repository, aside);
      expect(await listed()).toMatchObject([{ prunable: undefined }]);
      expect((await listed())[0]).not.toHaveProperty('setAside');

      const again = await worktrees.setAside(repository, added, []);
      await worktrees.prune(repository);
      expect(await listed()).toEqual([]);
      expect(await left()).toEqual([{ folder: again.folder, name: expect.stringContaining('topic') as string }]);
    });

    keptWorktreesContract(() => setting);

    it('refuses to lose files and commits, until each is accepted by name', async () => {
      const added = await addNew('topic');
      await setting.commit(added, 'work');
      await setting.writeFile(added, 'new-file');
      const [current] = (await worktrees.list(repository)).slice(1);
      if (!current) throw new Error('not listed');
      expect((await worktrees.losses(repository, current)).map(({ kind, count }) => `${count} ${kind}`).sort()).toEqual(
        ['1 unpushed', '1 untracked'],
      );
      await expect(worktrees.remove(repository, current, ['untracked'])).rejects.toMatchObject({
        code: 'conflict',
        losses: [{ kind: 'unpushed', count: 1 }],
      });
      expect(await setting.exists(added.path)).toBe(true);
      await worktrees.remove(repository, current, ['untracked', 'unpushed']);
      expect(await setting.exists(added.path)).toBe(false);
    });

    it('loses no commit that the branch has, when that is kept', async () => {
      const added = await addNew('topic');
      await setting.commit(added, 'work');
      const [current] = (await worktrees.list(repository)).slice(1);
      if (!current) throw new Error('not listed');
      expect(await worktrees.losses(repository, current, undefined, { keepBranch: true })).toEqual([]);
      await worktrees.remove(repository, current, [], undefined, { keepBranch: true });
      expect(await branchNames()).toContain('topic');
    });

    it('sees what happened since the worktree was listed', async () => {
      const added = await addNew('topic');
      await setting.commit(added, 'work');
      await expect(worktrees.remove(repository, added, [])).rejects.toMatchObject({ code: 'conflict' });
    });

    it('never removes the main worktree', async () => {
      await expect(
        worktrees.remove(repository, await main(), ['uncommitted', 'untracked', 'ignored', 'unpushed']),
      ).rejects.toMatchObject({ code: 'invalidInput' });
      expect(await setting.exists(repository.root)).toBe(true);
    });

    it('forgets only the one worktree whose folder is gone', async () => {
      const [a, b] = [await addNew('a'), await addNew('b')];
      await setting.loseFolder(a);
      await setting.loseFolder(b);
      await worktrees.remove(repository, a, []);
      expect((await worktrees.list(repository)).map(({ branch }) => branch)).toEqual(['main', 'b']);
    });

    it('deletes a branch only while it is where it was seen, and not while it is checked out', async () => {
      const added = await addNew('topic');
      await expect(worktrees.deleteBranch(repository, 'topic', added.head)).rejects.toMatchObject({ code: 'conflict' });
      const head = await setting.commit(added, 'work');
      await worktrees.remove(repository, added, ['unpushed']);
      await expect(worktrees.deleteBranch(repository, 'topic', added.head)).rejects.toMatchObject({ code: 'conflict' });
      expect(await branchNames()).toContain('topic');
      await worktrees.deleteBranch(repository, 'topic', head);
      expect(await branchNames()).not.toContain('topic');
      await worktrees.deleteBranch(repository, 'topic', head);
    });

    it('reads a file as a commit has it', async () => {
      const { head } = await main();
      expect(await worktrees.fileAt(repository, head, 'readme')).toBe('hello\n');
      expect(await worktrees.fileAt(repository, head, 'nothing')).toBeUndefined();
      expect(await worktrees.kindAt(repository, head, 'readme')).toBe('file');
      expect(await worktrees.kindAt(repository, head, '.')).toBe('folder');
      for (const path of ['nothing', 'readme/nothing', '*'])
        expect(await worktrees.kindAt(repository, head, path)).toBeUndefined();
    });

    it('tells that something changed', async () => {
      const watch = worktrees.watch(repository);
      let heard = 0;
      watch.onDidChange(() => heard++);
      await addNew('topic');
      await until(() => heard > 0);
      watch.dispose();
    });

    it('ends with an AbortError when aborted', async () => {
      const aborted = AbortSignal.abort();
      const added = await addNew('topic');
      const folder = setting.path('x');
      const calls = [
        () => worktrees.list(repository, aborted),
        () => worktrees.status(added, aborted),
        () => worktrees.statuses([added], () => undefined, aborted),
        () => worktrees.add(repository, { kind: 'new', branch: 'x', base: 'main', folder }, aborted),
        () => worktrees.remove(repository, added, [], aborted),
      ];
      for (const call of calls) await expect(call()).rejects.toSatisfy(isAbort);
      expect(await setting.exists(folder)).toBe(false);
      expect(await setting.exists(added.path)).toBe(true);
      expect(await branchNames()).not.toContain('x');
    });
  });
}
