import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson, ErrorJson, ListJson } from './cliJson';
import { until } from '../../support/until';
import { CliWorld, messageLines } from './cliWorld';

describe('deleting', { timeout: 60_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 60_000);
  afterAll(() => world.dispose());

  const losses = async (name: string, ...more: string[]): Promise<string[]> => {
    const before = await world.everything();
    // The sample's worker writes from its start on.
    const { code, stdout } = await world.cli(['delete', name, '--json', '--discard', 'database', ...more]);
    expect(code).toBe(9);
    expect(await world.everything()).toEqual(before);
    return (JSON.parse(stdout) as ErrorJson).error.losses.map(({ kind }) => kind);
  };

  const commitIn = async (path: string): Promise<void> => {
    await writeFile(join(path, 'committed.txt'), 'done');
    await world.gitIn(path, 'add', 'committed.txt');
    await world.gitIn(path, 'commit', '--quiet', '--message', 'Only here', '--', 'committed.txt');
  };

  it('refuses what would lose work, each by its name, until all are accepted', async () => {
    const before = await world.everything();
    const { path } = await world.json<CreatedJson>(['create', 'work']);
    await appendFile(join(path, 'README.md'), 'changed\n');
    expect(await losses('work')).toEqual(['uncommitted']);
    await writeFile(join(path, 'draft.txt'), 'a thought');
    expect(await losses('work')).toEqual(['uncommitted', 'untracked']);
    await writeFile(join(world.repository, '.git', 'info', 'exclude'), '.env\n');
    await writeFile(join(path, '.env'), 'SECRET=1');
    expect(await losses('work')).toEqual(['uncommitted', 'untracked', 'ignored']);
    await commitIn(path);
    expect(await losses('work')).toEqual(['uncommitted', 'untracked', 'ignored', 'unpushed']);
    expect(await losses('work', '--discard', 'uncommitted,unpushed')).toEqual(['untracked', 'ignored']);
    expect(await losses('work', '--keep-branch')).toEqual(['uncommitted', 'untracked', 'ignored']);

    const { code, stdout, stderr } = await world.cli(['delete', 'work', '--discard', 'database']);
    expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'Deleting work would lose 1 uncommitted change, 1 untracked file, 1 ignored file, 1 unpushed commit.',
      '  uncommitted: README.md',
      '  untracked: draft.txt',
      '  ignored: .env',
      '  unpushed: Only here',
      '  To lose it all the same: --discard uncommitted,untracked,ignored,unpushed (--keep-branch keeps the commits)',
    ]);

    const accepted = 'uncommitted, untracked,ignored,unpushed,database';
    expect(await world.json(['delete', 'work', '--discard', accepted])).toEqual({
      environment: 'deleted',
      worktree: 'deleted',
      branch: 'deleted',
      undo: expect.any(String),
      recovery: [expect.stringMatching(/^refs\/coppice\/recovery\/\w+\/work$/)],
    });
    expect(existsSync(path)).toBe(false);
    await writeFile(join(world.repository, '.git', 'info', 'exclude'), '');
    expect(await world.everything()).toEqual(before);
  });

  it('finishes a delete that was cut off before its last step, and takes no other branch for one', async () => {
    await world.git('branch', 'left');
    const head = await world.git('rev-parse', 'left');
    const commonDir = join(world.repository, '.git');
    const ref = 'refs/heads/left';
    const begun = { version: 1, ref, worktreeId: '0123456789ab', createdBranch: true, deletingAt: head };
    expect(await world.cli(['delete', 'left'])).toMatchObject({ code: 8, stdout: '' });
    const name = createHash('sha256').update(ref).digest('hex').slice(0, 32);
    await mkdir(join(commonDir, 'coppice', 'begun'), { recursive: true });
    await writeFile(join(commonDir, 'coppice', 'begun', `${name}.json`), JSON.stringify(begun));
    expect(await world.cli(['delete', 'left'])).toMatchObject({ code: 0, stdout: 'left: branch deleted\n' });
    expect(await world.git('branch', '--list', 'left')).toBe('');
    expect(await world.cli(['delete', 'left'])).toMatchObject({ code: 8, stdout: '' });
  });

  it('keeps the branch, and with it its commits, when told to', async () => {
    const { path } = await world.json<CreatedJson>(['create', 'kept']);
    await commitIn(path);
    const commit = await world.gitIn(path, 'rev-parse', 'HEAD');
    expect(await world.cli(['delete', 'kept', '--keep-branch', '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: 'kept: environment deleted, worktree deleted, branch kept\n',
    });
    expect(await world.git('rev-parse', 'kept')).toBe(commit);
    // A branch that was there before is nobody's to delete.
    await world.json(['create', 'kept']);
    expect(await world.json(['delete', 'kept', '--discard', 'database'])).toMatchObject({ branch: 'kept' });
    expect(await world.git('rev-parse', 'kept')).toBe(commit);
  });

  it("asks for the database's rows by name: of a worktree, of its environment alone, and of one that nobody claims", async () => {
    const { path } = await world.json<CreatedJson>(['create', 'rows']);
    await until(async () => (await world.cli(['logs', 'worker', 'rows'])).stdout.includes('fibonacci('));
    const refused = async (name: string, ...more: string[]): Promise<void> => {
      const before = await world.everything();
      const { code, stdout } = await world.cli(['delete', name, '--json', ...more]);
      expect(code).toBe(9);
      expect((JSON.parse(stdout) as ErrorJson).error.losses).toMatchObject([{ kind: 'database' }]);
      expect(await world.everything()).toEqual(before);
    };
    await refused('rows');
    await refused('rows', '--environment-only');
    expect((await world.cli(['delete', 'rows'])).stderr).toMatch(/^ {2}database: numbers \(\d+ rows?\)/m);
    await rm(path, { recursive: true });
    await world.git('worktree', 'prune');
    await refused('rows');
    expect(await world.cli(['delete', 'rows', '--discard', 'database'])).toMatchObject({ code: 0 });
    expect((await world.databases()).databases).not.toContain('wt_rows');
    await world.git('branch', '-D', 'rows');
  });

  it('a delete that was cut off is told as such, with where the folder is, and the same command finishes it', async () => {
    const before = await world.everything();
    const { path } = await world.json<CreatedJson>(['create', 'halfway']);
    const trash = join(world.repository, '.git', 'coppice-trash');
    const aside = join(trash, `${Date.now()}-${randomUUID()}`);
    await mkdir(trash, { recursive: true });
    await rename(path, aside);

    const { stdout } = await world.cli(['list']);
    expect(stdout).toMatch(/^halfway +Deleting was cut off /m);
    const note = `A delete ended before it was done: the folder ${path} is set aside in ${aside}, with all that is in it.`;
    const way = '"coppice delete halfway" puts it back, asks for what would be lost, and finishes it.';
    expect(stdout).toContain(`${note} ${way}`);
    expect((await world.cli(['status', 'halfway'])).stdout).toContain(`${note} ${way}`);
    expect(await world.json(['status', 'halfway'])).toMatchObject({
      setAside: aside,
      movedTo: null,
      view: { state: 'deleteCutOff', words: 'deleting was cut off', why: note },
    });
    expect(await world.cli(['delete', 'halfway'])).toMatchObject({ code: 9 });
    expect(existsSync(path)).toBe(true);
    expect(await world.cli(['delete', 'halfway', '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: 'halfway: environment deleted, worktree deleted, branch deleted\n',
    });
    expect(await world.everything()).toEqual(before);
  });

  it('a folder that was moved by hand is told, and is not forgotten with its branch', async () => {
    const { path } = await world.json<CreatedJson>(['create', 'carried']);
    await rename(path, `${path}-away`);
    expect((await world.cli(['list'])).stdout).toMatch(/^carried +Moved without git /m);
    expect((await world.cli(['list'])).stdout).toContain(`git worktree repair "${path}-away"`);
    const before = await world.everything();
    const refused = await world.cli(['delete', 'carried', '--discard', 'database']);
    expect(refused).toMatchObject({ code: 9, stderr: expect.stringContaining(`git worktree repair "${path}-away"`) });
    expect(await world.everything()).toEqual(before);
    await world.git('worktree', 'repair', `${path}-away`);
    await world.git('worktree', 'lock', '--reason', 'claude session carried (pid 999999999)', `${path}-away`);
    expect((await world.cli(['list'])).stdout).toMatch(/^carried +\w+, locked /m);
    expect((await world.cli(['status', 'carried'])).stdout).toMatch(
      /^lock +locked by claude session carried \(pid 999999999\), which has ended$/m,
    );
    expect(await world.cli(['delete', 'carried', '--discard', 'database'])).toMatchObject({ code: 0 });
    expect(existsSync(`${path}-away`)).toBe(false);
  });

  it('takes an exact name only, and says which there are', async () => {
    const { stderr, code } = await world.cli(['delete', 'mai']);
    expect(code).toBe(8);
    expect(messageLines(stderr)).toEqual(['There is no worktree "mai". There are: main.']);
  });

  it('lists and deletes what a vanished worktree has left behind', async () => {
    const before = await world.everything();
    const { path } = await world.json<CreatedJson>(['create', 'lost']);
    await rm(path, { recursive: true });
    await world.git('worktree', 'prune');
    const { orphans } = await world.json<ListJson>(['list']);
    expect(orphans).toMatchObject([{ namespace: 'worktree-lost', slug: 'lost', folder: path }]);
    expect((await world.cli(['list'])).stdout).toMatch(/^lost +Orphan +.*\(no worktree\)$/m);
    expect(await world.cli(['delete', 'lost', '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: 'lost: environment deleted\n',
    });
    expect((await world.json<ListJson>(['list'])).orphans).toEqual([]);
    await world.git('branch', '-D', 'lost');
    expect(await world.everything()).toEqual(before);
  });

  it('deletes a worktree whose folder is gone already', async () => {
    const before = await world.everything();
    const { path } = await world.json<CreatedJson>(['create', 'vanished']);
    await rm(path, { recursive: true });
    const { worktrees, orphans } = await world.json<ListJson>(['list']);
    expect(orphans).toEqual([]);
    expect(worktrees.find(({ branch }) => branch === 'vanished')).toMatchObject({
      prunable: expect.any(String),
      status: null,
      environment: { namespace: 'worktree-vanished', health: 'healthy' },
    });
    expect((await world.cli(['list'])).stdout).toMatch(/^vanished +Folder is gone /m);
    expect(await world.cli(['delete', 'vanished', '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: 'vanished: environment deleted, worktree deleted, branch deleted\n',
    });
    expect(await world.everything()).toEqual(before);
  });

  it('deletes only the environment of the main worktree, or of any when told to', async () => {
    await mkdir(join(world.repository, 'drafts'));
    await writeFile(join(world.repository, 'drafts', 'a.txt'), 'untracked');
    expect(await world.cli(['delete', 'main', '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: 'main: environment deleted, worktree kept\n',
    });
    expect(existsSync(join(world.repository, 'drafts', 'a.txt'))).toBe(true);
    expect((await world.databases()).databases).not.toContain('wt_main');
    expect(await world.cli(['delete', 'main'])).toMatchObject({ code: 8, stdout: '' });
    const { path } = await world.json<CreatedJson>(['create', 'stays']);
    await writeFile(join(path, 'draft.txt'), 'a thought');
    expect(await world.json(['delete', 'stays', '--environment-only', '--discard', 'database'])).toEqual({
      environment: 'deleted',
      worktree: 'kept',
      branch: 'none',
    });
    expect(existsSync(join(path, 'draft.txt'))).toBe(true);
    expect((await world.cli(['list'])).stdout).toMatch(/^stays +No environment .* stays +1 untracked$/m);
  });
});
