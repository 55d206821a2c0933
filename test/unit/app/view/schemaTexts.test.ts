import { describe, expect, it } from 'vitest';
import type { DatabaseDifference } from '../../../../src/core/databaseSchema/databaseDifference';
import { schemaChangeLines, schemaTexts } from '../../../../src/app/view/schemaTexts';
import type { ObjectChange, PartChange } from '../../../../src/core/databaseSchema/compareSchemas';

const part = (kind: PartChange['kind'], name: string, before?: string, after?: string): PartChange => ({
  ...{ kind, name, before, after },
  change: before === after ? 'same' : before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
});
const body = (last: string): string => ['BEGIN', ...[1, 2, 3, 4, 5].map((n) => `  step ${n};`), last, 'END'].join('\n');

const difference = (changes: readonly ObjectChange[], same = 3): DatabaseDifference => ({
  of: { kind: 'environment', name: 'work', database: 'wt_work' },
  with: { kind: 'template', name: 'tpl', database: 'tpl' },
  ...{ changes, same },
});

const changes: readonly ObjectChange[] = [
  { kind: 'schema', name: 's', change: 'added', parts: [] },
  {
    ...{ kind: 'table', name: 'public.t', change: 'changed' },
    parts: [
      part('column', 'a', 'integer', 'integer'),
      part('column', 'b', 'integer', 'bigint'),
      part('column', 'c', 'text'),
      part('index', 'i', undefined, 'CREATE INDEX i ON public.t USING btree (b)'),
    ],
  },
  { kind: 'view', name: 'public.v', change: 'removed', parts: [part('definition', '', 'SELECT 1\nFROM t')] },
  {
    ...{ kind: 'function', name: 'public.f()', change: 'changed' },
    parts: [part('definition', '', body('  RETURN 1;'), body('  RETURN 2;'))],
  },
];

describe('what differs between two schemas', () => {
  it('is said object by object, with what differs of each', () => {
    expect(schemaChangeLines(difference(changes))).toEqual([
      'The database wt_work of work, compared with template tpl: 1 added, 1 removed, 2 changed, 3 the same.',
      '+ schema s',
      '~ table public.t',
      '    ~ column b',
      '        - integer',
      '        + bigint',
      '    - column c: text',
      '    + index i: CREATE INDEX i ON public.t USING btree (b)',
      '- view public.v',
      '    - definition',
      '        - SELECT 1',
      '        - FROM t',
      '~ function public.f()',
      '    ~ definition',
      '          …',
      '            step 4;',
      '            step 5;',
      '        -   RETURN 1;',
      '        +   RETURN 2;',
      '          END',
    ]);
  });

  it('is two texts of what differs, each object whole', () => {
    const { before, after } = schemaTexts(difference(changes.slice(0, 3)));
    expect(before.split('\n')).toEqual([
      ...['-- 1 added, 1 removed, 1 changed, 3 the same', ''],
      ...['table public.t', '  column a: integer', '  column b: integer', '  column c: text', ''],
      ...['view public.v', '  definition', '      SELECT 1', '      FROM t', ''],
    ]);
    expect(after.split('\n')).toEqual([
      ...['-- 1 added, 1 removed, 1 changed, 3 the same', '', 'schema s', ''],
      ...['table public.t', '  column a: integer', '  column b: bigint'],
      ...['  index i: CREATE INDEX i ON public.t USING btree (b)', ''],
    ]);
  });

  it('is nothing where nothing differs', () => {
    const [line = '', ...more] = schemaChangeLines(difference([], 1));
    expect(line).toMatch(
      /^The database wt_work of work, compared with template tpl: nothing differs, 1 object the same \(not compared: rows, owners, .+\)\.$/,
    );
    expect(more).toEqual([]);
  });
});
