import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { K3dClusters } from '../../../src/adapters/k3d/k3dClusters';
import type { K3dRecords } from '../../../src/adapters/k3d/k3dRecords';
import { clusterContents, deleteCluster, type DeleteClusterPorts } from '../../../src/app/cluster/deleteCluster';
import type { Progress } from '../../../src/app/run/run';
import { setUpCluster, type SetUpPorts, type SetUpRequest } from '../../../src/app/cluster/setUpCluster';
import type { Repository, Worktree } from '../../../src/core/model';
import type { NamespaceRecord } from '../../../src/core/ports/cluster';
import type { ChosenCluster } from '../../../src/core/ports/clusters';
import { type FakeK3d } from '../../support/fakeK3d';
import type { FakeDatabases } from '../../support/fakes/fakeDatabases';
import type { FakeIdentities } from '../../support/fakes/fakeIdentities';
import { FakeWorktrees } from '../../support/fakes/fakeWorktrees';
import type { StubApiServer } from '../../support/stubApiServer';
import { identityOf } from '../../support/identityOf';
import { makeK3dWorld } from './k3dWorld';

/** From the use cases through the adapter to a program that answers as k3d does, and a server that answers as its API. */
describe.skipIf(process.platform === 'win32')('a cluster of k3d', () => {
  let folder: string;
  let home: string;
  let root: string;
  let fake: FakeK3d;
  let api: StubApiServer;
  let ports: SetUpPorts & DeleteClusterPorts;
  let records: K3dRecords;
  let chosen: Map<string, ChosenCluster>;
  let worktrees: FakeWorktrees;
  let identities: FakeIdentities;
  let databases: FakeDatabases;
  let namespaces: NamespaceRecord[] | undefined;
  let progress: Progress[];

  beforeEach(async () => {
    namespaces = [];
    progress = [];
    ({ folder, home, root, fake, api, ports, records, chosen, worktrees, identities, databases } = await makeK3dWorld(
      () => namespaces,
    ));
  });
  afterEach(async () => {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runOf = (signal = new AbortController().signal) => ({
    signal,
    report: (one: Progress) => void progress.push(one),
  });
  const setUp = (request: Partial<SetUpRequest> = {}, signal?: AbortSignal) =>
    setUpCluster(ports)({ folder: root, ...request }, runOf(signal));
  const repositoryId = async (): Promise<string> => (await worktrees.repository(root)).id;

  describe('deleted', () => {
    const namespace = (name: string, repository: string): NamespaceRecord => ({
      name,
      uid: name,
      owner: { repositoryId: repository, worktreeId: 'w' },
      terminating: false,
      annotations: {},
    });
    const remove = (accepted: readonly string[] = [], unseen = false) =>
      deleteCluster(ports)({ folder: root, name: 'coppice', accepted, unseen }, runOf());

    it('goes with its registry, its kubeconfig, its record and the choice', async () => {
      await setUp();
      expect(await remove()).toEqual({ name: 'coppice', own: [], others: [], isUnseen: false });
      expect(await fake.clusters()).toEqual([]);
      expect(await fake.registries()).toEqual([]);
      expect(await records.all()).toEqual([]);
      expect(chosen.size).toBe(0);
    });

    it('is refused by name for environments that were not accepted, whosever they are', async () => {
      await setUp();
      namespaces = [namespace('worktree-mine', await repositoryId()), namespace('worktree-theirs', 'another')];
      const contents = await clusterContents(ports)({ folder: root, name: 'coppice' }, runOf());
      expect(contents).toEqual({
        name: 'coppice',
        own: ['worktree-mine'],
        others: ['worktree-theirs'],
        isUnseen: false,
      });
      await expect(remove()).rejects.toMatchObject({
        code: 'conflict',
        message:
          'The cluster coppice has environments that would be lost, also of other repositories: worktree-mine, worktree-theirs.',
      });
      await expect(remove(['worktree-mine'])).rejects.toMatchObject({
        message: expect.stringMatching(/: worktree-theirs\.$/),
      });
      await expect(remove(['worktree-theirs'])).rejects.toMatchObject({
        message: 'The cluster coppice has environments that would be lost: worktree-mine.',
      });
      expect(await fake.clusters()).toHaveLength(1);
      await remove(['worktree-mine', 'worktree-theirs']);
      expect(await fake.clusters()).toEqual([]);
    });

    it('drops the databases of the environments that go with it, and forgets them, also those of other repositories', async () => {
      const { identity: cluster } = await setUp();
      const mine = worktrees;
      const theirs = new FakeWorktrees('/code/theirs');
      theirs.repositoryInfo = { ...theirs.repositoryInfo, id: 'ba9876543210' };
      const all = [mine, theirs];
      class Both extends FakeWorktrees {
        override async repository(at: string): Promise<Repository> {
          const found = all.find(({ repositoryInfo }) => at.startsWith(repositoryInfo.root));
          if (!found) throw new Error(`${at} is in no repository`);
          return found.repository(at);
        }
        override async list(repository: Repository): Promise<Worktree[]> {
          return (repository.id === theirs.repositoryInfo.id ? theirs : mine).list(repository);
        }
      }
      ports = { ...ports, worktrees: new Both() };
      const mainOf = async (one: FakeWorktrees): Promise<Worktree> => {
        const [main] = await one.list(one.repositoryInfo);
        if (!main) throw new Error('no worktree');
        return main;
      };
      for (const [one, slug] of [[mine, 'mine'] as const, [theirs, 'theirs'] as const]) {
        const repository = one.repositoryInfo;
        const owner = { repositoryId: repository.id, worktreeId: slug };
        await identities.write(await mainOf(one), identityOf(slug, { owner, cluster }));
        const { name: template } = await databases.ensureTemplate(
          { name: 't', repositoryId: repository.id, recipe: 'r' },
          async () => undefined,
        );
        await databases.clone({ database: `wt_${slug}`, role: `wt_${slug}`, template, owner });
      }
      namespaces = [
        { ...namespace('worktree-mine', await repositoryId()), annotations: { database: 'wt_mine' } },
        { ...namespace('worktree-theirs', 'another'), annotations: { folder: '/code/theirs' } },
        { ...namespace('worktree-gone', 'third'), annotations: { folder: '/code/gone' } },
      ];
      await remove(['worktree-mine', 'worktree-theirs', 'worktree-gone']);
      for (const one of all) expect(await identities.read(await mainOf(one))).toBeUndefined();
      expect(await databases.owner('wt_mine')).toBeUndefined();
      expect(await databases.owner('wt_theirs')).toBeUndefined();
      // A database is spoken of where the namespace says that there is one.
      const titles = progress.map(({ title }) => title).filter((title) => title.includes('environment'));
      expect([...new Set(titles)].sort()).toEqual([
        'Drop the database of mine, and forget its environment',
        'Forget the environment of theirs',
      ]);
    });

    it('is refused for databases outside of it, also when all that was in it is gone already', async () => {
      const { identity: cluster } = await setUp();
      const [main] = await worktrees.list(worktrees.repositoryInfo);
      if (!main) throw new Error('no worktree');
      const owner = { repositoryId: worktrees.repositoryInfo.id, worktreeId: 'mine' };
      await identities.write(main, identityOf('mine', { owner, cluster }));
      const { name: template } = await databases.ensureTemplate(
        { name: 't', repositoryId: owner.repositoryId, recipe: 'r' },
        async () => undefined,
      );
      await databases.clone({ database: 'wt_mine', role: 'wt_mine', template, owner });
      // By "k3d cluster delete", or with all of Docker's data.
      await new K3dClusters({ folder: home, env: fake.env }).delete('coppice', 'mark-1');
      namespaces = undefined;
      const { own, isUnseen } = await clusterContents(ports)({ folder: root, name: 'coppice' }, runOf());
      expect({ own, isUnseen }).toEqual({ own: ['worktree-mine'], isUnseen: false });
      await expect(remove()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/would be lost: worktree-mine\.$/),
      });
      expect(await databases.owner('wt_mine')).toEqual(owner);
      await remove(own);
      expect(await databases.owner('wt_mine')).toBeUndefined();
      expect(await identities.read(main)).toBeUndefined();
    });

    it('asks about no environment of which nothing is left', async () => {
      const { identity: cluster } = await setUp();
      const [main] = await worktrees.list(worktrees.repositoryInfo);
      if (!main) throw new Error('no worktree');
      const owner = { repositoryId: worktrees.repositoryInfo.id, worktreeId: 'mine' };
      await identities.write(main, identityOf('mine', { owner, cluster }));
      await new K3dClusters({ folder: home, env: fake.env }).delete('coppice', 'mark-1');
      await remove();
      expect(await identities.read(main)).toBeUndefined();
    });

    it('leaves databases alone that are in the cluster: they go with it', async () => {
      const { identity: cluster } = await setUp();
      ports = { ...ports, databases: undefined };
      const [main] = await worktrees.list(worktrees.repositoryInfo);
      if (!main) throw new Error('no worktree');
      await identities.write(
        main,
        identityOf('feature', {
          owner: { repositoryId: worktrees.repositoryInfo.id, worktreeId: 'bbbbbbbbbbbb' },
          cluster,
        }),
      );
      await remove();
      expect(await identities.read(main)).toBeUndefined();
      expect(progress.map(({ title }) => title)).not.toContainEqual(expect.stringContaining('Drop the database'));
    });

    it('is refused while it cannot be seen what is in it, unless told', async () => {
      await setUp();
      namespaces = undefined;
      await expect(remove()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('does not run'),
      });
      await remove([], true);
      expect(await fake.clusters()).toEqual([]);
    });

    it('is not deleted when somebody made it anew', async () => {
      await setUp();
      await fake.behave({});
      const { env } = fake;
      await new K3dClusters({ folder: home, env }).delete('coppice', 'mark-1');
      await fake.put({ name: 'coppice', mark: 'theirs', running: true, ports: [], servers: 1, registry: undefined });
      await expect(remove()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('made anew') });
      expect(await fake.clusters()).toHaveLength(1);
    });

    it('of a name that Coppice never gave is not found', async () => {
      await expect(deleteCluster(ports)({ folder: root, name: 'theirs', accepted: [] }, runOf())).rejects.toMatchObject(
        {
          code: 'notFound',
        },
      );
    });
  });
});
