import { expect, it } from 'vitest';
import { Visits } from '../../../../../packages/cluster/src/gateway/visits';

it('tells when each namespace was last used: now, where something is open; when it was over, after that', () => {
  let now = 1000;
  const epoch = (): number => 1_000_000 + now;
  const visits = new Visits({ now: () => now });
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

it('remembers what was before the start, until somebody comes; what is not there any more it forgets', () => {
  let now = 0;
  const epoch = (): number => 1_000_000 + now;
  const visits = new Visits({ now: () => now, remembered: new Map(Object.entries({ one: 7, gone: 8, two: 9 })) });
  visits.startWith(['one', 'two']);
  expect(Object.fromEntries(visits.times(epoch))).toEqual({ one: 7, two: 9 });
  // How long it runs says nothing of what was before.
  expect(visits.last('one')).toBeUndefined();
  now = 50;
  visits.begin('one')();
  expect(Object.fromEntries(visits.times(epoch))).toEqual({ one: 1_000_050, two: 9 });
  // Another one of that name has nothing of it.
  visits.forget('two');
  visits.know('two', epoch);
  expect(visits.times(epoch).get('two')).toBe(1_000_050);
});

it('lets one count from now of which nobody knows when it was used, and by a clock that was put back none from later', () => {
  const visits = new Visits({ now: () => 0, remembered: new Map([['ahead', 900]]) });
  visits.know('new', () => 500);
  visits.know('ahead', () => 500);
  expect(Object.fromEntries(visits.times(() => 600))).toEqual({ new: 500, ahead: 600 });
  expect(Object.fromEntries(visits.times(() => 1000))).toEqual({ new: 500, ahead: 900 });
});

it('says what changes what is to be remembered', () => {
  let changes = 0;
  const since = (): number => {
    const told = changes;
    changes = 0;
    return told;
  };
  const visits = new Visits({ changed: () => changes++ });
  visits.know('one');
  expect(since()).toBe(1);
  visits.know('one');
  expect([since(), visits.isAnyOpen()]).toEqual([0, false]);
  const end = visits.begin('one');
  expect([since(), visits.isAnyOpen()]).toEqual([1, true]);
  end();
  end();
  expect([since(), visits.isAnyOpen()]).toEqual([1, false]);
  const late = visits.begin('one');
  visits.forget('one');
  expect(since()).toBe(2);
  late();
  visits.forget('one');
  expect(since()).toBe(0);
});
