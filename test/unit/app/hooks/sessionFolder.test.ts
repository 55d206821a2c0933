import { describe, expect, it } from 'vitest';
import { sessionFolder } from '../../../../src/app/hooks/sessionFolder';
import { AppError } from '../../../../src/core/errors';
import { EnvironmentWorld } from '../../../support/environmentWorld';

const run = { signal: new AbortController().signal, report: () => undefined };
const request = { folder: '/code/repo', name: 'x' };

function asked(world: EnvironmentWorld, settings = () => world.settings, signal = run.signal) {
  const plain: string[] = [];
  const ports = {
    ...world.createPorts(),
    newId: () => '0123456789ab',
    settings,
    plainWorktrees: {
      add: async (folder: string) => {
        plain.push(folder);
        return '/plain';
      },
    },
  };
  return { plain, made: sessionFolder(ports)(request, { ...run, signal }) };
}

describe('the folder of a session', () => {
  it('is made by git alone where Coppice cannot work with the repository, for whatever reason', async () => {
    const reasons = [
      new AppError('failed', 'repository.json cannot be understood.'),
      new AppError('invalidInput', 'It is bare.'),
      new AppError('denied', 'It may not be read.'),
      new TypeError('a fault of ours'),
    ];
    for (const reason of reasons) {
      const world = new EnvironmentWorld();
      world.worktrees.repository = () => Promise.reject(reason);
      const { plain, made } = asked(world);
      expect(await made).toMatchObject({ path: '/plain', why: expect.stringContaining(reason.message) });
      expect(plain).toEqual(['/code/repo']);
    }
  });

  it('is made by git alone where a setting is none', async () => {
    const { made } = asked(new EnvironmentWorld(), () => {
      throw new AppError('invalidInput', 'COPPICE_GATEWAY_PORT must be a number.');
    });
    expect(await made).toEqual({ path: '/plain', why: 'COPPICE_GATEWAY_PORT must be a number.' });
  });

  it('is not, where git or a hook of the repository failed, nor where somebody else has it or nobody waits any more', async () => {
    for (const code of ['failed', 'conflict', 'timeout'] as const) {
      const world = new EnvironmentWorld();
      const refuse = () => Promise.reject(new AppError(code, 'The hook post-checkout failed.'));
      if (code === 'failed') world.worktrees.add = refuse;
      else world.worktrees.repository = refuse;
      const { plain, made } = asked(world);
      await expect(made).rejects.toMatchObject({ code });
      expect(plain).toEqual([]);
    }
    const gone = new AbortController();
    gone.abort();
    const { plain, made } = asked(new EnvironmentWorld(), undefined, gone.signal);
    await expect(made).rejects.toMatchObject({ name: 'AbortError' });
    expect(plain).toEqual([]);
  });
});
