import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
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

describe('the trash', { timeout: 60_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 60_000);
  afterAll(() => world.dispose());

  const trash = async (): Promise<TrashJson['deleted']> => (await world.json<TrashJson>(['trash'])).deleted;
  const makeAndDelete = async (branch: string): Promise<string> => {
    const { path } = await world.json<CreatedJson>(['create', branch]);
    await writeFile(join(path, 'committed.txt'), 'done');
    await world.gitIn(path, 'add', 'committed.txt');
    await world.gitIn(path, 'commit', '--quiet', '--message', 'Only here');
    await world.json(['delete', branch, '--discard', 'unpushed,database']);
    return path;
  };

  it('is listed, and emptied one by one or at once, with refs and databases; the rest stays', async () => {
    expect((await world.cli(['trash'])).stdout).toBe('The trash is empty: nothing can be brought back.\n');
    const one = await makeAndDelete('one');
    await makeAndDelete('two');
    const [two, first] = await trash();
    expect(first).toMatchObject({
      ...{ name: 'one', path: one, recovery: [expect.stringMatching(/^refs\/coppice\/recovery\/\w+\/one$/)] },
      ...{ bytes: expect.any(Number), database: { name: 'wt_one', bytes: expect.any(Number) }, stays: null },
    });
    const hours = (Date.parse(first?.keptUntil ?? '') - Date.parse(first?.deletedAt ?? '')) / 3600_000;
    expect(hours).toBe(24);
    expect((await world.cli(['trash'])).stdout).toMatch(
      /^NAME +DELETED +KEPT FOR +SIZE +DATABASE +FOLDER +ID\ntwo +0 min ago +24 h +\S+ \w+ +wt_two, \S+ \w+ +\S+ +\S+\none .*\n\n2 deleted worktrees, \S+ \w+\. "coppice undo NAME"/,
    );

    // Nobody is there to be asked: nothing is removed, and what would be is told by name.
    const before = await world.everything();
    const refused = await world.cli(['trash', 'empty', 'one']);
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(refused.stderr).toContain('Nothing was removed');
    expect(refused.stderr).toContain(`one: the files of ${one} (`);
    expect(refused.stderr).toContain(
      `commits that nothing else has (${first?.recovery[0] ?? 'none'}), the database wt_one`,
    );
    expect(refused.stderr).not.toContain('two');
    expect(await world.cli(['trash', 'empty', 'three', '--yes'])).toMatchObject({ code: 8 });
    expect(await world.everything()).toEqual(before);

    expect(await world.cli(['trash', 'empty', 'one', '--yes'])).toMatchObject({
      ...{ code: 0, stdout: 'one: removed for good\n' },
    });
    expect(await trash()).toMatchObject([{ id: two?.id, database: { keptAs: two?.database?.keptAs } }]);
    expect(await world.git('for-each-ref', '--format=%(refname)', 'refs/coppice/recovery')).toBe(two?.recovery[0]);
    expect(await world.cli(['undo', 'one'])).toMatchObject({ code: 8 });

    const emptied = await world.json(['trash', 'empty', '--yes']);
    expect(emptied).toMatchObject({ outcomes: [{ id: two?.id, name: 'two', outcome: 'removed' }], left: [] });
    expect(await world.git('for-each-ref', 'refs/coppice')).toBe('');
    expect(await readdir(join(world.repository, '.git', 'coppice-trash'))).toEqual([]);
    expect(await world.cli(['trash', 'empty', '--yes'])).toMatchObject({ code: 0, stdout: 'The trash is empty.\n' });
    // Its database went as well: the next create of the same name begins anew.
    const again = await world.json<CreatedJson>(['create', 'one']);
    expect(again).toMatchObject({ ready: true });
    expect(existsSync(join(again.path, 'committed.txt'))).toBe(false);
    await world.json(['delete', 'one', '--discard', 'database']);
    expect(await trash()).toMatchObject([{ name: 'one' }]);
  });

  it('says why one stays, and takes the others', async () => {
    const [one] = await trash();
    await writeFile(join(one?.place ?? '', 'mine'), 'precious');
    await world.json(['create', 'other']);
    await world.json(['delete', 'other', '--discard', 'database']);
    const told = await world.cli(['trash']);
    expect(told.stdout).toContain(`one stays in ${one?.place ?? 'none'}: no delete has put mine into`);
    const emptied = await world.cli(['trash', 'empty', '--yes']);
    expect(emptied.code).toBe(9);
    expect(emptied.stdout).toMatch(/^other: removed for good\none: not removed, It stays in .*mine into .*\n$/);
    expect(await trash()).toMatchObject([
      { name: 'one', stays: expect.stringContaining('mine'), database: { name: 'wt_one' } },
    ]);
  });
});
