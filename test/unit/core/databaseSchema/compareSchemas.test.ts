import { describe, expect, it } from 'vitest';
import { compareSchemas } from '../../../../src/core/databaseSchema/compareSchemas';
import type { PartKind, SchemaObject } from '../../../../src/core/databaseSchema/databaseSchema';

const object = (kind: SchemaObject['kind'], name: string, ...parts: [PartKind, string, string][]): SchemaObject => ({
  ...{ kind, name },
  parts: parts.map(([part, of, text]) => ({ kind: part, name: of, text })),
});

const told = (before: readonly SchemaObject[], after: readonly SchemaObject[]) => {
  const { changes, same } = compareSchemas({ objects: before }, { objects: after });
  return {
    same,
    changes: changes.map(({ change, kind, name, parts }) => [
      ...[change, kind, name],
      ...parts.map((part) => `${part.change} ${part.kind} ${part.name}`),
    ]),
  };
};

describe('two schemas', () => {
  it('differ in nothing where columns stand in another order', () => {
    const a: [PartKind, string, string] = ['column', 'a', 'integer'];
    const b: [PartKind, string, string] = ['column', 'b', 'text'];
    expect(told([object('table', 't', a, b)], [object('table', 't', b, a)])).toEqual({ same: 1, changes: [] });
  });

  it('differ in objects and in parts, each by kind and name', () => {
    const before = [object('view', 'v', ['definition', '', '1']), object('table', 'z', ['column', 'a', 'integer'])];
    const after = [
      object('table', 'z', ['index', 'a', 'one'], ['column', 'b', 'text'], ['column', 'a', 'bigint']),
      object('table', 'v', ['column', 'a', 'integer']),
      object('schema', 's'),
    ];
    expect(told(before, after)).toEqual({
      same: 0,
      changes: [
        ['added', 'schema', 's'],
        ['added', 'table', 'v', 'added column a'],
        ['changed', 'table', 'z', 'changed column a', 'added column b', 'added index a'],
        ['removed', 'view', 'v', 'removed definition '],
      ],
    });
  });

  it('keep what is the same beside what is not', () => {
    const { changes } = compareSchemas(
      { objects: [object('table', 't', ['column', 'a', 'integer'], ['column', 'b', 'text'])] },
      { objects: [object('table', 't', ['column', 'a', 'integer'], ['column', 'b', 'bigint'])] },
    );
    expect(changes[0]?.parts).toEqual([
      { kind: 'column', name: 'a', change: 'same', before: 'integer', after: 'integer' },
      { kind: 'column', name: 'b', change: 'changed', before: 'text', after: 'bigint' },
    ]);
  });
});
