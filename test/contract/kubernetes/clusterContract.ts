import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAbort, isAppError } from '../../../src/core/errors';
import type { EnvironmentFacts } from '../../../src/core/facts';
import type { Owner } from '../../../src/core/model';
import type { Cluster, ClusterWatch } from '../../../src/core/ports/cluster';
import type { Workloads } from '../../../src/core/ports/workloads';
import { until } from '../../support/until';

export interface ClusterHarness {
  readonly cluster: Cluster;
  readonly workloads: Workloads;
  /** Runs a service of one replica that prints the lines; then it stays, or exits with the code. */
  runService(
    namespace: string,
    owner: Owner,
    name: string,
    behaviour: { lines: readonly string[]; exitCode?: number },
  ): Promise<void>;
  /** Makes a namespace that nobody owns. */
  makeForeignNamespace(name: string): Promise<void>;
  /** Claims a volume, as a chart of somebody's would. @param service undefined: it is of none */
  claimVolume(namespace: string, name: string, size: string, service?: string): Promise<void>;
  dispose(): Promise<void>;
}

/** What holds for every Cluster: the one in memory, the embedded one and any Kubernetes. */
export function clusterContract(title: string, makeHarness: () => Promise<ClusterHarness>, timeoutMs: number): void {
  describe(`Cluster: ${title}`, { timeout: timeoutMs }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const owner: Owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
    const other: Owner = { repositoryId: owner.repositoryId, worktreeId: `cc${mark}` };
    const name = (what: string): string => `worktree-contract-${mark}-${what}`;
    const made = new Map<string, Owner>();
    let harness: ClusterHarness;
    let cluster: Cluster;
    let workloads: Workloads;

    const claim = async (namespace: string, by = owner, annotations: Record<string, string> = {}): Promise<string> => {
      made.set(namespace, by);
      await cluster.claimNamespace({ name: namespace, owner: by, annotations });
      return namespace;
    };
    const onlyOwn = async (): Promise<EnvironmentFacts[]> => cluster.read(owner.repositoryId);
    const watched = (watch: ClusterWatch, namespace: string): EnvironmentFacts | undefined =>
      watch.current.state === 'online'
        ? watch.current.environments.find((one) => one.namespace === namespace)
        : undefined;

    beforeAll(async () => {
      harness = await makeHarness();
      ({ cluster, workloads } = harness);
    }, timeoutMs);
    afterAll(async () => {
      await Promise.all(
        [...made].map(([namespace, by]) => cluster.deleteNamespace(namespace, by).catch(() => undefined)),
      );
      await harness.dispose();
    }, timeoutMs);

    test('answers where it is', async () => {
      const access = await cluster.connect();
      expect(access.server).toMatch(/^https?:\/\//);
      expect(await cluster.probe()).toEqual(access);
    });

    test('a namespace is claimed once, found again by its owner, and refused to anybody else', async () => {
      const annotations = { ref: 'refs/heads/x"y\'z{{ .Values }}\n$(id)', folder: 'C:\\Users\\ä' };
      const namespace = name('claim');
      made.set(namespace, owner);
      expect(await cluster.readNamespace(namespace)).toBeUndefined();
      expect(await cluster.claimNamespace({ name: namespace, owner, annotations })).toBe('created');
      expect(await cluster.claimNamespace({ name: namespace, owner, annotations })).toBe('found');
      const record = await cluster.readNamespace(namespace);
      expect(record).toMatchObject({ name: namespace, owner, terminating: false, annotations });
      expect(await cluster.listNamespaces()).toContainEqual(record);
      await expect(cluster.claimNamespace({ name: namespace, owner: other, annotations })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await cluster.claimNamespace({ name: namespace, owner, annotations: { services: 'a,b' } })).toBe('found');
      expect((await cluster.readNamespace(namespace))?.annotations).toEqual({ ...annotations, services: 'a,b' });
    });

    test('of many who claim one namespace at once, one makes it', async () => {
      const namespace = name('race');
      made.set(namespace, owner);
      const answers = await Promise.all(
        [1, 2, 3, 4, 5].map(() => cluster.claimNamespace({ name: namespace, owner, annotations: {} })),
      );
      expect(answers.sort()).toEqual(['created', 'found', 'found', 'found', 'found']);
    });

    test("a namespace without an owner is nobody's: not listed, not claimed, not deleted", async () => {
      const namespace = name('foreign');
      await harness.makeForeignNamespace(namespace);
      expect((await cluster.listNamespaces()).map((record) => record.name)).not.toContain(namespace);
      await expect(cluster.claimNamespace({ name: namespace, owner, annotations: {} })).rejects.toMatchObject({
        code: 'conflict',
      });
      await expect(cluster.deleteNamespace(namespace, owner)).rejects.toMatchObject({ code: 'conflict' });
      await expect(cluster.putSecret(namespace, 'x', {}, owner)).rejects.toMatchObject({ code: 'conflict' });
      expect(await cluster.readNamespace(namespace)).toMatchObject({ owner: undefined, terminating: false });
    });

    test('a namespace is deleted by its owner only, and is gone afterwards', async () => {
      const namespace = await claim(name('delete'));
      await expect(cluster.deleteNamespace(namespace, other)).rejects.toMatchObject({ code: 'conflict' });
      expect(await cluster.readNamespace(namespace)).toMatchObject({ terminating: false });
      await cluster.deleteNamespace(namespace, owner);
      expect(await cluster.readNamespace(namespace)).toBeUndefined();
      await cluster.deleteNamespace(namespace, owner);
    });

    test('a secret is written, replaced and read as it was written', async () => {
      const namespace = await claim(name('secret'));
      expect(await cluster.readSecret(namespace, 'database')).toBeUndefined();
      const first = { DATABASE_URL: 'postgres://u:p%40\'"$(x)@h/d?ä=ö', EMPTY: '' };
      await cluster.putSecret(namespace, 'database', first, owner);
      expect(await cluster.readSecret(namespace, 'database')).toEqual(first);
      await cluster.putSecret(namespace, 'database', { OTHER: 'b' }, owner);
      expect(await cluster.readSecret(namespace, 'database')).toEqual({ OTHER: 'b' });
      await expect(cluster.putSecret(namespace, 'database', {}, other)).rejects.toMatchObject({ code: 'conflict' });
      await expect(cluster.putSecret(name('nowhere'), 'database', {}, owner)).rejects.toMatchObject({
        code: 'notFound',
      });
    });

    test('tells of volumes that were claimed in a namespace, and of what', async () => {
      const namespace = await claim(name('volumes'));
      expect(await cluster.listClaims(namespace)).toEqual([]);
      await harness.claimVolume(namespace, 'data-postgres-0', '8Gi');
      await harness.claimVolume(namespace, 'cache-redis-data', '2Gi', 'cache');
      expect([...(await cluster.listClaims(namespace))].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        { name: 'cache-redis-data', service: 'cache', size: '2Gi' },
        { name: 'data-postgres-0', service: undefined, size: '8Gi' },
      ]);
      expect(await cluster.listClaims(name('nowhere'))).toEqual([]);
    });

    test('what several repositories own is read and watched at once, and nothing of others', async () => {
      const [second, third] = [`ee${mark}`, `ff${mark}`];
      const mine = await claim(name('several-one'));
      const before = await claim(name('several-two'), { repositoryId: second, worktreeId: owner.worktreeId });
      const foreign = await claim(name('several-other'), { repositoryId: third, worktreeId: owner.worktreeId });
      const namespaces = (all: readonly EnvironmentFacts[]): string[] =>
        all.map(({ namespace }) => namespace).filter((one) => one.startsWith(name('several')));
      expect(namespaces(await cluster.read([owner.repositoryId, second]))).toEqual([mine, before]);
      const watch = cluster.watch([owner.repositoryId, second]);
      try {
        await until(() => watched(watch, mine) && watched(watch, before), timeoutMs);
        // What appears later is there as well.
        const later = await claim(name('several-late'), { repositoryId: second, worktreeId: `gg${mark}` });
        await until(() => watched(watch, later), timeoutMs);
        expect(watched(watch, foreign)).toBeUndefined();
      } finally {
        watch.dispose();
      }
    });

    test('a service is seen to become ready; its lines can be read; a restart gives it a new pod', async () => {
      const namespace = await claim(name('service'), owner, { slug: 's' });
      const watch = cluster.watch(owner.repositoryId);
      try {
        await until(() => watched(watch, namespace), timeoutMs);
        await harness.runService(namespace, owner, 'web', { lines: ['first', 'second ä', ''] });
        const ready = await until(() => {
          const facts = watched(watch, namespace);
          return facts?.pods[0]?.isReady && facts.deployments[0]?.ready === 1 ? facts : undefined;
        }, timeoutMs);
        expect(ready).toMatchObject({ ...owner, namespace, terminating: false, annotations: { slug: 's' } });
        // Whether its data would outlive its pods only some can tell.
        expect(ready.deployments).toMatchObject([
          { service: 'web', desired: 1, ready: 1, updated: 1, available: 1, isObserved: true, problem: undefined },
        ]);
        expect(ready.pods[0]).toMatchObject({
          service: 'web',
          phase: 'Running',
          isDeleting: false,
          restarts: 0,
          container: { state: 'running' },
        });
        expect(await onlyOwn()).toContainEqual(ready);
        expect(await cluster.read(`dd${mark}`)).toEqual([]);

        // Without a readiness probe a pod is ready before its program has said anything.
        await until(
          async () => (await collect(workloads.logs(namespace, 'web', { follow: false }))).length >= 3,
          timeoutMs,
        );
        expect(await collect(workloads.logs(namespace, 'web', { follow: false }))).toEqual(['first', 'second ä', '']);
        expect(await collect(workloads.logs(namespace, 'web', { follow: false, tail: 2 }))).toEqual(['second ä', '']);
        const timed = await collect(workloads.logs(namespace, 'web', { follow: false, timestamps: true }));
        expect(timed.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z /, '# '))).toEqual([
          ...['# first', '# second ä', '# '],
        ]);
        expect(await collect(workloads.logs(namespace, 'nothing', { follow: false }))).toEqual([]);

        const followed: string[] = [];
        const cancel = new AbortController();
        const following = (async () => {
          for await (const line of workloads.logs(namespace, 'web', { follow: true }, cancel.signal))
            followed.push(line);
        })();
        await until(() => followed.length === 3, timeoutMs);
        await workloads.restart(namespace, 'web', owner);
        await until(
          () => watched(watch, namespace)?.pods.some((pod) => pod.name !== ready.pods[0]?.name && pod.isReady),
          timeoutMs,
        );
        await until(() => followed.length >= 6, timeoutMs);
        expect(followed.slice(0, 6)).toEqual(['first', 'second ä', '', 'first', 'second ä', '']);
        cancel.abort();
        await expect(following).rejects.toSatisfy(isAbort);

        await expect(workloads.restart(namespace, 'web', other)).rejects.toMatchObject({ code: 'conflict' });
        await expect(workloads.restart(namespace, 'nothing', owner)).rejects.toMatchObject({ code: 'notFound' });
      } finally {
        watch.dispose();
      }
    });

    test('a service that exits is seen to crash, with the exit code, and its namespace is seen to go', async () => {
      const namespace = await claim(name('crash'));
      const watch = cluster.watch(undefined);
      try {
        // A follower hears every run of the container, and comes to its end when the namespace does.
        const followed: string[] = [];
        const following = (async () => {
          for await (const line of workloads.logs(namespace, 'web', { follow: true })) followed.push(line);
        })();
        await harness.runService(namespace, owner, 'web', { lines: ['about to fail'], exitCode: 3 });
        const crashed = await until(
          () =>
            watched(watch, namespace)?.pods.find(
              (pod) => pod.container?.reason === 'CrashLoopBackOff' && pod.lastWarning,
            ),
          timeoutMs,
        );
        expect(crashed).toMatchObject({
          isReady: false,
          container: { state: 'waiting', lastTermination: { exitCode: 3 } },
        });
        expect(crashed.lastWarning).toMatch(/back-?off/i);
        expect(await collect(workloads.logs(namespace, 'web', { follow: false }))).toContain('about to fail');
        await until(() => followed.filter((line) => line === 'about to fail').length >= 2, timeoutMs);
        await cluster.deleteNamespace(namespace, owner);
        await until(() => watch.current.state === 'online' && !watched(watch, namespace), timeoutMs);
        await following;
      } finally {
        watch.dispose();
      }
    });

    test('what is aborted rejects with an AbortError', async () => {
      const aborted = AbortSignal.abort();
      const calls = [
        cluster.connect(aborted),
        cluster.readNamespace('x', aborted),
        cluster.claimNamespace({ name: name('never'), owner, annotations: {} }, aborted),
        cluster.deleteNamespace('x', owner, aborted),
        cluster.putSecret('x', 'y', {}, owner, aborted),
        cluster.read(undefined, aborted),
        collect(workloads.logs('x', 'y', { follow: true }, aborted)),
      ];
      for (const result of await Promise.allSettled(calls)) {
        expect(result.status === 'rejected' && isAbort(result.reason) && !isAppError(result.reason)).toBe(true);
      }
      expect(await cluster.readNamespace(name('never'))).toBeUndefined();
    });
  });
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}
