import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';
import { worktreesContract } from './worktreesContract';
import { gitVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';

verifies('git', gitVersion, {
  obtained: 'found on PATH',
  asked: 'the contract of worktrees: list, create, status, delete',
});

worktreesContract('git', async () => {
  const repository = await GitRepository.create();
  await repository.addOrigin();
  let count = 0;
  return {
    worktrees: new GitWorktrees(repository.env),
    folder: repository.root,
    path: (name) => join(repository.folder, 'repo.worktrees', name),
    commit: (worktree, subject) => repository.commit(`file-${count++}`, 'text', subject, worktree.path),
    writeFile: async (worktree, name) => void (await repository.write(name, 'text', worktree.path)),
    makeRemoteBranch: async (name) => {
      await repository.git('push', '--quiet', 'origin', `main:refs/heads/${name}`);
      return repository.git('rev-parse', `origin/${name}`);
    },
    commitRemotely: async (branch, subject) => {
      const parent = await repository.git('rev-parse', `origin/${branch}`);
      const commit = await repository.git('commit-tree', `${parent}^{tree}`, '-p', parent, '-m', subject);
      await repository.git('push', '--quiet', 'origin', `${commit}:refs/heads/${branch}`);
      return commit;
    },
    loseFolder: (worktree) => rm(worktree.path, { recursive: true }),
    occupy: async (path) => {
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'something'), '');
    },
    exists: (path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    dispose: () => repository.dispose(),
  };
});
