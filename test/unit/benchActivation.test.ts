import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { bundles, root } from '../../scripts/bundles.mjs';

it('the bench can activate the extension: its stand-in of an editor has what an activation asks for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-bench-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    const options = { ...bundles.product, sourcemap: false as const, external: ['vscode', 'pg-native'] };
    await build({ ...options, outdir: join(folder, 'dist') });
    const entryPoints = { loadOnce: 'test/bench/loadOnce.ts', vscode: 'test/bench/vscode.ts' };
    await build({ ...options, entryPoints, outdir: folder, splitting: false });
    const argv = [join(folder, 'loadOnce.js'), join(folder, 'dist', 'extension.js'), root];
    const { stdout } = await promisify(execFile)(process.execPath, argv);
    expect(JSON.parse(stdout)).toEqual({ ms: expect.any(Number), files: expect.arrayContaining([argv[1]]) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
