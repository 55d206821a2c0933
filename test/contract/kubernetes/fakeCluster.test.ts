import type { PodFacts } from '../../../src/core/facts';
import { FakeCluster } from '../../support/fakes/fakeCluster';
import { FakeWorkloads } from '../../support/fakes/fakeWorkloads';
import { clusterContract } from './clusterContract';

clusterContract(
  'the fake',
  async () => {
    const cluster = new FakeCluster();
    const workloads = new FakeWorkloads(cluster);
    let podNumber = 0;
    const makePod = (service: string, exitCode: number | undefined): PodFacts => {
      const hasCrashed = exitCode !== undefined;
      return {
        name: `${service}-${++podNumber}`,
        service,
        phase: 'Running',
        isReady: !hasCrashed,
        isDeleting: false,
        restarts: hasCrashed ? 1 : 0,
        createdAt: Date.now(),
        container: {
          state: hasCrashed ? 'waiting' : 'running',
          reason: hasCrashed ? 'CrashLoopBackOff' : undefined,
          message: undefined,
          exitCode: undefined,
          lastTermination: hasCrashed ? { reason: 'Error', exitCode, message: undefined } : undefined,
        },
        message: undefined,
        lastWarning: hasCrashed ? 'Back-off restarting failed container' : undefined,
      };
    };
    return {
      cluster,
      workloads,
      async runService(namespace, _owner, service, { lines, exitCode }) {
        const run = (): void => {
          const ready = exitCode === undefined ? 1 : 0;
          cluster.setFacts(namespace, {
            deployments: [
              { service, desired: 1, ready, updated: 1, available: ready, isObserved: true, problem: undefined },
            ],
            pods: [makePod(service, exitCode)],
          });
          const runs = exitCode === undefined ? 1 : 2;
          for (let i = 0; i < runs; i++) for (const line of lines) cluster.addLogLine(namespace, service, line);
        };
        workloads.onRestart = run;
        run();
      },
      async claimVolume(namespace, name, size, service) {
        cluster.claims.set(namespace, [...(cluster.claims.get(namespace) ?? []), { name, service, size }]);
      },
      async makeForeignNamespace(name) {
        cluster.addForeignNamespace(name);
      },
      async dispose() {},
    };
  },
  5_000,
);
