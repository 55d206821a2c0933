import { expect, it } from 'vitest';
import { Visits } from '../../../../../packages/cluster/src/gateway/visits';

function clocks() {
  const time = { now: 0, uptime: 0, epoch: 1_000_000 };
  const options = { now: () => time.now, uptime: () => time.uptime, epoch: () => time.epoch };
  /** @param sleptMs for how long of it the machine slept */
  const pass = (ms: number, sleptMs = 0): void => {
    time.now += ms - sleptMs;
    time.uptime += ms;
    time.epoch += ms;
  };
  return { time, options, pass };
}

it('tells when each namespace was last used: now, where something is open; when it was over, after that', () => {
  const { options, pass } = clocks();
  const visits = new Visits(options);
  expect(visits.times()).toEqual(new Map());
  pass(1000);
  const endOne = visits.begin('one');
  visits.begin('two')();
  pass(4000);
  expect(visits.times()).toEqual(new Map(Object.entries({ one: 1_005_000, two: 1_001_000 })));
  endOne();
  pass(4000);
  visits.forget('two');
  expect(visits.times()).toEqual(new Map(Object.entries({ one: 1_005_000 })));
});

it('tells the same as long as nobody comes, also where the machine sleeps and the clocks differ by a little', () => {
  const { time, options, pass } = clocks();
  const visits = new Visits(options);
  visits.begin('one')();
  pass(9000, 8000);
  expect([visits.times().get('one'), visits.last('one')]).toEqual([1_000_000, 0]);
  time.epoch += 7;
  expect(visits.times().get('one')).toBe(1_000_000);
  // The clock was put right: it was as long ago as it was.
  time.epoch += 500_000;
  expect(visits.times().get('one')).toBe(1_500_007);
  time.epoch += 3;
  expect(visits.times().get('one')).toBe(1_500_007);
});

it('remembers what was before the start, until somebody comes; what is not there any more it forgets', () => {
  const { options, pass } = clocks();
  const visits = new Visits({ ...options, remembered: new Map(Object.entries({ one: 7, gone: 8, two: 9 })) });
  visits.startWith(['one', 'two']);
  expect(Object.fromEntries(visits.times())).toEqual({ one: 7, two: 9 });
  // How long it runs says nothing of what was before.
  expect(visits.last('one')).toBeUndefined();
  pass(50);
  visits.begin('one')();
  expect(Object.fromEntries(visits.times())).toEqual({ one: 1_000_050, two: 9 });
  // Another one of that name has nothing of it.
  visits.forget('two');
  visits.know('two');
  expect(visits.times().get('two')).toBe(1_000_050);
});

it('lets one count from now of which nobody knows when it was used, and by a clock that was put back none from later', () => {
  const { time, options, pass } = clocks();
  const visits = new Visits({ ...options, remembered: new Map([['ahead', 1_000_900]]) });
  visits.know('new');
  visits.know('ahead');
  pass(600);
  expect(Object.fromEntries(visits.times())).toEqual({ new: 1_000_000, ahead: 1_000_600 });
  time.epoch += 400;
  expect(Object.fromEntries(visits.times())).toEqual({ new: 1_000_000, ahead: 1_000_900 });
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
