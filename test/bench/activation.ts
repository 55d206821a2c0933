import { join } from 'node:path';
import { loadInProcess } from './loadInProcess';
import { median, type Bench } from './figure';
import { wholeClientNode } from './wholeClientNode';

/** What an editor's extension host does at the first use of the extension, each time in a fresh process. */
export const activation: Bench = {
  name: 'activation',
  async run({ root, quick, env }) {
    const client = await wholeClientNode(root);
    const load = (file: string): Promise<number> => loadInProcess(file, { root, env });
    const runs = quick ? 3 : 21;
    const own: number[] = [];
    const theirs: number[] = [];
    for (let i = -1; i < runs; i++) {
      const extension = await load(join(root, 'dist', 'extension.js'));
      const whole = await load(client);
      if (i < 0) continue;
      own.push(extension);
      theirs.push(whole);
    }
    return [
      {
        name: 'Activation: import and activate()',
        unit: 'ms',
        value: median(own),
        runs,
        yardstick: { name: 'import of the whole client-node', value: median(theirs) },
        goals: [
          { kind: 'value', most: 30 },
          { kind: 'ratio', most: 0.12 },
        ],
      },
    ];
  },
};
