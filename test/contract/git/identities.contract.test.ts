import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileIdentities } from '../../../src/adapters/git/records/fileIdentities';
import type { Worktree } from '../../../src/core/model';
import { FakeIdentities } from '../../support/fakes/fakeIdentities';
import { identitiesContract } from './identitiesContract';

function worktree(gitDir: string): Worktree {
  return { path: `${gitDir}.x`, gitDir, isMain: false, branch: 'x', head: '', locked: undefined, prunable: undefined };
}

identitiesContract('the fake', async () => {
  const identities = new FakeIdentities();
  return {
    identities,
    worktrees: [worktree('/repo/.git/worktrees/a'), worktree('/repo/.git/worktrees/b')],
    damage: async (one) => identities.damage(one),
    dispose: async () => undefined,
  };
});

identitiesContract('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-identities-'));
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  await Promise.all([mkdir(a), mkdir(b)]);
  return {
    identities: new FileIdentities(),
    worktrees: [worktree(a), worktree(b)],
    damage: (one) => writeFile(join(one.gitDir, 'coppice.json'), '{"version":1'),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});
