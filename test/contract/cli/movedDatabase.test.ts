import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld } from './cliWorld';

it('services find their databases again after another program took the port of PostgreSQL', async () => {
  const world = await CliWorld.create();
  const taker = createServer();
  try {
    await world.json(['create', 'main']);
    const visits = `http://main.localhost:${world.gatewayPort}/api/visits`;
    const { text: before } = await world.fetch(visits, { method: 'POST' });
    expect(before).toContain('visits');
    const { url = '' } = (await world.postgres.probe()) ?? {};
    expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
    taker.listen(Number(new URL(url).port), '127.0.0.1');
    await once(taker, 'listening');

    const { code, stderr } = await world.cli(['cluster', 'start']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("Renew the database's address in worktree-main") as string,
    });
    const after = await until(async () => {
      const { status, text } = await world.fetch(visits);
      return status === 200 ? text : undefined;
    }, 30_000);
    expect(after).toBe(before);
    expect((await world.cli(['cluster', 'start'])).stderr).toBe('');
  } finally {
    taker.close();
    await world.dispose();
  }
}, 120_000);
