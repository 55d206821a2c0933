import { numberAt } from '../schema/kubeObject';

/**
 * As whom a container's process runs: `securityContext`, the container's before the pod's. Only root can become another user; for
 * anybody else the processes run as they themselves.
 */
export function userOf(pod: unknown, container: unknown): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const uid = numberAt(container, 'runAsUser') ?? numberAt(pod, 'runAsUser');
  const gid = numberAt(container, 'runAsGroup') ?? numberAt(pod, 'runAsGroup') ?? uid;
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}
