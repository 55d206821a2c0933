import { byName, type Migration } from './migrationTool';

type ByKey = ReadonlyMap<string, Migration>;

/** These, and all that they come after, as far as that is known. */
export function ancestorsOf(keys: readonly string[], byKey: ByKey): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...(byKey.get(key)?.after ?? []));
  }
  return found;
}

/** Each after what it comes after. */
export function inOrder(migrations: readonly Migration[]): readonly Migration[] {
  const places = placesOf(migrations);
  const depth = ({ key }: Migration): number => places.get(key)?.depth ?? 0;
  return migrations.toSorted((a, b) => depth(a) - depth(b) || byName(a, b));
}

/**
 * Whether a migration that is not applied stands in the way: one that is applied comes after it, or one that is applied stands on
 * another branch than it does, and no migration has merged them. Of several applications each has a root, and so a graph of its own.
 */
export function olderInGraph(
  migrations: readonly Migration[],
  applied: readonly Migration[],
): (migration: Migration) => boolean {
  const byKey = new Map(migrations.map((migration) => [migration.key, migration]));
  const places = placesOf(migrations);
  const headsOf = headsByKey(byKey);
  const known = applied.filter(({ key }) => byKey.has(key)).map(({ key }) => key);
  const below = ancestorsOf(known, byKey);
  // Many have the same root and heads: each such place is looked at once.
  const knownHeads = new Map<string, Map<string, ReadonlySet<string>>>();
  for (const key of known) {
    const root = places.get(key)?.root ?? key;
    const heads = headsOf.get(key) ?? new Set();
    const ofRoot = knownHeads.get(root) ?? new Map<string, ReadonlySet<string>>();
    knownHeads.set(root, ofRoot.set(JSON.stringify([...heads]), heads));
  }
  return ({ key }) => {
    if (below.has(key)) return true;
    const heads = headsOf.get(key) ?? new Set<string>();
    const ofRoot = [...(knownHeads.get(places.get(key)?.root ?? key)?.values() ?? [])];
    return ofRoot.some((others) => ![...heads].some((head) => others.has(head)));
  };
}

/** Of each those above it, itself among them, that nothing comes after. */
function headsByKey(byKey: ByKey): ReadonlyMap<string, ReadonlySet<string>> {
  const inner = new Set([...byKey.values()].flatMap(({ after }) => after ?? []));
  const found = new Map<string, Set<string>>();
  for (const head of byKey.keys()) {
    if (inner.has(head)) continue;
    for (const key of ancestorsOf([head], byKey)) found.set(key, (found.get(key) ?? new Set()).add(head));
  }
  return found;
}

interface PlaceInGraph {
  /** Of the longest way to it. */
  readonly depth: number;
  /** The first of those below it that come after nothing that is known. */
  readonly root: string;
}

/** Each is looked at once, after all that it comes after. Those of a circle have no place. */
function placesOf(migrations: readonly Migration[]): ReadonlyMap<string, PlaceInGraph> {
  const parents = new Map(migrations.map(({ key, after }) => [key, new Set(after ?? [])]));
  const children = new Map<string, string[]>();
  const waits = new Map<string, number>();
  for (const [key, after] of parents) {
    const known = [...after].filter((each) => parents.has(each));
    waits.set(key, known.length);
    for (const each of known) {
      const those = children.get(each) ?? [];
      those.push(key);
      children.set(each, those);
    }
  }
  const places = new Map<string, PlaceInGraph>();
  let level = [...waits].filter(([, count]) => count === 0).map(([key]) => key);
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = [];
    for (const key of level) {
      const roots = [...(parents.get(key) ?? [])].map((each) => places.get(each)?.root ?? each);
      places.set(key, { depth, root: roots.toSorted()[0] ?? key });
      for (const child of children.get(key) ?? []) {
        const left = (waits.get(child) ?? 0) - 1;
        waits.set(child, left);
        if (left === 0) next.push(child);
      }
    }
    level = next;
  }
  return places;
}
