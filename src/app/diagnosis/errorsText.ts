import type { ErrorGroup } from '../../core/diagnosis/errorGroups';
import { plural } from '../../core/text/plural';
import type { LoggedErrors } from './diagnosis';

/** The most frequent errors, a line each, and where all lines are. */
export function errorsLines(
  { name, lines, errors, groups, file }: LoggedErrors,
  shown = 20,
  width = 300,
): readonly string[] {
  const rest = file === undefined ? [] : [`All ${plural(lines, 'line')}: ${file}`];
  if (groups.length === 0) return [`${name}: no error in ${plural(lines, 'line')} of its services' output.`, ...rest];
  return [
    `${name}: ${plural(errors, 'error')} of ${plural(groups.length, 'kind')}, the most frequent first.`,
    ...groups.slice(0, shown).map((group) => errorLine(group, width)),
    ...(groups.length > shown ? [`and ${plural(groups.length - shown, 'more kind')}`] : []),
    ...rest,
  ];
}

function errorLine({ service, count, first, last, example }: ErrorGroup, width: number): string {
  const when = first === undefined ? '' : first === last ? ` at ${first}` : ` from ${first} to ${last}`;
  const text = example.length > width ? `${example.slice(0, width)}…` : example;
  return `${count}x ${service}${when}: ${text}`;
}

/** Fields are added, never renamed or taken away: others build on them. */
export function errorsJson({ name, services, lines, errors, groups, file }: LoggedErrors): object {
  const told = groups.map(({ first, last, ...group }) => ({ ...group, first: first ?? null, last: last ?? null }));
  return { name, services, lines, errors, groups: told, file: file ?? null };
}
