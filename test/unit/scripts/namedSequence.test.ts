import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { bundles } from '../../../scripts/bundles.mjs';

it('the class of a sequence keeps the name that certificates are read by, and others are shortened', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-names-'));
  try {
    await build({
      ...bundles.cluster,
      entryPoints: { asn1js: 'asn1js' },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
    });
    const { Sequence, Integer } = await import(pathToFileURL(join(folder, 'asn1js.mjs')).href);
    expect(new Sequence().constructor.name).toBe('Sequence');
    expect(new Integer().constructor.name).not.toBe('Integer');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
