import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountedFolder, noMount } from '../../support/reflinkFolder';
import { addFailingPackage, npmProject } from '../../support/npmProject';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface Brought extends CreatedJson {
  readonly notes: readonly string[];
  readonly dependencies: readonly {
    readonly folder: string;
    readonly tool: string;
    readonly how: string;
    readonly from: string | null;
    readonly bytes: number | null;
    readonly writtenBytes: number | null;
    readonly why: string | null;
    readonly failed: boolean;
    readonly log: string | null;
  }[];
}

/** Answers with where its dependencies are. */
const server = `const { createServer } = require('node:http');
const at = JSON.stringify({ greeter: require.resolve('greeter'), api: require.resolve('api'), of: require('greeter') });
createServer((_, answer) => answer.end(at)).listen(Number(process.env.PORT), '127.0.0.1');
`;
const file = 'version: 1\nservices: {web: {command: node server.js, port: 3000, routes: [/]}}\n';

// One story in each place: a test goes on where the one before ended.
describe.each([
  ['btrfs', 'btrfs'],
  ['ext4, which has no reflinks', 'ext4'],
  ['the file system of temporary files', undefined],
] as const)('dependencies of a second worktree, on %s', { timeout: 90_000 }, (_, kind) => {
  const skipped = kind && noMount(kind);
  if (skipped !== undefined) return void it.skip(skipped, () => undefined);
  let world: CliWorld;
  let unmount = (): void => undefined;

  beforeAll(async () => {
    const { TMPDIR } = process.env;
    if (kind) {
      const mounted = mountedFolder(kind, 1500);
      unmount = () => mounted.dispose();
      process.env['TMPDIR'] = mounted.path;
    }
    try {
      world = await CliWorld.create();
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
    await npmProject(world.repository, world.env);
    await writeFile(join(world.repository, 'server.js'), server);
    await writeFile(join(world.repository, 'coppice.yaml'), file);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'with dependencies');
  }, 120_000);
  afterAll(async () => {
    await world?.dispose();
    unmount();
  });

  it('come from the main worktree, or by an install that says what it cost; and nothing leads out of the worktree', async () => {
    const created = await world.json<Brought>(['create', 'one']);
    const [npm, ...others] = created.dependencies;
    expect(others).toEqual([]);
    expect(npm).toMatchObject({ folder: '', tool: 'npm' });
    if (kind === 'btrfs') expect(npm).toMatchObject({ how: 'reflink', from: world.repository, why: null });
    if (kind === 'ext4') expect(npm).toMatchObject({ how: 'install' });
    // Where temporary files lie there may be reflinks, too.
    if (npm?.how === 'install') expect(npm).toMatchObject({ from: null, why: 'the file system has no reflinks' });
    else expect(npm).toMatchObject({ how: 'reflink', bytes: expect.any(Number) });
    expect(npm?.writtenBytes).toEqual(expect.any(Number));
    const { status, text } = await world.fetch(created.url ?? '');
    const path = world.worktree('one');
    // Each file has blocks of its own there, which are more than its bytes.
    if (kind === 'ext4') expect(npm?.writtenBytes).toBeGreaterThan(await sizeOf(join(path, 'node_modules')));
    expect({ status, text: JSON.parse(text) as unknown }).toEqual({
      status: 200,
      text: {
        greeter: join(path, 'node_modules', 'greeter', 'index.js'),
        api: join(path, 'packages', 'api', 'index.js'),
        of: 'greeter 1.0.0',
      },
    });
  });

  it('are left as they are by an update, and are no lost work', async () => {
    const path = world.worktree('one');
    const before = await readdir(join(path, 'node_modules'));
    const { dependencies } = await world.json<Brought>(['create'], { cwd: path });
    expect(dependencies).toMatchObject([{ how: 'kept' }]);
    expect(await readdir(join(path, 'node_modules'))).toEqual(before);
    const { code, stderr } = await world.cli(['delete', 'one']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  it('are told by the step', async () => {
    const { code, stderr } = await world.cli(['create', 'two']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(
      /Bring the dependencies: node_modules (?:from main by reflink, \d+ KiB|by npm ci), \d+ [KM]iB written/,
    );
    if (kind === 'ext4')
      expect(stderr).toMatch(/node_modules by npm ci, [1-9]\d* [KM]iB written \(the file system has no reflinks\)/);
  });

  it('that cannot be installed leave it not ready, with the log, and the next create installs them again', async () => {
    await addFailingPackage(world.repository, world.env);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'with a package that fails');
    const { code, stdout } = await world.cli(['create', 'broken', '--json']);
    const first = JSON.parse(stdout) as Brought;
    expect({ code, first }).toMatchObject({
      code: 10,
      first: { ready: false, verdict: 'notReady', dependencies: [{ how: 'none', failed: true }] },
    });
    const log = first.dependencies[0]?.log ?? '';
    expect(first.notes.join()).toContain(`All that it printed: ${log}`);
    expect(await readFile(log, 'utf8')).toContain('not mended yet');
    const path = world.worktree('broken');
    const waited = await world.cli(['wait', '--json'], { cwd: path });
    expect({ code: waited.code, stdout: waited.stdout }).toMatchObject({
      code: 10,
      stdout: expect.stringContaining('node_modules is not complete'),
    });
    await writeFile(join(path, 'mended'), '');
    const second = await world.json<Brought>(['create'], { cwd: path });
    expect(second).toMatchObject({ ready: true, notes: [], dependencies: [{ how: 'install' }] });
    const third = await world.json<Brought>(['create'], { cwd: path });
    expect(third).toMatchObject({ ready: true, dependencies: [{ how: 'kept' }] });
  });

  it('stay away where the file switches them off', async () => {
    await writeFile(join(world.repository, 'coppice.yaml'), `${file}dependencies: false\n`);
    await world.git('commit', '--quiet', '--all', '-m', 'without');
    const { stderr, stdout } = await world.cli(['create', 'three', '--dry-run']);
    expect(stderr).toBe('');
    expect(stdout).not.toContain('dependencies');
  });
});

/** Bytes of all files below it. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const all = await Promise.all(names.map((name) => lstat(join(folder, name))));
  return all.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}
