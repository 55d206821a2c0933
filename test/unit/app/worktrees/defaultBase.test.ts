import { expect, it } from 'vitest';
import { defaultBase } from '../../../../src/app/worktrees/defaultBase';
import { AppError } from '../../../../src/core/errors';
import { EnvironmentWorld } from '../../../support/environmentWorld';

it('is what git would start from, or by name the default branch of a repository without a commit', async () => {
  const { worktrees } = new EnvironmentWorld().createPorts();
  expect(await defaultBase(worktrees, '/code/repo')).toBe('main');
  const fails = (error: AppError) => ({
    repository: (folder: string) => worktrees.repository(folder),
    startPoint: async () => Promise.reject(error),
  });
  expect(await defaultBase(fails(new AppError('invalidInput', 'There is no commit.')), '/code/repo')).toBe('main');
  const other = new AppError('failed', 'git cannot read.');
  await expect(defaultBase(fails(other), '/code/repo')).rejects.toBe(other);
});
