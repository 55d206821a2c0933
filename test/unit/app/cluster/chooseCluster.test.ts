import { describe, expect, it } from 'vitest';
import { chooseCluster, type ChooseClusterPorts } from '../../../../src/app/cluster/chooseCluster';
import { chosenCluster } from '../../../../src/app/cluster/chosenCluster';
import { verifyAllowed } from '../../../../src/app/cluster/clusterGuard';
import { clusterOptions, isCurrent } from '../../../../src/app/cluster/clusterOptions';
import { AppError } from '../../../../src/core/errors';
import type { KubeContext } from '../../../../src/core/clusters/kubeContext';
import { defaultSettings, type Settings } from '../../../../src/core/settings';
import { EnvironmentWorld } from '../../../support/environmentWorld';
import { FakeClusterChoices } from '../../../support/fakes/fakeClusterChoices';

const run = { signal: new AbortController().signal, report: () => undefined };
const folder = '/code/repo';

const contextOf = (name: string, server: string): KubeContext => ({
  name,
  server,
  caSha256: 'c'.repeat(64),
  cluster: name,
  namespace: undefined,
});
const kind = contextOf('kind-a', 'https://127.0.0.1:6443');
const team = contextOf('team', 'https://10.0.0.1');
const prod = contextOf('team-prod', 'https://10.0.0.2');

const embeddedKubeconfig = '/home/me/.coppice/cluster/kubeconfig';

function aStage(
  contexts: readonly KubeContext[] | AppError = [kind, team, prod],
  ofEmbedded: readonly KubeContext[] | AppError = new AppError('notConfigured', 'It was never started.'),
) {
  const world = new EnvironmentWorld();
  const choices = new FakeClusterChoices();
  let settings: Settings = defaultSettings;
  const ports: ChooseClusterPorts = {
    ...world.createPorts(),
    choices,
    contexts: {
      list: async ([path]) => {
        const listed = path === embeddedKubeconfig ? ofEmbedded : contexts;
        if (listed instanceof AppError) throw listed;
        return listed;
      },
    },
    embeddedKubeconfig,
    localRecords: { all: async () => [] },
    kubeconfigs: () => ['/home/me/.kube/config'],
    settings: () => settings,
  };
  return {
    world,
    choices,
    ports,
    set: (change: Partial<Settings>) => void (settings = { ...settings, ...change }),
    choose: (name: string, confirmed?: string) => chooseCluster(ports)({ folder, name, confirmed }, run),
    options: () => clusterOptions(ports)(folder, run.signal),
  };
}

describe('choosing a cluster', () => {
  it('records what pins it, and asks no cluster anything', async () => {
    const stage = aStage();
    stage.world.cluster.setAway('nobody asks');
    const { cluster, elsewhere } = await stage.choose('kind-a');
    const identity = { kind: 'context', context: 'kind-a', server: kind.server, caSha256: kind.caSha256 };
    expect(cluster).toEqual(identity);
    expect(elsewhere).toEqual([]);
    const { id } = stage.world.worktrees.repositoryInfo;
    expect(await chosenCluster(stage.ports, id)).toEqual({ identity, kubeconfigs: ['/home/me/.kube/config'] });
    await verifyAllowed(stage.ports, cluster);
    expect(stage.world.locks.held).toEqual([]);
  });

  it('goes back to the embedded one, and says which environments stay elsewhere', async () => {
    const stage = aStage();
    const { identity } = await stage.world.createBranch('topic');
    expect((await stage.choose('kind-a')).elsewhere).toEqual([identity]);
    expect(await stage.choose('embedded')).toEqual({ cluster: { kind: 'embedded' }, elsewhere: [] });
  });

  it('is denied for one that no setting names, with the setting', async () => {
    const stage = aStage();
    await expect(stage.choose('team')).rejects.toMatchObject({
      code: 'denied',
      remedy: { action: { kind: 'openSettings', setting: 'coppice.cluster.allowedContexts' } },
    });
    stage.set({ 'cluster.allowedContexts': ['team'] });
    const { cluster } = await stage.choose('team');
    await verifyAllowed(stage.ports, cluster);
    stage.set({ 'cluster.allowedContexts': [] });
    await expect(verifyAllowed(stage.ports, cluster)).rejects.toMatchObject({ code: 'denied' });
  });

  it('wants the name typed where it looks like production', async () => {
    const stage = aStage();
    stage.set({ 'cluster.allowedContexts': ['team-prod'] });
    for (const typed of [undefined, '', 'team-pro', 'TEAM-PROD'])
      await expect(stage.choose('team-prod', typed)).rejects.toMatchObject({ code: 'conflict' });
    expect(stage.choices.all).toEqual([]);
    await stage.choose('team-prod', 'team-prod');
    expect(stage.choices.all).toHaveLength(1);
  });

  it('knows no other, and says why where the kubeconfig cannot be read', async () => {
    await expect(aStage().choose('nothing')).rejects.toMatchObject({
      code: 'notFound',
      message: 'There is no cluster "nothing" to choose. There are: embedded, kind-a, team, team-prod.',
    });
    const broken = new AppError('notConfigured', 'The kubeconfig cannot be understood.');
    await expect(aStage(broken).choose('kind-a')).rejects.toBe(broken);
    await aStage(broken).choose('embedded');
  });
});

describe('what can be chosen', () => {
  it('is the embedded cluster and the contexts, with what is in the way of each', async () => {
    const stage = aStage();
    await stage.choose('kind-a');
    const { options, current, problem } = await stage.options();
    expect(problem).toBeUndefined();
    expect(options.map((one) => [one.name, one.isAllowed, one.looksLikeProduction, isCurrent(one, current)])).toEqual([
      ['embedded', true, false, false],
      ['kind-a', true, false, true],
      ['team', false, false, false],
      ['team-prod', false, true, false],
    ]);
  });

  it('is no context that leads to the embedded cluster: as one its services would run unapproved', async () => {
    const own = { ...contextOf('coppice-embedded', 'https://127.0.0.1:7443'), caSha256: 'e'.repeat(64) };
    const renamed = { ...own, name: 'mine', server: 'https://localhost:7443' };
    const names = async (...stage: Parameters<typeof aStage>) =>
      (await aStage(...stage).options()).options.map(({ name }) => name);
    expect(await names([own, renamed, kind], [own])).toEqual(['embedded', 'kind-a']);
    expect(await names([own, kind])).toEqual(['embedded', 'kind-a']);
    const stage = aStage([own], [own]);
    stage.set({ 'cluster.allowedContexts': ['coppice-embedded'] });
    await expect(stage.choose('coppice-embedded')).rejects.toMatchObject({ code: 'notFound' });
  });

  it('is the embedded cluster alone where there is no kubeconfig', async () => {
    const broken = new AppError('notConfigured', 'There is no kubeconfig.');
    const { options, problem } = await aStage(broken).options();
    expect(options.map(({ name }) => name)).toEqual(['embedded']);
    expect(problem).toBe(broken);
  });
});

describe('a repository that has chosen nothing', () => {
  it('uses what the setting names, as it was pinned when it was chosen', async () => {
    const stage = aStage();
    expect((await chosenCluster(stage.ports, 'other')).identity).toEqual({ kind: 'embedded' });
    stage.set({ 'cluster.default': 'kind-a' });
    await expect(chosenCluster(stage.ports, 'other')).rejects.toMatchObject({
      code: 'notConfigured',
      remedy: { action: { kind: 'chooseCluster' } },
    });
    await stage.choose('kind-a');
    expect((await chosenCluster(stage.ports, 'other')).identity).toMatchObject({ server: kind.server });
  });
});

describe('a cluster that nobody chose', () => {
  it('is changed by nothing, wherever it is', async () => {
    const stage = aStage();
    stage.set({ 'cluster.allowedContexts': ['kind-a', 'team'] });
    for (const { name, server, caSha256 = '' } of [kind, team]) {
      const refused = verifyAllowed(stage.ports, { kind: 'context', context: name, server, caSha256 });
      await expect(refused).rejects.toMatchObject({ code: 'denied', remedy: { action: { kind: 'chooseCluster' } } });
    }
  });
});
