import { plural } from '../../../core/text/plural';

const told = 3;

/** Some names for a person, and how many more there are. */
export function firstOf(names: readonly string[]): string {
  const more = names.length - told;
  return more <= 0 ? names.join(', ') : `${names.slice(0, told).join(', ')} and ${plural(more, 'more', 'more')}`;
}
