import { commandWord } from '../../core/text/commandWord';

/** How a project of Node.js is installed and its scripts are run. */
export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Installs what the lockfile says and nothing else. */
  install(folder: string): string;
  /** Runs a script of the package in a folder of the repository, `.` the one that the command is started in. */
  script(name: string, folder: string, more?: string): string;
  /** Runs a program of the dependencies, in the folder that the command is started in. */
  program(command: string): string;
  /** What the install goes by; undefined: there is none, and it takes what is newest. */
  readonly lockfile: string | undefined;
}

interface Hints {
  /** The field `packageManager` of package.json. */
  readonly field: string | undefined;
  readonly has: (name: string) => boolean;
}

export function packageManager({ field, has }: Hints): PackageManager {
  const [named, version = ''] = field?.split('@') ?? [];
  if (named === 'pnpm' || (named !== 'npm' && has('pnpm-lock.yaml'))) return pnpm(has('pnpm-lock.yaml'));
  if (named === 'bun' || ['bun.lock', 'bun.lockb'].some((name) => named === undefined && has(name)))
    return bun(['bun.lock', 'bun.lockb'].find(has));
  if (named === 'yarn' || (named !== 'npm' && has('yarn.lock')))
    return yarn(has('yarn.lock'), has('.yarnrc.yml') || (version !== '' && !version.startsWith('1.')));
  return npm(['package-lock.json', 'npm-shrinkwrap.json'].find(has));
}

function npm(lockfile: string | undefined): PackageManager {
  const at = (folder: string): string => (folder === '.' ? '' : ` --prefix ${commandWord(folder)}`);
  return {
    name: 'npm',
    lockfile,
    install: (folder) => `npm${at(folder)} ${lockfile === undefined ? 'install' : 'ci'}`,
    // npm reads what follows -- as the script's own.
    script: (name, folder, more) =>
      `npm${at(folder)} run ${commandWord(name)}${more === undefined ? '' : ` -- ${more}`}`,
    program: (command) => `npx ${command}`,
  };
}

function pnpm(isLocked: boolean): PackageManager {
  const at = (folder: string): string => (folder === '.' ? '' : ` --dir ${commandWord(folder)}`);
  return {
    name: 'pnpm',
    lockfile: isLocked ? 'pnpm-lock.yaml' : undefined,
    install: (folder) => `pnpm${at(folder)} install${isLocked ? ' --frozen-lockfile' : ''}`,
    script: (name, folder, more) => `pnpm${at(folder)} run ${commandWord(name)}${more === undefined ? '' : ` ${more}`}`,
    program: (command) => `pnpm exec ${command}`,
  };
}

function yarn(isLocked: boolean, isBerry: boolean): PackageManager {
  const at = (folder: string): string => (folder === '.' ? '' : ` --cwd ${commandWord(folder)}`);
  const locked = isBerry ? ' --immutable' : ' --frozen-lockfile';
  return {
    name: 'yarn',
    lockfile: isLocked ? 'yarn.lock' : undefined,
    install: (folder) => `yarn${at(folder)} install${isLocked ? locked : ''}`,
    script: (name, folder, more) => `yarn${at(folder)} run ${commandWord(name)}${more === undefined ? '' : ` ${more}`}`,
    program: (command) => `yarn ${isBerry ? 'exec' : 'run'} ${command}`,
  };
}

function bun(lockfile: string | undefined): PackageManager {
  const at = (folder: string): string => (folder === '.' ? '' : ` --cwd ${commandWord(folder)}`);
  return {
    name: 'bun',
    lockfile,
    install: (folder) => `bun install${at(folder)}${lockfile === undefined ? '' : ' --frozen-lockfile'}`,
    script: (name, folder, more) => `bun run${at(folder)} ${commandWord(name)}${more === undefined ? '' : ` ${more}`}`,
    program: (command) => `bunx ${command}`,
  };
}
