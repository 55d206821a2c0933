import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { GitRepository } from '../../support/gitRepository';
import { sparesContract } from './sparesContract';

sparesContract('git', async () => {
  const git = await GitRepository.create();
  const first = await git.git('rev-parse', 'HEAD');
  const newer = await git.commit('readme', 'newer\n', 'newer');
  const worktrees = new GitWorktrees(git.env);
  return {
    spares: new GitSpares(git.env),
    repository: await worktrees.recordRepository(await worktrees.repository(git.root)),
    commits: [first, newer],
    folder: (name) => join(git.folder, 'w', name),
    occupy: async (folder) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'mine'), 'mine');
    },
    change: ({ worktree }, path) => writeFile(join(worktree.path, path), 'changed'),
    branches: async () => (await git.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n'),
    dispose: () => git.dispose(),
  };
});
