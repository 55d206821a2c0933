import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { CreatedJson, ErrorJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface EveryJson {
  readonly environments: readonly { readonly namespace: string; readonly worktree: string; readonly health: string }[];
}

it('environments of a repository that was removed are listed and deleted from anywhere', async () => {
  const world = await CliWorld.create();
  try {
    const { path } = await world.json<CreatedJson>(['create', 'topic']);
    const elsewhere = { cwd: world.folder };
    const list = async () => {
      const { environments } = await world.json<EveryJson>(['list', '--all'], elsewhere);
      return environments.map(({ namespace, health, worktree }) => [namespace, health, worktree]);
    };
    expect(await list()).toEqual([['worktree-topic', 'healthy', 'claimed']]);
    const claimed = await world.cli(['delete', '--namespace', 'worktree-topic'], elsewhere);
    expect(claimed).toMatchObject({ code: 9, stdout: '' });
    expect(claimed.stderr).toContain(`"coppice delete topic" in ${world.repository}`);

    // The worktree's folder stays where it is, and leads to nothing any more.
    await rm(world.repository, { recursive: true });
    expect(await list()).toEqual([['worktree-topic', 'healthy', 'gone']]);
    const inWorktree = await world.cli(['list'], { cwd: path });
    expect(inWorktree).toMatchObject({ code: 8, stdout: '' });
    expect(inWorktree.stderr).toContain('was a worktree of a repository that is not there any more');
    await rm(dirname(path), { recursive: true });
    const table = await world.cli(['list', '--all'], elsewhere);
    expect(table.stdout).toMatch(/^worktree-topic +Healthy +gone +topic +\S+topic$/m);

    // The sample's worker writes from its start on.
    const asked = await world.cli(['delete', '--namespace', 'worktree-topic', '--json'], elsewhere);
    expect(asked.code).toBe(9);
    expect((JSON.parse(asked.stdout) as ErrorJson).error.losses.map(({ kind }) => kind)).toEqual(['database']);
    const deleted = await world.cli(['delete', '--namespace', 'worktree-topic', '--discard', 'database'], elsewhere);
    expect(deleted).toMatchObject({ code: 0, stdout: 'worktree-topic: environment deleted\n' });
    expect(await list()).toEqual([]);
    expect((await world.objects('/api/v1/namespaces')).filter((name) => name.startsWith('worktree-'))).toEqual([]);
    const { databases, roles } = await world.databases();
    expect([...databases, ...roles].filter((name) => name.startsWith('wt_'))).toEqual([]);
    const { code } = await world.cli(['delete', '--namespace', 'worktree-topic'], elsewhere);
    expect(code).toBe(8);

    expect((await world.cli(['cluster', 'stop'], elsewhere)).code).toBe(0);
    expect(await world.processes()).toEqual([]);
    const stopped = await world.cli(['list', '--all'], elsewhere);
    expect(stopped).toMatchObject({ code: 5, stdout: '' });
    expect(stopped.stderr).toContain('"coppice cluster start" starts it.');
  } finally {
    await world.dispose();
  }
}, 120_000);
