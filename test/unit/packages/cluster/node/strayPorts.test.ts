import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { PodPorts } from '../../../../../packages/cluster/src/network/podPorts';
import { StrayPorts } from '../../../../../packages/cluster/src/node/strayPorts';

const pod = { metadata: { uid: 'u', name: 'web-1' } };
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function makeStrays() {
  const ports = new PodPorts(new FreePorts());
  await ports.prepare('u', [3000]);
  const given = ports.real('u', 3000);
  const state: {
    stray: number | undefined;
    holder: string | undefined | Promise<string | undefined>;
    asked: number;
    told: (string | undefined)[];
  } = { stray: 5173, holder: undefined, asked: 0, told: [] };
  const strays = new StrayPorts({
    ports,
    waitMs: 10,
    stray: () => state.stray,
    holder: async () => {
      state.asked++;
      return state.holder;
    },
    tell: (_, text) => Promise.resolve(void state.told.push(text)),
  });
  const find = () => strays.find(pod, { name: 'web' }, 3000);
  return { ports, given, state, strays, find };
}

describe('a program that does not heed PORT', () => {
  it('is reached where it listens, and its pod says so', async () => {
    const { ports, given, state, find } = await makeStrays();
    expect(await find()).toBe(true);
    expect(ports.real('u', 3000)).toBe(5173);
    expect(state.told).toEqual([`listens on 5173, not on its PORT ${given}`]);
    expect(await find()).toBe(false);
  });

  it('is not where that is in doubt, or where another pod listens', async () => {
    const { ports, given, state, find } = await makeStrays();
    state.stray = undefined;
    expect(await find()).toBe(false);
    Object.assign(state, { stray: 5173, holder: 'web of worktree-other' });
    expect(await find()).toBe(false);
    expect([ports.real('u', 3000), state.told]).toEqual([given, []]);
  });

  it('keeps no probe waiting where looking for others takes long: the answer is for the next one, and only for that', async () => {
    const { ports, given, state, find } = await makeStrays();
    let resolve: (holder: string) => void = () => undefined;
    state.holder = new Promise<string>((known) => (resolve = known));
    expect([await find(), await find(), ports.real('u', 3000)]).toEqual([false, false, given]);
    resolve('web of worktree-other');
    await new Promise((done) => setImmediate(done));
    expect([await find(), state.asked]).toEqual([false, 1]);
    state.holder = undefined;
    expect([await find(), state.asked, ports.real('u', 3000)]).toEqual([true, 2, 5173]);
  });

  it('is reached at its PORT again as soon as it listens there, and after a restart', async () => {
    const { ports, given, state, strays, find } = await makeStrays();
    await find();
    await strays.settle(pod, 3000);
    expect(ports.real('u', 3000)).toBe(5173);
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(given, '127.0.0.1', resolve));
    expect((server.address() as AddressInfo).port).toBe(given);
    await strays.settle(pod, 3000);
    expect([ports.real('u', 3000), state.told.at(-1)]).toEqual([given, undefined]);
    server.close();
    await find();
    await ports.prepare('u', [3000]);
    expect(ports.real('u', 3000)).toBe(ports.given('u', 3000));
  });
});
