import { execFile } from 'node:child_process';
import { CommandLine } from './against/commandLine';
import { median, timed, type Bench } from './figure';
import { measuredCreate } from './measuredCreate';
import { makeWorkplace } from './workplace';

/** What a person waits for who asks in a terminal what runs, against the shortest answer that the same program can give. */
export const terminal: Bench = {
  name: 'terminal',
  async run({ root, quick }) {
    const { product, repository, env, dispose } = await makeWorkplace(root);
    try {
      for (const name of ['one', 'two', 'three']) await measuredCreate(product, repository, `bench/${name}`);
      const coppice = new CommandLine(root, repository, env);
      const runs = quick ? 3 : 25;
      const measured = { list: [] as number[], version: [] as number[], node: [] as number[] };
      for (let i = -1; i < runs; i++) {
        const list = await timed(() => coppice.run(['list']));
        const version = await timed(() => coppice.run(['--version']));
        const node = await timed(() => bareNode(env));
        if (i < 0) continue;
        measured.list.push(list);
        measured.version.push(version);
        measured.node.push(node);
      }
      const list = {
        name: 'coppice list, with three environments',
        unit: 'ms',
        value: median(measured.list),
        runs,
      } as const;
      const version = { name: 'coppice --version', value: median(measured.version) };
      return [
        { ...list, yardstick: version, goals: [{ kind: 'ratio', most: 2.2 }] },
        {
          ...version,
          unit: 'ms',
          runs,
          yardstick: { name: 'a start of Node.js', value: median(measured.node) },
          goals: [],
        },
      ];
    } finally {
      await dispose();
    }
  },
};

function bareNode(env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--eval', '0'], { env }, (error) => (error ? reject(error) : resolve()));
  });
}
