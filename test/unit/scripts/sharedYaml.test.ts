import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as library from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundles } from '../../../scripts/bundles.mjs';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-yaml-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the reader beside both programs offers all that the library does, and reads the same', async () => {
  await build({ ...bundles.yaml, outdir: folder, outExtension: { '.js': '.mjs' } });
  const shared: typeof library = await import(pathToFileURL(join(folder, 'yaml.mjs')).href);
  expect(Object.keys(shared).sort()).toEqual(
    Object.keys(library)
      .filter((name) => !['default', 'module.exports'].includes(name))
      .sort(),
  );
  expect(shared.parse('a: [1, &x {b: c}, *x]')).toEqual({ a: [1, { b: 'c' }, { b: 'c' }] });
});

it('each program imports it from where it lies, and what is bundled for another place has its own', async () => {
  for (const [name, path] of [
    ['cluster', './yaml.js'],
    ['product', '../yaml.js'],
  ] as const) {
    const entry = join(folder, 'program.ts');
    await writeFile(entry, "import { parse } from 'yaml';\nconsole.log(parse('a: 1'));\n");
    const options = { ...bundles[name], entryPoints: { program: entry }, sourcemap: false, write: false } as const;
    const inDist = await build({ ...options, splitting: false });
    const [output] = Object.values(inDist.metafile.outputs);
    expect(output?.imports).toContainEqual({ path, kind: 'import-statement', external: true });
    const elsewhere = await build({ ...options, splitting: false, nodePaths: ['node_modules'], outdir: folder });
    const [other] = Object.values(elsewhere.metafile.outputs);
    expect(other?.imports.filter((one) => one.path.endsWith('yaml.js'))).toEqual([]);
    expect(other?.bytes).toBeGreaterThan(100_000);
  }
});
