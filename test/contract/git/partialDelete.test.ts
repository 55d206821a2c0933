import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository, Worktree } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

const lines = (...changed: (readonly [number, string])[]): string =>
  Array.from({ length: 50 }, (_, line) => `${new Map(changed).get(line) ?? line}\n`).join('');

/** Both have changed a file that `main` has gone on with, in commits whose files this clone lacks: `merged` is in there, `open` is not. */
describe('what is lost with a worktree of a partial clone', { timeout: 120_000 }, () => {
  let git: GitRepository;
  let clone: string;
  let worktrees: GitWorktrees;
  let repository: Repository;
  let merged: Worktree;
  let open: Worktree;

  beforeEach(async () => {
    git = await GitRepository.create();
    await git.commit('same', lines(), 'one');
    await git.git('config', 'uploadpack.allowFilter', 'true');
    await git.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    clone = join(git.folder, 'clone');
    await git.in(git.folder, 'clone', '--quiet', '--filter=blob:none', `file://${git.root}`, clone);
    worktrees = new GitWorktrees(git.env);
    repository = await worktrees.repository(clone);
    const work = async (branch: string): Promise<Worktree> => {
      const folder = join(git.folder, branch);
      await worktrees.add(repository, { kind: 'new', branch, base: 'origin/main', folder });
      await git.commit('same', lines([40, branch]), `${branch} work`, folder);
      const found = (await worktrees.list(repository)).find((each) => each.branch === branch);
      if (!found) throw new Error(`no ${branch}`);
      return found;
    };
    merged = await work('merged');
    open = await work('open');
    await git.commit('same', lines([3, 'three'], [40, 'merged']), 'two at once');
    await git.commit('other', lines([1, 'x']), 'more');
    await git.in(clone, 'fetch', '--quiet');
  });
  afterEach(() => git.dispose());

  const lost = async (worktree: Worktree): Promise<readonly string[]> =>
    (await worktrees.losses(repository, worktree)).map(({ kind, examples }) => `${kind} ${examples.join()}`);

  it('is compared with what its remote has', async () => {
    expect(await lost(merged)).toEqual([]);
    expect(await lost(open)).toEqual(['unpushed open work']);
  });

  it('is all that cannot be compared, where the remote is gone, and is accepted by its name as anything else', async () => {
    await rename(git.root, join(git.folder, 'gone'));
    expect(await lost(merged)).toEqual(['unpushed merged work']);
    await worktrees.remove(repository, open, ['unpushed']);
    expect((await worktrees.list(repository)).map(({ branch }) => branch)).not.toContain('open');
  });

  it('is told soon, where the remote does not answer, and sooner the next time', async () => {
    await git.in(clone, 'remote', 'set-url', 'origin', 'ssh://nowhere.invalid/x');
    const ssh = join(git.folder, 'ssh.sh');
    await writeFile(ssh, `#!/bin/sh\nwhile [ -d '${git.folder}' ]; do sleep 0.2; done\n`, { mode: 0o755 });
    await git.in(clone, 'config', 'core.sshCommand', `'${ssh}'`);
    const took = async (worktree: Worktree): Promise<number> => {
      const since = performance.now();
      expect(await lost(worktree)).toEqual([expect.stringMatching(/^unpushed /)]);
      return performance.now() - since;
    };
    const first = await took(open);
    expect(first).toBeLessThan(60_000);
    expect(await took(merged)).toBeLessThan(first);
  });
});
