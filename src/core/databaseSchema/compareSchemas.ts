import {
  objectKinds,
  partKinds,
  type DatabaseSchema,
  type ObjectKind,
  type PartKind,
  type SchemaObject,
  type SchemaPart,
} from './databaseSchema';

type Change = 'added' | 'removed' | 'changed';

export interface PartChange {
  readonly kind: PartKind;
  readonly name: string;
  readonly change: Change | 'same';
  /** undefined: it was not there. */
  readonly before: string | undefined;
  /** undefined: it is not there. */
  readonly after: string | undefined;
}

export interface ObjectChange {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly change: Change;
  /** All that either has of it, also what is the same. */
  readonly parts: readonly PartChange[];
}

export interface SchemaChanges {
  /** By kind, then by name. */
  readonly changes: readonly ObjectChange[];
  /** How many objects are the same in both. */
  readonly same: number;
}

/**
 * What a schema has that another has not, and otherwise. By names: what was renamed counts as one that went and one that came. That a
 * column has another place among the others is no difference.
 */
export function compareSchemas(
  before: Pick<DatabaseSchema, 'objects'>,
  after: Pick<DatabaseSchema, 'objects'>,
): SchemaChanges {
  const [old, now] = [byKey(before.objects), byKey(after.objects)];
  let same = 0;
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((key): ObjectChange[] => {
    const [one, other] = [old.get(key), now.get(key)];
    const either = other ?? one;
    if (!either) return [];
    const parts = compareParts(one?.parts ?? [], other?.parts ?? []);
    const change = changeOf(one, other, () => parts.every((part) => part.change === 'same'));
    if (change !== 'same') return [{ kind: either.kind, name: either.name, change, parts }];
    same += 1;
    return [];
  });
  const sorted = changes.toSorted(
    (one, other) => objectKinds.indexOf(one.kind) - objectKinds.indexOf(other.kind) || byName(one.name, other.name),
  );
  return { changes: sorted, same };
}

function compareParts(before: readonly SchemaPart[], after: readonly SchemaPart[]): PartChange[] {
  const [old, now] = [byKey(before), byKey(after)];
  const keys = [...old.keys(), ...[...now.keys()].filter((key) => !old.has(key))];
  return keys
    .flatMap((key): PartChange[] => {
      const [one, other] = [old.get(key), now.get(key)];
      const either = other ?? one;
      if (!either) return [];
      const change = changeOf(one, other, () => one?.text === other?.text);
      return [{ kind: either.kind, name: either.name, change, before: one?.text, after: other?.text }];
    })
    .toSorted(
      (one, other) =>
        partKinds.indexOf(one.kind) - partKinds.indexOf(other.kind) ||
        // Columns stay in their order, those that came last.
        (one.kind === 'column' ? 0 : byName(one.name, other.name)),
    );
}

function changeOf(one: unknown, other: unknown, isSame: () => boolean): Change | 'same' {
  if (one === undefined) return 'added';
  if (other === undefined) return 'removed';
  return isSame() ? 'same' : 'changed';
}

function byKey<T extends SchemaObject | SchemaPart>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((each) => [`${each.kind}\0${each.name}`, each]));
}

function byName(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
