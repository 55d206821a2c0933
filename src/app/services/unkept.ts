import { AppError, type Loss } from '../../core/errors';
import type { Identity } from '../../core/model';
import { usedTitle } from '../../core/uses/usedTitle';

/** What an environment uses whose data are nowhere but in its pod: the cluster gave it no volume. By its name, as a person calls it. */
export function unkept({ parts }: Pick<Identity, 'parts'>): ReadonlyMap<string, string> {
  const used = Object.entries(parts.uses?.services ?? {});
  return new Map(
    used.flatMap(([service, { tool, isKept, isGone }]) =>
      isKept === false && !isGone ? [[service, usedTitle(service, tool)] as const] : [],
    ),
  );
}

/** Before the pod of a service ends. @throws conflict with the loss, where nobody has accepted it */
export function refuseUnkept(
  identity: Pick<Identity, 'parts'>,
  service: string,
  accepted: readonly Loss['kind'][] = [],
): void {
  const title = unkept(identity).get(service);
  if (title === undefined || accepted.includes('data')) return;
  throw new AppError('conflict', `What ${title} keeps would be lost with its pod: this cluster gave it no volume.`, {
    losses: [{ kind: 'data', count: 1, examples: [title] }],
  });
}
