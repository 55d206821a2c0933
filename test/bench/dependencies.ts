import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HostDependencies } from '../../src/adapters/dependencies/hostDependencies';
import { HostCommands } from '../../src/adapters/exec/hostCommands';
import { FileInstalls } from '../../src/adapters/git/records/fileInstalls';
import { GitWorktrees } from '../../src/adapters/git/gitWorktrees';
import { bringDependencies } from '../../src/app/dependencies/bringDependencies';
import type { EnvironmentFile } from '../../src/core/environmentFile';
import { paths } from '../../src/wiring/hostPaths';
import { mountedFolder, noReflinks, type ReflinkKind } from '../support/reflinkFolder';
import { median, timed, type Bench, type Figure } from './figure';

const run = promisify(execFile);
const kinds = ['btrfs', 'xfs'] as const;
const megabyte = 1024 * 1024;

/** What a new project of Next.js asks for, and a browser for its tests: some 430 MB. */
const manifest = {
  name: 'shop',
  private: true,
  dependencies: { next: '16.4.6', react: '19.2.3', 'react-dom': '19.2.3' },
  devDependencies: {
    '@tailwindcss/postcss': '4.1.17',
    '@types/node': '24.10.1',
    '@types/react': '19.2.7',
    eslint: '9.39.1',
    'eslint-config-next': '16.4.6',
    'playwright-core': '1.57.0',
    tailwindcss: '4.1.17',
    typescript: '5.9.3',
  },
};
const file: EnvironmentFile = {
  version: 1,
  services: [],
  database: undefined,
  chart: undefined,
  copy: [],
  patch: {},
  setup: [],
  teardown: [],
};

/** A second worktree of a project whose first one has its dependencies: how long they take, and what is written for them. */
export const dependencies: Bench = {
  name: 'dependencies',
  skipped() {
    const reasons = kinds.map(noReflinks);
    return reasons.every((reason) => reason !== undefined) ? reasons.join('; ') : undefined;
  },
  async run({ quick, env }) {
    const seed = await mkdtemp(join(tmpdir(), 'coppice-bench-'));
    try {
      await writeFile(join(seed, 'package.json'), JSON.stringify(manifest));
      // Writes the lockfile, and warms npm's cache for all that follow.
      await npm(seed, env, 'install');
      const figures: Figure[] = [];
      for (const kind of kinds)
        if (noReflinks(kind) === undefined) figures.push(...(await measure(kind, seed, quick, env)));
      return figures;
    } finally {
      await rm(seed, { recursive: true, force: true });
    }
  },
};

async function measure(kind: ReflinkKind, seed: string, quick: boolean, env: NodeJS.ProcessEnv): Promise<Figure[]> {
  const mounted = mountedFolder(kind, 6000);
  try {
    const main = join(mounted.path, 'main');
    await mkdir(main);
    const git = (...argv: string[]): Promise<unknown> =>
      run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...argv], { cwd: main, env });
    execFileSync('cp', [join(seed, 'package.json'), join(seed, 'package-lock.json'), main]);
    await writeFile(join(main, '.gitignore'), 'node_modules/\n');
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'first');
    await npm(main, env, 'ci');
    const worktrees = new GitWorktrees(env);
    const repository = await worktrees.repository(main);
    const ports = {
      worktrees,
      installs: new FileInstalls(),
      dependencies: new HostDependencies(env),
      commands: new HostCommands(env, join(mounted.path, 'logs')),
      paths,
    };
    const [own, theirs, ratios, written]: [number[], number[], number[], number[]] = [[], [], [], []];
    let bytes = 0;
    for (let i = 0; i < (quick ? 1 : 5); i++) {
      const add = async (name: string): Promise<string> => {
        const folder = join(mounted.path, `${name}-${i}`);
        await git('worktree', 'add', '--quiet', '-b', `${name}-${i}`, folder);
        return folder;
      };
      const brought = await add('brought');
      const worktree = (await worktrees.list(repository)).find(({ path }) => path === brought);
      if (!worktree) throw new Error(`${brought} is not listed`);
      const before = await usedBytes(mounted.path);
      const time = await timed(async () => {
        const signal = AbortSignal.timeout(600_000);
        const lockfiles = ['package-lock.json'];
        const about = { repository, worktree, file, lockfiles, unapproved: [] };
        const request = { ...about, env: {}, timeoutSeconds: 600, isNeededHere: true, name: 'bench' };
        const [one] = await bringDependencies(ports, request, () => undefined, signal);
        if (one?.how !== 'reflink') throw new Error(`brought by ${one?.how ?? 'nothing'}: ${one?.why ?? ''}`);
        bytes = one.bytes ?? 0;
      });
      written.push((await usedBytes(mounted.path)) - before);
      const installed = await add('installed');
      const install = await timed(() => npm(installed, env, 'ci'));
      own.push(time);
      theirs.push(install);
      ratios.push(time / install);
      for (const folder of [brought, installed]) await git('worktree', 'remove', '--force', folder);
    }
    if (bytes < 400 * megabyte) throw new Error(`the project has only ${Math.round(bytes / megabyte)} MB`);
    const what = `A second worktree's node_modules of ${Math.round(bytes / megabyte)} MB, on ${kind}`;
    return [
      {
        name: `${what}: there`,
        unit: 'ms',
        value: median(own),
        runs: own.length,
        yardstick: { name: 'npm ci, its cache warm', value: median(theirs) },
        ratio: median(ratios),
        goals: [{ kind: 'ratio', most: 0.2 }],
      },
      {
        name: `${what}: written`,
        unit: 'KB',
        value: Math.round(median(written) / 1024),
        runs: written.length,
        goals: [{ kind: 'value', most: 60 * 1024 }],
      },
    ];
  } finally {
    mounted.dispose();
  }
}

/** By the file system's own count, once all is written; Btrfs counts its metadata twice, as it writes them. */
async function usedBytes(folder: string): Promise<number> {
  execFileSync('sync', ['-f', folder]);
  const { blocks, bfree, bsize } = await statfs(folder);
  return (blocks - bfree) * bsize;
}

/** With the scripts left out: what they download or compile is none of it. */
async function npm(cwd: string, env: NodeJS.ProcessEnv, command: string): Promise<void> {
  const argv = [command, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', argv, { cwd, env, maxBuffer: 10_000_000 });
}
