import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostReachable } from '../../../src/adapters/exec/hostReachable';
import type { Reachable } from '../../../src/core/ports/reachable';
import { FakeReachable } from '../../support/fakes/fakeReachable';

interface Place {
  readonly reachable: Reachable;
  /** A file, and a port at which somebody takes connections. */
  readonly file: string;
  readonly port: number;
  dispose(): Promise<void>;
}

async function here(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-reach-'));
  const file = join(folder, 'file');
  await writeFile(file, 'x');
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ reachable: new HostReachable(), file, port: (server.address() as AddressInfo).port },
    dispose: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

const inMemory = async (): Promise<Place> => ({
  reachable: new FakeReachable({ '/file': { reads: true, writes: true, isSocket: false } }, ['127.0.0.1:5432']),
  ...{ file: '/file', port: 5432, dispose: async () => undefined },
});

describe.each([
  ['of this machine', here],
  ['in memory', inMemory],
])('what can be reached, %s', (_, make) => {
  let place: Place;
  beforeEach(async () => {
    place = await make();
  });
  afterEach(() => place.dispose());
  const { signal } = new AbortController();

  it('is told of files', async () => {
    expect(await place.reachable.file(place.file)).toEqual({ reads: true, writes: true, isSocket: false });
    expect(await place.reachable.file(`${place.file}/none`)).toBeUndefined();
  });

  it('is told of ports, and ends with whoever asks', async () => {
    expect(await place.reachable.listens('127.0.0.1', place.port, signal)).toBe(true);
    expect(await place.reachable.listens('127.0.0.1', 1, signal)).toBe(false);
    const over = AbortSignal.abort();
    await expect(place.reachable.listens('127.0.0.1', place.port, over)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('is what this user may, and no more', async () => {
  const { file, reachable, dispose } = await here();
  await chmod(file, 0o400);
  expect(await reachable.file(file)).toMatchObject({ reads: true, writes: false });
  await dispose();
});
