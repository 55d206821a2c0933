import { Cluster } from '@ngrok/webernetes';
import type { KubeObject } from '../../packages/cluster/src/schema/kubeObject';
import { ObjectStore } from '../../packages/cluster/src/store/objectStore';
import { resourceOfKind } from '../../packages/cluster/src/schema/resources';

export interface TestStore {
  objects: ObjectStore;
  /** Fills in what every object has. */
  add(
    object: Record<string, unknown> & { kind: string; metadata: { name: string; namespace?: string } },
  ): Promise<KubeObject>;
  close(): Promise<void>;
}

let made = 0;

/** A real object store without controllers or validation: what is put in stays as it is. */
export async function openTestStore(): Promise<TestStore> {
  const cluster = new Cluster({ nodes: 1 });
  const objects = await ObjectStore.open(cluster);
  return {
    objects,
    async add(object) {
      const created = new Date(Date.UTC(2026, 0, 1) + made++ * 1000).toISOString();
      const metadata = { uid: crypto.randomUUID(), creationTimestamp: created, ...object.metadata };
      const { storagePrefix } = resourceOfKind(object.kind);
      const { namespace, name } = object.metadata;
      const key = [storagePrefix, ...(namespace === undefined ? [] : [namespace]), name].join('/');
      await cluster.etcd.put(key).value(JSON.stringify({ apiVersion: 'v1', ...object, metadata }));
      const stored = objects.get(object.kind, namespace, name);
      if (!stored) throw new Error(`${object.kind} ${name} was not stored`);
      return stored;
    },
    async close() {
      await objects.close();
      await cluster.close();
    },
  };
}
