import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OwnProcess } from '../../../src/adapters/exec/ownProcess';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-own-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('keeps what two of one worktree say apart, and once one has ended well what nobody waits for any more is gone', async () => {
  const cli = join(folder, 'cli.cjs');
  await writeFile(cli, 'console.error(process.argv[2]); process.exitCode = Number(process.argv[3]);');
  const logFolder = join(folder, 'logs');
  const program = new OwnProcess({ execPath: process.execPath, cli, env: process.env, logFolder });
  const [one, two] = await Promise.all([
    program.start(['one', '3'], folder, folder),
    program.start(['two', '4'], folder, folder),
  ]);
  expect([(await one.ended).exitCode, (await two.ended).exitCode]).toEqual([3, 4]);
  expect(await readFile(one.logFile, 'utf8')).toBe('one\n');
  expect(await readFile(two.logFile, 'utf8')).toBe('two\n');

  // As if their hook had ended: a process that is no more. Another worktree's stays.
  const key = basename(one.logFile).split('-', 1)[0] ?? '';
  const ended = new OwnProcess({ execPath: process.execPath, cli, env: process.env, logFolder });
  const gone = await ended.start(['gone', '1'], folder, 'elsewhere');
  await gone.ended;
  await writeFile(join(logFolder, `${key}-2147483646-1-aaaaaa.log`), 'old');
  await (
    await program.start(['well', '0'], folder, folder)
  ).ended;
  expect((await readdir(logFolder)).sort()).toEqual([one, two, gone].map((run) => basename(run.logFile)).sort());
});
