import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
  mkdir,
  readdir,
} from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostDependencies } from '../../../src/adapters/dependencies/hostDependencies';
import { dependencyProjects } from '../../../src/core/dependencies/dependencyProjects';
import { partialFolder } from '../../../src/core/dependencies/dependencyTools';
import type { BringOutcome, BringRequest } from '../../../src/core/ports/dependencyFolders';
import { mountedFolder, noReflinks } from '../../support/reflinkFolder';
import { npmProject } from '../../support/npmProject';
import { verifies } from '../../support/verified';

const signal = new AbortController().signal;
const dependencies = new HostDependencies(process.env);
const [project] = dependencyProjects(['package-lock.json']);
if (!project) throw new Error('the table does not know npm');

verifies('npm', () => execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim(), {
  obtained: 'found on PATH',
  asked: 'dependencies that are shared between worktrees, on btrfs and xfs',
});

function requestIn(place: string, more: Partial<BringRequest> = {}): BringRequest {
  const ignored = async (folders: readonly string[]): Promise<readonly string[]> => folders;
  return {
    from: join(place, 'main'),
    to: join(place, 'worktree'),
    project: project as BringRequest['project'],
    ignored,
    ...more,
  };
}

let made: string;
beforeAll(async () => {
  made = await realpath(await mkdtemp(join(tmpdir(), 'coppice-dependencies-')));
  await npmProject(join(made, 'main'));
}, 60_000);
afterAll(() => rm(made, { recursive: true, force: true }));

async function npm(cwd: string, ...args: string[]): Promise<void> {
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, stdio: 'pipe' });
}

/** A worktree with its dependencies, and one without. */
function twoWorktrees(place: string): void {
  for (const name of ['main', 'worktree']) execFileSync('cp', ['-a', join(made, 'main'), join(place, name)]);
  for (const folder of ['', 'packages/api'])
    rmSync(join(place, 'worktree', folder, 'node_modules'), { recursive: true, force: true });
}

const resolved = (folder: string, name = 'greeter'): string =>
  execFileSync(process.execPath, ['-p', `require.resolve(${JSON.stringify(name)})`], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();

describe.each(['btrfs', 'xfs'] as const)('dependencies on %s', (kind) => {
  const skipped = noReflinks(kind);
  if (skipped !== undefined) return void it.skip(skipped, () => undefined);
  let place: string;
  let dispose = (): void => undefined;
  beforeAll(() => {
    const mounted = mountedFolder(kind, 512);
    dispose = mounted.dispose;
    place = mounted.path;
    twoWorktrees(place);
  }, 60_000);
  afterAll(() => dispose());

  /** The other worktree as it was before. */
  const fresh = async (): Promise<string> => {
    const to = await mkdtemp(join(place, 'worktree-'));
    execFileSync('cp', ['-a', `${join(place, 'worktree')}/.`, to]);
    return to;
  };

  it('come whole, and nothing in them leads to where they came from', async () => {
    const to = await fresh();
    const outcome = await dependencies.clone(requestIn(place, { to }), signal);
    expect(outcome).toMatchObject({ kind: 'cloned', folders: ['node_modules', 'packages/api/node_modules'] });
    expect(resolved(to)).toBe(join(to, 'node_modules', 'greeter', 'index.js'));
    expect(resolved(join(to, 'packages', 'api'))).toBe(
      join(to, 'packages', 'api', 'node_modules', 'greeter', 'index.js'),
    );
    expect(resolved(to, 'api')).toBe(join(to, 'packages', 'api', 'index.js'));
    expect(await readlink(join(to, 'node_modules', '.bin', 'greet'))).toBe('../greeter/bin.js');
    const program = execFileSync(join(to, 'node_modules', '.bin', 'greet'), { encoding: 'utf8' });
    expect(program.trim()).toBe(join(to, 'node_modules', 'greeter'));
    const [one, other] = await Promise.all(
      [join(place, 'main'), to].map((folder) => stat(join(folder, 'node_modules', 'greeter', 'bin.js'))),
    );
    expect([other?.mode, Math.round(other?.mtimeMs ?? 0)]).toEqual([one?.mode, Math.round(one?.mtimeMs ?? 1)]);
    expect(other?.ino).not.toBe(one?.ino);
    expect(await readdir(to)).not.toContain(partialFolder);
    // npm takes it for its own.
    const said = execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--dry-run'], {
      cwd: to,
      encoding: 'utf8',
    });
    expect(said).toMatch(/up to date/);
  });

  it('are each their own: a change of one is none of the other', async () => {
    const to = await fresh();
    await dependencies.clone(requestIn(place, { to }), signal);
    await writeFile(join(to, 'node_modules', 'greeter', 'index.js'), 'changed');
    expect(await readFile(join(place, 'main', 'node_modules', 'greeter', 'index.js'), 'utf8')).not.toBe('changed');
  });

  it('have no program that would run what is where they came from', async () => {
    const [main, to] = [await mkdtemp(join(place, 'main-')), await fresh()];
    execFileSync('cp', ['-a', `${join(place, 'main')}/.`, main]);
    const at = ['node_modules', '.bin', 'tool'];
    const text = `#!/bin/sh\nexport NODE_PATH="${main}/node_modules/greeter:/usr/lib"\nexec node "$basedir/x" "$@"\n`;
    await writeFile(join(main, ...at), text, { mode: 0o755 });
    expect(await dependencies.clone(requestIn(place, { from: main, to }), signal)).toMatchObject({ kind: 'cloned' });
    expect(await readFile(join(to, ...at), 'utf8')).toBe(text.replace(main, '$(cd "$basedir" && pwd)/../..'));
    expect((await stat(join(to, ...at))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(main, ...at), 'utf8')).toBe(text);
  });

  it('leave out caches, and what is left of a try that was killed', async () => {
    const to = await fresh();
    await mkdir(join(place, 'main', 'node_modules', '.cache'), { recursive: true });
    await mkdir(join(to, partialFolder, '0', 'half'), { recursive: true });
    await dependencies.clone(requestIn(place, { to }), signal);
    expect(await readdir(join(to, 'node_modules'))).toEqual(
      (await readdir(join(place, 'main', 'node_modules'))).filter((name) => name !== '.cache'),
    );
    expect(await readdir(to)).not.toContain(partialFolder);
  });

  it.each<[string, (main: string, to: string) => Promise<unknown>, RegExp]>([
    [
      'the lockfile is another',
      (_, to) => writeFile(join(to, 'package-lock.json'), '{}'),
      /^package-lock\.json is another/,
    ],
    ['what npm heeds is another', (_, to) => writeFile(join(to, '.npmrc'), 'omit=dev'), /^\.npmrc is another/],
    [
      'a patch is another',
      async (_, to) => {
        await mkdir(join(to, 'patches'));
        await writeFile(join(to, 'patches', 'x.patch'), 'x');
      },
      /^patches is another/,
    ],
    ['the last install did not end', (main) => rm(join(main, 'node_modules', '.package-lock.json')), /did not end$/],
    ['an install is under way', (main) => mkdir(join(main, 'node_modules', '.greeter-aB3dE5gH')), /under way/],
    [
      'a package was removed by hand',
      (main) => writeFile(join(main, 'node_modules', '.package-lock.json'), '{"packages":{}}'),
      /is not installed there$/,
    ],
    [
      'npm has changed only the lockfile, and writes down what it has not installed',
      async (main, to) => {
        await npm(main, 'install', '--package-lock-only', '--save-exact', './vendored/greeter-2.0.0.tgz');
        for (const name of ['package.json', 'package-lock.json'])
          await writeFile(join(to, name), await readFile(join(main, name)));
      },
      /greeter is 1\.0\.0 there, though npm has written down 2\.0\.0$/,
    ],
    [
      'a package is not there, though npm has written it down',
      (main) => rm(join(main, 'packages', 'api', 'node_modules', 'greeter'), { recursive: true }),
      /api\/node_modules\/greeter is not in it/,
    ],
    [
      'a link leads to a neighbour',
      (main) => symlink('../../neighbour', join(main, 'node_modules', 'neighbour')),
      /neighbour is a link that would lead out/,
    ],
    [
      'a link leads to where it is',
      (main) => symlink(join(main, 'packages'), join(main, 'node_modules', 'absolute')),
      /absolute is a link that would lead out/,
    ],
    [
      'a link leads to where it is by another path of the same place',
      async (main) => {
        await symlink(main, `${main}-alias`);
        await symlink(join(`${main}-alias`, 'packages'), join(main, 'node_modules', 'alias'));
      },
      /alias is a link that would lead out/,
    ],
    [
      'Prisma has generated its client there',
      async (main, to) => {
        const lockfile = await readFile(join(main, 'package-lock.json'), 'utf8');
        const withPrisma = lockfile.replace('"packages": {', '"packages": {"node_modules/@prisma/client": {},');
        for (const folder of [main, to]) await writeFile(join(folder, 'package-lock.json'), withPrisma);
      },
      /Prisma client is generated/,
    ],
  ])('do not come where %s, and nothing is left', async (_, change, why) => {
    const [main, to] = [await mkdtemp(join(place, 'main-')), await fresh()];
    execFileSync('cp', ['-a', `${join(place, 'main')}/.`, main]);
    await change(main, to);
    const before = await readdir(to);
    const outcome = await dependencies.clone(requestIn(place, { from: main, to }), signal);
    expect(outcome).toMatchObject({ kind: 'different', why: expect.stringMatching(why) });
    expect(await readdir(to)).toEqual(before);
  });

  it('say which scripts an install would have run, of workspaces too', async () => {
    const to = await fresh();
    const file = join(to, 'packages', 'api', 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...manifest, scripts: { postinstall: 'node generate.js' } }));
    expect(await dependencies.missing(requestIn(place, { to }))).toEqual([
      'No install has run: postinstall of packages/api/package.json was not run.',
    ]);
  });

  it('do not come from a source that changes meanwhile', async () => {
    const [main, to] = [await mkdtemp(join(place, 'main-')), await fresh()];
    execFileSync('cp', ['-a', `${join(place, 'main')}/.`, main]);
    // Asked for once all has been compared, and before the first file is copied: as late as an install can begin.
    const ignored = async (folders: readonly string[]): Promise<readonly string[]> => {
      setImmediate(() => void writeFile(join(main, 'node_modules', '.package-lock.json'), '{"packages":{}}'));
      return folders;
    };
    const outcome = await dependencies.clone(requestIn(place, { from: main, to, ignored }), signal);
    expect(outcome).toMatchObject({ kind: 'different' });
    expect(await readdir(to)).not.toContain('node_modules');
  });

  it('are nothing of when they are cancelled', async () => {
    const to = await fresh();
    const stop = new AbortController();
    const ignored = async (folders: readonly string[]): Promise<readonly string[]> => {
      stop.abort();
      return folders;
    };
    await expect(dependencies.clone(requestIn(place, { to, ignored }), stop.signal)).rejects.toThrow(/abort/i);
    const left = await readdir(to);
    expect(left).not.toContain('node_modules');
    expect(left).not.toContain(partialFolder);
  });

  it('come only where git ignores the folder and knows nothing in it', async () => {
    const to = await fresh();
    const outcome = await dependencies.clone(requestIn(place, { to, ignored: async () => [] }), signal);
    expect(outcome).toEqual({ kind: 'different', why: 'git does not ignore node_modules' });
  });

  it('keep folders that nobody may write', async () => {
    const [main, to] = [await mkdtemp(join(place, 'main-')), await fresh()];
    execFileSync('cp', ['-a', `${join(place, 'main')}/.`, main]);
    await chmod(join(main, 'node_modules', 'greeter'), 0o555);
    await dependencies.clone(requestIn(place, { from: main, to }), signal);
    expect((await lstat(join(to, 'node_modules', 'greeter'))).mode & 0o777).toBe(0o555);
  });
});

describe('dependencies on the file system of temporary files', () => {
  it('come whole, or are told not to be shareable with nothing left', async () => {
    const place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-dependencies-')));
    try {
      twoWorktrees(place);
      const outcome: BringOutcome = await dependencies.clone(requestIn(place), signal);
      const names = await readdir(join(place, 'worktree'));
      expect(names).not.toContain(partialFolder);
      expect(['cloned', 'unsupported']).toContain(outcome.kind);
      expect(names.includes('node_modules')).toBe(outcome.kind === 'cloned');
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }, 60_000);

  it('stay where they are when what is copied would lead back: a virtual environment of Python', async () => {
    const place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-dependencies-')));
    try {
      const [uv] = dependencyProjects(['uv.lock']);
      if (!uv) throw new Error('the table does not know uv');
      await mkdir(join(place, 'main', '.venv'), { recursive: true });
      await mkdir(join(place, 'worktree'));
      const outcome = await dependencies.clone(requestIn(place, { project: uv }), signal);
      expect(outcome).toMatchObject({ kind: 'different', why: expect.stringContaining('.venv') });
      expect(await readdir(join(place, 'worktree'))).toEqual([]);
      expect(await dependencies.isThere(join(place, 'main'), uv)).toBe(true);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  it('are there where there is a link, which an install would follow into the other checkout', async () => {
    const place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-dependencies-')));
    try {
      await mkdir(join(place, 'main', 'node_modules'), { recursive: true });
      await mkdir(join(place, 'worktree'));
      await symlink(join(place, 'main', 'node_modules'), join(place, 'worktree', 'node_modules'));
      expect(await dependencies.isThere(join(place, 'worktree'), requestIn(place).project)).toBe(true);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  it('are absent where the other worktree has none', async () => {
    const place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-dependencies-')));
    try {
      expect(await dependencies.clone(requestIn(place), signal)).toEqual({ kind: 'absent' });
      expect(await readdir(place)).toEqual([]);
      expect(await dependencies.freeBytes(place)).toBeGreaterThan(0);
      expect(await dependencies.freeBytes(join(place, 'nowhere'))).toBeUndefined();
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});
