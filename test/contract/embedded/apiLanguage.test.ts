import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const store = fileURLToPath(new URL('../../../packages/cluster/src/store/objectStore.ts', import.meta.url));

/** Two objects whose keys are one where punctuation does not count. */
const program = `
  import { Cluster } from '@ngrok/webernetes';
  import { ObjectStore } from ${JSON.stringify(store)};
  const cluster = new Cluster({ nodes: 1 });
  const objects = await ObjectStore.open(cluster);
  await cluster.init();
  for (const [namespace, name] of [['a', 'bc'], ['ab', 'c']]) {
    await objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } });
  }
  const names = objects.list('ConfigMap').items.map(({ metadata }) => metadata.namespace + '/' + metadata.name);
  console.log(JSON.stringify({ collide: '/a/bc'.localeCompare('/ab/c') === 0, names }));
  process.exit(0);
`;

// Elsewhere the language is not taken from the environment.
describe.skipIf(process.platform !== 'linux')('the store where punctuation does not count between words', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-language-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keeps keys apart', async () => {
    const outfile = join(folder, 'program.mjs');
    const resolveDir = fileURLToPath(new URL('.', import.meta.url));
    await build({
      stdin: { contents: program, resolveDir },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
    });
    const env = { ...process.env, LC_ALL: 'th_TH.UTF-8' };
    const { stdout, stderr } = spawnSync(process.execPath, [outfile], { env, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ collide: true, names: ['a/bc', 'ab/c'] });
  });
});
