import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntryJson } from './cliJson';
import { CliWorld } from './cliWorld';

describe('what changes behind the back of an environment', { timeout: 90_000 }, () => {
  let world: CliWorld;

  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'topic']);
  }, 90_000);
  afterAll(() => world.dispose(), 60_000);

  it('a worktree that git moved is told, and brought to its new folder by another create', async () => {
    const [before, after] = [world.worktree('topic'), join(world.worktree('topic'), '..', 'elsewhere')];
    const moved = async (): Promise<unknown> => {
      const { environment } = await world.json<EntryJson & { environment: { movedFrom?: string | null } | null }>([
        'status',
        'topic',
      ]);
      return environment?.movedFrom;
    };
    expect(await moved()).toBeNull();
    await world.git('worktree', 'move', before, after);
    expect(await moved()).toBe(before);
    expect((await world.cli(['status', 'topic'])).stdout).toContain(
      `moved      its services were started for ${before}: "coppice create"`,
    );

    await world.json(['create', 'topic'], { cwd: after });
    expect(await moved()).toBeNull();
    const { items } = await world.kubernetes<{
      items: { metadata: { annotations: Record<string, string>; deletionTimestamp?: string } }[];
    }>('/api/v1/namespaces/worktree-topic/pods');
    const folders = items
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(({ metadata }) => metadata.annotations['coppice.dev/folder']);
    expect(new Set(folders)).toEqual(new Set([after]));
  });

  it('a cluster that an older Coppice started is told, with its restart as the way out', async () => {
    expect((await world.cli(['list'])).stdout).not.toContain('restarted');
    const file = join(world.home, 'cluster', 'cluster.json');
    const line = JSON.parse(await readFile(file, 'utf8')) as { version: string; contract: number };
    expect(line.contract).toBeGreaterThan(0);
    await writeFile(file, JSON.stringify({ ...line, version: '0.0.1' }));
    const note = `The embedded cluster still runs version 0.0.1; restarted, it is ${line.version}.`;
    expect((await world.cli(['list'])).stdout).toContain(note);
    expect((await world.cli(['status', 'topic'])).stdout).toContain(note);
    expect(await world.json(['list'])).toMatchObject({ outdatedCluster: { running: '0.0.1', own: line.version } });
    // Also one of the same version that knows less, as a build of today and one of yesterday: nothing is made in it.
    await writeFile(file, JSON.stringify({ ...line, contract: undefined }));
    expect((await world.cli(['list'])).stdout).toContain('of an older build; restarted');
    const cwd = join(world.worktree('topic'), '..', 'elsewhere');
    for (const refused of [await world.cli(['create', 'other']), await world.cli(['create'], { cwd })])
      expect(refused).toMatchObject({ code: 9, stderr: expect.stringContaining('an older build of Coppice') });
    expect((await world.cli(['list'])).stdout).not.toContain('other');
    await world.cli(['cluster', 'stop']);
    await world.cli(['cluster', 'start']);
    expect((await world.cli(['list'])).stdout).not.toContain('restarted');
  });
});
