import { engineTime } from '../engine/engineTime';
import { isRecord, kubeTime, numberAt, textAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { collectedKinds, orphanDependents } from './ownership';
import { deletionRefusal } from './protection';
import type { Resource } from '../schema/resources';
import { StatusError } from '../schema/statusError';

export interface DeleteOptions {
  dryRun: boolean;
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}

const dependentFinalizers = ['foregroundDeletion', 'orphan'];

/** The options in a request's body and its query, which counts where the body says nothing. Throws a StatusError of 400 or 422. */
export function readDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const source = isRecord(body) ? body : {};
  const grace = numberAt(source, 'gracePeriodSeconds') ?? numberOf(query.get('gracePeriodSeconds'));
  const orphan = source['orphanDependents'] ?? boolOf(query.get('orphanDependents'));
  const policy =
    textAt(source, 'propagationPolicy') ??
    query.get('propagationPolicy') ??
    (orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined);
  if (policy !== undefined && policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') {
    throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      {
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
        field: 'propagationPolicy',
      },
    ]);
  }
  const dryRun = Array.isArray(source['dryRun']) ? source['dryRun'].includes('All') : query.get('dryRun') === 'All';
  const preconditions = isRecord(source['preconditions']) ? source['preconditions'] : {};
  const uid = textAt(preconditions, 'uid');
  const resourceVersion = textAt(preconditions, 'resourceVersion');
  return {
    dryRun,
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    preconditions: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}

export interface Deleted {
  object: KubeObject;
  /** It is gone; otherwise it waits for its grace period, its finalizers or its content. */
  gone: boolean;
}

/** Deletes an object as Kubernetes does: at once, or by marking it. Rejects with a StatusError of 403, 404 or 409. */
export async function deleteObject(
  objects: ObjectStore,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): Promise<Deleted> {
  for (;;) {
    const existing = objects.get(resource.kind, namespace, name);
    if (!existing) throw StatusError.notFound(resource, name);
    checkPreconditions(resource, existing, options);
    const refusal = deletionRefusal(existing);
    if (refusal !== undefined) throw StatusError.forbidden(resource, name, refusal);
    const marked = markDeleted(existing, options);
    if (options.dryRun) return { object: marked ?? existing, gone: marked === undefined };
    if (marked === undefined) {
      // Of other kinds dependents are let go before, there is nobody to take a finalizer away.
      if (options.propagationPolicy === 'Orphan') await orphanDependents(objects, existing);
      await objects.remove(resource.kind, namespace, name);
      return { object: ended(existing), gone: true };
    }
    try {
      return { object: await objects.update(marked), gone: false };
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 409)) throw error;
    }
  }
}

/** A pod that was removed says when. */
function ended(existing: KubeObject): KubeObject {
  if (existing.kind !== 'Pod') return existing;
  const metadata = { ...existing.metadata, deletionTimestamp: kubeTime(), deletionGracePeriodSeconds: 0 };
  return { ...existing, metadata };
}

/** The object as it waits for its end; undefined where nothing keeps it. */
function markDeleted(existing: KubeObject, options: DeleteOptions): KubeObject | undefined {
  const { metadata } = existing;
  const finalizers = deletionFinalizers(existing, options.propagationPolicy);
  const grace = gracePeriod(existing, options);
  const waitsForContent = existing.kind === 'Namespace';
  if (finalizers.length === 0 && grace === 0 && !waitsForContent) return undefined;
  const marked = structuredClone(existing);
  if (finalizers.length > 0) marked.metadata.finalizers = finalizers;
  else delete marked.metadata.finalizers;
  if (metadata.deletionTimestamp === undefined) {
    marked.metadata.deletionTimestamp = timeIn(grace, existing);
    if (marked.metadata.generation !== undefined) marked.metadata.generation += 1;
  }
  if (!waitsForContent) {
    const sooner = Math.min(grace, metadata.deletionGracePeriodSeconds ?? grace);
    if (sooner !== metadata.deletionGracePeriodSeconds) {
      marked.metadata.deletionGracePeriodSeconds = sooner;
      marked.metadata.deletionTimestamp = timeIn(sooner, existing);
    }
  }
  if (waitsForContent)
    marked['status'] = { ...(isRecord(marked['status']) ? marked['status'] : {}), phase: 'Terminating' };
  return marked;
}

/** Of a pod's end the engine counts the time itself. */
function timeIn(seconds: number, { kind }: KubeObject): string {
  const now = kind === 'Pod' ? engineTime.now() : Date.now();
  return kubeTime(new Date(now + seconds * 1000));
}

/** Only pods take their time; one that runs nowhere, or no more, does not. */
function gracePeriod(object: KubeObject, options: DeleteOptions): number {
  if (object.kind !== 'Pod') return 0;
  const phase = textAt(object, 'status', 'phase');
  if (!textAt(object, 'spec', 'nodeName') || phase === 'Succeeded' || phase === 'Failed') return 0;
  return Math.max(0, options.gracePeriodSeconds ?? numberAt(object, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}

function deletionFinalizers(object: KubeObject, policy: DeleteOptions['propagationPolicy']): string[] {
  const existing = object.metadata.finalizers ?? [];
  if (!collectedKinds.has(object.kind)) return existing;
  if (policy === undefined) return existing;
  const others = existing.filter((one) => !dependentFinalizers.includes(one));
  if (policy === 'Foreground') return [...others, 'foregroundDeletion'];
  return policy === 'Orphan' ? [...others, 'orphan'] : others;
}

function checkPreconditions(resource: Resource, existing: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name, metadata } = { name: existing.metadata.name, metadata: existing.metadata };
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`;
    throw StatusError.conflict(resource, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`;
    throw StatusError.conflict(resource, name, why);
  }
}

function numberOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const number = Number(text);
  if (!Number.isInteger(number)) throw StatusError.badRequest(`${JSON.stringify(text)} is not an integer`);
  return number;
}

function boolOf(text: string | null): boolean | undefined {
  return text === null ? undefined : text === 'true' || text === '1';
}
