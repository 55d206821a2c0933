import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { npmProject } from '../support/npmProject';
import { median, type Bench, type Figure } from './figure';
import { servicesByHand } from './servicesByHand';
import { makeWorkplace, type Workplace } from './workplace';

const run = promisify(execFile);
const fileCount = 4_000;
const file = 'version: 1\nservices: {web: {command: node server.js, port: 3000, routes: [/]}}\n';
const server = `const { createServer } = require('node:http');
createServer((_, answer) => answer.end(require('greeter'))).listen(Number(process.env.PORT), '127.0.0.1');
`;

interface Timed {
  /** The worktree's folder. */
  readonly path: string;
  /** Until the folder is there with its files. Milliseconds. */
  readonly folder: number;
  /** Until its dependencies are there as well. */
  readonly dependencies: number;
  readonly ready: number;
}

/** A create that claims a worktree which was kept ready, beside one that makes its own: in pairs, with dependencies to install. */
export const pool: Bench = {
  name: 'pool',
  async run({ root, quick }) {
    let size = 0;
    const workplace = await makeWorkplace(root, () => ({ 'pool.size': size }));
    try {
      await enlarge(workplace);
      // Starts the servers, makes the template and approves.
      await timedCreate(workplace, 'bench/first');
      const claimed: Timed[] = [];
      const plain: Timed[] = [];
      const byHand: number[] = [];
      for (let i = 0; i < (quick ? 1 : 7); i++) {
        size = 1;
        const path = await whenReady(workplace);
        const one = await timedCreate(workplace, `bench/claimed-${i}`, path);
        claimed.push(one);
        byHand.push(await servicesByHand(one.path, workplace.env, 'all', [{ script: 'server.js' }]));
        // The next one is made in the background: nothing is measured beside it.
        await whenReady(workplace);
        size = 0;
        plain.push(await timedCreate(workplace, `bench/plain-${i}`));
      }
      await workplace.product.pool.empty({ folder: workplace.repository }, silent());
      return [
        {
          ...figure('Create with the pool: the folder is there', claimed, plain, ({ folder }) => folder),
          goals: [{ kind: 'value', most: 300 }],
        },
        figure('Create with the pool: its dependencies are there', claimed, plain, ({ dependencies }) => dependencies),
        figure('Create with the pool: ready', claimed, plain, ({ ready }) => ready),
        {
          ...{ name: 'Create with the pool: ready', unit: 'ms', runs: claimed.length },
          value: median(claimed.map(({ ready }) => ready)),
          yardstick: { name: "the service's own start, by hand", value: median(byHand) },
          goals: [{ kind: 'ratio', most: 1.5 }],
        },
      ];
    } finally {
      await workplace.dispose();
    }
  },
};

function figure(
  name: string,
  claimed: readonly Timed[],
  plain: readonly Timed[],
  part: (timed: Timed) => number,
): Figure {
  return {
    ...{ name, unit: 'ms', value: median(claimed.map(part)), runs: claimed.length, goals: [] },
    yardstick: { name: 'without it', value: median(plain.map(part)) },
    ratio: median(claimed.map((one, i) => part(one) / part(plain[i] ?? one))),
  };
}

/** Files and dependencies of which a checkout and an install take their time. */
async function enlarge({ repository, env }: Workplace): Promise<void> {
  await npmProject(repository, env);
  const folder = join(repository, 'many');
  await mkdir(folder);
  for (let i = 0; i < fileCount; i++) await writeFile(join(folder, `file-${i}.txt`), `line of ${i}\n`.repeat(20));
  await writeFile(join(repository, 'server.js'), server);
  await writeFile(join(repository, 'coppice.yaml'), file);
  const git = (...argv: string[]): Promise<unknown> =>
    run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...argv], { cwd: repository, env });
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'many files and dependencies');
}

/** @returns the folder of the one that a create may claim */
async function whenReady({ product, repository }: Workplace): Promise<string> {
  for (const until = Date.now() + 180_000; Date.now() < until; await delay(200)) {
    const { spares, busy } = await product.pool.status(repository, silent().signal);
    if (busy !== undefined) continue;
    const ready = spares.find(({ state, has }) => state === 'ready' && has === 'dependencies');
    if (ready) return ready.folder;
    await product.pool.fill({ folder: repository, patience: 120 }, silent()).catch(() => undefined);
  }
  throw new Error('no spare worktree gets ready');
}

/** @param spare what it must claim; undefined: it claims none */
async function timedCreate({ product, repository }: Workplace, branch: string, spare?: string): Promise<Timed> {
  const ends = new Map<string, number>();
  let detail = '';
  const begin = performance.now();
  const result = await product.environments.create(
    { folder: repository, target: { kind: 'branch', branch, base: 'main' } },
    {
      ...{ signal: AbortSignal.timeout(180_000), approve: async () => true },
      report: (progress) => {
        if (progress.state !== 'done') return;
        ends.set(progress.step, performance.now() - begin);
        if (progress.step === 'worktree') detail = progress.detail ?? '';
      },
    },
  );
  const ready = performance.now() - begin;
  if (!result.ready) throw new Error(`${branch} does not get ready: ${JSON.stringify(result.services)}`);
  if (detail.endsWith('which was ready') !== (spare !== undefined))
    throw new Error(`${branch} was to claim ${spare ?? 'nothing'}, and was made so: ${detail}`);
  const { path } = result.worktree;
  return { path, folder: ends.get('worktree') ?? NaN, dependencies: ends.get('dependencies') ?? NaN, ready };
}

function silent() {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined };
}
