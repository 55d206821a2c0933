import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { closureOf } from '../../scripts/closure.mjs';

/** Kilobytes, all of them. */
export interface PackageSizes {
  /** extension.js and what it imports statically. */
  readonly activated: number;
  /** Script and style of the dashboard's page. */
  readonly page: number;
  readonly vsix: number;
  /** @param files relative to the same folder */
  readonly kilobytes: (files: readonly string[]) => Promise<number>;
}

/** @param root a clone that was built and packaged */
export async function packageSizes(root: string): Promise<PackageSizes> {
  const metafile: Metafile = JSON.parse(await readFile(join(root, 'out', 'meta', 'product.json'), 'utf8'));
  const { name, version }: { name: string; version: string } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const kilobytes = async (files: readonly string[]): Promise<number> => {
    const all = await Promise.all(files.map((file) => stat(join(root, file))));
    return all.reduce((sum, { size }) => sum + size, 0) / 1024;
  };
  return {
    activated: await kilobytes(closureOf(metafile, 'src/extension.ts', 'static')),
    page: await kilobytes(['dashboard.js', 'style.css'].map((file) => join('dist', 'webview', file))),
    vsix: await kilobytes([join('out', `${name}-${version}.vsix`)]),
    kilobytes,
  };
}
