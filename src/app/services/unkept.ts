import type { EnvironmentFile } from '../../core/environmentFile';
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

/** Before an update takes its service away, or makes it that of another tool. @throws conflict with the loss, where nobody has accepted it */
export function refuseUnkeptGone(
  identity: Pick<Identity, 'parts'> | undefined,
  { uses = [] }: Pick<EnvironmentFile, 'uses'>,
  accepted: readonly Loss['kind'][] = [],
): void {
  if (!identity || accepted.includes('data')) return;
  const recorded = identity.parts.uses?.services;
  const titles = [...unkept(identity)].flatMap(([service, title]) =>
    uses.some(({ name, tool }) => name === service && tool === recorded?.[service]?.tool) ? [] : [title],
  );
  if (titles.length === 0) return;
  const names = titles.join(', ');
  throw new AppError(
    'conflict',
    `What ${names} keeps would be lost: coppice.yaml uses it no more, and this cluster gave it no volume.`,
    { losses: [{ kind: 'data', count: titles.length, examples: titles }] },
  );
}
