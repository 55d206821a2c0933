import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hastened } from '../../../src/adapters/postgres/hastened';
import { mountedFolder, noMount } from '../../support/reflinkFolder';
import { until } from '../../support/until';

const kernel = '/sys/fs/btrfs';

/** How often each file system of the kind that is mounted here was committed. */
function commits(): Map<string, number> {
  const found = readdirSync(kernel).flatMap((id): [string, number][] => {
    try {
      return [[id, Number(/commits (\d+)/.exec(readFileSync(join(kernel, id, 'commit_stats'), 'utf8'))?.[1])]];
    } catch {
      return [];
    }
  });
  return new Map(found);
}

test.skipIf(noMount('btrfs'))(
  'a Btrfs is committed again and again while the work lasts, and not afterwards',
  async () => {
    const others = new Set(commits().keys());
    const mounted = mountedFolder('btrfs', 320);
    const own = () => [...commits()].find(([id]) => !others.has(id))?.[1] ?? 0;
    try {
      let written = 0;
      const write = (): void => writeFileSync(join(mounted.path, `file-${written++}`), 'x'.repeat(100_000));
      const value = await hastened(mounted.path, async () => {
        const before = own();
        // By itself it does so every 30 s.
        await until(() => {
          write();
          return own() >= before + 3;
        });
        return 'done';
      });
      expect(value).toBe('done');
    } finally {
      mounted.dispose();
    }
  },
);

test('elsewhere the work is done, and no more', async () => {
  expect(await hastened(tmpdir(), async () => 'done')).toBe('done');
  await expect(hastened('/nowhere', () => Promise.reject(new Error('It failed.')))).rejects.toThrow('It failed.');
});
