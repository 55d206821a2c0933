import { timingSafeEqual } from 'node:crypto';
import { readAccountToken } from './accountTokens';
import type { ObjectStore } from '../store/objectStore';

/** Who asks: the one user, who may do everything, or a service account, which may do what roles give to it. */
export type Caller =
  { readonly kind: 'admin' } | { readonly kind: 'account'; readonly namespace: string; readonly name: string };

/** @returns undefined for whoever shows no token, or a wrong one. In the same time for every wrong one. */
export function callerOf(
  authorization: string | undefined,
  token: string,
  objects: Pick<ObjectStore, 'get'>,
): Caller | undefined {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  if (isSame(given, token)) return { kind: 'admin' };
  const account = readAccountToken(given, token, Date.now());
  if (!account) return undefined;
  const { namespace, name, uid } = account;
  const found = objects.get('ServiceAccount', namespace, name);
  return found?.metadata.uid === uid ? { kind: 'account', namespace, name } : undefined;
}

/** As Kubernetes calls a service account among users. */
export function userNameOf(caller: Caller): string {
  return caller.kind === 'admin' ? 'coppice' : `system:serviceaccount:${caller.namespace}:${caller.name}`;
}

export function groupsOf(caller: Caller): string[] {
  return caller.kind === 'admin'
    ? ['system:masters', 'system:authenticated']
    : ['system:serviceaccounts', `system:serviceaccounts:${caller.namespace}`, 'system:authenticated'];
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
