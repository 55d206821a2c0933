import { expect, it } from 'vitest';
import type { WorktreesSetting } from './worktreesSetting';

/** The part of `worktreesContract` that is about what is deleted and comes back. */
export function keptWorktreesContract(getSetting: () => WorktreesSetting): void {
  it('keeps a worktree that is deleted, and brings it back with its branch and its files', async () => {
    const setting = getSetting();
    const { worktrees } = setting;
    const repository = await worktrees.repository(setting.folder);
    const folder = setting.path('topic');
    const added = await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    await setting.writeFile(added, 'draft');
    const head = await setting.commit(added, 'work');
    const [before] = (await worktrees.list(repository)).slice(1);
    if (!before) throw new Error('not listed');
    const hasBranch = async (): Promise<boolean> =>
      (await worktrees.branches(repository)).some(({ name }) => name === 'topic');

    const aside = await worktrees.setAside(repository, before, ['untracked', 'unpushed'], undefined, { keep: 'all' });
    const { id = '' } = await worktrees.keep(repository, aside);
    await worktrees.deleteBranch(repository, 'topic', head);
    expect(await setting.exists(added.path)).toBe(false);
    expect(await worktrees.list(repository)).toHaveLength(1);
    expect(await worktrees.leftAside(repository, [])).toEqual([]);
    expect(await worktrees.deleted(repository)).toMatchObject([{ id, path: added.path, branch: 'topic', head }]);

    const other = await worktrees.add(repository, { kind: 'new', branch: 'other', base: 'main', folder });
    await expect(worktrees.bringBack(repository, { id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await hasBranch()).toBe(false);
    await worktrees.remove(repository, other, []);

    await worktrees.sweep(repository, 3600_000);
    expect(await worktrees.bringBack(repository, { id })).toEqual(before);
    expect((await worktrees.list(repository)).slice(1)).toEqual([before]);
    expect(await worktrees.losses(repository, before)).toMatchObject([{ kind: 'untracked' }, { kind: 'unpushed' }]);
    expect(await hasBranch()).toBe(true);
    expect(await worktrees.deleted(repository)).toEqual([]);
    await expect(worktrees.bringBack(repository, { id })).rejects.toMatchObject({ code: 'notFound' });
  });
}
