import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { toEnvironment } from '../../../src/core/services/health';
import type { Health, ServiceStatus } from '../../../src/core/model';
import type { ClusterWatch } from '../../../src/core/ports/cluster';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { chart, helmPath } from '../../support/helm';
import { whileEndingPods } from '../../support/endPods';
import { silentLog } from '../../support/kubernetesHarness';
import type { Place } from '../../support/place';
import { until } from '../../support/until';
import { worktreeValues } from '../../support/worktreeValues';

type Service = WorktreeValues['services'][number];
type Own = Partial<Service>;

/** What a person is to see in the end: `reason` undefined means that there is none. */
interface Expected {
  readonly state: string;
  readonly health: Health;
  readonly reason: RegExp | undefined;
  /** Whether it must not look healthy at any time. */
  readonly neverHealthy?: true;
}

/** Services that go wrong in the ways that people see most, and what any cluster shows of them. */
function services(place: Place): Record<string, [Own, Expected]> {
  const program = (source: string): string[] => [place.node, '-e', source];
  const answering = (status: number, delayMs: number): Own => ({
    command: program(
      `setTimeout(() => require('node:http').createServer((_, response) => response.writeHead(${status}).end()).listen(Number(process.env.PORT)), ${delayMs})`,
    ),
    port: 3000,
    env: { PORT: '3000', DATABASE_URL: '' },
    health: '/healthz',
  });
  const crashing = { state: 'CrashLoopBackOff', health: 'degraded' } as const;
  const running = { state: 'Running', health: 'degraded' } as const;
  return {
    completed: [
      { command: program('console.log("all done")') },
      { ...crashing, state: 'Completed', reason: /^ended by itself with exit code 0$/ },
    ],
    exits: [
      { command: program('console.error("Error: no luck\\n    at somewhere"); process.exit(3)') },
      { ...crashing, reason: /^exit code 3: Error: no luck$/ },
    ],
    'missing-program': [
      { command: ['/no/such/program'] },
      {
        ...crashing,
        reason: /^cannot start: exec: "\/no\/such\/program": stat \/no\/such\/program: no such file or directory$/,
        neverHealthy: true,
      },
    ],
    'no-image-name': [
      { command: program('setInterval(() => {}, 1000)'), image: 'Not A Name' },
      {
        state: 'InvalidImageName',
        health: 'degraded',
        reason: /^Failed to apply default image tag "Not A Name": couldn't parse image .*: invalid reference format/,
        neverHealthy: true,
      },
    ],
    'missing-secret': [
      { command: program('setInterval(() => {}, 1000)'), env: {} },
      {
        state: 'CreateContainerConfigError',
        health: 'degraded',
        reason: /^secret "absent" not found$/,
        neverHealthy: true,
      },
    ],
    'never-listens': [
      { ...answering(200, 100_000_000), health: null },
      {
        ...running,
        // On the embedded cluster no pod has an address, and it is known what its process does instead.
        reason:
          /^(?:Readiness probe failed: dial tcp \d+\.\d+\.\d+\.\d+:3000: connect: connection refused|nothing listens on its PORT \d{5})$/,
        neverHealthy: true,
      },
    ],
    slow: [answering(200, 4000), { state: 'Running', health: 'healthy', reason: undefined }],
    stopped: [
      { command: program(''), replicas: 0 },
      { state: 'Stopped', health: 'stopped', reason: undefined },
    ],
    unhealthy: [
      answering(500, 0),
      {
        ...running,
        reason: /^Startup probe failed: HTTP probe failed with statuscode: 500$/,
        neverHealthy: true,
      },
    ],
  };
}

/** What a person sees of services that fail: the same on the embedded cluster and on any Kubernetes. */
export function statusContract(title: string, makePlace: () => Promise<Place>): void {
  describe(`What is seen of failing services: ${title}`, { timeout: 120_000 }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
    const namespace = `worktree-status-${mark}`;
    /** In the order in which they were seen. */
    const seen = new Map<string, Health[]>();
    let place: Place;
    let home: string;
    let cluster: KubernetesCluster;
    let helm: HelmReleases | undefined;
    let watch: ClusterWatch | undefined;

    const statuses = (): readonly ServiceStatus[] =>
      watch?.current.state === 'online' ? watch.current.environments.flatMap((one) => toEnvironment(one).services) : [];

    beforeAll(async () => {
      place = await makePlace();
      home = await mkdtemp(join(tmpdir(), 'coppice-status-home-'));
      const { kubeconfig } = place;
      cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
      const access = await cluster.connect();
      await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
      watch = cluster.watch(owner.repositoryId);
      watch.onDidChange(() => {
        for (const { name, health } of statuses()) seen.set(name, [...(seen.get(name) ?? []), health]);
      });
      const { worktree } = worktreeValues('main', place.folder);
      const values: WorktreeValues = {
        worktree: { ...worktree, ...owner },
        services: Object.entries(services(place)).map(([name, [own]]) => ({
          name,
          image: place.image,
          command: [],
          port: null,
          routes: [],
          // Who has it set asks for no secret.
          env: { DATABASE_URL: '' },
          health: null,
          replicas: 1,
          mount: false,
          ...own,
        })),
        databaseSecret: 'absent',
        ingressClass: null,
      };
      helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
      await helm.install({ release: 'one', namespace, chart: undefined, values, access });
    }, 120_000);
    afterAll(async () => {
      await helm?.uninstall('one', namespace, await cluster.connect());
      watch?.dispose();
      await whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner));
      await rm(home, { recursive: true });
      await place.dispose();
    }, 180_000);

    test.each([
      'stopped',
      'no-image-name',
      'missing-secret',
      'never-listens',
      'unhealthy',
      'slow',
      'missing-program',
      'completed',
      'exits',
    ])('%s', async (name) => {
      const [, expected] = services(place)[name] ?? [];
      if (!expected) throw new Error(`there is no service ${name}`);
      const { state, health, reason, neverHealthy } = expected;
      let last: ServiceStatus | undefined;
      await until(() => {
        last = statuses().find((status) => status.name === name);
        return last?.state === state && last.health === health && (reason ?? /^undefined$/).test(String(last.reason));
      }, 60_000).catch(() =>
        expect(last).toMatchObject({ state, health, reason: reason && expect.stringMatching(reason) }),
      );
      if (neverHealthy) expect(seen.get(name)).not.toContain('healthy');
    });
  });
}
