import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

/** A git that notes each start of itself: the wrapper is a script of sh. */
describe.skipIf(process.platform === 'win32')('coppice compare', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let bin: string;
  let log: string;
  const names = ['one', 'two', 'three'];

  beforeAll(async () => {
    world = await CliWorld.create();
    bin = join(world.folder, 'counting');
    log = join(world.folder, 'git.log');
    await mkdir(bin);
    // It stands first on the PATH: without that the real one does.
    await writeFile(join(bin, 'git'), `#!/bin/sh\necho "$*" >> '${log}'\nPATH="\${PATH#*:}" exec git "$@"\n`);
    await chmod(join(bin, 'git'), 0o755);
    for (const name of names) await world.git('worktree', 'add', '--quiet', '-b', name, join(world.folder, name));
    await writeFile(join(world.folder, 'one', 'new.txt'), 'x\n');
    // What is written once, as the repository's id, is there from now on.
    await world.json(['list']);
  }, 120_000);
  afterAll(() => world.dispose());

  it('of three attempts is there in two seconds, or in as long as three lists take where the machine is busy', async () => {
    const msOf = async (...args: string[]): Promise<number> => {
      const begin = performance.now();
      expect((await world.cli(args)).code).toBe(0);
      return performance.now() - begin;
    };
    const [lists, compares]: [number[], number[]] = [[], []];
    for (let time = 0; time < 5; time++) {
      lists.push(await msOf('list'));
      compares.push(await msOf('compare', ...names));
    }
    const [list = NaN, compare = NaN] = [lists, compares].map((all) => all.sort((one, other) => one - other)[2] ?? NaN);
    expect(Math.min(compare / 2000, compare / (3 * list)), `${compare} ms, a list ${list} ms`).toBeLessThanOrEqual(1);
  });

  it('reads the snapshot once, and has git tell three things of each attempt', async () => {
    await writeFile(log, '');
    const told = await world.json<{ worktrees: { work: { value: { files: { path: string }[] } } }[] }>(
      ['compare', ...names],
      { env: { PATH: [bin, world.env['PATH']].join(delimiter) } },
    );
    expect(told.worktrees.map(({ work }) => work.value.files.map(({ path }) => path))).toEqual([['new.txt'], [], []]);
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
    const starts = (command: string): number => lines.filter((line) => line.startsWith(`${command} `)).length;
    // The snapshot: of the repository's four worktrees, the one repository.
    const snapshot = ['status', 'for-each-ref', 'rev-parse'].map(starts);
    expect(snapshot, lines.join('\n')).toEqual([4, 1, 1]);
    const attempts = ['merge-base', 'log', 'diff', 'ls-files'].map(starts);
    expect(attempts, lines.join('\n')).toEqual([1, 3, 3, 3]);
  });
});
