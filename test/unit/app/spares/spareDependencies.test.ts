import { expect, it } from 'vitest';
import { decidingPaths, placedCaches, spareDependencies } from '../../../../src/app/spares/spareDependencies';
import type { SetupCommand } from '../../../../src/core/environmentFile';
import type { Repository } from '../../../../src/core/model';

const repository: Repository = {
  ...{ id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' },
};
const signal = new AbortController().signal;
const command = (...argv: string[]): SetupCommand =>
  ({ command: argv, env: {}, inputs: [] }) as unknown as SetupCommand;

/** Of a commit with these lockfiles and this setup. */
function wanted(lockfiles: readonly string[], setup: readonly SetupCommand[]) {
  const ports = {
    worktrees: { fileAt: async () => 'version: 1', filesNamed: async () => lockfiles },
    environmentFiles: { parse: () => ({ setup }) },
  };
  return spareDependencies(ports as unknown as Parameters<typeof spareDependencies>[0], repository, 'commit', signal);
}

it('has nothing made in advance whose programs lead to the folder that they were made in, as those of a .venv', async () => {
  const pnpm = command('pnpm', 'install', '--frozen-lockfile');
  const uv = command('uv', 'sync', '--frozen');
  const { lockfiles, installs } = await wanted(['uv.lock', 'pnpm-lock.yaml', 'target/x/Cargo.lock'], [pnpm, uv, pnpm]);
  expect(lockfiles).toEqual(['pnpm-lock.yaml']);
  // Whatever comes after it may need it.
  expect(installs).toEqual([pnpm]);
  expect((await wanted(['uv.lock'], [uv])).installs).toEqual([]);
  expect(decidingPaths(['uv.lock'])).toEqual([]);
  expect(placedCaches(['uv.lock'])).toEqual([]);
});
