import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Metafile } from 'esbuild';
import { closureOf } from '../../scripts/closure.mjs';
import type { Bench } from './figure';
import { wholeClientNode } from './wholeClientNode';

/** What a person downloads, and what an editor reads when it activates the extension. */
export const sizes: Bench = {
  name: 'sizes',
  async run({ root }) {
    const metafile: Metafile = JSON.parse(await readFile(join(root, 'out', 'meta', 'product.json'), 'utf8'));
    const { name, version }: { name: string; version: string } = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    );
    const kilobytes = async (files: readonly string[]): Promise<number> => {
      const all = await Promise.all(files.map((file) => stat(join(root, file))));
      return all.reduce((sum, { size }) => sum + size, 0) / 1024;
    };
    const activated = await kilobytes(closureOf(metafile, 'src/extension.ts', 'static'));
    return [
      {
        name: 'Size: extension.js and what it imports statically',
        unit: 'KB',
        value: activated,
        runs: 1,
        yardstick: {
          name: 'the whole client-node',
          value: await kilobytes([relative(root, await wholeClientNode(root))]),
        },
        goals: [{ kind: 'value', most: 250 }],
      },
      {
        name: "Size: script and style of the dashboard's page",
        unit: 'KB',
        value: await kilobytes(['dashboard.js', 'style.css'].map((file) => join('dist', 'webview', file))),
        runs: 1,
        goals: [{ kind: 'value', most: 300 }],
      },
      {
        name: 'Size: the .vsix',
        unit: 'KB',
        value: await kilobytes([join('out', `${name}-${version}.vsix`)]),
        runs: 1,
        goals: [{ kind: 'value', most: 1536 }],
      },
    ];
  },
};
