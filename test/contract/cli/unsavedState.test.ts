import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld } from './cliWorld';

it('a create that the cluster cannot save is no success, and the next one changes nothing', async () => {
  const world = await CliWorld.create();
  try {
    const state = join(world.home, 'cluster', 'state.json');
    const note = async (): Promise<string | null> =>
      (await world.json<{ note: string | null }>(['cluster', 'status'])).note;
    await world.json(['cluster', 'start']);
    expect(await note()).toBeNull();
    // What no rename replaces stands for a disk that is full or a folder that may not be written.
    await rm(state, { force: true });
    await mkdir(join(state, 'in the way'), { recursive: true });

    const made = await world.cli(['create', 'main']);
    expect(made.code).toBe(10);
    expect(made.stdout).toContain('The cluster cannot save its state');
    expect(made.stdout).toContain(state);
    expect(await note()).toContain('The cluster cannot save its state');
    // Whoever looks at environments is told it as well.
    expect((await world.cli(['list'])).stdout).toContain('The cluster cannot save its state');
    expect(await world.json(['status', 'main'])).toMatchObject({
      stateTrouble: expect.stringContaining('The cluster cannot save its state'),
    });

    const before = await world.everything();
    const refused = await world.cli(['create', 'topic']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('The cluster cannot save its state');
    expect(await world.everything()).toEqual(before);

    await rm(state, { recursive: true });
    expect(await note()).toBeNull();
    await until(async () => (await stat(state)).isFile());
  } finally {
    await world.dispose();
  }
}, 120_000);
