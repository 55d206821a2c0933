/**
 * What package managers leave in a folder, and what of it another worktree gets. Each row was tried with the real tool in the version
 * that it names: a copied folder is to be one that the tool itself takes for its own, and nothing in it may lead to where it came from.
 */
export interface DependencyTool {
  readonly name: string;
  /** Of two tools for the same things one was used. */
  readonly ecosystem: 'node' | 'php' | 'ruby' | 'python' | 'rust' | 'go';
  /** The version of the tool that the row was tried with. */
  readonly tried: string;
  /** Its name says which tool it is; its content is most of the key. */
  readonly lockfile: string;
  /** What it fills. */
  readonly folder: string;
  /** Why that is never brought; undefined: it is. */
  readonly stays?: string;
  /** Names in it that are left out wherever they are: caches, locks and whatever has the path of its place in it. */
  readonly leftOut: readonly string[];
  /** Of what the checkout itself is built to, nothing comes: see `leftOutOf`. */
  readonly leavesOwn?: boolean;
  /** How it is told that the folder holds what the lockfile says, and all of it. */
  readonly state: DependencyState | undefined;
  /** Other files that decide what an install makes of the same lockfile: where one of them is another, nothing is brought. */
  readonly alike: readonly string[];
  /** What installs exactly what the lockfile says, out of its own store as far as that goes; undefined: nobody guesses it. */
  readonly install: readonly string[] | undefined;
  /** Commands that do the same and begin with removing what is there: not needed where it was brought. */
  readonly replaces: readonly (readonly string[])[];
}

/** What a tool has written down of what it has installed. */
export type DependencyState =
  | 'npm'
  | 'pnpm'
  | 'yarn'
  /** The tool looks itself at each piece, whoever put it there. */
  | 'itself';

/** Which Node.js is used, and with which addons were compiled. */
const nodeFiles = ['.nvmrc', '.node-version', '.tool-versions', 'mise.toml', '.mise.toml', '.npmrc'];
/** Bundlers' and test runners' own, keyed by folders or locked while they run. */
const nodeCaches = ['.cache', '.vite', '.vite-temp', '.vitest', '.tmp'];

export const dependencyTools: readonly DependencyTool[] = [
  {
    name: 'npm',
    ecosystem: 'node',
    tried: '11.19.1',
    lockfile: 'package-lock.json',
    folder: 'node_modules',
    leftOut: nodeCaches,
    state: 'npm',
    alike: [...nodeFiles, 'patches'],
    install: ['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund'],
    replaces: [
      ['npm', 'ci'],
      ['npm', 'clean-install'],
    ],
  },
  {
    // Its links are relative, its programs find their folder themselves (those of 8 to 10 are made to: `unboundShim`), and its state for a
    // whole workspace names it in full.
    name: 'pnpm',
    ecosystem: 'node',
    tried: '12.21.0',
    lockfile: 'pnpm-lock.yaml',
    folder: 'node_modules',
    leftOut: [...nodeCaches, '.pnpm-workspace-state-v1.json'],
    state: 'pnpm',
    alike: [...nodeFiles, 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.pnpmfile.mjs', 'patches'],
    install: ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'],
    replaces: [],
  },
  {
    // Both of its lines: 1.22.22 and, with node_modules, 4.18.1. Plug'n'Play has none: where it was made, its file says by relative paths
    // that lead out of the checkout, so an install makes it.
    name: 'yarn',
    ecosystem: 'node',
    tried: '4.18.1',
    lockfile: 'yarn.lock',
    folder: 'node_modules',
    leftOut: nodeCaches,
    state: 'yarn',
    alike: [...nodeFiles, '.yarnrc', '.yarnrc.yml', '.yarn/patches', 'patches'],
    install: ['yarn', 'install', '--frozen-lockfile'],
    replaces: [],
  },
  {
    name: 'bun',
    ecosystem: 'node',
    tried: '1.4.5',
    lockfile: 'bun.lock',
    folder: 'node_modules',
    stays: 'bun writes nowhere what it has installed: nobody can tell whether that is what the lockfile says',
    leftOut: [],
    state: undefined,
    alike: [],
    install: ['bun', 'install', '--frozen-lockfile'],
    replaces: [],
  },
  {
    name: 'uv',
    ecosystem: 'python',
    tried: '0.13.9',
    lockfile: 'uv.lock',
    folder: '.venv',
    stays:
      'programs in a copied .venv, and the .pth file of the project itself, lead to the checkout that it was made in: its code would run',
    leftOut: [],
    state: undefined,
    alike: [],
    install: ['uv', 'sync', '--frozen'],
    replaces: [],
  },
  {
    name: 'cargo',
    ecosystem: 'rust',
    tried: '1.95.0',
    lockfile: 'Cargo.lock',
    folder: 'target',
    // A build that another one waits for, and what is kept by the path of its source.
    leftOut: ['.cargo-lock', 'incremental'],
    leavesOwn: true,
    state: 'itself',
    alike: ['rust-toolchain', 'rust-toolchain.toml', '.cargo'],
    install: undefined,
    replaces: [],
  },
];

/** A checkout that is not complete yet, of what is brought into a worktree. Git is told to ignore it, and a delete to lose it. */
export const partialFolder = '.coppice-partial';
