import { FakeWorktrees } from '../../support/fakes/fakeWorktrees';
import { worktreesContract } from './worktreesContract';

worktreesContract('fake', () => {
  const fake = new FakeWorktrees('/tmp/repo');
  return Promise.resolve({
    worktrees: fake,
    folder: '/tmp/repo',
    path: (name) => `/tmp/repo.worktrees/${name}`,
    commit: (worktree, subject) => Promise.resolve(fake.commit(worktree, subject)),
    writeFile: (worktree, name) => Promise.resolve(fake.writeFile(worktree, name)),
    makeRemoteBranch: (name) => Promise.resolve(fake.makeRemoteBranch(name)),
    commitRemotely: (branch, subject) => Promise.resolve(fake.commitRemotely(branch, subject)),
    loseFolder: (worktree) => Promise.resolve(fake.loseFolder(worktree)),
    occupy: (path) => Promise.resolve(fake.occupy(path)),
    exists: (path) => Promise.resolve(fake.folders.has(path)),
    dispose: () => Promise.resolve(),
  });
});
