import { expect, test } from 'vitest';
import { sleepOrder } from '../../../../src/core/services/sleepOrder';
import type { Dependencies } from '../../../../src/core/environmentFile';

const order = (needs: Readonly<Record<string, readonly string[]>>): ReturnType<typeof sleepOrder> =>
  sleepOrder(
    Object.entries(needs).map(([service, names]) => ({
      service,
      dependsOn: Object.fromEntries(names.map((name) => [name, 'healthy'])) satisfies Dependencies,
    })),
  );

test('whoever needs another is put to sleep before it', () => {
  expect(order({ db: [], api: ['db', 'cache'], cache: [], web: ['api'] })).toEqual([['web'], ['api'], ['db', 'cache']]);
});

test('what there is not, and what needs itself or each other, is in nobody’s way', () => {
  expect(order({ api: ['gone', 'api'], a: ['b'], b: ['a'], c: ['a'] })).toEqual([
    ['api', 'c'],
    ['a', 'b'],
  ]);
  expect(order({})).toEqual([]);
});
