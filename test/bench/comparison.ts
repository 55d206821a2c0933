import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, timed, type Bench } from './figure';
import { measuredCreate } from './measuredCreate';
import { makeWorkplace } from './workplace';

const run = promisify(execFile);
const branches = ['bench/one', 'bench/two', 'bench/three'];

/** How long whoever compares three attempts of a task in a terminal waits, beside the same program's list of them. */
export const comparison: Bench = {
  name: 'comparison',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    try {
      const { product, repository, env } = workplace;
      for (const branch of branches) await measuredCreate(product, repository, branch);
      const coppice = (...args: string[]) =>
        run(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { cwd: repository, env });
      const pairs: { readonly compare: number; readonly list: number }[] = [];
      for (let i = -1; i < (quick ? 2 : 9); i++) {
        const list = await timed(() => coppice('list', '--json'));
        let told = '';
        const compare = await timed(async () => (told = (await coppice('compare', ...branches, '--json')).stdout));
        if (/"why":"/.test(told)) throw new Error(`not all was told: ${told}`);
        // What the first run reads from the disk the others find in memory.
        if (i >= 0) pairs.push({ compare, list });
      }
      return [
        {
          name: 'Three attempts are compared in a terminal',
          unit: 'ms',
          value: median(pairs.map((pair) => pair.compare)),
          runs: pairs.length,
          yardstick: { name: 'coppice list', value: median(pairs.map((pair) => pair.list)) },
          ratio: median(pairs.map((pair) => pair.compare / pair.list)),
          goals: [{ kind: 'value', most: 2000 }],
        },
      ];
    } finally {
      await workplace.dispose();
    }
  },
};
