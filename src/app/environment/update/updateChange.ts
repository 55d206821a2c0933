import { environmentFileName } from '../../../core/environmentFile';

/** One thing that an update would change of an environment. */
export interface UpdateChange {
  readonly of: 'service' | 'part';
  /** The service's name; of a part what a person calls it: `database`. */
  readonly name: string;
  readonly kind: 'new' | 'gone' | 'changed';
  /** What of it, each in a few words, without values that are secret: `replicas 1 -> 2`. */
  readonly details: readonly string[];
}

/** In one line. */
export function changeText({ name, kind, details }: UpdateChange): string {
  const what = details.join('; ');
  if (kind === 'changed') return `${name}: ${what}`;
  return `${name}: ${kind}${what === '' ? '' : ` (${what})`}`;
}

/** For a person, where there is nothing to tell. */
export const upToDateText = `Up to date: what runs is what ${environmentFileName} says.`;
