import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitWorktreeFiles } from '../../../src/adapters/git/gitWorktreeFiles';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { SelectedFiles, WantedFiles } from '../../../src/core/ports/worktreeFiles';
import { GitRepository } from '../../support/gitRepository';

let git: GitRepository;
beforeEach(async () => {
  git = await GitRepository.create();
});
afterEach(() => git.dispose());

async function select(wanted: Partial<WantedFiles>): Promise<SelectedFiles> {
  const repository = await new GitWorktrees(git.env).repository(git.root);
  return new GitWorktreeFiles(git.env).select(repository, { copy: [], include: undefined, globs: [], ...wanted });
}

describe('what is selected', () => {
  it('is nothing by which a tool would take the other worktree for this one', async () => {
    await git.commit('.gitignore', '.nx/\n*.tsbuildinfo\n', 'ignore what tools leave');
    for (const path of ['.nx/cache/a', '.nx/workspace-data/d/daemon.log', '.nx/workspace-data/d.txt', 'a.tsbuildinfo'])
      await git.write(path, '');
    expect(await select({ copy: ['.nx', '*.tsbuildinfo'] })).toEqual({
      paths: ['.nx/cache/a', '.nx/workspace-data/d.txt'],
      hooks: [],
      left: expect.arrayContaining([
        ".nx/workspace-data/d (Nx would talk to the main worktree's server)",
        'a.tsbuildinfo (tsc -b would take for built what is not there)',
      ]) as unknown,
    });
  });

  it('leaves a hook out that is a link which leads out, and refuses nothing for it', async () => {
    await git.write('.husky/_/pre-commit', '#!/bin/sh\n');
    await symlink(join(git.folder, 'elsewhere'), join(git.root, '.husky/_/pre-push'));
    await writeFile(join(git.folder, 'elsewhere'), '#!/bin/sh\n');
    await git.commit('.gitignore', '.husky/_/\n', 'ignore the hooks');
    await git.git('config', 'core.hooksPath', '.husky/_');
    expect(await select({})).toEqual({
      paths: [],
      hooks: ['.husky/_/pre-commit'],
      left: ['.husky/_/pre-push (a link that leads out of the worktree)'],
    });
    await expect(select({ copy: ['.husky/_/*'] })).rejects.toMatchObject({ code: 'invalidInput' });
  });
});
