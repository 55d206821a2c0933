import { relative } from 'node:path';
import type { Bench } from './figure';
import { packageSizes } from './packageSizes';
import { wholeClientNode } from './wholeClientNode';

/** What a person downloads, and what an editor reads when it activates the extension. */
export const sizes: Bench = {
  name: 'sizes',
  async run({ root }) {
    const { activated, page, vsix, kilobytes } = await packageSizes(root);
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
        goals: [{ kind: 'value', most: 150 }],
      },
      {
        name: "Size: script and style of the dashboard's page",
        unit: 'KB',
        value: page,
        runs: 1,
        goals: [{ kind: 'value', most: 300 }],
      },
      {
        name: 'Size: the .vsix',
        unit: 'KB',
        value: vsix,
        runs: 1,
        goals: [{ kind: 'value', most: 1536 }],
      },
    ];
  },
};
