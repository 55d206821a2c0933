import { spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wireProduct } from '../../src/wiring/wireProduct';
import { defaultSettings } from '../../src/core/settings';
import { LoopLag } from './loopLag';
import { makeWorktrees } from './manyWorktrees';
import { median, timed, type Bench, type Figure } from './figure';
import { silentLog } from './silentLog';

/** What a person waits for when the tree opens on a repository of many worktrees, against what plain git needs. */
export const worktrees: Bench = {
  name: 'worktrees',
  async run({ root, quick, env }) {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
    const plain = { ...env, GIT_OPTIONAL_LOCKS: '0', COPPICE_HOME: join(folder, 'home') };
    try {
      const count = quick ? 10 : 50;
      const files = quick ? 200 : 2000;
      const paths = await makeWorktrees(folder, { worktrees: count, files, env });
      const main = paths[0] ?? folder;
      const runs = quick ? 3 : 11;
      const own = { rows: [] as number[], status: [] as number[], all: [] as number[], lag: [] as number[] };
      const theirs = { rows: [] as number[], status: [] as number[], all: [] as number[] };
      for (let i = -1; i < runs; i++) {
        const measured = await readStore(root, main, plain, count);
        const rows = await timed(() => program('git', ['worktree', 'list', '--porcelain'], main, plain));
        const status = await timed(() =>
          program('xargs', ['-P4', '-I{}', 'git', '-C', '{}', ...statusArguments], main, plain, paths.join('\n')),
        );
        if (i < 0) continue;
        own.rows.push(measured.rows);
        own.status.push(measured.all - measured.rows);
        own.all.push(measured.all);
        own.lag.push(measured.lag);
        theirs.rows.push(rows);
        theirs.status.push(status);
        theirs.all.push(rows + status);
      }
      const what = `${count} worktrees of ${files.toLocaleString('en')} files`;
      const figures: Figure[] = [
        {
          name: `Rows of ${what}`,
          unit: 'ms',
          value: median(own.rows),
          runs,
          yardstick: { name: 'git worktree list --porcelain', value: median(theirs.rows) },
          goals: [],
        },
        {
          name: `Full status of them, from the rows on`,
          unit: 'ms',
          value: median(own.status),
          runs,
          yardstick: { name: 'xargs -P4 git status', value: median(theirs.status) },
          goals: [{ kind: 'ratio', most: 1.05 }],
        },
        {
          name: 'Both, from nothing to all that is shown',
          unit: 'ms',
          value: median(own.all),
          runs,
          yardstick: { name: 'both, one after the other', value: median(theirs.all) },
          goals: [],
        },
        {
          name: 'Longest stall of the event loop meanwhile',
          unit: 'ms',
          value: median(own.lag),
          runs,
          goals: [{ kind: 'value', most: 50 }],
        },
      ];
      return figures;
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  },
};

const statusArguments = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal'];

/** A fresh store each time: what it learned of commits must not help the next run. */
async function readStore(
  root: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  count: number,
): Promise<{ rows: number; all: number; lag: number }> {
  const product = wireProduct({
    root,
    env,
    execPath: process.execPath,
    settings: () => defaultSettings,
    postgresPassword: async () => undefined,
    log: silentLog,
  });
  const store = product.snapshots.open(folder);
  try {
    const lag = new LoopLag();
    const begin = performance.now();
    let rows: number | undefined;
    store.onDidChange(({ entries }) => {
      if (entries.length === count) rows ??= performance.now() - begin;
    });
    await store.refresh();
    const all = performance.now() - begin;
    const known = store.snapshot.entries.filter(({ status }) => status?.changed === 1 && status.untracked === 1);
    if (rows === undefined || known.length !== count) {
      throw new Error(`the status of ${known.length} worktrees was read, not of ${count}: ${store.problem?.message}`);
    }
    return { rows, all, lag: lag.stop() };
  } finally {
    store.dispose();
  }
}

function program(
  file: string,
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input?: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${file} ended with ${code}`))));
    child.stdout?.resume();
    child.stdin?.end(input);
  });
}
