import { KubeConnection, type KubeconfigSource } from '../../src/adapters/kubernetes/connection/kubeConnection';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import type { Owner } from '../../src/core/model';
import type { ClusterHarness } from '../contract/kubernetes/clusterContract';

/** A program that prints the lines, flushes them, and then stays or exits. */
export type MakeCommand = (lines: readonly string[], exitCode: number | undefined) => readonly string[];

export const silentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Runs services in a cluster that is reached by a kubeconfig, with plain API requests. */
export function kubernetesHarness(
  kubeconfig: KubeconfigSource,
  image: string,
  makeCommand: MakeCommand,
  podAnnotations: Readonly<Record<string, string>>,
): ClusterHarness {
  const connection = new KubeConnection(kubeconfig, { kind: 'context' });
  const cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
  const foreign: string[] = [];
  return {
    cluster,
    workloads: new KubernetesWorkloads(cluster.connection),
    async runService(namespace, owner, name, { lines, exitCode }) {
      await connection.json({
        method: 'POST',
        path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
        body: deployment(owner, name, image, makeCommand(lines, exitCode), podAnnotations),
        verb: 'create',
        resource: 'deployment',
      });
    },
    async makeForeignNamespace(name) {
      foreign.push(name);
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await connection.json({
        method: 'POST',
        path: '/api/v1/namespaces',
        body,
        verb: 'create',
        resource: 'namespace',
      });
    },
    async claimVolume(namespace, name, storage, service) {
      const labels = service === undefined ? {} : { 'coppice.dev/service': service };
      await connection.json({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
        body: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name, labels },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
        },
        verb: 'create',
        resource: 'persistent volume claim',
      });
    },
    async dispose() {
      for (const name of foreign) {
        await connection.json({
          method: 'DELETE',
          path: `/api/v1/namespaces/${name}`,
          verb: 'delete',
          resource: 'namespace',
        });
      }
    },
  };
}

function deployment(
  owner: Owner,
  name: string,
  image: string,
  command: readonly string[],
  annotations: Readonly<Record<string, string>>,
): object {
  const labels = {
    'coppice.dev/repository': owner.repositoryId,
    'coppice.dev/worktree': owner.worktreeId,
    'coppice.dev/service': name,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: { 'coppice.dev/service': name } },
      template: {
        metadata: { labels, annotations },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name, image, imagePullPolicy: 'IfNotPresent', command }],
        },
      },
    },
  };
}
