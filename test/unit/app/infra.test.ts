import { beforeEach, describe, expect, test } from 'vitest';
import { infraStatus } from '../../../src/app/infra/infraStatus';
import { infraContents, removeInfra } from '../../../src/app/infra/removeInfra';
import type { Progress } from '../../../src/app/run/run';
import { setUpInfra, type InfraPorts, type SetUpInfraRequest } from '../../../src/app/infra/setUpInfra';
import type { PodFacts } from '../../../src/core/facts';
import { infraParts } from '../../../src/core/clusters/infra';
import type { Infra, InfraValues, InfraVolume } from '../../../src/core/ports/infra';
import { defaultSettings } from '../../../src/core/settings';
import { FakeClock } from '../../support/fakes/fakeClock';
import { FakeCluster } from '../../support/fakes/fakeCluster';
import { FakeLocks } from '../../support/fakes/fakeLocks';
import { FakeReleases } from '../../support/fakes/fakeReleases';

class FakeInfra implements Infra {
  readonly chart = '/charts/infra';
  hasDefault = true;
  held: readonly InfraVolume[] = [{ name: 'postgresql', size: '10Gi' }];

  async hasDefaultStorage(): Promise<boolean> {
    return this.hasDefault;
  }

  async volumes(): Promise<readonly InfraVolume[]> {
    return this.held;
  }
}

const folder = '/code/repo';
const owner = { repositoryId: 'aa', worktreeId: 'bb' };

describe('infra', () => {
  let cluster: FakeCluster;
  let releases: FakeReleases;
  let infra: FakeInfra;
  let settings: InfraPorts['settings'];
  let told: Progress[];
  let pod: Partial<PodFacts>;
  let values: unknown[];

  const ports = (): InfraPorts => ({
    ...{ cluster, releases, infra, locks: new FakeLocks(), clock: new FakeClock() },
    settings: () => settings(),
  });
  const run = (signal = new AbortController().signal) => ({ signal, report: (news: Progress) => void told.push(news) });
  const setUp = (request: Partial<SetUpInfraRequest> = {}, signal?: AbortSignal) =>
    setUpInfra(ports())({ folder, ...request }, run(signal));

  beforeEach(() => {
    cluster = new FakeCluster();
    cluster.identity = { kind: 'k3d', context: 'k3d-coppice' };
    releases = new FakeReleases();
    infra = new FakeInfra();
    settings = () => defaultSettings;
    told = [];
    pod = {};
    values = [];
    releases.onInstall = (request) => {
      values.push(request.values);
      const service = 'postgresql';
      cluster.setFacts(request.namespace, {
        deployments: [
          { service, desired: 1, ready: 1, updated: 1, available: 1, isObserved: true, problem: undefined },
        ],
        pods: [
          {
            ...{ name: 'postgresql-1', service, phase: 'Running', isReady: true, isDeleting: false, restarts: 0 },
            ...{ createdAt: 0, message: undefined, lastWarning: undefined },
            container: {
              ...{ state: 'running', reason: undefined, message: undefined, exitCode: undefined },
              lastTermination: undefined,
            },
            ...pod,
          },
        ],
      });
    };
  });

  test('is made whole, and tells its steps', async () => {
    const result = await setUp();
    expect(result).toMatchObject({ parts: infraParts, ready: true, found: false });
    expect(cluster.changes).toEqual(['claimNamespace infra']);
    expect(releases.changes).toEqual(['install infra/infra']);
    const expected: InfraValues = {
      ...{ global: { persistence: true }, ingress: { class: '' }, network: { ingress: 'kube-system' } },
    };
    expect(values).toEqual([
      { ...expected, ...Object.fromEntries(infraParts.map((part) => [part, { enabled: true }])) },
    ]);
    expect(told.filter(({ state }) => state === 'done').map(({ step }) => step)).toEqual(
      expect.arrayContaining(['tools', 'cluster', 'decide', 'namespace', 'release', 'ready']),
    );
    expect(await infraStatus({ cluster })({ folder }, run())).toMatchObject({
      parts: infraParts,
      ephemeral: false,
      health: 'healthy',
      services: [{ name: 'postgresql', state: 'Running' }],
    });
  });

  test('an upgrade keeps what was chosen, and says that it was one', async () => {
    await setUp({ parts: ['postgresql', 'grafana'] });
    const again = await setUp();
    expect(again).toMatchObject({ parts: ['postgresql', 'grafana'], found: true });
    expect(values[1]).toEqual(values[0]);
    expect(values[0]).toMatchObject({ grafana: { enabled: true }, loki: { enabled: false } });
    expect((await setUp({ parts: ['loki'] })).parts).toEqual(['loki']);
  });

  test('where its data are is decided once', async () => {
    await setUp();
    await expect(setUp({ ephemeral: true })).rejects.toMatchObject({ code: 'conflict' });
    expect(releases.changes).toEqual(['install infra/infra']);
    expect((await setUp({ ephemeral: false })).found).toBe(true);
  });

  test('a cluster without volumes is refused before anything is made, unless that is accepted or a file says more', async () => {
    infra.hasDefault = false;
    await expect(setUp()).rejects.toMatchObject({ code: 'conflict', remedy: { title: 'Open Settings' } });
    expect([...cluster.changes, ...releases.changes]).toEqual([]);
    expect((await setUp({ ephemeral: true })).ready).toBe(true);
    expect(values[0]).toMatchObject({ global: { persistence: false } });
    // Of the second time it is known without being said.
    expect((await setUp()).found).toBe(true);
    expect(values[1]).toMatchObject({ global: { persistence: false } });
  });

  test('data that live as long as their pods are not lost with an upgrade that nobody accepted for them', async () => {
    await setUp({ ephemeral: true });
    await cluster.claimNamespace({ name: 'worktree-a', owner, annotations: { database: 'wt_a' } });
    const url = 'postgresql://a:b@postgresql.infra.svc:5432/wt_a';
    await cluster.putSecret('worktree-a', 'coppice-database', { DATABASE_URL: url }, owner);
    const losses = [{ kind: 'data', count: 1, examples: ['worktree-a'] }];
    await expect(setUp()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('may start anew'),
      losses,
    });
    await expect(setUp({ parts: ['grafana'] })).rejects.toMatchObject({
      message: expect.stringContaining('PostgreSQL goes'),
      losses,
    });
    expect(releases.changes).toEqual(['install infra/infra']);
    expect((await setUp({ accepted: ['worktree-a'] })).found).toBe(true);
    expect((await setUp({ parts: ['grafana'], accepted: ['worktree-a'] })).parts).toEqual(['grafana']);
    // Without it there is nothing to lose.
    expect((await setUp()).parts).toEqual(['grafana']);
  });

  test('a file of the person’s own reaches Helm', async () => {
    infra.hasDefault = false;
    settings = () => ({ ...defaultSettings, 'infra.values': '/home/me/infra.yaml' });
    await setUp();
    expect(releases.installed('infra', 'infra')).toMatchObject({ ownValues: '/home/me/infra.yaml' });
  });

  test('the embedded cluster has none, and the way out is told', async () => {
    cluster.identity = { kind: 'embedded' };
    for (const attempt of [
      setUp,
      () => infraStatus({ cluster })({ folder }, run()),
      () => removeInfra(ports())({ folder, accepted: [] }, run()),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'notConfigured' });
  });

  test('a namespace of somebody else is left alone', async () => {
    await cluster.claimNamespace({ name: 'infra', owner, annotations: {} });
    await expect(setUp()).rejects.toMatchObject({ code: 'conflict' });
    await expect(removeInfra(ports())({ folder, accepted: [] }, run())).rejects.toMatchObject({ code: 'conflict' });
    expect(cluster.changes).toEqual(['claimNamespace infra']);
    expect(releases.changes).toEqual([]);
  });

  test('cancelled, or failed, a first set-up leaves nothing; an upgrade leaves what was there', async () => {
    const cancel = new AbortController();
    releases.before = (method) => {
      if (method === 'install') cancel.abort();
    };
    await expect(setUp({}, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await cluster.readNamespace('infra')).toBeUndefined();
    releases.before = () => undefined;
    await setUp();
    const { changes } = releases;
    releases.before = (method) => {
      if (method === 'install') throw new Error('Helm said no');
    };
    await expect(setUp()).rejects.toMatchObject({ explanation: expect.stringContaining('set it up again') });
    expect(changes).toEqual(['install infra/infra']);
    expect(await cluster.readNamespace('infra')).toBeDefined();
  });

  test('what does not get ready is told with its reason, and stays', async () => {
    pod = {
      isReady: false,
      container: {
        ...{ state: 'waiting', reason: 'ImagePullBackOff', message: 'no such image', exitCode: undefined },
        lastTermination: undefined,
      },
    };
    const result = await setUp();
    expect(result.ready).toBe(false);
    expect(result.services[0]).toMatchObject({ state: 'ImagePullBackOff' });
    expect(told.at(-1)?.detail).toContain('ImagePullBackOff');
    expect(releases.names).toEqual(['infra/infra']);
  });

  test('goes only when each loss was accepted by its name', async () => {
    await setUp();
    const annotations = { database: 'wt_a' };
    const addresses = { 'worktree-a': 'postgresql.infra.svc:5432', 'worktree-elsewhere': '10.0.0.1:5432' };
    for (const [name, address] of Object.entries(addresses)) {
      await cluster.claimNamespace({ name, owner, annotations });
      await cluster.putSecret(name, 'coppice-database', { DATABASE_URL: `postgresql://a:b@${address}/wt_a` }, owner);
    }
    // Of what does not agree with itself the data go as well.
    const others = { DATABASE_URL: 'postgresql://a:b@postgresql.infra.svc:5432/wt_other' };
    await cluster.claimNamespace({ name: 'worktree-other', owner, annotations });
    await cluster.putSecret('worktree-other', 'coppice-database', others, owner);
    const contents = await infraContents(ports())({ folder }, run());
    expect(contents).toEqual({
      volumes: [{ name: 'postgresql', size: '10Gi' }],
      environments: ['worktree-a', 'worktree-other'],
    });
    // By the address that a person names for infra's, where they name no server of their own.
    settings = () => ({ ...defaultSettings, 'postgres.podAddress': '10.0.0.1:5432' });
    expect((await infraContents(ports())({ folder }, run())).environments).toContain('worktree-elsewhere');
    settings = () => ({
      ...{ ...defaultSettings, 'postgres.podAddress': '10.0.0.1:5432' },
      'postgres.url': 'postgresql://me@db.test:5432/',
    });
    expect((await infraContents(ports())({ folder }, run())).environments).not.toContain('worktree-elsewhere');
    settings = () => defaultSettings;
    const remove = (accepted: readonly string[]) => removeInfra(ports())({ folder, accepted }, run());
    for (const accepted of [[], ['postgresql'], ['worktree-a'], ['postgresql', 'worktree-a']])
      await expect(remove(accepted)).rejects.toMatchObject({
        code: 'conflict',
        explanation: expect.stringContaining('postgresql (10Gi)'),
      });
    expect(releases.names).toEqual(['infra/infra']);
    await remove(['postgresql', 'worktree-a', 'worktree-other']);
    expect(releases.names).toEqual([]);
    expect(await cluster.readNamespace('infra')).toBeUndefined();
    expect(await cluster.readNamespace('worktree-a')).toBeDefined();
    await expect(remove([])).rejects.toMatchObject({ code: 'notFound' });
  });
});
