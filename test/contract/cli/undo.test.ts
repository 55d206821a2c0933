import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface DeletedJson {
  deleted: { id: string; path: string; branch: string | null; head: string; deletedAt: string; recovery: string[] }[];
}

describe('undoing a delete', { timeout: 180_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 180_000);
  afterAll(() => world.dispose());

  it('brings back folder, branch, reflog and ignored files; the next create brings back the environment', async () => {
    const { path, namespace } = await world.json<CreatedJson>(['create', 'work']);
    const query = `const { Client } = require('pg'); const client = new Client({ connectionString: process.env.DATABASE_URL });
      client.connect().then(() => client.query(process.argv[1])).then((all) => console.log([all].flat().at(-1).rows[0].n)).finally(() => client.end())`;
    const inDatabase = async (sql: string): Promise<string> =>
      (await world.cli(['exec', 'backend', 'work', '--', 'node', '-e', query, sql])).stdout;
    await writeFile(join(world.repository, '.git', 'info', 'exclude'), '.env\n');
    await writeFile(join(path, '.env'), 'SECRET=1');
    await chmod(join(path, '.env'), 0o600);
    await writeFile(join(path, 'committed.txt'), 'done');
    await world.gitIn(path, 'add', 'committed.txt');
    await world.gitIn(path, 'commit', '--quiet', '--message', 'Only here');
    expect(await inDatabase('CREATE TABLE notes AS SELECT 42 AS n; SELECT n FROM notes')).toBe('42\n');
    const reflog = await world.git('reflog', 'work');
    const listed = await world.git('worktree', 'list', '--porcelain');

    const { stdout, stderr, code } = await world.cli(['delete', 'work', '--discard', 'ignored,unpushed,database']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'work: environment deleted, worktree deleted, branch deleted\n',
    });
    expect(stderr).toContain('"coppice undo work" brings the worktree back.');
    const [, recovery = ''] = /^Commits that nothing else has stay at (refs\/\S+\/work)\.$/m.exec(stderr) ?? [];
    expect(await world.git('log', '-1', '--format=%s', recovery)).toBe('Only here');
    expect(existsSync(path)).toBe(false);

    expect((await world.cli(['undo'])).stdout).toMatch(/^NAME +DELETED +FOLDER +ID\nwork +0 min ago +\S+work +\S+\n$/);
    const { deleted } = await world.json<DeletedJson>(['undo']);
    expect(deleted).toMatchObject([{ path, branch: 'work', recovery: [recovery] }]);
    expect(await world.cli(['undo', 'other'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('There are: work.'),
    });

    const undone = await world.cli(['undo', 'work']);
    expect(undone).toMatchObject({ code: 0 });
    expect(undone.stdout).toBe(
      `work: back in ${path}.\nIts environment was deleted. The next create brings back the rows of its database wt_work. "coppice create" in that folder makes a new one.\n`,
    );
    expect(await readFile(join(path, '.env'), 'utf8')).toBe('SECRET=1');
    if (process.platform !== 'win32') expect((await lstat(join(path, '.env'))).mode & 0o777).toBe(0o600);
    expect(await world.git('reflog', 'work')).toBe(reflog);
    expect(await world.git('worktree', 'list', '--porcelain')).toBe(listed);
    expect(await world.git('for-each-ref', 'refs/coppice')).toBe('');
    expect(await readdir(join(world.repository, '.git', 'coppice-trash'))).toEqual([]);
    expect((await world.cli(['undo'])).stdout).toBe('The trash is empty: nothing can be brought back.\n');

    const again = await world.json<CreatedJson>(['create'], { cwd: path });
    expect(again).toMatchObject({ path, namespace, ready: true });
    expect(await inDatabase('SELECT n FROM notes')).toBe('42\n');
    expect(await world.json(['delete', 'work', '--discard', 'ignored,unpushed,database'])).toMatchObject({
      ...{ branch: 'deleted', undo: expect.any(String) },
      recovery: [expect.stringMatching(/^refs\/coppice\/recovery\/\w+\/work$/)],
    });
  });

  it('refuses while something else is in its place, and changes nothing', async () => {
    const { path } = await world.json<CreatedJson>(['create', 'taken']);
    await world.json(['delete', 'taken', '--discard', 'database']);
    // The folder above goes with the last worktree in it.
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'precious');
    const before = await world.everything();
    expect(await world.cli(['undo', 'taken'])).toMatchObject({
      code: 9,
      stderr: expect.stringContaining(`Something else is at ${path} now, and is left alone.`),
    });
    expect(await world.everything()).toEqual(before);
  });

  it('is not to be had where the setting keeps nothing', async () => {
    const { path } = await world.json<CreatedJson>(['create', 'brief']);
    const deleting = await world.cli(['delete', 'brief', '--discard', 'database'], {
      env: { COPPICE_TRASH_HOURS: '0' },
    });
    expect(deleting.code).toBe(0);
    expect(deleting.stderr).not.toContain('coppice undo');
    expect(existsSync(path)).toBe(false);
    expect(await world.cli(['undo', 'brief'])).toMatchObject({ code: 8 });
  });

  // On Windows no folder is taken away that a program works in.
  it.skipIf(process.platform === 'win32')(
    'is over with the next create, and the next delete, also one in the folder that goes, once its time is',
    async () => {
      const trash = join(world.repository, '.git', 'coppice-trash');
      const becomeDue = async (): Promise<string[]> => {
        const entries = await readdir(trash);
        for (const entry of entries) {
          const record = join(trash, entry, 'record.json');
          const text = await readFile(record, 'utf8');
          await writeFile(record, text.replace(/"deletedAt": \d+/, '"deletedAt": 1'));
          await writeFile(join(trash, entry, 'sighting.json'), String(Date.now() - 2 * 3600_000));
        }
        return entries;
      };
      await world.git('worktree', 'add', '--quiet', '--detach', join(world.repository, '..', 'plain'));
      await world.json(['delete', 'plain']);
      expect(await becomeDue()).not.toEqual([]);
      const { path } = await world.json<CreatedJson>(['create', 'inside']);
      expect(await readdir(trash)).toEqual([]);

      await world.git('worktree', 'add', '--quiet', '--detach', join(world.repository, '..', 'plain'));
      await world.json(['delete', 'plain']);
      await becomeDue();
      const { undo } = await world.json<{ undo: string }>(['delete', 'inside', '--discard', 'database'], { cwd: path });
      expect(await readdir(trash)).toEqual([`${undo}.deleted`]);
    },
  );
});
