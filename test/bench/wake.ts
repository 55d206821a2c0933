import { request } from 'node:http';
import type { Run } from '../../src/app/run/run';
import { median, timed, type Bench } from './figure';
import { measuredCreate } from './measuredCreate';
import { servicesByHand } from './servicesByHand';
import { makeWorkplace } from './workplace';

/** How long whoever asks for a page of an environment that sleeps waits for it, beside the same services started by hand. */
export const wake: Bench = {
  name: 'wake',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    try {
      const { product, repository, env } = workplace;
      const { result } = await measuredCreate(product, repository, 'bench/sleeper');
      const { path } = result.worktree;
      const variables = await product.environments.variables(path, AbortSignal.timeout(10_000));
      const port = await product.clusters.gatewayPort();
      if (port === undefined || variables?.['DATABASE_URL'] === undefined) throw new Error(`${path} is not whole`);
      const sleep = () => product.environments.sleep({ folder: path, path }, silently());
      const pairs: { readonly request: number; readonly byHand: number }[] = [];
      for (let i = -1; i < (quick ? 2 : 9); i++) {
        await sleep();
        const byHand = await servicesByHand(path, { ...env, ...variables }, 'listening');
        const answered = await timed(() => ask(port, result.identity.names.host));
        await product.environments.wake({ folder: path, path }, silently());
        // What the first run reads from the disk the others find in memory.
        if (i >= 0) pairs.push({ request: answered, byHand });
      }
      return [
        {
          name: 'The first request to an environment that sleeps is answered',
          unit: 'ms',
          value: median(pairs.map((pair) => pair.request)),
          runs: pairs.length,
          yardstick: {
            name: "its services' own start, by hand",
            value: median(pairs.map((pair) => pair.byHand)),
          },
          ratio: median(pairs.map((pair) => pair.request / pair.byHand)),
          goals: [{ kind: 'ratio', most: 1.3 }],
        },
      ];
    } finally {
      await workplace.dispose();
    }
  },
};

function ask(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { Host: `${host}:${port}` };
    const call = request({ host: '127.0.0.1', port, path: '/api/worktree', headers, agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`the gateway answered ${answer.statusCode}`));
      });
    });
    call.once('error', reject);
    call.end();
  });
}

function silently(): Run {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined };
}
