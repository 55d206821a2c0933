import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import { GitRepository } from '../../support/gitRepository';

/* Somebody comes into a folder after it was looked at, and before git makes a worktree there. */

let git: GitRepository;
let repository: Repository;
let tip: string;
beforeEach(async () => {
  git = await GitRepository.create();
  const worktrees = new GitWorktrees(git.env);
  repository = await worktrees.recordRepository(await worktrees.repository(git.root));
  tip = await git.git('rev-parse', 'HEAD');
});
afterEach(() => git.dispose());

const folder = (): string => join(git.folder, 'w', 'topic');

/** @param what is run in the folder when git is to make a worktree there */
async function lateEnv(what: string): Promise<NodeJS.ProcessEnv> {
  const tools = join(git.folder, 'tools');
  await mkdir(tools);
  const real = `PATH=${JSON.stringify(git.env['PATH'])} git`;
  const script = `#!/bin/sh
case " $* " in *" worktree add "*) mkdir -p ${folder()}; (cd ${folder()}; ${what}) || exit 1 ;; esac
${real} "$@"
`;
  await writeFile(join(tools, 'git'), script, { mode: 0o755 });
  return { ...git.env, PATH: `${tools}:${git.env['PATH'] ?? ''}` };
}

describe.skipIf(process.platform === 'win32').each(['absent', 'empty'])('in a folder that was %s', (before) => {
  beforeEach(async () => void (before === 'empty' && (await mkdir(folder(), { recursive: true }))));

  const add = {
    worktree: async (env: NodeJS.ProcessEnv) =>
      new GitWorktrees(env).add(repository, { kind: 'new', branch: 'topic', base: 'main', folder: folder() }),
    spare: async (env: NodeJS.ProcessEnv) =>
      new GitSpares(env).add(repository, {
        folder: folder(),
        record: {
          ...{ version: 1, id: '0123456789ab', repositoryId: repository.id, commit: tip },
          ...{ state: 'making', has: 'checkout', digest: 'none', ignored: [] },
        },
      }),
  };

  it.each(['worktree', 'spare'] as const)('a file of somebody’s stays when the %s is not made', async (what) => {
    await expect(add[what](await lateEnv('echo mine > notes'))).rejects.toThrow(/was not made/);
    expect(await readFile(join(folder(), 'notes'), 'utf8')).toBe('mine\n');
    expect(await git.git('branch', '--format=%(refname:short)')).toBe('main');
  });

  it.each(['worktree', 'spare'] as const)('a clone that has just begun stays when the %s is not made', async (what) => {
    await expect(add[what](await lateEnv('mkdir .git; echo mine > .git/notes'))).rejects.toThrow(/was not made/);
    expect(await readFile(join(folder(), '.git', 'notes'), 'utf8')).toBe('mine\n');
  });

  it.each(['worktree', 'spare'] as const)('nothing is left when the %s is not made and nobody came', async (what) => {
    await expect(add[what](await lateEnv('exit 1'))).rejects.toThrow();
    expect(await readdir(join(git.folder, 'w')).catch(() => [])).toEqual(
      what === 'worktree' && before === 'empty' ? ['topic'] : [],
    );
  });
});
