import type { ObjectChange, PartChange, SchemaChanges } from '../../core/databaseSchema/compareSchemas';
import type { ComparedDatabase, DatabaseDifference } from '../../core/databaseSchema/databaseDifference';
import { lineChanges } from '../../core/text/lineChanges';
import { plural } from '../../core/text/plural';

const signs = { added: '+', removed: '-', changed: '~', same: ' ' } as const;
/** Lines that are the same beside one that is not, in a text of many. */
const around = 2;

/** What differs, line by line; the first says how much. */
export function schemaChangeLines(difference: DatabaseDifference): string[] {
  return [
    `The database ${sideText(difference.of)}, compared with ${sideText(difference.with)}: ${countsText(difference)}.`,
    ...difference.changes.flatMap(objectLines),
  ];
}

/** Two texts, for an editor that shows where they differ: only objects that do, each whole. */
export function schemaTexts(difference: DatabaseDifference): { readonly before: string; readonly after: string } {
  const heading = [`-- ${countsText(difference)}`, ''];
  const text = (side: 'before' | 'after'): string =>
    [...heading, ...difference.changes.flatMap((object) => wholeLines(object, side))].join('\n');
  return { before: text('before'), after: text('after') };
}

export function sideText({ kind, name, database }: ComparedDatabase): string {
  return kind === 'template' ? `template ${database}` : `${database} of ${name}`;
}

/** What there may be otherwise where nothing differs. */
const leftOut =
  'not compared: rows, owners, limits and privileges of the database itself, settings of roles for all databases, user mappings, subscriptions, languages, access methods, conversions, transforms, security labels';

/** "1 added, 2 changed, 30 the same"; no sentence. */
export function countsText({ changes, same }: SchemaChanges): string {
  const counts = (['added', 'removed', 'changed'] as const).flatMap((change) => {
    const count = changes.filter((each) => each.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  if (counts.length === 0) return `nothing differs, ${plural(same, 'object')} the same (${leftOut})`;
  return [...counts, `${same} the same`].join(', ');
}

function objectLines({ change, kind, name, parts }: ObjectChange): string[] {
  return [
    `${signs[change]} ${kind} ${name}`,
    ...parts.filter((part) => part.change !== 'same').flatMap((part) => partLines(part).map((line) => `    ${line}`)),
  ];
}

function partLines(part: PartChange): string[] {
  const { change, before, after } = part;
  if (change !== 'changed') return headed(signs[change], part, (after ?? before ?? '').split('\n'));
  return [`${signs[change]} ${titleOf(part)}`, ...shortened(before, after).map((line) => `    ${line}`)];
}

/** What one line says stands beside its name. */
function headed(sign: string, part: PartChange, lines: readonly string[]): string[] {
  const start = `${sign} ${titleOf(part)}`;
  return lines.length === 1
    ? [`${start}: ${lines[0] ?? ''}`]
    : [start, ...lines.map((line) => `    ${sign} ${line}`.trimEnd())];
}

function titleOf({ kind, name }: PartChange): string {
  return name === '' ? kind : `${kind} ${name}`;
}

function shortened(before: string | undefined, after: string | undefined): string[] {
  const all = lineChanges(before, after);
  const isShown = all.map((_, at) =>
    all.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== 'same'),
  );
  return all.flatMap(({ kind, line }, at) => {
    if (isShown[at]) return [`${signs[kind]} ${line}`.trimEnd()];
    return isShown[at - 1] !== false ? ['  …'] : [];
  });
}

function wholeLines({ kind, name, change, parts }: ObjectChange, side: 'before' | 'after'): string[] {
  if (change === (side === 'before' ? 'added' : 'removed')) return [];
  const own = parts.filter((part) => part[side] !== undefined);
  return [`${kind} ${name}`, ...own.flatMap((part) => headed(' ', part, (part[side] ?? '').split('\n'))), ''];
}
