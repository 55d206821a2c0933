import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { resources } from '../../../../../packages/cluster/src/schema/resources';
import type { ObjectEvent } from '../../../../../packages/cluster/src/store/eventLog';
import type { ObjectStore } from '../../../../../packages/cluster/src/store/objectStore';
import { streamWatch } from '../../../../../packages/cluster/src/streams/watchResponse';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const configMaps = resources.find(({ kind }) => kind === 'ConfigMap');

/** A watch whose connection stays open until it is closed, as one does whose other end is slow. */
function watched(query: Readonly<Record<string, string>>) {
  if (!configMaps) throw new Error('There are no ConfigMaps.');
  const listeners = new Set<(event: ObjectEvent) => void>();
  const subscribe = (listener: (event: ObjectEvent) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const objects = { resourceVersion: '7', subscribe, list: () => ({ items: [] }) };
  const lines: string[] = [];
  const errors: Error[] = [];
  const stream = new Writable({
    autoDestroy: false,
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()).type as string);
      done();
    },
  });
  stream.on('error', (error) => errors.push(error));
  const response = Object.assign(stream, { writeHead: () => undefined, flushHeaders: () => undefined });
  streamWatch(
    objects as unknown as ObjectStore,
    {
      resource: configMaps,
      query: new URLSearchParams(query),
      representation: { as: 'Object', apiVersion: 'v1' },
    },
    response as unknown as ServerResponse,
  );
  const happens = (): void => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '8' } };
    for (const listener of listeners) listener({ type: 'ADDED', kind: 'ConfigMap', revision: 8, object });
  };
  return { lines, errors, happens, listeners, stream };
}

it.each([60, 240, 300])(
  'a watch of %s seconds writes nothing once it has ended: that would end the cluster',
  async (seconds) => {
    const { lines, errors, happens, listeners, stream } = watched({
      ...{ watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(seconds) },
    });
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    happens();
    expect(lines).toEqual([...Array<string>(seconds / 60 - 1).fill('BOOKMARK'), 'ADDED']);
    await vi.advanceTimersByTimeAsync(120_000);
    happens();
    await vi.advanceTimersByTimeAsync(1);
    expect(errors).toEqual([]);
    expect(stream.writableEnded).toBe(true);
    expect(lines.at(-1)).toBe('BOOKMARK');
    expect(listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  },
);

it('a watch whose client leaves hears nothing more', async () => {
  const { lines, happens, listeners, stream } = watched({ watch: 'true', allowWatchBookmarks: 'true' });
  stream.emit('close');
  happens();
  await vi.advanceTimersByTimeAsync(4_000_000);
  expect([lines, listeners.size, vi.getTimerCount()]).toEqual([[], 0, 0]);
});
