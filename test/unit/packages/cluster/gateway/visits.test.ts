import { expect, it } from 'vitest';
import { Visits } from '../../../../../packages/cluster/src/gateway/visits';

it('tells when each namespace was last used: now, where something is open; when it was over, after that', () => {
  let now = 1000;
  const epoch = (): number => 1_000_000 + now;
  const visits = new Visits(() => now);
  expect(visits.times(epoch)).toEqual(new Map());
  const endOne = visits.begin('one');
  visits.begin('two')();
  now = 5000;
  expect(visits.times(epoch)).toEqual(new Map(Object.entries({ one: 1_005_000, two: 1_001_000 })));
  endOne();
  now = 9000;
  visits.forget('two');
  expect(visits.times(epoch)).toEqual(new Map(Object.entries({ one: 1_005_000 })));
});
