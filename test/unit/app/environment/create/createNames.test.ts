import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { stranger } from './creates';

describe('createEnvironment', () => {
  describe('names', () => {
    it('are others than those of another repository, and stay when a better one is free', async () => {
      const other = new EnvironmentWorld();
      other.worktrees.repositoryInfo = { ...other.worktrees.repositoryInfo, id: 'ba9876543210' };
      await other.createBranch('feat/x');
      const world = new EnvironmentWorld(other);
      const { identity, worktree } = await world.createBranch('feat/x');
      expect(identity.names.slug).toMatch(/^feat-x-[0-9a-f]{6}$/);
      await other.delete({ path: '/code/repo.worktrees/feat-x' });
      const again = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      expect(again.identity.names.slug).toBe(identity.names.slug);
    });

    it.each(['feat-a', 'feat_a', 'Feat/A'])('of feat/a and of %s differ', async (near) => {
      const world = new EnvironmentWorld();
      const a = (await world.createBranch('feat/a')).identity;
      const b = (await world.createBranch(near)).identity;
      expect(a.names.slug).toBe('feat-a');
      expect(
        new Set([
          a.names.namespace,
          b.names.namespace,
          a.parts.database?.database,
          b.parts.database?.database,
          a.names.host,
          b.names.host,
        ]).size,
      ).toBe(6);
    });

    it('are not those of a database that nobody knows', async () => {
      const world = new EnvironmentWorld();
      world.databases.held.set('wt_x', { kind: 'foreign' });
      expect((await world.createBranch('x')).identity.parts.database?.database).toMatch(/^wt_x_[0-9a-f]{6}$/);
      expect(world.databases.held.get('wt_x')).toEqual({ kind: 'foreign' });
    });

    it('are chosen anew for what never was finished and was lost to another', async () => {
      const world = new EnvironmentWorld();
      world.commands.onRun = async () => {
        const worktree = await world.worktree('x');
        if (worktree) world.worktrees.writeFile(worktree, 'notes');
        throw new AppError('failed', 'migrate.js ended with exit code 1.');
      };
      await world.worktrees.add(world.worktrees.repositoryInfo, {
        kind: 'new',
        branch: 'other',
        base: 'main',
        folder: '/o',
      });
      world.edited.set('/code/repo', environmentFileText(['a']));
      await expect(world.createBranch('x')).rejects.toMatchObject({
        explanation: expect.stringContaining('/code/repo.worktrees/x'),
      });
      world.commands.onRun = () => undefined;
      world.cluster.addForeignNamespace('worktree-x', stranger);
      expect((await world.createBranch('x')).identity.names.slug).toMatch(/^x-[0-9a-f]{6}$/);
    });
  });
});
