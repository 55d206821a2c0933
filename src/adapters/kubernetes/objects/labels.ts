import type { Owner } from '../../../core/model';
import type { OfRepositories } from '../../../core/ports/cluster';

export const repositoryLabel = 'coppice.dev/repository';
export const worktreeLabel = 'coppice.dev/worktree';
export const serviceLabel = 'coppice.dev/service';
export const annotationPrefix = 'coppice.dev/';
/** Of the deployment of a service that runs to its end, and of its pods. */
export const onceAnnotation = 'coppice.dev/once';
/** Of the deployment of any other service: how many pods the environment file asks for. */
export const replicasAnnotation = 'coppice.dev/replicas';
/** Of a service that may have one pod at most. */
export const singleAnnotation = 'coppice.dev/single';

type Labels = Readonly<Record<string, string>> | undefined;

export function ownerLabels(owner: Owner): Record<string, string> {
  return { [repositoryLabel]: owner.repositoryId, [worktreeLabel]: owner.worktreeId };
}

/** Labels by which a cluster holds a namespace's pods to the Pod Security Standards; clusters without them ignore the labels. */
export function podSecurityLabels(enforced: 'baseline' | 'privileged'): Record<string, string> {
  const levels = { enforce: enforced, audit: 'restricted', warn: 'restricted' };
  return Object.fromEntries(
    Object.entries(levels).flatMap(([mode, level]) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
    ]),
  );
}

/** undefined when the labels name none. */
export function ownerOf(labels: Labels): Owner | undefined {
  const repositoryId = labels?.[repositoryLabel];
  const worktreeId = labels?.[worktreeLabel];
  return repositoryId && worktreeId ? { repositoryId, worktreeId } : undefined;
}

export function isOwnedBy(labels: Labels, owner: Owner): boolean {
  const found = ownerOf(labels);
  return found?.repositoryId === owner.repositoryId && found.worktreeId === owner.worktreeId;
}

/** Annotations `coppice.dev/…` without the prefix. */
export function ownAnnotations(annotations: Labels): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (key.startsWith(annotationPrefix)) own[key.slice(annotationPrefix.length)] = value;
  }
  return own;
}

/** Selects what environments own: those of one repository, of several, or of any. */
export function repositorySelector(of: OfRepositories): string {
  if (of === undefined) return repositoryLabel;
  return typeof of === 'string' ? `${repositoryLabel}=${of}` : `${repositoryLabel} in (${of.join(',')})`;
}
