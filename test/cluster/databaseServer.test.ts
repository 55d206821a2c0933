import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateResult } from '../../src/app/environment/requests';
import { relayedFrom } from '../support/databaseRelay';
import { RealWorld } from '../support/realWorld';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('a database server at addresses that pods or this machine do not reach');

// The two addresses of the database server: this machine's and the pods', of which either may be wrong.
describe('The database server of a real Kubernetes', { timeout: 120_000 }, () => {
  let world: RealWorld;
  let created: CreateResult;
  beforeAll(async () => {
    world = await RealWorld.create();
  });
  afterAll(async () => {
    await world?.dispose();
  });

  const run = { signal: AbortSignal.timeout(120_000), report: () => undefined };
  const check = () => world.product.databases.checkServer({ folder: created.worktree.path }, run);

  test('is refused before anything is made when pods can by no means reach it', async () => {
    const { now } = world.settings;
    const before = await world.owned();
    for (const settings of [{ 'postgres.url': '' }, {}]) {
      world.settings.now = { ...now, ...settings, 'postgres.podAddress': '' };
      await expect(world.create('refused')).rejects.toMatchObject({ code: 'notConfigured' });
    }
    expect(await world.owned()).toEqual(before);
    expect(await world.git('branch', '--list', 'refused')).toBe('');
    world.settings.now = now;
  });

  test('at an address that pods do not reach is told as such', async () => {
    const { now } = world.settings;
    const [host] = world.relay.address.split(':');
    // Nothing listens on the discard port of this machine.
    world.settings.now = { ...now, 'postgres.podAddress': `${host}:9` };
    created = await world.create('two-addresses');
    expect(created.ready).toBe(false);
    expect(created.notes).toContain(
      `This machine reaches the database server, but pods do not, at ${host}:9: see coppice.postgres.podAddress.`,
    );
    expect(await check()).toEqual({
      machine: { state: 'reached', detail: 'connected' },
      pods: {
        state: 'failed',
        detail: expect.stringMatching(new RegExp(`^at ${host}:9: web: .*ECONNREFUSED`)),
        setting: 'postgres.podAddress',
      },
    });
    world.settings.now = now;
  });

  test('is told to be reached by the sessions that it has from pods, once the address is right', async () => {
    const updated = await world.update(created.worktree.path);
    expect(updated.ready).toBe(true);
    // The program has a session only while it answers.
    const asked = world.reach(updated, 'web', async (url) => {
      const ask = async (): Promise<void> => {
        for (let i = 0; i < 20; i++) await (await fetch(url, { method: 'POST' })).text();
      };
      return until(async () => {
        const asking = ask();
        const result = await check();
        await asking;
        return result.pods.state === 'reached' && result;
      }, 60_000);
    });
    expect(await asked).toEqual({
      machine: { state: 'reached', detail: 'connected' },
      pods: { state: 'reached', detail: `sessions from ${relayedFrom}` },
    });
  });

  test('that this machine does not reach is told as such, and nothing is made', async () => {
    const { now } = world.settings;
    world.settings.now = { ...now, 'postgres.url': 'postgresql://nobody@127.0.0.1:9/' };
    const before = await world.owned();
    await expect(world.create('refused')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(
        /^This machine does not reach the server of coppice\.postgres\.url\. .*ECONNREFUSED/,
      ),
    });
    expect(await world.owned()).toEqual(before);
    expect((await check()).machine).toMatchObject({ state: 'failed', setting: 'postgres.url' });
    world.settings.now = now;
    await world.delete(created);
  });
});
