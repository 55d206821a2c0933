import { execFile } from 'node:child_process';
import { access, chmod, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { AppError } from '../../../src/core/errors';
import type { Repository } from '../../../src/core/model';
import type { AddWorktree } from '../../../src/core/ports/worktrees';
import { GitRepository } from '../../support/gitRepository';

const hostile = 'a;touch${IFS}x';
const script = '#!/bin/sh\necho installing\necho "error: no package manager" >&2\necho "see the log" >&2\nexit 3\n';

describe('a post-checkout hook that fails', () => {
  let git: GitRepository;
  let worktrees: GitWorktrees;
  let repository: Repository;
  beforeEach(async () => {
    git = await GitRepository.create("it's a repo");
    worktrees = new GitWorktrees(git.env);
    repository = await worktrees.repository(git.root);
  });
  afterEach(() => git.dispose());

  const hooks: Readonly<Record<string, () => Promise<string>>> = {
    'of the repository': async () => {
      const path = await git.write('.git/hooks/post-checkout', script);
      await chmod(path, 0o755);
      return path;
    },
    'of a folder in the repository': async () => {
      const path = await git.write('.husky/post-checkout', script);
      await chmod(path, 0o755);
      await git.git('add', '--chmod=+x', '.husky');
      await git.git('commit', '--quiet', '-m', 'hooks');
      await git.git('config', 'core.hooksPath', '.husky');
      return path;
    },
    "of the user's": async () => {
      const path = await git.write('hooks/post-checkout', script, git.folder);
      await chmod(path, 0o755);
      await git.git('config', '--global', 'core.hooksPath', join(git.folder, 'hooks'));
      return path;
    },
  };
  const folder = (): string => join(git.folder, 'a topic');
  const requests: Readonly<Record<string, () => AddWorktree>> = {
    new: () => ({ kind: 'new', branch: 'topic', base: 'main', folder: folder() }),
    existing: () => ({ kind: 'existing', branch: hostile, folder: folder() }),
  };
  const cases = Object.keys(hooks).flatMap((hook) => Object.keys(requests).map((kind) => [hook, kind] as const));

  it.each(cases)(
    '%s, for a branch that is %s: it is named, what was made is taken back, and there is a way on',
    async (which, kind) => {
      const path = (await hooks[which]?.()) ?? '';
      await git.git('branch', hostile);
      const request = requests[kind]?.();
      if (!request) throw new Error('no such request');
      const refs = await git.git('for-each-ref');
      const error: unknown = await worktrees.add(repository, request).catch((failure: unknown) => failure);
      if (!(error instanceof AppError)) throw new Error('it did not fail');
      expect(error).toMatchObject({
        code: 'failed',
        message: `The hook post-checkout of it's a repo failed in the new worktree, which was taken back: error: no package manager`,
        remedy: { action: { kind: 'openFile', path } },
      });
      expect(error.explanation).toMatch(/^installing\nerror: no package manager\nsee the log\n/);
      expect(await git.git('for-each-ref')).toBe(refs);
      expect(await worktrees.list(repository)).toHaveLength(1);
      await expect(access(folder())).rejects.toThrow();

      // As a person pastes it into a shell.
      const command = /Without it: (git .*)$/m.exec(error.explanation ?? '')?.[1] ?? '';
      await promisify(execFile)('sh', ['-c', command], { cwd: git.root, env: git.env });
      const made = (await worktrees.list(repository)).find(({ path: at }) => at === folder());
      expect(made).toMatchObject({ branch: request.branch, path: await realpath(folder()) });
      await expect(access(join(git.root, 'x'))).rejects.toThrow();
    },
  );

  it('is not blamed for a checkout that failed before it', async () => {
    await hooks['of the repository']?.();
    await git.commit('zz', 'x', 'a file');
    await git.commit('.gitattributes', 'zz filter=broken\n', 'attributes');
    await git.git('config', 'filter.broken.smudge', 'false');
    await git.git('config', 'filter.broken.required', 'true');
    const request = { kind: 'new', branch: 'topic', base: 'main', folder: folder() } as const;
    const failing = worktrees.add(repository, request);
    await expect(failing).rejects.toThrow(/^The worktree .* was not made: .*filter/);
  });
});
