import type { V1PersistentVolumeClaim, V1StorageClass } from '@kubernetes/client-node';
import { infraNamespace } from '../../core/clusters/infra';
import type { Infra, InfraVolume } from '../../core/ports/infra';
import type { KubeConnection } from './connection/kubeConnection';
import { serviceLabel } from './objects/labels';
import { listInPages } from './connection/listInPages';

const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
] as const;

/** What only infra needs to know of a Kubernetes. */
export class KubernetesInfra implements Infra {
  /** @param chart absolute folder of charts/infra */
  constructor(
    private readonly connection: KubeConnection,
    readonly chart: string,
  ) {}

  async hasDefaultStorage(signal?: AbortSignal): Promise<boolean> {
    const list = { path: '/apis/storage.k8s.io/v1/storageclasses', query: {}, resource: 'storage classes' };
    const { items } = await listInPages<V1StorageClass>(this.connection, list, signal);
    return items.some(({ metadata }) => defaultMarks.some((mark) => metadata?.annotations?.[mark] === 'true'));
  }

  async volumes(signal?: AbortSignal): Promise<readonly InfraVolume[]> {
    const path = `/api/v1/namespaces/${infraNamespace}/persistentvolumeclaims`;
    const { items } = await listInPages<V1PersistentVolumeClaim>(
      this.connection,
      { path, query: {}, resource: 'persistent volume claims' },
      signal,
    );
    return items.map(({ metadata, spec }) => ({
      name: metadata?.labels?.[serviceLabel] ?? metadata?.name ?? '',
      size: spec?.resources?.requests?.['storage'] ?? '?',
    }));
  }
}
