import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { bundles, root } from '../../../scripts/bundles.mjs';

it('the schema in the bundle is the one of the sources, and takes less of the package than its text', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-schema-'));
  try {
    const schema = join(root, 'packages', 'cluster', 'src', 'schema', 'kubernetes.json');
    await build({
      ...bundles.cluster,
      entryPoints: { schema },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
    });
    const bundled = join(folder, 'schema.mjs');
    const text = await readFile(schema);
    expect({ ...(await import(pathToFileURL(bundled).href)) }).toEqual(JSON.parse(text.toString()));
    expect(gzipSync(await readFile(bundled)).length).toBeLessThan(0.85 * gzipSync(text).length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
