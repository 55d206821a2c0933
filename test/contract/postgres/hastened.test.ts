import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hastened } from '../../../src/adapters/postgres/hastened';
import { mountedFolder, noMount } from '../../support/reflinkFolder';
import { until } from '../../support/until';

const hastenedFile = join(import.meta.dirname, '../../../src/adapters/postgres/hastened.ts');
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

test.skipIf(noMount('btrfs'))('who is killed meanwhile leaves nothing that goes on', async () => {
  const mounted = mountedFolder('btrfs', 320);
  try {
    const outfile = join(mounted.path, 'hastened.mjs');
    const contents = `import { hastened } from ${JSON.stringify(hastenedFile)}; hastened(${JSON.stringify(mounted.path)}, () => new Promise(() => setInterval(() => {}, 1000)));`;
    const bundle = { bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' } as const;
    await build({ ...bundle, stdin: { contents, resolveDir: import.meta.dirname } });
    const child = spawn(process.execPath, [outfile], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until(() => commanded(mounted.path).length > 0);
    child.kill('SIGKILL');
    await ended;
    await until(() => commanded(mounted.path).length === 0);
  } finally {
    mounted.dispose();
  }
});

/** The processes that were started with a word. */
function commanded(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const words = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0');
      return words.includes(word) && words.includes('sh');
    } catch {
      return false;
    }
  });
}

test('elsewhere the work is done, and no more', async () => {
  expect(await hastened(tmpdir(), async () => 'done')).toBe('done');
  await expect(hastened('/nowhere', () => Promise.reject(new Error('It failed.')))).rejects.toThrow('It failed.');
});
