import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface TrashJson {
  deleted: {
    id: string;
    name: string;
    path: string;
    bytes: number;
    recovery: string[];
    place: string;
    deletedAt: string;
    keptUntil: string;
    database: { name: string; keptAs: string; bytes: number; keptUntil: string } | null;
    stays: string | null;
  }[];
}

describe('the trash', { timeout: 120_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    expect((await world.cli(['trash'])).stdout).toBe('The trash is empty: nothing can be brought back.\n');
    for (const branch of ['one', 'two']) {
      const { path } = await world.json<CreatedJson>(['create', branch]);
      await writeFile(join(path, 'committed.txt'), 'done');
      await world.gitIn(path, 'add', 'committed.txt');
      await world.gitIn(path, 'commit', '--quiet', '--message', 'Only here');
      await world.json(['delete', branch, '--discard', 'unpushed,database']);
    }
  }, 300_000);
  afterAll(() => world.dispose());

  const trash = async (): Promise<TrashJson['deleted']> => (await world.json<TrashJson>(['trash'])).deleted;

  it('is listed with what each takes, and until when', async () => {
    const [two, one] = await trash();
    expect(one).toMatchObject({
      ...{ name: 'one', path: world.worktree('one'), stays: null, bytes: expect.any(Number) },
      recovery: [expect.stringMatching(/^refs\/coppice\/recovery\/\w+\/one$/)],
      database: { name: 'wt_one', bytes: expect.any(Number) },
    });
    expect(two).toMatchObject({ name: 'two', database: { name: 'wt_two' } });
    expect(Date.parse(one?.keptUntil ?? '') - Date.parse(one?.deletedAt ?? '')).toBe(24 * 3600_000);
    expect((await world.cli(['trash'])).stdout).toMatch(
      /^NAME +DELETED +KEPT FOR +SIZE +DATABASE +FOLDER +ID\ntwo +\d+ min ago +\d+ h +\S+ \w+ +wt_two, \S+ \w+ +\S+ +\S+\none .*\n\n2 deleted worktrees, \S+ \w+\. "coppice undo NAME"/,
    );
  });

  it('is not emptied where nobody says yes, and says what would go', async () => {
    const [, one] = await trash();
    const before = await world.everything();
    const refused = await world.cli(['trash', 'empty', 'one']);
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(refused.stderr).toContain('Nothing was removed');
    expect(refused.stderr).toContain(`one: the files of ${world.worktree('one')} (`);
    expect(refused.stderr).toContain(
      `commits that nothing else has (${one?.recovery[0] ?? 'none'}), the database wt_one`,
    );
    expect(refused.stderr).not.toContain('two');
    expect(await world.cli(['trash', 'empty', 'three', '--yes'])).toMatchObject({ code: 8 });
    expect(await world.cli(['trash', 'empty', 'one', '--database', 'wt_one'])).toMatchObject({ code: 2 });
    expect(await world.everything()).toEqual(before);
  });

  it('loses one by its name, with its ref and its database, and keeps the rest', async () => {
    const [two] = await trash();
    expect(await world.cli(['trash', 'empty', 'one', '--yes'])).toMatchObject({
      ...{ code: 0, stdout: 'one: removed for good\n' },
    });
    expect(await trash()).toEqual([two]);
    expect(await world.git('for-each-ref', '--format=%(refname)', 'refs/coppice/recovery')).toBe(two?.recovery[0]);
    expect(await world.cli(['undo', 'one'])).toMatchObject({ code: 8 });
    expect(await world.cli(['trash', 'empty', '--database', 'wt_one', '--yes'])).toMatchObject({ code: 8 });
  });

  it('says why one stays, also to the doctor, and loses the others', async () => {
    const [two] = await trash();
    await writeFile(join(two?.place ?? '', 'mine'), 'precious');
    await world.git('worktree', 'add', '--quiet', '--detach', world.worktree('plain'));
    await world.json(['delete', world.worktree('plain')]);
    const why = `no delete has put mine into ${two?.place ?? 'none'}`;
    expect((await world.cli(['trash'])).stdout).toContain(`two stays in ${two?.place ?? 'none'}: ${why}.`);
    expect((await world.cli(['doctor'])).stdout).toContain(
      `! two stays in the trash also when its time is over: ${why}.\n`,
    );
    const emptied = await world.cli(['trash', 'empty', '--yes']);
    expect(emptied.code).toBe(9);
    expect(emptied.stdout).toContain('plain: removed for good\n');
    expect(emptied.stdout).toMatch(/^two: not removed, It stays in .*mine into .*$/m);
    expect(await trash()).toMatchObject([
      { name: 'two', stays: expect.stringContaining('mine'), database: { name: 'wt_two' } },
    ]);
  });

  it('is known to the doctor, who names databases that no undo leads to any more, with the way to drop them', async () => {
    const [two] = await trash();
    // As a person does it who looks for room.
    await rm(two?.place ?? '', { recursive: true });
    const database = two?.database?.keptAs ?? 'none';
    const doctor = await world.cli(['doctor']);
    expect(doctor.stdout).toContain('The database wt_two (');
    expect(doctor.stdout).toContain(`"coppice trash empty --database ${database}" drops it.`);
    const listed = await world.json<{ leftKept: object[] }>(['list', '--all']);
    expect(listed.leftKept).toMatchObject([{ database: 'wt_two', keptAs: database, worktree: null }]);
    expect((await world.cli(['list', '--all'])).stdout).toContain(
      `"coppice trash empty --database ${database}" drops it.`,
    );
    expect(doctor.stdout).toContain('✓ The clock of this machine agrees with that of the database server.');
    expect(await world.cli(['trash', 'empty', '--database', database])).toMatchObject({
      ...{ code: 9, stdout: '', stderr: expect.stringContaining(`the database wt_two (${database}, `) },
    });
    expect(await world.json(['trash', 'empty', '--database', 'wt_two', '--yes'])).toEqual({
      ...{ dropped: 'wt_two', keptAs: database },
    });
    expect((await world.cli(['doctor'])).stdout).not.toContain('wt_two');
    expect(await readdir(join(world.repository, '.git', 'coppice-trash'))).toEqual([]);
    expect(await world.cli(['trash', 'empty', '--yes'])).toMatchObject({ code: 0, stdout: 'The trash is empty.\n' });
  });
});
