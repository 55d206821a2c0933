import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultSettings } from '../../../src/core/settings';
import { wireMachine } from '../../../src/wiring/wireMachine';
import { GitRepository } from '../../support/gitRepository';
import { silentLog } from '../../support/kubernetesHarness';

it('the folder of worktrees that a cluster’s nodes show is left to them: what they show would be another one', async () => {
  const git = await GitRepository.create();
  try {
    const { git: wired, localRecords } = wireMachine({
      root: join(import.meta.dirname, '..', '..', '..'),
      env: git.env,
      execPath: process.execPath,
      settings: () => ({ ...defaultSettings, home: join(git.folder, 'home') }),
      postgresPassword: () => Promise.resolve(undefined),
      log: silentLog,
    });
    const { worktrees } = await wired();
    const repository = await worktrees.repository(git.root);
    const parent = join(git.folder, 'repo.worktrees');
    const makeAndRemove = async (branch: string): Promise<boolean> => {
      const folder = join(parent, branch);
      const worktree = await worktrees.add(repository, { kind: 'new', branch, base: 'main', folder });
      await worktrees.remove(repository, worktree, []);
      return existsSync(parent);
    };
    const records = await localRecords();
    await records.write({
      ...{ version: 1, name: 'coppice', mark: 'm', state: 'creating', httpPort: 8081, registry: 'localhost:5001' },
      ...{ access: undefined, createdAt: '2026-01-01T00:00:00Z' },
      folders: [git.root, parent].map((folder) => ({ folder, inNodes: folder })),
    });
    expect(await makeAndRemove('shown')).toBe(true);
    await records.remove('coppice');
    expect(await makeAndRemove('alone')).toBe(false);
  } finally {
    await git.dispose();
  }
}, 60_000);
