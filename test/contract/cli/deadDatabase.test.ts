import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAlive, until } from '../../support/until';
import { CliWorld } from './cliWorld';

it('a database server that dies is started again, the status tells the truth of it, and a stop stays', async () => {
  const world = await CliWorld.create();
  try {
    await world.json(['create', 'main']);
    const visits = `http://main.localhost:${world.gatewayPort}/api/visits`;
    const { text: before } = await world.fetch(visits, { method: 'POST' });
    const status = () => world.json<{ databaseServer: string | null }>(['cluster', 'status']);
    expect(await status()).toMatchObject({ running: true, databaseServer: 'running' });
    const server = join(world.postgres.folder, 'server', 'data', 'postmaster.pid');
    const pidOf = async (): Promise<number> => Number((await readFile(server, 'utf8').catch(() => '')).split('\n')[0]);
    const pid = await pidOf();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));

    await until(async () => (await world.postgres.probe()) !== undefined, 60_000);
    expect(await pidOf()).not.toBe(pid);
    expect(await status()).toMatchObject({ running: true, databaseServer: 'running' });
    await until(async () => {
      const { status: code, text } = await world.fetch(visits);
      return code === 200 && text === before;
    }, 60_000);

    expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
    expect(await world.processes()).toEqual([]);
    expect(await world.postgres.probe()).toBeUndefined();
  } finally {
    await world.dispose();
  }
}, 240_000);
