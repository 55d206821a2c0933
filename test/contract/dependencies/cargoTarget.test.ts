import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostDependencies } from '../../../src/adapters/dependencies/hostDependencies';
import { dependencyProjects } from '../../../src/core/dependencies/dependencyProjects';
import { mountedFolder, noReflinks, type MountedFolder } from '../../support/reflinkFolder';
import { verifies } from '../../support/verified';

const reason = noReflinks('btrfs') ?? noCargo();

describe.skipIf(reason !== undefined)('what Cargo has built', { timeout: 60_000 }, () => {
  let mounted: MountedFolder;
  beforeAll(() => {
    mounted = mountedFolder('btrfs', 512);
  });
  afterAll(() => mounted?.dispose());
  verifies('Cargo', () => cargo('/', '--version').split(' ')[1] ?? '', {
    obtained: 'found on PATH',
    asked: 'what it builds anew in a worktree that got the target folder of another',
  });

  it("comes without what the checkout itself was built to: another one's program never runs", async () => {
    const [from, to] = [join(mounted.path, 'main'), join(mounted.path, 'worktree')];
    project(from, 'main');
    cargo(from, 'build', '--quiet', '--offline');
    project(to, 'worktree');
    writeFileSync(join(to, 'Cargo.lock'), execFileSync('cat', [join(from, 'Cargo.lock')]));
    // Checked out before the other one was built.
    for (const name of ['Cargo.toml', 'src/main.rs', 'inner/src/lib.rs'])
      utimesSync(join(to, name), new Date('2020-01-01'), new Date('2020-01-01'));
    const [found] = dependencyProjects(['Cargo.lock']);
    if (!found) throw new Error('the table does not know Cargo');
    const ignored = async (folders: readonly string[]): Promise<readonly string[]> => folders;
    const { signal } = new AbortController();
    const outcome = await new HostDependencies(process.env).clone({ from, to, project: found, ignored }, signal);
    expect(outcome).toMatchObject({ kind: 'cloned', folders: ['target'] });
    expect(cargo(to, 'run', '--quiet', '--offline').trim()).toBe('worktree, inner of worktree');
  });
});

/** A workspace of a program and a library, without anything from a registry. */
function project(folder: string, name: string): void {
  for (const path of ['src', 'inner/src']) mkdirSync(join(folder, path), { recursive: true });
  const head = (of: string): string => `[package]\nname = "${of}"\nversion = "0.1.0"\nedition = "2021"\n`;
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `${head('app')}\n[workspace]\n\n[dependencies]\ninner = { path = "inner" }\n`,
  );
  writeFileSync(join(folder, 'src', 'main.rs'), `fn main() { println!("${name}, {}", inner::name()); }\n`);
  writeFileSync(join(folder, 'inner', 'Cargo.toml'), head('inner'));
  writeFileSync(join(folder, 'inner', 'src', 'lib.rs'), `pub fn name() -> &'static str { "inner of ${name}" }\n`);
}

function cargo(cwd: string, ...argv: string[]): string {
  const env = Object.entries(process.env).filter(([name]) => name !== 'CARGO_TARGET_DIR');
  return execFileSync('cargo', argv, { cwd, env: Object.fromEntries(env), encoding: 'utf8' });
}

function noCargo(): string | undefined {
  try {
    execFileSync('cargo', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'cargo is not installed';
  }
}
