import { FakeSpares } from '../../support/fakes/fakeSpares';
import { sparesContract } from './sparesContract';

sparesContract('the fake', async () => {
  const spares = new FakeSpares();
  spares.contentOf = (commit, path) => (path === 'readme' ? commit : '');
  return {
    spares,
    repository: { id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' },
    commits: ['first', 'newer'],
    folder: (name) => `/w/${name}`,
    occupy: async (folder) => void spares.occupied.add(folder),
    change: async ({ worktree }, path) => void spares.all.get(worktree.spare ?? '')?.work.add(path),
    branches: async () => [...spares.branches],
    dispose: async () => undefined,
  };
});
