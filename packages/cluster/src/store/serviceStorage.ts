import type { Cluster, V1Service } from '@ngrok/webernetes';
import { FieldErrors } from '../schema/fieldErrors';
import { numberAt, recordsAt, textAt, type KubeObject } from '../schema/kubeObject';
import { resourceOfKind } from '../schema/resources';
import { StatusError } from '../schema/statusError';

/** webernetes' own store of Services allots and frees their addresses; it does not know headless ones. */
export function hasAllottedAddress(service: KubeObject): boolean {
  return service.kind === 'Service' && textAt(service, 'spec', 'clusterIP') !== 'None';
}

/** Rejects with a StatusError of 409 or 422. */
export async function createService(cluster: Cluster, service: KubeObject): Promise<void> {
  const namespace = service.metadata.namespace ?? 'default';
  await refusals(service, () => cluster.api.corev1.createNamespacedService({ namespace, body: engineObject(service) }));
}

/** `revision` is the etcd revision that it replaces. Rejects with a StatusError of 409 or 422. */
export async function replaceService(cluster: Cluster, service: KubeObject, revision: number): Promise<void> {
  const { name, namespace = 'default' } = service.metadata;
  const body = engineObject(service);
  body.metadata = { ...body.metadata, resourceVersion: String(revision) };
  await refusals(service, () => cluster.api.corev1.replaceNamespacedService({ name, namespace, body }));
}

/** webernetes' types have times as Date where its stored form, like Kubernetes', has text: only the types differ. */
function engineObject(service: KubeObject): V1Service {
  const { resourceVersion: _, ...metadata } = service.metadata;
  const copy = JSON.parse(JSON.stringify({ ...service, metadata })) as V1Service;
  return copy;
}

async function refusals(service: KubeObject, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw refusal(service, error);
  }
}

/** The store's errors carry a code where it has one, and plain words for what cannot be allotted. */
function refusal(service: KubeObject, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const resource = resourceOfKind('Service');
  const { name } = service.metadata;
  const body: unknown = 'body' in error ? error.body : undefined;
  const message = textAt(body, 'message') ?? error.message;
  const code = numberAt(body, 'code');
  if (code === 409) return StatusError.modified(resource, name);
  if (code === 404) return StatusError.notFound(resource, name);
  if (/already exists/.test(message)) return StatusError.alreadyExists(resource, name);
  const errors = new FieldErrors();
  if (/clusterIP/i.test(message)) errors.invalid('spec.clusterIPs', [textAt(service, 'spec', 'clusterIP')], message);
  else if (/nodePort/.test(message)) {
    errors.invalid('spec.ports[0].nodePort', recordsAt(service, 'spec', 'ports')[0]?.['nodePort'] ?? 0, message);
  } else return error;
  return StatusError.invalid(resource, name, errors.causes);
}
