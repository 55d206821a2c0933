import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, type Bench } from './figure';
import { wholeClientNode } from './wholeClientNode';

const run = promisify(execFile);

interface Loaded {
  /** Milliseconds from before the import until after activate(). */
  readonly ms: number;
  /** Files that were loaded meanwhile. */
  readonly files: readonly string[];
}

/** What an editor's extension host does at the first use of the extension, each time in a fresh process. */
export const activation: Bench = {
  name: 'activation',
  async run({ root, quick, env }) {
    const client = await wholeClientNode(root);
    const child = join(root, 'out', 'bench', 'loadOnce.js');
    const load = async (file: string): Promise<Loaded> => {
      const { stdout } = await run(process.execPath, [child, file, root], { env });
      return JSON.parse(stdout);
    };
    const runs = quick ? 3 : 21;
    const own: number[] = [];
    const theirs: number[] = [];
    for (let i = -1; i < runs; i++) {
      const extension = await load(join(root, 'dist', 'extension.js'));
      const whole = await load(client);
      if (i < 0) continue;
      own.push(extension.ms);
      theirs.push(whole.ms);
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
          { kind: 'ratio', most: 0.2 },
        ],
      },
    ];
  },
};
