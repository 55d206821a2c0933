import { describe, expect, it } from 'vitest';
import { inOrder, olderInGraph } from '../../../../src/core/migrations/migrationGraph';
import type { Migration } from '../../../../src/core/migrations/migrationTool';

const one = (key: string, ...after: readonly string[]): Migration => ({ key, name: key, after });
const olderOf = (migrations: readonly Migration[], ...applied: readonly string[]): readonly string[] => {
  const isOlder = olderInGraph(
    migrations,
    applied.map((key) => ({ key, name: key })),
  );
  return migrations.flatMap((each) => (!applied.includes(each.key) && isOlder(each) ? [each.key] : []));
};

describe('of migrations that say what they come after', () => {
  const fork = [one('a'), one('b', 'a'), one('c', 'a')];

  it('one on another branch stands in the way, until both are merged', () => {
    expect(olderOf(fork, 'a', 'b')).toEqual(['c']);
    expect(olderOf([...fork, one('d', 'b', 'c')], 'a', 'b')).toEqual([]);
    expect(olderOf([...fork, one('d', 'b', 'c'), one('e', 'd')], 'a', 'b')).toEqual([]);
    // What was merged once, and has another branch since then.
    expect(olderOf([...fork, one('d', 'b', 'c'), one('e', 'c')], 'a', 'b', 'c', 'd')).toEqual(['e']);
    expect(olderOf([...fork, one('d', 'c')], 'a', 'b')).toEqual(['c', 'd']);
  });

  it('one that an applied one comes after stands in the way', () => {
    expect(olderOf([one('a'), one('b', 'a'), one('c', 'b')], 'a', 'c')).toEqual(['b']);
  });

  it('those above what is applied do not, nor those of another root, nor any where nothing is applied', () => {
    expect(olderOf([one('a'), one('b', 'a'), one('c', 'b')], 'a')).toEqual([]);
    expect(olderOf([one('a'), one('b', 'a'), one('x'), one('y', 'x')], 'a', 'b', 'x')).toEqual([]);
    expect(olderOf(fork)).toEqual([]);
    // One that nobody has here is a root as well.
    expect(olderOf([one('b', 'gone'), one('c', 'gone')], 'b')).toEqual(['c']);
  });

  it('their order is that in which each comes after what it says, whatever their names are', () => {
    const merged = [one('d', 'z', 'c'), one('c', 'a'), one('z', 'c'), one('a')];
    expect(inOrder(merged).map(({ key }) => key)).toEqual(['a', 'c', 'z', 'd']);
  });

  it('a circle, which no tool takes, keeps nobody', () => {
    const circle = [one('a', 'c'), one('b', 'a'), one('c', 'b'), one('d', 'c')];
    expect(new Set(inOrder(circle))).toEqual(new Set(circle));
    expect(olderOf(circle, 'a')).toEqual(expect.arrayContaining(['b', 'c']));
  });

  it.each([
    ['of one root', () => Array.from({ length: 600 }, (_, n) => one(name(n), ...(n === 0 ? [] : [name(n - 1)])))],
    [
      'of two branches',
      () =>
        Array.from({ length: 600 }, (_, n) => one(name(n), ...(n < 2 ? (n === 0 ? [] : [name(0)]) : [name(n - 2)]))),
    ],
  ])('many are looked at a few times each: %s', (_, make) => {
    const looks = { count: 0 };
    const migrations = make().map(({ key, after }) => ({
      ...{ key, name: key },
      get after() {
        looks.count++;
        return after ?? [];
      },
    }));
    const applied = migrations.filter((_each, n) => n < 300 && n % 2 === 0);
    expect(inOrder(migrations)).toHaveLength(600);
    const isOlder = olderInGraph(migrations, applied);
    for (const each of migrations) isOlder(each);
    expect(looks.count).toBeGreaterThanOrEqual(migrations.length);
    expect(looks.count).toBeLessThan(10 * migrations.length);
  });
});

function name(n: number): string {
  return `m${String(n).padStart(4, '0')}`;
}
